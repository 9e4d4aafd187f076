"""docs/reports/engines.md is what the tests found: nothing failed, and nothing is missing."""

from __future__ import annotations

from pathlib import Path

from taoshell.engines import NAMES
from tests.engines.page import PAGE, outcomes, page
from tests.engines.properties import PROPERTIES


def test_the_page_has_every_property_on_every_engine() -> None:
    assert PAGE.read_text() == page({(engine, name): "✓" for engine in NAMES for name in PROPERTIES})


def test_a_failure_shows(tmp_path: Path) -> None:
    results = tmp_path / "results.xml"
    results.write_text(
        '<testsuite><testcase name="test_engine[docker-a]"/>'
        '<testcase name="test_engine[podman-a]"><failure/></testcase>'
        '<testcase name="test_engine[compose-a]"><skipped/></testcase></testsuite>'
    )
    assert outcomes(str(results)) == {("docker", "a"): "✓", ("podman", "a"): "✗"}
