"""A network is recognised in a folder's name by whole words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.project.networks import NAMES, guess


@pytest.mark.parametrize(
    ("folder", "network"),
    [
        ("detectnet_v2", "detectnet_v2"),
        ("DetectNet-V2", "detectnet_v2"),
        ("kitti detectnet_v2 night", "detectnet_v2"),
        ("yolo_v4_tiny", "yolo_v4_tiny"),  # and not yolo_v4
        ("My-YOLO_v4-tiny (night)", "yolo_v4_tiny"),
        ("yolo_v4", "yolo_v4"),
        ("my.dino.2024", "dino"),
        ("grounding-dino", "grounding_dino"),  # and not dino
        ("mask_grounding_dino", "mask_grounding_dino"),
        ("dinosaurs", None),
        ("maelstrom", None),
        ("project", None),
        ("", None),
        ("детектор", None),
    ],
)
def test_the_longest_network_in_a_name(folder: str, network: str | None) -> None:
    assert guess(folder) == network


@pytest.mark.parametrize("network", NAMES)
def test_each_network_is_found_in_its_own_name(network: str) -> None:
    assert guess(network) == guess(network.upper().replace("_", "-")) == network


def test_the_names_are_sorted_and_unique() -> None:
    assert list(NAMES) == sorted(set(NAMES))


@given(st.text())
def test_any_name_gives_a_network_or_none(folder: str) -> None:
    assert guess(folder) in {None, *NAMES}
