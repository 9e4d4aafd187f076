"""What taoshell takes for granted about python-dotenv, of which it loads one file; pyproject.toml pins the rest."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import dotenv.parser
import pytest

from taoshell.formats import dotenv_parser

TEXTS = (
    *("", "A=1\n", "\n\nA=1", "export A = 'x\\'y' # why\n", 'A="a\\nb"\nB=', "A\n", "# A=1\n", "A='\n", "\ufeffA=1\n"),
    *("'a b'=1\n", "A=x#y #z\n", "A= # empty\n", 'A="1" 2\nB=3\n', "=1\n"),
)


@pytest.mark.parametrize("text", TEXTS)
def test_it_reads_as_the_package_reads(text: str) -> None:
    ours = [tuple(binding) for binding in dotenv_parser.parse_stream(io.StringIO(text))]
    assert ours == [tuple(binding) for binding in dotenv.parser.parse_stream(io.StringIO(text))]


def test_any_unquoted_value_reads_as_the_package_reads() -> None:
    """We have a faster function for these."""
    chance = random.Random(7)
    for _ in range(20_000):
        text = "A=" + "".join(chance.choices("x# \t\x0b\x85\u2028\"'\\\n\r", k=chance.randrange(12)))
        ours = [tuple(binding) for binding in dotenv_parser.parse_stream(io.StringIO(text))]
        assert ours == [tuple(binding) for binding in dotenv.parser.parse_stream(io.StringIO(text))], repr(text)


def test_a_long_value_takes_no_time() -> None:
    began = time.process_time()
    for value in (" ", "\t", " #", "# ", "x "):
        list(dotenv_parser.parse_stream(io.StringIO(f"A=x{value * 20_000}x\n")))
    assert time.process_time() - began < 0.5


def test_a_binding_has_what_is_used() -> None:
    (binding,) = dotenv_parser.parse_stream(io.StringIO("A=1\n"))
    assert (binding.key, binding.value, binding.original.string, binding.error) == ("A", "1", "A=1\n", False)


def test_the_parser_stands_alone() -> None:
    """It is loaded without its package, so it must not import anything of it; and it must be the file we mean."""
    code = "import sys; from taoshell.formats.dotenv_parser import parse_stream as p; print(p.__code__.co_filename)"
    watch = f"{code}; assert not [name for name in sys.modules if name.partition('.')[0] == 'dotenv'], 'loaded'"
    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == Path(dotenv.parser.__file__)


def test_a_new_series_of_python_dotenv_is_not_installed_untested() -> None:
    (needed,) = (line for line in metadata.requires("taoshell") or [] if line.startswith("python-dotenv"))
    bounds = needed.removeprefix("python-dotenv").split(",")
    assert sorted(bounds) == ["<1.3", ">=1.2.4"]
    assert metadata.version("python-dotenv").startswith("1.2.")


def test_an_unusual_installation_is_imported_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dotenv_parser, "find_spec", lambda name: None)
    assert dotenv_parser._parse_stream() is dotenv.parser.parse_stream
