"""A user's start files with the hook."""

from __future__ import annotations

from pathlib import Path

from tests.shells.dialects import SHELLS, Shell

# The files that fish and zsh read at every start; bash only if it is interactive or started by sshd.
FILES = {"bash": ".bashrc", "zsh": ".zshenv", "fish": ".config/fish/config.fish"}


def write_rc(home: Path, shell: Shell) -> None:
    """Write the line of the README into a file that the shell reads even without a prompt."""
    path = home / FILES[shell.name]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{shell.export('PATH', f'{home}/.bin:/usr/local/bin:/usr/bin:/bin')}\n{shell.hook}\n")
    if shell.name == "fish":  # otherwise the account's first fish fills this, long after its first prompt
        (home / ".local/share/fish/generated_completions").mkdir(parents=True, exist_ok=True)
    if shell.name == "bash":
        (home / ".bash_profile").write_text(". ~/.bashrc\n")  # as in every distribution's /etc/skel


def write_all(home: Path) -> None:
    """Write the start files of all shells."""
    for shell in SHELLS.values():
        write_rc(home, shell)
