"""What a generation tests at each prompt, in real shells: each kind of check true and false, with odd names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from taoshell.shells import NAMES, dialect
from taoshell.shells.generation import Check
from tests.support.needs import need

ODD = [
    "plain",
    "a b",
    "it's",
    'say "x"',
    "$HOME",
    "`x`",
    "-e",
    "!",
    "(",
    "]]",
    "*",
    "\\",
    "a\\'b",
    "é",
    "a;b",
    "~",
    "=",
]
KINDS = {  # of each kind: when it holds, and when it does not
    "not_link": (("file", "folder", "nothing"), ("link", "link to a folder", "dangling", "loop")),
    "link_to": (("link", "link to a folder"), ("file", "folder", "nothing", "dangling", "loop", "other link")),
    "not_yours": (("folder", "nothing", "dangling", "loop", "link to a folder"), ("file", "link")),
    "dangling": (("dangling", "loop"), ("file", "folder", "nothing", "link", "link to a folder")),
}


def make(what: str, path: Path, end: Path) -> None:
    """Make `path` the thing `what`; `end` is what a right link leads to."""
    (end.mkdir if what == "link to a folder" else end.touch)()
    match what:
        case "file":
            path.touch()
        case "folder":
            path.mkdir()
        case "link" | "link to a folder":
            path.symlink_to(end)
        case "other link":
            path.symlink_to("/")
        case "dangling":
            path.symlink_to("/nothing/here")
        case "loop":
            path.symlink_to(path)


@pytest.mark.parametrize("shell", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind(shell: str, kind: str, tmp_path: Path) -> None:
    """The names are odd words. (In a project every path is absolute, so `test` takes none for an operator.)"""
    expected, script = [], ""
    for holds, whats in zip((True, False), KINDS[kind], strict=True):
        for what in whats:
            for name in ODD:
                expected.append(f"{what} {name}: {holds}")
                folder = tmp_path / str(len(expected))
                folder.mkdir()
                make(what, folder / name, folder / f"{name}.end")
                path = f"{folder}/{name}"
                script += one(shell, Check(kind, path, f"{path}.end"), folder, f"{what} {name}")
    program = need(shutil.which(shell), shell)
    done = subprocess.run([program, "-c", script], capture_output=True, text=True, check=True, env={"HOME": "/"})
    assert done.stderr == ""
    assert done.stdout.splitlines() == expected


def one(shell: str, check: Check, folder: Path, label: str) -> str:
    """Return a script that goes to `folder` and prints whether `check` holds."""
    language = dialect(shell)
    tests = language.tests([check], language.quote)
    quote = language.quote
    say = [f"printf '%s\\n' {quote(f'{label}: {holds}')}" for holds in (True, False)]
    if shell == "fish":
        return f"cd {quote(str(folder))}; if begin; {tests}; end\n{say[0]}\nelse\n{say[1]}\nend\n"
    return f"cd {quote(str(folder))}; if [[ {tests} ]]; then {say[0]}; else {say[1]}; fi\n"


@pytest.mark.parametrize("shell", NAMES)
def test_many_in_a_row_start_no_process(shell: str, tmp_path: Path) -> None:
    (tmp_path / "end").mkdir()
    (tmp_path / "link").symlink_to("end")
    (tmp_path / "lost").symlink_to("nowhere")
    checks = [
        Check("not_link", f"{tmp_path}/end"),
        Check("link_to", f"{tmp_path}/link", f"{tmp_path}/end"),
        Check("dangling", f"{tmp_path}/lost"),
        Check("not_yours", f"{tmp_path}/end"),
    ]
    tests = dialect(shell).tests(checks * 20, dialect(shell).quote)
    holds = f"begin; {tests}; end" if shell == "fish" else f"[[ {tests} ]]"
    program = need(shutil.which(shell), shell)
    subprocess.run([program, "-c", holds], check=True, env={"PATH": "/nothing"})
    os.replace(tmp_path / "lost", tmp_path / "link")
    assert subprocess.run([program, "-c", holds], check=False, env={"PATH": "/nothing"}).returncode == 1
