"""A repository that is made to deceive: symlinks, markers and names that somebody else chose."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands.conftest import User
from tests.support.needs import need
from tests.support.samples import TOML, Sample
from tests.support.trees import snapshot

OUTSIDE = "outside the project"
GIT = "in git's own folder"
# The symlinks of the repository and their targets, the command, and what the error says of the first.
LINKS: dict[str, tuple[dict[str, str], str, str]] = {
    ".gitignore to a start file": ({".gitignore": "../.bashrc"}, "allow", OUTSIDE),
    ".gitignore by an absolute path": ({".gitignore": "{home}/.bashrc"}, "allow", OUTSIDE),
    ".gitignore by two symlinks": ({".gitignore": "a", "a": "../.bashrc"}, "allow", OUTSIDE),
    ".gitignore by a folder": ({".gitignore": "up/.bashrc", "up": ".."}, "allow", OUTSIDE),
    ".env to a start file": ({".env": "../.bashrc"}, "allow", OUTSIDE),
    ".envrc to a start file": ({".envrc": "../.bashrc"}, "init --direnv", OUTSIDE),
    ".gitignore to the configuration of git": ({".gitignore": ".git/config"}, "allow", GIT),
    ".env to a hook of git": ({".env": ".git/hooks/pre-commit"}, "allow", GIT),
    ".env to git's folder on a file system without case": ({".env": ".GIT/x"}, "allow", GIT),
    ".env to the file of a submodule": ({".env": "sub/.git"}, "allow", GIT),
    ".env to taoshell.toml": ({".env": "taoshell.toml"}, "allow", "which is the project's taoshell.toml too"),
    ".gitignore to taoshell.toml": (
        {".gitignore": "taoshell.toml"},
        "allow",
        "which is the project's taoshell.toml too",
    ),
    ".gitignore to .env": ({".gitignore": ".env"}, "allow", "which is the project's .env too"),
    ".envrc to .env": ({".envrc": ".env"}, "init --direnv", "which is the project's .env too"),
    ".env and .gitignore to one file": ({".gitignore": "specs/x", ".env": "specs/x"}, "allow", "project's .env too"),
}
DEAD: dict[str, dict[str, str]] = {
    ".gitignore to a file that is not there": {".gitignore": "../.profile"},
    ".env to a hook that is not there": {".env": ".git/hooks/post-checkout"},
    ".gitignore to itself": {".gitignore": ".gitignore"},
    ".env and .gitignore in a circle": {".env": ".gitignore", ".gitignore": ".env"},
}


def _linked(user: User, sample: Sample, links: dict[str, str]) -> None:
    (user.home / ".bashrc").write_text("A=1\n")
    sample.env.write_text("")
    for file in (".git/config", ".git/hooks/pre-commit", ".GIT/x", "sub/.git", "specs/x"):
        (sample.root / file).parent.mkdir(parents=True, exist_ok=True)
        (sample.root / file).write_text("")
    for name, target in links.items():
        (sample.root / name).unlink(missing_ok=True)
        (sample.root / name).symlink_to(target.format(home=user.home))


@pytest.mark.parametrize("case", LINKS)
def test_a_symlink_that_leads_taoshell_to_another_file(user: User, sample: Sample, case: str) -> None:
    links, command, said = LINKS[case]
    _linked(user, sample, links)
    before = snapshot(user.home)
    done = user.tries(*command.split(), "--yes", sample.root)
    assert (done.status, done.out) == (1, "")
    link = sample.root / next(iter(links))
    assert done.err.startswith(f"taoshell: {link}: this symlink leads to {os.path.realpath(link)}, ")
    assert said in done.err
    assert done.err.endswith(f", and taoshell does not write there; remove the symlink: rm {link}\n")
    assert snapshot(user.home) == before
    for name in links:
        (sample.root / name).unlink(missing_ok=True)
    user.must(*command.split(), "--yes", sample.root)


@pytest.mark.parametrize("case", DEAD)
def test_a_symlink_that_leads_nowhere(user: User, sample: Sample, case: str) -> None:
    _linked(user, sample, DEAD[case])
    before = snapshot(user.home)
    done = user.tries("allow", "--yes", sample.root)
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith(f"taoshell: {sample.root / next(iter(DEAD[case]))}: ") or "circle" in case
    assert snapshot(user.home) == before


def test_set_does_not_write_through_a_symlink(user: User, sample: Sample) -> None:
    shared = user.home / "shared.toml"
    shared.write_text(TOML)
    sample.toml.unlink()
    sample.toml.symlink_to(shared)
    user.must("allow", "--yes", sample.root)
    before = snapshot(user.home)
    done = user.tries("set", "network=dino", sample.root)
    assert (done.status, done.out) == (1, "")
    assert OUTSIDE in done.err
    assert snapshot(user.home) == before


def test_a_place_that_would_be_made_behind_a_symlink_in_the_project(user: User, sample: Sample) -> None:
    """The cure names the folder that is missing: `mkdir -p` of a symlink fails."""
    (sample.root / "specs").rmdir()
    (sample.root / "specs").symlink_to("later")
    done = user.tries("allow", "--yes", sample.root)
    assert f"run: mkdir -p {sample.root}/later" in done.err
    assert user.must("init", "--mkdir", "--yes", sample.root).err.startswith(f"taoshell: created {sample.root}/later\n")
    assert (sample.root / "later").is_dir()


def test_symlinks_in_a_circle(user: User, sample: Sample) -> None:
    (sample.root / "specs").rmdir()
    (sample.root / "specs").symlink_to("specs")
    before = snapshot(user.home)
    done = user.tries("init", "--mkdir", "--yes", sample.root)
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert "lead in a circle" in done.err
    assert snapshot(user.home) == before


@pytest.mark.parametrize("name", ["MY_KEY", "DONKEY", "data_TOKEN"])
def test_a_name_that_looks_secret_hides_no_symlink(user: User, sample: Sample, name: str) -> None:
    user.must("allow", "--yes", sample.root)
    sample.toml.write_text(f'{TOML}[places]\nx = {{ host = "{name}", container = "/x" }}\n')
    (sample.root / name).symlink_to("/var/tmp")
    done = user.tries("diff", sample.root)
    assert f'+"{name}" -> "/var/tmp"\n' in done.out


@pytest.mark.parametrize("folder", ["elsewhere", ".ssh"])
def test_a_dotenv_of_the_repository_moves_no_place_out_of_it_unseen(user: User, sample: Sample, folder: str) -> None:
    there = user.home / folder
    there.mkdir()
    sample.toml.unlink()
    sample.env.write_text(f"LOCAL_DATA_DIR={there}\n")
    before = snapshot(user.home)
    done = user.tries("init", "--network", "dino", sample.root)
    assert done.status == 1
    assert "nothing was approved, as there is no terminal to show the project at" in done.err
    assert snapshot(user.home) == before
    user.must("init", "--network", "dino", "--yes", sample.root)


def test_folders_for_the_state_are_private_whatever_the_umask(user: User, sample: Sample) -> None:
    before = os.umask(0)
    try:
        user.must("allow", "--yes", sample.root)
    finally:
        os.umask(before)
    folders = [user.home / ".local", *(user.home / ".local").rglob("*")]
    assert [path for path in folders if path.is_dir() and path.stat().st_mode & 0o077] == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")
def test_a_project_of_another_user_is_named_as_theirs(user: User, sample: Sample) -> None:
    os.chown(sample.toml, 30001, -1)
    done = user.must("allow", "--yes", sample.root)
    assert done.err.startswith(f"taoshell: ! {sample.toml} belongs to uid 30001, not to you\n")


def test_a_large_file_keeps_nobody_waiting(user: User, sample: Sample) -> None:
    with open(sample.toml, "r+b") as file:
        file.truncate(1 << 40)
    done = user.tries("allow", "--yes", sample.root)
    assert done.err == f"taoshell: {sample.toml}: this file has more than 64 KiB; make it shorter\n"


@pytest.mark.parametrize("target", ["~/.ssh", "/"])
def test_a_pull_that_makes_a_symlink_beside_the_project(user: User, home: Path, target: str) -> None:
    """The project is a folder of its repository, and has a place in another folder of it."""
    (home / ".ssh").mkdir()
    clone = home / "clone"
    (clone / ".git").mkdir(parents=True)
    (clone / "data").mkdir()
    sample = Sample(clone, "train", toml=TOML + "[places]\ndata = '../data'\n")
    user.must("allow", "--yes", sample.root)
    (clone / "data").rmdir()
    (clone / "data").symlink_to(target.replace("~", str(home)))
    assert user.types("exec", sample.root, "--", "true").status == 1
    assert user.types("diff", sample.root).status == 1
    assert user.types("export", "json", sample.root).status == 1


def test_a_former_versions_folder_of_the_repository_is_not_ours(user: User, sample: Sample, home: Path) -> None:
    """On the file system of the state folder, taoshell keeps nothing in the project."""
    theirs = home / "runs"
    theirs.mkdir()
    (theirs / ".gitignore").write_text("*\n")
    (theirs / ".env.old.taoshell-99999").write_text("EVIL=1\n")
    (sample.root / f".taoshell-kept-{os.geteuid()}").symlink_to(theirs)
    before = snapshot(theirs)
    user.must("allow", "--yes", sample.root)
    user.must("set", "A=1", sample.root)
    assert snapshot(theirs) == before
    assert "EVIL" not in sample.env.read_text()


@pytest.mark.parametrize("host", ["/proc/self/cwd", "/proc/thread-self/cwd/home", "link"])
def test_a_path_that_means_something_else_to_the_engine(user: User, sample: Sample, host: str) -> None:
    (sample.root / "link").symlink_to("/proc/self/cwd")
    sample.toml.write_text(TOML + f"[places]\ndata = '{host}'\n")
    done = user.types("allow", "--yes", sample.root)
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "leads through /proc or /dev/fd" in done.err


def test_a_line_that_a_shell_would_run_is_named_although_its_value_is_masked(user: User, sample: Sample) -> None:
    sample.env.write_text("KEY=$(touch /tmp/x)\nA='$(not this)'\nB=`or this`\nC=a;b\nD=plain\n")
    done = user.must("allow", "--yes", sample.root)
    named = [line.split()[2] for line in done.err.splitlines() if "a shell that sources the file would" in line]
    assert named == ["KEY", "B", "C"]


def test_an_env_that_git_tracks_is_named(user: User, sample: Sample) -> None:
    git = need(shutil.which("git"), "git")
    subprocess.run([git, "init", "--quiet"], cwd=sample.root, check=True)
    assert "tracked" not in user.must("allow", "--yes", sample.root).err
    subprocess.run([git, "add", "--force", ".env"], cwd=sample.root, check=True)
    user.must("deny", sample.root)
    done = user.must("allow", "--yes", sample.root)
    assert ".env is tracked, so a commit would publish what is in it, KEY included; to stop that: git -C" in done.err


@pytest.mark.parametrize("address", ["ssh://nowhere/x", "/nowhere", "ext::sh -c {mark}", "git://127.0.0.1:9/x"])
@pytest.mark.parametrize("is_embedded", [False, True])
def test_the_configuration_of_a_repository_runs_nothing(user: User, address: str, is_embedded: bool) -> None:
    """A sparse index needs an object that is not there; git fetches it by commands that the repository names."""
    root, mark, script = user.home / "theirs", user.home / "mark", user.home / "mark.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)

    def git(*words: str) -> str:
        command = ["git", "-C", str(root), "-c", "user.email=a@b", "-c", "user.name=a", *words]
        return subprocess.run(command, env=user.environ, check=True, capture_output=True, text=True).stdout.strip()

    for folder in ("specs", "deep"):
        (root / folder).mkdir(parents=True)
        (root / folder / "f").write_text(f"{folder}\n")
    (root / "taoshell.toml").write_text('layout = "classic"\nnetwork = "unet"\n')
    git("init")
    git("add", "-A")
    git("commit", "-m", "first")
    git("sparse-checkout", "set", "--cone", "--sparse-index", "specs")
    missing = git("rev-parse", "HEAD:deep")
    (root / ".git/objects" / missing[:2] / missing[2:]).unlink()
    settings = {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": address.format(mark=script),
        "remote.origin.uploadpack": str(script),
        "core.sshCommand": str(script),
        "core.gitProxy": str(script),
        "core.fsmonitor": str(script),
        "protocol.allow": "always",
    }
    for name, value in settings.items():
        git("config", name, value)
    if is_embedded:  # as `git clone` delivers it: ordinary files of another repository
        git("config", "core.bare", "false")
        git("config", "core.worktree", ".")
        for file in (root / ".git").iterdir():
            file.rename(root / file.name)
        (root / ".git").rmdir()
    mark.unlink(missing_ok=True)
    user.tries("allow", "--yes", cwd=root)
    assert not mark.exists()
