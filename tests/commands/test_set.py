"""`taoshell set`: one setting in the file where it belongs, checked before it is written, then shown and approved."""

from __future__ import annotations

import shlex
from pathlib import Path

import pexpect
import pytest

from taoshell import __version__
from taoshell.state import generations
from taoshell.text.dotenv import parse
from tests.commands.conftest import COMMAND, User
from tests.support.samples import CONTAINER, Sample
from tests.support.trees import snapshot
from tests.support.waiting import SECONDS

TOML = '# ours\nlayout = "classic" # both sides\nnetwork = "detectnet_v2"\n\n# for the shell\n[env]\nDEBUG = "1" # on\n'
ENV = "# mine\nKEY=tlt_encode # the samples'\nexport NUM_GPUS='1'\n"
HIDDEN = "hush hush"


@pytest.fixture
def sample(home: Path) -> Sample:
    """An approved project with comments in both files."""
    sample = Sample(home, toml=TOML, env=ENV)
    sample.allow()
    return sample


def values(sample: Sample) -> dict[str, str]:
    """Return what a shell would get now."""
    in_force = generations.current(sample.state.project(str(sample.root)))
    assert in_force is not None
    return in_force.variables


# -- the right file, and nothing else in it --------------------------------------------------------


def test_a_variable_goes_into_env(user: User, sample: Sample) -> None:
    before = sample.env.read_text()
    done = user.must("set", "NUM_GPUS=4", cwd=sample.root)
    assert sample.env.read_text() == before.replace("'1'", "4")
    assert sample.toml.read_text() == TOML
    assert done.out.splitlines() == [
        "--- .env (approved)",
        "+++ .env (now)",
        "@@ -2,2 +2,2 @@",
        " KEY=•••• # ••••",
        "-export NUM_GPUS='1'",
        "+export NUM_GPUS=4",
    ]
    assert values(sample)["NUM_GPUS"] == "4"


def test_a_new_variable_goes_above_the_block(user: User, sample: Sample) -> None:
    before = sample.env.read_text()
    user.must("set", "EXPERIMENT=first try", cwd=sample.root)
    assert sample.env.read_text() == before.replace("# >>> taoshell", "EXPERIMENT='first try'\n# >>> taoshell")
    assert values(sample)["EXPERIMENT"] == "first try"


def test_a_dotted_name_goes_into_taoshell_toml(user: User, sample: Sample) -> None:
    done = user.must("set", "container.shm_size=16G", cwd=sample.root)
    assert sample.toml.read_text() == f'{TOML}\n[container]\nshm_size = "16G"\n'
    assert sample.env.read_text().startswith(ENV)
    assert "+[container]" in done.out.splitlines()
    assert '"shm_size": "16G"' in sample.mounts


def test_comments_stay_where_they_are(user: User, sample: Sample) -> None:
    user.must("set", "env.DEBUG=2", cwd=sample.root)
    user.must("set", "env.MORE=3", cwd=sample.root)
    user.must("set", "network=unet", cwd=sample.root)
    user.must("set", "name=night shift", cwd=sample.root)
    assert sample.toml.read_text() == (
        '# ours\nlayout = "classic" # both sides\nnetwork = "unet"\nname = "night shift"\n'
        '\n# for the shell\n[env]\nDEBUG = "2" # on\nMORE = "3"\n'
    )


@pytest.mark.parametrize("setting", ["places.data={}", "LOCAL_DATA_DIR={}"])
def test_a_place_moves_with_its_mount_and_its_block(user: User, sample: Sample, setting: str) -> None:
    big = sample.home / "big disk"
    big.mkdir()
    user.must("set", setting.format(big), cwd=sample.root)
    assert (str(big) in sample.toml.read_text()) == setting.startswith("places")
    assert f'"source": "{big}",\n            "destination": "{CONTAINER}/data"' in sample.mounts
    assert values(sample)["LOCAL_DATA_DIR"] == str(big)
    block = parse(sample.env.read_text(), "").block
    assert block is not None
    assert block["LOCAL_DATA_DIR"] == str(big)


def test_the_layout(user: User, sample: Sample) -> None:
    user.must("init", sample.root, "--yes", "--mkdir")
    for name in ("data", "detectnet_v2/results"):
        (sample.root / name).mkdir(parents=True, exist_ok=True)
    user.must("set", "layout=host", cwd=sample.root)
    found = values(sample)
    assert found["HOST_SPECS_DIR"] == f"{sample.root}/specs"
    assert "LOCAL_SPECS_DIR" not in found


def test_dir_may_be_below_the_project(user: User, sample: Sample) -> None:
    user.must("set", "NUM_GPUS=4", sample.root)
    user.must("set", "NUM_GPUS=5", sample.root / "specs")
    assert values(sample)["NUM_GPUS"] == "5"


@pytest.mark.parametrize("value", ["", "a b", 'it\'s "$x" `y` \\', "-1", "a=b", "# no comment", "Größe", " "])
def test_any_value_arrives_as_it_is(user: User, sample: Sample, value: str) -> None:
    user.must("set", f"EXPERIMENT={value}", cwd=sample.root)
    assert values(sample)["EXPERIMENT"] == value


def test_the_value_that_is_already_set_changes_nothing(user: User, sample: Sample) -> None:
    before = snapshot(sample.root)
    done = user.must("set", "env.DEBUG=1", cwd=sample.root)
    assert done.out == ""
    assert snapshot(sample.root) == before


def test_the_files_keep_their_modes_and_links(user: User, sample: Sample) -> None:
    elsewhere = sample.root / "mine.env"
    sample.env.rename(elsewhere)
    sample.env.symlink_to(elsewhere)
    sample.toml.chmod(0o664)
    user.must("set", "NUM_GPUS=3", sample.root)
    user.must("set", "env.DEBUG=3", sample.root)
    assert sample.env.readlink() == elsewhere
    assert elsewhere.exists()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert sample.toml.stat().st_mode & 0o777 == 0o664


def test_a_new_env_is_private(user: User, home: Path) -> None:
    sample = Sample(home, "q", env=None)
    sample.allow()
    sample.env.unlink()  # it had only the block
    user.must("set", "NUM_GPUS=3", sample.root)
    assert values(sample)["NUM_GPUS"] == "3"
    assert sample.env.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o640])
def test_an_env_that_others_can_read_becomes_private_when_it_is_written(user: User, sample: Sample, mode: int) -> None:
    sample.env.chmod(mode)
    user.must("set", "KEY", sample.root, stdin="k\n")
    assert sample.env.stat().st_mode & 0o777 == 0o600


# -- secrets ---------------------------------------------------------------------------------------


def test_a_secret_is_read_from_standard_input_and_never_shown(user: User, sample: Sample) -> None:
    done = user.must("set", "KEY", cwd=sample.root, stdin=f"{HIDDEN}\nnot this\n")
    assert HIDDEN not in done.out + done.err
    assert "-KEY=•••• # ••••" in done.out.splitlines()
    assert "+KEY=•••• # ••••" in done.out.splitlines()
    assert values(sample)["KEY"] == HIDDEN
    assert "tlt_encode" not in done.out + done.err + sample.env.read_text()


def test_a_secret_on_the_command_line_is_taken_with_a_warning(user: User, sample: Sample) -> None:
    done = user.must("set", f"KEY={HIDDEN}", cwd=sample.root)
    assert "every user of this machine can see a secret on the command line; better: taoshell set KEY" in done.err
    assert HIDDEN not in done.out + done.err
    assert values(sample)["KEY"] == HIDDEN


def test_a_reference_to_a_secret_is_no_secret(user: User, sample: Sample) -> None:
    user.must("set", "WANDB_API_KEY", cwd=sample.root, stdin=f"{HIDDEN}\n")
    done = user.must("set", 'container.env.WANDB_API_KEY={ from = ".env" }', cwd=sample.root)
    assert "can see a secret" not in done.err
    assert 'WANDB_API_KEY = { from = ".env" }' in sample.toml.read_text()


def test_several_secrets_come_from_standard_input_a_line_each(user: User, sample: Sample) -> None:
    user.must("set", "KEY", "WANDB_API_KEY", cwd=sample.root, stdin="one\r\ntwo\n")
    assert (values(sample)["KEY"], values(sample)["WANDB_API_KEY"]) == ("one", "two")


@pytest.mark.parametrize("name", ["KEY", "EXPERIMENT"])
def test_empty_input_is_a_usage_error(user: User, sample: Sample, name: str) -> None:
    before = snapshot(sample.root)
    done = user.types("set", name, cwd=sample.root, stdin="")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"taoshell: {name} has no value; ")
    assert snapshot(sample.root) == before


def test_a_terminal_does_not_echo_a_secret(user: User, sample: Sample) -> None:
    words = [*COMMAND[1:], "set", "KEY", str(sample.root)]
    child = pexpect.spawn(COMMAND[0], words, env=user.environ, encoding="utf-8", timeout=SECONDS)
    child.expect("KEY: ")
    child.waitnoecho()
    child.sendline(HIDDEN)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert HIDDEN not in child.before
    assert values(sample)["KEY"] == HIDDEN


# -- refusals --------------------------------------------------------------------------------------

IN_TOML, IN_ENV = "{root}/taoshell.toml: ", "{root}/.env: "

REFUSED = {
    # no setting at all
    "=1": "no name is given; write NAME=VALUE",
    "A B=1": "'A B' is refused: a name has only letters, digits and _",
    "PATH=/evil": "'PATH' is refused: it decides which programs run; use another name",
    "LAUNCHER_MOUNTS=/x": "'LAUNCHER_MOUNTS' is refused: it is taoshell's own; use another name",
    "places.=x": "'places.' is not a setting; write a name such as places.data",
    # the launcher's rules
    "layout=hosts": IN_TOML + 'layout is not changed: unknown layout "hosts"; did you mean "host"?',
    "network=FIXME": IN_TOML + "network is not changed: 'FIXME' is not the name of a network",
    "network=": IN_TOML + "network is not changed: '' is not the name of a network",
    "plases.data=d": IN_TOML + 'plases.data is not changed: unknown key "plases"; did you mean "places"?',
    "places.cache=/tmp": IN_TOML + 'places.cache is not changed: place "cache" needs a container path',
    "places.data=/path/to/data": IN_TOML + "places.data is not changed: /path/to/data is a placeholder",
    "places.data.container=data": IN_TOML + "places.data.container is not changed: the container path data is relative",
    "places.data=/no/such": IN_TOML + "places.data is not changed: the container needs /no/such, which does not exist",
    "container.mode=ro": IN_TOML
    + f'container.mode is not changed: unknown key "container.mode"; taoshell {__version__} knows: user, ',
    "container.tty=false": IN_TOML + "container.tty is not changed: container.tty is no setting",
    "container.shm_size=lots": IN_TOML
    + "container.shm_size is not changed: container.shm_size is 'lots', which is not a size",
    "container.env.MY_KEY=k": "MY_KEY is a secret, which must not go into taoshell.toml; run: taoshell set MY_KEY",
    "env.MY_TOKEN=k": "MY_TOKEN is a secret, which must not go into taoshell.toml; run: taoshell set MY_TOKEN",
    "env.PATH=/evil": IN_TOML + "env.PATH is not changed: PATH is refused: it decides which programs run",
    "env.SPECS_DIR=/x": IN_TOML + "env.SPECS_DIR is not changed: SPECS_DIR is the path of a place",
    # .env
    "DATA_DOWNLOAD_DIR=/a b": 'DATA_DOWNLOAD_DIR is the container path of place "data", which is for everybody; '
    "run: taoshell set 'places.data.container=/a b'",
    "NUM_GPUS=0": IN_ENV + "NUM_GPUS is not changed: NUM_GPUS is '0'; write the number of GPUs to use",
    "LOCAL_DATA_DIR=/no/such": IN_ENV + "LOCAL_DATA_DIR is not changed: the container needs /no/such",
    "LOCAL_DATA_DIR=": IN_ENV + "LOCAL_DATA_DIR is not changed: the path is empty",
}


def test_the_cures_of_a_secret_and_of_a_container_path_work(user: User, sample: Sample) -> None:
    for setting, stdin in (("env.A_TOKEN=1", "hush\n"), ("SPECS_DIR=/x", "")):
        error = user.types("set", setting, cwd=sample.root).err.splitlines()[-1]
        command = shlex.split(error.partition("; run: taoshell ")[2])
        user.must(*command, cwd=sample.root, stdin=stdin)
    assert (values(sample)["A_TOKEN"], values(sample)["SPECS_DIR"]) == ("hush", "/x")


@pytest.mark.parametrize(("setting", "said"), REFUSED.items())
def test_a_wrong_setting_is_not_written(user: User, sample: Sample, setting: str, said: str) -> None:
    before = snapshot(sample.root, sample.kept)
    done = user.types("set", setting, cwd=sample.root)
    *warning, error = done.err.splitlines()
    assert done.status == (2 if "is not a setting" in said or "no name" in said else 1)
    assert done.out == ""
    assert error.startswith("taoshell: " + said.format(root=sample.root))
    assert not warning
    assert snapshot(sample.root, sample.kept) == before


def test_an_ignored_name(user: User, home: Path) -> None:
    sample = Sample(home, env="# taoshell: ignore EDITOR_SETTING\nEDITOR_SETTING=1\n")
    sample.allow()
    before = snapshot(sample.root)
    done = user.types("set", "EDITOR_SETTING=2", cwd=sample.root)
    assert (done.status, done.out) == (1, "")
    assert "taoshell: ignore" in done.err
    assert snapshot(sample.root) == before


def test_a_value_that_is_not_utf8(user: User, sample: Sample) -> None:
    before = snapshot(sample.root)
    done = user.types("set", "A=\udcff", cwd=sample.root)
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert "not UTF-8" in done.err
    assert snapshot(sample.root) == before


# -- other changes ---------------------------------------------------------------------------------


def refused_unread(user: User, sample: Sample) -> str:
    """Require that `set` refuses and writes nothing. Returns the diff that it shows."""
    before = snapshot(sample.home)
    done = user.types("set", "NUM_GPUS=4", sample.root)
    assert done.status == 1
    cause = "the project is not approved as it is now; run: taoshell allow"
    assert done.err == f"taoshell: {sample.root}: {cause} {sample.root}\n"
    assert snapshot(sample.home) == before
    return done.out


def test_other_changes_are_shown_but_not_approved(user: User, sample: Sample) -> None:
    sample.toml.write_text(TOML + 'EVIL = "1"\n')
    assert '+EVIL = "1"' in refused_unread(user, sample).splitlines()


def test_a_project_that_was_never_approved(user: User, home: Path) -> None:
    assert '+layout = "classic"' in refused_unread(user, Sample(home, "theirs")).splitlines()


def test_a_project_that_was_denied(user: User, sample: Sample) -> None:
    user.must("deny", sample.root)
    assert refused_unread(user, sample) == ""


def test_an_edited_block(user: User, sample: Sample) -> None:
    sample.env.write_text(sample.env.read_text().replace("\nSPECS_DIR=", "\nSPECS_DIR=/x"))
    before = snapshot(sample.root, sample.kept)
    done = user.types("set", "NUM_GPUS=4", cwd=sample.root)
    assert (done.status, done.out) == (1, "")
    assert "SPECS_DIR in taoshell's block is not as taoshell wrote it" in done.err
    assert snapshot(sample.root, sample.kept) == before


def test_older_approved_content(user: User, sample: Sample) -> None:
    """As after `git checkout`: the diff shows only the new setting."""
    sample.toml.write_text(TOML + 'BRANCH = "2"\n')
    sample.allow()
    sample.toml.write_text(TOML)
    done = user.must("set", "NUM_GPUS=4", cwd=sample.root)
    assert "BRANCH" not in done.out
    assert values(sample)["NUM_GPUS"] == "4"


def test_set_can_repair_a_broken_project(user: User, sample: Sample) -> None:
    """A mount folder is gone: `set` accepts a value that moves the place."""
    (sample.root / "specs").rmdir()
    new = sample.home / "new"
    new.mkdir()
    assert user.types("set", "NUM_GPUS=4", cwd=sample.root).status == 1
    user.must("set", f"LOCAL_SPECS_DIR={new}", cwd=sample.root)
    assert values(sample)["LOCAL_SPECS_DIR"] == str(new)


MISSPELT = 'network "detecnet_v2" is not one that taoshell knows; did you mean detectnet_v2?'


def test_a_misspelt_network_is_refused_and_set_with_new(user: User, sample: Sample) -> None:
    user.must("allow", "--yes", sample.root)
    before = snapshot(user.home)
    done = user.tries("set", "network=detecnet_v2", cwd=sample.root)
    how = "to set it all the same: taoshell set --new network=detecnet_v2"
    assert (done.status, done.err) == (1, f"taoshell: {MISSPELT} {how}\n")
    assert snapshot(user.home) == before
    assert MISSPELT in user.must("set", "--new", "network=detecnet_v2", cwd=sample.root).err
    assert 'network = "detecnet_v2"' in sample.toml.read_text()
    assert "refused" not in user.must("set", "network=detecnet_v2", cwd=sample.root).err  # it has this name already
    user.must("set", "network=my_own_net", cwd=sample.root)  # like none of them
