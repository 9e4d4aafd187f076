"""`taoshell hook`: printed for the shell that is named, or for the one that calls."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.needs import need


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_named(user: User, name: str) -> None:
    done = user.must("hook", name)
    assert done.err == ""
    assert f"taoshell's hook for {name}." in done.out.splitlines()[0] + done.out.splitlines()[1]
    assert str(user.home) in done.out


@pytest.mark.parametrize(("name", "arguments"), [("bash", ["-c"]), ("zsh", ["-fc"])])
def test_the_shell_that_calls_is_found(user: User, name: str, arguments: list[str]) -> None:
    program = need(shutil.which(name), name)
    line = f"'{COMMAND[0]}' -m taoshell hook; :"  # a second command, so that the shell stays the parent
    done = subprocess.run(
        [program, *arguments, line], env=user.environ, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stderr == ""
    assert done.stdout == user.must("hook", name).out


def test_a_calling_shell_that_is_not_known(user: User) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{COMMAND[0]}' -m taoshell hook; exit $?"],
        env={**user.environ, "SHELL": "/bin/tcsh"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode in (0, 2)  # where sh is bash, bash is what is found
    if done.returncode == 2:
        assert done.stdout == ""
        assert "; name one: bash, zsh" in done.stderr


def test_evaluated_it_says_nothing_and_touches_nothing(user: User) -> None:
    for name, arguments in (("bash", ["-c"]), ("zsh", ["-fc"])):
        program = need(shutil.which(name), name)
        hook = user.must("hook", name).out
        done = subprocess.run(
            [program, *arguments, f"set -u\n{hook}\n{hook}\n"],
            env=user.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        assert (done.stdout, done.stderr) == ("", "")
    assert list(user.home.iterdir()) == []
