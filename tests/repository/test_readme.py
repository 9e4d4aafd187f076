"""The two READMEs say the same in two languages, and name only commands and options that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from bench import prompts, report
from bench.figures import FLOOR, Figures
from taoshell.cli import cli
from taoshell.commands import COMMANDS
from tests.support.clone import CLONE

ENGLISH, CHINESE = ((CLONE / name).read_text() for name in ("README.md", "README.zh-CN.md"))

BLOCK = re.compile(
    r"""^```(?P<code>.*?)^```$
    |   ^(?P<heading>\#+)[ ]
    |   (?P<table>(?:^\|.*?\n)+)
    |   (?P<item>^-[ ].*?\n(?=\S|\n))
    |   (?P<picture>^<p><picture>.*?^</picture></p>)
    |   (?P<text>^\S.*?\n(?=\n|\Z))""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
MARK = re.compile(r"^ [✓–] $")


def blocks(page: str) -> Iterator[tuple[str, object]]:
    """Return each block's kind, code, links and structure, which a translation must not change.

    A page in Chinese counts as its twin in English, and a part of a page as the page.
    """
    page = page.replace("README.zh-CN.md", "README.md").replace("](docs/zh-CN/", "](docs/")
    for found in BLOCK.finditer(re.sub(r"(\]\([^)#]*)#[^)]*", r"\1", page)):
        kind, text = str(found.lastgroup), found[str(found.lastgroup)]
        if kind == "heading":
            yield kind, text
        elif kind == "code":
            yield kind, re.sub(r" +# .*", "", text)  # without the comments
        elif kind == "table":
            rows = [row.split("|") for row in text.splitlines()]
            yield (
                kind,
                [[(CODE_SPAN.findall(cell), LINK.findall(cell), MARK.findall(cell)) for cell in row] for row in rows],
            )
        elif kind == "picture":
            yield kind, re.sub(r' alt="[^"]*"', "", text)
        else:
            yield kind, (set(CODE_SPAN.findall(text)), LINK.findall(text), text.count("**"))


def test_the_translation_is_in_step() -> None:
    for english, chinese in zip(blocks(ENGLISH), blocks(CHINESE), strict=True):
        assert chinese == english


@pytest.mark.parametrize(
    ("change", "into"),
    [
        ("\n## 日常使用\n", "\n### 日常使用\n"),
        ("\n## 日常使用\n", "\n日常使用\n"),
        ("./install --yes ", "./install "),
        ("echo $SPECS_DIR\n", "echo $SPEC_DIR\n"),
        ("`••••`", "`****`"),
        ("| `%env NUM_GPUS=1` | |\n", ""),
        ("| – | ✓ | ✓ |\n", "| – | ✓ | – |\n"),
        ("| 每个 notebook 里 |", "| 每个 notebook 里 | |"),
        ("](docs/zh-CN/project.md)", "](docs/editors.md)"),
        ("](docs/demo.svg)", "](docs/old.svg)"),
        ("docs/pictures/places-dark.svg", "docs/pictures/places.svg"),
        ("\n- **", "\n- 新的一条\n- **"),
        ("\n更多问题", "\n新的一段\n\n更多问题"),
    ],
)
def test_a_change_in_only_one_language_is_noticed(change: str, into: str) -> None:
    assert CHINESE.count(change) >= 1
    assert list(blocks(CHINESE.replace(change, into, 1))) != list(blocks(ENGLISH))


def test_what_has_a_page_in_chinese_is_linked_there() -> None:
    links = [link.partition("#")[0] for link in LINK.findall(CHINESE)]
    pages = [link for link in links if link.startswith("docs/") and "zh-CN" not in link]
    twins = [page for page in pages if (CLONE / page.replace("docs/", "docs/zh-CN/")).exists()]
    assert twins == ["docs/README.md"]  # all pages in English
    assert {"docs/zh-CN/commands.md", "docs/zh-CN/project.md", "docs/zh-CN/prompt.md"} <= {*links}


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_each_linked_part_of_a_page_exists(page: str) -> None:
    parts = [link.split("#") for link in LINK.findall(page) if re.match(r"[^:]+#", link)]
    assert parts
    for path, anchor in parts:
        headings = re.findall(r"^#+ (.*)", (CLONE / path).read_text(), re.MULTILINE)
        assert anchor in [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


def test_each_begins_with_a_link_to_the_other() -> None:
    assert "](README.zh-CN.md)" in ENGLISH.splitlines()[2]
    assert "](README.md)" in CHINESE.splitlines()[2]


TOLD = re.compile(r"(?<![\w/.])taoshell ([a-z]+)((?: [^\s`#]+)*)")
"""A command of ours with its words, in a code span or in a block of code."""


def told(page: str) -> Iterator[tuple[str, list[str]]]:
    """Return each command of ours that the page tells the reader to run, and its options."""
    code = [*re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL), *CODE_SPAN.findall(page)]
    for name, words in TOLD.findall("\n".join(code)):
        ours, _, _ = words.partition(" -- ")
        yield name, re.findall(r"(?<!\S)--?[a-z][a-z-]*", ours)


def unknown(page: str) -> list[str]:
    """Return the commands and options in a page that `taoshell --help` and `taoshell COMMAND --help` do not have."""
    found = []
    for name, options in told(page):
        if name not in COMMANDS:
            found.append(name)
            continue
        helped = CliRunner().invoke(cli, [name, "--help"]).output
        found += [f"{name} {option}" for option in options if not re.search(rf"(?<![\w-]){option}\b", helped)]
    return found


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_every_command_and_option_exists(page: str) -> None:
    assert unknown(page) == []
    assert {name for name, _ in told(page)} >= {"init", "status", "set", "diff", "allow", "exec", "adopt", "uninstall"}
    assert ("init", ["--network", "--mkdir", "--yes"]) in list(told(page))


@pytest.mark.parametrize(
    ("change", "into", "wrong"),
    [
        ("taoshell status", "taoshell state", "state"),
        ("--network", "--net", "init --net"),
        ("--mkdir", "--make", "init --make"),
    ],
)
def test_a_command_that_does_not_exist_is_noticed(change: str, into: str, wrong: str) -> None:
    assert unknown(ENGLISH.replace(change, into)) == [wrong]


_RESULTS = "[bench/results.md](bench/results.md)"
SPEED = {
    "README.md": "- **Your prompt stays fast.** From Enter to the next prompt, mise adds {bash} times as much as "
    f"taoshell in bash, {{zsh}} times in zsh and {{fish}} times in fish: see {_RESULTS}.",
    "README.zh-CN.md": "- **提示符依然很快。** 从按下 Enter 到出现下一个提示符，mise 增加的时间在 bash 中是 "
    f"taoshell 的 {{bash}} 倍，在 zsh 中是 {{zsh}} 倍，在 fish 中是 {{fish}} 倍：见 {_RESULTS}。",
}
"""What the pages say about real prompts, as the last item of the list in "Every day"."""


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
