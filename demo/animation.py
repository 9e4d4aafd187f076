"""Draw a terminal session as an animated picture. It uses only SVG and CSS, so it also moves in an <img>.

Without animations the picture shows the last frame. Readers who prefer less motion, and programs that cannot show
animations, get that frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

COLUMNS = 78
CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, CAPTION_SIZE, MARGIN = 8.4, 20, 14, 21, 20

# The shell itself takes milliseconds. These seconds give readers time to read, and imitate typing.
READING_PROMPT, READING_LINE, KEY = 0.6, 0.6, 0.05

STYLE = f"""
text{{font:{FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#c9d1d9}}
.window{{fill:#161b22;stroke:#57606a}}
.prompt{{fill:#8b949e}}
.typed{{fill:#fff}}
.taoshell{{fill:#8fd14f}}
.caption{{font-size:{CAPTION_SIZE}px;text-anchor:middle;opacity:0;animation-name:caption}}
.cursor{{fill:#c9d1d9}}
.untyped{{fill:#161b22}}
.shown{{animation:shown 1ms backwards}}
.typing{{opacity:0;animation-name:typing;animation-fill-mode:backwards}}
@keyframes caption{{from,to{{opacity:1}}}}
@keyframes shown{{from{{opacity:0}}}}
@keyframes typing{{from{{opacity:1}}to{{opacity:1;transform:translateX(var(--typed))}}}}
@media (prefers-reduced-motion:reduce){{.caption,.shown,.typing{{animation:none}}}}
"""


@dataclass(frozen=True, slots=True)
class Frame:
    """A line's output and the next prompt, which appear at once, and the text typed there; empty in the last frame."""

    output: Sequence[str]
    prompt: str
    typed: str = ""

    @property
    def lines(self) -> list[str]:
        """The output, wrapped at COLUMNS."""
        return [line[start : start + COLUMNS] for line in self.output for start in range(0, len(line) or 1, COLUMNS)]

    @property
    def reading(self) -> float:
        """Seconds until the typing begins."""
        return READING_PROMPT + READING_LINE * len(self.lines)

    @property
    def typing(self) -> float:
        """Seconds for the characters and Enter."""
        return (len(self.typed) + 1) * KEY


def seconds(frames: Sequence[Frame]) -> float:
    """Return the time at which the last frame appears; that frame stays."""
    return sum(frame.reading + frame.typing for frame in frames[:-1])


def picture(title: str, frames: Sequence[Frame], caption: Sequence[str] = ()) -> str:
    """Return the SVG. The lines of the caption are in the middle, until the session gets there."""
    rows = sum(len(frame.lines) + 1 for frame in frames)
    width, height = 2 * MARGIN + COLUMNS * CELL_WIDTH, 2 * MARGIN + rows * CELL_HEIGHT
    transcript = "\n".join(line for frame in frames for line in (*frame.output, frame.prompt + frame.typed))
    drawn = "\n".join([*_frames(frames), *_caption(caption, frames, rows // 2)])
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" \
role="img" aria-labelledby="title" aria-describedby="transcript" xml:space="preserve">
<title id="title">{escape(title)}</title>
<desc id="transcript">{escape(transcript)}</desc>
<style>{STYLE}</style>
<rect class="window" x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="8"/>
{drawn}
</svg>
"""


def _frames(frames: Sequence[Frame]) -> Iterator[str]:
    row, clock = 0, 0.0
    for frame in frames:
        yield f'<g class="shown" style="animation-delay:{clock:.2f}s">'
        for line in frame.lines:
            yield _text(line, row, 0, "taoshell" if line.startswith("taoshell:") else "output")
            row += 1
        end = len(frame.prompt)
        yield _text(frame.prompt, row, 0, "prompt")
        if frame.typed:
            yield _text(frame.typed, row, end, "typed")
            yield _typing(frame, row, clock + frame.reading)
        else:
            yield _cursor(row, end)
        yield "</g>"
        row += 1
        clock += frame.reading + frame.typing


def _caption(lines: Sequence[str], frames: Sequence[Frame], row: int) -> Iterator[str]:
    """Return large lines from `row` on, which go when the output comes near them."""
    used, clock = 0, 0.0
    for frame in frames:
        used += len(frame.lines) + 1
        if used >= row - 1:
            break
        clock += frame.reading + frame.typing
    for number, line in enumerate(lines):
        x, y = MARGIN + COLUMNS * CELL_WIDTH / 2, _y(row) + 1.6 * CAPTION_SIZE * number
        yield f'<text class="caption" x="{x:g}" y="{y:g}" style="animation-duration:{clock:.2f}s">{escape(line)}</text>'


def _text(text: str, row: int, column: int, kind: str) -> str:
    """Return a text element in cells of a fixed width, so that the font does not matter."""
    indent = len(text) - len(text.lstrip())
    text = text.strip()
    return (
        f'<text class="{kind}" x="{_x(column + indent):g}" y="{_y(row) + FONT_SIZE:g}" '
        f'textLength="{len(text) * CELL_WIDTH:g}">{escape(text)}</text>'
    )


def _typing(frame: Frame, row: int, start: float) -> str:
    """Return a cursor and a cover over the text not typed yet. Each key moves both by a cell; Enter removes them.

    jump-none: the cursor rests before the first character as long as after each character, including the last.
    """
    column, cells = len(frame.prompt), len(frame.typed)
    style = (
        f"--typed:{cells * CELL_WIDTH:g}px;animation-duration:{frame.typing:.2f}s;animation-delay:{start:.2f}s;"
        f"animation-timing-function:steps({cells + 1},jump-none)"
    )
    cover = (
        f'<rect class="untyped" x="{_x(column):g}" y="{_y(row):g}" '
        f'width="{(cells + 1) * CELL_WIDTH:g}" height="{CELL_HEIGHT}"/>'
    )
    return f'<g class="typing" style="{style}">{cover}{_cursor(row, column)}</g>'


def _cursor(row: int, column: int) -> str:
    x, y = _x(column), _y(row) + 2
    return f'<rect class="cursor" x="{x:g}" y="{y:g}" width="{CELL_WIDTH:g}" height="{CELL_HEIGHT - 4}"/>'


def _x(column: int) -> float:
    return MARGIN + column * CELL_WIDTH


def _y(row: int) -> float:
    return MARGIN + row * CELL_HEIGHT
