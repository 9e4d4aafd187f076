"""`taoshell allow`: a valid project is approved and shown; an error gets one line, and nothing changes."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from taoshell.formats.dotenv import quoted
from tests.commands.conftest import User
from tests.commands.dialogue import Dialogue
from tests.support.samples import CONTAINER, ENV, TOML, Sample
from tests.support.trees import snapshot
from tests.support.waiting import SECONDS

APPROVED = "taoshell: p is approved: 9 variables, 2 mounts\n"
PLACES = TOML + "[places]\n"


def test_it_approves_and_shows_what_is_where(user: User, sample: Sample) -> None:
    done = user.must("allow", "--yes", cwd=sample.root)
    assert done.err == APPROVED
    for text in ("~/p/specs", "LOCAL_SPECS_DIR", f"{CONTAINER}/detectnet_v2/specs", "SPECS_DIR", "NUM_GPUS"):
        assert text in done.out
    assert not sample.is_blocked


def test_it_never_shows_a_secret(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", cwd=sample.root)
    sample.env.write_text("KEY=hush1\nWANDB_API_KEY=hush2\nA_TOKEN=hush3\nB_SECRET=hush4\nC_PASSWORD=hush5\n")
    done = user.must("allow", "--yes", cwd=sample.root)
    assert "hush" not in done.out + done.err
    assert done.out.count("••••") == 6  # the diff: one is taken out, five are new


def test_dir_may_be_below_the_project_too(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", cwd=sample.root / "specs")
    assert sample.is_fresh
    sample.env.write_text(ENV + "A=1\n")
    user.must("allow", "--yes", sample.root / "specs")
    assert "A='1'" in sample.script


def test_the_first_allow_does_not_export_the_users_own_lines_and_says_so(user: User, sample: Sample) -> None:
    sample.env.write_text("MINE='1'\nPATH=/x\nKEY=k\n")
    done = user.must("allow", "--yes", sample.root)
    assert "not exported: MINE, PATH; to export one, remove it from the line `# taoshell: ignore`" in done.err
    assert sample.env.read_text().startswith("MINE='1'\nPATH=/x\nKEY=k\n# taoshell: ignore MINE PATH\n# >>> taoshell")
    assert "MINE" not in sample.script
    assert user.must("allow", "--yes", sample.root).err == "taoshell: p is approved: 8 variables, 2 mounts\n"


def test_deleting_the_block_does_not_make_it_the_first_allow_again(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", sample.root)
    sample.env.write_text("MINE=1\n")
    assert "not exported" not in user.must("allow", "--yes", sample.root).err
    assert "MINE='1'" in sample.script


def test_a_second_run_changes_nothing(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", sample.root)
    before = snapshot(sample.root)
    user.must("allow", "--yes", sample.root)
    assert snapshot(sample.root) == before


def test_a_note_is_printed_and_refuses_nothing(user: User, sample: Sample) -> None:
    sample.toml.write_text(TOML + '[container.env]\nWANDB_API_KEY = { from = ".env" }\n')
    done = user.must("allow", "--yes", sample.root)
    cause = "WANDB_API_KEY is not in .env, so the container does not get it"
    assert done.err == f"taoshell: {cause}; to set it: taoshell set WANDB_API_KEY {sample.root}\n{APPROVED}"


# -- values and paths of every kind ------------------------------------------------------------------------


VALUES = {
    "spaces": "  a  b ",
    "single quote": "it's",
    "double quotes": 'say "x"',
    "backslashes": "a\\b\\\\c\\",
    "command": "$(touch hacked)",
    "backticks": "`touch hacked`",
    "dollar": "$HOME ${HOME}",
    "exclamation mark": "hi! !!",
    "newline": "a\nb\n",
    "tab": "a\tb",
    "unicode": "größer 数据 🚗",
    "dash": "-n",
    "empty": "",
    "hash": "a #b",
    "percent": "%s%n",
    "glob": "* ? [a]",
    "tilde": "~/x",
    "semicolon": "a; touch hacked & b | c > d",
}


def test_values_come_through_unchanged(user: User, sample: Sample) -> None:
    names = {f"V{number}": value for number, value in enumerate(VALUES.values())}
    user.must("allow", "--yes", sample.root)
    sample.env.write_text("".join(f"{name}={quoted(value)}\n" for name, value in names.items()))
    user.must("allow", "--yes", sample.root)
    got = json.loads(user.must("export", "json", sample.root).out)
    assert {name: got[name] for name in names} == names
    got = evaluated(user, user.must("export", "bash", sample.root).out)
    assert {name: got[name] for name in names} == names
    assert not list(user.home.rglob("hacked"))


def evaluated(user: User, script: str) -> dict[str, str]:
    """Return the environment after bash has run `script`."""
    done = subprocess.run(
        ["bash", "-c", f"{script}\nenv -0"], cwd=user.home, env=user.environ, capture_output=True, text=True, check=True
    )
    return dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)


PATHS = [
    "a b",
    "it's",
    'say "x"',
    "back\\slash",
    "$(touch hacked)",
    "`touch hacked`",
    "$HOME",
    "hi!",
    "tab\tin",
    "größer 数据 🚗",
    "-n",
    "#x",
    "%s",
    "* [a]",
    "~",
    "a;b&c",
    "a+b",
    "end ",
]


@pytest.mark.parametrize("name", PATHS)
def test_a_project_can_have_any_name(user: User, name: str) -> None:
    sample = Sample(user.home, name)
    assert user.tries("allow", "--yes", cwd=sample.root).status == 0
    assert not sample.is_blocked
    assert sample.is_fresh
    got = evaluated(user, user.tries("export", "bash", cwd=sample.root).out)
    assert got["LOCAL_SPECS_DIR"] == f"{sample.root}/specs"
    assert not list(user.home.rglob("hacked"))


# -- errors ------------------------------------------------------------------------------------------------

# (file, its text, what stderr must contain); {root} and {home} are filled in. `.env:` and `.toml:` precede the line.
BAD = {
    "broken TOML": ("taoshell.toml", TOML + "[places\n", ".toml:3: this is not valid TOML: "),
    "a TOML value without quotes": ("taoshell.toml", "network = dino\n", ".toml:1: this is not valid TOML: "),
    "a key twice": ("taoshell.toml", 'network = "dino"\nnetwork = "ssd"\n', ".toml:2: this is not valid TOML: "),
    "an unknown key": ("taoshell.toml", TOML + "\n[plaecs]\n", '.toml:4: unknown key "plaecs"; did you mean "places"?'),
    "an unknown key inside": (
        "taoshell.toml",
        TOML + '[container]\nshmsize = "1G"\n',
        '.toml:4: unknown key "container.shmsize"',
    ),
    "an unknown layout": (
        "taoshell.toml",
        'layout = "clasic"\nnetwork = "dino"\n',
        '.toml:1: unknown layout "clasic"; did you mean "classic"?',
    ),
    "a wrong type": (
        "taoshell.toml",
        'layout = "classic"\nnetwork = 4\n',
        ".toml:2: network is a number; write text in quotes",
    ),
    "a wrong type inside": ("taoshell.toml", PLACES + "data = 4\n", ".toml:4: places.data is a number; "),
    "FIXME as network": ("taoshell.toml", 'network = "FIXME"\n', ".toml:1: 'FIXME' is not the name of a network; "),
    "FIXME as path": (
        "taoshell.toml",
        PLACES + 'data = "FIXME"\n',
        ".toml:4: FIXME is a placeholder; write your own path",
    ),
    "/path/to": (
        "taoshell.toml",
        PLACES + 'data = "/path/to/data"\n',
        ".toml:4: /path/to/data is a placeholder; write your own",
    ),
    "/path/to in .env": (
        ".env",
        ENV + "LOCAL_DATA_DIR=/path/to/data\n",
        ".env:3: /path/to/data is a placeholder; write your own",
    ),
    "a missing source": (
        "taoshell.toml",
        PLACES + 'specs = "nowhere"\n',
        ".toml:4: the container needs {root}/nowhere, which does not exist; run: mkdir -p {root}/nowhere",
    ),
    "a relative destination": (
        "taoshell.toml",
        PLACES + 'specs = {{ container = "specs" }}\n',
        ".toml:4: the container path specs is relative",
    ),
    "a destination with ~": (
        "taoshell.toml",
        PLACES + 'specs = {{ container = "~/specs" }}\n',
        ".toml:4: the container path ~/specs contains '~'; ",
    ),
    "a destination with :": (
        "taoshell.toml",
        PLACES + 'specs = {{ container = "/a:b" }}\n',
        ".toml:4: the container path /a:b contains ':'; ",
    ),
    "a destination through a link of the host": (
        "taoshell.toml",
        PLACES + 'specs = {{ container = "{home}/link/x" }}\n',
        ".toml:4: this machine has a symlink on the container path {home}/link/x",
    ),
    "a refused name": (
        ".env",
        ENV + "LD_PRELOAD=/x\n",
        ".env:3: LD_PRELOAD is refused: it decides which code programs load; ",
    ),
    "a refused name in [env]": ("taoshell.toml", TOML + '[env]\nPATH = "/x"\n', ".toml:4: PATH is refused: "),
    "a secret in [env]": ("taoshell.toml", TOML + '[env]\nMY_TOKEN = "hush"\n', ".toml:4: "),
    "a line that does not parse": (".env", ENV + "B='open\n", ".env:3: a quoted value is not closed"),
    "a line that is no assignment": (".env", ENV + "what is this\n", ".env:3: the line does not parse; "),
    "a name without =": (".env", ENV + "NAME\n", ".env:3: a name without '='; write NAME=value"),
    "an expansion": (".env", ENV + "B=${HOME}/x\n", ".env:3: some programs that read this file expand ${"),
    "a container path in .env": (
        ".env",
        ENV + "SPECS_DIR=/x\n",
        '.env:3: SPECS_DIR is the container path of place "specs", so the mounts decide its value; remove the line, ',
    ),
    "no number of GPUs": (".env", "KEY=k\nNUM_GPUS=many\n", ".env:2: "),
    "KEY=FIXME": (".env", "KEY=FIXME\n", ".env:1: KEY is a placeholder; "),
    "NUL": (".env", ENV + "A=\0\n", ".env:3: a NUL character"),
    "control characters": (
        "taoshell.toml",
        TOML + '"\\u001b]0;x\\u0007" = 1\n',
        '.toml:3: unknown key "\\x1b]0;x\\x07"',
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_one_line_with_cause_and_cure_and_nothing_changes(user: User, sample: Sample, case: str) -> None:
    name, text, expected = BAD[case]
    (user.home / "link").symlink_to(user.home)
    (sample.root / "link").symlink_to("specs")
    sample.allow()
    path = sample.root / name
    if name == "taoshell.toml":
        text = text.replace("{{", "{").replace("}}", "}").replace("{home}", str(user.home))
    path.write_text(text)
    _refused_without_a_trace(user, sample, f"taoshell: {sample.root}/{name.removesuffix('.toml')}", expected)


def _refused_without_a_trace(user: User, sample: Sample, start: str, expected: str) -> None:
    before = snapshot(user.home)
    done = user.tries("allow", "--yes", sample.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(start), done.err
    assert expected.replace("{root}", str(sample.root)).replace("{home}", str(user.home)) in done.err
    assert done.err.count("\n") == 1
    assert "; " in done.err, "no cure"
    assert "hush" not in done.err
    assert "\x1b" not in done.err
    assert snapshot(user.home) == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *itertools.product(["taoshell.toml"], ["FIFO", "folder", "dead link", "no UTF-8"]),
        *itertools.product([".env"], ["dead link", "no UTF-8"]),  # instead of the others, a private one is used
    ],
)
def test_something_else_in_place_of_a_file(user: User, sample: Sample, name: str, kind: str) -> None:
    sample.allow()
    path = sample.root / name
    path.unlink()
    match kind:
        case "FIFO":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "dead link":
            path.symlink_to("nowhere")
        case _:
            path.write_bytes(b"A=\xff\n")
    _refused_without_a_trace(user, sample, f"taoshell: {path}", "; ")


def test_an_edit_inside_the_block(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", sample.root)
    sample.env.write_text(sample.env.read_text().replace("SPECS_DIR=/work", "SPECS_DIR=/play"))
    _refused_without_a_trace(
        user,
        sample,
        f"taoshell: {sample.env}:3: ",
        "SPECS_DIR in taoshell's block is not as taoshell wrote it; delete the block",
    )


@pytest.mark.parametrize("name", ["+", "a\nb", "a:b"])
def test_a_path_that_no_project_can_have(user: User, name: str) -> None:
    sample = Sample(user.home, name)
    before = snapshot(user.home)
    done = user.types("allow", "--yes", cwd=sample.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert "rename or move the folder" in done.err
    assert snapshot(user.home) == before


def test_no_project_here(user: User) -> None:
    done = user.types("allow", "--yes")
    assert (done.status, done.out) == (1, "")
    assert done.err == "taoshell: .: no taoshell.toml in this folder or above it; cd to a project\n"


def test_a_missing_folder_does_not_stand_for_the_project_around_it(user: User, sample: Sample) -> None:
    done = user.types("allow", "--yes", sample.root / "typo")
    assert (done.status, done.out) == (1, "")
    assert done.err == f"taoshell: {sample.root}/typo: there is no such folder; name one that exists\n"
    assert not sample.kept.exists()


@pytest.mark.parametrize("command", ["allow", "deny", "status", "export json", "init", "diff"])
def test_a_deleted_current_folder(user: User, command: str) -> None:
    script = f'mkdir gone; cd gone; rmdir ../gone; exec "$0" -m taoshell {command}'
    done = subprocess.run(
        ["bash", "-c", script, sys.executable],
        env=user.environ,
        cwd=user.home,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "taoshell: the current folder is gone; cd to one that exists\n"


def test_a_deleted_project(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", sample.root)
    shutil.rmtree(sample.root)
    done = user.types("allow", "--yes", sample.root)
    assert (done.status, done.out) == (1, "")
    assert "there is no such folder" in done.err


# -- moved and copied --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["moved", "copied"])
def test_a_moved_or_copied_project_gets_its_new_paths(user: User, sample: Sample, how: str) -> None:
    user.must("allow", "--yes", sample.root)
    there = user.home / "there"
    if how == "moved":
        sample.root.rename(there)
    else:
        shutil.copytree(sample.root, there)
    refused = user.types("export", "json", there)
    assert refused.status == 1
    assert refused.err == f"taoshell: {there}: the project is not approved as it is now; run: taoshell allow {there}\n"
    user.must("allow", "--yes", there)
    text = (there / ".env").read_text()
    assert f"LOCAL_PROJECT_DIR={there}\n" in text
    assert str(sample.root) not in text
    assert stat.S_IMODE((there / ".env").stat().st_mode) == 0o600


def test_a_symlink_leads_to_the_real_project(user: User, sample: Sample) -> None:
    link = user.home / "link"
    link.symlink_to(sample.root)
    user.must("allow", "--yes", cwd=link)
    assert sample.is_fresh
    assert os.listdir(Path(sample.state.root, "projects", *user.home.parts[1:])) == ["p"]


# -- what a repository says about itself -----------------------------------------------------------------


def test_the_marker_lines_in_a_repositorys_env_do_not_make_it_the_users_own(user: User, sample: Sample) -> None:
    """Its lines are not exported, the file becomes private, and git ignores it, as for any first approval."""
    theirs = "MISE_TRUSTED_CONFIG_PATHS=/\nTHEIRS=1\nLOCAL_DATA_DIR=/etc\n"
    sample.env.write_text(f"# >>> taoshell: written by taoshell, do not edit inside\n# <<< taoshell\n{theirs}")
    sample.env.chmod(0o644)
    done = user.must("allow", "--yes", sample.root)
    exported = json.loads(user.must("export", "json", sample.root).out)
    assert not {"MISE_TRUSTED_CONFIG_PATHS", "THEIRS"} & {*exported}
    assert "data mounts /etc, a folder of the system" in done.err
    assert sample.env.stat().st_mode & 0o777 == 0o600
    assert (sample.root / ".gitignore").read_text() == ".env\n"


def test_the_lines_that_the_user_has_exported_stay_exported_after_a_damage(user: User, sample: Sample) -> None:
    """The record of the last approval is lost, the approvals are not: this is no stranger's `.env`."""
    user.must("allow", "--yes", sample.root)
    user.must("set", "MINE=1", sample.root)
    sample.record.unlink()
    user.must("allow", "--yes", sample.root)
    assert json.loads(user.must("export", "json", sample.root).out)["MINE"] == "1"


def test_a_moved_project_keeps_the_lines_that_the_user_exports(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", sample.root)
    user.must("set", "MINE=1", sample.root)
    moved = sample.home / "moved"
    sample.root.rename(moved)
    assert "not exported" not in user.must("allow", "--yes", moved).err
    assert json.loads(user.must("export", "json", moved).out)["MINE"] == "1"
    (moved / ".env").write_text((moved / ".env").read_text() + "THEIRS=1\n")  # not what the user approved elsewhere
    moved.rename(sample.home / "again")
    assert "not exported: MINE, THEIRS" in user.must("allow", "--yes", sample.home / "again").err


def test_what_is_to_be_known_of_a_project_is_said_once(user: User, sample: Sample) -> None:
    note = 'network "detectnet" is not one that taoshell knows; did you mean detectnet_v2?'
    sample.toml.write_text(TOML.replace("detectnet_v2", "detectnet"))
    assert note in user.must("allow", "--yes", sample.root).err
    assert user.must("allow", "--yes", sample.root).err == APPROVED
    sample.env.write_text(ENV + "A=1\n")
    assert note not in user.must("allow", "--yes", sample.root).err
    sample.toml.write_text(TOML.replace("detectnet_v2", "detectnets"))
    assert "did you mean" in user.must("allow", "--yes", sample.root).err
    assert "did you mean" in user.must("status", sample.root).out  # which is asked for


@pytest.mark.parametrize("case", ["the first time", "after a change", "after a deny"])
def test_yes_shows_what_the_question_would(user: User, sample: Sample, case: str) -> None:
    text = "[container]\nprivileged = true\n"
    sample.toml.write_text(TOML + text * (case == "the first time"))
    sample.env.write_text(ENV)
    if case != "the first time":
        user.must("allow", "--yes", sample.root)
    if case == "after a deny":
        user.must("deny", sample.root)
    sample.toml.write_text(TOML + text)
    dialogue = Dialogue(user, "allow", sample.root, NO_COLOR="1")
    dialogue.hears("Approve this?")
    dialogue.presses("\x03")
    dialogue.ends()
    asked = dialogue.seen.replace("\r\n", "\n").partition("Approve this?")[0]
    done = user.must("allow", "--yes", sample.root)
    assert "privileged" in asked
    assert sorted((done.out + done.err.removesuffix(APPROVED)).splitlines()) == sorted(asked.splitlines())
