"""At an idle prompt, a shell sees every change of what is approved and of what is in force, and it sees nothing else.

The shell is in order and stays so: its `_taoshell_update` only says that it was called. So a change that is undone, to
the nanosecond, leaves the shell as it was, and one shell serves for all changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from taoshell.state import stamps
from taoshell.state.paths import State
from tests.shells.desk import Desk
from tests.shells.projects import Home, Project
from tests.shells.terminal import Terminal

NS_LONG_AGO = 1_760_000_000_123_456_789
SECONDS_ONLY = """
import os, runpy
utime = os.utime
os.utime = lambda path, *, ns: utime(path, ns=tuple(time // 10**9 * 10**9 for time in ns))
runpy.run_module("taoshell", run_name="__main__")
"""


@dataclass(frozen=True)
class Scene:
    """A shell that stands in `cwd`, and the files that matter to it."""

    desk: Desk
    terminal: Terminal
    cwd: Path

    @property
    def home(self) -> Home:
        return self.desk.home

    @property
    def project(self) -> Project:
        return self.home.project("a")

    @property
    def other(self) -> Project:
        return self.home.project("b")

    @property
    def cur(self) -> Path:
        return self.home.path / ".tao_mounts.current.json"

    @property
    def original(self) -> Path:
        return self.home.path / ".tao_mounts.original.json"

    def point_cur(self, target: Path) -> None:
        self.cur.unlink(missing_ok=True)
        self.cur.symlink_to(target)

    def take_over(self) -> None:
        self.point_cur(self.project.kept / "shared.json")
        link_elsewhere(self.home.mounts_file, Path(self.cur.name))


Change = Callable[[Scene], object]


# -- changes -----------------------------------------------------------------------------------------


def shift(path: Path, ns: int) -> None:
    """Make `path` younger by `ns`."""
    there = path.stat().st_mtime_ns
    os.utime(path, ns=(there + ns, there + ns))


def remove(*paths: Path) -> None:
    for path in paths:
        path.unlink()


def move_and_link(path: Path) -> None:
    """Make `path` a symlink to the same content."""
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def link_elsewhere(path: Path, target: Path) -> None:
    path.unlink()
    path.symlink_to(target)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_file(path: Path, like: Path | None = None) -> None:
    """Make the symlink `path` a file; `like` gives its time, as `cp --preserve` does."""
    path.unlink()
    path.write_text("{}")
    if like is not None:
        os.utime(path, ns=(like.stat().st_mtime_ns,) * 2)


def copy_over_the_mounts_file(scene: Scene) -> None:
    """A checkout gives both files of a repository one mtime, and a runner copies the second one through our links."""
    mine = scene.project.root / ".tao_mounts.json"
    mine.write_text('{"Mounts": []}')
    os.utime(mine, ns=(scene.project.toml.stat().st_mtime_ns,) * 2)
    shutil.copy2(mine, scene.home.mounts_file)


def check_out_and_copy(scene: Scene) -> None:
    shift(scene.project.toml, 10**12)
    copy_over_the_mounts_file(scene)


EDITS: dict[str, Change] = {  # that every form of the test sees, also if the file system keeps whole seconds only
    "taoshell.toml edited": lambda scene: os.utime(scene.project.toml),
    "taoshell.toml deleted": lambda scene: remove(scene.project.toml),
    ".env edited": lambda scene: os.utime(scene.project.env_file),
    ".env deleted": lambda scene: remove(scene.project.env_file),
    ".env and its stamps deleted": lambda scene: remove(scene.project.env_file, *scene.project.stamps("env")),
    "another generation": lambda scene: remove(*scene.project.stamps()),
    "a place became a symlink": lambda scene: move_and_link(scene.project.root / "specs"),
    "a place's symlink leads elsewhere": lambda scene: link_elsewhere(scene.project.root / "data", scene.home.path),
    "a place's symlink leads nowhere": lambda scene: link_elsewhere(scene.project.root / "data", Path("/nowhere/x")),
    "a place's symlink became a folder": lambda scene: replace_by_folder(scene.project.root / "data"),
    "a place's symlink is gone": lambda scene: remove(scene.project.root / "data"),
    "a taoshell.toml in this folder": lambda scene: (scene.cwd / "taoshell.toml").touch(),
}
FINE_EDITS: dict[str, Change] = {
    "taoshell.toml 1 ns younger": lambda scene: shift(scene.project.toml, 1),
    "taoshell.toml 2 ns younger": lambda scene: shift(scene.project.toml, 2),
    "taoshell.toml 1 ns older": lambda scene: shift(scene.project.toml, -1),
    "taoshell.toml much older": lambda scene: shift(scene.project.toml, -(10**12)),
    ".env 1 ns younger": lambda scene: shift(scene.project.env_file, 1),
    ".env 1 ns older": lambda scene: shift(scene.project.env_file, -1),
    ".env much older": lambda scene: shift(scene.project.env_file, -(10**12)),
}
OWN_MAPPING: dict[str, Change] = {
    "the mapping written": lambda scene: os.utime(scene.home.mounts_file),
    "the mapping 1 ns younger": lambda scene: shift(scene.project.kept / "shared.json", 1),
    "the mapping older": lambda scene: shift(scene.project.kept / "shared.json", -5),
    "the mapping deleted": lambda scene: remove(scene.project.kept / "shared.json"),
    "the file of LAUNCHER_MOUNTS deleted": lambda scene: remove(scene.project.kept / "mounts.json"),
    "another mapping in force": lambda scene: scene.point_cur(scene.other.kept / "shared.json"),
    "its own .tao_mounts.json, as old as taoshell.toml, copied over": copy_over_the_mounts_file,
    "both checked out": check_out_and_copy,
    "both deleted": lambda scene: remove(scene.project.toml, scene.home.mounts_file),
    "taoshell.toml and the mapping deleted": lambda s: remove(s.project.toml, s.project.kept / "shared.json"),
    "everything deleted": lambda scene: remove(
        scene.project.toml, scene.project.env_file, scene.home.mounts_file, *scene.project.stamps()
    ),
}
OTHER_MAPPING: dict[str, Change] = {
    "the mapping written": lambda scene: os.utime(scene.home.mounts_file),
    "the mapping 1 ns younger": lambda scene: shift(scene.other.kept / "shared.json", 1),
    "the mapping older": lambda scene: shift(scene.other.kept / "shared.json", -5),
    "the mapping deleted": lambda scene: remove(scene.other.kept / "shared.json"),
    "its twin deleted": lambda scene: remove(scene.other.kept / "mounts.json"),
    "this shell's mapping in force": lambda scene: scene.point_cur(scene.project.kept / "shared.json"),
    "its own .tao_mounts.json copied over": copy_over_the_mounts_file,
    "a copy of it, as old": lambda s: replace_by_file(s.home.mounts_file, like=s.other.kept / "shared.json"),
}
LINKS: dict[str, Change] = {
    "cur leads nowhere": lambda scene: scene.point_cur(Path("gone")),
    "cur removed": lambda scene: remove(scene.cur),
    "the mounts file removed": lambda scene: remove(scene.home.mounts_file),
    "the mounts file replaced": lambda scene: replace_by_file(scene.home.mounts_file),
    "the user's own in force": lambda scene: scene.point_cur(Path(scene.original.name)),
}
ARRIVALS: dict[str, Change] = {
    "another shell came and went": lambda scene: os.utime(scene.home.state / "arrived"),
}
OUTSIDE: dict[str, Change] = {
    "a taoshell.toml in this folder": lambda scene: (scene.cwd / "taoshell.toml").touch(),
    "a project's mapping in force": lambda scene: scene.point_cur(scene.project.kept / "shared.json"),
    "the mounts file replaced": lambda scene: replace_by_file(scene.home.mounts_file),
}
WITH_OWN: dict[str, Change] = {
    **OUTSIDE,
    "the mounts file removed": lambda scene: remove(scene.home.mounts_file),
    "cur leads nowhere": lambda scene: scene.point_cur(Path("gone")),
    "cur removed": lambda scene: remove(scene.cur),
    "a copy of the user's own, as old": lambda s: replace_by_file(s.home.mounts_file, like=s.original),
}
REPLACED: dict[str, Change] = {
    "a taoshell.toml in this folder": lambda scene: (scene.cwd / "taoshell.toml").touch(),
    "the mounts file became our symlink": lambda scene: link_elsewhere(scene.home.mounts_file, Path(scene.cur.name)),
}
NEVER_OURS: dict[str, Change] = {
    "a taoshell.toml in this folder": lambda scene: (scene.cwd / "taoshell.toml").touch(),
    "the first take-over": lambda scene: scene.take_over(),
}


# -- scenes --------------------------------------------------------------------------------------------


def shell_in_a(desk: Desk, *, fine: bool = True) -> Scene:
    """A shell in a folder of a project, one place of which is behind a symlink."""
    project = desk.home.project("a")
    disk, cwd = desk.home.path / "disk", project.root / "notes"
    disk.mkdir()
    (project.root / "data").symlink_to(disk)
    cwd.mkdir()
    os.utime(project.toml, ns=(NS_LONG_AGO,) * 2)
    os.utime(project.env_file, ns=(NS_LONG_AGO + 5,) * 2)
    if fine:
        project.allow()
    else:
        subprocess.run(
            [sys.executable, "-c", SECONDS_ONLY, "allow", "--yes", str(project.root)],
            env={**desk.home.env, "PYTHONPATH": str(desk.home.clone)},
            cwd=desk.home.path,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return Scene(desk, desk.terminal(cwd), cwd)


def inside(desk: Desk) -> Scene:
    return shell_in_a(desk)


def at_the_root(desk: Desk) -> Scene:
    scene = shell_in_a(desk)
    desk.cd(scene.terminal, scene.project.root)
    return Scene(desk, scene.terminal, scene.project.root)


def another_holds(desk: Desk) -> Scene:
    scene = shell_in_a(desk)
    desk.terminal(scene.other.root)
    return scene


def whole_seconds(desk: Desk) -> Scene:
    scene = shell_in_a(desk, fine=False)
    assert not any(stamp.name.endswith("-") for stamp in scene.project.stamps())
    return scene


def without_env(desk: Desk) -> Scene:
    """A blocked project: approving it would make a new .env."""
    project = desk.home.project("a")
    project.env_file.unlink()
    terminal = desk.terminal(project.root)
    assert not project.env_file.exists()
    return Scene(desk, terminal, project.root)


def outside(desk: Desk) -> Scene:
    terminal = desk.terminal(desk.home.project("a").root)
    desk.cd(terminal, desk.home.path)
    return Scene(desk, terminal, desk.home.path)


def outside_with_own(desk: Desk) -> Scene:
    desk.home.mounts_file.write_text('{"Mounts": []}')
    return outside(desk)


def outside_and_replaced(desk: Desk) -> Scene:
    scene = outside(desk)
    replace_by_file(desk.home.mounts_file)
    return scene


def where_no_shell_was_inside(desk: Desk) -> Scene:
    desk.home.mounts_file.write_text('{"Mounts": []}')
    return Scene(desk, desk.terminal(), desk.home.path)


SCENES: dict[Callable[[Desk], Scene], dict[str, Change]] = {
    inside: {**EDITS, **FINE_EDITS, **OWN_MAPPING, **LINKS, **ARRIVALS},
    at_the_root: {name: change for name, change in EDITS.items() if "this folder" not in name},
    another_holds: {**EDITS, **FINE_EDITS, **OTHER_MAPPING, **LINKS, **ARRIVALS},
    whole_seconds: {**EDITS, **OWN_MAPPING, **LINKS, **ARRIVALS},
    without_env: {".env came": lambda scene: scene.project.env_file.touch()},
    outside: OUTSIDE,
    outside_with_own: WITH_OWN,
    outside_and_replaced: REPLACED,
    where_no_shell_was_inside: NEVER_OURS,
}


# -- what is undone between two changes ------------------------------------------------------------------


class Snapshot:
    """Everything that a change may touch: each file's content and time, each folder, each symlink."""

    def __init__(self, home: Home) -> None:
        names = (".tao_mounts.json", ".tao_mounts.current.json", ".tao_mounts.original.json", "taoshell.toml", "a", "b")
        self._tops = [home.state, *(home.path / name for name in names)]
        self._was = self._now()

    def _now(self) -> dict[Path, object]:
        found: dict[Path, object] = {}
        for top in self._tops:
            for path in (top, *sorted(top.rglob("*"))):
                if path.is_symlink():
                    found[path] = os.readlink(path)
                elif path.is_dir():
                    found[path] = None
                elif path.exists():
                    found[path] = (path.read_bytes(), path.stat().st_mtime_ns)
        return found

    def restore(self) -> None:
        now = self._now()
        wrong = {path for path in {*now, *self._was} if now.get(path, 0) != self._was.get(path, 0)}
        for path in sorted(wrong & set(now), reverse=True):
            if now[path] is None:
                path.rmdir()
            else:
                path.unlink()
        for path in sorted(wrong & set(self._was)):
            match self._was[path]:
                case str(target):
                    path.symlink_to(target)
                case (bytes(data), int(ns)):
                    path.write_bytes(data)
                    os.utime(path, ns=(ns, ns))
                case _:
                    path.mkdir()


def only_say_that_you_look(scene: Scene) -> None:
    """Let the shell come to rest; from now on it says "looked" instead of acting."""
    scene.terminal.enter()
    assert scene.terminal.enter().output == ""
    define = "function {0}; {1}; end" if scene.desk.shell.name == "fish" else "{0}() {{ {1}; }}"
    scene.terminal.run(define.format("_taoshell_update", "echo looked"))
    assert scene.terminal.enter().output == ""


def what_is_missed(scene: Scene, changes: dict[str, Change]) -> dict[str, str]:
    """Make one change after the other; return what the prompt said after each, and after it was undone, if wrong."""
    snapshot, wrong = Snapshot(scene.home), {}
    for name, change in changes.items():
        change(scene)
        for at, expected in ((name, "looked\n"), (f"{name}, undone", "")):
            said = scene.terminal.enter().output
            if said != expected:
                wrong[at] = said
            snapshot.restore()
    return wrong


@pytest.mark.parametrize("of", SCENES, ids=lambda of: of.__name__)
def test_the_next_prompt_sees_every_change(desk: Desk, of: Callable[[Desk], Scene]) -> None:
    scene = of(desk)
    only_say_that_you_look(scene)
    mine = scene.terminal.value("TAOSHELL_GENERATION")
    removals = removals_of_the_generation(scene) if mine else {}
    assert what_is_missed(scene, {**SCENES[of], **removals}) == {}
    assert what_is_missed_in_the_environment(scene, mine) == []


def removals_of_the_generation(scene: Scene) -> dict[str, Change]:
    """What is gone if Python is killed while it puts the generation out of force, from the last upper stamp on.

    While only some of the upper ones are gone, everything is still as the generation says.
    """
    order: list[Path] = []
    state = State.of(scene.home.env)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stamps, "remove", lambda path: order.append(Path(path)))
        stamps.withdraw(state, state.project(str(scene.project.root)))
    assert sorted(order) == scene.project.stamps()
    all_above = sum(path.name.endswith("+") for path in order)
    return {f"{count} stamps removed": removal(order[:count]) for count in range(all_above, len(order) + 1)}


def removal(paths: list[Path]) -> Change:
    return lambda _: remove(*paths)


def what_is_missed_in_the_environment(scene: Scene, mine: str | None) -> list[str]:
    """Change TAOSHELL_GENERATION, which is `mine`; return the lines after which the prompt said something wrong."""
    shell, name = scene.desk.shell, "TAOSHELL_GENERATION"
    back = shell.unset(name) if mine is None else shell.export(name, mine)
    lines = {shell.export(name, "0123456789abcdef"): "looked\n", shell.export(name, "refused"): "looked\n", back: ""}
    if mine is not None:
        lines[shell.unset(name)] = "looked\n"
    return [line for line, expected in lines.items() if scene.terminal.run(line).output != expected]


@pytest.mark.parametrize("was_there", [False, True])
def test_it_sees_that_the_holder_has_died(desk: Desk, was_there: bool) -> None:
    scene = shell_in_a(desk)
    before = desk.home.mapping()
    holder = desk.terminal(scene.other.root)
    if was_there:  # this shell has seen the holder
        scene.terminal.enter()
        assert desk.home.mapping() == scene.other.mapping
    holder.kill()
    scene.terminal.enter()
    assert desk.home.mapping() == before
    assert scene.terminal.enter().output == ""


# -- and what comes of it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [copy_over_the_mounts_file, check_out_and_copy], ids=lambda change: change.__name__)
def test_a_mapping_that_a_checkout_brought_is_set_aside(desk: Desk, change: Change) -> None:
    scene = inside(desk)
    before = scene.home.mapping()
    change(scene)
    scene.terminal.enter()
    assert scene.home.mapping() == before
    assert scene.home.backed_up() == ['{"Mounts": []}']
    assert scene.terminal.enter().output == ""


def test_the_last_look_is_noted_again(desk: Desk) -> None:
    """Else this shell would see no arrival any more: for zsh, no file is newer than a missing one."""
    scene = inside(desk)
    (look,) = (desk.home.state / "looks").glob(f"{scene.terminal.pid}-*")
    look.unlink()
    os.utime(scene.project.env_file)
    scene.terminal.enter()
    assert look.exists()
