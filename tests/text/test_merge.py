"""A project adopts a mounts file that another program wrote."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taoshell.errors import TaoshellError, Where, printable
from taoshell.formats import mounts_file
from taoshell.formats.imported import Imported
from taoshell.project import model
from taoshell.project.model import Project
from taoshell.project.mounts import to_host
from taoshell.text import dotenv
from taoshell.text.merge import adopted, first
from taoshell.text.setting import Texts
from tests.support.definitions import ROOT, Disk, define, machine

TOML = '# ours\nnetwork = "dino"  # a comment\n'
W = "/workspace/tao-experiments"
OWN = [{"source": ROOT, "destination": W}, {"source": f"{ROOT}/specs", "destination": f"{W}/dino/specs"}]


def defined(texts: Texts, disk: Disk | None = None) -> Project:
    env = dotenv.parse(texts.env, ".env")
    lines = {name: given.text for name, given in env.assignments.items() if name not in env.ignored}
    return define(texts.toml, lines, first="", disk=disk)


def take(
    document: object, toml: str = TOML, env: str = "", disk: Disk | None = None
) -> tuple[Texts, Project, list[str]]:
    """Return the texts afterwards, the project that they define, and what there is to say."""
    wanted = mounts_file.read(json.dumps(document), "/backup.json")
    before = Texts(toml, env)
    found = Imported("mounts file", wanted)
    adoption = adopted(before, found, defined(before, disk), "/backup.json", machine(disk=disk))
    return adoption.texts, defined(adoption.texts, disk), adoption.to_say


def mount(source: str, destination: str) -> dict[str, str]:
    return {"source": source, "destination": destination}


def ends(project: Project) -> set[tuple[str, str]]:
    return {(item.source, item.destination) for item in project.mapping.mounts}


def test_what_the_project_has_already_changes_nothing() -> None:
    before = define(TOML, first="")
    assert take(mounts_file.document(before.mapping))[0] == Texts(TOML, "")


def test_a_folder_of_this_machine_goes_to_dotenv() -> None:
    texts, project, _ = take({"Mounts": [*OWN, mount("/big/kitti/", f"{W}/data")]}, env="A=1\n")
    assert texts == Texts(TOML, "A=1\nLOCAL_DATA_DIR=/big/kitti\n")
    assert project.variables["LOCAL_DATA_DIR"] == "/big/kitti"


def test_a_folder_of_the_project_goes_to_the_file_for_everybody() -> None:
    texts, project, _ = take({"Mounts": [*OWN, mount(f"{ROOT}/sets/kitti", f"{W}/data")]})
    assert texts == Texts(TOML + '\n[places]\ndata = "sets/kitti"\n', "")
    assert project.variables["LOCAL_DATA_DIR"] == f"{ROOT}/sets/kitti"


def test_a_line_in_dotenv_that_moves_the_place_is_replaced() -> None:
    texts, _, _ = take({"Mounts": [*OWN, mount("/new", f"{W}/data")]}, env="LOCAL_DATA_DIR=/old # mine\n")
    assert texts == Texts(TOML, "LOCAL_DATA_DIR=/new # mine\n")


def test_a_mount_of_the_host_folder_of_a_place_moves_its_container_path() -> None:
    """A notebook of the other family mounts the same host folders at other container paths."""
    texts, project, _ = take({"Mounts": [*OWN, mount(f"{ROOT}/data", "/data")]})
    assert texts == Texts(TOML + '\n[places]\ndata = { container = "/data" }\n', "")
    assert project.variables["DATA_DOWNLOAD_DIR"] == "/data"


@pytest.mark.parametrize(
    "written",
    [
        '[places]\nextra = { host = "one", container = "/extra" } # why\n',
        '[places]\nextra.host = "one"\nextra.container = "/extra"\n',
        '[places.extra] # why\nhost = "one"\ncontainer = "/extra"\n',
    ],
)
def test_a_place_outside_the_layout_moves_however_it_is_written(written: str) -> None:
    toml = TOML + written
    assert take({"Mounts": [*OWN, mount(f"{ROOT}/two", "/extra")]}, toml)[0].toml == toml.replace("one", "two")
    assert take({"Mounts": [*OWN, mount(f"{ROOT}/one", "/x")]}, toml)[0].toml == toml.replace("/extra", "/x")


def test_a_place_of_its_own_gets_a_variable_for_its_folder() -> None:
    toml = f'{TOML}[places]\nextra = {{ host = "one", container = "/extra" }}\n'
    texts, project, _ = take({"Mounts": [*OWN, mount("/big", "/extra")]}, toml)
    assert texts.toml == toml.replace('"/extra" }', '"/extra", host_variable = "HOST_EXTRA_DIR" }')
    assert texts.env == "HOST_EXTRA_DIR=/big\n"
    assert project.variables["HOST_EXTRA_DIR"] == "/big"


def test_any_other_mount_becomes_a_new_place_without_a_path_of_this_machine() -> None:
    files = [mount("/one", "/my/Extra dir"), mount("~/two", "/your/Extra dir"), mount(f"{ROOT}/3", "/x/data")]
    texts, project, _ = take({"Mounts": [*OWN, *files]})
    assert texts.toml == TOML + (
        '\n[places]\nextra_dir = { container = "/my/Extra dir", host_variable = "HOST_EXTRA_DIR_DIR" }\n'
        'extra_dir_2 = { container = "/your/Extra dir", host_variable = "HOST_EXTRA_DIR_2_DIR" }\n'
        'data_2 = { host = "3", container = "/x/data" }\n'
    )
    assert texts.env == "HOST_EXTRA_DIR_DIR=/one\nHOST_EXTRA_DIR_2_DIR=/home/ann/two\n"
    assert {("/one", "/my/Extra dir"), ("/home/ann/two", "/your/Extra dir"), (f"{ROOT}/3", "/x/data")} < ends(project)


def test_the_project_itself_may_be_another_folder() -> None:
    texts, project, _ = take({"Mounts": [mount("/big/cars", W), OWN[1]]})
    assert texts == Texts(TOML, "LOCAL_PROJECT_DIR=/big/cars\n")
    assert project.variables["LOCAL_DATA_DIR"] == "/big/cars/data"


def test_a_place_that_the_file_does_not_mount_loses_its_mount_and_this_is_said() -> None:
    texts, project, said = take({"Mounts": [mount("/big", "/data")]})
    assert ends(project) == {("/big", "/data")}
    assert "specs = { mount = false }" in texts.toml
    assert "place specs is no longer mounted, as /backup.json does not mount it" in said
    assert take({"Mounts": [mount("/big", "/data")]}, texts.toml, texts.env)[0] == texts
    _, project, _ = take({"Mounts": OWN}, texts.toml, texts.env)
    assert ends(project) == {(item["source"], item["destination"]) for item in OWN}


def test_a_file_without_mounts_leaves_the_mounts_alone() -> None:
    options = {"shm_size": "16G", "ulimits": {"memlock": -1, "stack": 67108864}, "user": "7:8"}
    envs = [{"variable": "FOO", "value": "1"}]
    _, project, _ = take({"Mounts": [], "Envs": envs, "DockerOptions": options})
    assert project.mapping.mounts == define(TOML, first="").mapping.mounts
    assert project.mapping.options == options
    assert project.mapping.variables["FOO"] == "1"


def test_comments_stay() -> None:
    toml = TOML + '\n[container]  # theirs\nnetwork = "host"\n# below\n'
    texts, _, _ = take({"Mounts": [], "DockerOptions": {"shm_size": "16G", "tty": True}}, toml)
    assert texts.toml == toml.replace("# below", 'shm_size = "16G"\n# below')


def test_the_own_user_is_auto_and_what_it_gives_is_not_repeated() -> None:
    names = {"HOME": "/tmp", "USER": "ann", "LOGNAME": "you"}
    envs = [{"variable": name, "value": value} for name, value in names.items()]
    texts, project, _ = take({"Mounts": [], "Envs": envs, "DockerOptions": {"user": "1000:100"}})
    assert texts.toml == TOML + '\n[container.env]\nLOGNAME = "you"\n\n[container]\nuser = "auto"\n'
    assert project.mapping.variables == names


SECRETS = [{"variable": name, "value": "s3cret"} for name in ("WANDB_API_KEY", "A_TOKEN")]
SECRETS.append({"variable": "HARMLESS", "value": "plain"})


def test_a_secret_goes_to_dotenv_and_never_to_the_file_for_everybody() -> None:
    texts, project, to_say = take({"Mounts": [], "Envs": SECRETS})
    assert texts.toml == TOML + (
        '\n[container.env]\nWANDB_API_KEY = { from = ".env" }\nA_TOKEN = { from = ".env" }\nHARMLESS = "plain"\n'
    )
    assert texts.env == "WANDB_API_KEY=s3cret\nA_TOKEN=s3cret\n"
    assert project.mapping.variables["A_TOKEN"] == "s3cret"
    assert not any("s3cret" in line for line in to_say)


def test_the_users_own_secret_stays() -> None:
    texts, project, to_say = take({"Mounts": [], "Envs": SECRETS[:1]}, env="WANDB_API_KEY=mine\n")
    assert texts.env == "WANDB_API_KEY=mine\n"
    assert project.mapping.variables["WANDB_API_KEY"] == "mine"
    assert to_say == ["WANDB_API_KEY stays as it is in .env; the file has another value"]


def test_a_secret_that_comes_from_dotenv_already_is_passed_over() -> None:
    toml = TOML + '[container.env]\nA_TOKEN = { from = ".env" }\nWANDB_API_KEY.from = ".env"\n'
    texts, project, _ = take({"Mounts": [], "Envs": SECRETS}, toml, "A_TOKEN=mine\nWANDB_API_KEY=mine\n")
    assert texts.toml == toml + 'HARMLESS = "plain"\n'
    assert project.mapping.variables["A_TOKEN"] == "mine"


REFUSED: dict[str, tuple[object, str]] = {
    "two folders at one path": (
        {"Mounts": [mount("/one", "/data"), mount("/two", "/data/")]},
        "it mounts both /one and /two at /data; remove one of the two mounts",
    ),
    "a relative source": ({"Mounts": [mount("data", "/data")]}, "the source 'data' is relative"),
    "a relative destination": ({"Mounts": [mount("/d", "data")]}, "the container path data is relative"),
    "an option that no project has": (
        {"Mounts": [], "DockerOptions": {"cap_add": ["ALL"], "pid": "host"}},
        "DockerOptions has cap_add, pid, for which taoshell.toml has no key",
    ),
    "no terminal": ({"Mounts": [], "DockerOptions": {"tty": False}}, "DockerOptions.tty is not true"),
}


@pytest.mark.parametrize(("document", "said"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_no_project_can_adopt_is_refused(document: object, said: str) -> None:
    with pytest.raises(TaoshellError) as error:
        take(document)
    assert str(error.value).startswith("/backup.json: " + said)


# -- any file ----------------------------------------------------------------------------------------

DISK = Disk({"/link": f"{ROOT}/data", "/nfs": "/big"})
SOURCES = [
    *(ROOT, f"{ROOT}/", f"{ROOT}/data", f"{ROOT}/specs", f"{ROOT}/dino", f"{ROOT}/../cars/data", "~/cars/data", "~"),
    *("/link", "/nfs/kitti", "/big/kitti", "/big/kitti/", "/big", "/link/../specs", "/a b/'c'", '/a"b', "/big/#x"),
]
DESTINATIONS = [
    W,
    f"{W}/",
    f"{W}/data",
    f"{W}/dino",
    f"{W}/dino/specs",
    f"{W}/x/../data",
    "/data",
    "/specs",
    "//x",
    "/y z",
]
FILES = st.dictionaries(st.sampled_from(DESTINATIONS), st.sampled_from(SOURCES), min_size=1, max_size=6)
LAYOUTS = st.sampled_from(
    [
        TOML,
        f'layout = "host"\n{TOML}',
        f'{TOML}[places]\ndata = "/big"\nweights = {{ host = "w", container = "/y z" }}\n',
    ]
)


@settings(deadline=None)
@given(
    FILES, LAYOUTS, st.sampled_from(["", "LOCAL_DATA_DIR=/nfs/kitti\n", "HOST_SPECS_DIR=/s\nLOCAL_PROJECT_DIR=/p\n"])
)
def test_the_project_then_has_exactly_the_mounts_of_the_file(files: dict[str, str], toml: str, env: str) -> None:
    document = {"Mounts": [mount(source, destination) for destination, source in files.items()]}
    if len({shortest(destination) for destination in files}) < len(files):
        return  # refused, unless both are the same folder
    texts, project, _ = take(document, toml, env, DISK)
    wanted = [model.Mount(absolute(source), shortest(destination)) for destination, source in files.items()]
    for place in (*project.places, *(model.Place("", item.source, item.destination) for item in wanted)):
        for path in (place.container, f"{place.container}/inner"):
            assert seen(path, wanted) == seen(path, project.mapping.mounts)
    assert take(document, texts.toml, texts.env, DISK)[0] == texts


def absolute(source: str) -> str:
    return DISK.real(source.replace("~", "/home/ann"))


def shortest(destination: str) -> str:
    return Disk().real(destination)


def seen(path: str, mounts: Sequence[model.Mount]) -> str | None:
    """Return the real folder that the container sees at `path`."""
    host = to_host(path, mounts)
    return None if host is None else DISK.real(host)


# -- hostile files -----------------------------------------------------------------------------------


def envs(*pairs: tuple[str, object]) -> dict[str, object]:
    return {"Mounts": [], "Envs": [{"variable": name, "value": value} for name, value in pairs]}


def options(**given: object) -> dict[str, object]:
    return {"Mounts": [], "DockerOptions": given}


HOSTILE: dict[str, str] = {
    name: text if isinstance(text, str) else json.dumps(text)
    for name, text in {
        "empty": "",
        "not JSON": "{",
        "a comment": "// mine\n{}",
        "a trailing comma": '{"Mounts": [],}',
        "a list": [],
        "a number": 1,
        "no mounts": {},
        "null mounts": {"Mounts": None},
        "mounts as an object": {"Mounts": {}},
        "mounts of text": {"Mounts": ["/a:/b"]},
        "mounts of lists": {"Mounts": [["/a", "/b"]]},
        "a mount without its source": {"Mounts": [{"destination": "/d"}]},
        "a numeric source": {"Mounts": [{"source": 1, "destination": "/d"}]},
        "an empty source": {"Mounts": [mount("", "/d")]},
        "an empty destination": {"Mounts": [mount("/d", "")]},
        "the whole machine": {"Mounts": [mount("/", "/d")]},
        "the whole container": {"Mounts": [mount("/d", "/..")]},
        "NUL": {"Mounts": [mount("/a\0b", "/d")]},
        "NUL in the container": {"Mounts": [mount("/a", "/d\0")]},
        "a line break": {"Mounts": [mount("/a\nb", "/d")]},
        "a colon": {"Mounts": [mount("/a:ro", "/d")]},
        "a variable": {"Mounts": [mount("$HOME/a", "/d")]},
        "another's home": {"Mounts": [mount("~root/a", "/d")]},
        "a placeholder": {"Mounts": [mount("/path/to/local/data", "/d")]},
        "a long path": {"Mounts": [mount("/" + "a/" * 10_000, "/d")]},
        "a very long path": {"Mounts": [mount("/d", "/" + "a" * 10_000_000)]},
        "thousands of mounts": {"Mounts": [mount(f"/d/{at}", f"/c/{at}") for at in range(5_000)]},
        "thousands of variables": envs(*((f"A{at}", "1") for at in range(5_000))),
        "deep lists": "[" * 200_000,
        "deep options": '{"Mounts": [], "DockerOptions": {"ulimits": ' + "[" * 5_000 + "]" * 5_000 + "}}",
        "a key twice": '{"Mounts": [], "Mounts": [{"source": "/a", "destination": "/b"}]}',
        "an inner key twice": '{"Mounts": [{"source": "/a", "source": "/etc", "destination": "/b"}]}',
        "not a number": '{"Mounts": [], "DockerOptions": {"shm_size": NaN}}',
        "infinity": '{"Mounts": [], "DockerOptions": {"shm_size": -Infinity}}',
        "a huge number": '{"Mounts": [], "DockerOptions": {"shm_size": 1' + "0" * 5_000 + "}}",
        "a number beyond 64 bits": '{"Mounts": [], "DockerOptions": {"shm_size": 100000000000000000000}}',
        "half a character": '{"Mounts": [{"source": "/\\ud800", "destination": "/d"}]}',
        "half a character in a name": '{"Mounts": [], "Envs": [{"variable": "\\udfff", "value": "1"}]}',
        "an unknown field": {"Mounts": [], "\x1b[2J" + "x" * 10_000: 1},
        "a name with TOML in it": envs(('A"]\n[container]\nprivileged = true\n', "1")),
        "a name with a dot": envs(("container.user", "root")),
        "no name": envs(("", "1")),
        "a null value": envs(("A", None)),
        "NUL in a value": envs(("A", "\0")),
        "options as a list": {"Mounts": [], "DockerOptions": []},
        "null options": {"Mounts": [], "DockerOptions": None},
        "a null option": options(shm_size=None),
        "a null inside": options(ulimits={"memlock": None}),
        "an option of the wrong type": options(privileged="yes"),
        "a prototype": options(__proto__={"privileged": True}),
        "the variables as an option": options(env={"A": "1"}),
        "ports of text": options(ports={"x": "y"}),
    }.items()
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_gives_one_short_line(text: str) -> None:
    start = time.monotonic()
    before = Texts(TOML, "")

    def adopt() -> None:
        wanted = mounts_file.read(text, "/backup.json")
        defined(adopted(before, Imported("mounts file", wanted), defined(before), "/backup.json", machine()).texts)

    with pytest.raises(TaoshellError) as error:
        adopt()
    assert time.monotonic() - start < 5
    assert len(str(error.value)) < 500
    assert str(error.value) == printable(str(error.value))


def test_odd_but_harmless_text_stays_what_it_is() -> None:
    odd = 'a"]\n[container]\\ \x7f\u2028 # \U0001f600'
    _, project, _ = take({"Mounts": [*OWN, mount("/d", "/__proto__")], "Envs": [{"variable": "ODD", "value": odd}]})
    assert project.mapping.variables["ODD"] == odd
    assert ("/d", "/__proto__") in ends(project)
    assert "privileged" not in project.mapping.options


# -- places that follow the project ------------------------------------------------------------------


def test_a_place_that_the_file_mounts_does_not_follow_the_project() -> None:
    """Its folder was the layout's default, which moves with the project."""
    texts, project, to_say = take({"Mounts": [mount("/big/cars", W), mount(f"{ROOT}/data", "/data")]})
    assert (f"{ROOT}/data", "/data") in ends(project)
    assert project.variables["LOCAL_DATA_DIR"] == f"{ROOT}/data"
    assert "data_2" not in texts.toml
    assert not any("place data is now" in line for line in to_say)


def test_a_place_that_follows_the_project_is_named() -> None:
    _, project, to_say = take({"Mounts": [mount("/big/cars", W)]})
    assert project.variables["LOCAL_DATA_DIR"] == "/big/cars/data"
    assert "place data is now /big/cars/data, as it is a folder of the project's" in to_say


def test_a_default_place_that_the_file_does_not_mention_makes_way() -> None:
    """It would follow the project to the container path of another place."""
    toml = f'{TOML}[places]\nextra = {{ host = "x", container = "/w/data" }}\n'
    _, project, to_say = take({"Mounts": [mount(ROOT, "/w"), mount(f"{ROOT}/x", "/w/data")]}, toml)
    assert ends(project) == {(ROOT, "/w"), (f"{ROOT}/x", "/w/data")}
    assert project.variables["DATA_DOWNLOAD_DIR"] == f"{W}/data"
    assert f"place data stays at {W}/data, as another place is at /w/data" in to_say


def test_a_default_place_behind_a_symlink_of_this_machine_does_not_block_a_new_project() -> None:
    disk = Disk({"/results": "/mnt/results"})
    wanted = Imported("notebook", mounts_file.mapping({"Mounts": [mount(ROOT, W)]}, Where("a.ipynb")))
    adoption = first(Texts('layout = "host"\n', ""), wanted, ROOT, "a.ipynb", machine(disk=disk))
    assert ends(defined(adoption.texts, disk)) == {(ROOT, W)}


# -- names -------------------------------------------------------------------------------------------


def test_variables_name_places_and_refer_to_them() -> None:
    variables = {
        "TAO_CACHE": "/big/cache",
        "CACHE_DIR": "/cache",
        "PROJECT_DIR": ROOT,
        "LAST": "/cache/last.pth",
        "MINE": f"{ROOT}/x/y",
        "A_TOKEN": "s3cret",
        "PATH": "/bin",
        "SPECS_DIR": "/specs",
    }
    mounts = [*OWN[:1], mount(f"{ROOT}/specs", "/specs"), mount("/big/cache", "/cache")]
    wanted = Imported("notebook", mounts_file.mapping({"Mounts": mounts}, Where("a.ipynb")), variables)
    before = Texts(TOML, "")
    adoption = adopted(before, wanted, defined(before), "a.ipynb", machine())
    assert adoption.texts.toml == TOML + (
        '\n[places]\nspecs = { container = "/specs" }\n'
        'cache = { container = "/cache", host_variable = "TAO_CACHE", container_variable = "CACHE_DIR" }\n'
        '\n[env]\nPROJECT_DIR = { place = "project" }\nLAST = "/cache/last.pth"\n'
    )
    assert adoption.texts.env == f"TAO_CACHE=/big/cache\nMINE={ROOT}/x/y\nA_TOKEN=s3cret\n"
    assert adoption.to_say == ["PATH is left out: it decides which programs run"]
    found = defined(adoption.texts).variables
    assert {name: found[name] for name in variables if name != "PATH"} == {
        name: value for name, value in variables.items() if name != "PATH"
    }
