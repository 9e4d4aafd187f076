"""`exec` when the project changes while it starts. The other tests are in tests/commands/test_exec.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from taoshell.actions import approve, exec
from taoshell.errors import TaoshellError
from taoshell.state.paths import State
from tests.support.samples import Sample


def test_a_project_that_is_blocked_this_instant_is_not_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = Sample(home)
    sample.allow()
    sync = approve.sync
    said: list[Sequence[str]] = []

    def edited_before(state: State, root: str) -> list[str]:
        sample.env.write_text("EVIL=1\n")
        return sync(state, root)

    monkeypatch.setattr(approve, "sync", edited_before)
    with pytest.raises(TaoshellError, match="not approved as it is now; run: taoshell allow"):
        exec.run(sample.state, str(sample.root), ["touch", str(home / "ran")], said.append)
    assert not (home / "ran").exists()
    assert sample.is_blocked
