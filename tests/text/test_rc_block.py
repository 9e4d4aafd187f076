"""The block in a start file: install adds it, uninstall removes it, and every other byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.text.rc_block import BEGIN, END, hand_written, has_block, replaced, sources, with_block, without_block

BODY = ". hook"
TEXTS: dict[str, str | None] = {
    "none": None,
    "empty": "",
    "a line": "export A=1\n",
    "no line end at the end": "export A=1",
    "only a line end": "\n",
    "CRLF": "export A=1\r\nalias b=c\r\n",
    "CRLF without the last": "export A=1\r\nalias b=c",
    "a CR at the end": "export A=1\r",
    "not UTF-8": b"PS1='\xff\xfe\x80'\n".decode(errors="surrogateescape"),
    "form feed and NEL": "a\x0cb\x85c\u2028d\n",
    "another block of the same kind": "# >>> conda initialize >>>\nx\n# <<< conda initialize <<<\n",
    "our mark inside a line": f"echo '{BEGIN}'\necho {END}\n",
    "blank lines at the end": "a\n\n\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_install_and_uninstall_restore_the_file(text: str | None) -> None:
    installed = with_block(text, BODY, "rc")
    assert installed.startswith(text or "")
    assert installed.count(f"\n{BODY}\n{END}\n") == 1
    assert has_block(installed)
    assert not has_block(text or "")
    assert without_block(installed, "rc") == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_second_install_changes_nothing_but_an_old_body(text: str | None) -> None:
    old = with_block(text, "an older body", "rc")
    new = with_block(old, BODY, "rc")
    assert new == with_block(text, BODY, "rc")
    assert with_block(new, BODY, "rc") == new
    assert without_block(new, "rc") == text


@given(st.text(alphabet="a\r\n# >taoshell<\x00é"), st.text(alphabet="a\r\n#"))
def test_any_text_around_the_block_stays(before: str, after: str) -> None:
    if not has_block(before):
        installed = with_block(before, BODY, "rc")
        assert without_block(installed, "rc") == before
        rest = without_block(installed + after, "rc")
        assert rest in (before + after, f"{before}\n{after}")  # the line end stays if text follows it
        assert rest is not None
        assert rest.splitlines() == [*before.splitlines(), *after.splitlines()] or not before or before[-1] in "\r\n"


def test_a_line_that_does_the_same_stays() -> None:
    absolute = with_block("a\n", "source /home/me/hook", "rc")
    assert with_block(absolute, 'source "$HOME/hook"', "rc", like=("source /home/me/hook",)) == absolute
    assert with_block(absolute, 'source "$HOME/hook"', "rc", like=("source /home/other/hook",)) != absolute


def test_a_block_that_the_user_moved_stays_in_its_place() -> None:
    block = with_block("", "old", "rc")
    assert with_block(f"first\n{block}last\n", BODY, "rc") == f"first\n{with_block('', BODY, 'rc')}last\n"
    assert without_block(f"first\n{block}last\n", "rc") == "first\nlast\n"


def test_a_file_that_install_created_stays_if_the_user_wrote_into_it() -> None:
    assert without_block(with_block(None, BODY, "rc") + "alias a=b\n", "rc") == "alias a=b\n"


def test_install_leaves_one_of_several_blocks_and_uninstall_none() -> None:
    block = with_block("", BODY, "rc")
    assert with_block(f"a\n{block}b\n{block}c\n", BODY, "rc") == f"a\n{block}b\nc\n"
    assert without_block(f"a\n{block}b\n{block}c\n", "rc") == "a\nb\nc\n"


def test_a_block_with_line_ends_that_an_editor_changed() -> None:
    installed = with_block("a\n", BODY, "rc").replace("\n", "\r\n")
    assert without_block(installed, "rc") == "a\r\n"
    assert without_block(with_block(None, BODY, "rc").replace("\n", "\r\n"), "rc") is None
    assert without_block(installed.removesuffix("\r\n"), "rc") == "a\r\n"


HALVES = {
    "no end": (f"a\n{BEGIN}\nx\n", 2),
    "no beginning": (f"a\nb\n{END}\n", 3),
    "the wrong way round": (f"{END}\n{BEGIN}\n", 1),
    "two beginnings": (f"{BEGIN}\nx\n{BEGIN}\ny\n{END}\n", 1),
    "an end too many": (f"{BEGIN}\nx\n{END}\n{END}\n", 4),
}


@pytest.mark.parametrize(("text", "line"), HALVES.values(), ids=HALVES)
def test_half_of_a_block_is_refused(text: str, line: int) -> None:
    assert has_block(text)
    cause = f"^rc:{line}: only half of taoshell's block is left here; delete "
    with pytest.raises(TaoshellError, match=cause):
        with_block(text, BODY, "rc")
    with pytest.raises(TaoshellError, match=cause):
        without_block(text, "rc")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('eval "$(taoshell hook bash)"\n', 1),
        ('a\n\n  eval "$(~/.local/bin/taoshell  hook bash)"', 3),
        ("taoshell hook fish | source", 1),
        ('command -v taoshell >/dev/null && eval "$(taoshell hook zsh)"', 1),
        ('# eval "$(taoshell hook bash)"\n', None),
        ("taoshell status\n", None),
        ("nottaoshell hook\n", None),
        ("", None),
        (with_block("a\n", "taoshell hook bash", "rc") + "taoshell hook bash\n", 6),
        (with_block("a\n", "taoshell hook bash", "rc"), None),
    ],
)
def test_the_line_of_a_hook_that_the_user_loads(text: str, line: int | None) -> None:
    assert hand_written(text) == line


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('. "$HOME/.bashrc"\n', True),
        ("[ -r ~/.bashrc ] && . ~/.bashrc", True),
        (
            'if [ -n "$BASH_VERSION" ]; then\n    if [ -f "$HOME/.bashrc" ]; then\n\t. "$HOME/.bashrc"\n    fi\nfi\n',
            True,
        ),
        ("test -f ~/.bashrc&&source ~/.bashrc", True),
        ("# . ~/.bashrc\n", False),
        ("alias rc='vi ~/.bashrc'\n", False),
        ("[ -r ~/.bashrc ]\n", False),
        (". ~/.bashrc_local\n", False),
        (". ~/.bashrc.local\n", False),
        ("source ~/.bashrc;", True),
        (". ~/.profile\n", False),
        ("", False),
    ],
)
def test_a_line_that_sources_bashrc_is_found(text: str, answer: bool) -> None:
    assert sources(text, ".bashrc") == answer


def test_a_block_with_the_same_line_is_left_alone_whatever_its_comment_says() -> None:
    """Another version of taoshell may have written another comment."""
    text = with_block("# mine\n", "source hook", "rc").replace("# Written by", "# Made by")
    assert with_block(text, "source hook", "rc") == text
    assert "source other" in with_block(text, "source other", "rc")
    assert without_block(text, "rc") == "# mine\n"


BLOCK = with_block("", BODY, "rc")
REPLACES = [
    "PROMPT_COMMAND='history -a'",
    'PROMPT_COMMAND="history -a"  # mine',
    "PROMPT_COMMAND=mine",
    "PROMPT_COMMAND=",
    "PROMPT_COMMAND=(mine 'b c')",
    "PROMPT_COMMAND=(\n  mine\n)",
    "  export PROMPT_COMMAND=mine",
    "declare -x PROMPT_COMMAND=mine",
    "unset PROMPT_COMMAND",
    "unset -v PROMPT_COMMAND",
    "if true; then PROMPT_COMMAND=mine; fi",
    "[ -z $A ] || PROMPT_COMMAND=mine",
    "case $TERM in x*) PROMPT_COMMAND=mine ;; esac",
    "A=1; PROMPT_COMMAND=$(mine)",
]
KEEPS = [
    "",
    "# PROMPT_COMMAND=mine",
    "true # PROMPT_COMMAND=mine",
    "PROMPT_COMMAND+='; mine'",
    'PROMPT_COMMAND="mine; $PROMPT_COMMAND"',
    'PROMPT_COMMAND="a \\"b\\"; ${PROMPT_COMMAND:-}"',
    "PROMPT_COMMAND='a;'\"$PROMPT_COMMAND\"",
    'PROMPT_COMMAND=(\n  mine\n  "${PROMPT_COMMAND[@]}"\n)',
    'PROMPT_COMMAND="_taoshell_hook; mine"',
    "PROMPT_COMMAND=mine bash",
    "STARSHIP_PROMPT_COMMAND=mine",
    "echo PROMPT_COMMAND=mine",
    "PROMPT_COMMAND_OF=mine",
]
LOADED = {"a block": BLOCK, "a line of the user": 'eval "$(taoshell hook bash)"\n'}


@pytest.mark.parametrize("loaded", LOADED.values(), ids=LOADED)
@pytest.mark.parametrize("line", REPLACES)
def test_a_line_that_replaces_a_variable_after_the_hook_is_loaded(loaded: str, line: str) -> None:
    start = loaded.count("\n") + 3
    assert replaced(f"a\n{loaded}b\n{line}\nc\n", "PROMPT_COMMAND") == start
    assert replaced(f"{loaded}{line}", "PROMPT_COMMAND") == start - 2
    assert replaced(f"{line}\n{loaded}c\n", "PROMPT_COMMAND") is None
    assert replaced(f"{line}\n", "PROMPT_COMMAND") is None


@pytest.mark.parametrize("line", KEEPS)
def test_a_line_that_keeps_the_value(line: str) -> None:
    assert replaced(f"{BLOCK}{line}\nc\n", "PROMPT_COMMAND") is None
    assert replaced(f"{BLOCK}{line}\nPROMPT_COMMAND=a", "PROMPT_COMMAND") == (BLOCK + line).count("\n") + 2
