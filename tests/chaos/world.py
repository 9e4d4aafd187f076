"""The world of a run: a home with projects, shells with the real hook, and all texts that readers may get."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.shells.dialects import SHELLS
from tests.shells.projects import Home, Project
from tests.support.accounts import OWN, Account
from tests.support.clone import CLONE

KINDS = tuple(SHELLS)
VARIANTS = 3  # versions of each taoshell.toml, each with a different mapping
PROMPT = "<<%s:%s>>"  # the shell's pid and the exit status

# For each kind of shell: the line that starts it, and its start file.
_START = {
    "bash": "exec bash --noprofile --rcfile '{rc}' -i",
    "zsh": "ZDOTDIR='{folder}' exec zsh -d -i",
    "fish": "exec fish --no-config --private -i -C 'source \"{rc}\"'",
}
_RC = {
    "bash": "bind 'set enable-bracketed-paste off'\nPS1='<<'$$':$?>>'\n. '{hook}'\n",
    "zsh": "unset zle_bracketed_paste\nunsetopt prompt_sp prompt_cr\nPROMPT='<<'$$':%?>>'\n. '{hook}'\n",
    "fish": """set -g fish_greeting; set -g fish_autosuggestion_enabled 0
function fish_title; end
function fish_prompt; builtin printf '<<%s:%s>>' $fish_pid $status; end
source '{hook}'
""",
}


class World:
    """`code`: the repository whose `taoshell` and hooks are tested."""

    def __init__(self, folder: Path, projects: int, code: Path = CLONE) -> None:
        self.folder = folder
        self.home = Home(folder / "my home", code)
        self.account = Account(self.home.path)
        self.logs, self.scratch = folder / "logs", folder / "scratch"
        for made in (self.logs, self.scratch, folder / "start", folder / "texts"):
            made.mkdir()
        self.sites = [Site(self.home.project(f"p{number}"), self) for number in range(projects)]
        self.outside = [self.home.path, Path("/")]
        for kind in KINDS:
            self._install(kind)
        self.account.write_own()
        (folder / "texts/own").write_bytes(OWN)

    def _install(self, kind: str) -> None:
        """Write `in-KIND`, a command that starts a shell of that kind. `taoshell hook` runs only here, once."""
        SHELLS[kind].command()  # skips if this shell is not installed
        folder = self.folder / "start" / kind
        folder.mkdir()
        hook, rc = folder / "hook", folder / (".zshrc" if kind == "zsh" else "rc")
        hook.write_text(self.home.taoshell("hook", kind).stdout)
        rc.write_text(_RC[kind].format(hook=hook))
        start = self.home.path / ".bin" / f"in-{kind}"
        start.write_text("#!/bin/sh\n" + _START[kind].format(rc=rc, folder=folder) + "\n")
        start.chmod(0o755)

    def texts(self) -> list[Path]:
        """Write files with every text that taoshell or the user may have in force."""
        return sorted((self.folder / "texts").iterdir())

    def folders(self) -> list[Path]:
        """Return the folders that a shell can go to: inside and outside projects, also through symlinks."""
        return [
            *self.outside,
            *(folder for site in self.sites for folder in (site.root, site.root / "specs", site.link)),
        ]

    def site_of(self, folder: Path) -> Site | None:
        """Return the project that contains `folder`, which is a real path; None if there is none."""
        return next((site for site in self.sites if folder == site.root or site.root in folder.parents), None)

    @contextlib.contextmanager
    def moved(self) -> Iterator[World]:
        """Rename the home; yield the world with that home. Afterwards the home has its old name again.

        No shell may live in it. Folders outside the home stay.
        """
        old, new = self.home.path, self.folder / "another home"
        old.rename(new)
        try:
            there = copy.copy(self)
            there.home = self.home.at(new)
            there.account = Account(new)
            there.outside = [new, Path("/")]
            there.sites = [site.at(there.home) for site in self.sites]
            yield there
        finally:
            new.rename(old)

    def remove(self) -> None:
        shutil.rmtree(self.folder)


class Site:
    """A project with its current mapping and all its possible ones."""

    def __init__(self, project: Project, world: World) -> None:
        self.project = project
        self.root = project.root
        self.variant = 0
        self._toml = project.toml.read_text()
        self.link = world.home.path / f"link-{project.name}"
        self.link.symlink_to(self.root)
        self.texts: list[bytes] = []
        for variant in range(VARIANTS):
            self.edit(variant)
            self.texts.append(self.text())
            (world.folder / f"texts/ours-{project.name}-{variant}").write_bytes(self.text())
        (world.folder / f"texts/tombstone-{project.name}").write_bytes(self.tombstone)
        project.allow()
        assert Path(f"{project.kept}/mounts.json").read_bytes() == self.text(), "the mapping is not the expected one"

    def at(self, home: Home) -> Site:
        """Return this project in a home that was renamed."""
        there = copy.copy(self)
        there.project = Project(home, home.path / self.project.name)
        there.root = there.link = there.project.root  # the link still leads to the old path
        old, new = (os.fsencode(site.root) for site in (self, there))
        there.texts = [text.replace(old, new) for text in self.texts]
        return there

    def text(self) -> bytes:
        """The project's current mapping."""
        return _json({**self.project.mapping, "DockerOptions": {"shm_size": f"{self.variant + 1}G"}})

    @property
    def tombstone(self) -> bytes:
        return _json(self.project.tombstone)

    def edit(self, variant: int) -> None:
        """Write the file in place, as some editors do: a reader may find half a file."""
        self.variant = variant
        self.project.toml.write_text(f'{self._toml}\n[container]\nshm_size = "{variant + 1}G"\n')

    def edit_env(self, gpus: int) -> None:
        """Make a change that does not affect the mapping, but still needs an approval."""
        self.project.set("NUM_GPUS", str(gpus))


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=4) + "\n").encode()
