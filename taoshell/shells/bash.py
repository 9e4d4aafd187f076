"""bash 5."""

from taoshell.shells.posix import export, quote

__all__ = ["HOOK", "PARTS", "export", "quote"]

HOOK = "hook.bash"
PARTS = {"__SETTLE__": "settle.sh", "__SWITCH__": "switch.sh", "__WORDS__": "words.sh", "__CORE__": "core.sh"}
