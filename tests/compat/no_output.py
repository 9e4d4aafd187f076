"""Situations in which the hook must print nothing: completion, `set -x`, a shell without a terminal."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.compat.neighbour import Check, Neighbour, Setup
from tests.shells.desk import Desk
from tests.shells.terminal import Terminal

_VISIT = {
    "bash": '_visit() { COMPREPLY=($(cd "$HOME/a" && compgen -d spe)); }\n'
    'visit() { echo "$1"; }\ncomplete -F _visit visit',
    "zsh": '_visit() { reply=($(cd "$HOME/a" && echo spe*)) }\nvisit() { echo "$1" }\ncompctl -K _visit visit',
    "fish": "function visit; echo $argv; end\n"
    "complete -c visit -f -a '(set -l here $PWD; cd ~/a; builtin echo spe*; cd $here)'",
}


def _completed(desk: Desk, terminal: Terminal) -> None:
    """The user's completion function changes into a project, in a subshell."""
    before = desk.settings(terminal)
    assert terminal.run("visit spe\t").output.strip() == "specs"
    assert "taoshell" not in terminal.typed
    assert (desk.settings(terminal), desk.home.mapping()) == (before, None)


def _traced(on: str, off: str, idle: int, switch: int) -> Check:
    """Check that with tracing on our hook adds at most this many lines to a prompt and to a switch."""

    def check(desk: Desk, terminal: Terminal) -> None:
        alone = desk.terminal(hook=False)
        for each in (terminal, alone):
            each.run(on)
        for line, most in ("", idle), ("true", idle), (_cd(desk, desk.home.path / "b"), switch):
            shown, without = ((t.run(line) if line else t.enter()).lines for t in (terminal, alone))
            said = [text for text in shown if not text.startswith("taoshell: ")]
            assert len(said) - len(without) <= most, shown
        terminal.run(off)
        desk.cd(terminal, desk.home.path)

    return check


def _without_a_terminal(desk: Desk, terminal: Terminal) -> None:
    """Check `bash -c`, a script, and commands from a pipe (as with `ssh`): nothing is printed, set or recorded."""
    home, project = desk.home, desk.home.project("a")
    rc, script = home.path / "rc", home.path / "script"
    rc.write_text(f"{desk.shell.hook}\n")
    reads = f". {desk.shell.quote(str(rc))}"
    lines = "\n".join([reads, _cd(desk, project.root), _cd(desk, "/"), _cd(desk, project.root), "env -0", ""])
    script.write_text(lines)
    program = desk.shell.command()[0]
    for arguments, stdin in (["-c", lines], ""), ([str(script)], ""), ([], lines):
        plain = _environment([program, "-c", f"{_cd(desk, project.root)}; env -0"], "", desk)
        assert _environment([program, *arguments], stdin, desk) == plain
    assert home.mapping() is None
    assert not [path for path in (home.state / "sessions").rglob("*-*") if path.is_file() and path.stat().st_size]


def _cd(desk: Desk, folder: str | Path) -> str:
    return f"cd {desk.shell.quote(str(folder))}"


def _environment(argv: list[str], stdin: str, desk: Desk) -> dict[str, str]:
    """Return the environment that `env -0` prints; nothing else may be printed."""
    done = subprocess.run(
        argv, env=desk.home.env, cwd=desk.home.path, input=stdin, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    pairs = (entry.partition("=") for entry in done.stdout.split("\0") if entry)
    return {name: value for name, _, value in pairs if name not in ("_", "SHLVL", "OLDPWD")}


NO_OUTPUT = (
    Neighbour(
        "TAB completion that runs `$(cd …)`",
        *(Setup(text, shows=(("visit spe\t", "specs\n"),), check=_completed) for text in _VISIT.values()),
    ),
    Neighbour(
        "`set -x` (`fish_trace`)",
        bash=Setup(check=_traced("set -x", "set +x", 4, 12), word="✓ 4 lines a prompt, 12 a switch"),
        zsh=Setup(check=_traced("set -x", "set +x", 1, 5), word="✓ 1 line a prompt, 5 a switch"),
        fish=Setup(check=_traced("set -g fish_trace 1", "set -e fish_trace", 0, 0), word="✓ no line"),
    ),
    Neighbour(
        "no terminal: `bash -c`, a script, `ssh host command`",
        *(Setup(check=_without_a_terminal) for _shell in range(3)),
    ),
)
