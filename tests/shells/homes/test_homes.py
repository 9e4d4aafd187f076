"""Odd homes in each shell: one line says what does not work, everything else works, and nothing is lost.

(tests/faults covers a home without hard links.)
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from tests.shells.dialects import SHELLS
from tests.shells.homes.conditions import fill, make_room, on_a_small_disk, protect, unprotect
from tests.shells.homes.mounts_files import ordinary
from tests.shells.homes.table import ODDITIES, TAKEN, Oddity
from tests.shells.homes.user import User
from tests.shells.processes import started_by
from tests.shells.terminal import Terminal
from tests.support.slow import slow_unless


def without_fish(printed: str) -> str:
    """fish itself says that a disk is full, whatever the redirection."""
    return printed.replace("write: No space left on device\n", "")


def says_nothing_and_starts_nothing(terminal: Terminal, scratch: Path) -> None:
    assert terminal.enter().output == ""
    with started_by(terminal.pid, scratch) as started:
        assert terminal.enter().output == ""
        assert terminal.enter().output == ""
    assert started == []


def says(printed: str, usual: str, line: str) -> None:
    """Check that `printed` is the usual line and, unless `line` is "", one more line that contains it."""
    first, *more = without_fish(printed).splitlines(keepends=True)
    assert first == usual
    assert [line in other for other in more] == ([True] if line else []), printed


def _is_quick(shell: str, oddity: Oddity) -> bool:
    """Select every fourth problem, with a different shell each time."""
    number = ODDITIES.index(oddity)
    return number % 4 == 0 and [*SHELLS].index(shell) == number // 4 % len(SHELLS)


@pytest.mark.parametrize(
    ("shell", "oddity"),
    slow_unless(_is_quick, itertools.product(SHELLS, ODDITIES), id=lambda shell, oddity: f"{shell}-{oddity.name}"),
    indirect=["shell"],
)
def test_an_odd_home(user: User, tmp_path: Path, oddity: Oddity) -> None:
    first, second, home = user.home.project("a"), user.home.project("b"), user.home.path
    oddity.make(user)
    before, own = user.belongings(), user.in_force()
    terminal = user.sits_down()
    assert "taoshell: " not in terminal.greeting
    outside = user.settings(terminal)
    if oddity.later:
        user.cd(terminal, second.root)
        user.cd(terminal, home)
        oddity.later(user)
    odd = user.belongings()

    says(user.cd(terminal, first.root), first.entered, oddity.said)
    user.is_in(terminal, first)
    follows = user.home.mounts_file.is_file() and user.home.mapping() == first.mapping
    assert follows == oddity.follows
    if not follows:
        assert user.in_force() == own
    says_nothing_and_starts_nothing(terminal, tmp_path)
    assert without_fish(user.cd(terminal, first.root / "specs")) == ""  # it is tried again, but reported only once
    says_nothing_and_starts_nothing(terminal, tmp_path)

    assert without_fish(user.cd(terminal, home)) == first.left
    says_nothing_and_starts_nothing(terminal, tmp_path)
    assert user.settings(terminal) == outside
    assert user.in_force() == own

    user.cd(terminal, second.root)
    user.is_in(terminal, second)
    if not oddity.follows:
        assert user.belongings() == odd
    if oddity.cure:
        oddity.cure(user, terminal)
        before = before if oddity.later else user.belongings()
        taken = not oddity.later and os.path.lexists(user.home.mounts_file)
        assert user.cd(terminal, second.root / "specs") == (f"taoshell: {TAKEN}\n" if taken else "")
    assert user.home.mapping() == second.mapping
    says_nothing_and_starts_nothing(terminal, tmp_path)
    assert user.cd(terminal, home) == second.left
    assert user.in_force() == own

    assert terminal.run("taoshell mounts release").status == 0
    terminal.exit()
    assert user.belongings() == before


def test_a_full_home_with_another_shell(user: User) -> None:
    """The other shell keeps the mounts file until there is room for this shell's session."""
    first, second, home = user.home.project("a"), user.home.project("b"), user.home.path
    on_a_small_disk(user)
    own = user.in_force()
    terminal, other = user.sits_down(), user.sits_down()
    user.cd(other, first.root)
    fill(user)
    says(user.cd(terminal, second.root), second.entered, " cannot be written, so the mounts file does not follow")
    user.is_in(terminal, second)
    assert terminal.enter().output == ""
    assert other.enter().output == ""
    assert user.home.mapping() == first.mapping
    make_room(user, terminal)
    assert user.cd(terminal, second.root / "specs") == ""
    assert other.enter().output == ""
    assert user.home.mapping() == second.mapping
    user.cd(terminal, home)
    user.cd(other, home)
    assert user.in_force() == own


def test_a_release_in_a_home_that_cannot_be_written(user: User, tmp_path: Path) -> None:
    """Our links stay, as nothing in the home can change. They are removed as soon as that is possible."""
    first, home = user.home.project("a"), user.home.path
    ordinary(user)
    before = user.belongings()
    terminal = user.sits_down()
    user.cd(terminal, first.root)
    protect(user)
    released = terminal.run("taoshell mounts release")
    assert released.status == 1
    assert "/.tao_mounts.json: Permission denied; make it" in released.output
    assert user.home.mapping() == first.mapping
    user.is_in(terminal, first)
    says_nothing_and_starts_nothing(terminal, tmp_path)
    says(user.cd(terminal, home), first.left, "/.tao_mounts.json: Permission denied; make it")
    says_nothing_and_starts_nothing(terminal, tmp_path)
    assert user.home.mapping() == first.mapping
    unprotect(user, terminal)
    user.cd(terminal, first.root)
    assert user.belongings() == before
