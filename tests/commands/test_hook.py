"""`taoshell hook`: the hook of the named shell, or of the calling shell."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.needs import need
from tests.support.waiting import SECONDS


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_hook_of_a_named_shell(user: User, name: str) -> None:
    done = user.must("hook", name)
    assert done.err == ""
    assert f"taoshell's hook for {name}." in done.out.splitlines()[0] + done.out.splitlines()[1]
    assert '"$HOME/.local/state/taoshell"\n' in done.out
    assert str(user.home) not in done.out


@pytest.mark.parametrize(("name", "arguments"), [("bash", ["-c"]), ("zsh", ["-fc"])])
def test_the_hook_of_the_calling_shell(user: User, name: str, arguments: list[str]) -> None:
    program = need(shutil.which(name), name)
    line = f"'{COMMAND[0]}' -m taoshell hook; :"  # with a second command, the shell stays our parent
    done = subprocess.run(
        [program, *arguments, line], env=user.environ, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    assert done.stderr == ""
    assert done.stdout == user.must("hook", name).out


def test_an_unknown_calling_shell(user: User) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{COMMAND[0]}' -m taoshell hook; exit $?"],
        env={**user.environ, "SHELL": "/bin/tcsh"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in (0, 2)  # 0 if sh is bash
    if done.returncode == 2:
        assert done.stdout == ""
        assert "; name one: bash, zsh" in done.stderr


def test_the_hook_prints_nothing_and_writes_nothing(user: User) -> None:
    for name, arguments in (("bash", ["-s"]), ("zsh", ["-fs"])):
        program = need(shutil.which(name), name)
        hook = user.must("hook", name).out
        done = subprocess.run(
            [program, *arguments],
            env=user.environ,
            input=f"set -u\n{hook}\n{hook}\n",
            capture_output=True,
            text=True,
            check=True,
        )
        assert (done.stdout, done.stderr) == ("", "")
    assert list(user.home.iterdir()) == []
