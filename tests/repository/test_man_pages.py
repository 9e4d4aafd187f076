"""The man pages are free of mistakes for both formatters that systems have, and say what the docs say."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from pages import roff
from taoshell.commands import COMMANDS
from taoshell.project import container
from tests.support.clone import CLONE
from tests.support.needs import need

PAGES = sorted((CLONE / "man").iterdir())
FORMATTERS = {
    "man": ["man", "--warnings=w", "--local-file", "{page}"],
    "groff": ["groff", "-k", "-man", "-ww", "-Tutf8", "-z", "{page}"],
    "groff, ASCII": ["groff", "-k", "-man", "-ww", "-Tascii", "-z", "{page}"],
    "mandoc": ["mandoc", "-T", "lint", "-W", "warning", "{page}"],
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
@pytest.mark.parametrize("formatter", FORMATTERS)
def test_a_formatter_has_no_warning(formatter: str, page: object) -> None:
    words = [word.format(page=page) for word in FORMATTERS[formatter]]
    need(shutil.which(words[0]), words[0])
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    if formatter == "mandoc":
        assert done.stdout == ""


def read_by_man(name: str) -> str:
    """Return the page as `man` shows it, without line ends and bold type."""
    need(shutil.which("man"), "man")
    environ = {"PATH": "/usr/bin:/bin", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["man", "--local-file", CLONE / "man" / name], env=environ, capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split())


def test_man_shows_every_command_and_the_tables_of_the_docs() -> None:
    shown = read_by_man("taoshell.1")
    assert [name for name in COMMANDS if f" taoshell {name} " not in shown] == []
    for text in ("--key-stdin Read the key from standard input.", "TAOSHELL_LOG=quiet no line", "130 Ctrl-C"):
        assert text in shown


def test_man_shows_every_key() -> None:
    shown = read_by_man("taoshell.toml.5")
    for key in (*container.NAMES, "host_variable", "[python]", "[cluster.NAME]"):
        assert f" {key} " in shown
    assert "[container] # what the container gets" in shown


@pytest.mark.parametrize(
    ("markdown", "page"),
    [
        ("Say `a-b` and **no**.\n", ".PP\nSay \\fBa\\-b\\fR and \\fBno\\fR.\n"),
        ("`.env` and\n'x'\n", ".PP\n\\fB.env\\fR and 'x'\n"),
        (".x\n", ".PP\n\\&.x\n"),
        ("See [commands.md](commands.md#x) or [here](#y).\n", ".PP\nSee taoshell(1) or here.\n"),
        ("- a\n  b\n- c\n", ".IP \\(bu 2\na b\n.IP \\(bu 2\nc\n"),
        ("```sh\n.a \\\n```\n", ".PP\n.RS 4\n.EX\n\\&.a \\e\n.EE\n.RE\n"),
        ("| key | meaning |\n|---|---|\n| `a` | x \\| y |\n", ".TP\n\\fBa\\fR\nx | y\n"),
        (
            "| `l` | on it | | in it |\n|---|---|---|---|\n| a | 1 | 2 | 3 |\n",
            ".PP\n\\fBl\\fR:\n.TP\na\non it: 1, 2; in it: 3\n",
        ),
    ],
)
def test_markdown_becomes_roff(markdown: str, page: str) -> None:
    assert "".join(roff.blocks(markdown)) == page


def test_a_wide_line_of_code_has_its_comment_above() -> None:
    line = f"a = 1  # {'word ' * 20}end"
    *comments, last = roff.code(f"    {line}\n").splitlines()[3:-2]
    assert last == "    a = 1"
    assert max(map(len, comments)) <= 69
    assert " ".join(comment.removeprefix("# ") for comment in comments) == f"{'word ' * 20}end"
