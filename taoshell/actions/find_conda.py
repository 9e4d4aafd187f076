"""Find a conda environment by its name where conda itself would, without running conda.

Conda looks into the folders of CONDA_ENVS_PATH and of `envs_dirs` in ~/.condarc, into `envs` of its own folder, and
into ~/.conda/envs. In ~/.conda/environments.txt it lists every environment that it made.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from taoshell.state.paths import home_of

_USUAL = ("miniconda3", "anaconda3", "miniforge3")  # the folders that the installers propose
_ENVS_DIRS = re.compile(
    r"^envs_(?:dirs|path)[ \t]*:[ \t]*(\[[^]]*\]|(?:#.*)?\n(?:[ \t]*(?:-.*|#.*)?\n)*)", re.MULTILINE
)
_BASE = "base"  # the environment of conda's own folder


def environment(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the folder of the environment `name`, or None if there is none."""
    return next((prefix for prefix in _candidates(name, environ) if _is_environment(prefix)), None)


def _candidates(name: str, environ: Mapping[str, str]) -> Iterator[str]:
    home = home_of(environ)
    roots = [*_roots(environ), *(os.path.join(home, folder) for folder in _USUAL)]
    if name == _BASE:
        yield from roots
        return
    folders = [*_listed(environ), *(os.path.join(root, "envs") for root in roots), os.path.join(home, ".conda", "envs")]
    yield from (os.path.join(folder, name) for folder in folders)
    for line in _text(os.path.join(home, ".conda", "environments.txt")).splitlines():
        if os.path.basename(line) == name:
            yield line


def _is_environment(path: str) -> bool:
    """Whether there is an environment at `path`, and PATH can hold it: nothing escapes a colon there."""
    return os.path.isabs(path) and ":" not in path and os.path.isfile(os.path.join(path, "conda-meta", "history"))


def _roots(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the folders of the conda that this user runs."""
    program = environ.get("CONDA_EXE", "")
    if program:  # …/bin/conda
        yield os.path.dirname(os.path.dirname(program))
    yield from (environ[name] for name in ("CONDA_ROOT", "MAMBA_ROOT_PREFIX") if environ.get(name))


def _listed(environ: Mapping[str, str]) -> list[str]:
    """Return the folders of environments that the user has listed."""
    home = home_of(environ)
    given = [*environ.get("CONDA_ENVS_PATH", "").split(":"), *environ.get("CONDA_ENVS_DIRS", "").split(":")]
    given += _envs_dirs(_text(os.path.join(home, ".condarc")))
    return [home + folder[1:] if folder.startswith("~/") else folder for folder in given if folder]


def _envs_dirs(condarc: str) -> list[str]:
    """Return `envs_dirs` of a .condarc: a YAML list in one of its two forms, of plain or quoted texts.

    >>> _envs_dirs("envs_dirs: [/a, '/b c']")
    ['/a', '/b c']
    >>> _envs_dirs("envs_dirs:  # mine\\n  - ~/a\\n  - /b # too\\nchannels:\\n  - x")
    ['~/a', '/b']
    """
    found = _ENVS_DIRS.search(f"{condarc}\n")
    if found is None:
        return []
    value = found[1]
    items = value[1:-1].split(",") if value.startswith("[") else re.findall(r"^[ \t]*-[ \t]+(.*)$", value, re.MULTILINE)
    return [re.sub(r"[ \t]+#.*", "", item).strip().strip("'\"") for item in items]


def _text(path: str) -> str:
    """Return the text of a file of conda's; "" if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
