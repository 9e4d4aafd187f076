"""The options of `docker run`, and what they say about a project. Pure."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from taoshell.errors import TaoshellError, Where
from taoshell.formats.imported import Doubt
from taoshell.formats.python_values import Unknown
from taoshell.project.model import Mount
from taoshell.project.names import is_name

# docker run --help, Docker 28
_OPTIONS_WITH_VALUE = """
a add-host annotation attach blkio-weight blkio-weight-device c cap-add cap-drop cgroup-parent cgroupns cidfile cpu-
count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach-
keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns dns-opt dns-
option dns-search domainname e entrypoint env env-file expose gpus group-add h health-cmd health-interval health-
retries hostname health-start-interval health-start-period health-timeout io-maxbandwidth io-maxiops ip ip6 ipc
isolation kernel-memory l label label-file link link-local-ip log-driver log-opt m mac-address memory memory-
reservation memory-swap mount name net memory-swappiness net-alias network network-alias oom-score-adj p pid pids-
limit platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs u
ulimit user userns uts v volume volume-driver volumes-from w workdir
"""
_OPTIONS_ALONE = """
d detach disable-content-trust i init interactive no-healthcheck oom-kill-disable P privileged publish-all q quiet
read-only rm sig-proxy t tty
"""
_WITH_VALUE = frozenset(_OPTIONS_WITH_VALUE.split())
_ALONE = frozenset(_OPTIONS_ALONE.split())
_LONG = {"v": "volume", "e": "env", "u": "user", "p": "publish", "net": "network", "w": "workdir"}
# What a project need not say: names of containers, terminals, GPU runtimes, and what concerns only this run.
_PLAIN = re.compile(r"[\w./~: -]{1,80}")  # what a message may quote
_LIMIT = re.compile(r"[a-z]{1,20}=[-0-9:.]{0,40}")
_WITHOUT_MEANING = {
    *("rm", "i", "t", "interactive", "tty", "name", "runtime", "d", "detach", "init", "pull", "q", "quiet", "platform"),
    *("sig-proxy", "h", "hostname", "restart", "a", "attach", "l", "label", "cidfile", "disable-content-trust"),
}


class Parsed(NamedTuple):
    """The words of a `docker run`: its options in order, the image, and the command in the container."""

    options: list[tuple[str, str | Unknown]]
    image: str | Unknown
    command: list[str | Unknown]


def parsed(words: list[str | Unknown], at: Where) -> Parsed:
    """Return the parts of `words`, which follow `docker run`. Raises TaoshellError if an option is not Docker's."""
    options: list[tuple[str, str | Unknown]] = []
    rest = iter(words)
    for word in rest:
        if isinstance(word, Unknown) or not word.startswith("-") or word == "-":
            return Parsed(options, word, list(rest))
        if word == "--":
            continue
        for name, value in _split(word):
            if name in _WITH_VALUE and value is None:
                following = next(rest, None)
                if following is None:
                    raise TaoshellError(f"{word} has no value", "correct that line", at=at)
                options.append((_LONG.get(name, name), following))
            elif value is not None or name in _ALONE:
                options.append((_LONG.get(name, name), value or "true"))
            else:
                cause = f"{word.partition('=')[0]} is no option of docker run, so it is not clear what it does"
                raise TaoshellError(cause, "remove it, or name another file", at=at)
    raise TaoshellError("this docker run names no image", "correct that line", at=at)


def _split(word: str) -> Iterator[tuple[str, str | None]]:
    """Yield the options in one word: --name=value, -v/a:/b, or -it."""
    if word.startswith("--"):
        name, sign, value = word[2:].partition("=")
        yield name, value if sign else None
        return
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in _WITH_VALUE:
            yield letter, letters.removeprefix("=") or None
            return
        yield letter, None


class Container:
    """What the options say, in the words of a project. `folder` is where the command runs.

    `words` are what the file calls options, if it does not call them as docker run does.
    """

    words: Mapping[str, str] = MappingProxyType({})

    def __init__(self, folder: str | Unknown, at: Where) -> None:
        self.folder = folder
        self.at = at
        self.mounts: list[Mount] = []
        self.variables: dict[str, str] = {}
        self.passed: list[str] = []  # variables that the container gets from the shell
        self.options: dict[str, object] = {}
        self.gpus = ""
        self.doubts: list[Doubt] = []
        self.notes: list[str] = []

    def take(self, name: str, value: str | Unknown) -> None:
        """Take one option. Raises TaoshellError if it is a mount that is not known."""
        if isinstance(value, Unknown):
            if name in ("volume", "mount"):
                cause = f"a mount is not known: {value.why}"
                raise TaoshellError(cause, "write its path out, or name another file", at=value.at)
            self.doubts.append(Doubt(self.words.get(name, f"--{name}"), value.why, value.at))
            return
        reader = _READERS.get(name)
        if reader is not None:
            reader(self, value)
        elif name not in _WITHOUT_MEANING:
            self.note(f"--{name} is left out, as taoshell.toml has no key for it")

    def note(self, text: str, at: Where | None = None) -> None:
        self.notes.append(f"{at or self.at}: {text}")

    def left_out(self, name: str, value: str, why: str) -> None:
        """Note that the option is left out. Its value is quoted only if it is a plain word: it may have a secret."""
        word = self.words.get(name, f"--{name}")
        is_plain = _PLAIN.fullmatch(value) or _LIMIT.fullmatch(value)
        self.note(f"{word} {value} is left out: {why}" if is_plain else f"{word} is left out: {why}")

    def mount(self, source: str, destination: str, *, is_read_only: bool) -> None:
        if not source.startswith(("/", ".", "~")):
            what = f"{source}:{destination}" if _PLAIN.fullmatch(f"{source}:{destination}") else "a volume"
            self.note(
                f"{what} is left out: {source if what != 'a volume' else 'it'} is a volume of Docker, and no folder"
            )
            return
        if source.startswith("."):
            if isinstance(self.folder, Unknown):
                cause = f"a mount is not known: {self.folder.why}"
                raise TaoshellError(cause, "write its path out, or name another file", at=self.folder.at)
            source = os.path.normpath(os.path.join(self.folder, source))
        self.mounts.append(Mount(source, destination, "ro" if is_read_only else "rw"))


def _volume(container: Container, value: str) -> None:
    parts = value.split(":")
    if len(parts) == 1:
        what = value if _PLAIN.fullmatch(value) else "a volume"
        container.note(f"{what} is left out: it is a volume without a folder")
        return
    modes = parts[2].split(",") if len(parts) > 2 else []
    container.mount(parts[0], parts[1], is_read_only="ro" in modes)


def _mount(container: Container, value: str) -> None:
    pairs = [pair.partition("=") for pair in next(csv.reader([value]), [])]
    fields = {name.strip(): value for name, _, value in pairs}
    source = fields.get("source", fields.get("src", ""))
    target = fields.get("target", fields.get("destination", fields.get("dst", "")))
    kind = fields.get("type", "volume")
    if kind != "bind" or not source or not target:
        what = f"the mount of {target}" if _PLAIN.fullmatch(target) else "a mount"
        of_kind = (
            f"it is of type {kind}, and no folder" if _PLAIN.fullmatch(kind) and kind != "bind" else "it is no folder"
        )
        container.note(f"{what} is left out: {of_kind}")
        return
    read_only = fields.get("readonly", fields.get("ro", "false"))
    container.mount(source, target, is_read_only=read_only in ("", "true", "1"))


def _env(container: Container, value: str) -> None:
    name, sign, text = value.partition("=")
    if not is_name(name):
        word = container.words.get("env", "--env")
        container.note(f"an entry of {word} is left out: it has no name that a variable can have")
    elif sign:
        container.variables[name] = text
    else:
        container.passed.append(name)


def _gpus(container: Container, value: str) -> None:
    text = value.strip("\"'")
    devices = re.search(r"device=([0-9,]+)", text)
    count = re.fullmatch(r"(?:count=)?(all|[0-9]+)(?:,.*)?", text)
    if devices:
        numbers = devices[1].strip(",")
        container.gpus = numbers if "," in numbers else f"{numbers},"
    elif count:
        container.gpus = count[1]
    else:
        container.left_out("gpus", value, "a project has all, a number, or a list of numbers")


def _ulimit(container: Container, value: str) -> None:
    name, _, limits = value.partition("=")
    soft, _, hard = limits.partition(":")
    if not re.fullmatch(r"-?[0-9]+", soft) or (hard and hard != soft):
        container.left_out("ulimit", value, "a project has one number for each limit")
        return
    limit = container.options.setdefault("ulimits", {})
    if isinstance(limit, dict):
        limit[name] = int(soft)


def _publish(container: Container, value: str) -> None:
    host, sign, inside = value.rpartition(":")
    if not sign or not host.isdigit():
        container.left_out("publish", value, "a project has one port of this machine for each port inside")
        return
    ports = container.options.setdefault("ports", {})
    if isinstance(ports, dict):
        ports[inside] = int(host)


def _option(name: str) -> Callable[[Container, str], None]:
    def take(container: Container, value: str) -> None:
        container.options[name] = value

    return take


def _privileged(container: Container, value: str) -> None:
    container.options["privileged"] = value == "true"


_READERS: dict[str, Callable[[Container, str], None]] = {
    "volume": _volume,
    "mount": _mount,
    "env": _env,
    "gpus": _gpus,
    "ulimit": _ulimit,
    "publish": _publish,
    "privileged": _privileged,
    "user": _option("user"),
    "shm-size": _option("shm_size"),
    "network": _option("network"),
    "ipc": _option("ipc"),
}
