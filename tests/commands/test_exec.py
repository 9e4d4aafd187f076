"""`taoshell exec`: a command inside a project, as if a shell had entered, run the command and left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.accounts import OWN, Account, Identity
from tests.support.samples import CONTAINER, Sample
from tests.support.waiting import SECONDS

PRINT_ENV = ("env", "-0")


@pytest.fixture
def approved(sample: Sample) -> Sample:
    sample.allow()
    return sample


@pytest.fixture
def account(home: Path) -> Account:
    return Account(home)


def inside(sample: Sample) -> dict[str, str]:
    """Return what entering the sample adds to an environment."""
    return {
        "TAOSHELL_ROOT": str(sample.root),
        "TAOSHELL_GENERATION": os.path.basename(os.readlink(sample.kept / "current")),
        "TAOSHELL_PROJECT": sample.root.name,
        "TAOSHELL_PROMPT": sample.root.name,
        "LAUNCHER_MOUNTS": str(sample.kept / "mounts.json"),
        "KEY": "tlt_encode",
        "NUM_GPUS": "1",
        "LOCAL_PROJECT_DIR": str(sample.root),
        "LOCAL_DATA_DIR": f"{sample.root}/data",
        "LOCAL_EXPERIMENT_DIR": f"{sample.root}/detectnet_v2",
        "LOCAL_SPECS_DIR": f"{sample.root}/specs",
        "DATA_DOWNLOAD_DIR": f"{CONTAINER}/data",
        "USER_EXPERIMENT_DIR": f"{CONTAINER}/detectnet_v2",
        "SPECS_DIR": f"{CONTAINER}/detectnet_v2/specs",
    }


def environment_of(printed: str) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in printed.split("\0") if entry)


# -- which command, which project ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["--", "printf", "%s.", "-n", "--help"], "-n.--help."),
        (["--", "printf", "%s.", "--", "x"], "--.x."),
        (["--", "echo", "--", "x"], "-- x\n"),
        ([".", "--", "echo", "--", "x"], "-- x\n"),
        (["specs", "--", "pwd"], "{root}\n"),  # DIR selects the project, not the working directory
        (["echo", "-n", "x"], "x"),
        (["--", "sh", "-c", 'printf "%s|" "$@"', "sh", "a b", "", "$x", "\n", "é"], "a b||$x|\n|é|"),
    ],
)
def test_arguments_reach_the_command_unchanged(user: User, approved: Sample, words: list[str], printed: str) -> None:
    done = user.must("exec", *words, cwd=approved.root)
    assert done.out == printed.format(root=approved.root)


def test_a_folder_needs_dashes_after_it(user: User, approved: Sample) -> None:
    done = user.types("exec", approved.root, "echo", "a b", cwd=user.home)
    cause = f"taoshell: {approved.root} is a folder, and no -- follows it"
    assert (done.status, done.out, done.err) == (2, "", f"{cause}; run: taoshell exec {approved.root} -- echo 'a b'\n")
    (approved.root / "env").mkdir()  # a program of this name counts
    assert "KEY=tlt_encode\n" in user.must("exec", "env", cwd=approved.root).out


@pytest.mark.parametrize("words", [[], ["--"], [".", "--"], ["."]])
def test_a_missing_command_is_a_usage_error(user: User, approved: Sample, words: list[str]) -> None:
    done = user.types("exec", *words, cwd=approved.root)
    assert done.status == 2
    assert done.err in (
        "taoshell: [DIR] -- CMD [ARG]… is missing; see: taoshell exec --help\n",
        "taoshell: no command is given; see: taoshell exec --help\n",
    )


def test_outside_projects_nothing_runs(user: User) -> None:
    done = user.types("exec", "--", "touch", "ran")
    assert (done.status, done.out) == (1, "")
    assert "no taoshell.toml in this folder or above it; cd to a project" in done.err
    assert not (user.home / "ran").exists()


# -- the status ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("exit 0", 0),
        ("exit 3", 3),
        ("exit 255", 255),
        ("kill -TERM $$", 128 + signal.SIGTERM),
        ("kill -KILL $$", 128 + signal.SIGKILL),
        ("kill -SEGV $$", 128 + signal.SIGSEGV),
        ("kill -PIPE $$", 128 + signal.SIGPIPE),  # Python ignores this signal itself
    ],
)
def test_the_status_is_the_commands(user: User, approved: Sample, script: str, status: int) -> None:
    done = user.types("exec", approved.root, "--", "sh", "-c", f"ulimit -c 0; {script}")
    assert (done.status, done.out) == (status, "")


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("no-such-command", 127, "no-such-command: no such command"),
        ("./no-such-file", 127, "./no-such-file: no such command"),
        ("./plain.txt", 126, "./plain.txt cannot be run: Permission denied"),
        ("./specs", 126, "./specs cannot be run: Permission denied"),
        ("./no-header", 126, "./no-header cannot be run: Exec format error"),
    ],
)
def test_a_command_that_cannot_be_run(
    user: User, approved: Sample, account: Account, command: str, status: int, said: str
) -> None:
    (approved.root / "plain.txt").write_text("text")
    (approved.root / "no-header").write_text("echo hello\n")
    (approved.root / "no-header").chmod(0o755)
    account.go("")
    done = user.types("exec", "--", command, cwd=approved.root)
    assert (done.status, done.out) == (status, "")
    assert done.err.splitlines()[-1] == f"taoshell: {said}"
    assert account.in_force() is None  # exec has left the project


# -- environment -----------------------------------------------------------------------------------


def test_the_command_gets_the_old_environment_and_the_projects(user: User, approved: Sample) -> None:
    done = user.must("exec", approved.root, "--", *PRINT_ENV, NUM_GPUS="7", KEY="")
    assert environment_of(done.out) == {
        **user.environ,
        **inside(approved),
        **{"TAOSHELL_WAS_NUM_GPUS": "7", "TAOSHELL_WAS_KEY": ""},
    }


def test_in_the_environment_of_cron(user: User, approved: Sample) -> None:
    """No PATH, no LANG, no terminal."""
    bare = {"HOME": str(user.home), "PYTHONPATH": user.environ["PYTHONPATH"]}
    done = subprocess.run(
        [*COMMAND, "exec", approved.root, "--", *PRINT_ENV],
        cwd="/",
        env=bare,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    assert environment_of(done.stdout) == {**bare, **inside(approved)}


def test_another_project_is_left_first(user: User, home: Path, approved: Sample) -> None:
    other = Sample(home, "other", toml='network = "unet"\n[env]\nTHEIRS = "1"\n', env="NUM_GPUS=2\n")
    other.allow()
    done = user.must("exec", other.root, "--", *COMMAND, "exec", approved.root, "--", *PRINT_ENV, NUM_GPUS="7")
    assert environment_of(done.out) == {**user.environ, **inside(approved), "TAOSHELL_WAS_NUM_GPUS": "7"}


def test_a_refused_project_is_left_first(user: User, approved: Sample) -> None:
    refused = {
        "TAOSHELL_ROOT": "/theirs",
        "TAOSHELL_GENERATION": "refused",
        "TAOSHELL_BLOCKED": "1",
        "LAUNCHER_MOUNTS": approved.state.refused,
        "TAOSHELL_WAS_LAUNCHER_MOUNTS": "/mine.json",
    }
    done = user.must("exec", approved.root, "--", *PRINT_ENV, **refused)
    assert environment_of(done.out) == {
        **user.environ,
        **inside(approved),
        "TAOSHELL_WAS_LAUNCHER_MOUNTS": "/mine.json",
    }


def test_the_hooks_own_variables_do_not_reach_the_command(user: User, approved: Sample) -> None:
    to_say = {"TAOSHELL_STATE": approved.state.root, "TAOSHELL_MOUNTS_FILE": approved.state.mounts_file}
    done = user.must("exec", approved.root, "--", *PRINT_ENV, **to_say)
    assert environment_of(done.out) == {**user.environ, **inside(approved)}


def test_the_command_has_our_streams(user: User, approved: Sample) -> None:
    done = user.must("exec", approved.root, "--", "sh", "-c", "cat; echo said >&2", stdin="given")
    assert (done.out, done.err.splitlines()[-1]) == ("given", "said")


def test_open_files_are_passed_on(user: User, approved: Sample) -> None:
    """The job server of make needs this."""
    script = 'exec 7<<<given; "$@"'
    command = [*COMMAND, "exec", str(approved.root), "--", "sh", "-c", "cat <&7"]
    done = subprocess.run(
        ["bash", "-c", script, "bash", *map(str, command)], env=user.environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "given\n"


def dispositions(done: subprocess.CompletedProcess[str]) -> dict[str, int]:
    """Return the masks of signals 1 to 31. Higher signals depend on the program that started the tests."""
    lines = [line.split(":") for line in done.stdout.splitlines() if "Sig" in line]
    return {name: int(mask, 16) & 0x7FFFFFFF for name, mask in lines}


@pytest.mark.parametrize("ignored", [[], [signal.SIGHUP], [signal.SIGINT, signal.SIGQUIT]], ids=["", "nohup", "&"])
def test_ignored_signals_stay_ignored(user: User, approved: Sample, ignored: list[signal.Signals]) -> None:
    def prepare() -> None:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)

    command = ["grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"]
    done = subprocess.run(
        [*COMMAND, "exec", str(approved.root), "--", *command],
        env=user.environ,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=prepare,
    )
    assert dispositions(done) == {"SigBlk": 0, "SigIgn": sum(1 << (number - 1) for number in ignored)}


# -- the mounts file -------------------------------------------------------------------------------


def test_the_mounts_file_is_the_projects_while_it_runs(user: User, approved: Sample, account: Account) -> None:
    own = account.write_own()
    read = f"cat '{account.mounts_file}' \"$LAUNCHER_MOUNTS\""
    done = user.must("exec", approved.root, "--", "sh", "-c", read)
    assert done.out == approved.mounts * 2
    assert account.original.name in done.err  # said once, when the file moves
    assert account.in_force() == OWN
    assert Identity.of(account.original) == own
    again = user.must("exec", approved.root, "--", "sh", "-c", read)
    assert (again.out, again.err) == (approved.mounts * 2, "")


def test_without_a_mounts_file_before_there_is_none_afterwards(user: User, approved: Sample, account: Account) -> None:
    user.must("exec", approved.root, "--", "test", "-e", str(account.mounts_file))
    assert account.in_force() is None


def test_the_command_counts_as_a_shell_in_the_project(user: User, approved: Sample) -> None:
    listed = user.must("exec", approved.root, "--", *COMMAND, "list", "--json")
    assert [project["shells"] for project in json.loads(listed.out)["projects"]] == [1]
    listed = user.must("list", "--json")
    assert [project["shells"] for project in json.loads(listed.out)["projects"]] == [0]


def test_a_write_by_a_notebook_is_kept(user: User, approved: Sample, account: Account) -> None:
    account.write_own()
    user.must("exec", approved.root, "--", "sh", "-c", f"echo foreign >'{account.mounts_file}'")
    assert account.in_force() == OWN
    assert b"foreign\n" in account.everything()
    done = user.must("exec", approved.root, "--", "true")  # the next user of the file is told
    assert "its version is kept in" in done.err
    assert account.backed_up() == [b"foreign\n"]


def test_nothing_runs_if_the_mounts_file_cannot_be_taken_over(user: User, approved: Sample, account: Account) -> None:
    account.mounts_file.mkdir()
    done = user.types("exec", "--", "touch", "ran", cwd=approved.root)
    assert (done.status, done.out) == (1, "")
    assert "the mounts file is a folder" in done.err
    assert not (approved.root / "ran").exists()
    assert not [name for name in os.listdir(approved.state.sessions) if (approved.kept / name).exists()]


class Running:
    """A command in a project that says it is ready, and waits for a line, or with a trap for a signal."""

    def __init__(self, user: User, sample: Sample, trap: str = "", **environ: str) -> None:
        wait = "while :; do sleep 0.02; done" if trap else "read -r line"
        program = f"{trap}\necho ready\n{wait}\n"
        self.process = subprocess.Popen(
            [*COMMAND, "exec", sample.root, "--", "bash", "-c", program],
            env={**user.environ, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def ends(self, stdin: str | None = "\n") -> tuple[int, str]:
        out, _ = self.process.communicate(stdin, timeout=SECONDS)
        return self.process.returncode, out


def test_the_newer_of_two_commands_has_the_mounts_file(
    user: User, home: Path, approved: Sample, account: Account
) -> None:
    account.write_own()
    other = Sample(home, "other")
    other.allow()
    first = Running(user, approved)
    second = Running(user, other)
    assert account.in_force() == other.mounts.encode() != approved.mounts.encode()
    assert second.ends() == (0, "")
    assert account.in_force() == approved.mounts.encode()
    assert first.ends() == (0, "")
    assert account.in_force() == OWN


def test_after_sigkill_the_next_settle_cleans_up(user: User, approved: Sample, account: Account) -> None:
    account.write_own()
    running = Running(user, approved)
    running.process.kill()
    running.ends(None)
    assert account.in_force() == approved.mounts.encode()
    account.settle()
    assert account.in_force() == OWN


# -- signals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["TERM", "HUP", "USR1", "USR2", "INT", "QUIT"])
def test_a_signal_is_passed_on_to_the_command(user: User, approved: Sample, account: Account, name: str) -> None:
    account.write_own()
    running = Running(user, approved, f"trap 'echo got {name}; exit 5' {name}")
    running.process.send_signal(getattr(signal, f"SIG{name}"))
    assert running.ends(None) == (5, f"got {name}\n")
    assert account.in_force() == OWN


def test_a_command_ended_by_a_signal(user: User, approved: Sample, account: Account) -> None:
    account.write_own()
    running = Running(user, approved)
    running.process.terminate()
    running.process.wait(20)  # before we close its standard input, which would end the command too
    assert running.ends(None) == (128 + signal.SIGTERM, "")
    assert account.in_force() == OWN


@pytest.mark.parametrize(("key", "name"), [("\x03", "INT"), ("\x1c", "QUIT")])
def test_a_key_of_the_terminal_reaches_the_command_once(
    user: User, approved: Sample, account: Account, key: str, name: str
) -> None:
    account.write_own()
    script = (
        f"import signal, sys, time; n = []; signal.signal(signal.SIG{name}, lambda *_: n.append(1)); print('ready')"
    )
    script += "\nwhile not n: time.sleep(0.01)\ntime.sleep(0.2); print(f'got {len(n)}'); sys.exit(7)"
    words = ["exec", str(approved.root), "--", sys.executable, "-Ic", script]
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], *words], env=user.environ, encoding="utf-8", timeout=SECONDS)
    child.expect("ready")
    child.send(key)
    child.expect(r"got (\d)")
    assert child.match[1] == "1"
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 7
    assert account.in_force() == OWN


def test_ctrl_c_ends_a_command_without_a_handler(user: User, approved: Sample, account: Account) -> None:
    account.write_own()
    words = ["exec", str(approved.root), "--", "sh", "-c", "echo ready; exec sleep 60"]
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], *words], env=user.environ, encoding="utf-8", timeout=SECONDS)
    child.expect("ready")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 128 + signal.SIGINT
    assert account.in_force() == OWN


# -- refusals --------------------------------------------------------------------------------------


def edit_toml(sample: Sample) -> None:
    sample.toml.write_text(sample.toml.read_text() + "[env]\nA = '1'\n")


def edit_env(sample: Sample) -> None:
    sample.env.write_text("NUM_GPUS=2\n" + sample.env.read_text())


def edit_block(sample: Sample) -> None:
    sample.env.write_text(sample.env.read_text().replace("SPECS_DIR=", "SPECS_DIR=/x"))


def break_toml(sample: Sample) -> None:
    sample.toml.write_text("network = unet\n")


def remove_source(sample: Sample) -> None:
    (sample.root / "specs").rmdir()


REFUSED: Mapping[str, tuple[Callable[[Sample], object], str]] = {
    "never approved": (lambda sample: None, "is not approved as it is now; run: taoshell allow"),
    "taoshell.toml edited": (edit_toml, "is not approved as it is now; run: taoshell allow"),
    ".env edited": (edit_env, "is not approved as it is now; run: taoshell allow"),
    "the block edited": (edit_block, "in taoshell's block is not as taoshell wrote it"),
    "broken": (break_toml, "taoshell.toml:1: this is not valid TOML"),
    "a source missing": (remove_source, "specs, which does not exist; run: mkdir -p"),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED)
def test_only_an_approved_project_runs_commands(
    user: User, sample: Sample, account: Account, change: Callable[[Sample], object], said: str
) -> None:
    account.write_own()
    if said != REFUSED["never approved"][1] or change in (edit_toml, edit_env):
        sample.allow()
    change(sample)
    done = user.types("exec", "--", "touch", "ran", cwd=sample.root)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert said in done.err
    assert not (sample.root / "ran").exists()
    assert account.in_force() == OWN


def test_after_deny_nothing_runs(user: User, approved: Sample) -> None:
    user.must("deny", approved.root)
    done = user.types("exec", "--", "touch", "ran", cwd=approved.root)
    assert done.status == 1
    assert "run: taoshell allow" in done.err
    assert not (approved.root / "ran").exists()


def test_older_approved_content_runs(user: User, approved: Sample) -> None:
    """As after `git checkout`, before any shell has compiled it."""
    first = approved.toml.read_text()
    edit_toml(approved)
    approved.allow()
    approved.toml.write_text(first)
    done = user.must("exec", approved.root, "--", *PRINT_ENV)
    assert environment_of(done.out) == {**user.environ, **inside(approved)}
