"""What people see and answer before they approve a project."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from taoshell.terminal.ask import confirmed
from taoshell.terminal.review import show_standing_out


def test_what_stands_out_has_a_mark_and_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    show_standing_out(["privileged: all\x1b[2J"])
    assert capsys.readouterr().err == "taoshell: ! privileged: all\\x1b[2J\n"


def test_at_a_terminal_what_stands_out_is_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("taoshell.terminal.say.may_be_styled", lambda stream: True)
    show_standing_out(["x"])
    assert capsys.readouterr().err == "\x1b[2mtaoshell:\x1b[0m \x1b[31m! x\x1b[0m\n"


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("answer", ["y", "Y", "yes", " yes ", "", "n", "no", "yeah", "j", "yy", "1", "true", " "])
def test_only_yes_is_yes(answer: str, default: bool) -> None:
    @click.command()
    def ask() -> None:
        click.echo(f"it is {confirmed('Approve this?', default=default)}")

    done = CliRunner().invoke(ask, input=f"{answer}\n")
    expected = answer.strip().lower() in ("y", "yes") or (default and answer == "")
    assert f"Approve this? [{'Y/n' if default else 'y/N'}]: " in done.output
    assert done.output.endswith(f"it is {expected}\n")


def test_the_end_of_the_input_is_no_answer() -> None:
    @click.command()
    def ask() -> None:
        confirmed("Approve this?", default=True)

    assert CliRunner().invoke(ask, input="").exit_code == 1
