"""The boundary of the program: one line on stderr and the documented exit status for every error."""

from __future__ import annotations

import errno
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click
import pytest

from taoshell import __version__, cli
from taoshell.__main__ import main
from taoshell.commands import COMMANDS
from taoshell.errors import TaoshellError, Where, refusal
from tests.commands.conftest import COMMAND, User
from tests.support.clone import CLONE
from tests.support.waiting import SECONDS


@pytest.fixture
def user(home: Path) -> User:
    return User(home)


# -- commands -----------------------------------------------------------------------------------------


def test_every_listed_command_exists_and_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--help"]) == 0
    text = capsys.readouterr().out
    for name in COMMANDS:
        assert cli.run([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"Usage: taoshell {name}")
        assert f"\n  {name} " in text


HELP = [[], *([name] for name in COMMANDS), *(["mounts", name] for name in ("release", "take", "restore"))]


@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_help_fits_80_columns_and_is_not_cut_off(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.run([*words, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 3
    assert [line for line in lines if len(line) > 80 or line.endswith("...")] == []


def test_each_command_is_summed_up_in_one_whole_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for words, names in ((["--help"], COMMANDS), (["mounts", "--help"], ("release", "restore", "take"))):
        assert cli.run(words) == 0
        text = capsys.readouterr().out
        for name in names:  # a line each
            assert re.search(rf"^  {name} +[A-Z][^.\n]*[^.\s]\.$", text, re.MULTILINE), name


def test_the_help_of_each_option_is_a_sentence() -> None:
    commands = [importlib.import_module(f"taoshell.commands.{name}").command for name in COMMANDS]
    options = [option for command in commands for option in command.params if isinstance(option, click.Option)]
    assert len(options) > 15
    for option in options:
        assert re.fullmatch(r"[A-Z].*[^.]\.", option.help or ""), option


def test_every_command_file_is_listed() -> None:
    files = {path.stem for path in (CLONE / "taoshell/commands").glob("*.py")}
    assert set(COMMANDS) <= files
    commands = {stem for stem in files if "\ndef command(" in (CLONE / f"taoshell/commands/{stem}.py").read_text()}
    assert commands == set(COMMANDS)


def test_the_version(user: User) -> None:
    done = user.types("--version")
    assert (done.status, done.err) == (0, "")
    assert __version__ in done.out


def usage_error(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line on stderr, without the program's name, of a command line that is wrong."""
    monkeypatch.setattr(sys, "argv", ["taoshell", *words])
    with pytest.raises(SystemExit) as exit_:
        main()
    captured = capsys.readouterr()
    assert (exit_.value.code, captured.out) == (2, "")
    program, colon, line = captured.err.removesuffix("\n").partition(": ")
    assert (program, colon) == ("taoshell", ": ")
    assert "\n" not in line
    return line


WRONG = {
    "stauts": "no such command: stauts; did you mean status? see: taoshell --help",
    "st": "no such command: st; did you mean status or stop? see: taoshell --help",
    "alow": "no such command: alow; did you mean allow? see: taoshell --help",
    "xyz": "no such command: xyz; see: taoshell --help",
    "_sync": "no such command: _sync; see: taoshell --help",
    "\x1b[2J": "no such command: '\\x1b[2J'; see: taoshell --help",
    "--versin": "no such option: --versin; did you mean --version? see: taoshell --help",
    "allow --yess": "no such option: --yess; did you mean --yes? see: taoshell allow --help",
    "status --yex=1": "no such option: --yex; see: taoshell status --help",
    "status a b": "unexpected extra argument (b); see: taoshell status --help",
    "export": "FORMAT is missing; see: taoshell export --help",
    "export csh": "no format 'csh'; known formats: bash, zsh, fish, sh, json, dotenv, env-file, direnv, "
    "kernel, mounts-file, notebook-cell, docker, compose",
    "mounts tke": "no such command: tke; did you mean take? see: taoshell mounts --help",
    "mounts restore": "BACKUP is missing; see: taoshell mounts restore --help",
    "init --gpus 0": "--gpus: 0 is not in the range x>=1; see: taoshell init --help",
    "init --layout hots": "--layout: 'hots' is not one of ",
    "init --network": "option '--network' requires an argument; see: taoshell init --help",
    "hook tcsh": "no hook for 'tcsh'; known shells: bash, zsh, fish",
}


@pytest.mark.usefixtures("home")
def test_an_empty_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert usage_error([""], monkeypatch, capsys) == "no such command: ''; see: taoshell --help"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("words", "line"), WRONG.items(), ids=WRONG)
def test_a_usage_error_is_one_line_with_cause_and_cure(
    words: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = usage_error(words.split(), monkeypatch, capsys)
    assert found == line or (line.endswith(" ") and found.startswith(line))


EVERY_COMMAND = [words for words in HELP if words]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_each_command_names_an_unknown_option(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    help_ = f"see: taoshell {' '.join(words)} --help"
    line = usage_error([*words, "--hepl"], monkeypatch, capsys)
    assert line == f"no such option: --hepl; did you mean --help? {help_}"


def _command(words: list[str]) -> click.Command:
    found: click.Command = importlib.import_module(f"taoshell.commands.{words[0]}").command
    for word in words[1:]:
        assert isinstance(found, click.Group)
        found = found.commands[word]
    return found


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("words", EVERY_COMMAND, ids=" ".join)
def test_each_command_names_a_missing_argument_and_an_extra_one(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = _command(words)
    arguments = [item for item in command.params if isinstance(item, click.Argument)]
    help_ = f"see: taoshell {' '.join(words)} --help"
    required = [item for item in arguments if item.required]
    if required:
        missing = required[0].human_readable_name
        assert usage_error(words, monkeypatch, capsys) == f"{missing} is missing; {help_}"
    if isinstance(command, click.Group):
        assert usage_error([*words, "x"], monkeypatch, capsys) == f"no such command: x; {help_}"
    elif all(item.nargs == 1 for item in arguments):
        line = usage_error([*words, *("x" for _ in arguments), "more"], monkeypatch, capsys)
        assert line == f"unexpected extra argument (more); {help_}"


def test_without_a_command_the_help_is_shown(user: User) -> None:
    done = user.types()
    assert (done.status, done.out) == (2, "")
    assert "\n  allow " in done.err


# -- errors -------------------------------------------------------------------------------------------------


def raised(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the exit status of a program in which `error` is raised."""

    def fail(_arguments: list[str]) -> NoReturn:
        raise error

    monkeypatch.setattr("taoshell.__main__._run", fail)
    with pytest.raises(SystemExit) as exit_:
        main()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (TaoshellError("no", "do so", at=Where("/f", 2)), 1, "taoshell: /f:2: no; do so\n"),
        (TaoshellError("no\nno", exit_code=2), 2, "taoshell: no\\nno\n"),
        (KeyboardInterrupt(), 130, ""),
        (
            OSError(errno.ENOSPC, "No space left on device", "/f"),
            1,
            "taoshell: /f: No space left on device; free some space on that disk\n",
        ),
        (
            OSError(errno.EIO, "Input/output error"),
            1,
            "taoshell: Input/output error; that disk, or the connection to it, has a fault: see dmesg\n",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/\x1b"), 1, None),
    ],
)
def test_one_line_and_the_status(
    error: BaseException,
    status: int,
    line: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert raised(error, monkeypatch) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    if line is not None:
        assert captured.err == line
    assert captured.err.count("\n") <= 1
    assert "\x1b" not in captured.err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM])
def test_errors_that_a_user_can_mend_have_a_cure(number: int) -> None:
    assert refusal(OSError(number, os.strerror(number), "/f")).cure


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        raised(ZeroDivisionError(), monkeypatch)


# -- streams ------------------------------------------------------------------------------------------------


def in_shell(user: User, line: str) -> subprocess.CompletedProcess[str]:
    taoshell = f"'{COMMAND[0]}' -m taoshell"
    return subprocess.run(
        ["bash", "-c", f'taoshell() {{ {taoshell} "$@"; }}; {line}'],
        cwd=user.home,
        env={**user.environ, "TAOSHELL_HOOK": str(os.getpid())},  # or status would say that the hook is not loaded
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.parametrize("command", ["status --json", "hook bash", "--help", "list"])
def test_a_reader_that_stops_early_is_not_an_error(user: User, command: str) -> None:
    done = in_shell(user, f"taoshell {command} | true; exit ${{PIPESTATUS[1]}}")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["status", "hook bash", "mounts"])
def test_a_closed_stdout_is_not_an_error(user: User, command: str) -> None:
    done = in_shell(user, f"taoshell {command} >&-")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_with_a_closed_stderr_errors_do_not_go_to_stdout(user: User) -> None:
    done = in_shell(user, "taoshell hook tcsh 2>&-")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_full_stdout_is_an_error(user: User) -> None:
    done = in_shell(user, "taoshell hook bash >/dev/full")
    assert done.returncode == 1
    assert done.stderr == "taoshell: No space left on device; free some space on that disk\n"


# -- run by path, as the hook does ----------------------------------------------------------------------------


def test_no_module_of_the_current_folder_is_loaded(user: User, tmp_path: Path) -> None:
    for name in ("click", "json", "taoshell", "signal", "fcntl"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('loaded from the current folder')")
    environ = {name: value for name, value in user.environ.items() if name != "PYTHONPATH"}
    environ["TAOSHELL_HOOK"] = str(os.getpid())
    done = subprocess.run(
        [sys.executable, "-E", CLONE / "taoshell/__main__.py", "status"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("no project here\n")
