"""After `taoshell install` each new shell loads the hook from its start files, and starts no process for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.shells.desk import Desk, only, quick_in
from tests.shells.processes import read_log
from tests.shells.terminal import Terminal
from tests.support.needs import need
from tests.support.packages import Package

KINDS = pytest.mark.parametrize("login", [False, True], ids=["window", "login"])


@pytest.fixture
def package(tmp_path: Path) -> Package:
    return Package(tmp_path / "pack age's")


@pytest.fixture(autouse=True)
def _no_questions(desk: Desk) -> None:
    """The user has a .zshrc, as zsh would otherwise ask many questions."""
    (desk.home.path / ".zshrc").touch()


def window(desk: Desk, cwd: Path | None = None, *, login: bool = False) -> Terminal:
    """A new terminal whose shell reads the user's start files."""
    return desk.terminal(cwd, hook=False, argv=desk.shell.reading_rc(login=login))


def install(desk: Desk) -> None:
    desk.home.taoshell("install", desk.shell.name, "--yes")


# -- start ---------------------------------------------------------------------------------------


@KINDS
def test_a_new_shell_has_the_hook(desk: Desk, login: bool) -> None:
    project = desk.home.project()
    install(desk)
    terminal = window(desk, login=login)
    assert "taoshell:" not in terminal.greeting
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)
    assert desk.home.mapping() == project.mapping
    assert desk.cd(terminal, desk.home.path) == project.left


LOGIN_FILES = {
    "none": {},
    "profile, as Debian has it": {".profile": 'if [ -n "$BASH_VERSION" ]; then\n  . "$HOME/.bashrc"\nfi\n'},
    "profile that reads nothing": {".profile": "umask 022\n"},
    "bash_profile": {".bash_profile": "export A=1\n", ".profile": ". ~/.bashrc\n"},
    "bash_profile by way of profile": {".bash_profile": ". ~/.profile\n", ".profile": "source ~/.bashrc\n"},
    "bash_login": {".bash_login": "# see .bashrc\nalias rc='vi ~/.bashrc'\n"},
}


@only("bash")
@KINDS
@pytest.mark.parametrize("files", LOGIN_FILES)
def test_bash_whatever_login_files_it_reads(desk: Desk, files: str, login: bool) -> None:
    project = desk.home.project()
    for name, text in LOGIN_FILES[files].items():
        (desk.home.path / name).write_text(text)
    install(desk)
    terminal = window(desk, login=login)
    assert desk.cd(terminal, project.root) == project.entered
    hooks = terminal.run("declare -p PROMPT_COMMAND").output
    assert hooks.count("_taoshell_hook") == 1


@quick_in("bash")
def test_whatever_options_the_start_file_sets(desk: Desk, package: Package) -> None:
    project = desk.home.project()
    path = desk.home.path / desk.shell.start_file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(desk.shell.strict_options)
    package.run(desk.home.env, "install", desk.shell.name, "--yes")
    for _ in range(2):
        terminal = window(desk)
        assert "taoshell" not in terminal.greeting
        assert desk.cd(terminal, project.root) == project.entered
        terminal.close()
        package.upgrade("99.0")  # the second one renews it


@KINDS
def test_a_new_shell_starts_no_additional_process(desk: Desk, tmp_path: Path, login: bool) -> None:
    if desk.shell.name == "fish":  # fish's default prompt runs git, and its first start reads all manual pages
        config = desk.home.path / ".config/fish/config.fish"
        config.parent.mkdir(parents=True)
        config.write_text("function fish_prompt; echo '> '; end\n")
        (desk.home.path / ".local/share/fish/generated_completions").mkdir(parents=True, exist_ok=True)
        window(desk)
    bare = started_at_start(desk, tmp_path / "bare", login)
    install(desk)
    assert started_at_start(desk, tmp_path / "installed", login) == bare


def started_at_start(desk: Desk, log: Path, login: bool) -> list[str]:
    """Return the programs that a new shell starts until its second prompt."""
    strace = need(shutil.which("strace"), "strace")
    argv = [strace, "-f", "-q", "-s", "4096", "-e", "trace=process", "-o", str(log)]
    terminal = desk.terminal(hook=False, argv=[*argv, *desk.shell.reading_rc(login=login)])
    terminal.enter()
    terminal.close()
    return read_log(log.read_text())


@quick_in("zsh")
def test_a_script_does_not_get_the_hook(desk: Desk) -> None:
    """A desktop session reads .profile; the programs that it starts must not seem to have the hook."""
    install(desk)
    terminal = desk.terminal(hook=False)
    program = desk.shell.command()[0]
    result = terminal.run(f"{program} -l -c 'echo \"<$TAOSHELL_HOOK>\"'")
    assert result.output == "<>\n"


# -- the package is gone ---------------------------------------------------------------------------


@quick_in("fish")
def test_after_the_package_was_removed_nothing_is_printed(desk: Desk, package: Package) -> None:
    bare = window(desk).greeting
    package.run(desk.home.env, "install", desk.shell.name, "--yes")
    package.remove()
    terminal = window(desk)
    assert without_what_was_typed(terminal.greeting) == without_what_was_typed(bare)
    assert terminal.variable("TAOSHELL_HOOK") is None
    assert desk.cd(terminal, desk.home.project().root) == ""


def without_what_was_typed(greeting: str) -> list[str]:
    """Return the words of a greeting, without the line that the driver types, as that names a temporary folder."""
    return [word for word in greeting.split() if word != "." and not ("terminal-" in word or "s''e''t''u''p" in word)]


# -- an upgrade ----------------------------------------------------------------------------------


@pytest.fixture
def upgraded(desk: Desk, package: Package) -> Terminal:
    """A shell that was opened before the upgrade."""
    package.run(desk.home.env, "install", desk.shell.name, "--yes")
    old = window(desk, desk.home.project().root)
    desk.is_in(old, desk.home.project())
    package.upgrade("99.0", f"hook.{desk.shell.name}", desk.shell.assign("_taoshell_is_new", "yes") + "\n")
    return old


@quick_in("bash")
def test_the_first_prompt_after_an_upgrade_renews_the_hook(desk: Desk, upgraded: Terminal) -> None:
    new = window(desk)
    assert "taoshell:" not in new.greeting
    assert new.variable("_taoshell_is_new") == "yes"
    assert new.run(desk.shell.prompt_hooks).output.count("_taoshell_hook") == desk.shell.hooks_listed
    project = desk.home.project()
    assert desk.cd(new, project.root) == project.entered
    desk.is_in(new, project)
    assert desk.cd(new, desk.home.path) == project.left


@quick_in("zsh")
def test_the_hook_is_renewed_only_once(desk: Desk, upgraded: Terminal, tmp_path: Path) -> None:
    first = started_at_start(desk, tmp_path / "first", login=False)
    assert any("python" in name for name in first)
    assert not any("python" in name for name in started_at_start(desk, tmp_path / "second", login=False))


@quick_in("fish")
def test_an_upgrade_renews_what_was_compiled(desk: Desk, upgraded: Terminal) -> None:
    project = desk.home.project()
    before = os.readlink(project.kept / "current")
    new = window(desk, project.root)
    assert os.readlink(project.kept / "current") != before
    desk.is_in(new, project)


@quick_in("bash")
def test_a_shell_from_before_the_upgrade_keeps_working(desk: Desk, upgraded: Terminal) -> None:
    first, second = desk.home.project("a"), desk.home.project("b")
    window(desk, first.root)
    assert upgraded.enter().output == ""  # it was compiled again, from the same content
    desk.is_in(upgraded, first)
    assert desk.cd(upgraded, second.root) == second.entered
    desk.is_in(upgraded, second)
    assert desk.cd(upgraded, desk.home.path) == second.left
    assert upgraded.variable("_taoshell_is_new") is None


@quick_in("zsh")
def test_an_upgrade_that_cannot_be_renewed_keeps_the_old_hook(desk: Desk, upgraded: Terminal, package: Package) -> None:
    project = desk.home.project()
    (package.site / "taoshell/actions/install.py").write_text(
        "from taoshell.errors import TaoshellError\n\ndef renew(state):\n    raise TaoshellError('broken', 'mend it')\n"
    )
    new = window(desk)
    assert new.greeting.count("taoshell: broken; mend it") == 1
    assert desk.cd(new, project.root) == project.entered
    assert desk.cd(new, desk.home.path) == project.left


@quick_in("fish")
def test_a_package_that_moved_with_its_python_is_found_by_its_program(desk: Desk, package: Package) -> None:
    """After an upgrade of the system's Python, pipx uses another lib/python3.N and the same bin."""
    project = desk.home.project()
    package.run(desk.home.env, "install", desk.shell.name, "--yes")
    package.move("elsewhere")
    terminal = window(desk)
    assert "taoshell:" not in terminal.greeting
    assert "/elsewhere/" in (desk.home.state / "hooks" / desk.shell.name).read_text()
    assert desk.cd(terminal, project.root) == project.entered
    assert terminal.run("taoshell status --json").status == 0


# -- uninstall -------------------------------------------------------------------------------------


@quick_in("bash")
def test_after_uninstall_new_shells_have_no_hook_and_open_ones_release_the_mounts_file(desk: Desk) -> None:
    project = desk.home.project()
    desk.home.mounts_file.write_text('{"Mounts": []}')
    inode = desk.home.mounts_file.stat().st_ino
    install(desk)
    old = window(desk, project.root)
    assert desk.home.mapping() == project.mapping
    desk.home.taoshell("uninstall", "--yes")
    assert not desk.home.mounts_file.is_symlink()
    assert desk.home.mounts_file.stat().st_ino == inode
    assert old.enter().output == ""
    desk.cd(old, desk.home.path)
    desk.cd(old, project.root)
    assert desk.home.mounts_file.stat().st_ino == inode
    new = window(desk)
    assert new.variable("TAOSHELL_HOOK") is None
    install(desk)
    again = window(desk, project.root)
    desk.is_in(again, project)
    assert desk.home.mapping() == project.mapping
