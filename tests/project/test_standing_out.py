"""What a user sees in red before approving a project."""

from __future__ import annotations

import pytest

from taoshell.project.standing_out import what_stands_out
from tests.support.definitions import ROOT, Disk, define, machine


def standing_out(toml: str = "", *, disk: Disk | None = None, uid: int = 1000, root: str = ROOT) -> list[str]:
    disk = disk or Disk()
    return what_stands_out(define(toml, disk=disk, uid=uid, root=root), machine(disk=disk, uid=uid))


def of_place(host: str, disk: Disk | None = None, *, root: str = ROOT) -> str:
    """Return the line about a place at `host`; "" if it does not stand out."""
    found = standing_out(f'[places]\nextra = {{ host = "{host}", container = "/extra" }}', disk=disk, root=root)
    assert len(found) < 2
    return found[0] if found else ""


def test_nothing_stands_out_in_a_usual_project() -> None:
    toml = """
    [places]
    data = "~/kitti"
    [env]
    CUDA_VISIBLE_DEVICES = "0"
    [container]
    user = "auto"
    shm_size = "16G"
    ports = { 8888 = 8888 }
    network = "bridge"
    privileged = false
    [container.env]
    PYTHONUNBUFFERED = "1"
    WANDB_MODE = "offline"
    """
    assert standing_out(toml) == []
    assert standing_out("") == []


OPTIONS = {
    "privileged = true": "privileged: the container may do anything on this machine",
    'network = "host"': 'network = "host": the container uses the network of this machine',
    'network = "container:web"': 'network = "container:web": the container uses the network of another container',
    'user = "0"': 'user = "0": the container runs as root',
    'user = "0:0"': 'user = "0:0": the container runs as root',
    'user = "00:1000"': 'user = "00:1000": the container runs as root',
    'user = "root"': 'user = "root": the container runs as root',
    'user = "root:users"': 'user = "root:users": the container runs as root',
    'user = "1000:0"': None,
    'user = "10"': None,
}


@pytest.mark.parametrize(("option", "line"), OPTIONS.items(), ids=OPTIONS)
def test_options(option: str, line: str | None) -> None:
    assert standing_out(f"[container]\n{option}") == ([line] if line else [])


def test_the_own_user_of_root_is_root() -> None:
    disk = Disk(owners={ROOT: 0, f"{ROOT}/taoshell.toml": 0})
    assert standing_out('[container]\nuser = "auto"', uid=0, disk=disk) == [
        'user = "0:100": the container runs as root'
    ]


LINKS = {"/var/run": "/run", "/nfs": "/mnt/nfs"}
OWNERS = {"/srv/kitti": 0, "/srv/bob": 1001, "/home/bob/kitti": 1001, "/home/ann/kitti/borrowed": 1001, "/etc": 0}
SOCKET = "which leads to the container engine's socket: the container may do anything on this machine"

PLACES = {
    "/run/docker.sock": f"/run/docker.sock, {SOCKET}",
    "/var/run/docker.sock": f"/run/docker.sock, {SOCKET}",
    "/run": f"/run, {SOCKET}",
    "/var/run": f"/run, {SOCKET}",
    "/run/user": f"/run/user, {SOCKET}",
    "/run/podman": f"/run/podman, {SOCKET}",
    "/run/containerd/containerd.sock": f"/run/containerd/containerd.sock, {SOCKET}",
    "/run/user/1000/podman": f"/run/user/1000/podman, {SOCKET}",
    "/etc": "/etc, a folder of the system",
    "/etc/ssl": "/etc/ssl, a folder of the system",
    "/proc": "/proc, a folder of the system",
    "/root/x": "/root/x, a folder of the system",
    "/var": "/var, a folder of the system",
    "~": "/home/ann, your home",
    "/home": "/home, which contains your home",
    "~/.ssh": "/home/ann/.ssh, in a hidden folder of your home",
    "~/.local/state/taoshell": "/home/ann/.local/state/taoshell, in a hidden folder of your home",
    "/home/bob/kitti": "/home/bob/kitti, in the home of another user",
    "/srv/kitti": "/srv/kitti, which belongs to root",
    "/srv/bob": "/srv/bob, which belongs to another user",
    "~/kitti/borrowed": "/home/ann/kitti/borrowed, which belongs to another user",
    "~/kitti": None,
    "~/cars2": None,
    "/srv/ann": None,
    "/nfs/ann": None,
    "/etcetera": None,
    "/data": None,
    "sub/.hidden": None,
}


@pytest.mark.parametrize(("host", "line"), PLACES.items(), ids=PLACES)
def test_places(host: str, line: str | None) -> None:
    expected = f"extra mounts {line}" if line else ""
    assert of_place(host, Disk(LINKS, owners=OWNERS)) == expected


def test_a_folder_around_the_project() -> None:
    root = "/home/ann/work/a/cars"
    for host in ("/home/ann/work/a", "/home/ann/work", "../..", ".."):
        assert of_place(host, root=root).endswith(", which contains more than the project")
    assert of_place("/home/ann/work/b", root=root) == ""


def test_a_place_that_is_missing_belongs_to_nobody() -> None:
    assert of_place("/srv/kitti", Disk(missing=frozenset({"/srv/kitti"}), owners=OWNERS)) == ""


def test_a_project_in_a_hidden_folder_has_its_own_places_there() -> None:
    assert of_place("more", root="/home/ann/.work/cars") == ""
    assert of_place("~/.work/other", root="/home/ann/.work/cars") != ""


@pytest.mark.parametrize(
    ("target", "line"),
    [
        ("/home/ann/kitti", "/home/ann/kitti, through a symlink in the project"),
        ("/etc", "/etc, a folder of the system, through a symlink in the project"),
        ("../../bob/kitti", "/home/bob/kitti, in the home of another user, through a symlink in the project"),
        ("/var/run/docker.sock", f"/run/docker.sock, {SOCKET}, through a symlink in the project"),
        ("data2", None),
    ],
)
def test_a_symlink_in_the_project_that_leads_out_of_it(target: str, line: str | None) -> None:
    disk = Disk({**LINKS, f"{ROOT}/in": target}, owners=OWNERS)
    assert of_place("in", disk) == (f"extra mounts {line}" if line else "")


def test_a_project_behind_a_symlink_does_not_lead_out_of_itself() -> None:
    disk = Disk({"/home/ann/cars": "/mnt/disk/cars"})
    assert of_place("more", disk) == ""


def test_a_strangers_symlink_outside_the_project() -> None:
    disk = Disk({"/srv/kitti": "/data/kitti"}, owners={"/srv/kitti": 1001})
    assert of_place("/srv/kitti", disk) == (
        "/srv/kitti → /data/kitti: this symlink belongs to another user, who can change it"
    )
    assert of_place("/srv/kitti", Disk({"/srv/kitti": "/data/kitti"}, owners={"/srv/kitti": 0})) == ""


@pytest.mark.parametrize("name", ["LD_PRELOAD", "PATH", "PYTHONSTARTUP", "PYTHONPATH", "BASH_ENV", "ENV", "PERL5OPT"])
def test_a_variable_that_loads_code_in_the_container(name: str) -> None:
    found = standing_out(f'[container]\nuser = "auto"\n[container.env]\n{name} = "x"')
    assert found == [f"{name} in the container decides which code programs run there"]


def test_a_proxy_is_told_once() -> None:
    toml = '[env]\nhttps_proxy = "http://x"\n[container.env]\nhttps_proxy = "http://x"\nSSL_CERT_FILE = "/x"'
    assert standing_out(toml) == [
        f"{name} decides where programs connect, or whom they trust" for name in ("https_proxy", "SSL_CERT_FILE")
    ]


@pytest.mark.parametrize(
    ("owners", "line"),
    [
        ({f"{ROOT}/taoshell.toml": 1001}, f"{ROOT}/taoshell.toml belongs to uid 1001, not to you"),
        ({f"{ROOT}/taoshell.toml": 0}, f"{ROOT}/taoshell.toml belongs to root, not to you"),
        ({ROOT: 1001}, f"{ROOT} belongs to uid 1001, not to you"),
        ({ROOT: 1001, f"{ROOT}/taoshell.toml": 1001}, f"{ROOT}/taoshell.toml belongs to uid 1001, not to you"),
        ({ROOT: 0}, None),  # as /tmp is
    ],
)
def test_a_project_of_another_user(owners: dict[str, int], line: str | None) -> None:
    found = [said for said in standing_out(disk=Disk(owners=owners)) if "belongs to" in said and "mounts" not in said]
    assert found == ([line] if line else [])


def test_programs_that_come_with_the_project() -> None:
    line = "programs in {} are found before all others; an approval does not cover what they are"
    venv = "[python]\nvenv = '.venv'"
    assert standing_out(venv) == [line.format(f"{ROOT}/.venv/bin")]
    led = Disk({f"{ROOT}/.venv": "/opt/tao"})
    assert standing_out(venv, disk=led) == [line.format(f"{ROOT}/.venv/bin (→ /opt/tao/bin)")]
    assert standing_out("[python]\nconda = 'launcher'", disk=Disk(conda={"launcher": "/opt/c"})) == []
    gone = Disk(missing=frozenset({f"{ROOT}/.venv/bin/python"}))  # it may come later, without a new approval
    assert standing_out(venv, disk=gone) == [line.format(f"{ROOT}/.venv/bin")]
