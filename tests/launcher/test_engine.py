"""Two shells, two projects, two containers at once: NVIDIA's launcher on a real Docker engine (make test-launcher).

The users only `cd` and type `tao ...`. These tests are slow and need root on Debian, so they run only on request.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.jupyter.workbench import run_cells
from tests.launcher.conftest import cd
from tests.launcher.nvidia import launcher_python
from tests.notebooks.forms import HOST, HOST_MAP, WRITE, notebook
from tests.shells.projects import Home, Project
from tests.shells.terminal import Terminal
from tests.support.needs import need

pytestmark = pytest.mark.skipif("TAOSHELL_TEST_ENGINE" not in os.environ, reason="run by: make test-launcher")

ENGINE = Path(__file__).with_name("engine")
LAB = Path(os.environ.get("TAO_LAB") or "/var/lib/taoshell-lab")
UNAVAILABLE = 3  # setup.sh: an engine cannot run on this machine
SECONDS = 120.0  # seconds; a container starts in 1 s, but a loaded machine may need longer
SHELL_NAMES = ("bash", "zsh")
LIST = "tao model detectnet_v2 run ls /workspace/tao-experiments"
# Keep the container until the test has counted the containers, then list the files.
HOLD = "until [ -e /workspace/tao-experiments/go ]; do sleep 0.1; done\nls /workspace/tao-experiments\n"


def engine_script(name: str) -> subprocess.CompletedProcess[str]:
    """Run engine/NAME with the launcher of the tests and without a terminal for questions."""
    env = {**os.environ, "TAOSHELL_LAUNCHER_PYTHON": launcher_python()}
    return subprocess.run(
        [ENGINE / name], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def engine() -> None:
    """Start the engine with the launcher's images."""
    done = engine_script("setup.sh")
    if done.returncode == UNAVAILABLE:
        need(None, f"a Docker engine of its own ({done.stderr.strip()})")
    assert done.returncode == 0, done.stdout + done.stderr


def docker(*arguments: str) -> list[str]:
    """Return the output lines of a docker command for our engine."""
    env = {**os.environ, "DOCKER_HOST": f"unix://{LAB}/state/dockerd.sock"}
    return subprocess.run(
        ["docker", *arguments], env=env, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def containers_since(moment: float) -> int:
    """Return how many containers, running or not, were created since then."""
    return len(docker("events", "--filter", "event=create", "--since", str(moment), "--until", str(time.time())))


@pytest.fixture
def user(user: Home) -> Home:
    """A user who can run `tao` and is logged in to NVIDIA's registry, which the launcher requires."""
    (user.path / ".bin" / "tao").symlink_to(Path(launcher_python()).with_name("tao"))
    (user.path / ".docker").mkdir()
    (user.path / ".docker" / "config.json").write_text('{"auths": {"nvcr.io": {}}}')
    return user


@pytest.fixture
def terminals(open_shell: Callable[[str], Terminal]) -> dict[str, Terminal]:
    """A bash and a zsh of the user."""
    return {name: open_shell(name) for name in SHELL_NAMES}


@pytest.fixture
def projects(user: Home) -> dict[str, Project]:
    """An approved project for each shell."""
    return {name: marked(user.project(f"project of {name}"), name) for name in SHELL_NAMES}


def marked(project: Project, name: str) -> Project:
    """A project that contains a file of the same name, by which the tests recognise it."""
    (project.root / f"only-{name}").touch()
    return project


def type_everywhere(terminals: dict[str, Terminal], line: str) -> dict[str, str]:
    """Type `line` into all terminals at the same time; return the output of each."""
    with ThreadPoolExecutor() as together:
        shown = together.map(lambda terminal: terminal.run(line, timeout=SECONDS).output, terminals.values())
        return dict(zip(terminals, shown, strict=True))


def seen(output: str) -> set[str]:
    """Return the projects whose files are listed in `output`."""
    return {word.removeprefix("only-") for word in output.split() if word.startswith("only-")}


@pytest.mark.usefixtures("engine")
def test_two_shells_each_see_their_own_project(terminals: dict[str, Terminal], projects: dict[str, Project]) -> None:
    for name, terminal in terminals.items():
        cd(terminal, projects[name].root)
    output = type_everywhere(terminals, LIST)
    assert {name: seen(text) for name, text in output.items()} == {"bash": {"bash"}, "zsh": {"zsh"}}, output


@pytest.mark.usefixtures("engine")
def test_their_containers_run_at_the_same_time(terminals: dict[str, Terminal], projects: dict[str, Project]) -> None:
    for name, terminal in terminals.items():
        cd(terminal, projects[name].root)
        (projects[name].root / "hold").write_text(HOLD)
    with ThreadPoolExecutor() as together:
        answer = together.submit(
            type_everywhere, terminals, "tao model detectnet_v2 run sh /workspace/tao-experiments/hold"
        )
        deadline = time.monotonic() + SECONDS / 2
        while len(docker("ps", "--quiet")) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        running = docker("ps", "--quiet")
        for project in projects.values():
            (project.root / "go").touch()
        output = answer.result()
    assert len(running) == 2, output
    assert {name: seen(text) for name, text in output.items()} == {"bash": {"bash"}, "zsh": {"zsh"}}, output


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("shell", SHELL_NAMES)
@pytest.mark.parametrize("inside", [False, True], ids=["edited before cd", "edited while inside"])
def test_a_third_shell_in_a_blocked_project_gets_our_message_and_no_container(
    terminals: dict[str, Terminal],
    projects: dict[str, Project],
    user: Home,
    open_shell: Callable[[str], Terminal],
    shell: str,
    *,
    inside: bool,
) -> None:
    third, project = open_shell(shell), marked(user.project("third"), "third")
    if inside:
        cd(third, project.root)
    for name, terminal in terminals.items():
        cd(terminal, projects[name].root)  # the third shell must get neither of the two mappings
    project.append_toml('[container.env]\nADDED = "by somebody"')
    if inside:
        third.enter()
    else:
        cd(third, project.root)

    since = time.time()
    output = third.run(LIST, timeout=SECONDS).output
    assert f"(taoshell: {project.root} is not approved; run: taoshell allow)" in output
    assert seen(output) == set()
    assert containers_since(since) == 0

    output = terminals["bash"].run(LIST, timeout=SECONDS).output
    assert seen(output) == {"bash"}, output
    assert containers_since(since) == 1


@pytest.mark.usefixtures("engine")
def test_from_an_unpacked_notebook_to_a_container_that_sees_the_data(
    user: Home, terminals: dict[str, Terminal], tmp_path: Path
) -> None:
    """The folder has a notebook with FIXME, and its specs; the data is on another disk. Then a cell trains too."""
    folder, data, terminal = user.path / "sample", tmp_path / "kitti", terminals["bash"]
    for path, name in ((folder / "specs", "only-specs"), (data, "only-kitti")):
        path.mkdir(parents=True)
        (path / name).touch()
    train = "tao model dino run ls $DATA_DIR $SPECS_DIR"
    set_up = f'import os\nos.environ["LOCAL_PROJECT_DIR"] = FIXME\n{HOST}os.environ["HOST_DATA_DIR"] = "{data}"\n'
    later = "%env DATA_DIR=/data\n%env SPECS_DIR=/specs"
    (folder / "train.ipynb").write_text(notebook(set_up, HOST_MAP + WRITE, later, f"!{train}"))
    cd(terminal, folder)
    made = terminal.run("taoshell init --from train.ipynb --yes --mkdir")
    assert made.status == 0, made.output
    output = terminal.run(train, timeout=SECONDS).output
    assert seen(output) == {"kitti", "specs"}, output
    terminal.run("taoshell install jupyter --yes")
    (cell,) = run_cells(folder, f"!{train}", environ=user.env)
    assert seen(cell.out) == {"kitti", "specs"}, cell


@pytest.mark.usefixtures("engine")
def test_traps_with_real_containers() -> None:
    """engine/check.sh: what TAO's launcher and Docker do with odd mounts files, which is why taoshell refuses them."""
    done = engine_script("check.sh")
    assert done.returncode == 0, done.stdout + done.stderr
