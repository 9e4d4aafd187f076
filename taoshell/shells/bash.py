"""bash 5."""

from taoshell.shells.posix import PARTS, export, quote, tests

__all__ = ["COMPLETION", "HOOK", "INSTALLED", "PARTS", "export", "quote", "tests"]

HOOK = "bash/hook.bash"
INSTALLED = "bash/installed.bash"
COMPLETION = ("bash/complete.bash", "taoshell.bash")
