"""The shells the scenarios run in: how each is started and how each says the few things that differ.

A new shell is one class here and one entry in SHELLS.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import ClassVar, Protocol

from tests.support.needs import need

# Written round what a command prints: BEGIN as the shell starts to run it, PROMPT with its exit status after.
BEGIN = "<<begin>>"
PROMPT = "<<prompt %s>>"


class Shell(Protocol):
    """What the driver must know of a shell."""

    @property
    def name(self) -> str: ...

    # Which stream is kept out of the terminal when a test wants the two told apart (`Terminal(apart=True)`):
    # the one that the shell does not draw its prompt on.
    @property
    def aside(self) -> str: ...

    @property
    def hook(self) -> str: ...

    def command(self) -> list[str]: ...

    def reading_rc(self, *, login: bool) -> list[str]: ...

    def setup(self, aside: Path | None) -> str: ...

    def quote(self, text: str) -> str: ...

    def assign(self, name: str, value: str) -> str: ...

    def export(self, name: str, value: str) -> str: ...

    def unset(self, name: str) -> str: ...

    def write_variable(self, name: str, path: Path) -> str: ...


class _Posix:
    """What bash and zsh say alike."""

    name: ClassVar[str]
    aside = "stdout"

    def reading_rc(self, *, login: bool) -> list[str]:
        return _reading_rc(self.name, login)

    def quote(self, text: str) -> str:
        if text.isprintable():
            return shlex.quote(text)
        # A tab would be typed to the line editor as a wish for completion, a newline as the end of the line.
        return "$'" + "".join(_escape(char) for char in text) + "'"

    def assign(self, name: str, value: str) -> str:
        return f"{name}={self.quote(value)}"

    def export(self, name: str, value: str) -> str:
        return f"export {name}={self.quote(value)}"

    def unset(self, name: str) -> str:
        return f"unset {name}"

    def write_variable(self, name: str, path: Path) -> str:
        return f'[ -z "${{{name}+x}}" ] || builtin printf %s "${name}" >{self.quote(str(path))}'


class Bash(_Posix):
    name = "bash"
    hook = 'eval "$(taoshell hook bash)"'

    def command(self) -> list[str]:
        return [need(shutil.which("bash"), "bash"), "--norc", "--noprofile", "-i"]

    def setup(self, aside: Path | None) -> str:
        return "\n".join(
            [
                "bind 'set enable-bracketed-paste off'",
                f"PS0='{BEGIN}' PS1='{PROMPT % '$?'}'",
                f"exec >{shlex.quote(str(aside))}" if aside else "",
            ]
        )


class Zsh(_Posix):
    name = "zsh"
    hook = 'eval "$(taoshell hook zsh)"'

    def command(self) -> list[str]:
        return [need(shutil.which("zsh"), "zsh"), "-f", "-i"]

    def setup(self, aside: Path | None) -> str:
        return "\n".join(
            [
                "unset zle_bracketed_paste",
                "unsetopt prompt_sp prompt_cr",
                f"PROMPT='{PROMPT % '%?'}'",
                f"_test_begin() {{ builtin print -rn -- '{BEGIN}' >/dev/tty }}",
                "preexec_functions=(_test_begin)",
                f"exec >{shlex.quote(str(aside))}" if aside else "",
            ]
        )


class Fish:
    name = "fish"
    aside = "stderr"
    hook = "taoshell hook fish | source"

    def command(self) -> list[str]:
        return [need(shutil.which("fish"), "fish"), "--no-config", "-i"]

    def reading_rc(self, *, login: bool) -> list[str]:
        return _reading_rc(self.name, login)

    def setup(self, aside: Path | None) -> str:
        return "\n".join(
            [
                "set -g fish_greeting; set -g fish_autosuggestion_enabled 0",
                "function fish_title; end",
                f"function fish_prompt; builtin printf '{PROMPT}' $status; end",
                f"function _test_begin --on-event fish_preexec; builtin printf '{BEGIN}'; end",
            ]
        )

    def quote(self, text: str) -> str:
        # Only outside the quotes does fish know \t and its like; '' is for the empty text.
        return "''" + "".join(
            _escape(char) if char in "'\\" or not char.isprintable() else f"'{char}'" for char in text
        )

    def assign(self, name: str, value: str) -> str:
        return f"set -g {name} {self.quote(value)}"

    def export(self, name: str, value: str) -> str:
        return f"set -gx {name} {self.quote(value)}"

    def unset(self, name: str) -> str:
        return f"set -e {name}"

    def write_variable(self, name: str, path: Path) -> str:
        return f"if set -q {name}; builtin printf %s ${name} >{self.quote(str(path))}; end"


def _reading_rc(name: str, login: bool) -> list[str]:
    """How a terminal window starts it, or `ssh` (`login`): with the user's start files."""
    return [need(shutil.which(name), name), *(["-l"] if login else []), "-i"]


def _escape(char: str) -> str:
    if char in "'\\":
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\x{ord(char):02x}" if ord(char) < 0x80 else f"\\U{ord(char):08x}"


SHELLS: dict[str, Shell] = {shell.name: shell for shell in (Bash(), Zsh(), Fish())}
