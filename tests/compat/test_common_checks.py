"""The checks can fail: if a line of the hook is broken, the check of that line fails."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.compat.common_checks import CommonChecks
from tests.compat.neighbour import BEFORE
from tests.compat.test_neighbours import CASES
from tests.shells.desk import Desk, quick_in
from tests.support.slow import slow_unless

BROKEN = [
    ("bash", "`PROMPT_COMMAND`, a string", 'return "${_taoshell_returns-$_taoshell_status}"', "return 0"),
    ("bash", "`PROMPT_COMMAND`, a string", '"${PROMPT_COMMAND:+;$PROMPT_COMMAND}"', '""'),
    ("bash", "`PROMPT_COMMAND`, exported", "case ${_taoshell_pid-} in $$) _taoshell_hook && :; esac", "_taoshell_hook"),
    ("bash", "a trap on ERR", "_taoshell_hook && :", "_taoshell_hook"),
    ("bash", "`IFS` changed", '"$_taoshell_folder"*', "$_taoshell_folder*"),
    ("bash", "`set -f` (`noglob`)", "builtin set +f", "builtin true"),
    ("bash", "`set -x` (`fish_trace`)", "builtin set +x", "builtin true"),
    ("bash", "functions named `unset`, `export`, `read`, `set`, `trap`, `exec`", "IFS= builtin read", "IFS= read"),
    ("zsh", "a trap on EXIT", " -o no_posix_traps", ""),
    ("zsh", "TAB completion that runs `$(cd …)`", "${ZSH_SUBSHELL-0} != 0 || ${BASHPID", "${BASHPID"),
    (
        "zsh",
        "no terminal: `bash -c`, a script, `ssh host command`",
        "case $-:$_taoshell_kind",
        "case i:$_taoshell_kind",
    ),
    ("fish", "functions named `ln`, `test`, `printf`, `command`, `echo`, …", "builtin printf", "printf"),
    ("fish", "TAB completion that runs `$(cd …)`", "status is-command-substitution; or ", ""),
    ("fish", "no terminal: `bash -c`, a script, `ssh host command`", "if not status is-interactive", "if false"),
]


@pytest.mark.parametrize(
    ("shell", "name", "line", "broken"),
    slow_unless(
        lambda shell, name, line, broken: (shell, name, line, broken) == BROKEN[0],
        BROKEN,
        id=lambda shell, name, line, broken: f"{shell}-{line}",
    ),
    indirect=["shell"],
)
def test_the_checks_fail_with_a_broken_hook(desk: Desk, name: str, line: str, broken: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if (case.shell, case.name) == (desk.shell.name, name))
    hook = desk.home.taoshell("hook", desk.shell.name).stdout
    assert line in hook
    install(desk, hook.replace(line, broken))
    with pytest.raises(AssertionError):
        CommonChecks(desk, case.setup, case.order, tmp_path).make()


@quick_in("bash")
def test_the_checks_pass_with_the_real_hook(desk: Desk, tmp_path: Path) -> None:
    """Check that the tests above fail only because of the broken line."""
    setup = next(case.setup for case in CASES if case.shell == desk.shell.name)
    install(desk, desk.home.taoshell("hook", desk.shell.name).stdout)
    CommonChecks(desk, setup, BEFORE, tmp_path).make()


def install(desk: Desk, hook: str) -> None:
    """Make `taoshell hook` print this text."""
    command, real, text = (desk.home.path / ".bin" / name for name in ("taoshell", "real", "hook"))
    command.rename(real)
    text.write_text(hook)
    quoted = (shlex.quote(str(path)) for path in (text, real))
    command.write_text('#!/bin/sh\n[ "$1" != hook ] || exec cat {}\nexec {} "$@"\n'.format(*quoted))
    command.chmod(0o755)
