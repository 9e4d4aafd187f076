"""A desk as in tests/shells, but in a home whose path direnv can load, as direnv 2.32 cannot quote a `$`."""

from __future__ import annotations

import pytest

from tests.shells.conftest import Stock, desk, shell, stocked

__all__ = ["desk", "shell", "stock"]

pytest.register_assert_rewrite("tests.compat.common_checks", "tests.compat.shell_state", "tests.compat.no_output")


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return stocked(tmp_path_factory.mktemp("neighbours"), "O'Neil's home")
