"""TAB after `taoshell`, in a shell with the hook of `taoshell install` but without `taoshell` on its PATH."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.shells.desk import Desk, only, quick_in
from tests.shells.processes import started_by
from tests.shells.terminal import Terminal

ZSHRC = {
    "before": "autoload -Uz compinit && compinit -D\n",
    "never": "",
}


@pytest.fixture
def terminal(desk: Desk) -> Terminal:
    """A desk where zsh's completion is set up before our line, as usual."""
    return hooked(desk, "before")


def hooked(desk: Desk, compinit: str = "before") -> Terminal:
    (desk.home.path / ".zshrc").write_text(ZSHRC[compinit])
    desk.home.taoshell("install", desk.shell.name, "--yes")
    path = desk.home.env["PATH"].partition(":")[2]
    terminal = desk.terminal(hook=False, env={"PATH": path}, argv=desk.shell.reading_rc(login=False))
    assert "taoshell:" not in terminal.greeting
    return terminal


def completed(terminal: Terminal, typed: str) -> list[str]:
    """Return the words of the completed command line. They are printed instead of run."""
    shell = terminal.shell.name
    print_it = 'for word in $argv; echo "<$word>"; end' if shell == "fish" else 'printf "<%s>\\n" "$@"'
    function = f"function taoshell; {print_it}; end" if shell == "fish" else f"taoshell() {{ {print_it}; }}"
    terminal.run(function)
    result = terminal.run(f"taoshell {typed}")
    return [line.strip("<>") for line in result.lines]


@quick_in("fish")
def test_a_command(terminal: Terminal) -> None:
    assert completed(terminal, "stat\t") == ["status"]
    assert completed(terminal, "mounts rel\t") == ["mounts", "release"]


@quick_in("bash")
def test_an_option(terminal: Terminal) -> None:
    assert completed(terminal, "status --js\t") == ["status", "--json"]


@quick_in("zsh")
def test_a_shell_and_a_format(terminal: Terminal) -> None:
    assert completed(terminal, "hook fi\t") == ["hook", "fish"]
    assert completed(terminal, "install zs\t") == ["install", "zsh"]
    assert completed(terminal, "export dot\t") == ["export", "dotenv"]


@quick_in("fish")
def test_a_folder(desk: Desk, terminal: Terminal) -> None:
    (desk.home.path / "quite other").mkdir()
    (desk.home.path / "quite.txt").touch()
    _, folder = completed(terminal, "allow quit\t")
    assert folder.rstrip("/") == "quite other"  # zsh removes the slash when Enter follows


@quick_in("bash")
def test_a_project_by_its_path_and_by_its_name(desk: Desk, terminal: Terminal) -> None:
    project = desk.home.project("deep/inside/cars and more")
    _, folder = completed(terminal, "diff cars\t")
    assert folder.rstrip("/") == str(project.root)


@quick_in("zsh")
def test_a_setting(desk: Desk, terminal: Terminal) -> None:
    desk.cd(terminal, desk.home.project().root)
    assert completed(terminal, "set NUM\t2") == ["set", "NUM_GPUS=2"]
    assert completed(terminal, "set places.sp\tx") == ["set", "places.specs=x"]
    assert completed(terminal, "set KE\t") == ["set", "KEY"]


@quick_in("bash")
def test_the_value_of_a_setting(desk: Desk, terminal: Terminal) -> None:
    desk.cd(terminal, desk.home.project().root)
    assert completed(terminal, "set network=detectn\t") == ["set", "network=detectnet_v2"]
    assert completed(terminal, "set NUM_GPUS=2 layout=cl\t") == ["set", "NUM_GPUS=2", "layout=classic"]
    assert completed(terminal, "set 'container.ipc=sh\t") == ["set", "container.ipc=shareable"]
    assert completed(terminal, "init --network optical\t") == ["init", "--network", "optical_inspection"]


@quick_in("fish")
def test_the_path_in_a_setting_and_in_a_command(desk: Desk, terminal: Terminal) -> None:
    project = desk.home.project()
    (project.root / "quite.txt").touch()
    desk.cd(terminal, project.root)
    assert completed(terminal, "set LOCAL_DATA_DIR=qui\t") == ["set", "LOCAL_DATA_DIR=quite.txt"]
    assert completed(terminal, "exec . -- cat qui\t") == ["exec", ".", "--", "cat", "quite.txt"]


@quick_in("bash")
def test_a_backup(desk: Desk, terminal: Terminal) -> None:
    desk.home.backups.mkdir(parents=True, exist_ok=True)
    (desk.home.backups / "2026-01-02T03.04.05.json").write_text("{}")
    assert completed(terminal, "mounts restore 2026\t") == ["mounts", "restore", "2026-01-02T03.04.05.json"]


@quick_in("zsh")
def test_it_changes_nothing_and_runs_nothing(desk: Desk, terminal: Terminal, tmp_path: Path) -> None:
    project = desk.home.project()
    project.set("NUM_GPUS", "$(touch ran)")  # completion does not read unapproved values
    before = times(desk)
    with started_by(terminal.pid, tmp_path) as started:
        assert completed(terminal, "allow nothing-lik\t") == ["allow", "nothing-lik"]
    assert len([name for name in started if "python" in name]) == 1
    assert times(desk) == before


def times(desk: Desk) -> dict[Path, int]:
    """A snapshot of everything except the shell's own files."""
    shells_own = (".local/share", ".config", ".cache")
    paths = [
        path for path in desk.home.path.rglob("*") if not str(path.relative_to(desk.home.path)).startswith(shells_own)
    ]
    return {path: path.lstat().st_mtime_ns for path in paths if path.name not in (".local", ".bash_history")}


@only("bash", "fish")
def test_after_uninstall_tab_prints_nothing_in_an_open_shell(desk: Desk, terminal: Terminal) -> None:
    desk.home.taoshell("uninstall", "--yes")
    for _ in range(2):
        assert completed(terminal, "stat\t") == ["stat"]


@only("zsh")
def test_a_zsh_without_compinit_prints_nothing(desk: Desk) -> None:
    terminal = hooked(desk, "never")
    assert terminal.run("true").output == ""
    assert terminal.enter().output == ""


@only("zsh")
@pytest.mark.parametrize("how", ["compinit -D", "compinit -C -d ~/.dump"])
def test_compinit_may_run_after_our_line(desk: Desk, how: str) -> None:
    terminal = hooked(desk, "never")
    terminal.run(f"autoload -Uz compinit && {how}")
    assert completed(terminal, "stat\t") == ["status"]


@only("zsh")
def test_compinit_after_our_line_may_use_an_old_dump(desk: Desk) -> None:
    (desk.home.path / ".zshrc").write_text("")
    desk.home.taoshell("install", "zsh", "--yes")
    with (desk.home.path / ".zshrc").open("a") as file:
        file.write("autoload -Uz compinit && compinit -C\n")
    make = ["-fc", "autoload -Uz compinit && compinit -D && compdump"]
    subprocess.run(["zsh", *make], env={**desk.home.env, "ZDOTDIR": str(desk.home.path)}, check=True)
    assert "taoshell" not in (desk.home.path / ".zcompdump").read_text()
    terminal = desk.terminal(hook=False, argv=desk.shell.reading_rc(login=False))
    assert completed(terminal, "stat\t") == ["status"]
