"""[docker]: the launcher's DockerOptions.

Sources: `VALID_DOCKER_ARGS` and `start_container` of TAO's launcher 6.26.3, which hands the values to docker-py's
`containers.run`; what that would misread is refused here, where the file and the line are still known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from taoshell.project.machine import Machine
from taoshell.project.toml import Table, suggestion

_USER = re.compile(r"[^:\s]+(:[^:\s]+)?")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([bkmgt]?)b?", re.IGNORECASE)  # docker-py: utils.parse_bytes
_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SMALLEST_SHM = 1 << 20  # bytes; below it somebody forgot the unit
_PORT = re.compile(r"(\d{1,5})(/(tcp|udp|sctp))?")  # VALID_PORT_PROTOCOLS
# docker/go-units, ulimit.go: the engine refuses other names
_ULIMITS = (
    *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio"),
    *("rttime", "sigpending", "stack"),
)


def docker_options(table: Table, machine: Machine) -> dict[str, object]:
    """The options as they go into the mounts file. Raises TaoshellError with file and line."""
    table.require_known(_READERS)
    return {key: _READERS[key](table, key, machine) for key in table.values}


def identity(table: Table, machine: Machine) -> dict[str, str]:
    """The variables that a container needs beside `user`; none for a root by name, whom every image knows.

    Without USER and LOGNAME, `getpass` fails in newer PyTorch images for a uid that the image does not know; without
    HOME it is /, where that uid may not write. HOME=/tmp as in NVIDIA's own cure (NVIDIA-TAO/tao-skill-bank#150).
    """
    user = table.string("user", "auto")
    if user is None:
        return {}
    uid = str(machine.uid) if user == "auto" else user.split(":")[0]
    if uid in ("0", "root") and user != "auto":
        return {}
    name = machine.user if uid == str(machine.uid) else uid
    return {"HOME": "/tmp", "USER": name, "LOGNAME": name}


def _user(table: Table, key: str, machine: Machine) -> object:
    value = table.string(key, "auto") or ""
    if value == "auto":
        return f"{machine.uid}:{machine.gid}"
    if not _USER.fullmatch(value):
        raise table.error(key, f"docker.user is {value!r}", 'write "auto", which is your uid:gid, or "UID:GID"')
    return value


def _ports(table: Table, key: str, _: Machine) -> object:
    """Ports of the container, each with the one or more of the host that lead to it."""
    example = "write ports = { \"8888/tcp\" = 8888 }: the container's port, then the host's"
    if not isinstance(table.values[key], Mapping):
        raise table.wrong_type(key, example)
    ports = table.table(key)
    for port, hosts in ports.values.items():
        match = _PORT.fullmatch(port)
        numbers = hosts if isinstance(hosts, list) and hosts else [hosts]
        if match is None or not all(map(_is_port, [int(match[1]), *numbers])):
            raise ports.error(port, f"docker.ports maps {port} to {hosts}, which are no ports", example)
    return dict(ports.values)


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536


def _shm_size(table: Table, key: str, _: Machine) -> object:
    value = table.values[key]
    match = _SIZE.fullmatch(str(value))
    if isinstance(value, (float, bool)) or match is None:
        raise table.error(key, f"docker.shm_size is {value!r}, which is no size", 'write it as "16G"')
    if float(match[1]) * _UNITS[match[2].lower()] < _SMALLEST_SHM:
        raise table.error(key, f"docker.shm_size is only {value} bytes", f'with a unit: "{match[1]}G"')
    return value


def _ulimits(table: Table, key: str, _: Machine) -> object:
    limits = table.table(key)
    for name, value in limits.values.items():
        if name not in _ULIMITS:
            raise limits.error(name, f'unknown limit "{name}"', suggestion(name, _ULIMITS))
        if not isinstance(value, int) or isinstance(value, bool) or value < -1:
            raise limits.error(name, f"the limit {name} is {value!r}", "write a whole number, or -1 for no limit")
    return dict(limits.values)


def _privileged(table: Table, key: str, _: Machine) -> object:
    if not isinstance(table.values[key], bool):
        raise table.wrong_type(key, "write privileged = true or false")
    return table.values[key]


def _network(table: Table, key: str, _: Machine) -> object:
    value = table.string(key, "host") or ""
    if not value or any(char.isspace() for char in value):
        raise table.error(key, f"docker.network is {value!r}", 'write a network\'s name, such as "host"')
    return value


def _tty(table: Table, key: str, _: Machine) -> object:
    if table.values[key] is not True:
        raise table.error(
            key, "docker.tty is not true: the container's bash would exit at once", "remove the line, or write true"
        )
    return True


_READERS = {
    "user": _user,
    "ports": _ports,
    "shm_size": _shm_size,
    "ulimits": _ulimits,
    "privileged": _privileged,
    "network": _network,
    "tty": _tty,
}
NAMES = tuple(_READERS)
