"""Right at the cd: the rest of the line, of a function or of a subshell has the project that `cd` went to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shells.desk import Desk, only
from tests.shells.dialects import SHELLS
from tests.shells.terminal import Terminal

# Stands in for TAO's launcher: it notes its argument (the status of the command before it) and what it finds.
TAO = """#!/bin/sh
printf '%s|%s|%s\\n' "$1" "$LOCAL_PROJECT_DIR" "$LAUNCHER_MOUNTS" >>"$HOME/seen"
"""
REFUSED = "refused"  # the mapping of a project that is not loaded
NOWHERE = ""  # no project


@dataclass(frozen=True)
class Scene:
    """`line` is typed in project b. `sees`: what each `tao STATUS` in it finds: the status, and the name of a project.

    `prints`: the projects whose line appears, in this order; None if other programs print too. `ends`: the project in
    which the shell is afterwards. `before` is in the start file, above the hook; `typed` are lines typed before.
    """

    line: str
    sees: list[tuple[int, str]]
    prints: str | None = ""
    ends: str = "b"
    before: str = ""
    typed: tuple[str, ...] = ()


TO_A = 'cd "$A" && tao "$?"'
A, B = (0, "a"), (0, "b")


def to_a(before: str = "", *typed: str, line: str = TO_A, status: int = 0) -> Scene:
    """Return the scene of a `cd` to project a."""
    return Scene(line, [(status, "a")], "a", "a", before, typed)


BOTH = {
    "after &&": to_a(),
    "after ;": to_a(line='cd "$A"; tao "$?"'),
    "in a function": to_a(line='f() { cd "$A"; tao "$?"; }; f'),
    "in a condition": to_a(line='if cd "$A"; then tao "$?"; fi'),
    "in a loop": Scene('for p in "$A" "$B" "$A"; do cd "$p"; tao "$?"; done', [A, B, A], "aba", "a"),
    "eval": to_a(line="eval 'cd \"$A\" && tao \"$?\"'"),
    "pushd, popd": Scene('pushd "$A" >/dev/null; tao "$?"; popd >/dev/null; tao "$?"', [A, B], "ab"),
    "cd -": Scene('cd "$A"; cd - >/dev/null; tao "$?"', [B], "ab"),
    "cd -P": to_a(line='cd -P "$A" && tao "$?"'),
    "CDPATH": to_a("CDPATH=$HOME", line='cd a >/dev/null && tao "$?"'),
    "from a folder deep inside": to_a("", 'cd "$B/deep"'),
    "to a folder deep inside": to_a(line='cd "$A/deep" && tao "$?"'),
    "within the project": Scene('cd "$B/deep" && tao "$?"', [B]),
    "out of every project": Scene('cd / && tao "$?"', [(0, NOWHERE)], "-", NOWHERE),
    "a folder that does not exist": Scene('cd /none 2>/dev/null; tao "$?"', [(1, "b")]),
    "nothing after a failed cd": Scene('cd /none 2>/dev/null && tao "$?"', []),
    "an alias": to_a("alias cd='cd -P'"),
    "a function of the user": to_a('cd() { builtin cd "$@" && pwd >/dev/null; }'),
    "a function with a status of its own": to_a(
        'cd() { builtin cd "$@"; return 3; }', line='cd "$A"; tao "$?"', status=3),
    "a function that calls itself": to_a(
        'cd() { if [ $# = 2 ]; then cd "$1"; else builtin cd "$@"; fi; }', line='cd "$A" x && tao "$?"'),
    "a function that reads $?": Scene('(exit 7); cd "$A"', [(7, "b")], "a", "a", 'cd() { tao "$?"; builtin cd "$@"; }'),
    "set -e": to_a("", "set -e"),
    "set -e, and a cd that fails": Scene('cd /none 2>/dev/null || tao "$?"', [(1, "b")], typed=("set -e",)),
    "set -e, after a command that failed": Scene('false || cd "$A"; tao "$?"', [A], "a", "a", typed=("set -e",)),
    "set -u": to_a("set -u"),
    "set -f": to_a("set -f"),
    "set -C": to_a("set -C"),
    "IFS": to_a("IFS=/0123456789"),
    "the hook evaluated twice": to_a("", 'eval "$(taoshell hook $SHELL_NAME)"'),
}  # fmt: skip
BASH = {
    "autocd": Scene('"$A" && tao "$?"', [A], None, "a", "shopt -s autocd"),
    "posix": to_a("set -o posix"),
    "posix, after the start": to_a("", "set -o posix"),
    "nocasematch": to_a("shopt -s nocasematch"),
    "failglob, nullglob": to_a("shopt -s failglob nullglob"),
    "functrace, errtrace": to_a("set -ET; trap : DEBUG ERR RETURN"),
    "an alias of builtin": to_a("alias local='echo taken' builtin='builtin ' function='echo taken'"),
    "a function of the user, which names itself": to_a('cd() { builtin "$FUNCNAME" "$@"; }'),
    "a function with a pattern": to_a(
        'shopt -s extglob\ncd() { case $1 in !(x|y)) builtin cd "$@" ;; esac; }'),
    "a function in which an alias was expanded": to_a("alias ls='echo'; cd() { builtin cd \"$@\" && ls >/dev/null; }"),
    "pushd of the user": to_a('pushd() { builtin pushd "$@" >/dev/null; }', line='pushd "$A"; tao "$?"'),
    "rvm and mise": to_a('like_zsh() { builtin "$@"; }; cd() { like_zsh cd "$@"; }'),
    "zoxide": to_a('__zoxide_cd() { \\builtin cd -- "$@"; }; z() { __zoxide_cd "$@"; }', line='z "$A" && tao "$?"'),
    "defined anew": to_a("", 'cd() { builtin cd "$@"; }', 'cd "$B/deep"'),
    "defined anew, around the old one": to_a(
        'cd() { builtin cd "$@"; }', 'eval "old_$(declare -f cd)"; cd() { old_cd "$@"; }',
        'eval "$(taoshell hook bash)"', 'cd "$B/deep"'),
    "removed": to_a("", "unset -f cd", 'cd "$B/deep"'),
    "lastpipe": Scene('set +m; shopt -s lastpipe; : | cd "$A"; tao "$?"', [A], "a", "a"),
    "exported to a child, by set -a": Scene('bash -c "$CHILD"', [B], before="set -a"),
    "exported to a child, by set -a after the hook": Scene('bash -c "$CHILD"', [B], typed=("set -a",)),
    "exported to a child, by export -f": Scene('export -f cd; bash -c "$CHILD"', [B]),
    "exported to a child by the user": Scene(
        'bash -c "$CHILD"', [(5, "b"), B], before='cd() { tao 5; builtin cd "$@"; }; export -f cd'),
    "while completing": Scene('COMP_LINE=x; cd "$A"; tao "$?"; unset COMP_LINE', [B], "a", "a"),
    "not caught: builtin cd": Scene('builtin cd "$A" && tao "$?"', [B], "a", "a"),
    "not caught: command cd": Scene('command cd "$A" && tao "$?"', [B], "a", "a"),
    "not caught: a function that is read-only": Scene(TO_A, [B], "a", "a", 'cd() { builtin cd "$@"; }; readonly -f cd'),
    "TAOSHELL_CD=off": Scene(TO_A, [B], "a", "a", "TAOSHELL_CD=off"),
    "TAOSHELL_CD=off, later": Scene(TO_A, [B], "a", "a", typed=("TAOSHELL_CD=off",)),
    "TAOSHELL_CD=off, and on again": to_a("TAOSHELL_CD=off", "unset TAOSHELL_CD", 'cd "$B/deep"'),
}  # fmt: skip
ZSH = {
    "autocd": to_a("setopt autocd", line='"$A" && tao "$?"'),
    "ksh_arrays, sh_word_split": to_a("setopt ksh_arrays sh_word_split"),
    "the last command of a pipe": Scene(': | cd "$A"; tao "$?"', [A], None, "a"),
    "cd in the background, but zsh itself moves": Scene('cd "$A" && tao "$?" & wait; tao "$?"', [A, A], None, "a"),
    "TAOSHELL_CD=off is for subshells": to_a("TAOSHELL_CD=off"),
}
SUBSHELLS = {
    "( )": Scene(f'({TO_A}); tao "$?"', [A, B]),
    "( ) in a function": Scene(f'f() ( {TO_A} ); f; tao "$?"', [A, B]),
    "$( )": Scene(f'here=$({TO_A} && pwd) && [ "$here" = "$A" ] && tao "$?"', [A, B]),
    "backquotes": Scene(f'here=`{TO_A} && pwd` && [ "$here" = "$A" ] && tao "$?"', [A, B]),
    "a pipe": Scene(f'{{ {TO_A}; }} | cat; tao "$?"', [A, B]),
    "in the background": Scene(f'{{ {TO_A}; }} & wait; tao "$?"', [A, B], None),
    "<( )": Scene(f'cat <({TO_A}) && tao "$?"', [A, B]),
    "pushd, popd": Scene('(pushd "$A" >/dev/null; tao "$?"; popd >/dev/null; tao "$?")', [A, B]),
    "one inside the other": Scene('(cd "$A"; (cd "$B"; tao "$?"); tao "$?")', [B, A]),
    "there and back": Scene('(cd "$A"; cd "$B"; tao "$?"; cd "$A"; tao "$?")', [B, A]),
    "within the project": Scene('(cd "$B/deep" && tao "$?")', [B]),
    "out of every project": Scene('(cd / && tao "$?")', [(0, NOWHERE)]),
    "from outside": Scene(f'({TO_A}); tao "$?"', [A, (0, NOWHERE)], ends=NOWHERE, typed=("cd",)),
    "after a cd in the same line": Scene(f'cd; ({TO_A}); tao "$?"', [A, (0, NOWHERE)], "-", NOWHERE),
    "a folder that does not exist": Scene('(cd /none 2>/dev/null; tao "$?")', [(1, "b")]),
    "set -e": Scene('(set -e; cd "$A"; tao "$?"; cd /none 2>/dev/null; tao "$?"); tao "$?"', [A, (1, "b")]),
    "set -u": Scene(f'({TO_A})', [A], before="set -u"),
    "set -C": Scene(f'({TO_A})', [A], before="set -C"),
    "IFS": Scene(f'({TO_A})', [A], before="IFS=/0123456789"),
    "TAOSHELL_LOG=full": Scene(f'({TO_A})', [A], before="export TAOSHELL_LOG=full"),
    "never approved": Scene('(cd "$U" && tao "$?"); tao "$?"', [(0, REFUSED), B]),
    "from one that was never approved": Scene(
        f'({TO_A}); tao "$?"', [A, (0, REFUSED)], typed=('cd "$U"',), ends=REFUSED),
    "blocked": Scene('(cd "$C" && tao "$?"); tao "$?"', [(0, REFUSED), B]),
    "taoshell off": Scene(f'({TO_A})', [(0, NOWHERE)], typed=("taoshell off",), ends=NOWHERE),
    "TAOSHELL_CD=off": Scene(f'({TO_A})', [B], before="TAOSHELL_CD=off"),
}  # fmt: skip
BASH_SUBSHELLS = {
    "cd in the background": Scene('cd "$A" && tao "$?" & wait; tao "$?"', [A, B], None),
    "a function of the user": Scene(f'({TO_A})', [A], before='cd() { builtin cd "$@"; }'),
    "the last command of a pipe": Scene(f': | {{ {TO_A}; }}; tao "$?"', [A, B]),
    "while completing": Scene('COMP_LINE=x; (cd "$A"; tao "$?"); unset COMP_LINE', [B]),
    "posix": Scene(f'({TO_A})', [A], before="set -o posix"),
}  # fmt: skip

TABLES = {
    "bash": {"main": {**BOTH, **BASH}, "subshell": {**SUBSHELLS, **BASH_SUBSHELLS}},
    "zsh": {"main": {**BOTH, **ZSH}, "subshell": SUBSHELLS},
}
ROWS = [
    pytest.param(name, scene, id=f"{name}-{kind}: {reason}")
    for name, kinds in TABLES.items()
    for kind, scenes in kinds.items()
    for reason, scene in scenes.items()
]


class Stage:
    """A home with the projects a and b, `u` (never approved), `c` (approved, then changed), and a `tao`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.projects = {name: desk.home.project(name) for name in ("a", "b")}
        for project in self.projects.values():
            (project.root / "deep").mkdir()
        for name in ("u", "c"):
            (desk.home.path / name).mkdir()
        (desk.home.path / "u/taoshell.toml").write_text(self.projects["a"].toml.read_text())
        changed = desk.home.project("c")
        changed.set("NUM_GPUS", "2")
        tao = desk.home.path / ".bin/tao"
        tao.write_text(TAO)
        tao.chmod(0o755)

    def terminal(self, before: str = "", *typed: str) -> Terminal:
        """Open a terminal in b, in which `typed` has been typed."""
        home = self.desk.home.path
        env = {name.upper(): str(home / name) for name in "abcu"}
        env |= {"CHILD": 'cd "$A" && tao "$?"', "SHELL_NAME": self.desk.shell.name}
        terminal = self.desk.terminal(self.projects["b"].root, before=before, env=env)
        for line in typed:
            terminal.run(line)
        (home / "seen").unlink(missing_ok=True)
        return terminal

    def seen(self) -> list[tuple[int, str]]:
        """Return what each `tao` has found so far. Its variables and its mapping must belong to one project."""
        path = self.desk.home.path / "seen"
        lines = path.read_text().splitlines() if path.exists() else []
        found = [line.split("|") for line in lines]
        return [(int(status), self._project(root, mounts)) for status, root, mounts in found]

    def _project(self, root: str, mounts: str) -> str:
        mapping = json.loads(Path(mounts).read_text()) if mounts else None
        if mapping is not None and mapping["Mounts"] == []:
            assert root == ""
            return REFUSED
        name = root.rpartition("/")[2]
        assert mapping == (self.projects[name].mapping if name else None)
        return name

    def lines(self, prints: str) -> str:
        """Return the hook's lines: on entering each of the projects, or, for "-", on leaving b."""
        said: Mapping[str, str] = {name: project.entered for name, project in self.projects.items()}
        return "".join({**said, "-": self.projects["b"].left}[name] for name in prints)

    def sessions(self) -> dict[str, tuple[bytes, int]]:
        """Return each session's content and mtime."""
        folder = self.desk.home.state / "sessions"
        return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}


@pytest.mark.parametrize(("shell", "scene"), [row for row in ROWS if row.values[0] in SHELLS], indirect=["shell"])
def test_right_at_the_cd(desk: Desk, scene: Scene) -> None:
    stage = Stage(desk)
    terminal = stage.terminal(scene.before, *scene.typed)
    sessions, mapping = stage.sessions(), desk.home.mapping()
    output = terminal.run(scene.line).output
    assert stage.seen() == scene.sees
    if scene.prints is not None:
        assert output == stage.lines(scene.prints)
    if scene.ends == "b" and not scene.prints:  # the shell itself went nowhere
        assert (stage.sessions(), desk.home.mapping()) == (sessions, mapping)
    assert terminal.enter().output == ""
    terminal.run("tao 0")
    assert stage.seen()[-1] == (0, scene.ends)
    if scene.ends in stage.projects:
        assert desk.home.mapping() == stage.projects[scene.ends].mapping


@only("bash")
def test_a_key_that_goes_to_a_project(desk: Desk) -> None:
    stage = Stage(desk)
    terminal = stage.terminal("", 'bind -x \'"\\C-g": cd "$A"; tao "$?"\'')
    assert terminal.run("\x07true").output == ""
    assert stage.seen() == [A]
    assert stage.lines("a") in terminal.typed
    desk.is_in(terminal, stage.projects["a"])


@only("bash", "zsh")
def test_lines_that_are_pasted_at_once(desk: Desk) -> None:
    stage = Stage(desk)
    on = (
        "bind 'set enable-bracketed-paste on'" if desk.shell.name == "bash" else "autoload -Uz bracketed-paste-magic; :"
    )
    terminal = stage.terminal("", on)
    terminal.run('\x1b[200~cd "$A"\rtao "$?"\x1b[201~')
    terminal.recover()
    assert stage.seen() == [A]
    desk.is_in(terminal, stage.projects["a"])


@only("bash")
def test_lines_before_the_first_prompt(desk: Desk) -> None:
    """Pasted lines run without a prompt in between: the first of them loads the hook and approves."""
    stage = Stage(desk)
    terminal = stage.desk.terminal(stage.projects["b"].root, hook=False, env={"A": str(stage.projects["a"].root)})
    terminal.run(f'{desk.shell.hook}; taoshell allow "$A" >/dev/null; {TO_A}')
    assert stage.seen() == [A]


@only("bash")
def test_a_line_is_traced_without_our_part(desk: Desk) -> None:
    stage = Stage(desk)
    terminal = stage.terminal("", "set -x")
    output = terminal.run(TO_A).output
    assert stage.seen() == [A]
    assert stage.lines("a") in output
    traced = output[: output.index("tao 0")]
    assert traced.count("\n+") <= 9
    assert "_taoshell_find" not in traced


@only("bash", "zsh")
def test_a_subshell_starts_no_python(desk: Desk) -> None:
    stage = Stage(desk)
    terminal = stage.terminal()
    python = desk.home.path / ".bin/python"
    python.write_text('#!/bin/sh\necho "$@" >"$HOME/called"\nexit 1\n')
    python.chmod(0o755)
    terminal.run('_taoshell_python="$HOME/.bin/python"')
    for line in (f"({TO_A})", '(cd "$C" && tao "$?")', '(cd "$U" && tao "$?")'):
        assert terminal.run(line).output == ""
    assert stage.seen() == [A, (0, REFUSED), (0, REFUSED)]
    assert not (desk.home.path / "called").exists()
    terminal.run('cd "$C"')
    assert "_sync" in (desk.home.path / "called").read_text()


@only("bash")
def test_the_users_functions_are_left_alone_if_it_is_off(desk: Desk) -> None:
    stage = Stage(desk)
    terminal = stage.terminal("TAOSHELL_CD=off", 'cd "$A"')
    for name in ("cd", "pushd", "popd"):
        assert terminal.run(f"type -t {name}").output == "builtin\n"


@only("bash")
def test_a_script_gets_no_function_of_ours(desk: Desk) -> None:
    terminal = Stage(desk).terminal("set -a", 'cd "$B/deep"', 'cd "$B"')
    assert terminal.run("bash -c 'type -t cd'").output == "builtin\n"


@only("zsh")
def test_a_subshell_of_a_completion_switches_nothing(desk: Desk) -> None:
    """It looks into a folder to list what is there, and must not take the time, nor get other variables."""
    root = desk.home.project().root
    terminal = desk.terminal()
    look = f'$(cd {desk.shell.quote(str(root))}; print -r -- "<$LOCAL_PROJECT_DIR>")'
    terminal.run(f"_look() {{ seen={look} }}; zle -C look complete-word _look; bindkey '^T' look")
    terminal.run("true \x14")
    assert terminal.run("echo $seen").output == "<>\n"
    assert terminal.run(f"echo {look}").output == f"<{root}>\n"
