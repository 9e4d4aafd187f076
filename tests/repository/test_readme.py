"""The two READMEs say the same in two languages, and their table has the values that taoshell computes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bench import prompts, report
from bench.figures import FLOOR, Figures
from taoshell.project import build
from tests.support.clone import CLONE
from tests.support.definitions import machine

ENGLISH, CHINESE = ((CLONE / name).read_text() for name in ("README.md", "README.zh-CN.md"))

BLOCK = re.compile(
    r"""^```(?P<code>.*?)^```$
    |   ^(?P<heading>\#+)[ ]
    |   (?P<table>(?:^\|.*?\n)+)
    |   (?P<item>^-[ ].*?\n(?=\S|\n))
    |   (?P<quote>(?:^>.*?\n)+)
    |   (?P<text>^\S.*?\n(?=\n|\Z))""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")


def blocks(page: str) -> Iterator[tuple[str, object]]:
    """Return each block's kind, code, links and structure, which a translation must not change."""
    for found in BLOCK.finditer(page.replace("README.zh-CN.md", "README.md")):
        kind, text = str(found.lastgroup), found[str(found.lastgroup)]
        if kind == "heading":
            yield kind, text
        elif kind == "code":
            yield kind, re.sub(r" +# .*", "", text)  # without the comments
        elif kind == "table":
            yield kind, [[CODE_SPAN.findall(cell) for cell in row.split("|")] for row in text.splitlines()]
        else:
            yield kind, (set(CODE_SPAN.findall(text)), LINK.findall(text), text.count("**"))


def test_the_translation_is_in_step() -> None:
    for english, chinese in zip(blocks(ENGLISH), blocks(CHINESE), strict=True):
        assert chinese == english


@pytest.mark.parametrize(
    ("change", "into"),
    [
        ("\n## 使用\n", "\n### 使用\n"),
        ("\n## 使用\n", "\n使用\n"),
        ("pipx install .", "pip install ."),
        ("~/cars $ cd\n", "~/cars $ cd ..\n"),
        ("`KEY`", "`KEYS`"),
        ("<br>`~/cars/data`", ""),
        ("| 数据 |", "| 数据 | |"),
        ("](docs/project.md)", "](docs/editors.md)"),
        ("](docs/demo.svg)", "](docs/old.svg)"),
        ("\n- **", "\n- 新的一条\n- **"),
        ("\n> **", "\n新的一段\n\n> **"),
        ("> **notebook", "**notebook"),
    ],
)
def test_a_change_in_only_one_language_is_noticed(change: str, into: str) -> None:
    assert CHINESE.count(change) >= 1
    assert list(blocks(CHINESE.replace(change, into, 1))) != list(blocks(ENGLISH))


def test_each_begins_with_a_link_to_the_other() -> None:
    assert "](README.zh-CN.md)" in ENGLISH.splitlines()[2]
    assert "](README.md)" in CHINESE.splitlines()[2]


def test_the_table_has_the_values_that_taoshell_computes() -> None:
    toml = 'layout = "classic"\nnetwork = "detectnet_v2"\n'
    built = build.build("/home/me/cars", toml, "taoshell.toml", {}, machine("/home/me", gid=1000)).require()
    rows = re.findall(r"^\| [a-z]+ \| (.*~.*) \| (.*) \| (.*) \|$", ENGLISH, re.MULTILINE)
    cells = [CODE_SPAN.findall(cell.replace("~", "/home/me")) for row in rows for cell in row[:2]]
    variables = {cell[0]: cell[1] for cell in cells if len(cell) == 2}
    assert variables == {name: value for name, value in built.variables.items() if name.endswith("_DIR")}
    assert len(variables) == 7
    own = [(cells[2 * i][-1], cells[2 * i + 1][-1]) for i, row in enumerate(rows) if row[2] == "its own"]
    assert own == [(mount.source, mount.destination) for mount in built.mapping.mounts]


_RESULTS = "[bench/results.md](bench/results.md)"
SPEED = {
    "README.md": "- **Your prompt stays fast.** From Enter to the next prompt, mise adds {bash} times as much as "
    f"taoshell in bash, {{zsh}} times in zsh and {{fish}} times in fish: see {_RESULTS}.",
    "README.zh-CN.md": "- **提示符依然很快。** 从按下 Enter 到出现下一个提示符，mise 增加的时间在 bash 中是 "
    f"taoshell 的 {{bash}} 倍，在 zsh 中是 {{zsh}} 倍，在 fish 中是 {{fish}} 倍：见 {_RESULTS}。",
}
"""What the pages say about real prompts, as an item of the list in "Use"."""


def speed(results: str) -> dict[str, str]:
    """Return how many times faster than mise taoshell is in each shell; {} if the run has not measured it."""
    _, _, after = results.partition("\n## From Enter to the next prompt\n")
    section = after.partition("\n## ")[0]
    return dict(re.findall(r"^\| (bash|zsh|fish) \|.* ([\d.]+) × \|$", section, re.MULTILINE))


@pytest.mark.parametrize("name", SPEED)
def test_its_speed_is_that_of_the_last_benchmark(name: str) -> None:
    page = " ".join((CLONE / name).read_text().split())
    times = speed((CLONE / "bench/results.md").read_text())
    wanted = SPEED[name].format(**times) if times else ""
    quoted = re.search(re.escape(SPEED[name].partition("{")[0]), page)
    assert (wanted in page) if times else (quoted is None), f"{name} must say: {wanted or 'nothing about speed'}"


def test_the_speed_is_read_from_the_page_that_the_benchmark_writes() -> None:
    figures = Figures()
    for tool, micros in ((FLOOR, 100.0), ("taoshell", 110.0), ("direnv", 500.0), ("mise", 480.0)):
        figures.add(prompts.MEASURE, "bash", tool, [micros])
        figures.add("idle", "bash", tool, [micros * micros])
    assert speed(report.page(figures, [], "")) == {"bash": "38"}
