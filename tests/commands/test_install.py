"""`taoshell install` and `uninstall`: shown, confirmed, done once, and undone without a trace."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.accounts import Account
from tests.support.needs import need
from tests.support.waiting import SECONDS, press

SHELLS = ["bash", "zsh", "fish"]


def hooks(user: User) -> Path:
    return user.home / ".local/state/taoshell/hooks"


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return the mode and content of every file and symlink in `folder` except the state folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_dir() and not name.startswith(".local/"):
            content = os.fsencode(os.readlink(path)) if path.is_symlink() else path.read_bytes()
            found[name] = (stat.S_IMODE(path.lstat().st_mode), content)
    return found


# -- install -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHELLS)
def test_install(user: User, name: str) -> None:
    done = user.must("install", name, "--yes")
    assert f"+++ {user.home}/" in done.out
    assert "+# >>> taoshell >>>" in done.out
    assert done.err == (f"taoshell: installed: every new {name} loads the hook; to load it in this one: exec {name}\n")
    assert (hooks(user) / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", SHELLS)
def test_a_second_install_changes_nothing_and_says_so(user: User, name: str) -> None:
    user.must("install", name, "--yes")
    before = tree(user.home)
    done = user.must("install", name)  # it asks nothing
    assert (done.out, done.err) == ("", f"taoshell: already installed: every new {name} loads the hook\n")
    assert tree(user.home) == before


def test_a_line_that_keeps_the_hook_from_being_called_is_named(user: User) -> None:
    user.must("install", "bash", "--yes")
    bashrc = user.home / ".bashrc"
    bashrc.write_text(f"{bashrc.read_text()}PROMPT_COMMAND='history -a'\n")
    line = bashrc.read_text().count("\n")
    cause = f"{bashrc}:{line}: this line replaces PROMPT_COMMAND, so the hook is never called"
    message = f"taoshell: {cause}; move it above the line that loads taoshell's hook\n"
    assert user.must("install", "bash").err.endswith(message)
    (hooks(user) / "bash").unlink()
    assert user.must("install", "bash", "--yes").err.endswith(message)
    moved = bashrc.read_text().splitlines(keepends=True)
    bashrc.write_text("".join([moved[-1], *moved[:-1]]))
    assert "PROMPT_COMMAND" not in user.must("install", "bash").err


def test_a_missing_or_torn_hook_is_written_again(user: User) -> None:
    user.must("install", "bash", "--yes")
    good = (hooks(user) / "bash").read_bytes()
    for damage in (lambda: (hooks(user) / "bash").unlink(), lambda: (hooks(user) / "bash").write_bytes(good[:100])):
        damage()
        assert "installed" in user.must("install", "bash").err
        assert (hooks(user) / "bash").read_bytes() == good


@pytest.mark.parametrize(("name", "arguments"), [("bash", ["-c"]), ("zsh", ["-fc"]), ("fish", ["-Nc"])])
def test_the_default_is_the_calling_shell(user: User, name: str, arguments: list[str]) -> None:
    program = need(shutil.which(name), name)
    line = f"'{COMMAND[0]}' -m taoshell install --yes; true"
    subprocess.run([program, *arguments, line], env=user.environ, cwd=user.home, capture_output=True, check=True)
    assert {path.name for path in hooks(user).iterdir() if path.is_file() and not path.suffix} == {name, "taoshell"}


def test_a_dry_run_changes_nothing(user: User) -> None:
    done = user.must("install", "bash", "--dry-run")
    assert f"+++ {user.home}/.bashrc (will be)" in done.out
    assert list(user.home.iterdir()) == []
    user.must("install", "bash", "--yes")
    before = tree(user.home)
    assert "-# >>> taoshell >>>" in user.must("uninstall", "--dry-run").out
    assert tree(user.home) == before
    assert (hooks(user) / "bash").exists()


@pytest.mark.parametrize("words", [["install", "bash"], ["uninstall"]])
def test_without_a_terminal_yes_is_required(user: User, words: list[str]) -> None:
    if words == ["uninstall"]:
        user.must("install", "bash", "--yes")
    before = tree(user.home)
    done = user.types(*words)
    assert done.status == 1
    assert done.err == f"taoshell: not {words[0]}ed; there is no terminal to ask at: add --yes\n"
    assert tree(user.home) == before


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1), ("\x04", 130), ("\x03", 130)])
def test_it_asks_before_it_changes_a_start_file(user: User, answer: str, status: int) -> None:
    child = pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], "install", "bash"], env=user.environ, cwd=str(user.home), timeout=SECONDS
    )
    child.expect(r"Change this\?.*: ")
    press(child, answer if answer < " " else answer + "\r")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == status
    assert (user.home / ".bashrc").exists() == (status == 0)
    assert hooks(user).exists() == (status == 0)


def test_an_unknown_shell(user: User) -> None:
    done = user.types("install", "tcsh")
    assert (done.status, done.out) == (2, "")
    assert list(user.home.iterdir()) == []


def test_secrets_near_the_block_are_not_shown(user: User) -> None:
    (user.home / ".bashrc").write_text("export WANDB_API_KEY=hush\n")
    assert "hush" not in user.must("install", "bash", "--yes").out


# -- refusals: nothing is half done------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ("# >>> taoshell >>>\n", 0o644, "/.bashrc:1: only half of taoshell's block is left here; delete the rest"),
        ('a\neval "$(taoshell hook bash)"\n', 0o644, "/.bashrc:2: the hook is loaded here already; delete this line"),
        ("a\n", 0o444, "/.bashrc: the file is read-only; make it writable, or add this line by hand: [ "),
    ],
)
def test_refused_with_a_cure(user: User, text: str, mode: int, said: str) -> None:
    (user.home / ".bashrc").write_text(text)
    (user.home / ".bashrc").chmod(mode)
    before = tree(user.home)
    done = user.types("install", "bash", "--yes")
    assert (done.status, done.out) == (1, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert tree(user.home) == before
    assert not hooks(user).exists()


# -- uninstall ---------------------------------------------------------------------------------


def test_uninstall_takes_it_out_of_all_shells(user: User) -> None:
    (user.home / ".bashrc").write_bytes(b"a\r\nb\xff")
    before = tree(user.home)
    for name in SHELLS:
        user.must("install", name, "--yes")
    done = user.must("uninstall", "--yes")
    assert tree(user.home) == before
    assert not hooks(user).exists()
    state = hooks(user).parent
    assert f"taoshell: approvals and backups stay in {state}; " in done.err
    assert "taoshell: to remove the program: " in done.err
    assert (
        "taoshell: shells that are open keep the hook, and the variables of their project, until they end\n" in done.err
    )


def test_uninstall_if_nothing_is_installed(user: User) -> None:
    done = user.must("uninstall")
    assert done.out == ""
    assert "uninstall taoshell" in done.err
    assert list(user.home.iterdir()) == []


def test_uninstall_names_the_users_own_line(user: User) -> None:
    (user.home / ".bashrc").write_text('eval "$(taoshell hook bash)"\n')
    assert f"taoshell: {user.home}/.bashrc:1: your own line loads the hook; delete it\n" in user.must("uninstall").err


def test_uninstall_gives_the_mounts_file_back_until_the_next_install(user: User) -> None:
    account = Account(user.home)
    own = account.write_own()
    root = account.project()
    user.must("install", "bash", "--yes")
    account.go(root)
    assert account.holds(root)
    user.must("uninstall", "--yes")
    assert type(own).of(account.mounts_file) == own
    account.go(root)
    assert not account.mounts_file.is_symlink()
    user.must("install", "bash", "--yes")
    account.go(root)
    assert account.holds(root)


def test_install_does_not_end_a_release_by_the_user(user: User) -> None:
    account = Account(user.home)
    account.project()
    user.must("mounts", "release")
    user.must("uninstall", "--yes")
    user.must("install", "bash", "--yes")
    assert Path(account.state.released).exists()
    user.must("mounts", "take")
    user.must("uninstall", "--yes")
    user.must("mounts", "release")  # now the user asks for it
    user.must("install", "zsh", "--yes")
    assert Path(account.state.released).exists()


# -- a folder of dotfiles ------------------------------------------------------------------------

DOTFILES = {
    "bashrc": b"""# ~/.bashrc: shared by all my machines
case $- in *i*) ;; *) return;; esac
shopt -s histappend checkwinsize
[ -r ~/.bashrc.$HOSTNAME ] && . ~/.bashrc.$HOSTNAME
PS1='\\u@\\h:\\w\\$ '
command -v starship >/dev/null && eval "$(starship init bash)"
command -v direnv >/dev/null && eval "$(direnv hook bash)"
# >>> conda initialize >>>
__conda_setup="$('/opt/conda/bin/conda' 'shell.bash' 'hook' 2> /dev/null)"
unset __conda_setup
# <<< conda initialize <<<
[ -f ~/.fzf.bash ] && source ~/.fzf.bash""",
    "bash_profile": b"export PATH=~/bin:$PATH\r\n# Windows wrote this\r\nexport EDITOR=vi\r\n",
    "profile": b'umask 022\n[ -n "$BASH_VERSION" ] && . "$HOME/.bashrc"\n',
    "zsh/zshrc": b"""# instant prompt
if [[ -r "${XDG_CACHE_HOME:-$HOME/.cache}/p10k-instant-prompt-${(%):-%n}.zsh" ]]; then
  source "${XDG_CACHE_HOME:-$HOME/.cache}/p10k-instant-prompt-${(%):-%n}.zsh"
fi
export ZSH="$HOME/.oh-my-zsh"
ZSH_THEME="robbyrussell"
plugins=(git docker)
[ -r $ZSH/oh-my-zsh.sh ] && source $ZSH/oh-my-zsh.sh
autoload -Uz compinit && compinit -D
MARK='\xe9 in Latin 1'
""",
    "zshenv": b"ZDOTDIR=$HOME/.config/zsh\n",
    "fish/config.fish": b"if status is-interactive\n    type -q starship; and starship init fish | source\nend\n",
    "README.md": b"# My dotfiles\n",
}
LINKS = {
    ".bashrc": ".dotfiles/bashrc",
    ".bash_profile": ".dotfiles/bash_profile",
    ".profile": ".dotfiles/profile",
    ".zshenv": ".dotfiles/zshenv",
    ".config/zsh": "../.dotfiles/zsh",  # a symlink to a folder
    ".config/fish": "../.dotfiles/fish",
    ".dotfiles/zsh/.zshrc": "zshrc",
}


def test_a_folder_of_dotfiles_comes_back_byte_for_byte(user: User) -> None:
    git = need(shutil.which("git"), "git")
    repo = user.home / ".dotfiles"
    for name, content in DOTFILES.items():
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_bytes(content)
    (user.home / ".config").mkdir()
    for name, target in LINKS.items():
        (user.home / name).symlink_to(target)
    (repo / "bashrc").chmod(0o600)
    (repo / "zsh/zshrc").chmod(0o755)

    def in_repo(*words: str) -> str:
        options = ["-c", "user.name=me", "-c", "user.email=me@here", "-c", "core.autocrlf=false"]
        done = subprocess.run([git, *options, *words], cwd=repo, env=user.environ, capture_output=True, check=True)
        return done.stdout.decode(errors="replace")

    in_repo("init", "--quiet")
    in_repo("add", "--all")
    in_repo("commit", "--quiet", "--message", "mine")
    before = tree(user.home)
    for name in SHELLS:
        user.must("install", name, "--yes")
    status = in_repo("status", "--porcelain", "--untracked-files=all").split("\n")
    assert status == [" M bash_profile", " M bashrc", " M zsh/zshrc", "?? fish/conf.d/taoshell.fish", ""]
    assert str(user.home) not in in_repo("diff")  # the files are for other machines too
    installed = tree(user.home)
    assert {name: mode for name, (mode, _) in before.items()}.items() <= {
        name: mode for name, (mode, _) in installed.items()
    }.items()
    for name, target in LINKS.items():
        assert os.readlink(user.home / name) == target
    for name, content in DOTFILES.items():
        assert (repo / name).read_bytes().startswith(content)
    user.must("uninstall", "--yes")
    assert in_repo("status", "--porcelain") == ""
    assert {name: what for name, what in tree(user.home).items() if ".git/" not in name} == {
        name: what for name, what in before.items() if ".git/" not in name
    }
