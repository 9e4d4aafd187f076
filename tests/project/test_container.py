"""[container] and [container.env]: taoshell accepts what the launcher accepts, except what it would misread."""

from __future__ import annotations

import pytest

from taoshell import __version__
from taoshell.errors import TaoshellError
from taoshell.formats import mounts_file
from tests.support.definitions import TOML, define

IDENTITY = {"HOME": "/tmp", "USER": "ann", "LOGNAME": "ann"}


@pytest.mark.parametrize(
    ("toml", "options"),
    [
        ("", {}),
        ("user = '1000:1000'", {"user": "1000:1000"}),
        ("user = 'auto'", {"user": "1000:100"}),
        ("user = 'root:video-2'", {"user": "root:video-2"}),
        ("user = '2147483647'", {"user": "2147483647"}),
        ("network = 'my_net.1'", {"network": "my_net.1"}),
        ("shm_size = '16G'", {"shm_size": "16G"}),
        ("shm_size = '1.5gb'", {"shm_size": "1.5gb"}),
        ("shm_size = 17179869184", {"shm_size": 17179869184}),
        ("ulimits = { memlock = -1, stack = 67108864 }", {"ulimits": {"memlock": -1, "stack": 67108864}}),
        ("privileged = true", {"privileged": True}),
        ("network = 'host'", {"network": "host"}),
        ("ports = { '8888/tcp' = 8888, 6006 = [6006, 6007] }", {"ports": {"8888/tcp": 8888, "6006": [6006, 6007]}}),
    ],
)
def test_options_come_through(toml: str, options: dict[str, object]) -> None:
    project = define(f"[container]\n{toml}\n")
    assert project.mapping.options == options
    assert mounts_file.document(project.mapping).get("DockerOptions", {}) == options


REFUSED = {
    "an eighth option": (
        'gpus = "all"',
        f'unknown key "container.gpus"; taoshell {__version__} knows: user, ports, shm_size,',
    ),
    "a misspelt one": ("shmsize = '1G'", 'unknown key "container.shmsize"; did you mean "container.shm_size"?'),
    "tty": (
        "tty = true",
        "container.tty is no setting: without a terminal, the container's bash would exit at once; rem",
    ),
    "an unknown ipc": ("ipc = 'hots'", 'container.ipc is \'hots\'; write "host", "private", "shareable", "none" or'),
    "ipc as true": ("ipc = true", "container.ipc is true or false; write text in quotes"),
    "a user that is a number": (
        "user = 1000",
        'container.user is a number; write text in quotes, such as user = "auto"',
    ),
    "a user of three": (
        "user = '1:2:3'",
        'container.user is \'1:2:3\'; write "auto", which is your uid:gid, or two numbers such as "1000:1000"',
    ),
    "an empty user": ("user = ''", "container.user is ''; write"),
    "a user that a shell would expand": ("user = '$(id -u):$(id -g)'", "container.user is '$(id -u):$(id -g)'; write"),
    "a user to fill in": ("user = 'UID:GID'", "container.user is 'UID:GID'; write"),
    "a user to fill in, in small letters": ("user = 'uid:gid'", "container.user is 'uid:gid'; write"),
    "a user in angle brackets": ("user = '<uid>:<gid>'", "container.user is '<uid>:<gid>'; write"),
    "a user in words": ("user = 'user:group'", "container.user is 'user:group'; write"),
    "a user from the environment": ("user = '$UID:$GID'", "container.user is '$UID:$GID'; write"),
    "a user that is half filled in": ("user = '1000:gid'", "container.user is '1000:gid'; write"),
    "a user that is half auto": ("user = 'auto:1000'", "container.user is 'auto:1000'; write"),
    "a user beyond the engine's range": ("user = '2147483648'", "container.user is '2147483648'; write"),
    "a user in Arabic digits": ("user = '١٠٠٠'", "container.user is '١٠٠٠'; write"),
    "a user with a line end": ('user = "1000\\n"', "container.user is '1000\\n'; write"),
    "a size of 400 digits": (f"shm_size = '{'9' * 400}'", "container.shm_size is '999"),
    "a size beyond 64 bits": (
        "shm_size = '8388608T'",
        "container.shm_size is 8388608T, which is more than the",
    ),
    "a size in Arabic digits": ("shm_size = '١٦G'", "container.shm_size is '١٦G', which is not a size"),
    "a size with a Kelvin sign": ("shm_size = '9999999\u212a'", "container.shm_size is '9999999\u212a', which is not"),
    "a network to fill in": ("network = '<network>'", "container.network is '<network>'; write the name of a network"),
    "a network with a NUL": ('network = "a\\u0000"', "container.network is 'a\\x00'; write the name of a network"),
    "a port in Arabic digits": ("ports.'٨٨٨٨' = 80", "container.ports maps ٨٨٨٨ to 80, which are not port numbers"),
    "a size without a unit": ("shm_size = 16", 'container.shm_size is only 16 bytes; add a unit: "16G"'),
    "a size in words": (
        "shm_size = 'sixteen'",
        "container.shm_size is 'sixteen', which is not a size; write it as \"16G\"",
    ),
    "a size that is a list": ("shm_size = [16]", "container.shm_size is [16], which is not a size"),
    "a size that is a fraction": ("shm_size = 1e9", "container.shm_size is 1000000000.0, which is not a size"),
    "ulimits as a list": (
        "ulimits = ['memlock=-1']",
        "container.ulimits is a list; it must be a table: [container.ulimits]",
    ),
    "an unknown limit": ("ulimits.memlok = -1", 'unknown limit "memlok"; did you mean "memlock"?'),
    "a limit as text": (
        "ulimits.memlock = '-1'",
        "the limit memlock is '-1'; write a whole number, or -1 for no limit",
    ),
    "a limit that is true": ("ulimits.memlock = true", "the limit memlock is True; write a whole number"),
    "a limit below -1": ("ulimits.memlock = -2", "the limit memlock is -2; write"),
    "privileged as text": ("privileged = 'yes'", "container.privileged is text; write privileged = true or false"),
    "an empty network": ("network = ''", "container.network is ''; write the name of a network, such as \"host\""),
    "ports as a list": (
        "ports = [8888]",
        'container.ports is a list; write ports = { "8888/tcp" = 8888 }: the container',
    ),
    "a port as text": (
        "ports.8888 = '8888'",
        "container.ports maps 8888 to '8888', which are not port numbers; write ports =",
    ),
    "a port out of range": ("ports.99999 = 80", "container.ports maps 99999 to 80, which are not port numbers"),
    "a port that leads to no port": ("ports.8888 = []", "container.ports maps 8888 to [], which are not port numbers"),
    "an unknown protocol": (
        "ports.'8888/http' = 80",
        "container.ports maps 8888/http to 80, which are not port numbers",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    toml, words = REFUSED[case]
    with pytest.raises(TaoshellError) as error:
        define(f"[container]\n{toml}\n")
    assert str(error.value).startswith(f"{TOML}:3: {words}")


# -- the container's variables ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "uid", "env"),
    [
        ("auto", 1000, IDENTITY),
        ("auto", 0, IDENTITY),
        ("1000:1000", 1000, IDENTITY),
        ("4321", 1000, {"HOME": "/tmp", "USER": "4321", "LOGNAME": "4321"}),
        ("root", 1000, {}),
        ("0:0", 1000, {}),
    ],
)
def test_a_user_comes_with_the_variables_that_getpass_needs(user: str, uid: int, env: dict[str, str]) -> None:
    assert define(f"container.user = '{user}'", uid=uid).mapping.variables == env


def test_the_file_overrides_these_variables() -> None:
    project = define("container.user = 'auto'\ncontainer.env = { HOME = '/workspace', OMP_NUM_THREADS = 1 }")
    assert project.mapping.variables == {**IDENTITY, "HOME": "/workspace", "OMP_NUM_THREADS": "1"}
    assert mounts_file.document(project.mapping)["Envs"] == [
        {"variable": "HOME", "value": "/workspace"},
        {"variable": "USER", "value": "ann"},
        {"variable": "LOGNAME", "value": "ann"},
        {"variable": "OMP_NUM_THREADS", "value": "1"},
    ]


def test_a_secret_gets_into_the_container_from_dotenv() -> None:
    toml = 'container.env.WANDB_API_KEY = { from = ".env" }'
    assert define(toml, {"WANDB_API_KEY": "hush"}).mapping.variables == {"WANDB_API_KEY": "hush"}
    without = define(toml)
    assert without.mapping.variables == {}
    assert without.notes[0].startswith("WANDB_API_KEY is not in .env, so the container does not get it; to set it: ")


def test_a_container_may_have_names_that_are_refused_on_the_host() -> None:
    assert define("container.env = { PYTHONPATH = '/w', LC_ALL = 'C.UTF-8' }").mapping.variables["PYTHONPATH"] == "/w"


@pytest.mark.parametrize(
    ("toml", "uid", "noted"), [("", 1000, True), ("", 0, False), ("container.user = 'auto'", 1000, False)]
)
def test_a_note_if_the_container_writes_as_root(toml: str, uid: int, noted: bool) -> None:
    assert any("taoshell set container.user=auto" in note for note in define(toml, uid=uid).notes) is noted
