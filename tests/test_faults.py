"""Each call to the system fails in its turn, or the process is killed before or after it: nothing is lost, and the
next settle repairs."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.settle import release, take
from tests.accounts import INIT, LATER, OWN, SELF, Account, Identity, mapping
from tests.faults import failing, killed, many_homes
from tests.trees import names_of

# EPERM and EXDEV have ways round them, EACCES is also what `open` says; the others (EROFS, EIO, …) act like ENOSPC
ERRORS = [errno.ENOSPC, errno.EACCES, errno.EXDEV, errno.EPERM]
MOST = 200  # calls; a step makes a tenth of that


@dataclass(frozen=True)
class Prepared:
    """What must be under some name whatever happens, what is done, and how it must be in the end."""

    kept: tuple[Identity, ...]
    act: Callable[[], object]
    done: Callable[[], bool]


def first_take_over(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.enter(root)
    return Prepared((own,), account.settle, lambda: account.holds(root) and Identity.of(account.original) == own)


def take_over_of_nothing(account: Account) -> Prepared:
    root = account.project()
    account.enter(root)
    return Prepared((), account.settle, lambda: account.holds(root) and not account.original.exists())


def leaving(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    account.enter("")
    return Prepared((own,), account.settle, lambda: account.in_force() == OWN)


def another_project(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project("a"), INIT)
    root = account.project("b")
    account.enter(root, SELF)
    return Prepared((own,), account.settle, lambda: account.holds(root))


def write_in_place(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    account.write_in_place()
    written = Identity.of(Path(account.state.project(root).shared))
    return Prepared((own, written), account.settle, lambda: account.holds(root) and account.original.exists())


def replacement_inside(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    foreign = account.replace()
    return Prepared((own, foreign), account.settle, lambda: account.holds(root) and account.original.exists())


def replacement_found_on_leaving(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    foreign = account.replace()
    account.enter("")
    return Prepared((own, foreign), account.settle, lambda: account.in_force() == OWN)


def replacement_outside(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    account.go("")
    foreign = account.replace()
    account.enter(root)
    done: Callable[[], bool] = lambda: account.holds(root) and Identity.of(account.original) == foreign  # noqa: E731
    return Prepared((own, foreign), account.settle, done)


def new_mapping(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    old = Identity.of(Path(account.state.project(root).shared))
    after = mapping("second").encode()
    return Prepared(
        (own, old), lambda: (account.expose(root, "second"), account.settle()), lambda: account.in_force() == after
    )


def new_mapping_over_a_write(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    account.write_in_place(LATER)
    written = Identity.of(Path(account.state.project(root).shared))
    after = mapping("second").encode()
    return Prepared(
        (own, written), lambda: (account.expose(root, "second"), account.settle()), lambda: account.in_force() == after
    )


def releasing(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    return Prepared((own,), lambda: release(account.state), lambda: Identity.of(account.mounts_file) == own)


def releasing_nothing(account: Account) -> Prepared:
    account.go(account.project())
    return Prepared((), lambda: release(account.state), lambda: not os.path.lexists(account.mounts_file))


def releasing_over_a_replacement(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    foreign = account.replace()
    return Prepared((own, foreign), lambda: release(account.state), lambda: Identity.of(account.mounts_file) == own)


def taking(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    release(account.state)
    return Prepared((own,), lambda: take(account.state), lambda: account.holds(root))


EXCHANGING = [
    first_take_over,
    replacement_inside,
    replacement_found_on_leaving,
    replacement_outside,
    releasing,
    releasing_over_a_replacement,
    taking,
]
OTHERS = [
    take_over_of_nothing,
    leaving,
    another_project,
    write_in_place,
    new_mapping,
    new_mapping_over_a_write,
    releasing_nothing,
]
CASES = [pytest.param(scenario, True, id=scenario.__name__) for scenario in [*EXCHANGING, *OTHERS]] + [
    pytest.param(scenario, False, id=f"{scenario.__name__}, without renameat2") for scenario in EXCHANGING
]


def assert_kept(account: Account, kept: tuple[Identity, ...], when: str) -> None:
    for identity in kept:
        found = names_of(identity.inode, account.home)
        assert found, f"{when}: {identity.content!r} has no name any more"
        assert Identity.of(found[0]) == identity, f"{when}: {found[0]} was changed"


@pytest.fixture
def folder() -> Iterator[Path]:
    with many_homes() as folder:
        yield folder


@pytest.mark.parametrize(("scenario", "renameat2"), CASES)
class TestNothingIsLost:
    @pytest.mark.parametrize("error", ERRORS, ids=lambda error: errno.errorcode[error])
    def test_when_a_call_fails(
        self, folder: Path, scenario: Callable[[Account], Prepared], renameat2: bool, error: int
    ) -> None:
        for at in range(MOST):
            home = folder / str(at)
            home.mkdir()
            account = Account(home)
            prepared = scenario(account)
            with failing(at, error, renameat2=renameat2) as meter:
                try:
                    prepared.act()
                except (OSError, TaoshellError):
                    assert meter.hit
            when = f"{meter.hit} (call {at})"
            assert_kept(account, prepared.kept, when)
            prepared.act()
            assert_kept(account, prepared.kept, f"repaired after {when}")
            assert prepared.done(), f"not repaired after {when}"
            if not meter.hit:
                return
        raise AssertionError("it does not end")

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    def test_when_it_is_killed(
        self, folder: Path, scenario: Callable[[Account], Prepared], renameat2: bool, after: bool
    ) -> None:
        for at in range(MOST):
            home = folder / str(at)
            home.mkdir()
            account = Account(home)
            prepared = scenario(account)
            was_killed = killed(at, prepared.act, after=after, renameat2=renameat2)
            when = f"call {at}"
            assert_kept(account, prepared.kept, when)
            prepared.act()
            assert_kept(account, prepared.kept, f"repaired after {when}")
            assert prepared.done(), f"not repaired after {when}"
            if not was_killed:
                return
        raise AssertionError("it does not end")
