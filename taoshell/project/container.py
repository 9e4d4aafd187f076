"""[container]: the options of the container. All but `ipc` are among the launcher's DockerOptions.

Sources: `VALID_DOCKER_ARGS` and `start_container` of TAO's launcher 6.26.3, which gives the values to docker-py's
`containers.run`. taoshell refuses what docker-py would misread, because here the file and the line are still known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeGuard

from taoshell.project.machine import Machine
from taoshell.project.names import MASK, is_secret
from taoshell.project.problems import Problem, Problems
from taoshell.project.toml import Table, shown, suggestion

# A name as useradd(8) allows it, or a number; no other form is in an image's /etc/passwd.
# Patterns are compiled when they are first used: the hook waits for us, and most projects use none of them.
_ID = r"[a-z_][a-z0-9_-]{0,31}|[0-9]{1,10}"
_GREATEST_ID = 2**31 - 1  # moby/sys/user: the engine refuses greater numbers
_PLACEHOLDER_USER = r"auto|uid|gid|(user|username|user_id):(group|groupname|group_id)"
_SIZE = r"([0-9]{1,18}(?:\.[0-9]{1,18})?)([bkmgt]?)b?"  # docker-py: parse_bytes
_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SMALLEST_SHM = 1 << 20  # bytes; a smaller number probably lacks its unit
_IPC = r"none|private|shareable|host|container:[A-Za-z0-9][A-Za-z0-9_.-]{0,127}"  # docker run --ipc
_NETWORK = r"(container:)?[A-Za-z0-9][A-Za-z0-9_.-]{0,127}"  # moby: the names of networks and containers
_GREATEST = 2**63 - 1  # the engine keeps sizes and limits in 64 bits
_PORT = r"([0-9]{1,5})(/(tcp|udp|sctp))?"  # VALID_PORT_PROTOCOLS
_PORTS = "write ports = { \"8888/tcp\" = 8888 }: the container's port, then the host's"
# docker/go-units, ulimit.go: the engine refuses other names
_ULIMITS = (
    *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio"),
    *("rttime", "sigpending", "stack"),
)


def container_options(table: Table, machine: Machine, problems: Problems) -> dict[str, object]:
    """Return the options as the mounts file has them."""
    options = {key: problems.read(_option, table, key) for key in table.values if key != ENV}
    if options.get("user") == "auto":
        options["user"] = f"{machine.uid}:{machine.gid}"
    return options


def identity(user: object, machine: Machine) -> dict[str, str]:
    """Return the variables that a container needs with the option `user`: none for root, as every image knows root.

    Without USER and LOGNAME, `getpass` fails in newer PyTorch images if the image does not know the uid. Without HOME,
    the home is /, where that uid may not write. HOME=/tmp as in NVIDIA's own fix (NVIDIA-TAO/tao-skill-bank#150).
    """
    if not isinstance(user, str):
        return {}
    uid = str(machine.uid) if user == "auto" else user.split(":")[0]
    if uid in ("0", "root") and user != "auto":
        return {}
    name = machine.user if uid == str(machine.uid) else uid
    return {"HOME": "/tmp", "USER": name, "LOGNAME": name}


def _option(table: Table, key: str) -> object:
    """Return the value of the option `key`. Raises its first problem."""
    if key == "tty":
        cause = "container.tty is no setting: without a terminal, the container's bash would exit at once"
        raise Problem("no-tty-setting", cause, "remove the line", table.at(key))
    table.require_known(key, (*NAMES, ENV))
    return _READERS[key](table, key)


def _user(table: Table, key: str) -> str:
    value = table.string(key, "auto")
    ids = value.split(":")
    are_ids = len(ids) < 3 and all(
        re.fullmatch(_ID, id)
        and not (id.isdigit() and int(id) > _GREATEST_ID)
        and not re.fullmatch(_PLACEHOLDER_USER, id)
        for id in ids
    )
    if value != "auto" and (not are_ids or re.fullmatch(_PLACEHOLDER_USER, value)):
        cure = 'write "auto", which is your uid:gid, or two numbers such as "1000:1000"'
        raise Problem("bad-docker-user", f"container.user is {value!r}", cure, table.at(key))
    return value


def _ports(table: Table, key: str) -> dict[str, object]:
    """Return the container's ports, each with the port or ports of the host that lead to it."""
    ports = table.table(key, _PORTS)
    for port, hosts in ports.values.items():
        match = re.fullmatch(_PORT, port)
        numbers = hosts if isinstance(hosts, list) and hosts else [hosts]
        if match is None or not all(_is_whole(number) and 0 < number < 65536 for number in [int(match[1]), *numbers]):
            what = MASK if is_secret(port) else shown(hosts)
            cause = f"container.ports maps {port} to {what}, which are not port numbers"
            raise Problem("bad-port", cause, _PORTS, ports.at(port))
    return dict(ports.values)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _shm_size(table: Table, key: str) -> object:
    value = table.values[key]
    match = re.fullmatch(_SIZE, str(value), re.IGNORECASE | re.ASCII)
    if isinstance(value, (float, bool)) or match is None:
        cause = f"container.shm_size is {shown(value)}, which is not a size"
        raise Problem("bad-size", cause, 'write it as "16G"', table.at(key))
    size = float(match[1]) * _UNITS[match[2].lower()]
    if size > _GREATEST:
        cause = f"container.shm_size is {value}, which is more than the engine can count"
        raise Problem("huge-size", cause, 'write it as "16G"', table.at(key))
    if size < _SMALLEST_SHM:
        cause = f"container.shm_size is only {value} bytes"
        raise Problem("size-without-unit", cause, f'add a unit: "{match[1]}G"', table.at(key))
    return value


def _ulimits(table: Table, key: str) -> dict[str, object]:
    limits = table.table(key)
    for name, value in limits.values.items():
        if name not in _ULIMITS:
            raise Problem("unknown-limit", f'unknown limit "{name}"', suggestion(name, _ULIMITS), limits.at(name))
        if not _is_whole(value) or value < -1:
            cure = "write a whole number, or -1 for no limit"
            raise Problem("bad-limit", f"the limit {name} is {shown(value)}", cure, limits.at(name))
    return dict(limits.values)


def _privileged(table: Table, key: str) -> bool:
    return table.typed(key, bool, "write privileged = true or false")


def _network(table: Table, key: str) -> str:
    value = table.string(key, "host")
    if not re.fullmatch(_NETWORK, value):
        cure = 'write the name of a network, such as "host"'
        raise Problem("bad-docker-network", f"container.network is {value!r}", cure, table.at(key))
    return value


def _ipc(table: Table, key: str) -> str:
    value = table.string(key, "host")
    if not re.fullmatch(_IPC, value):
        cause = f"container.ipc is {value!r}"
        raise Problem(
            "bad-ipc", cause, 'write "host", "private", "shareable", "none" or "container:NAME"', table.at(key)
        )
    return value


_READERS: dict[str, Callable[[Table, str], object]] = {
    "user": _user,
    "ports": _ports,
    "shm_size": _shm_size,
    "ulimits": _ulimits,
    "privileged": _privileged,
    "network": _network,
    "ipc": _ipc,
}
NAMES = tuple(_READERS)
ENV = "env"
