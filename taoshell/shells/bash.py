"""bash 5."""

from taoshell.shells.posix import export, quote, test

__all__ = ["COMPLETION", "HOOK", "INSTALLED", "PARTS", "export", "quote", "test"]

HOOK = "hook.bash"
INSTALLED = "installed.bash"
COMPLETION = ("complete.bash", "taoshell.bash")
PARTS = {
    "__SESSIONS__": "sessions.sh",
    "__SETTLE__": "settle.sh",
    "__SWITCH__": "switch.sh",
    "__WORDS__": "words.sh",
    "__CORE__": "core.sh",
}
