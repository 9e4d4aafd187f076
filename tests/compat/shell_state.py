"""State that a shell keeps between commands: status, jobs, history."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.compat.neighbour import Absent, Check, Neighbour, Setup
from tests.compat.no_output import NO_OUTPUT
from tests.shells.desk import Desk
from tests.shells.terminal import Terminal


def _cd(desk: Desk, name: str) -> str:
    return f"cd {desk.shell.quote(str(desk.home.path / name))}"


def _on_the_way(look: Callable[[str, Desk, Terminal], None], show: str) -> Check:
    """Run `look`, which checks the state and goes to projects; then go home."""

    def check(desk: Desk, terminal: Terminal) -> None:
        look(show, desk, terminal)
        desk.cd(terminal, desk.home.path)

    return check


def _status(show: str, desk: Desk, terminal: Terminal) -> None:
    for line in (f"{_cd(desk, 'a')}; sh -c 'exit 7'", "sh -c 'exit 6'"):
        status = terminal.run(line).status
        assert status == int(line[-2])
        assert terminal.enter().status == status
        assert terminal.run(show).output == f"{status}\n"
    assert terminal.run("cd nowhere").status not in (0, 6, 7)


def _statuses(show: str, desk: Desk, terminal: Terminal) -> None:
    for line in (f"{_cd(desk, 'a')}; true | sh -c 'exit 7' | sh -c 'exit 3'", "true | sh -c 'exit 6' | sh -c 'exit 4'"):
        terminal.run(line)
        assert terminal.run(show).output == ("0 7 3\n" if line.startswith("cd") else "0 6 4\n")


def _last_argument(show: str, desk: Desk, terminal: Terminal) -> None:
    for line in (f"{_cd(desk, 'a')}; echo one two", "echo three four"):
        terminal.run(line)
        assert terminal.run(show).output == f"{line.split()[-1]}\n"


def _last_job(show: str, desk: Desk, terminal: Terminal) -> None:
    terminal.run("sleep 1000 &")
    pid = terminal.run(show).output
    assert int(pid)
    for name in ("a", "b", ""):
        terminal.run(_cd(desk, name))
        assert terminal.run(show).output == pid
    terminal.run(f"kill {pid.strip()}; wait")
    terminal.enter()


def _jobs(desk: Desk, terminal: Terminal) -> None:
    """Stop a job by Ctrl-Z, continue it in the background, end it. It must stay the only job."""
    terminal.begin("sh -c 'echo started; exec sleep 1000'", "started")
    terminal.press("\x1a")
    assert re.search("stopped|suspended", terminal.run("jobs").output, re.IGNORECASE)
    terminal.run("bg")
    for name in ("a", "b", ""):
        terminal.run(_cd(desk, name))
        assert terminal.run("jobs").output.count("sleep 1000") == 1
    terminal.run("kill (jobs -p)" if desk.shell.name == "fish" else "kill %1")
    terminal.run("fg")
    assert terminal.run("jobs").output in ("", "jobs: There are no jobs\n")


def _history(show: str, desk: Desk, terminal: Terminal) -> None:
    """Some shells list the newest line first."""
    typed = ["echo one", _cd(desk, "a"), "echo two"]
    for line in typed:
        terminal.run(line)
        terminal.enter()
    found = [line.strip() for line in terminal.run(show).lines]
    assert found in (typed, [*reversed(typed)])


def _working(name: str, look: Callable[[str, Desk, Terminal], None], **shows: str | Absent) -> Neighbour:
    """`shows`: for each shell, the line that prints this state."""
    setups: dict[str, Setup | Absent] = {}
    for shell, show in shows.items():
        setups[shell] = show if isinstance(show, Absent) else Setup(check=_on_the_way(look, show))
    return Neighbour(name, **setups)


SHELL_STATE = (
    _working("`$?` (`$status`)", _status, bash="echo $?", zsh="echo $?", fish="echo $status"),
    _working(
        "`PIPESTATUS` (`pipestatus`)",
        _statuses,
        bash='echo "${PIPESTATUS[@]}"',
        zsh="echo $pipestatus",
        fish="echo $pipestatus",
    ),
    _working("`$_`", _last_argument, bash="echo $_", zsh="echo $_", fish=Absent("its `$_` is no last argument")),
    _working("`$!` (`$last_pid`)", _last_job, bash="echo $!", zsh="echo $!", fish="echo $last_pid"),
    Neighbour("job control", *(Setup(check=_jobs) for _shell in range(3))),
    _working("history", _history, bash="fc -ln -3 -1", zsh="fc -ln -3 -1", fish="builtin history search --max 3"),
    *NO_OUTPUT,
)
