"""Every command that a message tells the user to run. tests/cures/test_cures.py follows each one to the letter."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from taoshell.errors import printable

# Words, a colon and the command, which ends the line. Values are quoted; {dir} is the project's folder, if needed.
CURES = {
    "no-project": "cd to a project, or make this folder one: taoshell init{dir}",
    "no-projects": "in the folder of one, run: taoshell init",
    "file-gone": "run: taoshell init{dir}",
    "unreadable": "run: chmod u+r {path}",
    "read-only": "if taoshell may change it, run: chmod u+w {path}",
    "symlink-out": "remove the symlink: rm {path}",
    "symlinked-gitignore": "put a file in its place: rm {path}",
    "missing-folders": "run: mkdir -p {folders}",
    "missing-folder-outside": "if that is right, run: mkdir -p {folder}",
    "after-a-change": "After a change, run: taoshell allow",
    "not-approved": "run: taoshell allow{dir}",
    "to-approve": "run: taoshell allow{dir}",
    "to-see-and-approve": "run: taoshell diff{dir}, then taoshell allow{dir}",
    "off": "run: taoshell on",
    "to-prune": "run: taoshell prune",
    # these are shown in the project's shells, and by the launcher that one of them starts
    "changed": "run: taoshell allow",
    "changed-and-wrong": "to see what is wrong: taoshell diff",
    "denied": "to load it again: taoshell allow",
    "launcher-refuses": "run: taoshell allow",
    "from-in-project": "to take it into this project: cd {folder} && taoshell adopt {path}",
    "quotes-for-docker": "for a file without quotes: taoshell export env-file{dir}",
    "no-key": "to set it: taoshell set KEY{dir}",
    "seen-by-all": "better: taoshell set {names}{dir}",
    "no-value-here": "run: taoshell set {name}{dir}",
    "new-name": "did you mean {near}? to set {name} all the same: taoshell set --new {settings}{dir}",
    "new-network": "to set it all the same: taoshell set --new {settings}{dir}",
    "unset-with-value": "write only the name: taoshell unset {names}{dir}",
    "not-set": "see: taoshell status{dir}",
    "container-path": "run: taoshell set {setting}{dir}",
    "secret-for-shell": "run: taoshell set {name}{dir}",
    "secret-for-container": "run: taoshell set {name}{dir} && taoshell set {reference}{dir}",
    "git-tracks-env": "to stop that: git -C {folder} rm --cached .env",
    "no-secret": "to set it: taoshell set {name}{dir}",
    "secret-not-exported": "to set it: taoshell set {name}{dir}",
    "place-stays": "to change that: taoshell unset {name}{dir}",
    "no-venv": "to make it: python3 -m venv {path} && taoshell allow{dir}",
    "no-conda": "to make it: conda create --yes --name {name} python=3.10 && taoshell allow{dir}",
    "no-mount": "to add a place for it: taoshell set {setting}{dir}",
    "not-at-its-path": "to mount what is missing: taoshell unset {names}{dir}",
    "root-writes": "to own them: taoshell set container.user=auto{dir}",
    "cannot-mount": "see the places: taoshell status{dir}",
    "released": "to give it to projects again: taoshell mounts take",
    "own-kept": "to get it back: taoshell mounts restore {name}",
    "own-moved": "if it is your own mapping: taoshell mounts restore {name}",
    "foreign-kept": "to use its mounts in a project: taoshell adopt {name}",
    "cell-wrote": "to use its mounts in this project: cd {folder} && taoshell adopt {path}",
    "no-backup": "to list them: taoshell mounts",
    "bad-backup": "name another one; to list the backups: taoshell mounts",
    "usage": "see: taoshell {words}",
    "lock-held": "wait for it, or end it: kill -9 {pid}",
    "lock-held-by-another": "find it: lslocks",
    "hook-not-installed": "run: taoshell install {shell}",
    "hook-not-loaded": "start a new shell: exec {shell}",
    "hook-unheard": 'to have it called again: eval "$(taoshell hook {shell})"',
    "hook-installed": "to load it in this one: exec {shell}",
    "hook-outdated": "to write it again: taoshell install {shell}",
    "config-writable": "run: chmod go-w {path}",
    "spec-wrong": "to see all that is wrong: taoshell try --spec {spec}{dir}",
    "places-wrong": "to see all places: taoshell try{dir}",
    "no-login": "run: {words}",
    "name-in-use": "to remove it and its log: taoshell stop --remove {name}",
    "detached": "to follow it: taoshell logs --follow {name}",
    "see-jobs": "to see their names: taoshell jobs",
    "no-dashes": "run: taoshell exec {words}",
    "hook-needed": 'run: eval "$(taoshell hook)"',
    "clone-incomplete": "run: git -C {clone} checkout -- shell",
    "program-of-pipx": "to remove the program: pipx uninstall taoshell",
    "program-of-uv": "to remove the program: uv tool uninstall taoshell",
    "program-of-install": "to remove the program: rm -r {environment} {link} {pages}",
    "program-of-pip": "to remove the program: {python} -m pip uninstall taoshell",
}


def cure(name: str, /, *, root: str = "", **values: str | Sequence[str]) -> str:
    """Return the cure `name` with its values.

    The command names the project in `root`, unless commands find that from the current folder.
    """
    words = {key: [value] if isinstance(value, str) else value for key, value in values.items()}
    quoted = {key: " ".join(map(_quoted, value)) for key, value in words.items()}
    folder = f" {_quoted(root)}" if root else ""
    return CURES[name].format(**quoted, dir="" if _is_here(root) else folder)


def step(cure: str) -> str:
    """Return a cure as the step that follows `next:`; a question is none."""
    return cure if cure.startswith("did you mean ") else f"next: {cure.removeprefix('run: ')}"


def _quoted(text: str) -> str:
    """Return `text` as one word for a shell, without any character that a terminal would not show."""
    if text == printable(text):
        return shlex.quote(text)
    octal = (chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03o}" for byte in os.fsencode(text))
    return f"\"$(printf '{''.join(octal)}')\""


def project_around(folder: str) -> str | None:
    """Return the nearest folder with a `taoshell.toml`, at or above the real path `folder`; None if there is none."""
    while not os.path.lexists(os.path.join(folder, "taoshell.toml")):
        if folder == os.path.dirname(folder):
            return None
        folder = os.path.dirname(folder)
    return folder


def _is_here(root: str) -> bool:
    try:
        here = os.getcwd()
    except OSError:  # it was deleted
        return False
    return os.path.realpath(root) in (here, project_around(here))
