"""The text of `.env`: it is read or refused, and every byte that the user wrote is kept."""

from __future__ import annotations

from pathlib import Path

import dotenv
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError, Where
from taoshell.formats.dotenv import quoted
from taoshell.text.dotenv import assigned_names, block_line, parse, with_assignment, with_block, with_line
from taoshell.text.dotenv_block import BEGIN, END

BLOCK = f"{BEGIN}\nP=/p\n{END}\n"

# No NUL; lone surrogates stand for bytes that are not UTF-8.
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=())) | st.text(
    "'\"\\$ {}#n\n\r\t`=A", max_size=9
)
NAMES = st.sampled_from(["A", "KEY", "NUM_GPUS", "_x1"])
PIECES = ["A=1", "KEY='a b'", 'B="x\\n\\"y" # c', "export A = two words", "C=", "C= #c", "D='two\nlines'# c"]
PIECES += ["", "  ", "# taoshell is nice", "#=", "\t_x1=é", "'Q'=1", "# taoshell: ignore A", "B = # none"]


@st.composite
def user_texts(draw: st.DrawFn) -> str:
    """Lines of every kind, with each line end, with and without a byte order mark and an end of the last line."""
    ends = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    lines = draw(st.lists(st.sampled_from(PIECES), max_size=6))
    bom, last = draw(st.sampled_from(["", "\ufeff"])), draw(st.sampled_from(["", "\n"]))
    return bom + ("\n".join(lines) + last).replace("\n", ends)


def values(text: str) -> dict[str, str]:
    return {name: given.text for name, given in parse(text, ".env").assignments.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nB=2", [("A", "1", 1), ("B", "2", 2)]),
        ("\n# c\n\n  export A = 1\t# one\n", [("A", "1", 4)]),
        ("A=\nB=''\nC= # none\n", [("A", "", 1), ("B", "", 2), ("C", "", 3)]),
        ("A='a\r\nb'\r\nB=2\r\n", [("A", "a\nb", 1), ("B", "2", 3)]),
        ("\ufeffA=1\n", [("A", "1", 1)]),
        ("A=1\nB=2\nA=3\n", [("A", "3", 3), ("B", "2", 2)]),
        ("A=$HOME $(id) `id`\n", [("A", "$HOME $(id) `id`", 1)]),
        ("A='${X}'\n", [("A", "${X}", 1)]),
        ('A="\\${X} \\\\\\${Y}"\n', [("A", "${X} \\${Y}", 1)]),
        (f"A=1\n{BLOCK}B=2\n", [("A", "1", 1), ("B", "2", 5)]),
        ("", []),
    ],
)
def test_assignments_with_their_lines(text: str, expected: list[tuple[str, str, int]]) -> None:
    assignments = parse(text, ".env").assignments
    assert sorted((name, given.text, given.at.line) for name, given in assignments.items()) == expected


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("A=1\n\nnot a line\n", 3, "does not parse"),
        ("A=1\n=2\n", 2, "does not parse"),
        ("A='open\nB=2\n", 1, "not closed"),
        ("A='x' y\n", 1, "not closed"),
        (f"A='open\n{BEGIN}\nP='/a b'\n{END}\n", 1, "not closed"),
        ("A=1\nsk-secret\n", 2, "without '='"),
        ("A=${X}\n", 1, "${"),
        ("\nA=a\\${X}\n", 2, "${"),
        ('A="x\\\\${X}"\n', 1, "${"),
        ("A=1\r\nB=\0\r\n", 2, "NUL"),
        (BLOCK + BLOCK, 4, "second time"),
        (BLOCK + END, 4, "second time"),
        (f"A=1\n{BEGIN}\nP=/p\n", 2, "not closed"),
        (f"A=1\n{END}\n", 2, "ends before it begins"),
        (f"{END}\n{BEGIN}\n", 1, "ends before it begins"),
        (f"A=1\n{BEGIN}\nP='/p\n{END}\n", 3, "in taoshell's block"),
    ],
)
def test_refused_with_file_line_and_cure(text: str, line: int, cause: str) -> None:
    with pytest.raises(TaoshellError) as caught:
        parse(text, "/p/.env")
    error = caught.value
    assert error.where == Where("/p/.env", line)
    assert cause in error.cause
    assert error.cure
    assert "secret" not in str(error)


def test_ignored_names_may_have_any_value() -> None:
    dotenv_file = parse("# taoshell: ignore URL, FLAG\nURL=http://${HOST}\nFLAG\nA=1\n", ".env")
    assert dotenv_file.ignored.keys() == {"URL", "FLAG"}
    assert {name: given.text for name, given in dotenv_file.assignments.items()} == {"URL": "http://${HOST}", "A": "1"}


def test_a_name_in_a_value_or_in_the_block_is_not_ignored() -> None:
    text = f"A='\n# taoshell: ignore A\n'\n{BEGIN}\n# taoshell: ignore A\n{END}\n"
    assert parse(text, ".env").ignored == {}


def test_names_are_found_even_if_their_values_are_refused() -> None:
    assert assigned_names(f"B=${{X}}\nA\n{BLOCK}B=2\n", ".env") == ("B", "A")
    with pytest.raises(TaoshellError):
        assigned_names("A='\n", ".env")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "B=2\n"),
        ("A=1", "A=1\nB=2\n"),
        ("A=1\r\n", "A=1\r\nB=2\r\n"),
        (f"A=1\n{BLOCK}# end", f"A=1\nB=2\n{BLOCK}# end"),
        ("\ufeff", "\ufeffB=2\n"),
        ("B=1", "B=2"),
        ("B=1\nB=0 # last\n", "B=1\nB=2 # last\n"),
        ("\n\texport B = 'x'# c\r\n", "\n\texport B = 2 # c\r\n"),
        ("B='two\nlines'\nC=3\n", "B=2\nC=3\n"),
        ("B=${X}\n", "B=2\n"),
        ("B # soon\n", "B=2 # soon\n"),
        (f"A=1\n\n{BLOCK}\nB=1\n", f"A=1\n\n{BLOCK}\nB=2\n"),
        (f"{BEGIN}\nB=1\n{END}\n", f"B=2\n{BEGIN}\nB=1\n{END}\n"),
    ],
)
def test_an_assignment_changes_one_value_and_no_other_byte(text: str, expected: str) -> None:
    assert with_assignment(text, "B", "2") == expected


def test_an_empty_value_is_quoted_before_a_comment() -> None:
    """Compose reads `B= # c` as the value "# c"."""
    assert with_assignment("B=1 # c\n", "B", "") == "B='' # c\n"


@given(user_texts(), NAMES, VALUES)
@example("C= #c", "C", "")
@example("", "A", f"\n{BEGIN}\n")
@example("# taoshell: ignore A\n", "A", "it's ${X}\n")
@example("", "A", "${X} \\\\y")
def test_every_value_comes_back(text: str, name: str, value: str) -> None:
    changed = with_assignment(text, name, value)
    assert values(changed) == {**values(text), name: value}
    assert values(with_block(changed, {"P": value})) == values(changed)


@given(user_texts(), st.dictionaries(NAMES, VALUES))
def test_the_block_comes_back_and_the_rest_is_kept(text: str, variables: dict[str, str]) -> None:
    written = with_block(text, variables)
    found = parse(written, ".env")
    assert found.block == variables
    assert found.after == ""
    assert found.before in {text, text + "\n", text + "\r\n"}
    assert found.user_text == parse(text, ".env").user_text
    assert with_block(written, variables) == written
    moved = with_block(written + "# below", {"P": "1"})
    assert (parse(moved, ".env").before, parse(moved, ".env").after) == (found.before, "# below")


@given(
    user_texts(),
    st.dictionaries(NAMES, st.text(max_size=5).filter(lambda value: "\0" not in value and "${" not in value)),
)
def test_python_dotenv_reads_the_same_in_the_whole_file(text: str, variables: dict[str, str]) -> None:
    whole = with_block(text, variables)
    path = Path("whole.env")
    path.write_bytes(whole.encode())
    assert dict(dotenv.dotenv_values(path)) == {**values(text), **variables}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("dotenv"))


@given(VALUES)
def test_a_value_is_one_line(value: str) -> None:
    assert not set("\r\n") & set(quoted(value))


def test_a_value_with_nul_is_refused() -> None:
    with pytest.raises(TaoshellError, match="NUL"):
        quoted("a\0b")


def test_a_line_is_added_above_the_block() -> None:
    text = f"A=1\n{BLOCK}"
    assert (block_line(text), block_line("A=1\n")) == (2, None)
    assert with_line(text, "# taoshell: ignore A") == f"A=1\n# taoshell: ignore A\n{BLOCK}"
