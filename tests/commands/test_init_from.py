"""`taoshell init --from FILE`: a notebook or a script of somebody else becomes a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.commands.dialogue import Dialogue
from tests.notebooks.bad_input import COMPOSE, HOSTILE, RUN
from tests.notebooks.forms import HOST, HOST_MAP, WRITE, notebook
from tests.support.trees import snapshot

SECRET = "my own key"
TO_FILL_IN = f'import os\nos.environ["LOCAL_PROJECT_DIR"] = FIXME\n%env KEY={SECRET}\n%env NUM_GPUS=2\n'
LATER = "%env DATA_DIR=/data\n%env CHECKPOINT=/results/last.pth\n"
TRAIN = "!tao model dino train -e $SPECS_DIR/train.yaml"


@pytest.fixture
def folder(user: User) -> Path:
    """An unpacked sample folder: a notebook and its specs. Nothing says which network it is for but the notebook."""
    folder = user.home / "sample"
    (folder / "specs").mkdir(parents=True)
    (folder / "train.ipynb").write_text(notebook(TO_FILL_IN, HOST, HOST_MAP + WRITE, LATER, TRAIN))
    return folder


def test_a_notebook_becomes_a_project(user: User, folder: Path) -> None:
    done = user.must("init", "--from", "train.ipynb", "--yes", "--mkdir", cwd=folder)
    toml, env = (folder / "taoshell.toml").read_text(), (folder / ".env").read_text()
    assert toml.endswith(
        'layout = "host"\nnetwork = "dino"\n\n[places]\nproject = { mount = false }\n\n'
        '[env]\nCHECKPOINT = "/results/last.pth"\n'
    )
    assert env.startswith("KEY='my own key'\nNUM_GPUS=2\n# >>> taoshell")
    assert SECRET not in toml + done.out + done.err
    variables = json.loads(user.must("export", "json", cwd=folder).out)
    mounts = json.loads(Path(variables.pop("LAUNCHER_MOUNTS")).read_text())["Mounts"]
    assert variables == {
        "KEY": SECRET,
        "NUM_GPUS": "2",
        "LOCAL_PROJECT_DIR": str(folder),
        "HOST_DATA_DIR": f"{folder}/data",
        "DATA_DIR": "/data",
        "HOST_SPECS_DIR": f"{folder}/specs",
        "SPECS_DIR": "/specs",
        "HOST_RESULTS_DIR": f"{folder}/dino/results",
        "RESULTS_DIR": "/results",
        "CHECKPOINT": "/results/last.pth",
    }
    assert mounts == [
        {"source": f"{folder}/data", "destination": "/data"},
        {"source": f"{folder}/specs", "destination": "/specs"},
        {"source": f"{folder}/dino/results", "destination": "/results"},
    ]
    assert "1 later cell left out" in done.err


def test_what_the_notebook_leaves_open_is_asked(user: User, folder: Path) -> None:
    (user.home / "big").mkdir()
    dialogue = Dialogue(user, "init", folder, "--from", folder / "train.ipynb")
    dialogue.hears(f"LOCAL_PROJECT_DIR ({folder}/train.ipynb, code cell 1:2, now FIXME) [{folder}]: ")
    dialogue.answers(f"{user.home}/big")
    dialogue.hears("Approve this? [y/N]")
    dialogue.answers("y")
    dialogue.hears("Create them? [Y/n]")
    dialogue.answers("")
    assert dialogue.ends() == 0
    assert f"HOST_DATA_DIR={user.home}/big/data" in (folder / ".env").read_text()
    assert SECRET not in dialogue.seen


def test_init_offers_the_one_notebook_that_it_sees(user: User, folder: Path) -> None:
    (folder / "other.ipynb").write_text(notebook("print('no set-up')"))
    dialogue = Dialogue(user, "init", folder)
    dialogue.hears("train.ipynb sets up a TAO project. Read it? [Y/n]")
    dialogue.answers("")
    dialogue.hears("LOCAL_PROJECT_DIR")
    dialogue.close()
    assert not (folder / "taoshell.toml").exists()


@pytest.mark.parametrize("option", ["--dry-run", "--json"])
def test_only_shown(user: User, folder: Path, option: str) -> None:
    before = snapshot(user.home)
    done = user.must("init", "--from", "train.ipynb", option, "--yes", cwd=folder)
    assert snapshot(user.home) == before
    assert SECRET not in done.out + done.err
    if option == "--json":
        found = json.loads(done.out)
        assert (found["version"], found["network"], found["layout"]) == (1, "dino", "host")
        assert found["variables"]["KEY"] == "••••"
        assert found["questions"][0]["at"] == "train.ipynb, code cell 1:2"
    else:
        assert "+KEY=••••" in done.out.splitlines()
        assert '+network = "dino"' in done.out.splitlines()


def test_standard_input(user: User, folder: Path) -> None:
    (user.home / "d").mkdir()
    script = RUN.replace("/d:", f"{user.home}/d:")
    user.must("init", "--from", "-", "--yes", cwd=folder, stdin=script)
    toml = (folder / "taoshell.toml").read_text()
    assert 'gpus = "all"' in toml
    assert 'model = "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt"' in toml
    assert f"HOST_DATA_DIR={user.home}/d\n" in (folder / ".env").read_text()


def test_one_of_several_docker_run(user: User, folder: Path) -> None:
    (folder / "run.sh").write_text(RUN.replace("/d:", "./one:") + RUN.replace("/d:", "./specs:"))
    refused = user.tries("init", "--from", "run.sh", "--yes", cwd=folder)
    assert refused.err == (
        "taoshell: run.sh: this script has several docker run, in the lines 1, 2, which differ; "
        "name the line too: run.sh:1\n"
    )
    user.must("init", "--from", "run.sh:2", "--yes", cwd=folder)
    assert 'data = "specs"' in (folder / "taoshell.toml").read_text()


def test_which_of_several_docker_run_is_asked(user: User, folder: Path) -> None:
    (folder / "train.ipynb").unlink()
    (folder / "run.sh").write_text(RUN.replace("/d:", "./one:") + RUN.replace("/d:", "./specs:"))
    dialogue = Dialogue(user, "init", folder)
    dialogue.hears("run.sh sets up a TAO project. Read it? [Y/n]")
    dialogue.answers("")
    dialogue.hears("this script has several docker run, in the lines 1, 2, which differ:")
    dialogue.hears("2  nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt dino train")
    dialogue.hears("Which one?")
    dialogue.answers("2")
    dialogue.hears("KEY that encrypts")
    dialogue.answers("")
    dialogue.hears("Approve this? [y/N]")
    dialogue.answers("y")
    assert dialogue.ends() == 0
    assert 'data = "specs"' in (folder / "taoshell.toml").read_text()


@pytest.mark.parametrize("name", ["compose.yaml", "docker-compose.yml", ".tao_mounts.json", ".tlt_mounts.json"])
def test_init_offers_another_file_if_there_is_no_notebook(user: User, folder: Path, name: str) -> None:
    (folder / "train.ipynb").unlink()
    mounts = json.dumps({"Mounts": [{"source": str(folder), "destination": "/workspace/tao-experiments"}]})
    (folder / name).write_text(mounts if name.endswith("json") else COMPOSE)
    dialogue = Dialogue(user, "init", folder)
    dialogue.hears(f"{name} sets up a TAO project. Read it? [Y/n]")
    dialogue.close()


def test_a_project_that_is_there_adopts_a_notebook(user: User, folder: Path) -> None:
    user.must("init", "--yes", "--network", "dino", "--layout", "host", "--mkdir", cwd=folder)
    refused = user.tries("init", "--from", "train.ipynb", "--yes", cwd=folder)
    assert (
        f"this folder is a project already; to take it into this project: cd {folder} && taoshell adopt" in refused.err
    )
    user.must("adopt", "train.ipynb", "--yes", cwd=folder)
    assert 'CHECKPOINT = "/results/last.pth"' in (folder / "taoshell.toml").read_text()
    assert f"KEY='{SECRET}'" in (folder / ".env").read_text()


def test_nothing_in_the_file_is_run(user: User, folder: Path) -> None:
    (folder / "hostile.ipynb").write_text(HOSTILE)
    before = snapshot(user.home)
    user.must("init", "--from", "hostile.ipynb", "--json", cwd=folder)
    assert snapshot(user.home) == before


def test_a_file_that_is_not_there(user: User, folder: Path) -> None:
    refused = user.tries("init", "--from", "none.ipynb", "--yes", cwd=folder)
    assert refused.err == "taoshell: none.ipynb: there is no such file; name another one\n"
    assert user.types("init", "--json", cwd=folder).status == 2


def test_a_dollar_in_the_name_of_the_folder_is_no_variable(user: User, folder: Path) -> None:
    renamed = folder.rename(user.home / "it's $x")
    user.must("init", "--from", "train.ipynb", "--yes", "--mkdir", cwd=renamed)
    variables = json.loads(user.must("export", "json", cwd=renamed).out)
    assert variables["HOST_RESULTS_DIR"] == f"{renamed}/dino/results"


def test_a_notebook_in_another_folder(user: User, folder: Path) -> None:
    """What it calls its working directory is its own folder; what it leaves open is the project's."""
    (user.home / "dino").mkdir()
    user.must("init", user.home / "dino", "--from", folder / "train.ipynb", "--yes", "--mkdir")
    variables = json.loads(user.must("export", "json", user.home / "dino").out)
    assert variables["LOCAL_PROJECT_DIR"] == f"{user.home}/dino"
    assert variables["HOST_DATA_DIR"] == f"{user.home}/dino/data"
    assert variables["HOST_SPECS_DIR"] == f"{folder}/specs"


def test_variables_of_the_calling_shell_do_not_count(user: User, folder: Path) -> None:
    """They may be another project's."""
    (folder / "train.ipynb").write_text(notebook(HOST, HOST_MAP + WRITE))
    done = user.must("init", "--from", "train.ipynb", "--json", cwd=folder, LOCAL_PROJECT_DIR="/another")
    assert json.loads(done.out)["variables"]["HOST_DATA_DIR"] == f"{folder}/data"


MAP = f'{HOST_MAP}drive_map["Mounts"] = [{{"source": os.getcwd(), "destination": "/workspace/tao-experiments"}}]{WRITE}'


def of_gpus(user: User, *lines: str, options: tuple[str, ...] = ()) -> tuple[dict[str, str], str]:
    """Return the variables for the GPUs that a notebook with these lines gives a project, and what `init` says."""
    folder = user.home / "gpus"
    folder.mkdir()
    (folder / "a.ipynb").write_text(notebook(HOST, MAP, "\n".join(lines), TRAIN))
    done = user.must("init", "--from", "a.ipynb", "--yes", "--mkdir", *options, cwd=folder)
    variables = json.loads(user.must("export", "json", cwd=folder).out)
    return {name: value for name, value in variables.items() if "GPU" in name}, done.err


BOTH = {"NUM_GPUS": "2", "GPU_IDS": "0,3"}


@pytest.mark.parametrize(
    ("lines", "options", "variables", "said"),
    [
        (("%env GPU_IDS=0,3",), (), BOTH, ""),
        (("%env GPU_IDS=[0, 3]",), (), BOTH, ""),
        (("%env GPU_IDS=3",), (), {"NUM_GPUS": "1", "GPU_IDS": "3"}, ""),
        (("%env NUM_GPUS=2", "%env GPU_IDS=0,3"), (), BOTH, ""),
        (("%env NUM_GPUS=1", "%env GPU_IDS=0,3"), (), BOTH, "NUM_GPUS=1 is left out, as GPU_IDS is 0,3"),
        (("%env GPU_IDS=0,3",), ("--gpus", "2"), BOTH, ""),
        (("%env GPU_IDS=0,3",), ("--gpus", "4"), {"NUM_GPUS": "4"}, "GPU_IDS is left out: NUM_GPUS is 4"),
        (("%env GPU_IDS=all",), (), {"NUM_GPUS": "1"}, "GPU_IDS is left out: 'all' is no list of GPUs"),
        (("%env NUM_GPUS=FIXME",), (), {"NUM_GPUS": "1"}, "to you to fill in; NUM_GPUS=1 is taken"),
        (("%env NUM_GPUS=FIXME", "%env GPU_IDS=0,3"), (), BOTH, "to you to fill in; NUM_GPUS=2 is taken"),
        (("%env NUM_GPUS=2",), (), {"NUM_GPUS": "2"}, ""),
    ],
)
def test_the_gpus_of_a_notebook(
    user: User, lines: tuple[str, ...], options: tuple[str, ...], variables: dict[str, str], said: str
) -> None:
    found, words = of_gpus(user, *lines, options=options)
    assert found == variables
    assert said in words
    assert bool(said) is ("GPU" in words)


def test_the_gpus_are_not_asked_if_the_notebook_names_them(user: User, folder: Path) -> None:
    (folder / "train.ipynb").write_text(notebook(HOST, MAP, "%env GPU_IDS=0,3\n%env KEY=abc", TRAIN))
    dialogue = Dialogue(user, "init", folder, "--from", folder / "train.ipynb")
    dialogue.hears("Approve this? [y/N]")
    assert "Number of GPUs" not in dialogue.seen
    dialogue.answers("y")
    assert dialogue.ends() == 0
    assert "GPU_IDS=0,3\n" in (folder / ".env").read_text()


def test_the_number_of_gpus_is_asked_once(user: User, folder: Path) -> None:
    (folder / "train.ipynb").write_text(notebook(HOST, MAP, "%env NUM_GPUS=FIXME\n%env KEY=FIXME", TRAIN))
    dialogue = Dialogue(user, "init", folder, "--from", folder / "train.ipynb")
    dialogue.hears("Number of GPUs [1]: ")
    assert "NUM_GPUS (" not in dialogue.seen
    dialogue.answers("3")
    dialogue.hears("KEY that encrypts your models")
    dialogue.answers("secret")
    dialogue.hears("Approve this? [y/N]")
    dialogue.answers("y")
    assert dialogue.ends() == 0
    assert "is not known" not in dialogue.seen
    assert (folder / ".env").read_text().startswith("KEY=secret\nNUM_GPUS=3\n")


@pytest.mark.parametrize(("line", "said"), [("NUM_GPUS=4", "GPU_IDS is 0,1"), ("GPU_IDS=2", "GPU_IDS")])
def test_adopting_gpus_that_contradict_env(user: User, folder: Path, line: str, said: str) -> None:
    user.must("init", folder, "--network", "dino", "--gpus", "2", "--yes", "--mkdir")
    user.must("set", "GPU_IDS=0,1", cwd=folder)
    (folder / "train.ipynb").write_text(notebook(HOST, f"%env {line}", TRAIN))
    done = user.must("adopt", "train.ipynb", "--yes", cwd=folder)
    assert said in done.err


@pytest.mark.parametrize("below", ["", "/data"])
def test_a_host_folder_that_is_the_containers_own_is_left_to_the_reader(user: User, folder: Path, below: str) -> None:
    there = f"/workspace/tao-experiments{below}"
    name = "HOST_DATA_DIR" if below else "LOCAL_PROJECT_DIR"
    cell = f"%env {name}={there}/\n%env RESULTS_DIR=/workspace/tao-experiments/out"
    (folder / "train.ipynb").write_text(notebook(f"import os\n{cell}", MAP, TRAIN))
    done = user.must("init", "--from", "train.ipynb", "--yes", "--mkdir", cwd=folder)
    variables = json.loads(user.must("export", "json", cwd=folder).out)
    assert variables[name] == f"{folder}{below}"
    assert variables["RESULTS_DIR"] == "/workspace/tao-experiments/out"
    assert f"{name} is left to you ({there}/), and {folder}{below} is taken" in done.err


def test_a_folder_that_cannot_be_made(user: User, folder: Path) -> None:
    (user.home / "nas").write_text("no folder")
    there = f"{user.home}/nas/models"
    text = notebook(f"%env HOST_MODEL_DIR={there}\n%env DATA_DIR=/data", TRAIN)
    (folder / "train.ipynb").write_text(text.replace("DATA_DIR", "RESULTS_DIR"))
    done = user.tries("init", "--from", "train.ipynb", "--yes", "--mkdir", cwd=folder)
    assert done.status == 1
    assert done.err.endswith(
        f"taoshell: cannot create {there}: Not a directory; "
        "name another folder for HOST_MODEL_DIR where this one is named: in taoshell.toml, .env or what --from reads\n"
    )
    assert not (folder / "taoshell.toml").exists()
    (folder / "train.ipynb").write_text(text.replace("/nas/", "/mine/"))
    user.must("init", "--from", "train.ipynb", "--yes", "--mkdir", cwd=folder)


@pytest.mark.parametrize("command", ["init", "adopt"])
def test_a_folder_in_place_of_a_file(user: User, folder: Path, command: str) -> None:
    (folder / "sub").mkdir()
    user.must("init", "--network", "dino", "--yes", "--mkdir", cwd=folder / "sub")
    words = ("init", "--from", "..", "../new") if command == "init" else ("adopt", "..")
    (folder / "new").mkdir()
    done = user.tries(*words, cwd=folder / "sub")
    assert done.status == 1
    assert "this is a folder; name a file in it, such as " in done.err
    assert done.err.endswith("/train.ipynb\n")
