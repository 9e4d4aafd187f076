"""What a test uses: a home, terminals in it, and checks that everything is right in a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from taoshell.errors import printable
from tests.shells.dialects import SHELLS, Shell
from tests.shells.projects import Home, Project
from tests.shells.terminal import Terminal
from tests.support.slow import slow_unless

# The shell itself changes these from one command to the next; TAOSHELL_HOOK is the process that has the hook.
_RESTLESS = {"PWD", "OLDPWD", "SHLVL", "_", "TAOSHELL_HOOK"}


def only(*names: str) -> Callable[..., object]:
    """Run the test in these shells only."""
    return pytest.mark.parametrize("shell", [n for n in names if n in SHELLS], indirect=True)


def quick_in(*names: str) -> Callable[..., object]:
    """`make test` runs the test in these shells only; `make test-slow` runs it in the others."""
    return pytest.mark.parametrize("shell", slow_unless(lambda name: name in names, SHELLS), indirect=True)


class Shown(Protocol):
    """A running shell whose environment a test can read: a Terminal or a pane of tmux."""

    def environment(self) -> dict[str, str]: ...


class Desk:
    """A user with a home and terminals."""

    def __init__(self, home: Home, shell: Shell) -> None:
        self.home = home
        self.shell = shell
        self._open: list[Terminal] = []

    def terminal(
        self,
        cwd: Path | None = None,
        *,
        env: Mapping[str, str] | None = None,
        before: str = "",
        apart: bool = False,
        hook: bool = True,
        argv: Sequence[str] = (),
    ) -> Terminal:
        """Open a terminal at `cwd` (by default the home); `env` adds to the usual environment or overrides it."""
        terminal = Terminal(
            self.shell,
            {**self.home.env, **(env or {})},
            cwd or self.home.path,
            before=before,
            apart=apart,
            hook=hook,
            argv=argv,
        )
        self._open.append(terminal)
        return terminal

    def cd(self, terminal: Terminal, folder: Path | str) -> str:
        """Change the directory; return what was printed, including the hook's lines."""
        result = terminal.run(f"cd {self.shell.quote(str(folder))}")
        assert result.status == 0
        return result.output

    def settings(self, terminal: Shown) -> dict[str, str]:
        """Return the environment of a program started there, without the variables that the shell keeps changing."""
        return {name: value for name, value in terminal.environment().items() if name not in _RESTLESS}

    def is_in(self, terminal: Shown, project: Project, **changed: str | None) -> None:
        """Check that this shell has the mapping and all variables of `project`, except for the values in `changed`.

        A value of None means that the variable is unset.
        """
        found = terminal.environment()
        wanted = {**project.variables, **changed}
        assert {name: found.get(name) for name in wanted} == wanted
        assert json.loads(Path(found["LAUNCHER_MOUNTS"]).read_text()) == project.mapping
        assert found["TAOSHELL_ROOT"] == str(project.root)
        assert found["TAOSHELL_PROJECT"] == printable(project.name)

    def is_blocked(self, terminal: Terminal, project: Project) -> None:
        """Check that this shell has nothing of `project`, and that no launcher can start a container from it."""
        found = terminal.environment()
        assert set(project.variables).isdisjoint(found)
        assert json.loads(Path(found["LAUNCHER_MOUNTS"]).read_text()) == project.tombstone

    def is_refused(self, terminal: Terminal, before: Mapping[str, str]) -> None:
        """Check that in a project that was never approved all is as `before`, except that no launcher can start."""
        found = self.settings(terminal)
        mapping = json.loads(Path(found.pop("LAUNCHER_MOUNTS")).read_text())
        assert mapping == {"Mounts": [], "(taoshell: this project is not approved; run: taoshell allow)": 0}
        assert {name: value for name, value in found.items() if not name.startswith("TAOSHELL_")} == before

    def close(self) -> None:
        for terminal in self._open:
            terminal.close()
