"""YAML whose aliases stand for gigabytes is refused at once; anchors and merges as people write them are read."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats import recognise
from taoshell.formats.surroundings import Surroundings
from taoshell.formats.yaml_text import LONGEST, TooMuch, load

AROUND = Surroundings("/work/cars", "/home/ann", "ann", 1000, 1000, {"HOME": "/home/ann"})
SERVICE = "services:\n  t:\n    image: nvcr.io/nvidia/tao/tao-toolkit:6.0-pyt\n"


def laughs(levels: int, first: str = "[lol]", then: str = "[{}]") -> str:
    """Return YAML in which each of so many levels has the one before nine times: the last one is called *a."""
    names = [f"a{level}" for level in range(levels - 1)] + ["a"]
    lines = [f"x-0: &{names[0]} {first}"]
    for before, name in pairwise(names):
        lines.append(f"x-{name}: &{name} {then.format(', '.join([f'*{before}'] * 9))}")
    return "\n".join(lines) + "\n"


BOMBS = {
    "lists": laughs(9) + SERVICE + "    volumes: *a\n",
    "lists of six levels": laughs(7) + SERVICE + "    volumes: *a\n",
    "long text": f"x-0: &t {'x' * 1000}\n{laughs(4, '[*t]')}{SERVICE}    volumes: *a\n",
    "maps": laughs(9, "{k: v}", "{{k: [{}]}}") + SERVICE + "    environment: *a\n",
    "merges": laughs(9, "{k: v}", "{{<<: [{}]}}") + SERVICE + "    environment: *a\n",
    "keys": laughs(9, "[lol]", "{{? [{}] : 1}}") + SERVICE,
    "elsewhere in the file": laughs(9) + SERVICE,
    "as services": laughs(9) + "services: {t: *a}\n",
    "a list in itself": "x: &a [*a]\n" + SERVICE + "    volumes: *a\n",
    "a map in itself": "x: &a {b: *a}\n" + SERVICE + "    environment: *a\n",
    "a merge of itself": "x: &a {<<: *a}\n" + SERVICE + "    environment: *a\n",
    "all in itself": "services: &a {t: *a}\n",
    "a deep chain": "x0: &a0 [1]\n" + "".join(f"x{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 5000)) + SERVICE,
    "brackets": f"x: {'[' * 5000}\n{SERVICE}",
    "a long number": f"{SERVICE}    volumes: [0x{'f' * 9000}]\n",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_what_unfolds_without_end_is_one_line_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(TaoshellError) as error:
        recognise.read(text, "compose.yaml", AROUND, {})
    assert time.process_time() - start < 5
    assert "compose.yaml: " in str(error.value)
    assert error.value.cure.endswith("name another file")
    assert len(str(error.value)) < 200


def test_anchors_and_merges_are_read() -> None:
    text = (
        "x-all: &all\n  image: nvcr.io/nvidia/tao/tao-toolkit:6.0-pyt\n  volumes: &v [./data:/data]\n"
        "x-env: &env {A: '1', B: '2'}\nx-more: &more {C: '3'}\n"
        "services:\n  t:\n    <<: *all\n    environment:\n      <<: [*env, *more]\n      B: own\n"
    )
    found = recognise.read(text, "compose.yaml", AROUND, {}).mapping
    assert found.variables == {"A": "1", "B": "own", "C": "3"}
    assert [(mount.source, mount.destination) for mount in found.mounts] == [("/work/cars/data", "/data")]


def test_many_aliases_are_read() -> None:
    services = "".join(f"  t{n}: {{<<: *all, command: run}}\n" for n in range(300))
    text = f"x-all: &all {{image: x, environment: {{A: '1'}}}}\nservices:\n{services}"
    assert recognise.read(text, "compose.yaml", AROUND, {}, "t7").mapping.variables == {"A": "1"}


def test_what_is_left_out_is_named_by_its_place_and_quoted_nowhere() -> None:
    text = f"{laughs(4)}{SERVICE}    volumes: *a\n    user: *a\n    environment: *a\n    9: *a\n"
    notes = recognise.read(text, "compose.yaml", AROUND, {}).notes
    assert "compose.yaml:8: entry 9 of volumes is left out: it is no text" in notes
    assert "compose.yaml:9: user is left out: it is no text" in notes
    assert not [note for note in notes if "lol" in note or len(note) > 100]


def test_no_more_lines_than_people_read() -> None:
    text = SERVICE + "    volumes:\n" + "      - data\n" * 5000
    notes = recognise.read(text, "compose.yaml", AROUND, {}).notes
    assert len(notes) == 51
    assert notes[-1] == "4950 more lines like these"


@given(st.integers(1, 12), st.integers(1, 9))
def test_it_is_refused_if_and_only_if_it_says_too_much(levels: int, width: int) -> None:
    text = "a0: &a0 [x]\n"
    text += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]\n" for n in range(1, levels))
    sizes = [3]
    for _ in range(1, levels):
        sizes.append(1 + width * sizes[-1])
    total = 1 + sum(sizes) + sum(1 + len(f"a{n}") for n in range(levels))
    if total > LONGEST:
        with pytest.raises(TooMuch):
            load(text)
    else:
        assert isinstance(load(text), dict)
