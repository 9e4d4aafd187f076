"""The user's command that prints KEY: one line is taken; everything else is an error, and the command is ended."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from taoshell.actions import key_command
from taoshell.errors import TaoshellError, Where
from taoshell.project.defaults import Default
from taoshell.state import processes
from tests.support.waiting import wait_until

AT = Where("/c/config.toml", 3)


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "PATH": os.environ["PATH"]}


def answer(environ: dict[str, str], *words: str) -> str:
    return key_command.answer(Default(words, AT), environ)


def sh(script: str) -> list[str]:
    return ["sh", "-c", script]


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("k", "k"),
        ("k\\n", "k"),
        ("k\\r\\n", "k"),
        ("  a b \\n", "  a b "),
        ("\\303\\251\\n", "é"),
        ("x" * 4096, "x" * 4096),
    ],
)
def test_the_one_line_is_the_key(environ: dict[str, str], printed: str, key: str) -> None:
    assert answer(environ, "printf", printed) == key


def test_it_runs_in_the_home_and_reads_nothing_of_ours(environ: dict[str, str]) -> None:
    assert answer(environ, *sh('cat; echo "$PWD"')) == environ["HOME"]


def test_it_may_be_below_the_home(environ: dict[str, str]) -> None:
    program = Path(environ["HOME"], "get key")
    program.write_text("#!/bin/sh\necho k\n")
    program.chmod(0o755)
    assert answer(environ, "~/get key") == "k"


def test_another_process_may_keep_its_output_open(environ: dict[str, str]) -> None:
    start = time.monotonic()
    assert answer(environ, *sh("sleep 30 & echo k; echo $! >pid")) == "k"
    assert time.monotonic() - start < 10
    os.kill(int(Path(environ["HOME"], "pid").read_text()), 9)


WRONG = {
    "false": (["false"], "ended with exit status 1; run it by hand to see why"),
    "printed, then failed": (sh("echo hush; exit 3"), "ended with exit status 3; run it by hand to see why"),
    "killed": (sh("kill -9 $$"), "was ended by signal 9; run it by hand to see why"),
    "missing": (["no-such-program"], "cannot be run: No such file or directory; correct it, or install the program"),
    "no program": (["/etc/passwd"], "cannot be run: Permission denied; correct it, or install the program"),
    "NUL": (["a\0b"], "cannot be run: embedded null byte; correct it, or install the program"),
    "nothing": (["true"], "printed nothing; run it by hand to see why"),
    "an empty line": (["echo"], "printed nothing; run it by hand to see why"),
    "two lines": (["printf", "hush\\nuser: me\\n"], "printed more than one line; for the first line alone: command = "),
    "too much": (["yes", "hush"], "printed more than 4096 bytes; let it print nothing but the key"),
    "without end": (
        sh("while :; do printf hush; done"),
        "printed more than 4096 bytes; let it print nothing but the key",
    ),
    "not UTF-8": (["printf", "\\377"], "printed something that is not UTF-8; let it print nothing but the key"),
    "a NUL": (["printf", "hush\\0"], "printed more than one line; for the first line alone: command = "),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_error_is_one_line_with_a_cure(environ: dict[str, str], name: str) -> None:
    words, what = WRONG[name]
    start = time.monotonic()
    with pytest.raises(TaoshellError) as error:
        answer(environ, *words)
    assert time.monotonic() - start < 10
    text = str(error.value)
    assert text.startswith("/c/config.toml:3: the command of key, ")
    assert what in text
    assert text.isprintable()
    assert text.count("hush") == " ".join(words).count("hush") * (1 + ("command = " in what)), "its answer is shown"


def test_the_cure_for_several_lines_works(environ: dict[str, str]) -> None:
    with pytest.raises(TaoshellError) as error:
        answer(environ, "printf", "it's\\nuser: me\\n")
    words: list[str] = eval(error.value.cure.partition("command = ")[2])
    assert answer(environ, *words) == "it's"


@pytest.mark.parametrize("script", ["exec sleep 30", "exec sleep 30 >&-", "trap '' TERM INT; echo k; sleep 30"])
def test_one_that_hangs_is_ended(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(key_command, "SECONDS", 1)
    start = time.monotonic()
    with pytest.raises(TaoshellError, match="did not end within 1 seconds; run it by hand to see what it waits for"):
        answer(environ, *sh(script))
    assert time.monotonic() - start < 10


STARTED = {
    "a child": "sleep 300 & echo $! >>pids; wait",
    "in a pipe": "sh -c 'echo $$ >>pids; exec sleep 300' | cat",
    "a child's child": "sh -c 'sleep 300 & echo $! >>pids; wait'; :",
    "one that keeps no output": "sleep 300 >&- & echo $! >>pids; wait",
    "one that ignores signals": "sh -c 'trap \"\" TERM INT HUP; echo $$ >>pids; sleep 300; :'; :",
}


@pytest.mark.parametrize("what", STARTED)
@pytest.mark.parametrize(("then", "error"), [("", "did not end"), ("yes hush | head -c 9999; ", "printed more than")])
def test_what_it_has_started_ends_with_it(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, what: str, then: str, error: str
) -> None:
    monkeypatch.setattr(key_command, "SECONDS", 1)
    with pytest.raises(TaoshellError, match=error):
        answer(environ, *sh(f"({STARTED[what]}) & sleep 0.5; {then}wait"))
    pids = [int(pid) for pid in Path(environ["HOME"], "pids").read_text().split()]
    assert pids
    wait_until(lambda: all(processes.start_time(pid) == "0" for pid in pids), "they live on")
