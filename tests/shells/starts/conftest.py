"""Where people work: shells that something else starts, with the user's own start-up files, the hook among them."""

from __future__ import annotations

import pytest

from tests.shells.desk import Desk
from tests.shells.starts.rc import write_rc


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The user has the hook in the rc file of the shell at hand."""
    write_rc(desk.home.path, desk.shell)
    return desk
