"""What stands out in a project: what a user should see in red before approving it. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterator

from taoshell.project.machine import Machine
from taoshell.project.model import Mount, Project
from taoshell.project.mounts import below
from taoshell.project.names import refused_reason

_SOCKETS = (
    *("/run/docker.sock", "/var/run/docker.sock", "/run/podman/podman.sock", "/run/crio/crio.sock"),
    *("/run/containerd/containerd.sock", "/run/cri-dockerd.sock", "/run/user/{uid}/docker.sock"),
    "/run/user/{uid}/podman/podman.sock",
)
_SYSTEM = ["/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr", "/var"]
_LOADING = {refused_reason(name) for name in ("LD_PRELOAD", "PATH")}  # whoever sets these chooses what runs
_SHELL_START = ("BASH_ENV", "ENV", "ZDOTDIR")
# Common in containers, and refused for the shell only because of how they begin.
_HARMLESS = (
    *("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUTF8"),
    *("PYTHONFAULTHANDLER", "XDG_CACHE_HOME", "LESS"),
)
_ADDRESSES = ("_BASE_URL", "_API_URL", "_ENDPOINT", "_ENDPOINT_URL", "_PROXY")  # WANDB_BASE_URL gets WANDB_API_KEY
_CONNECTIONS = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    *("CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY"),
)


def what_stands_out(project: Project, machine: Machine) -> list[str]:
    """Return a line for each thing that gives a container, or somebody else, more than a training needs."""
    return [
        *_owner(project, machine),
        *_options(project.mapping.options),
        *(line for mount in project.mapping.mounts for line in _mount(mount, project, machine)),
        *_strangers_links(project),
        *_python(project, machine),
        *_variables(project),
    ]


def _owner(project: Project, machine: Machine) -> Iterator[str]:
    """Say whose the project is, if it is not the user's own, such as a taoshell.toml in /tmp."""
    for path in (f"{project.root}/taoshell.toml", project.root):
        owner = machine.owner(path)
        if owner not in (None, machine.uid) and (owner != 0 or path != project.root):  # /tmp is root's
            yield f"{path} belongs to {'root' if owner == 0 else f'uid {owner}'}, not to you"
            return


def _options(options: dict[str, object]) -> Iterator[str]:
    if options.get("privileged"):
        yield "privileged: the container may do anything on this machine"
    for name, what in (("network", "network"), ("ipc", "shared memory")):
        value = str(options.get(name, ""))
        if value == "host":
            yield f'{name} = "host": the container uses the {what} of this machine'
        elif value.startswith("container:"):
            yield f'{name} = "{value}": the container uses the {what} of another container'
    user = options.get("user")
    # without the option, Docker's default is root too; a note of the project says so
    if isinstance(user, str) and user.split(":")[0].lstrip("+-0") in ("", "root"):
        yield f'user = "{user}": the container runs as root'


def _mount(mount: Mount, project: Project, machine: Machine) -> Iterator[str]:
    """Yield a line if the mount leads out of the project, to a folder that is not plainly the user's own data."""
    root, path = machine.real(project.root), machine.real(mount.source)
    if below(path, root) is not None:
        return
    is_inside = any(below(mount.source, folder) for folder in (project.root, root))
    reasons = [_reason(path, root, machine), "through a symlink in the project" if is_inside else ""]
    if any(reasons):
        names = (place.name for place in project.places if place.host == mount.source)
        yield f"{next(names, mount.destination)} mounts {', '.join(filter(None, [path, *reasons]))}"


def _reason(path: str, root: str, machine: Machine) -> str:
    """Return why a mount of the real path `path` outside the project stands out, to follow the path; "" if not."""
    home = machine.real(machine.home)
    sockets = (machine.real(socket.format(uid=machine.uid)) for socket in _SOCKETS)
    if any(below(socket, path) is not None for socket in sockets):
        return "which leads to the container engine's socket: the container may do anything on this machine"
    if path == home:
        return "your home"
    if below(home, path) is not None:
        return "which contains your home"
    if below(root, path) is not None:
        return "which contains more than the project"
    in_home = below(path, home)
    if in_home is not None and in_home.startswith("."):
        return "in a hidden folder of your home"
    if in_home is None and any(below(path, folder) is not None for folder in _SYSTEM):
        return "a folder of the system"
    owner = machine.owner(path)
    if in_home is None and (below(path, os.path.dirname(home)) or below(path, "/home")):
        return "in the home of another user" if owner != machine.uid else ""
    if owner in (None, machine.uid):
        return ""
    return "which belongs to root" if owner == 0 else "which belongs to another user"


def _strangers_links(project: Project) -> Iterator[str]:
    """Name the symlinks that another user can change. Outside the project, only theirs are among the steps."""
    for step in project.steps:
        if step.target is not None and below(step.path, project.root) is None:
            yield f"{step.path} → {step.target}: this symlink belongs to another user, who can change it"


def _python(project: Project, machine: Machine) -> Iterator[str]:
    """Say that programs run from a folder that comes with the project: their content is not approved."""
    folder = f"{project.python.venv}/bin" if project.python and project.python.venv else ""  # which may not exist yet
    if folder and below(folder, project.root) is not None:
        real = machine.real(folder)
        where = folder if real == folder else f"{folder} (→ {real})"
        yield f"programs in {where} are found before all others; an approval does not cover what they are"


def _variables(project: Project) -> Iterator[str]:
    for name in project.mapping.variables:
        loads = name in _SHELL_START or refused_reason(name) in _LOADING
        if loads and name not in _HARMLESS:
            yield f"{name} in the container decides which code programs run there"
    for name in {**project.variables, **project.mapping.variables}:
        if name.upper() in _CONNECTIONS or name.upper().endswith(_ADDRESSES):
            yield f"{name} decides where programs connect, or whom they trust"
