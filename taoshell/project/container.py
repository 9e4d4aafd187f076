"""[docker]: the launcher's DockerOptions.

Sources: `VALID_DOCKER_ARGS` and `start_container` of TAO's launcher 6.26.3, which gives the values to docker-py's
`containers.run`. taoshell refuses what docker-py would misread, because the file and the line are still known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from taoshell.project.machine import Machine
from taoshell.project.problems import Problems, Refused
from taoshell.project.toml import Table, suggestion

_USER = re.compile(r"[^:\s]+(:[^:\s]+)?")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([bkmgt]?)b?", re.IGNORECASE)  # docker-py: utils.parse_bytes
_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SMALLEST_SHM = 1 << 20  # bytes; a smaller number probably lacks its unit
_PORT = re.compile(r"(\d{1,5})(/(tcp|udp|sctp))?")  # VALID_PORT_PROTOCOLS
_PORTS = "write ports = { \"8888/tcp\" = 8888 }: the container's port, then the host's"
# docker/go-units, ulimit.go: the engine refuses other names
_ULIMITS = (
    *("core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio"),
    *("rttime", "sigpending", "stack"),
)


def docker_options(table: Table, machine: Machine, problems: Problems) -> dict[str, object]:
    """The options as the mounts file has them."""
    table.misspelt(NAMES, problems)
    options = {key: problems.read(_READERS[key], table, key, problems) for key in table.values if key in _READERS}
    if options.get("user") == "auto":
        options["user"] = f"{machine.uid}:{machine.gid}"
    return options


def identity(user: object, machine: Machine) -> dict[str, str]:
    """The variables that a container needs with the option `user`; none for a root by name, whom every image knows.

    Without USER and LOGNAME, `getpass` fails in newer PyTorch images if the image does not know the uid. Without HOME,
    the home is /, where that uid may not write. HOME=/tmp as in NVIDIA's own cure (NVIDIA-TAO/tao-skill-bank#150).
    """
    if not isinstance(user, str):
        return {}
    uid = str(machine.uid) if user == "auto" else user.split(":")[0]
    if uid in ("0", "root") and user != "auto":
        return {}
    name = machine.user if uid == str(machine.uid) else uid
    return {"HOME": "/tmp", "USER": name, "LOGNAME": name}


def _user(table: Table, key: str, _: Problems) -> object:
    value = table.string(key, "auto") or ""
    if not _USER.fullmatch(value):
        cure = 'write "auto", which is your uid:gid, or "UID:GID"'
        raise Refused("bad-docker-user", f"docker.user is {value!r}", cure, table.at(key))
    return value


def _ports(table: Table, key: str, problems: Problems) -> object:
    """Ports of the container, each with the host's port or ports that lead to it."""
    if not isinstance(table.values[key], Mapping):
        raise table.wrong_type(key, _PORTS)
    ports = table.table(key)
    for port, hosts in ports.values.items():
        match = _PORT.fullmatch(port)
        numbers = hosts if isinstance(hosts, list) and hosts else [hosts]
        if match is None or not all(map(_is_port, [int(match[1]), *numbers])):
            cause = f"docker.ports maps {port} to {hosts!r}, which are not port numbers"
            problems.add("bad-port", cause, _PORTS, ports.at(port))
    return dict(ports.values)


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536


def _shm_size(table: Table, key: str, _: Problems) -> object:
    value = table.values[key]
    match = _SIZE.fullmatch(str(value))
    if isinstance(value, (float, bool)) or match is None:
        cause = f"docker.shm_size is {value!r}, which is not a size"
        raise Refused("bad-size", cause, 'write it as "16G"', table.at(key))
    if float(match[1]) * _UNITS[match[2].lower()] < _SMALLEST_SHM:
        cause = f"docker.shm_size is only {value} bytes"
        raise Refused("size-without-unit", cause, f'add a unit: "{match[1]}G"', table.at(key))
    return value


def _ulimits(table: Table, key: str, problems: Problems) -> object:
    limits = table.table(key)
    for name, value in limits.values.items():
        if name not in _ULIMITS:
            problems.add("unknown-limit", f'unknown limit "{name}"', suggestion(name, _ULIMITS), limits.at(name))
        elif not isinstance(value, int) or isinstance(value, bool) or value < -1:
            cure = "write a whole number, or -1 for no limit"
            problems.add("bad-limit", f"the limit {name} is {value!r}", cure, limits.at(name))
    return dict(limits.values)


def _privileged(table: Table, key: str, _: Problems) -> object:
    if not isinstance(table.values[key], bool):
        raise table.wrong_type(key, "write privileged = true or false")
    return table.values[key]


def _network(table: Table, key: str, _: Problems) -> object:
    value = table.string(key, "host") or ""
    if not value or any(char.isspace() for char in value):
        cure = 'write the name of a network, such as "host"'
        raise Refused("bad-docker-network", f"docker.network is {value!r}", cure, table.at(key))
    return value


def _tty(table: Table, key: str, _: Problems) -> object:
    if table.values[key] is not True:
        cause = "docker.tty is not true, so the container's bash would exit at once"
        raise Refused("tty-not-true", cause, "remove the line, or write true", table.at(key))
    return True


_READERS: dict[str, Callable[[Table, str, Problems], object]] = {
    "user": _user,
    "ports": _ports,
    "shm_size": _shm_size,
    "ulimits": _ulimits,
    "privileged": _privileged,
    "network": _network,
    "tty": _tty,
}
NAMES = tuple(_READERS)
