"""The finished help texts are what click would print, and are found for exactly the commands there are."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shlex
import sys

import click
import pytest

from pages.all import every_command, written
from taoshell import cli
from taoshell.__main__ import main
from taoshell.commands import COMMANDS, GROUPS, OTHER_NAMES, SUMMARIES
from taoshell.terminal import help, width
from taoshell.terminal.examples import EXAMPLES
from tests.support.clone import CLONE

CONTEXTS = {context.command_path: context for context in every_command()}
HELP_LINES = [line.split() for line in ("--help", "allow --help", "mounts --help", "mounts take --help", "exec -h")]
NO_PAGES = [["mounts-take"], ["exec", "ls"], ["no"], ["../help/taoshell"], ["mounts", ".."], ["é"]]


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def printed(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(sys, "argv", ["taoshell", *words])
    with pytest.raises(SystemExit) as exit_:
        main()
    captured = capsys.readouterr()
    assert (exit_.value.code, captured.err) == (0, "")
    return captured.out


def test_every_page_is_up_to_date() -> None:
    texts = written()
    stale = [str(path.relative_to(CLONE)) for path, text in texts.items() if path.read_text() != text]
    assert stale == [], "run: make pages"
    here = {os.path.join(help.FOLDER, name) for name in os.listdir(help.FOLDER) if name.endswith(".txt")}
    assert here == {str(path) for path in texts if path.suffix == ".txt"}


def test_the_table_has_the_first_sentence_of_each_command_in_the_groups_of_the_docs() -> None:
    docs = (CLONE / "docs" / "commands.md").read_text()
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"taoshell.commands.{name}").command
        assert inspect.cleandoc(command.help or "").splitlines()[0] == SUMMARIES[name]
    for title, names in GROUPS.items():
        (section,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", docs, re.MULTILINE | re.DOTALL)
        described = re.findall(r"^### .*", section, re.MULTILINE)
        assert {word for line in described for word in re.findall(r"`taoshell (\w+)", line)} == set(names)


@pytest.mark.parametrize("words", HELP_LINES, ids=" ".join)
def test_help_needs_no_click(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(words) == 0
    by_click = capsys.readouterr().out
    monkeypatch.setattr(cli, "run", lambda _: pytest.fail("click was asked"))
    assert printed(words, monkeypatch, capsys) == by_click
    if words[-1] == "--help":
        assert printed(["help", *words[:-1]], monkeypatch, capsys) == by_click


@pytest.mark.parametrize("words", NO_PAGES, ids=" ".join)
def test_no_other_words_have_a_page(words: list[str]) -> None:
    assert help.page(words) is None


def test_a_narrow_terminal_gets_lines_of_its_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    text = printed(["init", "--help"], monkeypatch, capsys)
    assert max(map(len, text.splitlines())) <= 60
    monkeypatch.setenv("COLUMNS", "200")
    assert printed(["init", "--help"], monkeypatch, capsys) == help.page(["init"])


@pytest.mark.parametrize("command", EXAMPLES)
def test_each_example_is_a_command_line_of_its_command(command: str) -> None:
    for line in EXAMPLES[command]:
        (call,) = re.findall(r"taoshell [^|<)]*", line.partition(" && ")[0])
        path, context, words = "taoshell", CONTEXTS["taoshell"], shlex.split(call)[1:]
        while words and f"{path} {words[0]}" in CONTEXTS:
            path = f"{path} {words.pop(0)}"
            context = CONTEXTS[path]
        assert path == command or command == "taoshell" or path.startswith(f"{command} ")
        context.command.make_context(path, words)  # raises if an option or argument is wrong


def test_names_of_other_programs_lead_to_ours() -> None:
    assert {*OTHER_NAMES.values()} <= {*COMMANDS}
    assert not {*OTHER_NAMES} & {*COMMANDS}
    with pytest.raises(Exception, match="no such command: approve; did you mean allow"):
        cli.run(["approve"])


@pytest.mark.parametrize(("given", "is_wide"), [("79", False), ("80", True), ("0", True), ("", True), ("x", True)])
def test_the_width_is_that_of_every_output(given: str, is_wide: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal there is no limit, and COLUMNS=0 says nothing."""
    monkeypatch.setenv("COLUMNS", given)
    assert (help.page([]) is not None) == is_wide == (width.columns() >= help.WIDTH)
