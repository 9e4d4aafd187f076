"""zsh 5."""

from taoshell.shells.posix import export, quote, test

__all__ = ["COMPLETION", "HOOK", "INSTALLED", "PARTS", "export", "quote", "test"]

HOOK = "hook.zsh"
INSTALLED = "installed.zsh"
COMPLETION = ("complete.zsh", "_taoshell")
PARTS = {
    "__SESSIONS__": "sessions.sh",
    "__SETTLE__": "settle.sh",
    "__SWITCH__": "switch.sh",
    "__WORDS__": "words.sh",
    "__CORE__": "core.sh",
}
