"""docs/demo.svg, the picture in the README, is current, and readable at every moment."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from demo import places
from demo.animation import COLUMNS, KEY, READING_LINE, READING_PROMPT, Frame, picture, seconds
from demo.samples import LAUNCHER
from tests.support.clone import CLONE
from tests.support.needs import need

PICTURE = CLONE / "docs" / "demo.svg"
SVG = "{http://www.w3.org/2000/svg}"
SECONDS = 120.0  # it takes three; this limit is for slow machines

FRAMES = [
    Frame((), "~ $ ", "cat <note>"),
    Frame(("", '  "a" & b', "x" * (COLUMNS + 1)), "~ $ ", "cd"),
    Frame(("taoshell: left",), "~ $ "),
]


def record(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    need(str(LAUNCHER) if (LAUNCHER / "tao").exists() else None, "NVIDIA's launcher (make recording)")
    return subprocess.run(
        [sys.executable, CLONE / "demo" / "recording.py", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_it_is_the_same_as_a_new_recording(tmp_path: Path) -> None:
    done = record("--output", tmp_path / "new.svg")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "new.svg").read_text() == PICTURE.read_text(), "docs/demo.svg is old; run: make recording"
    assert list(tmp_path.iterdir()) == [tmp_path / "new.svg"]


@pytest.mark.parametrize(
    "sabotage", ["_taoshell_find() { _taoshell_found=; }", "PROMPT_COMMAND+='; [ \"$PWD\" = ~ ] || exit 3'"]
)
def test_a_failed_run_is_not_recorded(tmp_path: Path, sabotage: str) -> None:
    done = record("--output", tmp_path / "new.svg", "--rc", sabotage)
    assert done.returncode == 1
    assert re.search(r"^recording: ('cd cars' should print|the shell has ended)", done.stderr, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []


def test_its_first_frame_says_something_and_its_last_one_starts_tao() -> None:
    frames = re.findall(
        r'<g class="shown" style="animation-delay:([\d.]+)s">(.*?)</g>\n', PICTURE.read_text(), re.DOTALL
    )
    assert frames[0][0] == "0.00"
    assert "cars/taoshell.toml:network" in frames[0][1]
    assert "toolkit_version: 6." in frames[-1][1]
    assert ">cd cars &amp;&amp; tao info</text>" in frames[-2][1]
    captions = re.findall(r'class="caption".*? style="animation-duration:([\d.]+)s"', PICTURE.read_text())
    assert len(captions) == 2
    assert {float(delay) for delay, _ in frames} > set(map(float, captions)), "it goes when a frame appears"


def test_it_fits_into_a_readme() -> None:
    text = PICTURE.read_text()
    assert len(text) < 100_000
    assert max(map(float, re.findall(r"animation-delay:([\d.]+)s", text))) <= 20
    assert "/tmp" not in text
    assert not re.search(r"<script|href|url\(|@import|<foreignObject", text), "an image may not load or run anything"


# -- the writer of it ------------------------------------------------------------------------


@pytest.fixture
def svg() -> ElementTree.Element:
    return ElementTree.fromstring(picture("a <title>", FRAMES))


def test_text_is_text(svg: ElementTree.Element) -> None:
    assert [svg.findtext(f"{SVG}title"), svg.attrib["role"]] == ["a <title>", "img"]
    assert (svg.findtext(f"{SVG}desc") or "").splitlines() == [
        "~ $ cat <note>",
        "",
        '  "a" & b',
        "x" * (COLUMNS + 1),
        "~ $ cd",
        "taoshell: left",
        "~ $ ",
    ]
    shown = [element.text or "" for element in svg.iter(f"{SVG}text")]
    assert shown == ["~ $", "cat <note>", "", '"a" & b', "x" * COLUMNS, "x", "~ $", "cd", "taoshell: left", "~ $"]


def test_texts_do_not_overlap_and_are_inside_the_picture(svg: ElementTree.Element) -> None:
    width, height = (float(svg.attrib[side]) for side in ("width", "height"))
    ends: dict[float, float] = {}
    for text in svg.iter(f"{SVG}text"):
        x, y, length = (float(text.attrib[name]) for name in ("x", "y", "textLength"))
        assert ends.get(y, 0) < x
        ends[y] = x + length
        assert ends[y] < width
        assert y < height
    assert len(ends) == 8


def test_each_frame_appears_when_the_line_before_it_is_typed(svg: ElementTree.Element) -> None:
    def delays(kind: str) -> list[float]:
        styles = [group.attrib["style"] for group in svg.iter(f"{SVG}g") if group.attrib["class"] == kind]
        return [float(re.findall(r"animation-delay:([\d.]+)s", style)[0]) for style in styles]

    first_typed = READING_PROMPT + 11 * KEY
    second = first_typed + READING_PROMPT + 4 * READING_LINE
    assert delays("typing") == pytest.approx([READING_PROMPT, second], abs=0.01)
    assert delays("shown") == pytest.approx([0, first_typed, second + 3 * KEY], abs=0.01)
    assert seconds(FRAMES) == pytest.approx(second + 3 * KEY)


def test_without_animations_it_is_the_last_frame(svg: ElementTree.Element) -> None:
    style = svg.findtext(f"{SVG}style") or ""
    rules = dict(re.findall(r"^(\.\w+)\{([^}]*)\}", style, re.MULTILINE))
    assert [name for name, rule in rules.items() if "opacity:0" in rule] == [".caption", ".typing"]
    assert [name for name, rule in rules.items() if "backwards" in rule] == [".shown", ".typing"], (
        "and until its time, not"
    )
    assert re.search(r"@media \(prefers-reduced-motion:reduce\)\{\.caption,\.shown,\.typing\{animation:none\}\}", style)


# -- the picture of the places ---------------------------------------------------------------


@pytest.mark.parametrize("path", places.PICTURES, ids=lambda path: path.stem)
def test_the_places_are_those_that_taoshell_computes(path: Path) -> None:
    drawn = path.read_text()
    assert drawn == places.picture(places.sample(), places.PICTURES[path]), f"{path} is old; run: make recording"
    texts = [element.text for element in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert texts.count("mount") == len(places.sample().mapping.mounts) == 2
    assert {name for name in places.sample().variables if name.endswith("_DIR")} <= set(texts)
    assert not re.search(r"<script|href|url\(|@import|@font-face", drawn), "no font or file that is not there"


def test_the_two_pictures_differ_only_in_their_colours() -> None:
    light, dark = (re.sub(r"#[0-9a-f]{6}", "#", path.read_text()) for path in places.PICTURES)
    assert light == dark
