"""Paths that TAO's launcher or Docker would misread: each error has file, line number, cause and cure."""

from __future__ import annotations

import pytest

from taoshell.errors import TaoshellError
from tests.support.definitions import ROOT, TOML, Disk, define

LINKS = {
    "/bin": "/usr/bin",
    f"{ROOT}/link": "specs",
    f"{ROOT}/odd": "/mnt/a:b",
    f"{ROOT}/round": "round",
    "/mnt/loud": "/mnt/\udcff",
}
FIRST = 'network = "detectnet_v2"\n[places]\n'

# The text of [places], and the message. The last line has the problem.
REFUSED = {
    # paths of the host
    "FIXME": ("data = 'FIXME'", "FIXME is a placeholder; write your own path"),
    "FIXME within": ("data = '/data/FIXME/x'", "/data/FIXME/x is a placeholder"),
    "the sample path": ("data.host = '/path/to/local/data'", "/path/to/local/data is a placeholder"),
    "an empty path": ("data = ''", "the path is empty; write a path, or remove the line"),
    "a variable": (
        "data = '$HOME/data'",
        "$HOME/data contains a variable or a command, which taoshell does not expand; write",
    ),
    "another user's home": (
        "data = '~bob/data'",
        "~bob/data begins with another user's home, which taoshell does not look up",
    ),
    "a colon": ("data = 'a:b'", f"Docker cannot mount {ROOT}/a:b, as it contains ':'; rename the folder, or use"),
    "a colon behind a symlink": ("data = 'odd'", "Docker cannot mount /mnt/a:b, as it contains ':'"),
    "a newline": (
        'data = "a\\nb"',
        f"the host path {ROOT}/a\\nb contains a line break or a NUL character; rename the folder",
    ),
    "a path that each process resolves for itself": (
        'data = "/proc/self/cwd"',
        "/proc/self/cwd leads through /proc or /dev/fd, where each process finds something else; write the path",
    ),
    "a NUL": ('data = "a\\u0000b"', f"the host path {ROOT}/a\\x00b contains a line break or a NUL character"),
    "not UTF-8": ("data = '/mnt/loud'", "the host path /mnt/\\xff is not UTF-8, as a mounts file must be; rename"),
    "the whole machine": ("data = '/'", "the host path / is the whole machine; use a folder"),
    # paths in the container
    "a relative destination": ("data.container = 'w/a'", "the container path w/a is relative, so the launcher would"),
    "~ in a destination": ("data.container = '~/a'", "the container path ~/a contains '~'; use a path without it"),
    ": in a destination": ("data.container = '/a:b'", "the container path /a:b contains ':'; use"),
    "a newline in a destination": ('data.container = "/a\\nb"', "the container path /a\\nb contains '\\n'"),
    "$ in a destination": (
        "data.container = '/$X'",
        "/$X contains a variable or a command, which",
    ),
    "a placeholder as destination": ("data.container = '/path/to/a'", "/path/to/a is a placeholder"),
    "the container's root": ("data.container = '/'", "the container path / would hide the whole container; use"),
    "a slash at the end": ("data.container = '/a/'", "the container path /a/ is not in its shortest form; write /a"),
    ".. in a destination": ("data.container = '/a/../b'", "is not in its shortest form; write /b"),
    "an empty destination": ("data.container = ''", "the path is empty; write a path, or remove the line"),
    "a symlink of the host": (
        "data = { host = '/d', container = '/bin/x' }",
        "this machine has a symlink on the container path /bin/x, so the launcher would mount at /usr/bin/x; use a",
    ),
    "one destination twice": (
        "data = { host = '/d', container = '/workspace/tao-experiments/detectnet_v2/specs' }",
        'places "data" and "specs" have the same container path, /workspace/tao-experiments/detectnet_v2/specs; give',
    ),
    # places of one's own
    "a place misspelt": (
        "dat = 'x'",
        'place "dat" needs a container path, as the layout has no such place; did you mean "data"? write dat = { host',
    ),
    "a place without a container path": (
        "models = '/m'",
        'place "models" needs a container path, as the layout has no such place; write models',
    ),
    "a place without a host path": ("m = { container = '/m' }", 'place "m" has no host path; add host = "…"'),
    "a place with an odd name": ("'a b' = { host = '/m', container = '/m' }", "'a b' is not a valid name for a place"),
    "a name that the layout gives already": (
        "[places.data]\nhost_variable = 'LOCAL_DATA_DIR'",
        'LOCAL_DATA_DIR cannot name a path: place "data" already has it; use another name, or remove this one',
    ),
    "one name twice": (
        "[places.data]\nhost_variable = ['D', 'D']",
        'D cannot name a path: place "data" already has it',
    ),
    "a name that is a number": (
        "[places.data]\nhost_variable = ['D', 1]",
        'places.data.host_variable is a list; write one name or several, such as host_variable = ["A_DIR", "B_DIR"]',
    ),
    "GPU_IDS as a path": ("data = { container_variable = 'GPU_IDS' }", "GPU_IDS cannot name a path: every TAO project"),
    "another mode": (
        "data = { mode = 'r' }",
        'places.data.mode is \'r\'; write "rw" (read and write) or "ro" (read only)',
    ),
    "a mode as true": ("data = { mode = true }", "places.data.mode is true or false; write text in quotes"),
    "a mode without a mount": (
        "data = { mount = false, mode = 'ro' }",
        'place "data" has no mount, so it cannot have a mode; remove mode, or mount = false',
    ),
    "mount as text": ("data = { mount = 'no' }", "places.data.mount is text; write mount = false or true"),
    "a refused variable": (
        "[places.m]\nhost = '/m'\ncontainer = '/m'\nhost_variable = 'LD_PRELOAD'",
        "LD_PRELOAD cannot name a path: it decides which code programs load; use another name",
    ),
    "a variable of another place": (
        "[places.m]\nhost = '/m'\ncontainer = '/m'\ncontainer_variable = 'SPECS_DIR'",
        'SPECS_DIR cannot name a path: place "specs" already has it; use another name',
    ),
    "both sides by one name": (
        "[places.m]\nhost = '/m'\ncontainer = '/m'\nhost_variable = 'M'\ncontainer_variable = 'M'",
        'M cannot name a path: place "m" already has it',
    ),
    "a symlink to itself": ("data = 'round'", f"the symlinks on the way to {ROOT}/round lead in a circle; correct one"),
    "a secret as a path": (
        "m = { host = '/m', container = '/m', host_variable = 'DATA_KEY' }",
        "DATA_KEY cannot name a path: such a name is a secret's, and its value is never shown; use another",
    ),
    "KEY as a path": (
        "m = { host = '/m', container = '/m', host_variable = 'KEY' }",
        "KEY cannot name a path: every TAO project uses it for something else",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    toml, words = REFUSED[case]
    with pytest.raises(TaoshellError) as error:
        define(toml, first=FIRST, disk=Disk(LINKS))
    said = str(error.value)
    assert said.startswith(f"{TOML}:{len((FIRST + toml).splitlines())}: ")
    assert words in said
    assert said.isprintable()
    assert error.value.cure


@pytest.mark.parametrize("root", ["/srv/a:b", "/srv/a\nb", "/srv/\udcff"])
def test_a_root_that_docker_cannot_mount(root: str) -> None:
    with pytest.raises(TaoshellError):
        define(root=root)
