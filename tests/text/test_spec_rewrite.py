"""Rewriting: each right path, and every other byte as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats import spec as specs
from taoshell.formats.spec_words import is_placeholder
from taoshell.text.spec_paths import check
from taoshell.text.spec_rewrite import masked, rewritten, right_line
from tests.support.definitions import define, machine

PROJECT = define(first='layout = "host"\nnetwork = "dino"\n')
DATA = "/home/ann/cars/data"


def done(text: str, name: str = "a.yaml") -> str:
    spec = specs.read(text, name)
    return rewritten(spec, check(spec, PROJECT, machine()))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.yaml", f"a_dir:   {DATA}/x  # why\r\nb: 1", "a_dir:   /data/x  # why\r\nb: 1"),
        ("a.yaml", f"\ufeffa_dir: &it !!str {DATA}\nb: *it\n", "\ufeffa_dir: &it !!str /data\nb: *it\n"),
        (
            "a.yaml",
            f"a_dirs: [{DATA}, '{DATA}/it''s',\"{DATA}/ä\\\"\"]",
            "a_dirs: [/data, '/data/it''s',\"/data/ä\\\"\"]",
        ),
        ("a.yaml", f"a_dir: {DATA}/x y, z", 'a_dir: "/data/x y, z"'),
        ("a.yaml", f"a_dir: >-\n  {DATA}/x\n\nb: 1\n", 'a_dir: "/data/x"\n\nb: 1\n'),
        ("a.json", '{"a_dir" : "' + DATA + '\\u002fx",\n"b":[ 1]}', '{"a_dir" : "/data/x",\n"b":[ 1]}'),
        ("a.txt", f'a {{ x_dir: "{DATA}/tf/*"; }} # c', 'a { x_dir: "/data/tf/*"; } # c'),
        ("a.txt", "x_dir: '/home/ann' \"/cars/data/it's\"\n", "x_dir: '/data/it\\'s'\n"),
        ("a.yaml", "a_dir: /data/x\n", "a_dir: /data/x\n"),
        ("a.yaml", f"x_dir: ${{y_dir}}/z\ny_dir: {DATA}\n", "x_dir: ${y_dir}/z\ny_dir: /data\n"),
    ],
)
def test_only_the_path_changes(name: str, before: str, after: str) -> None:
    assert done(before, name) == after


def test_the_line_that_would_be_right() -> None:
    text = f"a: 1\nb:\n  - c_dir: {DATA}/x  # why\r\n"
    spec = specs.read(text, "a.yaml")
    (path,) = check(spec, PROJECT, machine())
    assert right_line(spec, path) == "  - c_dir: /data/x  # why"
    assert right_line(spec, path._replace(right="")) == ""


def test_nothing_is_written_that_another_reading_would_not_find(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = specs.read(f"a_dir: {DATA}\nb: 1", "a.yaml")
    paths = check(spec, PROJECT, machine())
    broken = spec._replace(format=spec.format._replace(written=lambda value, raw: f"{value}\nb: 2"))
    with pytest.raises(TaoshellError, match="cannot write these paths"):
        rewritten(broken, paths)


def test_secrets_are_not_shown() -> None:
    text = 'encryption_key: tlt_encode\nwandb: {api_key: "abc"}\nclass: {key: car}\nhf_token: "x"\n'
    shown = masked(specs.read(text, "a.yaml"))
    assert shown == "encryption_key: ••••\nwandb: {api_key: ••••}\nclass: {key: car}\nhf_token: ••••\n"


# -- properties ----------------------------------------------------------------------------------------------

CHARS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="/<")
PARTS = st.text(CHARS, min_size=1, max_size=6).filter(
    lambda part: part not in (".", "..") and "${" not in part and not is_placeholder(f"/{part}/to")
)
TAILS = st.lists(PARTS, max_size=3).map(lambda parts: "".join(f"/{part}" for part in parts))
WORDS = st.text("abc #", max_size=8)


@given(st.lists(st.tuples(TAILS, st.sampled_from(["'", '"', ""]), WORDS), min_size=1, max_size=4))
def test_every_other_byte_of_yaml_stays(lines: list[tuple[str, str, str]]) -> None:
    def said(value: str, style: str) -> str:
        if not style and value.isascii() and value.replace("/", "").isalnum():
            return value
        return "'" + value.replace("'", "''") + "'" if style == "'" else json.dumps(value, ensure_ascii=False)

    def text(root: str) -> str:
        return "".join(f"a{at}_dir:  {said(root + path, how)}  #{end}\n" for at, (path, how, end) in enumerate(lines))

    assert done(text(DATA)) == text("/data")


@given(st.lists(st.tuples(TAILS, st.sampled_from("'\""), WORDS), min_size=1, max_size=4))
def test_every_other_byte_of_protobuf_text_stays(lines: list[tuple[str, str, str]]) -> None:
    def said(value: str, quote: str) -> str:
        return quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}") + quote

    def text(root: str) -> str:
        return "".join(f"a {{ b_dir: {said(root + path, quote)} }} #{end}\n" for path, quote, end in lines)

    assert done(text(DATA), "a.txt") == text("/data")
