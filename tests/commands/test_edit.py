"""`taoshell edit`: the user's editor, then the difference, the question and the approval."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

import pexpect
import pytest

from tests.commands.conftest import COMMAND, User
from tests.support.samples import Sample
from tests.support.trees import snapshot
from tests.support.waiting import SECONDS, press


def editor(home: Path, script: str) -> str:
    """Write an editor: a script whose last argument is the file. Return its path, in which a space is quoted."""
    path = home / "my editor"
    path.write_text(f"#!/bin/sh\nfor file; do :; done\n{script}\n")
    path.chmod(0o700)
    return shlex.quote(str(path))


@pytest.fixture
def approved(user: User, sample: Sample) -> Sample:
    user.must("allow", "--yes", sample.root)
    return sample


def at_terminal(user: User, root: Path, *words: str, **environ: str) -> pexpect.spawn:
    environ = {**user.environ, **environ}
    return pexpect.spawn(
        COMMAND[0], [*COMMAND[1:], "edit", *words], env=environ, cwd=str(root), encoding="utf-8", timeout=SECONDS
    )


def ends(child: pexpect.spawn) -> tuple[int | None, str]:
    said = child.read()
    child.wait()
    return child.exitstatus, said


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("", 1), ("n", 1)])
def test_it_shows_the_edit_and_asks(user: User, approved: Sample, home: Path, answer: str, status: int) -> None:
    appends = editor(home, """echo 'env.FOO = "bar"' >>"$file" """)
    child = at_terminal(user, approved.root, EDITOR=appends)
    child.expect_exact('+env.FOO = "bar"')
    child.expect_exact("Approve this? [y/N]")
    child.sendline(answer)
    assert ends(child)[0] == status
    state = user.must("status", "--json", approved.root).out
    assert ('"state": "approved"' in state) == (status == 0)
    assert approved.toml.read_text().endswith('env.FOO = "bar"\n')  # what the user saved stays in any case


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_or_ctrl_d_at_the_question_approves_nothing(user: User, approved: Sample, home: Path, key: str) -> None:
    child = at_terminal(user, approved.root, EDITOR=editor(home, """echo 'env.FOO = "bar"' >>"$file" """))
    child.expect_exact("Approve this?")
    press(child, key)
    assert ends(child)[0] == 130
    assert '"state": "not approved"' in user.must("status", "--json", approved.root).out


def edits_again_and_is_done(child: pexpect.spawn) -> None:
    child.expect_exact("Edit again? [Y/n]")
    child.sendline("")
    status, said = ends(child)
    assert (status, "nothing to approve" in said) == (0, True)


def test_after_a_mistake_the_editor_opens_again(user: User, approved: Sample, home: Path) -> None:
    repairs = editor(home, """if grep -q oops "$file"; then sed -i /oops/d "$file"; else echo oops >>"$file"; fi""")
    child = at_terminal(user, approved.root, EDITOR=repairs)
    child.expect(r"taoshell.toml:\d+: this is not valid TOML")
    edits_again_and_is_done(child)


def test_the_editor_opens_the_file_with_the_mistake(user: User, approved: Sample, home: Path) -> None:
    block = approved.env.read_text()
    approved.env.write_text(block.replace("SPECS_DIR=", "SPECS_DIR=/x"))
    repairs = editor(home, f"""case $file in *.env) printf %s {shlex.quote(block)} >"$file" ;; esac""")
    child = at_terminal(user, approved.root, EDITOR=repairs)
    child.expect(r"\.env:\d+: .*taoshell's block")
    edits_again_and_is_done(child)


def test_who_does_not_edit_again_keeps_the_file(user: User, approved: Sample, home: Path) -> None:
    child = at_terminal(user, approved.root, EDITOR=editor(home, 'echo oops >>"$file"'))
    child.expect_exact("Edit again?")
    child.sendline("n")
    status, said = ends(child)
    assert (status, "not approved; the file stays as you saved it" in said) == (1, True)
    assert approved.toml.read_text().endswith("oops\n")


def test_a_save_while_it_asks_is_neither_lost_nor_approved(user: User, approved: Sample, home: Path) -> None:
    child = at_terminal(user, approved.root, EDITOR=editor(home, """echo 'env.FOO = "bar"' >>"$file" """))
    child.expect_exact("Approve this?")
    with approved.toml.open("a") as file:
        file.write('env.LATER = "1"\n')
    child.sendline("y")
    status, said = ends(child)
    assert (status, "changed meanwhile" in said) == (1, True)
    assert approved.toml.read_text().endswith('env.LATER = "1"\n')
    assert '"state": "not approved"' in user.must("status", "--json", approved.root).out


def test_a_project_that_was_never_approved_is_shown_in_full(user: User, sample: Sample) -> None:
    child = at_terminal(user, sample.root, EDITOR="true")
    child.expect_exact("+network = ")
    child.expect_exact("LOCAL_DATA_DIR")
    child.expect_exact("Approve this?")
    child.sendline("y")
    assert ends(child)[0] == 0


def test_an_edit_of_env_shows_no_secret_and_keeps_others_out(user: User, approved: Sample, home: Path) -> None:
    saves = editor(home, 'cp "$file" new; echo KEY=hush >>new; chmod 644 new; mv new "$file"')
    child = at_terminal(user, approved.root, "--env", EDITOR=saves)
    child.expect_exact("KEY=••••")
    child.expect_exact("Approve this?")
    child.sendline("y")
    status, said = ends(child)
    assert (status, "hush" in said) == (0, False)
    assert stat.S_IMODE(approved.env.stat().st_mode) == 0o600
    assert '"KEY": "hush"' in user.must("export", "json", approved.root).out


def test_a_first_private_env_can_be_saved(user: User, sample: Sample, home: Path) -> None:
    sample.env.unlink(missing_ok=True)
    (sample.root / ".env" / "bin").mkdir(parents=True)  # a virtual environment
    user.must("edit", "--env", "--yes", sample.root, EDITOR=editor(home, 'echo A=1 >>"$file"'))
    assert '"A": "1"' in user.must("export", "json", sample.root).out
    assert os.listdir(sample.root / ".env") == ["bin"]


@pytest.mark.parametrize(("visual", "editors"), [("VISUAL", "MINE"), ("", "EDITOR"), ("  ", "EDITOR")])
def test_visual_comes_first_and_both_may_have_arguments(
    user: User, approved: Sample, home: Path, visual: str, editors: str
) -> None:
    notes = editor(home, 'echo "$@" >"$HOME/called"')
    environ = {"VISUAL": f"{notes} {visual}" if visual.strip() else visual, "EDITOR": f"{notes} {editors} 'a  b'"}
    user.must("edit", "--yes", approved.root, **environ)
    expected = f"{visual} " if visual.strip() else "EDITOR a  b "
    assert (home / "called").read_text() == f"{expected}{approved.toml}\n"


@pytest.mark.parametrize("blank", ["", " "])
def test_without_an_editor_it_is_vi_and_never_the_file_itself(
    user: User, approved: Sample, home: Path, blank: str
) -> None:
    (home / "vi").write_text('#!/bin/sh\necho vi >"$HOME/called"\n')
    (home / "vi").chmod(0o700)
    approved.toml.chmod(0o700)
    user.must("edit", "--yes", approved.root, VISUAL=blank, EDITOR=blank, PATH=f"{home}:{user.environ['PATH']}")
    assert (home / "called").read_text() == "vi\n"


CANNOT = {
    "missing": ("EDITOR", "/nowhere/ed", "cannot be run: No such file or directory; set EDITOR to one that is install"),
    "of VISUAL": ("VISUAL", "/nowhere/ed", "cannot be run: No such file or directory; set VISUAL to one that is inst"),
    "a folder": ("EDITOR", "/", "cannot be run: Permission denied; set EDITOR"),
    "an open quote": ("EDITOR", "vi 'x", "cannot be run: No closing quotation; set EDITOR"),
    "failed": ("EDITOR", "false", "the editor false ended with 1; nothing was approved"),
}


@pytest.mark.parametrize("case", CANNOT)
def test_an_editor_that_fails_approves_nothing(user: User, sample: Sample, case: str) -> None:
    name, value, said = CANNOT[case]
    before = snapshot(sample.root)
    done = user.tries("edit", "--yes", sample.root, **{name: value})
    assert done.status == 1
    assert (done.err.count("\n"), said in done.err) == (1, True), done.err
    assert snapshot(sample.root) == before


def test_without_a_terminal_and_without_yes_no_editor_opens(user: User, approved: Sample, home: Path) -> None:
    before = snapshot(approved.root)
    done = user.tries("edit", approved.root, EDITOR=editor(home, """echo 'env.FOO = "bar"' >>"$file" """))
    assert (done.status, "add --yes" in done.err) == (1, True)
    assert snapshot(approved.root) == before


def test_an_editor_that_removes_the_file(user: User, approved: Sample, home: Path) -> None:
    done = user.tries("edit", "--yes", approved.root, EDITOR=editor(home, 'rm "$file"'))
    assert done.status == 1
    assert done.err == f"taoshell: {approved.toml}: the file is gone; run: taoshell init {approved.root}\n"
