"""Ways in which a shell starts: login, exec, nested, ssh, tmux, su, an editor. The user's start files load the hook."""

from __future__ import annotations

import pytest

from tests.shells.desk import Desk
from tests.shells.starts.rc import write_rc


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk whose user loads the hook in the start file."""
    write_rc(desk.home.path, desk.shell)
    return desk
