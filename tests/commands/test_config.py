"""`~/.config/taoshell/config.toml`: what `taoshell config` shows, who is trusted, what `init` and `allow` take."""

from __future__ import annotations

import grp
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import CLONE, COMMAND, User
from tests.homes.conftest import UID
from tests.support.needs import need
from tests.support.samples import ENV, TOML, Sample
from tests.support.trees import snapshot
from tests.support.waiting import SECONDS, wait_until

COMMANDED = '[defaults]\nkey = { command = ["sh", "-c", "echo asked >>~/asked; echo HUSH | tr A-Z a-z"] }\n'


@pytest.fixture
def config(user: User) -> Path:
    path = user.home / ".config/taoshell/config.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def folder(user: User) -> Path:
    folder = user.home / "dino"
    (folder / "specs").mkdir(parents=True)
    return folder


# -- taoshell config -----------------------------------------------------------------------------------------


def rows(out: str) -> dict[str, str]:
    return dict(line.split(None, 1) for line in map(str.strip, out.splitlines()[2:]))


def test_without_a_file(user: User) -> None:
    done = user.must("config")
    assert done.out.startswith("~/.config/taoshell/config.toml: no such file\n")
    assert {value.split()[-1] for value in rows(done.out).values()} == {"default"}
    assert done.err == ""
    assert list(user.home.iterdir()) == []


def test_each_value_and_where_it_comes_from(user: User, config: Path) -> None:
    config.write_text('[defaults]\nlayout = "host"\nkey = { command = ["pass", "show", "my key"] }\nlog = "quiet"\n')
    found = rows(user.must("config").out)
    assert found["layout"].split() == ["host", "line", "2"]
    assert found["key"].split("  ")[0] == "pass show 'my key'"
    assert found["log"].split() == ["quiet", "line", "4"]
    assert found["gpus"].split()[-1] == "default"
    assert rows(user.must("config", TAOSHELL_LOG="full").out)["log"].split() == ["full", "TAOSHELL_LOG"]


def test_json(user: User, config: Path) -> None:
    config.write_text("[defaults]\ngpus = [0]\nkey = { command = ['a', 'b'] }\n")
    found = json.loads(user.must("config", "--json", TAOSHELL_LOG="quiet").out)
    assert (found["version"], found["file"], found["exists"]) == (1, str(config), True)
    assert found["settings"]["gpus"] == {"value": "0,", "from": "file", "line": 2}
    assert found["settings"]["key"] == {"value": ["a", "b"], "from": "file", "line": 3}
    assert found["settings"]["log"] == {"value": "quiet", "from": "environment", "line": None}
    assert found["settings"]["layout"] == {"value": None, "from": "default", "line": None}


def test_edit_begins_with_a_template_and_checks_the_file(user: User, config: Path) -> None:
    config.parent.rmdir()
    done = user.must("config", "--edit", EDITOR="sed -i s/^#.layout/layout/")
    assert rows(done.out)["layout"].split() == ["host", "line", "3"]
    for line in config.read_text().splitlines():  # every line of the template is right
        config.write_text(f"[defaults]\n{line.removeprefix('# ').replace('[defaults]', '')}\n")
        assert line.startswith(("[", "# Your")) or user.must("config").out
    text = config.read_text()
    done = user.tries("config", "--edit", EDITOR="sed -i s/^log/lok/")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f'taoshell: {config}:2: unknown key "defaults.lok"; did you mean "defaults.log"?')
    assert config.read_text() == text.replace("log", "lok")


def test_the_sample_in_the_docs_is_right(user: User, config: Path) -> None:
    page = (CLONE / "docs/commands.md").read_text()
    config.write_text(page.partition("```toml\n")[2].partition("```")[0])
    found = json.loads(user.must("config", "--json").out)["settings"]
    assert all(setting["from"] == "file" for setting in found.values())


def test_xdg_config_home(user: User, tmp_path: Path) -> None:
    (tmp_path / "taoshell").mkdir()
    (tmp_path / "taoshell/config.toml").write_text('[defaults]\nlayout = "same"\n')
    assert rows(user.must("config", XDG_CONFIG_HOME=str(tmp_path)).out)["layout"].split() == ["same", "line", "2"]


# -- a file that cannot be read, or trusted --------------------------------------------------------------------


def refused(user: User, folder: Path, what: str) -> None:
    """Neither `config` nor `init` goes on: one line, nothing written, and no command was run."""
    before = snapshot(user.home)
    for words in (["config"], ["init", "--yes", folder]):
        done = user.tries(*words)
        assert (done.status, done.out) == (1, "")
        assert done.err.count("\n") == 1
        assert what in done.err
    assert snapshot(user.home) == before
    assert not (user.home / "asked").exists()


def test_broken(user: User, config: Path, folder: Path) -> None:
    config.write_text(f"{COMMANDED}x = \n")
    refused(user, folder, f"{config}:3: this is not valid TOML")


def test_a_folder(user: User, config: Path, folder: Path) -> None:
    config.mkdir()
    refused(user, folder, f"{config}: this is a folder; put a regular file in its place")


def test_a_fifo(user: User, config: Path, folder: Path) -> None:
    os.mkfifo(config)
    refused(user, folder, f"{config}: this is not a regular file; put a regular file in its place")


def test_a_broken_symlink(user: User, config: Path, folder: Path) -> None:
    config.symlink_to("/nowhere/config.toml")
    refused(user, folder, f"{config}: the symlink is broken; correct or remove it")


def test_not_utf8(user: User, config: Path, folder: Path) -> None:
    config.write_bytes(b"[defaults]\n\xff\n")
    refused(user, folder, f"{config}:2: this is not UTF-8")


@pytest.mark.parametrize("name", ["config.toml", "taoshell", ".config"])
@pytest.mark.parametrize("mode", [0o002, 0o020])
def test_others_may_change_it(user: User, config: Path, folder: Path, name: str, mode: int) -> None:
    """A folder that others can write to is as bad as the file: they can put another one there."""
    config.write_text(COMMANDED)
    path = next(path for path in (config, *config.parents) if path.name == name)
    if mode == 0o020:
        if os.geteuid() != 0:
            need(None, "another group")
        os.chown(path, -1, grp.getgrnam("games").gr_gid)
    path.chmod(path.stat().st_mode | mode)
    what = f"{config}: other users can write to {path}, and could make taoshell start programs; run: chmod go-w {path}"
    refused(user, folder, what)


def test_the_group_of_the_user_alone_may_write(user: User, config: Path) -> None:
    """Many systems give each user a group, and new files to it."""
    name = pwd.getpwuid(os.geteuid()).pw_name
    config.write_text('[defaults]\nlayout = "same"\n')
    for path in (config, config.parent):
        path.chmod(0o775)
    if grp.getgrgid(config.stat().st_gid).gr_name != name:
        need(None, "a group of this user")
    assert rows(user.must("config").out)["layout"].startswith("same")


@pytest.mark.parametrize("name", ["config.toml", "taoshell"])
def test_it_belongs_to_somebody_else(user: User, config: Path, folder: Path, name: str) -> None:
    if os.geteuid() != 0:
        need(None, "root")
    config.write_text(COMMANDED)
    path = next(path for path in (config, *config.parents) if path.name == name)
    os.chown(path, UID, UID)
    what = (
        f"{config}: {path} belongs to another user, who could make taoshell start programs; put one of your own in its"
    )
    refused(user, folder, what)


def test_a_symlink_is_followed_and_each_step_counts(user: User, config: Path, folder: Path) -> None:
    """As in a folder of dotfiles."""
    dotfiles = user.home / "dotfiles"
    dotfiles.mkdir()
    (dotfiles / "tao.toml").write_text(COMMANDED)
    (user.home / "link").symlink_to("dotfiles")
    config.symlink_to("../../link/tao.toml")
    assert rows(user.must("config").out)["key"].startswith("sh -c")
    dotfiles.chmod(0o777)
    refused(user, folder, f"{config}: other users can write to {dotfiles}, and")
    dotfiles.chmod(0o1777)  # like /tmp: nobody can replace the file there
    assert rows(user.must("config").out)["key"].startswith("sh -c")


# -- init ------------------------------------------------------------------------------------------------------


def test_init_copies_the_defaults_and_says_so(user: User, config: Path, folder: Path) -> None:
    config.write_text(
        COMMANDED + "layout = 'host'\ngpus = [1, 3]\ndata_root = '~/all data'\ncontainer = { shm_size = '32G' }\n"
    )
    done = user.must("init", "--mkdir", folder)
    assert "taoshell: asking for KEY: sh -c" in done.err
    took = f"layout host, gpus [1,3], container.shm_size 32G, data_root {user.home}/all data"
    assert f"taoshell: from {config}: {took}\n" in done.err
    assert "hush" not in done.out + done.err
    toml, env = (folder / "taoshell.toml").read_text(), (folder / ".env").read_text()
    assert 'layout = "host"\n' in toml
    assert 'user     = "auto"          # your uid:gid' in toml
    assert 'shm_size = "32G"\nnetwork  = "host" ' in toml
    assert env.startswith(f"KEY=hush\nGPU_IDS=1,3\nHOST_DATA_DIR='{user.home}/all data/dino'\n")
    before = snapshot(folder)
    config.write_text('[defaults]\nlayout = "same"\ngpus = 7\n')  # a project never depends on it
    assert f"from {config}" not in user.must("init", "--yes", folder).err
    user.must("allow", "--yes", folder)
    assert snapshot(folder) == before
    assert (user.home / "asked").read_text() == "asked\n"


def test_options_notebooks_and_lines_win(user: User, config: Path, folder: Path) -> None:
    config.write_text("[defaults]\nlayout = 'same'\ngpus = 7\ndata_root = '/mnt'\n")
    (folder / ".env").write_text("KEY=mine\nHOST_DATA_DIR=data\n")
    (folder / "x.ipynb").write_text('"%env HOST_DATA_DIR=/x"')
    done = user.must("init", "--yes", "--mkdir", "--gpus", "2", folder)
    assert "layout host, as x.ipynb is written for it" in done.err
    assert (folder / ".env").read_text().startswith("KEY=mine\nHOST_DATA_DIR=data\nNUM_GPUS=2\n")
    assert "same" not in (folder / "taoshell.toml").read_text()


def test_all_gpus_are_the_projects(user: User, config: Path, folder: Path) -> None:
    config.write_text('[defaults]\ngpus = "all"\ncontainer = { user = "auto" }\n')
    user.must("init", "--yes", folder)
    toml = (folder / "taoshell.toml").read_text()
    assert toml.endswith(
        'network = "dino"\ngpus = "all"\n\n[container]                # what the container gets\n'
        'user     = "auto"          # your uid:gid, so that the results belong to you\n'
    )
    assert "GPU" not in (folder / ".env").read_text()
    before = snapshot(folder)
    user.must("init", "--yes", folder)
    assert snapshot(folder) == before


# -- the command that prints KEY ---------------------------------------------------------------------------------


def test_allow_asks_for_the_key_if_there_is_none(user: User, config: Path) -> None:
    config.write_text(COMMANDED)
    sample = Sample(user.home, env="NUM_GPUS=1\n")
    done = user.must("allow", "--yes", sample.root)
    assert "hush" not in done.out + done.err
    assert sample.env.read_text().startswith("NUM_GPUS=1\nKEY=hush\n")
    for again in (["allow", "--yes"], ["status"], ["export", "json"]):
        user.must(*again, sample.root)
    assert (user.home / "asked").read_text() == "asked\n"
    user.must("unset", "KEY", sample.root)
    user.must("allow", "--yes", sample.root)  # also later, as after a new key
    assert "KEY=hush\n" in sample.env.read_text()


@pytest.mark.parametrize("line", ["KEY=mine\n", "KEY=\n", "# taoshell: ignore KEY\n"])
def test_a_line_about_the_key_wins(user: User, config: Path, line: str) -> None:
    config.write_text(COMMANDED)
    sample = Sample(user.home, env=line)
    user.must("allow", "--yes", sample.root)
    assert "hush" not in sample.env.read_text()
    assert not (user.home / "asked").exists()


@pytest.mark.parametrize("words", [["init", "--yes"], ["allow", "--yes"]])
def test_a_command_that_fails_changes_nothing(user: User, config: Path, words: list[str]) -> None:
    config.write_text('[defaults]\nkey = { command = ["false"] }\n')
    sample = Sample(user.home, env=None)
    before = snapshot(user.home)
    done = user.tries(*words, sample.root)
    what = "the command of key, false, ended with exit status 1; run it by hand to see why"
    assert (done.status, done.err) == (1, f"taoshell: asking for KEY: false\ntaoshell: {config}:2: {what}\n")
    assert snapshot(user.home) == before


def test_it_does_not_read_what_is_meant_for_us(user: User, config: Path) -> None:
    config.write_text('[defaults]\nkey = { command = ["sh", "-c", "cat; echo k"] }\n')
    sample = Sample(user.home, env=None)
    user.must("allow", "--yes", sample.root, stdin="of somebody else\n")
    assert sample.env.read_text().startswith("KEY=k\n")


def is_running(pid: int) -> bool:
    """Whether the process is more than a zombie, which has no command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_ctrl_c_ends_it_and_changes_nothing(user: User, config: Path) -> None:
    started = user.home / "started"
    script = f"trap '' INT; echo $$ >{started}.new; mv {started}.new {started}; exec sleep 60"
    config.write_text(f'[defaults]\nkey = {{ command = ["sh", "-c", "{script}"] }}\n')
    sample = Sample(user.home, env=None)
    before = snapshot(user.home)
    words = [*COMMAND[1:], "allow", "--yes", str(sample.root)]
    child = pexpect.spawn(COMMAND[0], words, env=user.environ, cwd=str(user.home), encoding="utf-8", timeout=SECONDS)
    child.expect_exact("asking for KEY: ")
    child.expect_exact("\n")
    wait_until(started.exists)
    pid = int(started.read_text())
    started.unlink()
    child.sendcontrol("c")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 130
    assert "Traceback" not in child.before
    wait_until(lambda: not is_running(pid))
    assert snapshot(user.home) == before


# -- who reads it --------------------------------------------------------------------------------------------------

WATCH = """
import sys
sys.addaudithook(lambda event, given: event == "open" and "config.toml" in str(given[0]) and sys.stderr.write("READ"))
from taoshell.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("words", "reads"),
    [
        *((["_sync", "{root}"], False), (["_settle", ""], False), (["status", "{root}"], False)),
        *(
            (["status", "--prompt"], False),
            (["allow", "--yes", "{root}"], False),
            (["exec", "{root}", "--", "true"], False),
        ),
        *((["set", "A=1", "{root}"], False), (["config"], True), (["hook", "bash"], True)),
    ],
)
def test_only_commands_that_need_a_default_read_it(user: User, config: Path, words: list[str], reads: bool) -> None:
    config.write_text("")
    sample = Sample(user.home)
    sample.allow()
    sample.env.write_text(f"{ENV}A=2\n")
    sample.allow()
    command = [sys.executable, "-c", WATCH, *(word.format(root=sample.root) for word in words)]
    done = subprocess.run(command, env=user.environ, cwd=user.home, capture_output=True, text=True, check=True)
    assert ("READ" in done.stderr) == reads


def test_a_project_cannot_say_where_it_is(user: User) -> None:
    sample = Sample(user.home, toml=f'{TOML}[env]\nXDG_CONFIG_HOME = "."\n')
    assert "XDG_CONFIG_HOME is refused" in user.tries("allow", "--yes", sample.root).err


# -- the log level ---------------------------------------------------------------------------------------------------


def test_a_new_hook_has_the_log_level(user: User, config: Path) -> None:
    config.write_text('[defaults]\nlog = "quiet"\n')
    assert user.must("hook", "bash").out.startswith('\\builtin : "${TAOSHELL_LOG=quiet}"\n')
    assert user.must("hook", "fish").out.startswith("set -q TAOSHELL_LOG; or set -g TAOSHELL_LOG quiet\n")


def test_a_broken_file_does_not_keep_a_shell_from_its_hook(user: User, config: Path) -> None:
    without = user.must("hook", "zsh").out
    config.write_text("x = \n")
    done = user.must("hook", "zsh")
    assert done.out == without
    assert done.err.startswith(f"taoshell: {config}:1: this is not valid TOML")
    assert done.err.count("\n") == 1


def test_an_installed_hook_gets_it_by_install(user: User, config: Path) -> None:
    user.must("install", "--yes", "bash")
    hook = user.home / ".local/state/taoshell/hooks/bash"
    without = hook.read_text()
    config.write_text('[defaults]\nlog = "quiet"\n')
    told = "taoshell: the hook of bash was installed before; to write it again: taoshell install bash\n"
    assert user.must("config").err == told
    user.must("install", "bash")
    assert "${TAOSHELL_LOG=quiet}" in hook.read_text()
    assert user.must("config").err == ""
    config.unlink()
    user.must("install", "bash")
    assert hook.read_text() == without
