"""What the two files may not contain: each error is one line with file, line number, cause and cure."""

from __future__ import annotations

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError, Where
from tests.support.definitions import ENV, ROOT, TOML, define

# A taoshell.toml without its first line, and the message. The last line has the problem.
IN_TOML = {
    "broken TOML": ("a = [\n1,\n", "this is not valid TOML: Unexpected end of file; correct the line"),
    "text without quotes": (
        "layout = host",
        "this is not valid TOML: Unexpected character: 'h'; correct the line; text goes in",
    ),
    "a key twice": ('name = "a"\n\nname = "b"', 'this is not valid TOML: Key "name" already exists.; correct the line'),
    "an unknown key": ("plases.data = 'x'", 'unknown key "plases"; did you mean "places"?'),
    "a key like no other": ("x = 1", 'unknown key "x"; known: name, layout, network, places, container, env'),
    "an unknown key within": ("[places.data]\nhots = 'x'", 'unknown key "places.data.hots"; did you mean "host"?'),
    "an unknown key of [container]": ("[container]\nenvs = {}", 'unknown key "container.envs"; did you mean "env"?'),
    "the former name of [container]": ("docker.user = 'auto'", "[docker] is now called [container]; write [container]"),
    "a wrong type": ("layout = 1", 'layout is a number; write text in quotes, such as layout = "classic"'),
    "text instead of a table": ("places = 'data'", "places is text; it must be a table: [places]"),
    "a list of tables": ("[[places]]", "places is a list; it must be a table: [places]"),
    "a place of a wrong type": ("places.data = true", "places.data is true or false; write a host path in quotes"),
    "a field of a wrong type": ("places.data.host = 1979-05-27", "places.data.host is a date or time; write text"),
    "an unknown layout": ("layout = 'hosts'", 'unknown layout "hosts"; did you mean "host"?'),
    "another unknown layout": ("layout = 'tao7'", 'unknown layout "tao7"; known: classic, host'),
    "a name with an escape": ('name = "\\u001b[2J"', "the name is empty or not printable; write a name"),
    "a name that is empty": ("name = ' '", "the name is empty or not printable; write a name"),
    # variables
    "a refused name": (
        "[env]\nA = '1'\nPATH = '/evil'",
        "PATH is refused: it decides which programs run; remove the",
    ),
    "an invalid name": ("[env]\na-b = '1'", "a-b is refused: a name has only letters, digits and _"),
    "a secret": (
        "[env]\nNGC_API_KEY = 'x'",
        "NGC_API_KEY is a secret, which must not go into taoshell.toml; remove it here, and",
    ),
    "a path": (
        "env.LOCAL_DATA_DIR = '/d'",
        "LOCAL_DATA_DIR is the path of a place, so the mounts decide its value; move the",
    ),
    "a path of a place that is not there": (
        "layout = 'host'\nenv.HOST_MODEL_DIR = '/m'",
        "HOST_MODEL_DIR is the path of a place",
    ),
    "a value that is true": ("env.A = true", 'env.A is true or false; write text in quotes, such as A = "1"'),
    "a value with a fraction": ("env.A = 1.0", "env.A is a number with a fraction; write text in quotes"),
    "a value with a NUL": (
        'env.A = "\\u0000"',
        "the value of A contains a NUL character, which no variable can hold; remove it",
    ),
    "no GPUs": ("env.NUM_GPUS = 0", "NUM_GPUS is '0'; write the number of GPUs to use: 1 or more"),
    "a secret of the container": (
        "[container.env]\nWANDB_API_KEY = 'x'",
        "WANDB_API_KEY is a secret, which must not go into taoshell.toml; "
        'write WANDB_API_KEY = { from = ".env" } here, and',
    ),
    "an invalid name in the container": (
        "container.env.'A=B' = 'x'",
        "'A=B' is not a valid name for a variable; use letters",
    ),
    "a container's value from elsewhere": (
        "container.env.A = { from = 'x' }",
        'container.env.A is a table; write A = "…"',
    ),
}


@pytest.mark.parametrize("case", IN_TOML)
def test_in_the_toml(case: str) -> None:
    toml, words = IN_TOML[case]
    with pytest.raises(TaoshellError) as error:
        define(toml)
    said = str(error.value)
    assert said.startswith(f"{TOML}:{len(toml.splitlines()) + 1}: ")
    assert words in said
    assert said.isprintable()
    assert error.value.cure


@pytest.mark.parametrize(
    ("network", "line", "words"),
    [
        (None, None, 'no network is given; add a line such as: network = "detectnet_v2"'),
        ("FIXME", 1, "'FIXME' is not the name of a network; write it as in `tao model NETWORK …`"),
        ("", 1, "'' is not the name of a network"),
        ("a/b", 1, "'a/b' is not the name of a network"),
        ("..", 1, "'..' is not the name of a network"),
        ("a b", 1, "'a b' is not the name of a network"),
        ("data", None, f'places "data" and "experiment" are the same folder, {ROOT}/data'),
    ],
)
def test_the_network(network: str | None, line: int | None, words: str) -> None:
    with pytest.raises(TaoshellError) as error:
        define(first="" if network is None else tomlkit.dumps({"network": network}))
    assert error.value.where == Where(TOML, line)
    assert words in str(error.value)


IN_DOTENV = {
    "a refused name": (
        "PATH",
        "/evil",
        "PATH is refused: it decides which programs run; remove the line or add: # taoshell: ignore PATH",
    ),
    "a special one": ("UID", "0", "UID is refused: it steers shells; remove the line or add: # taoshell: ignore UID"),
    "our own": ("LAUNCHER_MOUNTS", "", "LAUNCHER_MOUNTS is refused: it is taoshell's own; remove the line"),
    "an invalid name": ("a.b", "1", "a.b is refused: a name has only letters"),
    "a container's path": (
        "SPECS_DIR",
        "/s",
        'SPECS_DIR is the container path of place "specs", so the mounts decide its value; remove the line, and set '
        "places.specs.container in taoshell.toml",
    ),
    "a placeholder": (
        "LOCAL_DATA_DIR",
        "/path/to/data",
        "/path/to/data is a placeholder; write your own path",
    ),
    "an empty path": ("LOCAL_DATA_DIR", "", "the path is empty; write a path, or remove the line"),
    "a colon": ("LOCAL_DATA_DIR", "C:\\data", f"Docker cannot mount {ROOT}/C:\\data, as it contains ':'"),
    "another's folder": ("LOCAL_DATA_DIR", "specs", f'places "data" and "specs" are the same folder, {ROOT}/specs'),
    "all GPUs": ("NUM_GPUS", "-1", "NUM_GPUS is '-1'; write the number of GPUs to use: 1 or more"),
    "a placeholder for the key": ("KEY", "FIXME", "KEY is a placeholder; write the key that encrypts your models"),
    "a NUL": ("A", "\0", "the value of A contains a NUL character, which no variable can hold; remove it"),
}


@pytest.mark.parametrize("case", IN_DOTENV)
def test_in_dotenv(case: str) -> None:
    name, value, words = IN_DOTENV[case]
    with pytest.raises(TaoshellError) as error:
        define(env={"A_LINE_BEFORE": "1", name: value})
    assert str(error.value).startswith(f"{ENV}:2: ")
    assert words in str(error.value)


def test_a_secret_is_in_no_message() -> None:
    for toml in ("[env]\nMY_TOKEN = 'hush'", "[container.env]\nMY_TOKEN = 'hush'"):
        with pytest.raises(TaoshellError) as error:
            define(toml)
        assert "hush" not in str(error.value)


SNIPPETS = [
    "[places]\n",
    "data = ",
    "'x'",
    "{",
    "}",
    "host = '/h'",
    ", ",
    "\n",
    "[container]\n",
    "user = 'auto'",
    "[[",
    "=",
    '"',
    "1",
    "#",
    "'''",
]


@given(st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=3), max_size=12).map("".join))
def test_any_toml_gives_a_project_or_an_error_of_one_line(toml: str) -> None:
    try:
        define(toml)
    except TaoshellError as error:
        said = str(error)
        assert said.startswith(TOML)
        assert "\n" not in said
