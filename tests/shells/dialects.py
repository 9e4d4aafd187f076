"""The shells that the tests run in: how to start each, and the commands that differ between them.

A new shell is one class here and one entry in SHELLS: see docs/adding-a-shell.md.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import ClassVar, Protocol

from tests.support.needs import need

# Marks around a command's output: BEGIN when the shell starts to run it, PROMPT with its exit status afterwards.
BEGIN = "<<begin>>"
PROMPT = "<<prompt %s>>"


class Shell(Protocol):
    """What the tests must know about a shell."""

    @property
    def name(self) -> str: ...

    # The stream without the prompt, which `Terminal(apart=True)` keeps out of the terminal.
    @property
    def aside(self) -> str: ...

    @property
    def hook(self) -> str: ...

    # The command that starts it interactively, without the user's start files.
    @property
    def options(self) -> list[str]: ...

    # The option that makes it parse a script without running it.
    @property
    def parse_only(self) -> str: ...

    # Programs that a switch between two projects starts.
    @property
    def switch_starts(self) -> list[str]: ...

    # A start file in the home, and lines for it that set every option that might break our scripts.
    @property
    def start_file(self) -> str: ...

    @property
    def strict_options(self) -> str: ...

    # The exit status and the pid, for `echo`.
    @property
    def status(self) -> str: ...

    @property
    def own_pid(self) -> str: ...

    # A command that lists what runs at each prompt, and how often the hook must be in that list.
    @property
    def prompt_hooks(self) -> str: ...

    @property
    def hooks_listed(self) -> int: ...

    # The function that runs at each prompt.
    @property
    def look(self) -> str: ...

    # A loop that sources each file whose name is written to stdin, and prints an end mark.
    @property
    def loop(self) -> str: ...

    def command(self) -> list[str]: ...

    def show_function(self, name: str) -> str: ...

    def reading_rc(self, *, login: bool) -> list[str]: ...

    def setup(self, aside: Path | None) -> str: ...

    def quote(self, text: str) -> str: ...

    def assign(self, name: str, value: str) -> str: ...

    def export(self, name: str, value: str) -> str: ...

    def unset(self, name: str) -> str: ...

    def write_variable(self, name: str, path: Path) -> str: ...


class _Posix:
    """The common parts of bash and zsh."""

    name: ClassVar[str]
    options: ClassVar[list[str]]
    aside = "stdout"
    parse_only = "-n"
    status = "$?"
    own_pid = "$$"
    hooks_listed = 1
    look = "_taoshell_hook"
    loop = 'while IFS= read -r file; do . "$file"; builtin printf "\\0<<end>>\\0"; done'

    def command(self) -> list[str]:
        return [need(shutil.which(self.name), self.name), *self.options]

    def reading_rc(self, *, login: bool) -> list[str]:
        return _reading_rc(self.name, login)

    def quote(self, text: str) -> str:
        if text.isprintable():
            return shlex.quote(text)
        # The line editor would complete at a tab, and end the line at a newline.
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

    options: ClassVar[list[str]] = ["--norc", "--noprofile", "-i"]
    switch_starts: ClassVar[list[str]] = ["ln"]  # to replace a symlink by a rename
    start_file = ".bashrc"
    strict_options = "set -euf -o pipefail -o noclobber; shopt -s nullglob failglob nocasematch; IFS=/; LC_ALL=C\n"
    prompt_hooks = "declare -p PROMPT_COMMAND"

    def show_function(self, name: str) -> str:
        return f"declare -f {name}"

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

    options: ClassVar[list[str]] = ["-f", "-i"]
    switch_starts: ClassVar[list[str]] = []  # zsh has a builtin for renaming
    start_file = ".zshrc"
    strict_options = "setopt ksh_arrays sh_word_split no_unset noclobber extended_glob warn_create_global; IFS=/\n"
    prompt_hooks = "echo $precmd_functions $chpwd_functions"
    hooks_listed = 2

    def show_function(self, name: str) -> str:
        return f"functions {name}"

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

    options: ClassVar[list[str]] = ["--no-config", "-i"]
    switch_starts: ClassVar[list[str]] = ["ln"]
    start_file = ".config/fish/conf.d/a.fish"
    strict_options = "set -g fish_complete_path; set -gx LC_ALL C\n"
    parse_only = "--no-execute"
    status = "$status"
    own_pid = "$fish_pid"
    prompt_hooks = "functions --handlers-type event"
    hooks_listed = 0
    look = "_taoshell_update"
    loop = 'while read -l file; source "$file"; builtin printf "\\0<<end>>\\0"; end'

    def command(self) -> list[str]:
        return [need(shutil.which("fish"), "fish"), *self.options]

    def show_function(self, name: str) -> str:
        return f"functions {name}"

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
        # fish has escapes such as \t only outside quotes; the '' is for an empty text.
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
    """Return the command with which a terminal window or, if `login`, ssh starts the shell and its start files."""
    return [need(shutil.which(name), name), *(["-l"] if login else []), "-i"]


def _escape(char: str) -> str:
    if char in "'\\":
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\x{ord(char):02x}" if ord(char) < 0x80 else f"\\U{ord(char):08x}"


SHELLS: dict[str, Shell] = {shell.name: shell for shell in (Bash(), Zsh(), Fish())}
