"""taoshell is complete and works the same, whether installed from a wheel, from a wheel of the sdist, or editable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from taoshell import __version__
from tests.support.clone import CLONE
from tests.support.needs import need
from tests.support.pythons import SUPPORTED, python

INSTALLATIONS = ["wheel", "wheel from the sdist", "editable"]
SHELLS = ["bash", "zsh"]


def run(*command: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run `command` in an environment without a path to this repository and without the present shell's project."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TAOSHELL", "XDG"))}
    return subprocess.run(
        list(map(str, command)), env={**env, **changes}, cwd="/", capture_output=True, text=True, check=False
    )


def must(*command: str | Path) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def python_module(name: str) -> list[str]:
    """Return the first words of a command that runs the module `name`."""
    need_module(name)
    return [sys.executable, "-m", name]


def need_module(name: str) -> None:
    need(sys.executable if find_spec(name) else None, f"Python's {name}")


# -- built, without a network ----------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The results of `build`: "wheel" from the repository, "sdist", and "wheel from the sdist"."""
    need_module("hatchling")
    build = [*python_module("build"), "--no-isolation"]
    direct, through_sdist = tmp_path_factory.mktemp("direct"), tmp_path_factory.mktemp("through-sdist")
    must(*build, "--wheel", "--outdir", direct, CLONE)
    must(*build, "--outdir", through_sdist, CLONE)
    (wheel,) = direct.glob("*.whl")
    (sdist,) = through_sdist.glob("*.tar.gz")
    (second,) = through_sdist.glob("*.whl")
    return {"wheel": wheel, "sdist": sdist, "wheel from the sdist": second}


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files_of(folder: str, *patterns: str) -> dict[str, bytes]:
    found = {path for pattern in patterns for path in (CLONE / folder).rglob(pattern) if path.is_file()}
    assert found
    return {str(path.relative_to(CLONE / folder)): path.read_bytes() for path in found}


def test_the_wheel_holds_the_package_its_scripts_and_man_pages_and_nothing_else(built: dict[str, Path]) -> None:
    wheel = f"taoshell-{__version__}"
    shared = f"{wheel}.data/data/share/man"
    expected = {
        **{f"taoshell/{name}": data for name, data in files_of("taoshell", "*.py", "*.txt", "py.typed").items()},
        **{f"taoshell/_shell/{name}": data for name, data in files_of("shell", "*").items()},
        **{f"{shared}/man{name[-1]}/{name}": data for name, data in files_of("man", "*").items()},
        f"{wheel}.dist-info/licenses/LICENSE": (CLONE / "LICENSE").read_bytes(),
    }
    inside = contents(built["wheel"])
    assert "taoshell/py.typed" in inside
    described = {name: inside.pop(f"{wheel}.dist-info/{name}") for name in ("METADATA", "WHEEL", "RECORD")}
    assert b"taoshell = taoshell.__main__:main" in inside.pop(f"{wheel}.dist-info/entry_points.txt")
    assert inside == expected
    assert all(described.values())


def test_the_index_would_take_both(built: dict[str, Path]) -> None:
    files = {str(built["wheel"]), str(built["sdist"])}
    must(*python_module("twine"), "check", "--strict", *files)


def test_the_sdist_holds_what_builds_and_tests_it(built: dict[str, Path]) -> None:
    with tarfile.open(built["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"hatch_build.py", "SECURITY.md", "pages/all.py", "man/taoshell.1", "tests/conftest.py"} <= names
    assert not {name for name in names if name.startswith((".venv", ".cache", "dist", "build"))}


def test_the_sdist_makes_the_same_wheel(built: dict[str, Path]) -> None:
    assert contents(built["wheel from the sdist"]) == contents(built["wheel"])


# -- installed ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A fresh virtual environment for each way to install taoshell."""
    need_module("pip")
    environments = {}
    for way in INSTALLATIONS:
        # The hook contains this path, so it has a space.
        folder = tmp_path_factory.mktemp(way.replace(" ", "-")) / "an environment"
        must(*python_module("venv"), "--without-pip", folder)
        # Use the dependencies of the running environment, last on the path: no other taoshell must come first.
        (packages,) = folder.glob("lib/python*/site-packages")
        ours = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
        (packages / "zz-dependencies.pth").write_text("\n".join(ours))
        what: list[str | Path] = ["--no-build-isolation", "--editable", CLONE] if way == "editable" else [built[way]]
        options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
        must(folder / "bin" / "python", "-m", "pip", "install", *options, *what)
        environments[way] = folder
    return environments


@pytest.mark.parametrize("way", INSTALLATIONS)
def test_man_finds_its_pages(installed: dict[str, Path], way: str) -> None:
    """An active virtual environment is first on PATH. pipx links the pages from there."""
    man = need(shutil.which("man"), "man")
    environment = installed[way]
    path = f"{environment / 'bin'}:{os.defpath}"
    for name in ("taoshell", "taoshell.toml"):
        found = run(man, "--where", name, PATH=path).stdout
        assert found.startswith(str(environment)), found


@pytest.mark.slow
def test_man_finds_them_after_a_pipx_install(built: dict[str, Path], tmp_path: Path) -> None:
    man, pipx = need(shutil.which("man"), "man"), python_module("pipx")
    local = tmp_path / ".local"
    places = {"PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin", "PIPX_MAN_DIR": "share/man"}  # where they are in a home
    changes = {name: str(local / place) for name, place in places.items()}
    done = run(*pipx, "install", "--python", sys.executable, built["wheel"], HOME=str(tmp_path), **changes)
    assert done.returncode == 0, done.stderr
    path = f"{local / 'bin'}:{os.defpath}"
    for name in ("taoshell", "taoshell.toml"):
        shown = run(man, name, HOME=str(tmp_path), PATH=path)
        assert f"{name} - " in " ".join(shown.stdout.split()), shown.stderr


@pytest.mark.slow
@pytest.mark.parametrize("version", SUPPORTED)
def test_the_wheel_works_with_each_python(built: dict[str, Path], version: str, tmp_path: Path) -> None:
    """Install it with all that it needs, and make and approve a project."""
    interpreter = python(version)
    if interpreter is None:
        pytest.skip(f"no Python {version} with venv")  # in CI too: no distribution has all of them
    home, project, environment = tmp_path / "home", tmp_path / "cars", tmp_path / "environment"
    for folder in (home, project / "specs"):
        folder.mkdir(parents=True)
    must(interpreter, "-m", "venv", "--without-pip", environment)
    pip = [*python_module("pip"), "--quiet", "--disable-pip-version-check", "--python"]
    must(*pip, environment / "bin/python", "install", "--no-compile", built["wheel"])
    (project / ".env").write_text("MINE=1\n")

    def types(*words: str | Path) -> str:
        done = run(environment / "bin/taoshell", *words, HOME=str(home), COLUMNS="80")
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    assert types("--help") == (CLONE / "taoshell/terminal/help/taoshell.txt").read_text()
    assert "_taoshell" in types("hook", "bash")
    types("init", "--network", "dino", "--yes", project)
    (project / ".env").write_text((project / ".env").read_text() + "MORE=2\n")
    types("allow", "--yes", project)
    assert "MORE" in types("export", "bash", project)


def hook(environment: Path, shell: str, home: Path) -> str:
    done = run(environment / "bin" / "taoshell", "hook", shell, HOME=str(home))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("way", INSTALLATIONS)
def test_it_prints_its_version(installed: dict[str, Path], way: str) -> None:
    done = run(installed[way] / "bin" / "taoshell", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout.split()


@pytest.mark.parametrize("way", INSTALLATIONS)
def test_this_installation_runs(installed: dict[str, Path], way: str) -> None:
    done = run(installed[way] / "bin" / "python", "-c", "import taoshell; print(taoshell.__path__[0])")
    parent = CLONE if way == "editable" else installed[way]
    assert Path(done.stdout.strip()).is_relative_to(parent), done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_each_prints_the_same_hook(installed: dict[str, Path], shell: str, tmp_path: Path) -> None:
    printed = {}
    for way, environment in installed.items():
        package = CLONE if way == "editable" else next(environment.glob("lib/python*/site-packages"))
        text = hook(environment, shell, tmp_path)
        printed[way] = text.replace(str(package / "taoshell"), "PACKAGE").replace(str(environment), "ENVIRONMENT")
    assert printed["wheel"]
    assert set(printed.values()) == {printed["wheel"]}


@pytest.mark.parametrize("way", INSTALLATIONS)
@pytest.mark.parametrize("shell", SHELLS)
def test_its_hook_is_valid_shell(installed: dict[str, Path], way: str, shell: str, tmp_path: Path) -> None:
    program = need(shutil.which(shell), shell)
    script = tmp_path / "hook"
    script.write_text(hook(installed[way], shell, tmp_path))
    assert run(program, "-n", script).stderr == ""
    # Evaluating it prints nothing on either stream.
    evaluate = f'eval "$(cat {script})"; type taoshell >/dev/null && echo ready'
    evaluated = run(program, "-c", evaluate, HOME=str(tmp_path))
    assert (evaluated.stdout, evaluated.stderr) == ("ready\n", "")
