"""A network is recognised in a folder's name by whole words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.project.networks import DATA_SERVICES, NAMES, guess, near
from tests.support.definitions import define


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
        ("cosmos_embed1", "cosmos-embed1"),
        ("visual-changenet", "visual_changenet"),
        ("byom_voc", "classification_tf2"),
        ("tao_voc", "classification_tf2"),
        ("metric_learning_recognition", "ml_recog"),
        ("my retail_object_recognition", "ml_recog"),
        ("retail_object_detection", "dino"),
        ("kitti", None),
        ("text2box", None),
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
    older = network.replace("-", "_") if network.replace("-", "_") in NAMES else network
    assert guess(network) == guess(network.upper().replace("_", "-")) == older


def test_the_names_are_sorted_and_unique() -> None:
    assert list(NAMES) == sorted(set(NAMES))


@given(st.text())
def test_any_name_gives_a_network_or_none(folder: str) -> None:
    assert guess(folder) in {None, *NAMES}


@pytest.mark.parametrize(
    ("network", "known"),
    [
        ("detectnet", "detectnet_v2"),
        ("DINO", "dino"),
        ("yolov4", "yolo_v4"),
        ("skin_tones", "skin_tone"),
        ("classification", "classification_tf2 or classification_tf1 or classification_pyt"),
        ("mine", None),
    ],
)
def test_a_network_that_is_near_a_known_one(network: str, known: str | None) -> None:
    assert near(network) == ([] if known is None else known.split(" or "))
    notes = [note for note in define(first=f'network = "{network}"\n').notes if "did you mean" in note]
    told = f'network "{network}" is not one that taoshell knows; did you mean {known}?'
    assert notes == ([] if known is None else [told])


@pytest.mark.parametrize("network", [*NAMES, *DATA_SERVICES, "nv_tesseract_ad"])
def test_a_known_network_gives_no_note(network: str) -> None:
    assert near(network) == []
