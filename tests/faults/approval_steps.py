"""Steps of taoshell's Python on approvals: a project is approved, compiled, blocked and denied."""

from __future__ import annotations

import os
from pathlib import Path

from taoshell.actions import change, record
from taoshell.actions.change import Change
from taoshell.actions.sources import read_sources
from taoshell.formats import mounts_file
from tests.faults.mounts_file_steps import Environ, Prepared, Step
from tests.support.accounts import Account
from tests.support.samples import TOML, Sample

_LONG_AGO = (1, 1)  # old, so that `allow` need not wait for the clock


def _sample(account: Account) -> Sample:
    sample = Sample(account.home)
    (account.home / "big").mkdir()
    _age(sample)
    return sample


def _approved(account: Account) -> Sample:
    sample = _sample(account)
    sample.allow()
    _age(sample)
    sample.sync()
    return sample


def _age(sample: Sample) -> None:
    for source in (sample.toml, sample.env):
        os.utime(source, ns=_LONG_AGO)


def _edit(sample: Sample) -> None:
    """Change both sources; the values in the block follow from them."""
    sample.toml.write_text(TOML + "[places]\ndata = '../big'\n")
    sample.env.write_text("NEW=1\n" + sample.env.read_text())
    for source in (sample.toml, sample.env):
        os.utime(source, ns=(2, 2))


def _is_approved(sample: Sample) -> bool:
    planned = _planned(sample)
    return record.is_approved(sample.state, planned.now, planned.project)


def _planned(sample: Sample) -> Change:
    return change.plan(sample.state, read_sources(str(sample.root)))


def _is_whole(sample: Sample, environ: Environ) -> bool:
    """Whether a shell has all of the project's present content, and nothing of an older one."""
    project = _planned(sample).project
    mounts = Path(environ["LAUNCHER_MOUNTS"]).read_text()
    return {**environ, **project.variables} == environ and mounts == mounts_file.written(project.mapping)


def _has_nothing(sample: Sample, environ: Environ) -> bool:
    """Whether a shell has nothing of any project, and a mounts file that the launcher refuses (if there is one yet)."""
    mounts = environ.get("LAUNCHER_MOUNTS", sample.state.refused)
    refused = "(taoshell: " in Path(mounts).read_text() if "LAUNCHER_MOUNTS" in environ else not os.path.exists(mounts)
    return "LOCAL_PROJECT_DIR" not in environ and "NEW" not in environ and refused


def _prepared(account: Account, sample: Sample, *words: str, approves: bool, retried: bool) -> Prepared:
    """Prepare a step after which a shell has the present content if it is approved, and nothing otherwise."""
    own = account.write_own()

    def is_safe(environ: Environ) -> bool:
        return _is_whole(sample, environ) if _is_approved(sample) else _has_nothing(sample, environ)

    def may_see(environ: Environ) -> bool:
        return _has_nothing(sample, environ) or (_is_approved(sample) and _is_whole(sample, environ))

    def done() -> bool:
        if _is_approved(sample) != approves or not (sample.kept / "current").exists() or not sample.is_fresh:
            return False
        project = _planned(sample).project
        in_force = sample.mounts == mounts_file.written(project.mapping)
        return in_force and not sample.is_blocked if approves else sample.is_blocked

    return Prepared(account, (*words, sample.root), (own,), done, sample.root, retried, is_safe, may_see)


def first_approval(account: Account) -> Prepared:
    return _prepared(account, _sample(account), "allow", "--yes", approves=True, retried=False)


def approval_of_an_edit(account: Account) -> Prepared:
    sample = _approved(account)
    _edit(sample)
    return _prepared(account, sample, "allow", "--yes", approves=True, retried=False)


def approved_and_touched(account: Account) -> Prepared:
    sample = _approved(account)
    os.utime(sample.env, ns=(2, 2))
    return _prepared(account, sample, "_sync", approves=True, retried=True)


def edited_and_not_approved(account: Account) -> Prepared:
    sample = _approved(account)
    _edit(sample)
    return _prepared(account, sample, "_sync", approves=False, retried=True)


def denial(account: Account) -> Prepared:
    return _prepared(account, _approved(account), "deny", approves=False, retried=False)


STEPS: tuple[Step, ...] = (
    first_approval,
    approval_of_an_edit,
    approved_and_touched,
    edited_and_not_approved,
    denial,
)
