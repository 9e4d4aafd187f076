"""`make recording` also draws the places of a sample project, on the host and in the container, for the README.

The names and paths are those that taoshell computes. One picture is for light pages, the other for dark ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

if not __package__:  # run by its path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from taoshell.project.build import build
from taoshell.project.machine import Machine
from taoshell.project.model import Place, Project

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LIGHT = {"text": "#1f2328", "muted": "#57606a", "edge": "#8c959f", "box": "#f6f8fa", "mount": "#1a7f37"}
DARK = {"text": "#e6edf3", "muted": "#9198a1", "edge": "#656c76", "box": "#161b22", "mount": "#3fb950"}
PICTURES = {FOLDER / "places-light.svg": LIGHT, FOLDER / "places-dark.svg": DARK}

HOME = "/home/me"
CELL = 7.6  # the width of a character
BOX, GAP, TOP, ROW = 232, 84, 30, 48
WIDTH, LEFT, RIGHT = 2 * BOX + GAP + 2, 1, BOX + GAP + 1


def _me(_: str) -> int:
    return 1000


def _nothing(_: str) -> None:
    return None


def sample() -> Project:
    """Return the project that the README describes."""
    machine = Machine(HOME, "me", 1000, 1000, str, bool, _nothing, _me, _me, _nothing, lambda _: False, _nothing)
    toml = 'layout = "classic"\nnetwork = "detectnet_v2"\n'
    return build(f"{HOME}/cars", toml, "taoshell.toml", {}, machine).require()


def picture(project: Project, colours: dict[str, str]) -> str:
    """Return the SVG."""
    height = TOP + ROW * len(project.places) + 8
    body = "\n".join(_parts(project, height))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">
<title>Four folders on the host, and the same four in the container</title>
<style>
text{{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:{colours["text"]}}}
.label{{fill:{colours["muted"]}}}
.mount{{fill:{colours["mount"]}}}
.box{{fill:{colours["box"]};stroke:{colours["edge"]}}}
.arrow{{stroke:{colours["mount"]};stroke-width:2;fill:none}}
.inside{{stroke:{colours["edge"]};stroke-dasharray:2 4;fill:none}}
</style>
{body}
</svg>
"""


def _parts(project: Project, height: int) -> Iterator[str]:
    mounts = {(mount.source, mount.destination) for mount in project.mapping.mounts}
    whole = next(place for place in project.places if place.name == "project")
    for x, side in ((LEFT, "on the host"), (RIGHT, "in the container")):
        yield _text(side, x + 10, 18, "label")
        yield f'<rect class="box" x="{x}" y="{TOP - 4}" width="{BOX}" height="{height - TOP + 3}" rx="6"/>'
    for row, place in enumerate([whole, *(place for place in project.places if place is not whole)]):
        y, indent = TOP + 18 + row * ROW, 10 if place is whole else 26
        host, container = _names(place, whole)
        yield _text(host, LEFT + indent, y, "name")
        yield _text(container, RIGHT + indent, y, "name")
        yield from (_text(name, LEFT + indent, y + 17, "label") for name in place.host_variables)
        yield from (_text(name, RIGHT + indent, y + 17, "label") for name in place.container_variables)
        start, end = LEFT + BOX + 8, RIGHT - 8
        if (place.host, place.container) in mounts:
            yield _text("mount", start + 14, y - 6, "mount")
            yield f'<path class="arrow" d="M{start} {y}H{end}m-7 -4l7 4l-7 4"/>'
        else:
            yield f'<path class="inside" d="M{start} {y}H{end}"/>'


def _names(place: Place, whole: Place) -> tuple[str, str]:
    """Return both paths as the picture shows them: inside the project, without the project's path."""
    if place is whole:
        return place.host.replace(HOME, "~"), place.container
    return place.host.removeprefix(f"{whole.host}/"), place.container.removeprefix(f"{whole.container}/")


def _text(text: str, x: float, y: float, kind: str) -> str:
    """Return a text in cells of a fixed width, so that the font does not matter."""
    width = f"{len(text) * CELL:g}"
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" textLength="{width}">{escape(text)}</text>'


if __name__ == "__main__":
    for path, colours in PICTURES.items():
        path.write_text(picture(sample(), colours))
