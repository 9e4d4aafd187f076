"""Refused names. The shells themselves list their parameters, so a new one makes a test fail."""

from __future__ import annotations

import shutil
import subprocess
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.project.layouts import container_variables, host_variables
from taoshell.project.names import is_name, is_secret, masked, refused_reason
from taoshell.project.refused_names import RULES
from tests.support.needs import need

_ZSH = """for module in complete compctl datetime langinfo mapfile parameter regex sched system termcap terminfo zle \
zleparameter zutil; do zmodload zsh/$module; done; print -rl -- "${(k)parameters[@]}\""""
# How each shell lists its own parameters, special and readonly ones included.
OWN_PARAMETERS = {
    "bash": ["bash", "--norc", "--noprofile", "-ic", "compgen -v"],
    "bash, readonly": ["bash", "--norc", "--noprofile", "-c", "readonly -p | sed 's/=.*//; s/.* //'"],
    "zsh": ["zsh", "-f", "-c", _ZSH],
    "fish": ["fish", "--no-config", "-c", "set --names"],
    "ksh93": ["ksh93", "-c", "typeset +"],
    "mksh": ["mksh", "-c", "typeset +"],
    "dash": ["dash", "-c", "set | sed 's/=.*//'"],
}
ORDINARY = {"HOST", "module"}  # zsh sets HOST once and never reads it; `module` is from the line above


@pytest.mark.parametrize("shell", OWN_PARAMETERS)
def test_every_parameter_of_a_shell_is_refused(shell: str) -> None:
    program, *arguments = OWN_PARAMETERS[shell]
    path = need(shutil.which(program), program)
    done = subprocess.run(
        [path, *arguments],
        env={},
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # no terminal: an interactive bash in the background would stop and wait for it
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    own = {name for name in done.stdout.split() if is_name(name)} - ORDINARY
    assert len(own) > 4, done.stderr
    assert {name for name in own if refused_reason(name) is None} == set()


REFUSED = """
    PATH LD_PRELOAD LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES BASH_ENV ENV IFS PS1 PS4 PROMPT PROMPT_COMMAND PYTHONPATH
    PYTHONSTARTUP PERL5OPT RUBYOPT NODE_OPTIONS GIT_SSH_COMMAND GIT_CONFIG_COUNT EDITOR PAGER LESSOPEN UID EUID GID
    USERNAME status pipestatus path fpath argv HISTFILE SHELLOPTS BASHOPTS FUNCNEST HOME PWD OLDPWD SHELL USER LOGNAME
    TERM LINES COLUMNS RANDOM SECONDS LINENO OPTIND OPTARG REPLY MAIL MAILPATH CDPATH TMOUT histchars prompt
    precmd_functions fish_user_paths __fish_x LC_ALL LANG POSIXLY_CORRECT ZDOTDIR XDG_CONFIG_HOME DIRENV_DIFF
    TAOSHELL_ROOT TAOSHELL_WAS_X _taoshell_root LAUNCHER_MOUNTS CI_PROJECT_DIR TAO_DOCKER_DISABLE DOCKER_HOST
"""
ALLOWED = """
    KEY NUM_GPUS NGC_API_KEY WANDB_API_KEY WANDB_PROJECT CUDA_VISIBLE_DEVICES OMP_NUM_THREADS NOTEBOOK_ROOT TZ TMPDIR
    GITHUB_TOKEN GIT_AUTHOR_NAME HOST PORT HTTP_PROXY OVERRIDE_REGISTRY TAO_LAUNCHER_DEBUG A _a a1 Path
"""


@pytest.mark.parametrize("name", REFUSED.split())
def test_a_refused_name_says_why(name: str) -> None:
    assert (refused_reason(name) or "").startswith("it ")


@pytest.mark.parametrize("name", ALLOWED.split())
def test_names_that_projects_use_are_allowed(name: str) -> None:
    assert refused_reason(name) is None


def test_no_layout_has_a_variable_that_is_refused() -> None:
    assert [name for name in (*host_variables(), *container_variables()) if refused_reason(name)] == []


@pytest.mark.parametrize("name", ["", "1A", "a-b", "a b", "a.b", "é", "A=", "A\n", "$A", "ｘ"])
def test_an_invalid_name(name: str) -> None:
    assert not is_name(name)
    assert "letters" in (refused_reason(name) or "")


@given(st.text(alphabet=ascii_letters + digits + "_-. é", max_size=12))
def test_is_name_is_what_a_shell_can_assign(name: str) -> None:
    assert is_name(name) == (name.isidentifier() and name.isascii())


def test_each_name_has_one_reason() -> None:
    names = [name for rule in RULES for name in rule.names]
    assert sorted(set(names)) == sorted(names)
    assert [name for name in names if not is_name(name)] == []


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("KEY", True),
        ("NGC_API_KEY", True),
        ("HF_TOKEN", True),
        ("AWS_SECRET", True),
        ("DB_PASSWORD", True),
        ("KEYS", False),
        ("TOKENIZERS_PARALLELISM", False),
        ("NUM_GPUS", False),
    ],
)
def test_secrets_are_never_shown(name: str, secret: bool) -> None:
    assert is_secret(name) is secret
    assert masked(name, "tlt_encode") == ("••••" if secret else "tlt_encode")
