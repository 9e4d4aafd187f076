"""The lines of keys, which tomlkit does not keep, and files that are not valid TOML."""

from __future__ import annotations

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from taoshell.errors import Where
from taoshell.project.problems import Problem
from taoshell.project.toml import parse
from taoshell.project.toml_by_tomlkit import lines_of

TEXT = '''\
# a comment
layout = "classic"

[places]
data = "x" # data = "y"
text = """
specs = "no key"
"""
specs = { host = "s", container = "/c" }

own.host = "o"

[container]
ports = [
  1, # one

  2,
]
"user" = "auto"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("layout",), 2),
        (("places",), 4),
        (("places", "data"), 5),
        (("places", "text"), 6),
        (("places", "specs"), 9),
        (("places", "specs", "host"), 9),
        (("places", "own", "host"), 11),
        (("container",), 13),
        (("container", "ports"), 14),
        (("container", "user"), 19),
        (("places", "none"), None),
        (("layout", "classic"), None),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_line_of_a_key(path: tuple[str, ...], line: int | None, newline: str) -> None:
    assert lines_of(TEXT.replace("\n", newline)).get(path) == line


KEYS = st.text("abc d.'\"#=[]\n", min_size=1, max_size=4)
VALUES = st.text("x\n'\"#=[]", max_size=6) | st.integers() | st.lists(st.integers(), max_size=3)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=6), st.sampled_from(["", "# comment\n\n"]))
def test_the_line_of_every_key_begins_its_statement(table: dict[str, object], between: str) -> None:
    statements = [tomlkit.dumps({key: value}) for key, value in table.items()]
    text, start = "", 1
    starts = {}
    for key, statement in zip(table, statements, strict=True):
        text += between + statement
        starts[key] = start + between.count("\n")
        start = text.count("\n") + 1
    assert {key: lines_of(text)[key,] for key in table} == starts


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = 1\n\na = [\n1]\n", 3),
        ("x = 1\ny = { a = 1, a = 2 }\n", 2),
        ("[a]\nb = 1\n[a.b]\nc = 1\n", 3),
        ('a = 1\n# why\n"a" = """\n\n"""\nb = 1', 3),
        ("[a]\nb\n", 2),
        ('a = """\n\n', 2),
        ("a = 1 b\n", 1),
    ],
)
def test_an_error_in_toml_has_its_line(text: str, line: int) -> None:
    with pytest.raises(Problem, match="this is not valid TOML") as refused:
        parse(text, "f")
    assert refused.value.where == Where("f", line)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 3000 + "]" * 3000, ".".join("a" * 3000) + " = 1"], ids=["lists", "keys"]
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=r"nested too deeply|this is not valid TOML"):
        parse(text, "f")


_LINES = (
    *(
        "layout = 'host'",
        'name = "é \\u00e9\\t"',
        "[places]",
        "[places.data]",
        "[places.'d a']",
        "[ places . own ]",
        "[[list]]",
    ),
    *("places.data.host = '/d'", "data = '/x'", "host = '/h'", "a.b.c = true", "[a.b]", "[a]", "# note", "", "n = 1_0"),
    *('m = """a\n\nb"""', "l = '''\na'''", "list = [1, 'a', # c\n [2],\n]", "t = { a = 1, b = { c = [] } }", "e = {}"),
    *(
        "d = 2020-01-01",
        "t = 07:32:00",
        "at = 1979-05-27T07:32:00Z",
        "f = 1.5e3",
        "i = -inf",
        "x = 0xff",
        "p = { 8888 = 1 }",
    ),
    *(
        "u = 99999999999999999999",
        "env.A = '1'",
        "[env]",
        "A = '2'",
        "o = [{a = 1}, {b = 2}]",
        '"q k" = \'"\'',
        "v = {a.b = 1, a.c = 2}",
    ),
    *('z = "\\x"', "w = 1 k = 2", "= 3", "[", "c = {a = 1,}", "c = {a = 1\n}", 's = "\x7f"', '"" = 1', "k"),
)


@given(st.lists(st.sampled_from(_LINES), max_size=8).map("\n".join))
@settings(max_examples=300)
def test_python_and_tomlkit_read_the_same(text: str) -> None:
    """Python's parser only saves time: what it reads, tomlkit reads too, in the same order."""
    tomllib = pytest.importorskip("tomllib", reason="Python 3.10 has none")

    def shown(values: object) -> object:
        """Keep what == does not tell apart: the order of tables, and 1, 1.0 and True."""
        if isinstance(values, dict):
            return [(key, shown(value)) for key, value in values.items()]
        return [*map(shown, values)] if isinstance(values, list) else (type(values), str(values))

    try:
        found = tomllib.loads(text)
    except ValueError:
        return  # tomlkit decides
    assert shown(found) == shown(tomlkit.parse(text).unwrap())
