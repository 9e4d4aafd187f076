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
from tests.support.waiting import SECONDS

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
        timeout=SECONDS,
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
    CONTAINER_HOST STARSHIP_CONFIG POWERLEVEL9K_MODE POWERLEVEL10K_X P9K_TTY POSH_THEME SPACESHIP_CONFIG LP_PS1_FILE
    POWERLINE_CONFIG_COMMAND TMUX TMUX_TMPDIR VSCODE_ENV_REPLACE ELECTRON_RUN_AS_NODE MISE_CONFIG_FILE
    ATUIN_CONFIG_DIR ASDF_DIR PYENV_ROOT NVM_DIR RBENV_ROOT VOLTA_HOME PROTO_HOME _ZO_DATA_DIR FZF_DEFAULT_COMMAND
    FZF_DEFAULT_OPTS FZF_CTRL_T_COMMAND SKIM_DEFAULT_COMMAND BAT_CONFIG_PATH CONDA_EXE MAMBA_EXE _OLD_VIRTUAL_PATH
    VIRTUAL_ENV LMOD_CMD MODULES_CMD MODULEPATH GIT_TRACE GIT_TRACE2_EVENT GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
    GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_ATTR_SOURCE GIT_NAMESPACE GIT_SSL_NO_VERIFY GIT_PYTHON_GIT_EXECUTABLE
    GIT_PS1_SHOWDIRTYSTATE TAR_OPTIONS MAKEFLAGS GNUMAKEFLAGS MFLAGS MAKEFILES MAKE RSYNC_RSH RSYNC_CONNECT_PROG
    BAT_PAGER GH_PAGER AWS_PAGER KUBE_EDITOR GH_BROWSER MANPAGER MANROFFOPT LESSKEYIN GROFF_COMMAND_PREFIX
    GREP_OPTIONS RIPGREP_CONFIG_PATH TMPDIR TMP TEMP TEMPDIR CARGO_HOME RUSTC_WRAPPER NPM_CONFIG_PREFIX
    npm_config_prefix PIP_INDEX_URL UV_INDEX_URL POETRY_HOME GEM_HOME BUNDLE_GEMFILE JULIA_LOAD_PATH R_PROFILE_USER
    R_LIBS GOFLAGS DOTNET_STARTUP_HOOKS SSH_SK_PROVIDER CURL_HOME WGETRC GNUPGHOME NETRC KUBECONFIG AWS_CONFIG_FILE
    DBUS_SESSION_BUS_ADDRESS CUDA_INJECTION64_PATH SSLKEYLOGFILE GITSTATUS_DAEMON __GIT_PROMPT_DIR _omp_executable
    KUBE_PS1_BINARY _ZL_CMD ZLUA_LUAEXE _FASD_SHELL AUTOJUMP_ERROR_PATH VFOX_HOME AUTOSWITCH_DEFAULT_PYTHON
    __done_notification_command
"""
ALLOWED = """
    KEY NUM_GPUS NGC_API_KEY WANDB_API_KEY WANDB_PROJECT CUDA_VISIBLE_DEVICES OMP_NUM_THREADS NOTEBOOK_ROOT TZ
    GITHUB_TOKEN GIT_AUTHOR_NAME HOST PORT HTTP_PROXY OVERRIDE_REGISTRY TAO_LAUNCHER_DEBUG A _a a1 Path
    https_proxy no_proxy NO_PROXY ALL_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE
    NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO AWS_CA_BUNDLE CUDA_HOME CUDA_LAUNCH_BLOCKING CUDA_CACHE_PATH
    NVIDIA_VISIBLE_DEVICES NCCL_DEBUG NCCL_NET_PLUGIN NGC_CLI_ORG WANDB_DIR WANDB_MODE MLFLOW_TRACKING_URI
    CLEARML_CONFIG_FILE COMET_WORKSPACE KAGGLE_USERNAME HF_HOME HF_HUB_OFFLINE TRANSFORMERS_CACHE TORCH_HOME
    TORCH_CUDA_ARCH_LIST TORCH_EXTENSIONS_DIR PYTORCH_CUDA_ALLOC_CONF TF_CPP_MIN_LOG_LEVEL TF_FORCE_GPU_ALLOW_GROWTH
    XLA_FLAGS JAX_PLATFORMS MKL_NUM_THREADS KMP_AFFINITY TOKENIZERS_PARALLELISM CUBLAS_WORKSPACE_CONFIG MPLCONFIGDIR
    MPLBACKEND RANK LOCAL_RANK NODE_RANK WORLD_SIZE MASTER_ADDR MASTER_PORT UCX_TLS OMPI_MCA_btl SLURM_JOB_ID
    PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION HYDRA_FULL_ERROR DISABLE_MLFLOW_INTEGRATION AWS_PROFILE AWS_ENDPOINT_URL
    AWS_ACCESS_KEY_ID GOOGLE_APPLICATION_CREDENTIALS GIT_COMMIT GIT_LFS_SKIP_SMUDGE GIT_PYTHON_REFRESH CC CXX CFLAGS
    CMAKE_PREFIX_PATH MAX_JOBS JAVA_HOME DISPLAY MODEL_DIR DATA_DIR SPECS_DIR RESULTS_DIR ITERMAX MODULE_NAME
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
        ("KEYS", True),
        ("TOKENIZERS_PARALLELISM", False),
        ("NUM_GPUS", False),
    ],
)
def test_secrets_are_never_shown(name: str, secret: bool) -> None:
    assert is_secret(name) is secret
    assert masked(name, "tlt_encode") == ("••••" if secret else "tlt_encode")


SECRET = """
    KEY key KEYS NGC_API_KEY api_key API_KEYS APIKEY apiKey WANDB_API_KEY_2 API_KEY_WANDB KEY_NGC KEY2 HF_TOKEN
    HF_TOKEN2 TOKEN_HF TOKEN hfToken API_TOKENS AWS_SECRET AWS_SECRET_ACCESS_KEY SECRETS MY_SECRETS SECRET_OF_DB
    DB_PASSWORD PASSWORD_DB DB_PASSWORD_PROD PASSWORDS PGPASSWORD PASSWD DB_PASSWD passwd PASS DB_PASS SMTP_PASS
    PASS_DB SSHPASS DB_PWD MYSQL_PWD db_pwd CREDENTIALS DB_CREDENTIALS CREDENTIAL PASSPHRASE GPG_PASSPHRASE
    GIT_CREDS MY-API-KEY ACCESS_TOKEN_X
"""
NO_SECRET = """
    KEYBOARD MONKEY DONKEYS TURKEY BYPASS COMPASS PASSES PASSED PASSENGERS NUM_KEYPOINTS KEYPOINTS_DIR
    KEYFRAME_STEP TOKENIZERS_PARALLELISM TOKENIZER MAX_TOKENS NUM_TOKENS PAD_TOKEN_ID TOKEN_LENGTH MAX_TOKEN_LENGTH
    KEY_FRAMES PWD OLDPWD pwd AWS_ACCESS_KEY_ID SSH_KEY_PATH SECRETS_DIR TOKEN_URL PASS_THROUGH
    GOOGLE_APPLICATION_CREDENTIALS SECRETARY NUM_GPUS MULTI_TOKEN_PREDICTION PASSTHROUGH KEYED_BY TOKENS _ 1
    __KEYNOTE
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_the_words_of_a_secret_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", NO_SECRET.split())
def test_words_that_only_look_so(name: str) -> None:
    assert not is_secret(name)
