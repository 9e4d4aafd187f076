"""The readers of specs: tables of texts, and properties of any text."""

from __future__ import annotations

import itertools
import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats import spec as specs
from taoshell.formats.spec import LARGEST


def values(text: str, name: str) -> dict[str, str]:
    return {scalar.field: scalar.value for scalar in specs.read(text, name).scalars}


def raws(text: str, name: str) -> list[str]:
    return [text[scalar.start : scalar.end] for scalar in specs.read(text, name).scalars]


YAML = """\
# comment: /not/this
results_dir: /results   # nor this
dataset:
  train:
    - image_dir: '/data/it''s'
      json_file: "/data/\\x41"
    - image_dir: &all !!str /data/b
  val: *all
  lists: [/a, "/b,c", {d: /e}]
? [1, 2]
: /odd
block: |-
  /data/block
folded: /data/two
  words
empty:
last: /end"""


def test_yaml() -> None:
    assert values(YAML, "a.yaml") == {
        "results_dir": "/results",
        "dataset.train[0].image_dir": "/data/it's",
        "dataset.train[0].json_file": "/data/A",
        "dataset.train[1].image_dir": "/data/b",
        "dataset.lists[0]": "/a",
        "dataset.lists[1]": "/b,c",
        "dataset.lists[2].d": "/e",
        "?": "/odd",
        "?[0]": "1",
        "?[1]": "2",
        "block": "/data/block",
        "folded": "/data/two words",
        "last": "/end",
    }


def test_the_characters_of_a_yaml_scalar_are_its_own() -> None:
    found = raws(YAML, "a.yml")
    assert found[:5] == ["/results", "'/data/it''s'", '"/data/\\x41"', "/data/b", "/a"]
    assert found[-3:] == ["|-\n  /data/block", "/data/two\n  words", "/end"]


PROTOTXT = """\
random_seed: 42  # "no": "/not"
dataset_config {
  data_sources: {
    tfrecords_path: "/data/tf/*"
    image_directory_path: '/data/it\\'s'
  },
  data_sources < tfrecords_path: "/data/" "second" >;
  image_extension: "png"
  target_class_mapping { key: "car" value: "auto" }
  sizes: [1, -2.5e-3, inf]
  dirs: ["/a", "/b"]
  odd: "\\303\\244\\x41\\n"
  [google.ext/x.Y] { kind: ENUM flag: true ratio:0.2f }
}"""


def test_protobuf_text() -> None:
    assert list(values(PROTOTXT, "train.txt").items()) == [
        ("dataset_config.data_sources.tfrecords_path", "/data/second"),  # the last of two
        ("dataset_config.data_sources.image_directory_path", "/data/it's"),
        ("dataset_config.image_extension", "png"),
        ("dataset_config.target_class_mapping.key", "car"),
        ("dataset_config.target_class_mapping.value", "auto"),
        ("dataset_config.dirs[0]", "/a"),
        ("dataset_config.dirs[1]", "/b"),
        ("dataset_config.odd", "äA\n"),
    ]
    assert '"/data/" "second"' in raws(PROTOTXT, "train.cfg")


def test_json() -> None:
    text = '{"a": {"b\\u0041": ["/x", 1, {"c": "/y\\/z"}], "d": null}, "e": "/end"}'
    assert values(text, "a.json") == {"a.bA[0]": "/x", "a.bA[2].c": "/y/z", "e": "/end"}
    assert raws(text, "a.json") == ['"/x"', '"/y\\/z"', '"/end"']


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "results_dir: /results\n"),  # YAML
        ("a.txt", '{"results_dir": "/results"}'),
        ("a.conf", 'results_dir: "/results"'),
        ("a.json", 'results_dir: "/results"'),  # as some of NVIDIA's own
        ("a", "\ufeffresults_dir: /results\r\n"),
    ],
)
def test_the_content_decides_if_the_name_does_not(name: str, text: str) -> None:
    assert values(text, name) == {"results_dir": "/results"}
    assert raws(text, name)[0].strip("\"'") == "/results"


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("a.yaml", "a: 1\nb: [1,\nc: 2", "a.yaml:3: this is not valid YAML: "),
        ("a.yaml", "a:\n\t- 1", "a.yaml:2: this is not valid YAML: "),
        ("a.yaml", "a: 1\nb: \x07", "a.yaml:2: this is not valid YAML: it contains a control character"),
        ("a.yaml", "a: 'x\nb: 1\n", "a.yaml:3: this is not valid YAML: "),
        ("a.json", '{"a": 1,\n"b": }', "a.json:2: this is not valid JSON: Expecting value; correct this line"),
        ("a.txt", 'a {\n  b: "x"\n', "a.txt:3: this is not valid protobuf text: the end of the file stands where"),
        ("a.txt", 'a {\n  b: "x\n}', "a.txt:2: this is not valid protobuf text: "),
        ("a.txt", 'a: "x"\nb ]', "a.txt:2: this is not valid protobuf text: ']' stands where ':' belongs"),
        ("a.txt", "car\nperson\n", "a.txt:"),  # a list of classes
        (
            "a.yaml",
            "a: x\nb: \0",
            "a.yaml:2: this is a binary file and not a spec; name a spec: YAML, protobuf text or",
        ),
        ("a.yaml", "a: " + "x" * LARGEST, "a.yaml: this is larger than 1024 KiB and not a spec; name a spec"),
        (
            "a.yaml",
            "".join(" " * i + "k:\n" for i in range(200)),
            "a.yaml:101: this is nested more than 100 levels deep",
        ),
        ("a.yaml", "a:\n" + "[" * 5000, "a.yaml:2: this is nested more than 100 levels deep; name the spec itself"),
        ("a.json", '{"a":\n' + "[" * 90_000 + "]" * 90_000 + "}", "a.json:2: this is nested more than 100 levels deep"),
        ("a.txt", "a {\n" * 5000, "a.txt:100: this is nested more than 100 levels deep"),
    ],
)
def test_what_is_no_spec_is_refused_in_one_line(name: str, text: str, error: str) -> None:
    with pytest.raises(TaoshellError) as raised:
        specs.read(text, name)
    assert str(raised.value).startswith(error)
    assert raised.value.cure


def test_an_empty_spec_has_no_texts() -> None:
    assert [values(text, name) for text in ("", "# only\n") for name in ("a.yaml", "a.txt")] == [{}] * 4


# -- properties ----------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\\\"'#:{}[]/ "), max_size=12)
KEYS = st.text("abcd_", min_size=1, max_size=4)
TREES = st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


def leaves(tree: object, field: str = "") -> list[tuple[str, str]]:
    if isinstance(tree, dict):
        return [leaf for key, inner in tree.items() for leaf in leaves(inner, f"{field}.{key}".lstrip("."))]
    if isinstance(tree, list):
        return [leaf for at, inner in enumerate(tree) for leaf in leaves(inner, f"{field}[{at}]")]
    return [(field, str(tree))]


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=3), st.sampled_from(["'", '"', "|", None]), st.booleans())
def test_yaml_has_what_its_own_loader_reads(tree: dict[str, object], style: str | None, flow: bool) -> None:
    text = yaml.safe_dump(tree, default_style=style, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    found = [(scalar.field, scalar.value) for scalar in specs.read(text, "a.yaml").scalars]
    assert found == leaves(yaml.safe_load(text))


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=3), st.sampled_from([None, 2]), st.booleans())
def test_json_has_what_its_own_loader_reads(tree: dict[str, object], indent: int | None, ascii: bool) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii)
    assert [(scalar.field, scalar.value) for scalar in specs.read(text, "a.json").scalars] == leaves(tree)


def as_prototxt(tree: object, quote: str) -> str:
    if isinstance(tree, dict):
        return "{" + " ".join(f"{key}: {as_prototxt(inner, quote)}" for key, inner in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(as_prototxt(inner, quote) for inner in tree) + "]"
    return specs.read(f"a: {quote}{quote}", "a.txt").with_value(
        specs.read(f"a: {quote}{quote}", "a.txt").scalars[0], str(tree)
    )


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=3), st.sampled_from("'\""))
def test_protobuf_text_has_what_was_written(tree: dict[str, object], quote: str) -> None:
    text = as_prototxt(tree, quote)[1:-1]
    assert [(scalar.field, scalar.value) for scalar in specs.read(text, "a.txt").scalars] == leaves(tree)


@given(
    st.text(max_size=40) | st.text("ab:{}[]<>,\"'/#\n -&*!|\\", max_size=40), st.sampled_from(["yaml", "json", "txt"])
)
def test_any_text_is_read_or_refused_with_a_line(text: str, ending: str) -> None:
    try:
        spec = specs.read(text, f"a.{ending}")
    except TaoshellError as error:
        assert error.cure  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
    else:
        spans = [(scalar.start, scalar.end) for scalar in spec.scalars]
        assert all(0 <= start <= end <= len(text) for start, end in spans)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
