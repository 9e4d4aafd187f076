"""A user's start-up files, as they stand in a home where taoshell is installed."""

from __future__ import annotations

from pathlib import Path

from tests.shells.dialects import SHELLS, Shell

# What fish and zsh read at every start, and bash where sshd or an interactive shell starts it.
FILES = {"bash": ".bashrc", "zsh": ".zshenv", "fish": ".config/fish/config.fish"}


def write_rc(home: Path, shell: Shell) -> None:
    """The one line of the README, where that shell reads it even when nobody is there to see a prompt."""
    path = home / FILES[shell.name]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{shell.export('PATH', f'{home}/.bin:/usr/local/bin:/usr/bin:/bin')}\n{shell.hook}\n")
    if shell.name == "fish":  # a new account's first fish fills this in, long after its first prompt
        (home / ".local/share/fish/generated_completions").mkdir(parents=True, exist_ok=True)
    if shell.name == "bash":
        (home / ".bash_profile").write_text(". ~/.bashrc\n")  # as in every distribution's /etc/skel


def write_all(home: Path) -> None:
    """The same in each shell's file."""
    for shell in SHELLS.values():
        write_rc(home, shell)
