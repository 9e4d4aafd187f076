"""zsh 5."""

from taoshell.shells.posix import PARTS, export, quote, test

__all__ = ["COMPLETION", "HOOK", "INSTALLED", "PARTS", "export", "quote", "test"]

HOOK = "hook.zsh"
INSTALLED = "installed.zsh"
COMPLETION = ("complete.zsh", "_taoshell")
