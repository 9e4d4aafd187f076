"""What the two files may not contain: each error is one line with file, line number, cause and cure."""

from __future__ import annotations

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from taoshell import __version__
from taoshell.errors import TaoshellError, Where
from tests.support.definitions import ENV, ROOT, TOML, define

# A taoshell.toml without its first line, and the message. The last line has the problem.
SLURM = "[cluster.dgx]\nengine = 'slurm'\n"
SLURM = "[cluster.dgx]\nengine = 'slurm'\n"
IN_TOML = {
    "broken TOML": ("a = [\n1,\n", "this is not valid TOML: Unexpected end of file; correct the line"),
    "text without quotes": (
        "layout = host",
        "this is not valid TOML: Unexpected character: 'h'; correct the line; text goes in",
    ),
    "a key twice": (
        'name = "a"\n\nname = "b"',
        'this is not valid TOML: Key "name" already exists; remove one of the two',
    ),
    "a key twice in one line": (
        "places = { a = 1, a = 2 }",
        'not valid TOML: Key "a" already exists; remove one of the',
    ),
    "a value and a table": ("places.data = 'x'\n[places.data.host]", "this is not valid TOML: "),
    "an unknown key": ("plases.data = 'x'", 'unknown key "plases"; did you mean "places"?'),
    "a key like no other": (
        "x = 1",
        f'unknown key "x"; taoshell {__version__} knows: name, layout, network, gpus, places, env',
    ),
    "an unknown key within": (
        "[places.data]\nhots = 'x'",
        'unknown key "places.data.hots"; did you mean "places.data.host"?',
    ),
    "an unknown key of [container]": (
        "[container]\nenvs = {}",
        'unknown key "container.envs"; did you mean "container.env"?',
    ),
    "the former name of [container]": ("docker.user = 'auto'", "[docker] is now called [container]; write [container]"),
    "a wrong type": ("layout = 1", 'layout is a number; write text in quotes, such as layout = "classic"'),
    "text instead of a table": ("places = 'data'", "places is text; it must be a table: [places]"),
    "a list of tables": ("[[places]]", "places is a list; it must be a table: [places]"),
    "a place of a wrong type": ("places.data = true", "places.data is true or false; write a host path in quotes"),
    "a field of a wrong type": ("places.data.host = 1979-05-27", "places.data.host is a date or time; write text"),
    "an unknown layout": ("layout = 'hosts'", 'unknown layout "hosts"; did you mean "host"?'),
    "another unknown layout": ("layout = 'tao7'", 'unknown layout "tao7"; known: classic, host'),
    "a name with an escape": ('name = "\\u001b[2J"', "the name is empty, not printable or longer than 100"),
    "a name that is empty": ("name = ' '", "the name is empty, not printable or"),
    "a name of Hangul fillers": ("name = '\u3164'", "the name is empty, not printable or"),
    "a name of braille blanks": ("name = '\u2800\u2800'", "the name is empty, not printable or"),
    "a name that piles up": ("name = 'a\u0301\u0302\u0303'", "the name is empty, not printable or"),
    "a name of 101 letters": (f"name = '{'x' * 101}'", "the name is empty, not printable or"),
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
    "a value that no program can start with": (
        f"env.A = '{'x' * 131_060}'",
        "A has 131063 bytes, and no program would start with it; keep it below 131059 bytes, for example in a file",
    ),
    "values that no program can start with together": (
        "".join(f"env.A{n} = '{'x' * 80_000}'\n" for n in range(6)) + f"env.B = '{'x' * 80_009}'",
        "bytes together, and no program would start; keep them below 524288 bytes, the longest is B",
    ),
    "a value that no container can start with": (
        f"[container.env]\nA = '{'x' * 200_000}'",
        "A has 200003 bytes, and no program would start with it",
    ),
    "values that no container can start with together": (
        "[container.env]\n" + "".join(f"A{n} = '{'x' * 90_000}'\n" for n in range(6)) + f"B = '{'x' * 90_009}'",
        "the variables have 630036 bytes together",
    ),
    "no GPUs": ("env.NUM_GPUS = 0", "NUM_GPUS is '0'; write the number of GPUs to use: 1 to 64"),
    "all GPUs in other words": (
        "gpus = 'every'",
        "gpus is 'every'; write \"all\", a number such as 2 (at most 64), or a list such as",
    ),
    "no GPU": ("gpus = 0", "gpus is 0; write"),
    "true for GPUs": ("gpus = true", "gpus is True; write"),
    "one GPU twice": ("gpus = [0, 0]", "gpus is [0, 0]; write"),
    "no GPUs in a list": ("gpus = []", "gpus is []; write"),
    "a negative GPU": ("gpus = '0,-1'", "gpus is '0,-1'; write"),
    "a number of GPUs in quotes": ("gpus = '2'", "write gpus = 2 for the number, or gpus = [2] for the GPU 2"),
    "a number of GPUs twice": ("gpus = 2\nenv.NUM_GPUS = 2", "both gpus and NUM_GPUS say which GPUs to use; remove"),
    "GPUs twice": (
        "gpus = 'all'\nenv.GPU_IDS = '1'",
        "both gpus and GPU_IDS say which GPUs to use; remove GPU_IDS here",
    ),
    "a reference to no place": ("env.P = { place = 'dta' }", "the project has no place 'dta'; did you mean \"data\"?"),
    "a reference to no side": ("env.P = { place = 'data', side = 'hots' }", "P names the side 'hots'; did you mean"),
    "a table that is no reference": ("env.P = {}", 'P is a table without a place; write P = "…", or P = { place ='),
    "a misspelt reference": ("env.P = { plase = 'data' }", 'unknown key "env.P.plase"; did you mean "env.P.place"?'),
    "a place as a number": ("env.P = { place = 1 }", "env.P.place is a number; write text in quotes"),
    "conda and venv": ("python.conda = 'a'\npython.venv = 'b'", "both a conda environment and a venv are given; keep"),
    "the path of a conda environment": (
        "python.conda = '/opt/c'",
        "python.conda is '/opt/c', which is not the name of",
    ),
    "a placeholder for conda": ("python.conda = 'FIXME'", "python.conda is 'FIXME', which is not the name of"),
    "an absolute venv": (
        "python.venv = '/opt/v'",
        "which is not a folder inside the project; write its absolute path in",
    ),
    "a venv outside": ("python.venv = 'a/../../v'", "python.venv is 'a/../../v', which is not a folder inside"),
    "the project as a venv": ("python.venv = './'", "python.venv is './', which is not a folder inside"),
    "a venv behind a variable": ("python.venv = '$V'", "python.venv is '$V', which is not the path of a venv; write"),
    "another kind of Python": ("python.pyenv = 'x'", 'unknown key "python.pyenv"; '),
    "an image with a blank": (
        "images.model = 'a b'",
        "images.model is 'a b', which is not the name of an image; write",
    ),
    "an image's placeholder": ("images.deploy = 'nvcr.io/FIXME:1'", "which is not the name of an image; write it as"),
    "another kind of image": ("images.models = 'a'", 'unknown key "images.models"; did you mean "images.model"?'),
    "an image as a table": ("images.model = {}", "images.model is a table; write text in quotes"),
    "a cluster with an odd name": ("cluster.'a b'.engine = 'slurm'", "'a b' is not a valid name for a cluster; use"),
    "a cluster called like an engine": ("cluster.docker.engine = 'slurm'", 'may not be called "docker", which means'),
    "a cluster without an engine": ("cluster.dgx.time = '1:00'", 'cluster "dgx" has no engine; write engine = "slurm"'),
    "a cluster with an unknown engine": ("cluster.dgx.engine = 'slrum'", "cluster.dgx.engine is 'slrum'; did you mean"),
    "a cluster as text": ("cluster.dgx = 'slurm'", "cluster.dgx is text; it must be a table: [cluster.dgx]"),
    "an unknown container": (f"{SLURM}container = 'docker'", "cluster.dgx.container is 'docker'; known: pyxis,"),
    "an unknown key of a cluster": (f"{SLURM}partitoin = 'a'", 'unknown key "cluster.dgx.partitoin"; did you mean'),
    "a key of the other engine": (
        "cluster.k = { engine = 'kubernetes', time = '1' }",
        'unknown key "cluster.k.time"; ',
    ),
    "a partition of two words": (f"{SLURM}partition = 'a b'", "cluster.dgx.partition is 'a b', which is not one word"),
    "a placeholder for the account": (f"{SLURM}account = 'FIXME'", "cluster.dgx.account is 'FIXME', which is not one"),
    "a time in words": (f"{SLURM}time = '4h'", "cluster.dgx.time is '4h', which is not a time limit of Slurm; write"),
    "a time without quotes": (f"{SLURM}time = 04:00:00", "cluster.dgx.time is a date or time; write text in quotes"),
    "a relative folder of images": (
        f"{SLURM}images = 'i'",
        "cluster.dgx.images is 'i', which is not the absolute path",
    ),
    "a place that the project lacks": (f"{SLURM}places.dta = '/d'", "the project has no place 'dta'; did you mean"),
    "a relative place on a cluster": (f"{SLURM}places.data = 'd'", "cluster.dgx.places.data is 'd', which is not the"),
    "a placeholder on a cluster": (
        f"{SLURM}places.data = '/path/to/d'",
        "'/path/to/d', which is not the absolute path",
    ),
    "places of a cluster as text": (f"{SLURM}places = '/d'", "cluster.dgx.places is text; it must be a table"),
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
        ("FIXME", 1, "'FIXME' is not the name of a network; write it as in `tao model NETWORK …`"),
        ("", 1, "'' is not the name of a network"),
        ("a/b", 1, "'a/b' is not the name of a network"),
        ("..", 1, "'..' is not the name of a network"),
        ("a b", 1, "'a b' is not the name of a network"),
        ("data", None, 'places "data" and "experiment" have the same container path'),
    ],
)
def test_the_network(network: str, line: int | None, words: str) -> None:
    with pytest.raises(TaoshellError) as error:
        define(first=tomlkit.dumps({"network": network}))
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
    "a variable in a path": (
        "LOCAL_DATA_DIR",
        "$HOME/kitti",
        "$HOME/kitti contains a variable or a command, which taoshell does not expand; write the path itself; it may",
    ),
    "a variable in braces": ("LOCAL_DATA_DIR", "${HOME}/kitti", "${HOME}/kitti contains a variable or a command"),
    "a variable of Windows": ("LOCAL_DATA_DIR", "%HOME%/kitti", "%HOME%/kitti contains a variable or a command"),
    "a command in a path": ("LOCAL_DATA_DIR", "`pwd`/kitti", "`pwd`/kitti contains a variable or a command"),
    "another user's home": ("LOCAL_DATA_DIR", "~bob/kitti", "~bob/kitti begins with another user's home"),
    "a path that is too long": (
        "LOCAL_DATA_DIR",
        "/d" * 3000,
        "is too long for Linux; use at most 4095 bytes, and 255",
    ),
    "a name in a path that is too long": ("LOCAL_DATA_DIR", "é" * 128, "is too long for Linux; use at most 4095 bytes"),
    "a value that no program can start with": (
        "A",
        "é" * 65_536,
        "A has 131075 bytes, and no program would start with",
    ),
    "an empty path": ("LOCAL_DATA_DIR", "", "the path is empty; write a path, or remove the line"),
    "a colon": ("LOCAL_DATA_DIR", "C:\\data", f"Docker cannot mount {ROOT}/C:\\data, as it contains ':'"),
    "GPUs that are no list": ("GPU_IDS", "0 1", "GPU_IDS is '0 1'; write each GPU once, such as GPU_IDS=0,1"),
    "a GPU twice": ("GPU_IDS", "1,1", "GPU_IDS is '1,1'; write each GPU once"),
    "a venv that is relative": ("TAO_VENV", ".venv", "TAO_VENV is '.venv', which is not an absolute path; write an"),
    "all GPUs": ("NUM_GPUS", "-1", "NUM_GPUS is '-1'; write the number of GPUs to use: 1 to 64"),
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
