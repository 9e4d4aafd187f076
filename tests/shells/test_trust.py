"""A project is loaded only if the user has approved it, at this path and in this home, and has not denied it since."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from taoshell.shells import dialect
from tests.shells.desk import Desk
from tests.shells.projects import Home, Project
from tests.support.needs import need


def test_an_unapproved_project_is_reported_once_and_not_loaded(desk: Desk) -> None:
    folder = desk.home.path / "theirs"
    (folder / "data").mkdir(parents=True)
    (folder / "taoshell.toml").write_text('layout = "classic"\nnetwork = "detectnet_v2"\n')
    terminal = desk.terminal()
    before = desk.settings(terminal)
    line = Project(desk.home, folder).unapproved
    assert desk.cd(terminal, folder) == line
    assert terminal.enter().output == ""
    assert desk.cd(terminal, folder / "data") == ""
    desk.is_refused(terminal, before)
    assert desk.home.mapping() is None
    assert desk.cd(terminal, desk.home.path) == ""
    assert desk.settings(terminal) == before
    assert desk.cd(terminal, folder) == line


def test_going_from_a_project_to_an_unapproved_one_leaves_nothing_of_the_first(desk: Desk) -> None:
    project = desk.home.project("a")
    folder = desk.home.path / "a-evil"  # its path begins like the approved one's
    folder.mkdir()
    (folder / "taoshell.toml").write_text(project.toml.read_text())
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    assert desk.cd(terminal, folder) == Project(desk.home, folder).unapproved
    desk.is_refused(terminal, before)
    assert desk.home.mapping() is None


def test_deny_here(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    assert terminal.run("taoshell deny").status == 0
    desk.is_blocked(terminal, project)
    assert terminal.enter().output == ""


def test_deny_in_another_terminal(desk: Desk) -> None:
    project = desk.home.project()
    terminal = desk.terminal(project.root)
    desk.home.taoshell("deny", project.root)
    assert terminal.enter().output == f"taoshell: {project.root} is denied; to load it again: taoshell allow\n"
    desk.is_blocked(terminal, project)
    project.allow()
    assert terminal.enter().output == project.entered
    desk.is_in(terminal, project)


def test_a_copied_project_is_not_approved_until_it_is_allowed(desk: Desk) -> None:
    project = desk.home.project("a")
    copy = project.copy("copy")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    assert desk.cd(terminal, copy.root) == copy.unapproved
    desk.is_refused(terminal, before)
    copy.allow()
    assert terminal.enter().output == copy.entered
    desk.is_in(terminal, copy)
    assert desk.cd(terminal, project.root) == project.entered
    desk.is_in(terminal, project)


def test_an_approval_in_another_home_does_not_count(desk: Desk) -> None:
    project = desk.home.project()
    other = Home(desk.home.path.parent / f"other-{type(desk.shell).__name__}")
    terminal = desk.terminal(env={**other.env})
    assert desk.cd(terminal, project.root) == project.unapproved


NOBODY = 65534


def as_nobody(path: Path) -> None:
    """Make `path` and all below it another user's, but readable, as an attacker would."""
    need("root" if os.geteuid() == 0 else None, "root, who alone can give a folder away,")
    for found in [path, *path.rglob("*")]:
        os.chown(found, NOBODY, NOBODY, follow_symlinks=False)


def touching(desk: Desk) -> tuple[Path, str]:
    """Return a file and a line for any shell's script that makes it."""
    mark = desk.home.path / "PWNED"
    return mark, f"touch {desk.shell.quote(str(mark))}\n"


def test_a_state_folder_that_another_user_makes_later_is_not_sourced(desk: Desk) -> None:
    root, state = desk.home.path / "p", desk.home.path / "share/taoshell"
    root.mkdir()
    (root / "taoshell.toml").write_text('network = "dino"\n')
    terminal = desk.terminal(env={"XDG_STATE_HOME": str(state.parent)})
    before = desk.settings(terminal)
    mark, line = touching(desk)
    current = Path(f"{state}/projects{root}/+/current")
    current.mkdir(parents=True)
    (current / dialect(desk.shell.name).SCRIPT).write_text(line)
    (state / "refused.json").write_text("{}")
    as_nobody(state)
    said = f"taoshell: {state} belongs to another user; nothing is loaded in this shell\n"
    assert desk.cd(terminal, root) == said
    assert terminal.enter().output == ""
    assert desk.settings(terminal) == before
    terminal.run("taoshell reload")
    assert terminal.run("taoshell on").output == said
    assert not mark.exists()


def test_a_state_folder_that_becomes_another_users_inside_a_project(desk: Desk) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, project.root)
    as_nobody(desk.home.state)
    line = f"taoshell: {desk.home.state} belongs to another user; nothing is loaded in this shell\n"
    assert desk.cd(terminal, desk.home.project("b").root) == line
    assert terminal.enter().output == ""
    assert desk.settings(terminal) == before


@pytest.mark.parametrize("nested", [False, True])
def test_a_script_of_another_user_is_not_sourced(desk: Desk, nested: bool) -> None:
    """The folder is the user's, as where several users may write."""
    project = desk.home.project()
    terminal = desk.terminal()
    before = desk.settings(terminal)
    if nested:
        desk.cd(terminal, project.root)
    mark, line = touching(desk)
    for script in project.kept.glob("gen/*/*"):
        script.write_text(f"{script.read_text()}\n{line}")
        as_nobody(script)
    output = terminal.nest() if nested else desk.cd(terminal, project.root)
    assert output.count("belongs to another user; nothing is loaded in this shell") == 1
    assert output.count("taoshell: ") == 1
    assert terminal.enter().output == ""
    assert not mark.exists()
    if not nested:
        assert desk.settings(terminal) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the file is root's; root has the test above")
@pytest.mark.parametrize("nested", [False, True])
def test_a_script_that_leads_to_another_users_file_is_not_sourced(desk: Desk, nested: bool) -> None:
    project = desk.home.project("a")
    terminal = desk.terminal()
    if nested:
        desk.cd(terminal, project.root)
    script = project.kept / "current" / dialect(desk.shell.name).SCRIPT
    script.unlink()
    script.symlink_to("/etc/passwd")
    output = terminal.nest() if nested else desk.cd(terminal, project.root)
    found = script.parent.resolve() / script.name if nested else script
    assert f"taoshell: {found} belongs to another user; nothing is loaded in this shell\n" in output
    assert output.count("taoshell: ") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the folder is root's; root has the test above")
def test_a_state_folder_that_comes_to_lead_to_another_users(desk: Desk) -> None:
    terminal = desk.terminal()
    before = desk.settings(terminal)
    desk.cd(terminal, desk.home.project("a").root)
    desk.home.state.rename(desk.home.path / "moved")
    desk.home.state.symlink_to("/etc")
    line = f"taoshell: {desk.home.state} belongs to another user; nothing is loaded in this shell\n"
    assert desk.cd(terminal, desk.home.path / "b") == line
    assert terminal.enter().output == ""
    assert desk.settings(terminal) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the folder is root's; root has the test above")
def test_a_state_folder_that_leads_to_another_users_is_not_used(desk: Desk) -> None:
    state = desk.home.path / "share/taoshell"
    state.parent.mkdir()
    state.symlink_to("/etc")
    terminal = desk.terminal(desk.home.project("a").root, env={"XDG_STATE_HOME": str(state.parent)})
    said = f"taoshell: {state} belongs to another user; nothing is loaded in this shell\n"
    assert said in terminal.greeting
    assert terminal.value("TAOSHELL_ROOT") is None


def test_installed_files_of_another_user_are_not_sourced(desk: Desk) -> None:
    desk.home.taoshell("install", desk.shell.name, "--yes")
    hooks = desk.home.state / "hooks"
    mark, line = touching(desk)
    (hooks / desk.shell.name).write_text(line)
    start = desk.shell.reading_rc(login=False)
    desk.terminal(hook=False, argv=start).exit()
    assert mark.exists()  # such a file is sourced if it is the user's
    mark.unlink()
    as_nobody(hooks)
    desk.terminal(hook=False, argv=start).exit()
    assert not mark.exists()


def test_completions_of_another_user_are_not_sourced(desk: Desk) -> None:
    desk.home.taoshell("install", desk.shell.name, "--yes")
    terminal = desk.terminal(hook=False, argv=desk.shell.reading_rc(login=False))
    mark, line = touching(desk)
    files = list((desk.home.state / "hooks/completions").iterdir())
    for file in files:
        file.write_text(line)
        as_nobody(file)
    tab = {"bash": "_taoshell_tab", "zsh": "_taoshell", "fish": "complete --do-complete 'taoshell '"}[desk.shell.name]
    terminal.run(tab)
    assert not mark.exists()
    for file in files:
        os.chown(file, os.geteuid(), os.getegid())
    terminal.run(tab)
    assert mark.exists()


def test_an_upgrade_does_not_source_another_users_hook(desk: Desk) -> None:
    """The hook is renewed at the first prompt; meanwhile the file may have become another user's."""
    desk.home.taoshell("install", desk.shell.name, "--yes")
    file = desk.home.state / "hooks" / desk.shell.name
    os.utime(file, (1, 1))  # older than the package
    terminal = desk.terminal(hook=False, argv=[*desk.shell.command()])
    mark, line = touching(desk)
    renew = "_taoshell_call() { :; }" if desk.shell.name != "fish" else "function _taoshell_call; end"
    terminal.run(f"cd {desk.shell.quote(str(desk.home.path))}")
    steps = [f". {desk.shell.quote(str(file))}", renew, f"chown -R {NOBODY} {desk.shell.quote(str(file.parent))}"]
    need("root" if os.geteuid() == 0 else None, "root, who alone can give a folder away,")
    replaced = f"printf '%s' {desk.shell.quote(line.rstrip())} >{desk.shell.quote(str(file))}"
    output = terminal.run("; ".join([steps[0], steps[1], replaced, steps[2]])).output + terminal.enter().output
    assert f"{file} belongs to another user; nothing is loaded in this shell" in output + terminal.enter().output
    assert not mark.exists()


# -- the environment that a shell inherits ---------------------------------------------------------

UP = "/.." * 40


@pytest.mark.parametrize(
    ("root", "generation"),
    [
        ("{a}", f"..{UP}{{evil}}"),
        (f"{UP}{{evil}}", "0123456789abcdef"),
        (f"{{a}}{UP}{{evil}}", "refused"),
        ("{a}/./b", "0123456789abcdef"),
        ("{a}//b", "0123456789abcdef"),
        ("a", "0123456789abcdef"),
        ("", "0123456789abcdef"),
        ("{a}", "0123456789ABCDEF"),
        ("{a}", "0123456789abcdef0"),
        ("{a}", "0123456789abcde/"),
        ("{a}", "*"),
        ("{a}", "../../../../evil"),  # as long as a name
    ],
)
def test_a_forged_generation_counts_as_gone(desk: Desk, root: str, generation: str) -> None:
    evil = desk.home.path / "evil"
    mark, line = touching(desk)
    inside = Path(os.path.normpath(f"{desk.home.project().kept}/gen/../../../../evil"))
    for folder in (evil, evil / "+/gen/0123456789abcdef", inside):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / dialect(desk.shell.name).SCRIPT).write_text(line)
    project = desk.home.project()
    values = {"a": project.root, "evil": evil}
    forged = {"TAOSHELL_ROOT": root.format(**values), "TAOSHELL_GENERATION": generation.format(**values)}
    terminal = desk.terminal(env=forged)
    assert terminal.greeting.count("taoshell: ") == 1
    assert "so its variables stay" in terminal.greeting
    assert not mark.exists()
    assert [name for name in desk.settings(terminal) if name.startswith("TAOSHELL_")] == []
    desk.cd(terminal, project.root)
    desk.is_in(terminal, project)


def test_a_generation_called_like_a_folder_is_none(desk: Desk) -> None:
    """What a shell has read it knows by the folder and the name; the folder may be a command for `eval`."""
    odd, project = desk.home.project("; touch mark #"), desk.home.project("b")
    terminal = desk.terminal(odd.root)
    desk.cd(terminal, project.root)
    assert "so its variables stay" in terminal.run(desk.shell.assign("TAOSHELL_GENERATION", str(odd.root))).output
    assert not (project.root / "mark").exists()
    desk.cd(terminal, desk.home.path)
    desk.cd(terminal, project.root)
    desk.is_in(terminal, project)


@pytest.mark.parametrize("name", ["TAOSHELL_PROJECT", "TAOSHELL_PROMPT"])
@pytest.mark.parametrize("inside", [False, True])
def test_inherited_names_cannot_paint_the_terminal(desk: Desk, name: str, inside: bool) -> None:
    project = desk.home.project()
    first = desk.terminal()
    if inside:
        desk.cd(first, project.root)
    terminal = desk.terminal(
        project.root if inside else None, env={**first.environment(), name: "\x1b]0;evil\x07\u009b2J*"}
    )
    quoted = desk.shell.quote(str(desk.home.path))
    for line in (
        "taoshell status --prompt",
        'echo "$TAOSHELL_PROMPT $TAOSHELL_PROJECT"',
        "command taoshell status --prompt",
        f"cd {quoted}",
    ):
        terminal.run(line)
        assert b"\x1b]0;evil" not in terminal.raw
        assert "\u009b".encode() not in terminal.raw


def test_a_state_folder_of_another_user_is_never_trusted(desk: Desk) -> None:
    need("root" if os.geteuid() == 0 else None, "root, who alone can give a folder away,")
    project = desk.home.project()
    os.chown(desk.home.state, 65534, 65534)
    terminal = desk.terminal(project.root)
    line = f"taoshell: {desk.home.state} belongs to another user; nothing is loaded in this shell\n"
    assert line in terminal.greeting
    for command in ("taoshell on", "taoshell off", "taoshell on"):
        result = terminal.run(command)
        assert (result.output, result.status) == (line, 1)
    assert terminal.enter().output == ""
    assert "NUM_GPUS" not in terminal.environment()
