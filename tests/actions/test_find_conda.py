"""Conda's environments are found by name where conda looks, in its order, and nothing is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from taoshell.actions.find_conda import environment


def make(prefix: Path) -> Path:
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta/history").touch()
    return prefix


@pytest.mark.parametrize(
    ("where", "environ"),
    [
        ("opt/conda/envs/tao", {"CONDA_EXE": "{home}/opt/conda/bin/conda"}),
        ("root/envs/tao", {"CONDA_ROOT": "{home}/root"}),
        ("mamba/envs/tao", {"MAMBA_ROOT_PREFIX": "{home}/mamba"}),
        ("shared/tao", {"CONDA_ENVS_PATH": "/none:{home}/shared"}),
        ("shared/tao", {"CONDA_ENVS_DIRS": "{home}/shared"}),
        ("miniconda3/envs/tao", {}),
        ("anaconda3/envs/tao", {}),
        ("miniforge3/envs/tao", {}),
        (".conda/envs/tao", {}),
        ("listed/a/tao", {"environments.txt": "/x/other\n{home}/listed/a/tao\n"}),
        ("rc/tao", {".condarc": "channels:\n  - x\nenvs_dirs:\n  - ~/rc\n"}),
        ("rc/tao", {".condarc": "envs_dirs: ['/none', \"{home}/rc\"]"}),
    ],
)
def test_each_place(home: Path, where: str, environ: dict[str, str]) -> None:
    made = make(home / where)
    values = {name: value.replace("{home}", str(home)) for name, value in environ.items()}
    (home / ".conda").mkdir(exist_ok=True)
    for name, path in (("environments.txt", home / ".conda/environments.txt"), (".condarc", home / ".condarc")):
        if name in values:
            path.write_text(values.pop(name))
    values["HOME"] = str(home)
    assert environment("tao", values) == str(made)
    assert environment("other", values) is None


def test_the_first_place_counts_and_a_folder_alone_is_none(home: Path) -> None:
    make(home / ".conda/envs/tao")
    first = home / "miniconda3/envs/tao"
    first.mkdir(parents=True)
    environ = {"HOME": str(home), "CONDA_EXE": f"{home}/miniconda3/bin/conda"}
    assert environment("tao", environ) == f"{home}/.conda/envs/tao"
    make(first)
    assert environment("tao", environ) == str(first)


def test_base_is_conda_itself(home: Path) -> None:
    assert environment("base", {"HOME": str(home)}) is None
    assert environment("base", {"HOME": str(home), "CONDA_ROOT": str(make(home / "c"))}) == str(home / "c")


def test_what_path_cannot_hold_is_not_found(home: Path) -> None:
    make(home / "a:b/envs/tao")
    assert environment("tao", {"HOME": str(home), "CONDA_ROOT": f"{home}/a:b"}) is None


@pytest.mark.parametrize("text", ["envs_dirs", "envs_dirs: [", "envs_dirs:\n-", "envs_dirs: {}", "\udcff", "- " * 99])
def test_a_condarc_that_says_nothing(home: Path, text: str) -> None:
    (home / ".condarc").write_text(text, errors="surrogateescape")
    assert environment("tao", {"HOME": str(home)}) is None
