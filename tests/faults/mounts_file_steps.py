"""Steps of taoshell's Python on the mounts file: how to prepare each step, and how to check that it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from taoshell.mounts import release
from tests.support.accounts import INIT, LATER, OWN, SELF, Account, Identity

Environ = Mapping[str, str]


@dataclass(frozen=True)
class Prepared:
    """A prepared step.

    `kept`: files that must always keep some name. `done`: whether the step is complete. `is_safe`: whether a shell at
    `where` with this environment has only approved content; None if the step approves nothing. `may_see`: the same for
    a shell in the middle of the step. `retried`: whether the hook takes this step by itself, and therefore repeats it.
    """

    account: Account
    words: tuple[str | Path, ...]
    kept: tuple[Identity, ...]
    done: Callable[[], bool]
    where: str | Path
    retried: bool = True
    is_safe: Callable[[Environ], bool] | None = None
    may_see: Callable[[Environ], bool] | None = None


Step = Callable[[Account], Prepared]


def _is(path: Path, identity: Identity) -> bool:
    return path.exists() and Identity.of(path) == identity


def _settling(account: Account, done: Callable[[], bool], *kept: Identity) -> Prepared:
    return Prepared(account, ("_settle", ""), kept, done, account.home)


# -- taking over -------------------------------------------------------------------------------------------------


def first_take_over(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.enter(root)
    return _settling(account, lambda: account.holds(root) and _is(account.original, own), own)


def take_over_of_nothing(account: Account) -> Prepared:
    root = account.project()
    account.enter(root)
    return _settling(account, lambda: account.holds(root) and not account.original.exists())


def taking_again(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    release.release(account.state)
    return Prepared(account, ("mounts", "take"), (own,), lambda: account.holds(root), account.home, retried=False)


# -- swapping ----------------------------------------------------------------------------------------------------


def leaving(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    account.enter("")
    return _settling(account, lambda: account.in_force() == OWN, own)


def another_project(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project("a"), INIT)
    root = account.project("b")
    account.enter(root, SELF)
    return _settling(account, lambda: account.holds(root), own)


# -- backing up --------------------------------------------------------------------------------------------------


def write_in_place(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    account.write_in_place()
    written = Identity.of(Path(account.state.project(root).shared))
    return _settling(account, lambda: account.holds(root) and account.original.exists(), own, written)


def replacement_inside(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    foreign = account.replace()
    return _settling(account, lambda: account.holds(root) and account.original.exists(), own, foreign)


def replacement_found_on_leaving(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    foreign = account.replace()
    account.enter("")
    return _settling(account, lambda: account.in_force() == OWN, own, foreign)


def replacement_outside(account: Account) -> Prepared:
    own = account.write_own()
    root = account.project()
    account.go(root)
    account.go("")
    foreign = account.replace()
    account.enter(root)
    return _settling(account, lambda: account.holds(root) and _is(account.original, foreign), own, foreign)


# -- giving back -------------------------------------------------------------------------------------------------


def _releasing(account: Account, done: Callable[[], bool], *kept: Identity) -> Prepared:
    return Prepared(account, ("mounts", "release"), kept, done, account.home, retried=False)


def releasing(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    return _releasing(account, lambda: _is(account.mounts_file, own), own)


def releasing_nothing(account: Account) -> Prepared:
    account.go(account.project())
    return _releasing(account, lambda: not os.path.lexists(account.mounts_file))


def releasing_over_a_replacement(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    foreign = account.replace()
    return _releasing(account, lambda: _is(account.mounts_file, own), own, foreign)


# -- restoring ---------------------------------------------------------------------------------------------------


def _restoring(account: Account, own_name: Path, *kept: Identity) -> Prepared:
    """Restore the only backup: it becomes the user's own mapping."""
    (backup,) = account.backups.iterdir()
    text = backup.read_bytes()
    words = ("mounts", "restore", backup.name)
    return Prepared(
        account, words, kept, lambda: own_name.exists() and own_name.read_bytes() == text, account.home, retried=False
    )


def restoring_in_a_project(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    foreign = account.replace()
    account.settle()
    return _restoring(account, account.original, own, foreign)


def restoring_after_a_release(account: Account) -> Prepared:
    own = account.write_own()
    account.go(account.project())
    foreign = account.replace()
    release.release(account.state)
    return _restoring(account, account.mounts_file, own, foreign)


def restoring_over_a_replacement(account: Account) -> Prepared:
    """Write two foreign mappings: one is in the backups, the other has just replaced our link."""
    own = account.write_own()
    account.go(account.project())
    foreign = account.replace()
    account.settle()
    prepared = _restoring(account, account.original, own, foreign)
    later = account.replace(LATER)
    return Prepared(account, prepared.words, (own, foreign, later), prepared.done, account.home, retried=False)


STEPS: tuple[Step, ...] = (
    first_take_over,
    take_over_of_nothing,
    taking_again,
    leaving,
    another_project,
    write_in_place,
    replacement_inside,
    replacement_found_on_leaving,
    replacement_outside,
    releasing,
    releasing_nothing,
    releasing_over_a_replacement,
    restoring_in_a_project,
    restoring_after_a_release,
    restoring_over_a_replacement,
)
EXCHANGING: tuple[Step, ...] = (
    first_take_over,
    taking_again,
    replacement_inside,
    replacement_found_on_leaving,
    replacement_outside,
    releasing,
    releasing_over_a_replacement,
    restoring_in_a_project,
    restoring_after_a_release,
    restoring_over_a_replacement,
)
"""Steps that exchange two names if the system can. The tests also run them without renameat2."""
LINKING: tuple[Step, ...] = (
    write_in_place,
    restoring_in_a_project,
    restoring_after_a_release,
    restoring_over_a_replacement,
)
"""Steps that make a hard link. A release makes one only if it cannot exchange two names."""
