"""taoshell in a locale that lacks a character, with closed streams, and on a full disk: never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from taoshell.commands import COMMANDS
from tests.support.clone import CLONE
from tests.support.locales import environment
from tests.support.samples import Sample
from tests.support.waiting import SECONDS

COMMAND = [sys.executable, "-m", "taoshell"]
LOCALES = ["zh_CN.GBK", "de_DE.ISO-8859-1", "POSIX", "xx_XX.missing"]


def environ(home: Path, **others: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CLONE), **others}


def run(home: Path, *words: str | Path, stdin: str = "", **others: str) -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, *map(str, words)]
    return subprocess.run(
        command, env=environ(home, **others), cwd=home / "p", input=stdin.encode(), capture_output=True, check=False
    )


def in_shell(home: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line in bash, in which `taoshell` is the program."""
    script = f'taoshell() {{ {" ".join(COMMAND)} "$@"; }}; {line}'
    return subprocess.run(
        ["bash", "-c", script], cwd=home / "p", env=environ(home), capture_output=True, text=True, check=False
    )


# What each command is called with, in a project with KEY. Those that are not here need no words.
WORDS = {
    "init": ["init", "--yes"],
    "allow": ["allow", "--yes"],
    "set": ["set", "NUM_GPUS=2"],
    "unset": ["unset", "A"],
    "edit": ["edit", "--yes"],
    "export": ["export", "bash"],
    "exec": ["exec", "--", "true"],
    "path": ["path", "specs"],
    "adopt": ["adopt", "--yes", "new.json"],
    "install": ["install", "bash", "--dry-run"],
    "uninstall": ["uninstall", "--dry-run"],
    "hook": ["hook", "fish"],
    "run": ["run", "--dry-run", "dino", "train"],
    "logs": ["logs", "taoshell-p"],
    "stop": ["stop", "taoshell-p"],
}
NOT_HERE = {"off", "on"}  # they need the hook
NEED_ENGINE = {"run", "try", "jobs", "logs", "stop"}


@pytest.mark.parametrize("locale", LOCALES)
def test_every_command_with_a_key(home: Path, locale: str) -> None:
    there = environment(locale)
    sample = Sample(home, env="KEY=hush\nNUM_GPUS=1\nA=1\n")
    mounts = [{"source": str(sample.root), "destination": "/w"}]
    (sample.root / "new.json").write_text(json.dumps({"Mounts": mounts}))
    for name in COMMANDS:
        sample.allow()
        sample.env.write_text(sample.env.read_text() + "# changed\n" * (name in ("diff", "allow")))
        done = run(home, *WORDS.get(name, [name]), EDITOR="true", **there)
        assert b"Traceback" not in done.stderr, done.stderr
        assert b"Error" not in done.stderr, done.stderr
        assert b"hush" not in done.stdout + done.stderr or name == "export"
        if name not in NEED_ENGINE or done.returncode not in (0, 1):
            assert done.returncode == (1 if name in NOT_HERE | {"diff"} else 0), (name, done.stderr)


@pytest.mark.parametrize(
    ("locale", "marks"), [("zh_CN.GBK", "gbk"), ("POSIX", "ascii"), ("C.UTF-8", "utf-8"), ("C", "utf-8")]
)
def test_marks_have_plain_twins(home: Path, locale: str, marks: str) -> None:
    sample = Sample(home)
    sample.allow()
    shown = run(home, "status", **environment(locale)).stdout.decode(marks)
    ok, x, arrow, mask = ("✓", "✗", "⇒", "••••") if marks == "utf-8" else ("ok", "x", "=>", "****")
    assert shown.startswith(f"p  detectnet_v2, layout classic   {ok} approved  {x} not loaded\n")
    assert f"yours      KEY{' ' * (19 + len(arrow))}{mask}\n" in shown
    assert f"           SPECS_DIR            {arrow} /workspace/tao-experiments/detectnet_v2/specs\n" in shown
    sample.env.write_text("KEY=new\n")
    assert f"+KEY={mask}\n" in run(home, "diff", **environment(locale)).stdout.decode(marks)


@pytest.mark.parametrize("command", ["init", "allow"])
def test_questions_at_a_terminal_in_gbk(home: Path, command: str) -> None:
    sample = Sample(home)
    sample.env.write_text("NUM_GPUS=1\n")
    if command == "init":
        sample.toml.unlink()
    child = pexpect.spawn(
        COMMAND[0],
        [*COMMAND[1:], command, *(["--network", "dino"] if command == "init" else [])],
        env=environ(home, **environment("zh_CN.GBK")),
        cwd=str(sample.root),
        timeout=SECONDS,
    )
    child.expect_exact(b"KEY that encrypts your models")
    child.sendline("hush")
    if command == "allow":
        child.expect_exact(b"+KEY=****")
        child.expect_exact(b"Approve this?")
        child.sendline("y")
    rest = child.read()
    child.wait()
    assert (child.exitstatus, b"Traceback" in rest) == (0, False)
    assert b"p is approved" in rest
    assert not sample.is_blocked


def test_values_are_exported_as_they_are(home: Path) -> None:
    """The hook's variables are those of the files too, which are UTF-8."""
    sample = Sample(home, env="KEY=k\nA='•'\n")
    sample.allow()
    assert "A='•'".encode() in run(home, "export", "bash", **environment("zh_CN.GBK")).stdout


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
@pytest.mark.parametrize("words", [["--help"], ["mounts", "--help"], ["hook", "bash"], ["hook", "fish"], ["status"]])
def test_no_character_is_too_much_for_the_encoding(home: Path, encoding: str, words: list[str]) -> None:
    Sample(home).allow()
    done = run(home, *words, PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert done.stdout


# -- streams that are closed or full ---------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["allow", "."], ["init", "--yes"], ["set", "KEY"], ["install", "bash"]])
def test_a_closed_standard_input_is_an_empty_one(home: Path, words: list[str]) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *COMMAND, *words],
        env=environ(home),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["status", "status --json", "allow --yes", "list", "mounts", "diff", "--help"])
def test_on_a_full_disk_one_line_says_so(home: Path, command: str) -> None:
    sample = Sample(home)
    if command != "diff":
        sample.allow()
        sample.env.write_text("KEY=2\n" if command == "allow --yes" else sample.env.read_text())
    done = in_shell(home, f"taoshell {command} >/dev/full")
    assert done.returncode == 1
    assert done.stderr == "taoshell: No space left on device; free some space on that disk\n"


@pytest.mark.parametrize("command", ["status", "status --json", "allow --yes", "list", "mounts", "diff", "--help"])
def test_a_reader_that_stops_early_is_silent(home: Path, command: str) -> None:
    place = '[places.p{n}]\nhost = "d/{n}"\ncontainer = "/c/{n}"\n'
    sample = Sample(home, toml='network = "dino"\n' + "".join(place.format(n=n) for n in range(400)))
    for n in range(400):
        (sample.root / f"d/{n}").mkdir(parents=True)
    if command != "diff":
        sample.allow()
    done = in_shell(home, f"taoshell {command} | true; exit ${{PIPESTATUS[0]}}")
    assert done.returncode in ((141,) if command.startswith("status") else (0, 1, 141))
    assert [line for line in done.stderr.splitlines() if "is approved" not in line] == []
    first = in_shell(home, "taoshell status | head -1")
    assert len(first.stdout.splitlines()) == 1


def test_a_full_or_closed_stderr_is_no_traceback_on_stdout(home: Path) -> None:
    Sample(home)
    for line in ("taoshell allow --yes 2>/dev/full", "taoshell allow --yes 2>&-", "taoshell deny 2>/dev/full"):
        done = in_shell(home, line)
        assert "Traceback" not in done.stdout + done.stderr
        assert done.returncode in (0, 1)


def test_a_relative_home_does_not_hang(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "taoshell", "install", "bash", "-y"],
        env={"HOME": "rel", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(CLONE)},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_a_path_is_read_as_utf8_in_every_locale(home: Path) -> None:
    """Its bytes, which a mounts file must have as UTF-8, do not depend on the locale."""
    there = environment("zh_CN.GBK")
    (home / "p").mkdir()
    (home / "p" / "汽车").mkdir()
    done = run(home, "init", "--yes", "--network", "dino", "--mkdir", "汽车", **there)
    assert (done.returncode, "汽车".encode("gbk") in done.stdout) == (0, True)
    status = run(home, "status", "--json", "汽车", **there)
    assert json.loads(status.stdout)["project"] == str(home / "p" / "汽车")
    in_gbk = home / "p" / "汽车".encode("gbk").decode(errors="surrogateescape")
    in_gbk.mkdir()
    done = run(home, "init", "--yes", "--network", "dino", "--mkdir", in_gbk, **there)
    assert done.returncode == 1
    assert b"the path is not UTF-8, as a mounts file must be; rename it" in done.stderr
    assert list(in_gbk.iterdir()) == []


def test_a_value_is_the_same_in_every_locale(home: Path) -> None:
    sample = Sample(home)
    sample.env.write_text("A=\u4e2d\u6587\n", encoding="utf-8")
    sample.allow()
    there = environment("zh_CN.GBK")
    value = "\u4e2d\u6587"
    done = run(home, "exec", sample.root, "--", "printenv", "A", **there)
    assert done.stdout == f"{value}\n".encode()
    assert value.encode("gbk") in run(home, "status", sample.root, **there).stdout
