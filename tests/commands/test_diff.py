"""`taoshell diff`: what changed since the last approval, and the exit status."""

from __future__ import annotations

from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.samples import ENV, TOML, Sample
from tests.support.trees import snapshot


@pytest.fixture
def sample(sample: Sample) -> Sample:
    sample.allow()
    return sample


def test_nothing_changed(user: User, sample: Sample) -> None:
    done = user.types("diff", cwd=sample.root)
    assert (done.status, done.out, done.err) == (0, "", "")


def test_both_files(user: User, sample: Sample) -> None:
    sample.toml.write_text(TOML.replace("detectnet_v2", "unet"))
    sample.env.write_text(sample.env.read_text().replace("NUM_GPUS=1", "NUM_GPUS=2\nKEY=hush"))
    before = snapshot(sample.root, sample.kept)
    done = user.types("diff", sample.root / "specs")
    assert done.status == 1
    assert done.out.splitlines() == [
        "--- taoshell.toml (approved)",
        "+++ taoshell.toml (now)",
        "@@ -1,2 +1,2 @@",
        ' layout = "classic"',
        '-network = "detectnet_v2"',
        '+network = "unet"',
        "--- .env (approved)",
        "+++ .env (now)",
        "@@ -1,2 +1,3 @@",
        " KEY=••••",
        "-NUM_GPUS=1",
        "+NUM_GPUS=2",
        "+KEY=••••",
    ]
    assert done.err == ""
    assert snapshot(sample.root, sample.kept) == before


def test_the_numbers_of_lines_are_those_of_the_file(user: User, sample: Sample) -> None:
    text = sample.env.read_text()
    sample.env.write_text(f"{text}A=1\nB=2\n")  # below the block
    sample.allow()
    lines = sample.env.read_text().splitlines()
    sample.env.write_text(sample.env.read_text().replace("B=2", "B=3") + "C=1\n")
    first = user.types("diff", cwd=sample.root).out.splitlines()
    at = lines.index("A=1") + 1
    assert first[2:] == [f"@@ -{at},2 +{at},3 @@", " A=1", "-B=2", "+B=3", "+C=1"]
    sample.allow()
    done = user.must("set", "B=4", cwd=sample.root).out.splitlines()
    assert done[2:] == [f"@@ -{at},3 +{at},3 @@", " A=1", "-B=3", "+B=4", " C=1"]


def test_after_allow_nothing_differs(user: User, sample: Sample) -> None:
    sample.toml.write_text(TOML + "# more\n")
    assert user.types("diff", cwd=sample.root).status == 1
    sample.allow()
    assert user.types("diff", cwd=sample.root).status == 0
    sample.toml.write_text(TOML)
    assert user.types("diff", cwd=sample.root).out.splitlines()[-1] == "-# more"


def test_a_project_that_was_never_approved_is_all_new(user: User, home: Path) -> None:
    sample = Sample(home, "theirs")
    done = user.types("diff", cwd=sample.root)
    assert done.status == 1
    assert [line for line in done.out.splitlines() if line[0] in "-+"] == [
        "--- taoshell.toml (nothing approved)",
        "+++ taoshell.toml (now)",
        *(f"+{line}" for line in TOML.splitlines()),
        "--- .env (nothing approved)",
        "+++ .env (now)",
        "+KEY=••••",
        "+NUM_GPUS=1",
    ]


def test_the_block_is_output_and_never_differs(user: User, home: Path) -> None:
    """Not even if it is missing."""
    sample = Sample(home, "q")
    sample.allow()
    sample.env.write_text(ENV)
    assert user.types("diff", cwd=sample.root).status == 0


def test_a_file_that_is_gone(user: User, sample: Sample) -> None:
    sample.env.unlink()
    done = user.types("diff", cwd=sample.root)
    assert done.status == 1
    assert done.out.splitlines()[2:] == ["@@ -1,2 +0,0 @@", "-KEY=••••", "-NUM_GPUS=1"]


@pytest.mark.parametrize("bytes_", [b"\x1b[2J\x1b[H\x07", "\u202egnihton\u2066".encode(), b"A=1\rB=2", b"\xff\xfe"])
def test_foreign_bytes_cannot_fool_a_terminal(user: User, sample: Sample, bytes_: bytes) -> None:
    sample.toml.write_bytes(TOML.encode() + b"# " + bytes_ + b"\n")
    done = user.types("diff", cwd=sample.root)
    assert done.status == 1
    assert done.out.isascii()
    assert done.out.replace("\n", "").isprintable()
    assert "+# \\" in done.out or "+# A=1\\r" in done.out


def test_long_lines_are_neither_cut_nor_wrapped(user: User, sample: Sample) -> None:
    long = "x" * 3000
    sample.toml.write_text(f"{TOML}# {long}\n")
    assert f"+# {long}" in user.types("diff", cwd=sample.root).out.splitlines()


def test_markup_in_a_file_is_shown_as_it_is(user: User, sample: Sample) -> None:
    sample.toml.write_text(f"{TOML}# [bold red]x[/] :warning: {{}}\n")
    assert "+# [bold red]x[/] :warning: {}" in user.types("diff", cwd=sample.root).out.splitlines()


def test_at_a_terminal_it_is_coloured(user: User, sample: Sample) -> None:
    sample.toml.write_text(TOML + "# more\n")
    child = pexpect.spawn(COMMAND[0], [*COMMAND[1:], "diff", str(sample.root)], env=user.environ, encoding="utf-8")
    child.expect("\x1b\\[32m\\+# more\x1b\\[0m")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (b"KEY=hush\nA='1\n", "/.env:2: "),
        (b"KEY=hush\n\xff\n", "/.env:2: this is not UTF-8; save it as UTF-8"),
        (b"# >>> taoshell: x\nKEY=hush\n", "/.env:1: taoshell's block is not closed"),
    ],
)
def test_a_dotenv_that_cannot_be_read(user: User, sample: Sample, env: bytes, said: str) -> None:
    sample.env.write_bytes(env)
    done = user.types("diff", cwd=sample.root)
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert said in done.err
    assert "hush" not in done.err


def test_broken_toml_is_shown_unchanged(user: User, sample: Sample) -> None:
    sample.toml.write_text("network = unet\n")
    done = user.types("diff", cwd=sample.root)
    assert done.status == 1
    assert "+network = unet" in done.out.splitlines()
    assert f"{sample.toml}:1: this is not valid TOML" in done.err


def test_no_project(user: User) -> None:
    done = user.types("diff")
    assert (done.status, done.out) == (1, "")
    assert "no taoshell.toml in this folder" in done.err


def test_what_is_wrong_is_said_even_if_nothing_changed(user: User, sample: Sample) -> None:
    sample.allow()
    assert user.types("diff", sample.root).status == 0
    (sample.root / "specs").rmdir()
    done = user.types("diff", sample.root)
    assert (done.status, done.out) == (1, "")
    assert f"the container needs {sample.root}/specs, which does not exist" in done.err
    (sample.root / "specs").mkdir()
    sample.env.write_text(sample.env.read_text().replace("SPECS_DIR=/work", "SPECS_DIR=/play"))
    done = user.types("diff", sample.root)
    assert done.status == 1
    assert "SPECS_DIR in taoshell's block is not as taoshell wrote it" in done.err
