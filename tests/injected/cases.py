"""All that faults are injected into."""

from __future__ import annotations

from tests.injected import approvals, scenarios
from tests.injected.judge import WITHOUT_LINKS, WITHOUT_RENAMEAT2, Case

CASES = [
    *(Case(scenario) for scenario in (*scenarios.SCENARIOS, *approvals.SCENARIOS)),
    *(Case(scenario, WITHOUT_RENAMEAT2) for scenario in scenarios.EXCHANGING),
    *(Case(scenario, WITHOUT_LINKS) for scenario in scenarios.LINKING),
    Case(scenarios.releasing, WITHOUT_RENAMEAT2 + WITHOUT_LINKS),
]
