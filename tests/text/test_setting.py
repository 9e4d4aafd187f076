"""`taoshell set` changes one setting; comments and every other byte stay as they are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from taoshell.errors import USAGE, TaoshellError
from taoshell.project.build import KEYS
from taoshell.text.dotenv import parse
from taoshell.text.setting import Setting, Texts, changed, removable, without_effect
from tests.support.definitions import FIRST, ROOT, built, define

HEAD = '# ours\nlayout = "classic" # both sides\nnetwork = "unet"\n'


def edited(toml: str, setting: str) -> str:
    """Return `toml` after `set SETTING`, which does not change `.env`."""
    name, _, value = setting.partition("=")
    env = "A=1\r\n# kept\n"
    after = changed(Texts(toml, env), [Setting(name, value)])
    assert after.env == env
    return after.toml


# The text after HEAD, the setting, and the new text after HEAD.
IN_TOML = {
    "a new table": ("", "places.data=/mnt/d", '\n[places]\ndata = "/mnt/d"\n'),
    "a new table in a table": ("", "container.env.A=1", '\n[container.env]\nA = "1"\n'),
    "a new key": (
        "[container] # theirs\nuser='auto'\n",
        "container.shm_size=16G",
        "[container] # theirs\nuser='auto'\nshm_size = \"16G\"\n",
    ),
    "a new key above the comment of what follows": (
        "[container]\nuser='auto' # me\n\n# for the shell\n[env]\nA = '1'\n",
        "container.privileged=true",
        "[container]\nuser='auto' # me\nprivileged = true\n\n# for the shell\n[env]\nA = '1'\n",
    ),
    "a new key above an inner table": (
        "[container]\nuser='auto'\n\n# no limits\n[container.ulimits]\nmemlock = -1\n",
        "container.privileged=true",
        "[container]\nuser='auto'\nprivileged = true\n\n# no limits\n[container.ulimits]\nmemlock = -1\n",
    ),
    "a new key of the file itself": (
        "\n# for the shell\n[env]\nA = '1'\n",
        "name=night shift",
        "name = \"night shift\"\n\n# for the shell\n[env]\nA = '1'\n",
    ),
    "a new key after a text that looks like a comment": (
        '[env]\nA = """\n# no comment\n# none """\n',
        "env.B=2",
        '[env]\nA = """\n# no comment\n# none """\nB = "2"\n',
    ),
    "a new key beside dotted ones": (
        "places.data = 'd' # here\n# next\n[env]\n",
        "places.specs=s",
        "places.data = 'd' # here\nplaces.specs = \"s\"\n# next\n[env]\n",
    ),
    "a new key in a file with Windows line ends": (
        "[env]\r\nA = '1'\r\n\r\n# c\r\n[container]\r\n",
        "env.B=2",
        "[env]\r\nA = '1'\r\nB = \"2\"\r\n\r\n# c\r\n[container]\r\n",
    ),
    "a value": ("[places]\ndata = 'd'  # where\n# c\n", "places.data=/e", '[places]\ndata = "/e"  # where\n# c\n'),
    "a dotted value": ("places.data = 'd' # w\n", "places.data=/e", 'places.data = "/e" # w\n'),
    "a value of several lines": ('[env]\nA = """\n1\n2"""\nB="2"\n', "env.A=3", '[env]\nA = "3"\nB="2"\n'),
    "the host of a place with both sides": (
        "[places]\nown = { host = 'h', container = '/c' } # both\n",
        "places.own=/e",
        "[places]\nown = { host = \"/e\", container = '/c' } # both\n",
    ),
    "the host of a place that is a table": (
        "[places.own] # both\nhost = 'h'\ncontainer = '/c'\n",
        "places.own=/e",
        "[places.own] # both\nhost = \"/e\"\ncontainer = '/c'\n",
    ),
    "the container of a place": (
        "[places]\nown = { host = 'h', container = '/c' } # both\n",
        "places.own.container=/d",
        "[places]\nown = { host = 'h', container = \"/d\" } # both\n",
    ),
    "the container of a place that was only its host": (
        "[places]\ndata = 'h' # big\nspecs = 's'\n",
        "places.data.container=/d",
        '[places]\ndata = { host = "h", container = "/d" } # big\nspecs = \'s\'\n',
    ),
    "a reference to .env": (
        '[container.env]\nA = { from = ".env" }\n',
        "container.env.A=1",
        '[container.env]\nA = "1"\n',
    ),
    "the same value": ("[container]\nshm_size = '16G'\n", "container.shm_size=16G", "[container]\nshm_size = '16G'\n"),
}


@pytest.mark.parametrize(("before", "setting", "after"), IN_TOML.values(), ids=IN_TOML)
def test_only_what_is_set_changes(before: str, setting: str, after: str) -> None:
    assert edited(HEAD + before, setting) == HEAD + after


def test_the_network_keeps_its_line() -> None:
    assert edited("network = 'unet' # now\n[env]\n", "network=dino") == 'network = "dino" # now\n[env]\n'


# The argument of the command, and the value that it writes.
TYPES = {
    "container.privileged=true": True,
    "container.ulimits.memlock=-1": -1,
    "container.shm_size=16G": "16G",
    "container.shm_size=17179869184": 17179869184,
    "container.user=1000:1000": "1000:1000",
    "container.user=auto": "auto",
    "container.network=": "",
    'container.ports={ "8888/tcp" = 8888 }': {"8888/tcp": 8888},
    "container.ports.8888/tcp=8888": 8888,
    "container.user=1000": "1000",
    "container.network=123": "123",
    'container.env.N={ "json": 1 }': '{ "json": 1 }',
    'container.env.A_KEY={ from = ".env" }': {"from": ".env"},
    'env.PROJECT_DIR={ place = "project" }': {"place": "project"},
    'places.cache={ host = "x", container = "/c" }': {"host": "x", "container": "/c"},
    "places.project.mount=false": False,
    "places.cache.mode=ro": "ro",
    'places.data.host_variable=["A", "B"]': ["A", "B"],
    "places.data.host_variable=A": "A",
    "places.data=[old]": "[old]",
    "places.data=~/kitti": "~/kitti",
    "gpus=2": 2,
    "gpus=0,1": "0,1",
    "gpus=all": "all",
    "python.venv=.venv": ".venv",
    "images.model=1": "1",
    "cluster.dgx.time=4:00:00": "4:00:00",
    "cluster.dgx.engine=slurm": "slurm",
    "env.DEBUG=true": "true",
    "env.N=1": "1",
    "container.env.N=1": "1",
    "places.data=12": "12",
    "name=7": "7",
    "network=2024-01-01": "2024-01-01",
}


@pytest.mark.parametrize(("setting", "value"), TYPES.items())
def test_a_value_has_the_type_that_its_setting_needs(setting: str, value: object) -> None:
    found: object = tomlkit.parse(edited(HEAD, setting)).unwrap()
    for key in setting.partition("=")[0].split("."):
        assert isinstance(found, Mapping)
        found = found[key]
    assert found == value
    assert type(found) is type(value)


REFUSED = {
    "env.A_TOKEN=x": ("A_TOKEN is a secret, which must not go into taoshell.toml; run: taoshell set A_TOKEN", 1),
    "container.env.A_TOKEN=x": (
        "A_TOKEN is a secret, which must not go into taoshell.toml; run: taoshell set A_TOKEN "
        "&& taoshell set 'container.env.A_TOKEN={ from = \".env\" }'",
        1,
    ),
    "places.cache={ host = x }": ("the value of places.cache is not a table of TOML; write such as '{", USAGE),
    ".=1": ("is not a setting", USAGE),
    "places.=1": ("is not a setting", USAGE),
    ".env=1": ("is not a setting", USAGE),
    "network.x=1": ("network is a value, not a table; drop the part after network", USAGE),
    "=1": ("'' is refused: a name has only letters", 1),
    "a-b=1": ("'a-b' is refused: a name has only letters", 1),
    "A B=1": ("'A B' is refused: a name has only letters", 1),
    "PATH=/evil": ("'PATH' is refused: it decides which programs run", 1),
    "LAUNCHER_MOUNTS=/m": ("'LAUNCHER_MOUNTS' is refused: it is taoshell's own", 1),
    "A=\udcff": ("the setting is not UTF-8", 1),
    "env.\udcff=1": ("the setting is not UTF-8", 1),
}


@pytest.mark.parametrize(("setting", "said"), REFUSED.items())
def test_a_setting_that_cannot_exist_is_refused(setting: str, said: tuple[str, int]) -> None:
    with pytest.raises(TaoshellError) as refusal:
        edited(HEAD, setting)
    assert said[0] in str(refusal.value)
    assert refusal.value.exit_code == said[1]


def test_a_name_that_is_not_exported_is_refused() -> None:
    with pytest.raises(TaoshellError, match="taoshell: ignore") as error:
        changed(Texts(HEAD, "# taoshell: ignore A\nA=1\n"), [Setting("A", "2")])
    assert str(error.value).startswith(".env:1: ")


def test_a_plain_name_changes_the_users_line_in_dotenv() -> None:
    block = "# >>> taoshell: written by taoshell, do not edit inside\nA=/x\n# <<< taoshell\n"
    before = f"# mine\nexport A='1' # one\n{block}\n# tail"
    after = changed(Texts(HEAD, before), [Setting("A", "/big one")])
    assert after == Texts(HEAD, before.replace("'1'", "'/big one'"))
    assert changed(after, [Setting("B", "2")]).env == after.env.replace("# >>> taoshell", "B=2\n# >>> taoshell")


def test_every_key_of_the_file_is_known() -> None:
    known = built("zzzzzz = 1\n").problems[0].cure.partition("knows: ")[2].split(", ")
    assert "layout" in known
    assert set(known) <= set(KEYS)


def test_the_container_path_of_a_place_is_refused_with_the_way_to_change_it() -> None:
    with pytest.raises(TaoshellError, match=r"run: taoshell set places.specs.container=/s") as error:
        changed(Texts(FIRST, ""), [Setting("SPECS_DIR", "/s")], define())
    assert 'SPECS_DIR is the container path of place "specs"' in str(error.value)


def test_several_settings_are_made_in_order_or_none() -> None:
    several = [Setting("A", "1"), Setting("name", "x"), Setting("A", "2"), Setting("B", None)]
    assert changed(Texts("", "B=0\n"), several) == Texts('name = "x"\n', "A=2\n")
    with pytest.raises(TaoshellError, match="refused"):
        changed(Texts("", "B=0\n"), [*several, Setting("PATH", "x")])


# What stands in the file that the name belongs to, the name, and what is left.
UNSET = {
    "every line of a variable": ("# mine\n\nA=1\nB=2 # b\n\n\texport A='x\ny' # why\n", "A", "# mine\n\nB=2 # b\n\n"),
    "Windows line ends": ("A=1\r\nB=2\r\n", "A", "B=2\r\n"),
    "a byte order mark": ("\ufeffA=1\nB=2\n", "A", "\ufeffB=2\n"),
    "not what is only ignored": ("# taoshell: ignore A\nA=1\n", "A", "# taoshell: ignore A\n"),
    "a key": ("name = 'x' # why\n# kept\nlayout = 'host'\n", "name", "# kept\nlayout = 'host'\n"),
    "the last key of a table": ("name = 'x'\n\n[places]\ndata = 'd'\n", "places.data", "name = 'x'\n"),
    "a table with a comment stays": ("[places] # ours\ndata = 'd'\n", "places.data", "[places] # ours\n"),
    "a comment in the table": ("[places]\n# big\ndata = 'd'\n", "places.data", "[places]\n# big\n"),
    "a whole table": ("[places.a]\nhost='h'\n[env]\nA='1'\n", "places.a", "[env]\nA='1'\n"),
    "dotted keys": ("places.a.host = 'h'\nplaces.a.mode='ro'\nplaces.b='x'\n", "places.a", "places.b='x'\n"),
    "the first of a line": (
        "[places]\na = { host = 'h', mode = 'ro' } # w\n",
        "places.a.host",
        "[places]\na = { mode = 'ro' } # w\n",
    ),
    "the last of a line": (
        "[places]\na = { host = 'h', mode = 'ro' } # w\n",
        "places.a.mode",
        "[places]\na = { host = 'h' } # w\n",
    ),
    "the only one of a line": ("name='x'\ncontainer = { env = { A = '1' } }\n", "container.env.A", "name='x'\n"),
}


@pytest.mark.parametrize(("before", "name", "after"), UNSET.values(), ids=UNSET)
def test_unset_takes_a_setting_out(before: str, name: str, after: str) -> None:
    in_toml = name in KEYS or "." in name
    texts = changed(Texts(before, "") if in_toml else Texts("", before), [Setting(name, None)])
    assert texts == (Texts(after, "") if in_toml else Texts("", after))


NOT_THERE = {
    "NUM_GPU": 'NUM_GPU is not set in .env; did you mean "NUM_GPUS"?',
    "FLAG": 'FLAG is not set in .env; did you mean "env.FLAG"?',
    "place.data": 'place.data is not set in taoshell.toml; did you mean "places.data"?',
    "env.NUM_GPUS": 'env.NUM_GPUS is not set in taoshell.toml; did you mean "NUM_GPUS"?',
    "container": "container is not set in taoshell.toml; see: taoshell status",
    "a.b.c": "a.b.c is not set in taoshell.toml; see: taoshell status",
}


@pytest.mark.parametrize(("name", "said"), NOT_THERE.items())
def test_unset_of_what_is_not_there_names_what_is(name: str, said: str) -> None:
    texts = Texts("[places]\ndata = 'd'\n[env]\nFLAG = '1'\n", "NUM_GPUS=2\n")
    with pytest.raises(TaoshellError) as error:
        changed(texts, [Setting(name, None)])
    assert str(error.value) == said


def test_unset_offers_no_part_of_a_variable() -> None:
    toml = 'env = { A = { place = "data" } }\n[container.env]\nB = { from = ".env" }\nC = "1"\n'
    assert removable(Texts(toml, "")) == [
        "env",
        "env.A",
        "container",
        *(f"container.env{end}" for end in ("", ".B", ".C")),
    ]


def test_every_name_that_unset_offers_can_be_removed() -> None:
    texts = Texts("name = 'x'\n[places]\ndata = { host = 'd', mode = 'ro' }\n", "A=1\n")
    assert removable(texts) == ["A", "name", "places", "places.data", "places.data.host", "places.data.mode"]
    for name in removable(texts):
        assert changed(texts, [Setting(name, None)]) != texts


def test_a_place_that_a_line_in_dotenv_moves_is_told() -> None:
    env = "LOCAL_DATA_DIR=/mine\nLOCAL_SPECS_DIR=/s\n# taoshell: ignore LOCAL_SPECS_DIR\n"
    moves = [Setting(f"places.{name}", "/x") for name in ("data", "specs", "experiment.host")]
    assert without_effect(env, moves, define(env={"LOCAL_DATA_DIR": "/mine"})) == [
        "place data stays at /mine, as LOCAL_DATA_DIR in .env says; to change that: taoshell unset "
        f"LOCAL_DATA_DIR {ROOT}"
    ]
    assert without_effect(env, [Setting("places.data.container", "/x"), Setting("A", "1")], define()) == []


# -- any file, any value ---------------------------------------------------------------------------

NAMES = st.sampled_from(["A", "B", "C", "a-b", '"8888/tcp"', "'q'"])
COMMENTS = st.sampled_from(["", " # c", "# c # d", '\t# \'q\' """ [x] = {'])
WRITTEN = ['"x"', "'''\n# no comment\n[env]\n'''", "-1", "[ 1, # one\n 2 ]", '"""a\n# b """', "{ x = 1 }", '"unet"']
BETWEEN = st.lists(st.sampled_from(["\n", "# comment\n", "  # [env]\n", "\t\n"]), max_size=3).map("".join)


@st.composite
def tables(draw: st.DrawFn, header: str) -> str:
    """Statements with comments and blank lines between them, below `header`."""
    found = draw(BETWEEN) + header
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        found += draw(BETWEEN) + f"{name} = {draw(st.sampled_from(WRITTEN))}{draw(COMMENTS)}\n"
    return found + draw(BETWEEN)


@st.composite
def files(draw: st.DrawFn) -> str:
    headers = ["[container]\n", "[env] # shell\n", "[places]\n", "[container.ulimits]\n", "[container.env]\n"]
    chosen = draw(st.permutations(headers).map(lambda order: order[: len(order) - 1]))
    text = draw(tables(HEAD)) + "".join(draw(tables(header)) for header in chosen)
    return text if draw(st.booleans()) else text.replace("\n", "\r\n")


SETTINGS = (
    "name",
    "network",
    "container.A",
    "container.new",
    "env.B",
    "env.new",
    "container.ulimits.new",
    "container.env.C",
)


def removed(old: str, new: str) -> str:
    """Return the text of `old` that `new` lacks; they differ in one place."""
    start = alike(old, new)
    end = alike(old[start:][::-1], new[start:][::-1])
    return old[start : len(old) - end].replace("\r\n", "\n")


def alike(text: str, other: str) -> int:
    """Return the length of the common start."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(text), len(other)))


@settings(deadline=None)
@given(files(), st.sampled_from(SETTINGS), st.text(st.characters(codec="utf-8"), max_size=8))
def test_in_any_file_nothing_else_changes(toml: str, name: str, value: str) -> None:
    """The meaning of all other settings stays, and no text is removed except the old value."""
    wanted = tomlkit.parse(toml).unwrap()
    after = edited(toml, f"{name}={value}")
    found = tomlkit.parse(after).unwrap()
    *above, last = name.split(".")
    inner, inner_found = wanted, found
    for key in above:
        inner, inner_found = inner.setdefault(key, {}), inner_found[key]
    inner[last] = inner_found[last]
    assert found == wanted
    assert any(removed(toml, after) in value for value in ["", *WRITTEN])


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_text_comes_back_from_dotenv(first: str, second: str) -> None:
    texts = Texts(HEAD, "# top\nB=1 # b\n")
    for value in (first, second):
        if "\0" in value:
            continue
        texts = changed(texts, [Setting("A", value)])
        assignments = parse(texts.env, ".env").assignments
        assert {name: given.text for name, given in assignments.items()} == {"B": "1", "A": value}
        assert texts.env.startswith("# top\nB=1 # b\n")


@given(st.text(max_size=12))
def test_any_value_of_container_is_text_or_toml(value: str) -> None:
    try:
        after = edited(HEAD, f"container.shm_size={value}")
    except TaoshellError:
        return
    assert set(tomlkit.parse(after).unwrap()) == {"layout", "network", "container"}


@settings(deadline=None)
@given(files(), st.sampled_from([*SETTINGS, "env", "places", "container.ulimits", "layout"]))
def test_in_any_file_only_the_setting_is_taken_out(toml: str, name: str) -> None:
    """Its lines are gone, and perhaps a header and the blank line above it; no other line changes."""
    values = tomlkit.parse(toml).unwrap()
    found: object = values
    for key in name.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    if found is None:
        return
    after = changed(Texts(toml, ""), [Setting(name, None)]).toml
    assert not set(after.splitlines()) - set(toml.splitlines())
    assert after.count("# comment") == toml.count("# comment")
    left = tomlkit.parse(after).unwrap()
    *above, last = name.split(".")
    inner = values
    for key in above:
        inner = inner[key]
    del inner[last]
    assert without_empty(left) == without_empty(values)


def without_empty(values: object) -> object:
    if not isinstance(values, dict):
        return values
    return {key: inner for key, value in values.items() if (inner := without_empty(value)) != {}}


def test_a_setting_that_a_line_of_dotenv_beats_is_named() -> None:
    env = {"NUM_GPUS": "4", "EPOCHS": "3", "A_KEY": "hush"}
    text = "".join(f"{name}={value}\n" for name, value in env.items())
    given = [Setting("gpus", "2"), Setting("env.EPOCHS", "9"), Setting("env.OTHER", "1")]
    lines = without_effect(text, given, define(env=env))
    assert [line.partition("; ")[0] for line in lines] == [
        "EPOCHS stays 3, as .env says",
        "NUM_GPUS stays 4, as .env says",
    ]
    assert without_effect(text, [Setting("gpus", None)], define(env=env)) == []


def test_tables_with_what_env_beats_have_no_effect_either() -> None:
    env = "LOCAL_DATA_DIR=/mine\nEPOCHS=3\n"
    project = define(env={"LOCAL_DATA_DIR": "/mine", "EPOCHS": "3"})

    def names(setting: str, value: str) -> list[str]:
        return [line.partition(" stays ")[0] for line in without_effect(env, [Setting(setting, value)], project)]

    assert names("places", '{ data = "/x" }') == ["place data"]
    assert names("places.data", '{ host = "/x" }') == ["place data"]
    assert names("env", '{ EPOCHS = "4", OTHER = "1" }') == ["EPOCHS"]
    assert names("places.data", '{ container = "/x" }') == []
    assert names("places", '{ data = { container = "/x" } }') == []
