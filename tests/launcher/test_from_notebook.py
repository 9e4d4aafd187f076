"""NVIDIA's reader finds in a project that was read from a notebook the mounts that the notebook itself would write."""

from __future__ import annotations

import os
from pathlib import Path

from taoshell.actions.sources import machine
from taoshell.formats import mounts_file, recognise
from taoshell.formats.surroundings import Surroundings
from taoshell.project.build import build
from taoshell.project.model import Mapping, Project
from taoshell.project.mounts import to_container
from taoshell.text import dotenv, merge
from taoshell.text.setting import Texts
from tests.launcher import nvidia
from tests.notebooks.forms import FORMS


def made(name: str, folder: Path) -> tuple[Mapping, Project]:
    """Return what the form says, and the project that `init --from` makes of it in `folder`."""
    here, form = machine(), FORMS[name]
    around = Surroundings(
        str(folder), here.home, here.user, here.uid, here.gid, {"HOME": here.home}, real=os.path.realpath
    )
    text = form.text()
    for path in ("/big", "/s", "/data/kitti"):  # folders that this machine may not have
        text = text.replace(f"={path}", f"={folder}{path}").replace(f"'{path}", f"'{folder}{path}")
        text = text.replace(f'\\"source\\": \\"{path}', f'\\"source\\": \\"{folder}{path}')
    found = recognise.read(text, form.name, around, {})
    first = Texts(f'layout = "{found.layout or "classic"}"\n', "")
    texts = merge.first(first, found, str(folder), form.name, here).texts
    lines = dotenv.parse(texts.env, ".env").exported
    project = build(str(folder), texts.toml, f"{folder}/taoshell.toml", lines, here).require()
    for mount in (*found.mapping.mounts, *project.mapping.mounts):
        os.makedirs(os.path.expanduser(mount.source), exist_ok=True)
    return found.mapping, project


def test_the_mounts_are_the_notebooks(home: Path) -> None:
    files: list[Path] = []
    wanted: list[tuple[str, Mapping, Project]] = []
    for number, name in enumerate(FORMS):
        folder = home / str(number)
        folder.mkdir()
        mapping, project = made(name, folder)
        files.append(folder / "mounts.json")
        files[-1].write_text(mounts_file.written(project.mapping))
        wanted.append((name, mapping, project))
    readings = nvidia.read(*files, env={"HOME": str(home), "PATH": os.environ["PATH"]}, cwd=home)
    for (name, mapping, project), reading in zip(wanted, readings, strict=True):
        assert reading.error == "", name
        assert reading.mounts == {mount.source: mount.destination for mount in project.mapping.mounts}, name
        is_lost = mounts_file.losses(project.mapping, os.path.realpath)
        assert bool(is_lost) == (name == "one folder at two container paths")
        for mount in mapping.mounts:
            source = os.path.normpath(os.path.expanduser(mount.source))
            seen = to_container(source, project.mapping.mounts, os.path.realpath)
            assert is_lost or seen == os.path.normpath(mount.destination), name
