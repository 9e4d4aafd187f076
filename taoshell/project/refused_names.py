"""The variables that no project may set, and why.

A project's file must not steer the shell that enters the project, nor choose the code that other programs load. This
list cannot be complete. It is the second line of defence; the first is that the user has seen and approved the files.

Refused is what acts by itself: in a shell, a prompt, a hook, or a program that people run without a thought of the
project (git, ssh, less, man, tar, make, pip). Allowed is what people set on purpose for training or for a build:
proxies and CA files, CUDA_…, NCCL_…, TF_…, CC and CXX. `allow` shows them.

Sources: the parameters of bash 5.2, zsh 5.9, fish 3.6, ksh93u+m 1.0 and mksh R59 (tests/project/test_names.py asks the
shells themselves) and of tcsh 6.24; `initial_badenv_table` in sudo's plugins/sudoers/env.c; glibc's
sysdeps/generic/unsecvars.h; the `os.getenv` calls of TAO's launcher 6.26.3; the section "Environment" of each program's
manual page or reference, as named at each group below.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """Names, beginnings and ends of names that are refused for the same reason, a clause that begins with "it".

    `but` are the beginnings that are allowed all the same.
    """

    reason: str
    names: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    def refuses(self, name: str) -> bool:
        """Whether the rule refuses `name`."""
        if name in self.names:
            return True
        return (name.startswith(self.starts) or name.endswith(self.ends)) and not name.startswith(self.but)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


def _starts(*texts: str) -> tuple[str, ...]:
    return tuple(sorted(_words(*texts)))


_OURS = Rule("it is taoshell's own", _words("LAUNCHER_MOUNTS"), ("TAOSHELL_", "_taoshell"))

# CI_PROJECT_DIR: `docker run` without user, network, ulimits and ports. TAO_DOCKER_DISABLE: no container at all.
_LAUNCHER = Rule("it makes TAO's launcher drop options or mounts", _words("CI_PROJECT_DIR TAO_DOCKER_DISABLE"))

# The launcher runs the container by DOCKER_HOST, but inspects and pulls its image by /var/run/docker.sock.
# podman(1), containers.conf(5), docker(1)
_ENGINE = Rule(
    "it chooses the Docker engine, which each machine decides for itself",
    _words(
        """BUILDX_CONFIG CONTAINERD_ADDRESS CONTAINERS_CONF CONTAINERS_CONF_OVERRIDE CONTAINERS_REGISTRIES_CONF
        CONTAINERS_STORAGE_CONF CONTAINER_CONNECTION CONTAINER_HOST DOCKER_API_VERSION DOCKER_CERT_PATH DOCKER_CONFIG
        DOCKER_CONTEXT DOCKER_HOST DOCKER_TLS DOCKER_TLS_VERIFY"""
    ),
    # apptainer(1): SINGULARITYENV_LD_PRELOAD and APPTAINER_BIND too
    _starts("APPTAINER SINGULARITY CHARLIECLOUD CH_ ENROOT_ PYXIS_ SLURM_CONTAINER"),
)

_PROGRAMS = Rule("it decides which programs run", _words("PATH"))

_PROMPTS = Rule(
    "it steers the prompt or the terminal",
    _words("KITTY_LISTEN_ON OSH OSH_THEME SCREENDIR SCREENRC STY WSLENV"),
    _starts(
        # starship, powerlevel10k, oh-my-posh, spaceship, liquidprompt, pure, powerline, tide, hydro, geometry
        """STARSHIP_ POWERLEVEL P9K_ POSH_ SPACESHIP_ LP_ PURE_ POWERLINE_ tide_ _tide_ hydro_ pure_ GEOMETRY_
        BULLETTRAIN_""",
        # parts of prompts that run a program that a variable names: gitstatus, bash-git-prompt, oh-my-posh, kube-ps1
        "GITSTATUS_ __GIT_ _omp_ _OMP_ KUBE_PS1_",
        # ble.sh, bash-preexec, and the terminals with an integration of their own
        "BLE_ _ble_ __bp_ ITERM_ ITERM2_ VSCODE_ ELECTRON_ TMUX ZELLIJ GHOSTTY_ WEZTERM_",
    ),
)

# They act on entering a folder, at each prompt or at a key press, and keep PATH to restore it.
_HOOKS = Rule(
    "it steers a tool that acts in shells by itself",
    _words(
        """BAT_CACHE_PATH BAT_CONFIG_DIR BAT_CONFIG_PATH BAT_OPTS LOADEDMODULES MODULEPATH MODULESHOME N_PREFIX
        PROTO_HOME WORKON_HOME _LMFILES_"""
    ),
    _starts(
        # direnv, mise, autoenv, smartcd, shadowenv, devbox, devenv, flox, hermit, nix, guix
        """DIRENV_ MISE_ __MISE_ RTX_ AUTOENV_ SMARTCD_ SHADOWENV_ __shadowenv DEVBOX_ DEVENV_ FLOX_ _FLOX_ HERMIT_ NIX_
        GUIX_""",
        # version managers
        "ASDF_ PYENV_ _PYENV_ NVM_ FNM_ NODENV_ RBENV_ RVM_ rvm_ JENV_ GOENV_ PLENV_ VOLTA_ SDKMAN_ AQUA_ CHRUBY_",
        # environments of Python: their functions run $CONDA_EXE, and `deactivate` restores PATH from _OLD_VIRTUAL_PATH
        "CONDA_ _CONDA_ _CE_ MAMBA_ PIXI_ VIRTUAL_ENV VIRTUALENV _OLD_VIRTUAL_",
        # Environment Modules and Lmod, whose shell functions evaluate what $LMOD_CMD or $MODULES_CMD prints
        "MODULES_ __MODULES_ LMOD_ __LMOD_ _ModuleTable SPACK_",
        # zoxide, fzf (--preview and --bind run commands), skim, atuin, mcfly, hstr, thefuck
        "_ZO_ FZF_ _FZF_ SKIM_ ATUIN_ __atuin MCFLY_ HSTR_ THEFUCK_",
        # z.lua, fasd, autojump, vfox, zsh-autoswitch-virtualenv, fish's done: they run programs at prompts
        "_ZL_ ZLUA_ _FASD_ AUTOJUMP_ __VFOX_ VFOX_ AUTOSWITCH_ __done_",
    ),
)

# git(1), which many prompts run. Allowed: who commits, and what training scripts record or GitPython and git-lfs read.
_GIT = Rule(
    "it steers git",
    starts=("GIT_",),
    but=_starts(
        """GIT_AUTHOR_ GIT_COMMITTER_ GIT_BRANCH GIT_COMMIT GIT_SHA GIT_TAG GIT_TOKEN GIT_LFS_SKIP_SMUDGE
        GIT_PYTHON_REFRESH GIT_SSL_CA GIT_TERMINAL_PROMPT"""
    ),
)

# Whoever can write to the folder, or wants to fill it, decides about the files of every program.
_TEMPORARY = Rule("it decides where programs put temporary files", _words("TEMP TEMPDIR TMP TMPDIR"))

_CODE = Rule(
    "it decides which code programs load",
    _words(
        # the system's loader and libraries; D-Bus and Kerberos start programs and load modules
        """CDPATH GCONV_PATH GETCONF_DIR GLIBC_TUNABLES HOSTALIASES INPUTRC KRB5_CONFIG LOCALDOMAIN LOCPATH MALLOC_TRACE
        NIS_PATH NLSPATH RESOLV_HOST_CONF RES_OPTIONS SSLKEYLOGFILE TERMCAP TERMINFO TERMINFO_DIRS TERMPATH TZDIR""",
        # plugins of CUDA, graphics and desktop libraries: their loaders' documentation
        """ALSA_CONFIG_PATH CUDA_INJECTION32_PATH CUDA_INJECTION64_PATH GTK_MODULES GTK_PATH LIBGL_DRIVERS_PATH
        LIBVA_DRIVERS_PATH NVTX_INJECTION32_PATH NVTX_INJECTION64_PATH OCL_ICD_FILENAMES OCL_ICD_VENDORS
        QML2_IMPORT_PATH QT_PLUGIN_PATH QT_QPA_PLATFORM_PLUGIN_PATH VDPAU_DRIVER_PATH VK_ICD_FILENAMES VK_LAYER_PATH""",
        # languages, and how they install packages
        """AWKLIBPATH AWKPATH CLASSPATH COVERAGE_PROCESS_START EMACSLOADPATH EMACSPATH GOBIN GOENV GOFLAGS GOINSECURE
        GONOSUMDB GOPATH GOPROXY GOROOT GOSUMDB GOTOOLCHAIN GRADLE_OPTS IPYTHONDIR IRBRC JAVA_OPTS JAVA_TOOL_OPTIONS
        JDK_JAVA_OPTIONS JUPYTER_CONFIG_DIR JUPYTER_CONFIG_PATH JUPYTER_DATA_DIR JUPYTER_PATH JUPYTER_RUNTIME_DIR M4PATH
        MAVEN_OPTS NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE OCAMLPATH PERLIO PERLIO_DEBUG PERLLIB PHPRC
        PHP_INI_SCAN_DIR PYTEST_ADDOPTS PYTEST_PLUGINS RUSTFLAGS TCLLIBPATH TS_NODE_PROJECT _JAVA_OPTIONS""",
        # make(1), gcc(1), ccache(1): options and prefixes that run programs
        """CCACHE_COMPILER CCACHE_CONFIGPATH CCACHE_PREFIX COMPILER_PATH GCC_EXEC_PREFIX GNUMAKEFLAGS MAKE MAKEFILES
        MAKEFLAGS MAKEOVERRIDES MFLAGS RUSTDOC""",
        # programs that other programs start
        """BROWSER EDITOR EXINIT FCEDIT HGEDITOR HGMERGE MANPAGER P4DIFF P4EDITOR P4MERGE P4PAGER PAGER VISUAL""",
        # options and configuration that run commands: man(1), tar(1), rsync(1), grep(1), rg(1), zip(1), xz(1), …
        """ACKRC ACK_OPTIONS APT_CONFIG BC_ENV_ARGS BORG_PASSCOMMAND BORG_RSH BZIP BZIP2 CVS_RSH GREP_OPTIONS GZIP
        HGRCPATH HTOPRC LFTP_HOME LS_OPTIONS MAILCAPS MAILRC MANLESS MANOPT MANROFFOPT MANROFFSEQ P4CONFIG PSQLRC
        RESTIC_PASSWORD_COMMAND RIPGREP_CONFIG_PATH RSH RSYNC_CONNECT_PROG RSYNC_PARTIAL_DIR RSYNC_RSH RSYNC_SHELL
        SVN_SSH TAPE TAR_OPTIONS UNZIP UNZIPOPT XZ_DEFAULTS XZ_OPT ZIPINFO ZIPOPT""",
        # connections and accounts, whose configuration runs helpers: curl(1), wget(1), gpg(1), kubectl, aws, gh
        """AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AZURE_CONFIG_DIR AZURE_EXTENSION_DIR BOTO_CONFIG CLOUDSDK_CONFIG
        CURL_HOME GH_CONFIG_DIR GH_PATH GLAB_CONFIG_DIR GNUPGHOME GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES
        HTTPIE_CONFIG_DIR KREW_ROOT KUBECONFIG NETRC RCLONE_CONFIG RCLONE_PASSWORD_COMMAND SYSTEM_WGETRC WGETRC""",
    ),
    _starts(
        """ANSIBLE_ BUN_ BUNDLE_ BUNDLER_ CARGO_ CLOUDSDK_PYTHON CORECLR_ COREPACK_ DBUS_ DENO_ DOTNET_ DYLD_ ERL_ GEM_
        GIO_ GROFF_ GUILE_ HELM_ JULIA_ LD_ LESS LUA_ NPM_CONFIG_ NVIM OPENSSL_ PDM_ PERL5 PERL_ PIPENV_ PIPX_ PIP_
        PNPM_ POETRY_ PYTHON RUBY RUSTC RUSTUP_ R_ENVIRON R_HOME R_LIBS R_PROFILE SSH_ SUDO_ SYSTEMD_ UV_ VALGRIND_ VIM
        XDG_ YARN_ _RLD npm_config_ __EGL_ __GLX_""",
    ),
    ("_ASKPASS", "_BROWSER", "_EDITOR", "_PAGER"),
)

# In zsh as root, assigning UID changes the user. In any shell, one readonly name makes the whole assignment fail.
_SHELLS = Rule(
    "it steers shells",
    _words(
        # POSIX, and common to several
        """COLUMNS EGID ENV EUID FIGNORE FPATH FUNCNEST GID HISTCHARS HISTCMD HISTCONTROL HISTEDIT HISTFILE HISTFILESIZE
        HISTIGNORE HISTORY_IGNORE HISTSIZE HISTTIMEFORMAT HOME IFS LANG LINENO LINES LOGNAME MAIL MAILCHECK MAILPATH
        OLDPWD OPTARG OPTERR OPTIND PPID PS0 PS1 PS2 PS3 PS4 PWD RANDOM REPLY SECONDS SHELL SHLVL TERM TMOUT UID USER
        USERNAME _ histchars""",
        # bash
        """CHILD_MAX COMPREPLY COPROC DIRSTACK EMACS EPOCHREALTIME EPOCHSECONDS EXECIGNORE FUNCNAME GLOBIGNORE GLOBSORT
        GROUPS HOSTFILE HOSTNAME HOSTTYPE IGNOREEOF INSIDE_EMACS MACHTYPE MAPFILE OSTYPE PIPESTATUS POSIXLY_CORRECT
        SHELLOPTS SRANDOM TEXTDOMAIN TEXTDOMAINDIR TIMEFORMAT auto_resume""",
        # zsh
        """ARGC ARGV0 CORRECT_IGNORE CORRECT_IGNORE_FILE CPUTYPE DIRSTACKSIZE ERRNO KEYBOARD_HACK KEYTIMEOUT LISTMAX
        LOGCHECK MANPATH MATCH MBEGIN MEND MODULE_PATH NULLCMD POSTEDIT PSVAR READNULLCMD REPORTMEMORY REPORTTIME RPS1
        RPS2 SAVEHIST SPROMPT STTY TIMEFMT TMPPREFIX TMPSUFFIX TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTY TTYIDLE WATCH
        WATCHFMT WORDCHARS ZBEEP ZDOTDIR
        aliases argv builtins cdpath chpwd_functions commands dirstack epochtime errnos fignore fpath funcfiletrace
        funcsourcetrace funcstack functions functions_source functrace galiases history historywords jobdirs jobstates
        jobtexts keymaps langinfo mailpath manpath mapfile match mbegin mend module_path modules nameddirs options
        parameters patchars path periodic_functions pipestatus precmd_functions preexec_functions prompt psvar reply
        reswords saliases signals status sysparams termcap terminfo userdirs usergroups watch widgets
        zshaddhistory_functions zshexit_functions""",
        # fish
        "CMD_DURATION hostname status_generation umask version",
        # ksh93 and mksh
        "EXECSHELL JOBMAX PATHSEP PGRP USER_ID",
        # tcsh
        """HPATH NOREBIND VENDOR addsuffix anyerror beepcmd cdtohome command csubstnonl cwd cwdcmd echo_style euid euser
        gid group helpcommand histfile home jobcmd killring loginsh owd periodic postcmd precmd savehist shell shlvl
        tcsh term tty uid user""",
    ),
    _starts(
        "BASH COMP_ FISH_ KSH LC_ NU_ PROMPT READLINE_ RPROMPT XONSH ZLE_ ZSH __fish dis_ fish_ zle_ zsh_",
    ),
)

RULES = (_OURS, _LAUNCHER, _ENGINE, _PROGRAMS, _PROMPTS, _HOOKS, _GIT, _TEMPORARY, _CODE, _SHELLS)
