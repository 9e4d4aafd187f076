"""bash 5."""

from taoshell.shells.posix import PARTS, export, quote, test

__all__ = ["COMPLETION", "HOOK", "INSTALLED", "PARTS", "export", "quote", "test"]

HOOK = "hook.bash"
INSTALLED = "installed.bash"
COMPLETION = ("complete.bash", "taoshell.bash")
