"""Each property on each real engine. These tests are slow and need root on Debian, so they run only on request."""

from __future__ import annotations

import os

import pytest
from _pytest.mark import ParameterSet

from taoshell.engines import NAMES
from tests.engines.bench import Bench
from tests.engines.properties import PROPERTIES

pytestmark = pytest.mark.skipif("TAOSHELL_TEST_ENGINES" not in os.environ, reason="run by: make test-engines")


def on(engine: str) -> ParameterSet:
    """The tests of one engine wait for each other, as containers have names; Compose's are Docker's."""
    return pytest.param(engine, marks=pytest.mark.xdist_group("podman" if engine == "podman" else "docker"))


@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.parametrize("engine", map(on, NAMES))
def test_engine(bench: Bench, name: str) -> None:
    PROPERTIES[name](bench)
