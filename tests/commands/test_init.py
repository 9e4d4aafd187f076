"""`taoshell init`: one command makes a project; a second run changes nothing; no line of the user is ever lost."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from taoshell.project import networks
from tests.commands.conftest import COMMAND, User
from tests.commands.dialogue import Dialogue
from tests.support.samples import CONTAINER, TOML, Sample
from tests.support.trees import snapshot

BLOCK = "# >>> taoshell: written by taoshell, do not edit inside\n"


@pytest.fixture
def folder(user: User) -> Path:
    """A folder whose name contains a network, with the one folder that the container needs."""
    folder = user.home / "detectnet_v2"
    (folder / "specs").mkdir(parents=True)
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- without a terminal --------------------------------------------------------------------------------


def test_one_command_makes_a_project(user: User, folder: Path) -> None:
    done = user.must("init", "--gpus", "2", "--key-stdin", cwd=folder, stdin="hush\n")
    assert done.err == "taoshell: detectnet_v2 is approved: 9 variables, 2 mounts\n"
    name = "detectnet_v2  detectnet_v2, layout classic"
    for text in (name, "~/detectnet_v2/data", "LOCAL_DATA_DIR", f"{CONTAINER}/detectnet_v2/specs", "••••", "NUM_GPUS"):
        assert text in done.out
    assert "hush" not in done.out
    assert (folder / "taoshell.toml").read_text().endswith('layout = "classic"\nnetwork = "detectnet_v2"\n')
    assert (folder / ".env").read_text().startswith(f"KEY=hush\nNUM_GPUS=2\n{BLOCK}LOCAL_PROJECT_DIR={folder}\n")
    assert (folder / ".gitignore").read_text() == ".env\n"
    assert sorted(path.name for path in folder.iterdir()) == [".env", ".gitignore", "specs", "taoshell.toml"]
    assert [mode(folder / name) for name in (".env", "taoshell.toml", ".gitignore")] == [0o600, 0o644, 0o644]
    assert '"state": "approved"' in user.must("status", "--json", folder).out


def test_the_modes_do_not_depend_on_the_umask(user: User, folder: Path) -> None:
    before = os.umask(0)
    try:
        user.must("init", "--yes", folder)
    finally:
        os.umask(before)
    assert mode(folder / ".env") == 0o600
    assert mode(Path(user.home, ".local/state/taoshell")) == 0o700


@pytest.mark.parametrize("words", [[], ["--yes"], ["--network", "detectnet_v2"], ["--yes", "--mkdir"]])
def test_a_second_init_changes_nothing(user: User, folder: Path, words: list[str]) -> None:
    user.must("init", "--key-stdin", "--gpus", "2", folder, stdin="hush\n")
    before = snapshot(folder)
    user.must("init", *words, folder)
    assert snapshot(folder) == before


def test_a_second_init_keeps_the_users_edits(user: User, folder: Path) -> None:
    user.must("init", "--yes", folder)
    toml = (folder / "taoshell.toml").read_text() + "# mine\n[container]\nshm_size = '16G'\n"
    (folder / "taoshell.toml").write_text(toml)
    (folder / ".env").write_text("# mine\nA=1\n" + (folder / ".env").read_text() + "B=2\n")
    (folder / ".gitignore").write_text("/.env  \n*.log\n")
    before = snapshot(folder)
    user.must("init", "--yes", folder)
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    "text",
    [
        "MINE=1",
        "MINE=1\r\nOTHER='x y'\r\n",
        "# a comment\n\nexport MINE='a\nb' # why\n\n",
        "\ufeffMINE=1\n",
        "MINE=${HOME}/x\n",  # it is not exported, so it may be anything
        "PATH=/x\nUID=3\n",
    ],
)
def test_no_line_of_the_users_env_is_lost(user: User, folder: Path, text: str) -> None:
    (folder / ".env").write_bytes(text.encode())
    (folder / ".env").chmod(0o644)
    done = user.tries("init", "--yes", folder)
    assert (folder / ".env").read_bytes().startswith(text.encode())
    assert mode(folder / ".env") == 0o600
    assert "not exported" in done.err
    assert '"MINE"' not in user.tries("export", "json", folder).out
    before = snapshot(folder)
    assert user.tries("init", "--yes", folder).status == 0
    assert snapshot(folder) == before


def test_key_and_gpus_of_the_users_env_are_used(user: User, folder: Path) -> None:
    (folder / ".env").write_text("KEY='hush'\nNUM_GPUS=3\n")
    done = user.must("init", "--yes", folder)
    assert done.err == "taoshell: detectnet_v2 is approved: 9 variables, 2 mounts\n"
    assert re.search(r"^yours +KEY +••••\n +NUM_GPUS +3$", done.out, re.MULTILINE)
    assert (folder / ".env").read_text().startswith(f"KEY='hush'\nNUM_GPUS=3\n{BLOCK}")


@pytest.mark.parametrize(
    ("before", "after"),
    [("*.log", "*.log\n.env\n"), ("/.env\n", "/.env\n"), (".env*\n", ".env*\n.env\n"), ("", ".env\n")],
)
def test_the_gitignore_keeps_what_it_has(user: User, folder: Path, before: str, after: str) -> None:
    (folder / ".gitignore").write_text(before)
    (folder / ".gitignore").chmod(0o664)
    user.must("init", "--yes", folder)
    assert (folder / ".gitignore").read_text() == after
    assert mode(folder / ".gitignore") == 0o664


def test_an_env_that_is_a_link_inside_the_project_stays_one(user: User, folder: Path) -> None:
    (folder / "my.env").write_text("")
    (folder / ".env").symlink_to("my.env")
    user.must("init", "--yes", folder)
    assert BLOCK in (folder / "my.env").read_text()
    assert (folder / ".gitignore").read_text() == ".env\n/my.env\n"  # for git, KEY is in both
    assert (folder / ".env").is_symlink()


def test_a_gitignore_that_is_a_link_is_refused(user: User, folder: Path) -> None:
    """git does not follow it, so KEY would be committed."""
    (folder / "ignored").write_text("*.log\n")
    (folder / ".gitignore").symlink_to("ignored")
    assert f"rm {folder}/.gitignore" in refused(user, "--yes", folder)
    assert (folder / "ignored").read_text() == "*.log\n"


@pytest.mark.parametrize(
    ("words", "network"),
    [(["--network", "dino"], "dino"), (["--network", "my_own-net.2"], "my_own-net.2"), ([], "ssd")],
)
def test_which_network(user: User, words: list[str], network: str) -> None:
    folder = user.home / "kitti ssd"
    (folder / "specs").mkdir(parents=True)
    user.must("init", "--yes", *words, folder)
    assert f'network = "{network}"\n' in (folder / "taoshell.toml").read_text()


def test_the_other_layout(user: User, folder: Path) -> None:
    done = user.must("init", "--yes", "--mkdir", "--layout", "host", folder)
    assert "HOST_DATA_DIR" in done.out
    assert (folder / "detectnet_v2/results").is_dir()


# -- missing folders ----------------------------------------------------------------------------------------


def test_yes_creates_no_folder(user: User) -> None:
    folder = user.home / "dino"
    folder.mkdir()
    done = user.types("init", "--yes", folder)
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"taoshell: the container needs {folder}/specs, which does not exist; add --mkdir, or "
        f"run: mkdir -p {folder}/specs\n"
    )
    assert list(folder.iterdir()) == []


def test_mkdir_creates_missing_folders(user: User) -> None:
    folder = user.home / "dino"
    folder.mkdir()
    done = user.must("init", "--yes", "--mkdir", folder)
    assert (folder / "specs").is_dir()
    assert f"taoshell: created {folder}/specs\n" in done.err
    assert not (folder / "data").exists(), "the container reaches it through the project's mount, so it is not needed"


# -- refusals -------------------------------------------------------------------------------------------------


def refused(user: User, *words: str | Path, stdin: str = "", status: int = 1) -> str:
    """Require a failure with one line and a cure on stderr, and no change of any file. Returns the line."""
    before = {path: entry for path, entry in snapshot(user.home).items() if "/.local" not in path}
    done = user.tries("init", *words, stdin=stdin)
    assert (done.status, done.out) == (status, ""), done.err
    assert done.err.count("\n") == 1
    assert "; " in done.err
    assert {path: entry for path, entry in snapshot(user.home).items() if "/.local" not in path} == before
    return done.err


def test_home_and_the_root_folder(user: User) -> None:
    assert "your home folder and / cannot be projects" in refused(user, "--yes", "--network", "dino", user.home)
    assert "your home folder and / cannot be projects" in refused(user, "--yes", "--network", "dino", "/")


def test_a_folder_that_is_not_there(user: User) -> None:
    assert "there is no such folder" in refused(user, "--yes", "--network", "dino", user.home / "typo")


def test_a_folder_name_without_a_network(user: User) -> None:
    (user.home / "cars").mkdir()
    assert "the folder's name 'cars' contains no network; name one: --network NAME" in refused(
        user, "--yes", user.home / "cars", status=2
    )


@pytest.mark.parametrize("network", ["a b", 'x"\nlayout = "host', "FIXME", "..", "a/b"])
def test_an_invalid_network(user: User, folder: Path, network: str) -> None:
    line = refused(user, "--yes", "--network", network, folder)
    assert "is not the name of a network; write it as" in line
    assert "taoshell.toml" not in line, "no such file is there"


def test_a_network_that_contradicts_taoshell_toml(user: User, folder: Path) -> None:
    user.must("init", "--yes", folder)
    assert f"{folder}/taoshell.toml: this project's network is detectnet_v2, not dino; " in refused(
        user, "--yes", "--network", "dino", folder
    )


@pytest.mark.parametrize(
    ("words", "name", "line"),
    [(["--gpus", "4"], "NUM_GPUS", 2), (["--key", "hush"], "KEY", 1), (["--key-stdin"], "KEY", 1)],
)
def test_an_option_that_contradicts_env(user: User, folder: Path, words: list[str], name: str, line: int) -> None:
    user.tries("init", "--gpus", "2", "--key-stdin", folder, stdin="first\n")
    before = snapshot(user.home)
    done = user.tries("init", *words, folder, stdin="hush\n")
    assert (done.status, done.out) == (1, "")
    assert f"{folder}/.env:{line}: {name} has another value already; change that line, or" in done.err
    assert "hush" not in done.err
    assert "first" not in done.err
    assert snapshot(user.home) == before


def test_an_option_that_agrees_with_env(user: User, folder: Path) -> None:
    user.must("init", "--gpus", "2", "--key-stdin", folder, stdin="first\n")
    user.must("init", "--gpus", "2", "--key-stdin", folder, stdin="first\n")


@pytest.mark.parametrize(
    ("name", "text", "cause"),
    [
        ("taoshell.toml", "network = \n", "taoshell.toml:1: this is not valid TOML"),
        ("taoshell.toml", TOML + "x = 1\n", 'taoshell.toml:3: unknown key "x"'),
        (".env", "A='\n", ".env:1: a quoted value is not closed"),
        (".env", BLOCK, ".env:1: taoshell's block is not closed"),
        (".env", "KEY=FIXME\n", ".env:1: KEY is a placeholder"),
    ],
)
def test_existing_files_with_an_error(user: User, folder: Path, name: str, text: str, cause: str) -> None:
    (folder / name).write_text(text)
    assert cause in refused(user, "--yes", folder)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *itertools.product(["taoshell.toml", ".gitignore"], ["folder", "FIFO", "dead link", "no UTF-8"]),
        *itertools.product([".env"], ["dead link", "no UTF-8"]),  # instead of the others, a private one is used
    ],
)
def test_something_else_in_place_of_a_file(user: User, folder: Path, name: str, kind: str) -> None:
    match kind:
        case "folder":
            (folder / name).mkdir()
        case "FIFO":
            os.mkfifo(folder / name)
        case "dead link":
            (folder / name).symlink_to("nowhere")
        case _:
            (folder / name).write_bytes(b"\xff\n")
    assert f"{folder}/{name}" in refused(user, "--yes", folder)


@pytest.mark.parametrize("name", ["+", "a\nb", "a:b"])
def test_a_path_that_no_project_can_have(user: User, name: str) -> None:
    (user.home / name / "specs").mkdir(parents=True)
    assert "rename or move the folder" in refused(user, "--yes", "--network", "dino", user.home / name)


def test_a_state_folder_that_cannot_be_created(user: User, folder: Path) -> None:
    (user.home / ".local").write_text("")
    before = snapshot(user.home)
    done = user.types("init", "--yes", folder)
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"taoshell: {user.home}/.local/state/taoshell: the state folder cannot be written: Not a directory; "
        "make it writable, or set XDG_STATE_HOME to a folder of yours\n"
    )
    assert snapshot(user.home) == before


@pytest.mark.parametrize("kilobytes", [0, 1, 2, 3])
def test_on_a_full_disk_every_file_is_whole_or_unchanged(user: User, folder: Path, kilobytes: int) -> None:
    """A limit of the shell stands for a full disk: a write fails in its middle."""
    (folder / ".env").write_text("MINE=1\n")
    (folder / ".gitignore").write_text("*.log\n")
    limited = 'ulimit -f "$0"; exec "$@"'
    command = ["bash", "-c", limited, str(kilobytes), *COMMAND, "init", "--yes", str(folder)]
    environ = {**user.environ, "PYTHONDONTWRITEBYTECODE": "1"}  # or the limit would truncate Python's own cache
    done = subprocess.run(command, env=environ, cwd=user.home, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if "not exported" not in line]
    assert line.startswith("taoshell: /")
    assert line.endswith(": File too large; raise the limit of this shell: ulimit -f")
    assert ".taoshell-" not in line
    assert (folder / ".env").read_text() in ("MINE=1\n", "MINE=1\n# taoshell: ignore MINE\nNUM_GPUS=1\n") or (
        (folder / ".env").read_text().endswith("# <<< taoshell\n")
    )
    assert (folder / ".gitignore").read_text() in ("*.log\n", "*.log\n.env\n")
    assert {path.name for path in folder.iterdir()} <= {".env", ".gitignore", "specs", "taoshell.toml"}
    user.must("init", "--yes", folder)
    assert '"state": "approved"' in user.must("status", "--json", folder).out
    assert (folder / ".env").read_text().startswith("MINE=1\n")


def test_a_key_on_the_command_line_gets_a_warning_unless_it_is_the_sample_key(user: User, folder: Path) -> None:
    assert "every user of this machine can see a key" in user.must("init", "--yes", "--key", "hush", folder).err
    shutil.rmtree(folder)
    (folder / "specs").mkdir(parents=True)
    assert "can see" not in user.must("init", "--yes", "--key", "tlt_encode", folder).err


@pytest.mark.parametrize("stdin", ["", "\n"])
def test_an_empty_key_is_refused(user: User, folder: Path, stdin: str) -> None:
    done = user.types("init", "--yes", "--key-stdin", folder, stdin=stdin)
    assert (done.status, done.err) == (2, "taoshell: KEY has no value; give it on standard input\n")
    assert not (folder / "taoshell.toml").exists()


def test_another_layout_for_an_existing_project_is_refused(user: User, folder: Path) -> None:
    user.must("init", "--yes", folder)
    user.must("init", "--yes", "--layout", "classic", folder)
    said = refused(user, "--yes", "--layout", "host", folder)
    cause = "this project's layout is classic, not host; change the layout there"
    assert said.endswith(f"{folder}/taoshell.toml: {cause}\n")


def test_without_a_key_it_says_how_to_set_it(user: User, folder: Path) -> None:
    said = user.must("init", "--yes", folder).err
    assert said.startswith(f"taoshell: KEY is not set; to set it: taoshell set KEY {folder}\n")
    user.must("set", "KEY", folder, stdin="hush\n")
    assert "KEY=hush\n" in (folder / ".env").read_text()
    assert '"state": "approved"' in user.must("status", "--json", folder).out


# -- at a terminal -------------------------------------------------------------------------------------------


@pytest.fixture
def no_gpus(tmp_path: Path) -> str:
    """A PATH without nvidia-smi."""
    return str(tmp_path)


def test_init_asks_for_what_it_cannot_find_out(user: User, no_gpus: str) -> None:
    folder = user.home / "cars"
    folder.mkdir()
    (folder / ".env").write_text("A=1\nB=2\nPATH=/x\n")
    dialogue = Dialogue(user, "init", folder, PATH=no_gpus)
    dialogue.hears("Network")
    dialogue.answers("dino")
    dialogue.hears("Number of GPUs [1]: ")
    dialogue.answers("8")
    dialogue.hears("KEY that encrypts your models (hidden; empty for none): ")
    dialogue.hidden()
    dialogue.answers("hush")
    dialogue.hears("Your .env also sets A, B. Export which of them? (names, all or none) [none]: ")
    dialogue.answers("A, C")
    dialogue.hears("C is not one of them")
    dialogue.hears("[none]: ")
    dialogue.answers("A")
    dialogue.hears(f"The container needs {folder}/specs, which does not exist. Create it? [Y/n]: ")
    dialogue.answers("y")
    assert dialogue.ends() == 0
    assert "hush" not in dialogue.seen
    assert (folder / "specs").is_dir()
    assert (
        (folder / ".env")
        .read_text()
        .startswith(f"A=1\nB=2\nPATH=/x\n# taoshell: ignore B PATH\nKEY=hush\nNUM_GPUS=8\n{BLOCK}")
    )
    got = user.must("export", "json", folder).out
    assert '"A": "1"' in got
    assert '"B"' not in got


def test_init_does_not_ask_for_what_it_can_find_out(user: User, folder: Path, tmp_path: Path) -> None:
    smi = tmp_path / "nvidia-smi"
    smi.write_text('#!/bin/sh\n[ "$*" = --list-gpus ] && echo "GPU 0: A100" && echo "GPU 1: A100"\n')
    smi.chmod(0o755)
    (folder / ".env").write_text("KEY=hush\n")
    dialogue = Dialogue(user, "init", folder, PATH=f"{tmp_path}:{user.environ['PATH']}")
    assert dialogue.ends() == 0
    assert "?" not in dialogue.seen
    assert "NUM_GPUS=2" in (folder / ".env").read_text()


def test_the_user_may_answer_with_no_key_and_no_folder(user: User, no_gpus: str) -> None:
    folder = user.home / "dino"
    folder.mkdir()
    dialogue = Dialogue(user, "init", folder, PATH=no_gpus)
    dialogue.hears("Number of GPUs")
    dialogue.answers("")
    dialogue.hears("KEY")
    dialogue.hidden()
    dialogue.answers("")
    dialogue.hears("Create it? [Y/n]: ")
    dialogue.answers("n")
    assert dialogue.ends() == 1
    assert "mkdir -p" in dialogue.seen
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_or_ctrl_d_at_a_question_changes_nothing(user: User, folder: Path, no_gpus: str, key: str) -> None:
    before = snapshot(user.home)
    dialogue = Dialogue(user, "init", folder, PATH=no_gpus)
    dialogue.hears("Number of GPUs [1]: ")
    dialogue.presses(key)
    assert dialogue.ends() == 130
    assert "Traceback" not in dialogue.seen
    assert snapshot(user.home) == before


def test_ctrl_c_at_the_hidden_question_leaves_the_terminal_as_it_was(user: User, folder: Path, no_gpus: str) -> None:
    before = snapshot(user.home)
    dialogue = Dialogue(user, "init", folder, "--gpus", "1", PATH=no_gpus)
    dialogue.hears("KEY that encrypts")
    dialogue.hidden()
    dialogue.presses("\x03")
    assert dialogue.ends() == 130
    assert snapshot(user.home) == before


def test_yes_asks_nothing_at_a_terminal(user: User, folder: Path, no_gpus: str) -> None:
    dialogue = Dialogue(user, "init", "--yes", folder, PATH=no_gpus)
    assert dialogue.ends() == 0
    assert "?" not in dialogue.seen


def test_allow_in_a_fresh_clone_asks_for_the_rest(user: User, sample: Sample, no_gpus: str) -> None:
    sample.env.unlink()
    (sample.root / "specs").rmdir()
    dialogue = Dialogue(user, "allow", sample.root, PATH=no_gpus)
    dialogue.hears("+network = ")  # it shows before it asks
    dialogue.hears("LOCAL_SPECS_DIR")
    dialogue.hears("KEY that")
    dialogue.hidden()
    dialogue.answers("hush")
    dialogue.hears("Number of GPUs")
    dialogue.answers("2")
    dialogue.hears("--- .env (shown above)")
    dialogue.hears("+KEY=••••")
    dialogue.hears("Approve this? [y/N]")
    dialogue.answers("y")
    dialogue.hears("Create it?")
    dialogue.answers("y")
    assert dialogue.ends() == 0
    assert sample.env.read_text().startswith(f"KEY=hush\nNUM_GPUS=2\n{BLOCK}")
    assert mode(sample.env) == 0o600
    assert not sample.is_blocked


def test_a_misspelt_network_is_refused_without_a_terminal(user: User) -> None:
    folder = user.home / "new"
    (folder / "specs").mkdir(parents=True)
    line = refused(user, "--yes", "--network", "detecnet_v2", folder)
    assert line.endswith("did you mean detectnet_v2? to use it all the same, add --new\n")
    user.must("init", "--yes", "--network", "detecnet_v2", "--new", folder)
    assert 'network = "detecnet_v2"' in (folder / "taoshell.toml").read_text()
    user.must("init", "--yes", "--network", "detecnet_v2", folder)  # it has this name already


@pytest.mark.parametrize(
    ("words", "answers", "network"),
    [
        (["--network", "detecnet_v2"], [""], "detectnet_v2"),
        (["--network", "detecnet_v2"], ["detecnet_v2"], "detecnet_v2"),
        (["--network", "detecnet_v2"], ["dinoo", ""], "dino"),
        ([], ["detecnet_v2", ""], "detectnet_v2"),
        ([], ["my_own_net"], "my_own_net"),
    ],
)
def test_a_misspelt_network_is_asked_for_again(
    user: User, no_gpus: str, words: list[str], answers: list[str], network: str
) -> None:
    folder = user.home / "new"
    (folder / "specs").mkdir(parents=True)
    dialogue = Dialogue(user, "init", folder, "--gpus", "1", "--key", "tlt_encode", *words, PATH=no_gpus)
    for answer in answers:
        dialogue.hears("Network (")
        dialogue.answers(answer)
    assert dialogue.ends() == 0
    assert f'network = "{network}"' in (folder / "taoshell.toml").read_text()


def test_init_inside_another_project_says_so(user: User, folder: Path) -> None:
    inner = folder / "specs/dino"
    inner.mkdir()
    (inner / "specs").mkdir()
    said = f"taoshell: {inner} is inside the project {folder}, which will not apply in this folder any more\n"
    assert said not in user.must("init", "--yes", inner).err
    (inner / "taoshell.toml").unlink()
    user.must("init", "--yes", folder)
    assert user.must("init", "--yes", inner).err.startswith(said)
    assert said not in user.must("init", "--yes", inner).err  # it is a project of its own already


@pytest.mark.parametrize("network", networks.FORMER)
def test_a_network_of_a_former_launcher_is_taken(user: User, network: str) -> None:
    (user.home / "cars").mkdir()
    user.must("init", "--network", network, "--gpus", "1", "--yes", "--mkdir", "cars")
    user.must("set", "network=dino", "cars")
    user.must("set", f"network={network}", "cars")
