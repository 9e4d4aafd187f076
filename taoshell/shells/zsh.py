"""zsh 5."""

from taoshell.shells.posix import PARTS, export, quote, tests

__all__ = ["COMPLETION", "HOOK", "INSTALLED", "PARTS", "export", "quote", "tests"]

HOOK = "zsh/hook.zsh"
INSTALLED = "zsh/installed.zsh"
COMPLETION = ("zsh/complete.zsh", "_taoshell")
