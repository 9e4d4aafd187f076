"""The variables that no project may set, and why.

A project's file must not steer the shell that enters the project, nor choose the code that other programs load. This
list cannot be complete. It is the second line of defence; the first is that the user has seen and approved the files.

Sources: the parameters of bash 5.2, zsh 5.9, fish 3.6, ksh93u+m 1.0 and mksh R59 (tests/project/test_names.py asks the
shells themselves) and of tcsh 6.24; `initial_badenv_table` in sudo's plugins/sudoers/env.c; glibc's
sysdeps/generic/unsecvars.h; git(1), "Environment Variables"; the `os.getenv` calls of TAO's launcher 6.26.3.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """Names and beginnings of names that are refused for the same reason, a clause that begins with "it"."""

    reason: str
    names: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()

    def refuses(self, name: str) -> bool:
        """Whether the rule refuses `name`."""
        return name in self.names or name.startswith(self.starts)


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


_OURS = Rule("it is taoshell's own", _words("LAUNCHER_MOUNTS"), ("TAOSHELL_", "_taoshell"))

# CI_PROJECT_DIR: `docker run` without user, network, ulimits and ports. TAO_DOCKER_DISABLE: no container at all.
_LAUNCHER = Rule("it makes TAO's launcher drop options or mounts", _words("CI_PROJECT_DIR TAO_DOCKER_DISABLE"))

# The launcher runs the container by DOCKER_HOST, but inspects and pulls its image by /var/run/docker.sock.
_ENGINE = Rule(
    "it chooses the Docker engine, which each machine decides for itself",
    _words("DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS_VERIFY DOCKER_CERT_PATH"),
)

_PROGRAMS = Rule("it decides which programs run", _words("PATH"))

_CODE = Rule(
    "it decides which code programs load",
    _words(
        # the system's loader and libraries
        """CDPATH GCONV_PATH GLIBC_TUNABLES HOSTALIASES INPUTRC LOCALDOMAIN LOCPATH NLSPATH OPENSSL_CONF
        OPENSSL_ENGINES OPENSSL_MODULES RES_OPTIONS TERMCAP TERMINFO TERMINFO_DIRS TERMPATH""",
        # languages
        """CLASSPATH IPYTHONDIR JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS JUPYTER_CONFIG_DIR JUPYTER_CONFIG_PATH JUPYTER_PATH
        LUA_CPATH LUA_INIT LUA_PATH NODE_OPTIONS NODE_PATH PERLIO_DEBUG PERLLIB TCLLIBPATH _JAVA_OPTIONS""",
        # programs that other programs start
        """BROWSER EDITOR EXINIT FCEDIT LESS LESSCLOSE LESSOPEN MANPAGER PAGER SSH_ASKPASS SSH_AUTH_SOCK SUDO_ASKPASS
        SUDO_EDITOR SYSTEMD_PAGER VIMINIT VISUAL""",
        # git, which many prompts run
        """GIT_ASKPASS GIT_COMMON_DIR GIT_DIR GIT_EDITOR GIT_EXEC_PATH GIT_EXTERNAL_DIFF GIT_PAGER GIT_PROXY_COMMAND
        GIT_SEQUENCE_EDITOR GIT_TEMPLATE_DIR GIT_WORK_TREE""",
    ),
    # DIRENV_ and __MISE_ hold what these tools restore when the user leaves a folder, PATH included.
    ("DIRENV_", "DYLD_", "GIT_CONFIG", "GIT_SSH", "LD_", "PERL5", "PYTHON", "RUBY", "XDG_", "_RLD", "__MISE_"),
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
    (
        *("BASH", "COMP_", "FISH_", "KSH", "LC_", "NU_", "PROMPT", "READLINE_", "RPROMPT", "XONSH", "ZLE_", "ZSH"),
        *("__fish", "dis_", "fish_", "zle_", "zsh_"),
    ),
)

RULES = (_OURS, _LAUNCHER, _ENGINE, _PROGRAMS, _CODE, _SHELLS)
