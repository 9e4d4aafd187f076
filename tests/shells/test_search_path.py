"""[python]: the environment's folder is first in PATH inside the project, and all of it is given back on leaving.

Environments are made by the real `python -m venv`, and entered and left by hand with their own scripts. These do not
quote a `$` in a path, so this home has a simpler path than that of the other tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.shells.conftest import Stock, stocked
from tests.shells.desk import Desk, only
from tests.shells.projects import Project
from tests.shells.terminal import Terminal
from tests.support.clone import CLONE
from tests.support.needs import need


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The usual stock; `a` has a venv of its own, `b` the conda environment "launcher", and `other` is a venv."""
    folder = tmp_path_factory.mktemp("stock")
    home = stocked(folder, "O'Neil's home").home
    venv(home.path / "other")
    a, b = home.project("a"), home.project("b")
    venv(a.root / ".venv")
    conda(home.path / "miniconda3/envs/launcher")
    a.append_toml('[python]\nvenv = ".venv"')
    b.append_toml('[python]\nconda = "launcher"')
    a.allow()
    b.allow()
    shutil.rmtree(folder / "copy")
    shutil.copytree(home.path, folder / "copy", symlinks=True)
    return Stock(home, folder / "copy")


def venv(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)


def conda(folder: Path) -> None:
    """Make what conda makes, as far as anybody looks at it."""
    (folder / "conda-meta").mkdir(parents=True)
    (folder / "conda-meta/history").touch()
    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(sys.executable)


def entered(project: Project, python: str) -> str:
    return project.entered.replace("mounts\n", f"mounts, {python}\n")


def types(desk: Desk, terminal: Terminal, line: str) -> str:
    result = terminal.run(line)
    assert result.status == 0, (line, result.output)
    return result.output


# -- entering and leaving --------------------------------------------------------------------------


def test_two_projects_after_each_other(desk: Desk) -> None:
    a, b = desk.home.project("a"), desk.home.project("b")
    inner = desk.home.project("a/inner")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    prefix = desk.home.path / "miniconda3/envs/launcher"

    assert desk.cd(terminal, a.root) == entered(a, "venv .venv")
    now = desk.settings(terminal)
    assert now["PATH"] == f"{a.root}/.venv/bin:{before['PATH']}"
    assert now["VIRTUAL_ENV"] == f"{a.root}/.venv"
    assert types(desk, terminal, "command -v python") == f"{a.root}/.venv/bin/python\n"

    assert desk.cd(terminal, b.root) == entered(b, "conda launcher")
    now = desk.settings(terminal)
    assert now["PATH"] == f"{prefix}/bin:{before['PATH']}"
    assert (now["CONDA_PREFIX"], now["CONDA_DEFAULT_ENV"]) == (str(prefix), "launcher")
    assert "VIRTUAL_ENV" not in now

    desk.cd(terminal, a.root)
    desk.cd(terminal, inner.root)  # a project of its own, without a Python
    now = desk.settings(terminal)
    assert (now["PATH"], now.get("VIRTUAL_ENV")) == (before["PATH"], None)

    desk.cd(terminal, a.root)
    types(desk, terminal, "taoshell reload")
    assert desk.settings(terminal)["PATH"] == f"{a.root}/.venv/bin:{before['PATH']}"
    types(desk, terminal, "taoshell off")
    assert desk.settings(terminal) == before
    types(desk, terminal, "taoshell on")
    assert desk.cd(terminal, desk.home.path) == a.left
    assert desk.settings(terminal) == before


# -- by hand -----------------------------------------------------------------------------------------

# What the user does: cd in, cd out, activate another environment (OTHER) or the project's own (OWN), deactivate, add to
# PATH, `taoshell reload`. Then the folders in PATH (`-` is what was there before everything), and VIRTUAL_ENV.
STORIES = [
    ("in out", "-", ""),
    ("in", "own -", "own"),
    ("OTHER in", "own other -", "own"),
    ("OTHER in out", "other -", "other"),
    ("OTHER in out deactivate", "-", ""),
    ("OTHER in deactivate", "-", ""),
    ("OTHER in deactivate out", "-", ""),
    ("in OTHER", "other own -", "other"),
    ("in OTHER out", "other -", "other"),
    ("in OTHER out deactivate", "-", ""),
    ("in OTHER deactivate", "own -", ""),
    ("in OTHER deactivate out", "-", ""),
    ("in OTHER out in deactivate out", "-", ""),
    ("in OWN out", "own -", "own"),
    ("in OWN out deactivate", "-", ""),
    ("in OWN deactivate out", "-", ""),
    ("OWN in out", "own -", "own"),
    ("OWN in out deactivate", "-", ""),
    ("OWN in out in out", "own -", "own"),
    ("OWN in deactivate out", "-", ""),
    ("in FRONT BACK out", "front - back", ""),
    ("FRONT in BACK out", "front - back", ""),
    ("AMID in out", "front own -", ""),
    ("AMID in RELOAD out", "front own -", ""),
    ("OWN in RELOAD out", "own -", "own"),
    ("AMID in", "own front own -", "own"),
]
UNIQUE = {"own front own -": "own front -", "own own -": "own -"}  # what is left of it in a unique `path`


def steps(desk: Desk, project: Project) -> dict[str, str]:
    ending, quote = (".fish" if desk.shell.name == "fish" else ""), desk.shell.quote
    add = {"front": '"/front:$PATH"', "back": '"$PATH:/back"', "amid": f'"/front:{project.root}/.venv/bin:$PATH"'}
    if desk.shell.name == "fish":
        add = {"front": "/front $PATH", "back": "$PATH /back", "amid": f'/front "{project.root}/.venv/bin" $PATH'}
    put = "set -gx PATH " if desk.shell.name == "fish" else "PATH="
    return {
        "in": f"cd {quote(str(project.root))}",
        "out": "cd",
        "OTHER": f". {quote(f'{desk.home.path}/other/bin/activate{ending}')}",
        "OWN": f". {quote(f'{project.root}/.venv/bin/activate{ending}')}",
        "deactivate": "deactivate",
        "RELOAD": "taoshell reload",
        "FRONT": put + add["front"],
        "BACK": put + add["back"],
        "AMID": put + add["amid"],
    }


def test_what_the_user_does_by_hand_stays_and_nothing_else(desk: Desk) -> None:
    tell_stories(desk, "")


@only("zsh")
def test_with_a_unique_path(desk: Desk) -> None:
    tell_stories(desk, "typeset -U PATH path")


@only("bash", "zsh")
def test_with_aliases_and_options(desk: Desk) -> None:
    options = {"bash": "shopt -s nocasematch; set -u", "zsh": "setopt no_unset ksh_arrays sh_word_split"}
    aliases = "alias local=false return=false '['=false export=false unset=false shift=false"
    tell_stories(desk, f"{options[desk.shell.name]}; {aliases}", by_hand=False)


def tell_stories(desk: Desk, before: str, *, by_hand: bool = True) -> None:
    project = desk.home.project("a")
    lines = steps(desk, project)
    folders = {"own": f"{project.root}/.venv/bin", "other": f"{desk.home.path}/other/bin", "front": "/front"}
    env = {"VIRTUAL_ENV_DISABLE_PROMPT": "1", "PATH": f"{desk.home.path}/.bin:/usr/bin:/bin"}
    for story, path, active in STORIES:
        if not by_hand and ("OWN" in story or "OTHER" in story):
            continue
        terminal = desk.terminal(env=env, before=before)
        outside = desk.settings(terminal)["PATH"]
        for step in story.split():
            types(desk, terminal, lines[step])
        wanted = (UNIQUE.get(path, path) if "-U" in before else path).split()
        now = desk.settings(terminal)
        names = {**folders, "-": outside, "back": "/back"}
        assert now["PATH"] == ":".join(names[name] for name in wanted), story
        assert now.get("VIRTUAL_ENV", "") == (folders[active].removesuffix("/bin") if active else ""), story
        types(desk, terminal, "cd")
        assert [name for name in desk.settings(terminal) if name.startswith("TAOSHELL_")] == [], story
        terminal.close()


@only("bash", "zsh")
def test_a_path_that_cannot_be_set(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal(before="readonly PATH")
    before = desk.settings(terminal)
    assert "PATH is read-only in this shell and keeps its value\n" in desk.cd(terminal, project.root)
    assert desk.settings(terminal)["PATH"] == before["PATH"]
    assert desk.cd(terminal, desk.home.path) == project.left
    assert desk.settings(terminal) == before


@only("bash", "zsh")
def test_a_subshell(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    folder = desk.shell.quote(str(project.root))
    shown = types(desk, terminal, f"(cd {folder}; command -v python; cd; echo $PATH)")
    assert shown == f"{project.root}/.venv/bin/python\n{before['PATH']}\n"
    assert desk.settings(terminal) == before


# -- conda by hand ---------------------------------------------------------------------------------


def conda_does(environ: Mapping[str, str], prefix: str = "") -> dict[str, str | None]:
    """What `conda activate PREFIX` changes, or `conda deactivate`, as far as it concerns us."""
    level, old = int(environ.get("CONDA_SHLVL", "0")), environ.get("CONDA_PREFIX", "")
    new = prefix or environ.get(f"CONDA_PREFIX_{level - 1}", "")
    folders, replaces = environ["PATH"].split(":"), bool(level)
    at = folders.index(f"{old}/bin") if replaces else 0
    folders[at : at + replaces] = [f"{new}/bin"] if new else []
    name = "base" if new.endswith("/miniconda3") else new.rpartition("/")[2]
    changes: dict[str, str | None] = {"PATH": ":".join(folders), "CONDA_SHLVL": str(level + 1 if prefix else level - 1)}
    changes |= {"CONDA_PREFIX": new or None, "CONDA_DEFAULT_ENV": name or None}
    if prefix and level:
        changes[f"CONDA_PREFIX_{level}"] = old
    elif not prefix and level > 1:
        changes[f"CONDA_PREFIX_{level - 1}"] = None
    return changes


CONDA_STORIES = [  # then the folders in PATH, CONDA_PREFIX and CONDA_SHLVL
    ("base in", "launcher base -", "launcher", "1"),
    ("base in out", "base -", "base", "1"),
    ("base in vision", "vision base -", "vision", "2"),
    ("base in vision out", "vision -", "vision", "2"),
    ("base in vision out deactivate", "base -", "base", "1"),
    ("base in vision deactivate", "launcher base -", "launcher", "1"),
    ("base in vision deactivate out", "base -", "base", "1"),
    ("base vision in", "launcher vision -", "launcher", "2"),
    ("base vision in out deactivate", "base -", "base", "1"),
    ("base launcher in out", "launcher -", "launcher", "2"),
    ("in vision", "vision launcher -", "vision", "1"),
    ("in vision out", "vision -", "vision", "1"),
    ("in vision deactivate out", "-", "", "0"),
    ("in launcher out", "launcher -", "launcher", "1"),  # the project's own, by hand
    ("in launcher out deactivate", "-", "", "0"),
]


def test_conda_by_hand(desk: Desk) -> None:
    base = f"{desk.home.path}/miniconda3"
    prefixes = {"base": base, "launcher": f"{base}/envs/launcher", "vision": f"{base}/envs/vision"}
    for story, path, active, level in CONDA_STORIES:
        terminal = desk.terminal(env={"PATH": f"{desk.home.path}/.bin:/usr/bin:/bin", "CONDA_SHLVL": "0"})
        outside = desk.settings(terminal)
        for step in story.split():
            if step in ("in", "out"):
                desk.cd(terminal, desk.home.project("b").root if step == "in" else desk.home.path)
                continue
            for name, value in conda_does(desk.settings(terminal), prefixes.get(step, "")).items():
                change = desk.shell.unset(name) if value is None else desk.shell.export(name, value)
                types(desk, terminal, change)
        now = desk.settings(terminal)
        wanted = [outside["PATH"] if name == "-" else f"{prefixes[name]}/bin" for name in path.split()]
        assert now["PATH"] == ":".join(wanted), story
        assert now.get("CONDA_PREFIX", "") == prefixes.get(active, ""), story
        assert now["CONDA_SHLVL"] == level, story
        if story.endswith("out deactivate") and level == "0":
            assert now == outside, story
        terminal.close()


# -- nested shells, other programs -----------------------------------------------------------------


def test_a_start_file_that_puts_another_python_first(desk: Desk) -> None:
    """conda's does, also in a terminal that tmux or an editor opens in the project: it activates "base"."""
    project, base = desk.home.project("b"), desk.home.path / "miniconda3"
    env = {"CONDA_PREFIX": str(base), "CONDA_DEFAULT_ENV": "base", "CONDA_SHLVL": "1"}
    first = desk.terminal(env={**env, "PATH": f"{base}/bin:{desk.home.env['PATH']}"})
    before = desk.settings(first)
    desk.cd(first, project.root)
    inherited = first.environment()
    folders = inherited["PATH"].split(":")
    changed = {**env, "CONDA_SHLVL": "2", "CONDA_PREFIX_1": f"{base}/envs/launcher"}
    second = desk.terminal(project.root, env={**inherited, **changed, "PATH": ":".join([f"{base}/bin", *folders[1:]])})
    assert "taoshell:" not in second.greeting
    now = desk.settings(second)
    assert now["PATH"] == f"{base}/envs/launcher/bin:{before['PATH']}"
    assert (now["CONDA_PREFIX"], now["CONDA_DEFAULT_ENV"]) == (f"{base}/envs/launcher", "launcher")
    desk.cd(second, desk.home.path)
    now = desk.settings(second)
    assert now["PATH"] == before["PATH"]
    # `conda deactivate` leads to what was active before the project
    assert {name: now[name] for name in changed} == {**changed, "CONDA_PREFIX_1": str(base)}


def test_a_nested_shell_inherits_one_entry(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    inside = desk.settings(terminal)
    assert "taoshell:" not in terminal.nest()
    assert desk.settings(terminal) == inside
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before


def test_exec(desk: Desk) -> None:
    a, b = desk.home.project("a"), desk.home.project("b")
    terminal = desk.terminal(a.root)
    inside = desk.settings(terminal)
    show = "sh -c 'echo $PATH; echo $VIRTUAL_ENV; echo $CONDA_PREFIX'"
    prefix = f"{desk.home.path}/miniconda3/envs/launcher"
    outside = inside["PATH"].removeprefix(f"{a.root}/.venv/bin:")
    shown = types(desk, terminal, f"taoshell exec {desk.shell.quote(str(b.root))} -- {show}")
    assert shown == f"{prefix}/bin:{outside}\n\n{prefix}\n"
    assert types(desk, terminal, f"taoshell exec -- {show}") == f"{inside['PATH']}\n{a.root}/.venv\n\n"


def test_the_launcher_is_found_after_a_cd(desk: Desk) -> None:
    launcher = CLONE / ".cache/launcher-venv"
    need(str(launcher) if (launcher / "bin/tao").exists() else None, "NVIDIA's launcher")
    project = desk.home.project("a")
    project.set("TAO_VENV", str(launcher))  # wins over the project's own
    project.allow()
    terminal = desk.terminal(project.root)
    assert types(desk, terminal, "command -v tao") == f"{launcher}/bin/tao\n"
    desk.cd(terminal, desk.home.path)
    assert terminal.run("command -v tao").output == ""


# -- an environment that is gone ----------------------------------------------------------------------


def test_an_environment_that_is_gone(desk: Desk) -> None:
    project = desk.home.project("a")
    shutil.rmtree(project.root / ".venv")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    gone, then = desk.cd(terminal, project.root).splitlines(keepends=True)
    assert gone.endswith(".venv/bin is gone or not yours any more, so PATH stays as it is; run: taoshell allow\n")
    assert then == entered(project, "venv .venv")
    assert desk.settings(terminal)["PATH"] == before["PATH"]
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal) == before
    said = desk.home.taoshell("allow", "--yes", project.root).stderr
    assert f"{project.root}/.venv has no bin/python; to make it: python3 -m venv " in said
    assert desk.cd(terminal, project.root) == project.entered
    assert desk.settings(terminal)["PATH"] == before["PATH"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
@pytest.mark.parametrize("is_linked", [False, True])
def test_an_environment_that_another_user_has_made_anew(desk: Desk, is_linked: bool) -> None:
    project = desk.home.project("a")
    own, theirs = project.root / ".venv", desk.home.path / "theirs"
    shutil.rmtree(own)
    (theirs / "bin").mkdir(parents=True)
    if is_linked:
        own.symlink_to(theirs)
    else:
        theirs.rename(own)
    os.chown(own / "bin", 65534, 65534)
    terminal = desk.terminal()
    before = desk.settings(terminal)["PATH"]
    assert "is gone or not yours any more" in desk.cd(terminal, project.root)
    assert desk.settings(terminal)["PATH"] == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the folder is root's; root has the test above")
def test_an_environment_that_leads_to_another_users(desk: Desk) -> None:
    project = desk.home.project("a")
    shutil.rmtree(project.root / ".venv/bin")
    (project.root / ".venv/bin").symlink_to("/usr/bin")
    terminal = desk.terminal()
    before = desk.settings(terminal)["PATH"]
    assert "is gone or not yours any more" in desk.cd(terminal, project.root)
    assert desk.settings(terminal)["PATH"] == before


@only("fish")
def test_a_temporary_path_is_not_made_the_users(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    before = desk.settings(terminal)["PATH"]
    terminal.run(f"begin; set -lx PATH /usr/bin /bin; cd {desk.shell.quote(str(project.root))}; end")
    desk.cd(terminal, desk.home.path)
    assert desk.settings(terminal)["PATH"] == before


def test_without_it_a_script_has_nothing_of_it(stock: Stock) -> None:
    stock.home.restock(stock.copy)
    for name, expected in {"a": True, "plain": False}.items():
        for file in (stock.home.project(name).kept / "current").glob("*-*"):
            assert ("_taoshell_prepend" in file.read_text()) == expected
