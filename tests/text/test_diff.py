"""The diff before an approval shows every changed byte and no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.project.names import MASK
from taoshell.text.diff import between


def lines(before: str, now: str, name: str = ".env") -> list[str]:
    """Return the diff without its first two lines."""
    head, *rest = between({name: before}, {name: now})
    assert [head, rest[0]] == [f"--- {name} (approved)", f"+++ {name} (now)"]
    return rest[1:]


def test_no_change_gives_no_lines() -> None:
    assert between({"taoshell.toml": "a\n", ".env": ""}, {"taoshell.toml": "a\n", ".env": ""}) == []


def test_each_file_that_changed_has_its_own_part() -> None:
    assert between(
        {"taoshell.toml": "a\n", ".env": "A=1\n", "x": "same\n"},
        {"taoshell.toml": "b\n", ".env": "A=2\n", "x": "same\n"},
    ) == [
        "--- taoshell.toml (approved)",
        "+++ taoshell.toml (now)",
        "@@ -1,1 +1,1 @@",
        "-a",
        "+b",
        "--- .env (approved)",
        "+++ .env (now)",
        "@@ -1,1 +1,1 @@",
        "-A=1",
        "+A=2",
    ]


def test_a_line_of_context_on_either_side() -> None:
    before = "".join(f"{number}\n" for number in range(1, 10))
    assert lines(before, before.replace("4\n", "four\n").replace("9\n", "")) == [
        *("@@ -3,3 +3,3 @@", " 3", "-4", "+four", " 5"),
        *("@@ -8,2 +8,1 @@", " 8", "-9"),
    ]


def test_everything_is_new_if_nothing_was_approved() -> None:
    assert between({}, {".env": "A=1\nKEY=k\n"})[2:] == ["@@ -0,0 +1,2 @@", "+A=1", f"+KEY={MASK}"]


# Pairs of texts that look alike or mean the same. An approval is for bytes, so every byte shows.
UNSEEN = {
    "a line end": ("A=1", "A=1\n", ["-A=1", "\\ No newline at end of file", "+A=1"]),
    "a Windows line end": ("A=1\n", "A=1\r\n", ["-A=1", "+A=1\\r"]),
    "a blank at the end": ("A=1\n", "A=1 \n", ["-A=1", "+A=1 "]),
    "a tab": ("A=1\n", "A=\t1\n", ["-A=1", "+A=\\t1"]),
    "a vertical tab, which does not end a line": ("A=1\n", "A=1\x0bB=2\n", ["-A=1", "+A=1\\x0bB=2"]),
    "a Unicode line end": ("A=1\n", "A=1\u2028B=2\n", ["-A=1", "+A=1\\u2028B=2"]),
    "control characters": ("A=1\n", "A=1\x1b[2K\x1b[1A\n", ["-A=1", "+A=1\\x1b[2K\\x1b[1A"]),
    "a text from right to left": ("A=1\n", "A=\u202e1\n", ["-A=1", "+A=\\u202e1"]),
    "a character without width": ("A=1\n", "A=1\u200b\n", ["-A=1", "+A=1\\u200b"]),
    "bytes that are not UTF-8": ("A=1\n", "A=\udcff\n", ["-A=1", "+A=\\xff"]),
    "a header": ("A=1\n", "@@ -1 +1 @@\n", ["-A=1", "+@@ -1 +1 @@"]),
    "a line that looks like a file name": ("-- A=1\n", "++ A=2\n", ["--- A=1", "+++ A=2"]),
}


@pytest.mark.parametrize(("before", "now", "shown"), UNSEEN.values(), ids=UNSEEN)
def test_every_byte_shows(before: str, now: str, shown: list[str]) -> None:
    assert lines(before, now)[1:] == shown


def test_a_secret_that_changed_shows_as_changed() -> None:
    assert lines("A=1\nKEY=old\n", "A=1\nKEY=new\n")[1:] == [" A=1", f"-KEY={MASK}", f"+KEY={MASK}"]


def test_a_line_inside_a_secret_hides_no_equal_line_outside() -> None:
    """The same line occurs twice, once in the value of a secret: the other one shows."""
    assert lines("", "KEY='\nA=/evil\n'\nA=/evil\n")[1:] == [f"+KEY={MASK}", f"+{MASK}", f"+{MASK}", "+A=/evil"]


@given(st.text(st.sampled_from("AK=\n\r1"), max_size=30), st.text(st.sampled_from("AK=\n\r1"), max_size=30))
def test_lines_are_shown_exactly_if_the_text_changed(before: str, now: str) -> None:
    to_say = between({"f": before}, {"f": now})
    assert bool(to_say) == (before != now)
    removed = [line for line in to_say[2:] if line.startswith("-")]
    added = [line for line in to_say[2:] if line.startswith("+")]
    assert bool(removed or added) == (before != now)


def test_the_common_start_and_end_are_left_out_of_the_comparison() -> None:
    """20,000 equal lines took minutes."""
    many = "#\n" * 20_000
    assert lines(f"{many}A=1\n{many}", f"{many}A=2\n{many}")[1:] == [" #", "-A=1", "+A=2", " #"]


def test_if_many_lines_changed_each_is_shown_and_they_are_not_compared() -> None:
    many = "#\n" * 20_000
    found = lines(f"A=1\n{many}B=1\nC=1\n", f"A=1\n{many}{many}B=2\nC=1\n")
    assert found == ["@@ -20001,3 +20001,20003 @@", " #", "-B=1", *["+#"] * 20_000, "+B=2", " C=1"]
    assert len(lines(f"A=1\n{many}", f"{many}A=2\n")[1:]) == 2 * 20_001


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_a_diff_leads_from_one_text_to_the_other(before: list[str], now: list[str]) -> None:
    texts = ["".join(f"{line}\n" for line in side) for side in (before, now)]
    found = between({"f": texts[0]}, {"f": texts[1]})[2:]
    applied, at = [], 0
    for line in found:
        if line.startswith("@@"):
            first, count = map(int, line.split()[1][1:].split(","))
            begin = first - 1 if count else first
            applied += before[at:begin]
            at = begin
        elif line[0] in " -":
            assert before[at] == line[1:]
            at += 1
        applied += [line[1:]] if line[0] in " +" else []
    assert [*applied, *before[at:]] == now
