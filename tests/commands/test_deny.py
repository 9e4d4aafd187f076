"""`taoshell deny`: every approval is withdrawn, and shells in the project lose its variables."""

from __future__ import annotations

import os

import pytest

from tests.commands.conftest import User
from tests.support.samples import TOML, Sample
from tests.support.trees import snapshot


def test_every_approved_content_is_denied(user: User, sample: Sample) -> None:
    sample.allow()
    sample.toml.write_text(TOML + "[env]\nA = '1'\n")
    sample.allow()
    before = snapshot(sample.root)
    done = user.must("deny", cwd=sample.root / "specs")
    assert (done.out, done.err) == ("", f"taoshell: {sample.root}: your approval is withdrawn\n")
    assert sample.is_blocked
    assert sample.is_fresh
    assert "not approved" in user.must("status", sample.root).out
    assert snapshot(sample.root) == before


def test_another_project_stays_approved(user: User, sample: Sample) -> None:
    other = Sample(user.home, "other")
    sample.allow()
    other.allow()
    assert user.must("deny", sample.root).err == f"taoshell: {sample.root}: your approval is withdrawn\n"
    assert not other.is_blocked
    assert "✓ approved" in user.must("status", other.root).out


def test_a_project_that_was_never_approved(user: User, sample: Sample) -> None:
    assert user.must("deny", sample.root).err == f"taoshell: {sample.root}: was not approved\n"
    assert not sample.kept.exists()


@pytest.mark.parametrize("text", ["=", "x = 1\n"])
def test_a_broken_project_can_be_denied(user: User, sample: Sample, text: str) -> None:
    sample.allow()
    sample.toml.write_text(text)
    assert user.must("deny", sample.root).err == f"taoshell: {sample.root}: your approval is withdrawn\n"
    assert sample.is_blocked


def test_a_fifo_in_place_of_a_file_does_not_block(user: User, sample: Sample) -> None:
    sample.allow()
    sample.env.unlink()
    os.mkfifo(sample.env)
    user.must("deny", sample.root)
    assert sample.is_blocked


def test_no_project_here(user: User) -> None:
    done = user.types("deny")
    assert (done.status, done.out) == (1, "")
    assert done.err == "taoshell: .: no taoshell.toml in this folder or above it; cd to a project\n"
