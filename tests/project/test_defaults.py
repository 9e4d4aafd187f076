"""The user's defaults: what ~/.config/taoshell/config.toml may say, and what is refused with a line and a cure."""

from __future__ import annotations

import pytest

from taoshell.project.defaults import NAMES, read_defaults
from taoshell.project.problems import Problem
from tests.support.definitions import machine

FILE = "/home/me/.config/taoshell/config.toml"
ALL = """
[defaults]
layout = "host"
gpus = [0, 1]
data_root = "~/data/"
key = { command = ["pass", "show", "tao key"] }
log = "quiet"
engine = "podman"
[defaults.container]
user = "auto"
shm_size = 17179869184
"""


def test_every_default() -> None:
    found = read_defaults(ALL, FILE, machine("/home/me"))
    assert {name: (default.value, default.shown, default.at.line) for name, default in found.items()} == {
        "layout": ("host", "host", 3),
        "gpus": ("0,1", "[0,1]", 4),
        "data_root": ("/home/me/data", "/home/me/data", 5),
        "key": (("pass", "show", "tao key"), "pass show 'tao key'", 6),
        "log": ("quiet", "quiet", 7),
        "engine": ("podman", "podman", 8),
        "container.user": ("auto", "auto", 10),
        "container.shm_size": ("17179869184", "17179869184", 11),
    }
    assert {*found} == {*NAMES}


@pytest.mark.parametrize("text", ["", "# nothing\n", "[defaults]\n"])
def test_nothing(text: str) -> None:
    assert read_defaults(text, FILE, machine("/home/me")) == {}


@pytest.mark.parametrize(
    ("written", "value", "shown"), [("2", "2", "2"), ('"all"', "all", "all"), ("[3]", "3,", "[3]")]
)
def test_gpus(written: str, value: str, shown: str) -> None:
    default = read_defaults(f"[defaults]\ngpus = {written}\n", FILE, machine("/home/me"))["gpus"]
    assert (default.value, default.shown) == (value, shown)


REFUSED = {
    "x = ": ":1: this is not valid TOML: .*; correct the line",
    'layout = "host"\n': ':1: "layout" is not in a table; write it below a line \\[defaults\\]',
    "[default]\n": ':1: unknown key "default"; did you mean "defaults"\\?',
    "defaults = 1\n": ":1: defaults is a number; it must be a table",
    '[defaults]\nlayot = "host"\n': ':2: unknown key "defaults.layot"; did you mean "defaults.layout"\\?',
    "[defaults]\n\nlayout = 1\n": ":3: defaults.layout is a number; write text in quotes",
    '[defaults]\nlayout = "hst"\n': ':2: unknown layout "hst"; did you mean "host"\\?',
    "[defaults]\ngpus = 0\n": ":2: gpus is 0; write",
    '[defaults]\ndata_root = "data"\n': ":2: data_root is 'data', which is relative, .*; begin it with / or ~/",
    '[defaults]\ndata_root = "/mnt/$USER"\n': ":2: /mnt/\\$USER contains a variable",
    '[defaults]\nengine = "dokcer"\n': ':2: unknown engine "dokcer"; did you mean "docker"\\?',
    '[defaults]\nlog = "silent"\n': ":2: log is 'silent'; known: quiet, line, full",
    '[defaults]\nlog = "quiet; touch /tmp/x"\n': ":2: log is 'quiet; touch /tmp/x'; ",
    '[defaults]\nkey = "hush"\n': ":2: the key itself does not belong in this file.*; write key = ",
    '[defaults]\nkey = { comand = ["a"] }\n': ':2: unknown key "defaults.key.comand"; did you mean ',
    "[defaults]\nkey = {}\n": ":2: key.command must be a list of words; write key = ",
    '[defaults]\nkey = { command = "pass show tao" }\n': ":2: key.command must be a list of words; ",
    "[defaults]\nkey = { command = [] }\n": ":2: key.command must be a list of words; ",
    '[defaults]\nkey = { command = ["pass", 1] }\n': ":2: key.command must be a list of words; ",
    "[defaults.container]\nipc = 'host'\n": ':2: unknown key "defaults.container.ipc"; .* knows: user, shm_size',
    "[defaults.container]\nshm_size = '16'\n": ":2: container.shm_size is only 16 bytes; add a unit",
    "[defaults.container]\nuser = 'me:'\n": ":2: container.user is 'me:'; write ",
}


def id_of_refused(text: str) -> str:
    with pytest.raises(Problem) as problem:
        read_defaults(text, FILE, machine("/home/me"))
    return problem.value.id


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(Problem, match=FILE + REFUSED[text]) as problem:
        read_defaults(text, FILE, machine("/home/me"))
    assert problem.value.cure
    assert "hush" not in str(problem.value)
