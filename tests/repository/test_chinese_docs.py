"""docs/zh-CN explains messages that exist, and names every command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from taoshell.commands import COMMANDS
from taoshell.errors import Where
from taoshell.project import build
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Given
from tests.repository.test_docs import described_by
from tests.support.clone import CLONE
from tests.support.definitions import machine

PAGES = {path.name: path.read_text() for path in (CLONE / "docs/zh-CN").glob("*.md")}
MESSAGES = re.findall(r"^\| `([^`]+)` \| .+ \|$", PAGES["messages.md"], re.MULTILINE)
VALUE = "…"


def texts() -> Iterator[str]:
    """Return each text in the code, with `…` for every value in it."""
    for path in CLONE.glob("taoshell/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for path in CLONE.glob("shell/*/*.*sh"):
        yield re.sub(r"\$(\w+|\{[^}]*\})", VALUE, path.read_text())


def squeezed(text: str) -> str:
    """Return `text` with one `…` where several values follow each other."""
    return re.sub(rf"{VALUE}+", VALUE, text)


TEXTS = [squeezed(text) for text in texts()]


@pytest.mark.parametrize("message", MESSAGES)
def test_each_explained_message_is_in_the_code(message: str) -> None:
    assert any(message in text for text in TEXTS)


def test_the_messages_are_found() -> None:
    assert len(MESSAGES) > 35
    assert len(set(MESSAGES)) == len(MESSAGES)
    rows = re.findall(r"^\| (?!信息|---)", PAGES["messages.md"], re.MULTILINE)
    assert len(rows) == len(MESSAGES)


def test_a_message_that_does_not_exist_is_noticed() -> None:
    assert not any("the project is not approved as it was then" in text for text in TEXTS)


def test_every_command_is_named() -> None:
    told = re.findall(r"`taoshell ([a-z]+(?: [a-z]+)?)", PAGES["commands.md"])
    assert {name for command in COMMANDS for name, _ in described_by(command)} <= set(told)


def test_the_sample_toml_compiles() -> None:
    (sample,) = re.findall(r"```toml\n(.*?)```", PAGES["project.md"], re.DOTALL)
    dotenv = {"WANDB_API_KEY": Given("k", Where(".env"))}
    built = build.build("/home/me/cars", sample, "taoshell.toml", dotenv, machine("/home/me", gid=1000)).require()
    assert built.mapping.options == {"user": "1000:1000", "shm_size": "16G"}
    assert (built.variables["NUM_GPUS"], built.variables["EPOCHS"]) == ("2", "80")
    assert built.variables["RESULTS_DIR"] == "/results"


def test_the_tables_of_layouts_are_those_of_the_english_page() -> None:
    english = (CLONE / "docs/project.md").read_text()
    names = {name for slots in LAYOUTS.values() for slot in slots for name in slot.host_variables}
    for page in (english, PAGES["project.md"]):
        rows = re.findall(r"^\| \w+ \| .*? \| `(?:LOCAL|HOST)_.*$", page, re.MULTILINE)
        assert {name for row in rows for name in re.findall(r"`((?:LOCAL|HOST)_\w+)`", row)} == names

    def paths(page: str) -> list[list[str]]:
        rows = re.findall(r"^\| (?:project|data|experiment|specs|results|model) \|.*$", page, re.MULTILINE)
        return [re.findall(r"`([^`]+)`", row) for row in rows]

    assert paths(PAGES["project.md"]) == paths(english)
    assert len(paths(english)) == 9
