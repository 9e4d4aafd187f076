"""The diff masks the values of secrets and nothing else: nobody can hide a line behind a name that looks secret."""

from __future__ import annotations

import time

import pytest
import tomlkit
from hypothesis import example, given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats.dotenv import quoted
from taoshell.project.names import MASK, is_secret
from taoshell.text import dotenv
from taoshell.text.lines import lines
from taoshell.text.masked import SYMLINKS, masked

TOML = "taoshell.toml"

# A valid taoshell.toml, and its text in the diff.
IN_TOML = {
    "in a table": ('[env]\nMY_KEY = "k" # which\nA = "1"\n', '[env]\nMY_KEY = •••• # ••••\nA = "1"\n'),
    "for the container": ("[container.env]\nMY_KEY = 'k'", "[container.env]\nMY_KEY = ••••"),
    "below a header with blanks": ('[ container . "env" ]\nMY_KEY = "k"', '[ container . "env" ]\nMY_KEY = ••••'),
    "on several lines": (
        '[env]\nMY_SECRET = """\na # "" \\"\n"""""\nA = 1',
        "[env]\nMY_SECRET = ••••\n••••\n••••\nA = 1",
    ),
    "on several lines without escapes": (
        "[env]\nMY_SECRET = '''\na\\\n'''\nA = 1",
        "[env]\nMY_SECRET = ••••\n••••\n••••\nA = 1",
    ),
    "with Windows line ends": ('[env]\r\nMY_KEY = "k"\r\nA = 1\r\n', "[env]\r\nMY_KEY = ••••\r\nA = 1\r\n"),
    "under a name in quotes": ('[env]\n"MY_KEY" = "k"\n\'B_KEY\'="k"', "[env]\n\"MY_KEY\" = ••••\n'B_KEY'=••••"),
    "under a name with escapes": ('[env]\n"MY_\\u004bEY" = "k"', '[env]\n"MY_\\u004bEY" = ••••'),
    "dotted": ('container.env.MY_KEY = "k"\nenv . A_TOKEN="k"', "container.env.MY_KEY = ••••\nenv . A_TOKEN=••••"),
    "dotted in a table": ('[container]\nenv.MY_KEY = "k"', "[container]\nenv.MY_KEY = ••••"),
    "in braces": ('env = { A = "1", MY_KEY = "k", B = "2" }', 'env = { A = "1", MY_KEY = ••••, B = "2" }'),
    "in braces in braces": ('container = {env={MY_KEY = "k"}}', "container = {env={MY_KEY = ••••}}"),
    "numbers": (
        "[env]\nA_KEY = 1_000\nB_KEY = 1.5 # c\nC_KEY=true",
        "[env]\nA_KEY = ••••\nB_KEY = •••• # ••••\nC_KEY=••••",
    ),
    "a time": ("[env]\nA_KEY = 1979-05-27 07:32:00", "[env]\nA_KEY = ••••"),
    "a list": ('[env]\nA_KEY = [\n "k", # b\n]\nB = "1"', '[env]\nA_KEY = [\n ••••, # b\n]\nB = "1"'),
    "two": ('[env]\nA_KEY = "k"\nB_KEY = "k"', "[env]\nA_KEY = ••••\nB_KEY = ••••"),
    "after brackets in text": (
        'x = [["]", "#"], {a = "}"}]\n[[y]]\nA_KEY = "[env]"\n[env]\nA_KEY = "k"',
        'x = [["]", "#"], {a = "}"}]\n[[y]]\nA_KEY = ••••\n[env]\nA_KEY = ••••',
    ),
    "at the top": ('layout = "classic"\nKEY="k"', 'layout = "classic"\nKEY=••••'),
    "in a table without variables": ('[container]\nWANDB_API_KEY = "k"', "[container]\nWANDB_API_KEY = ••••"),
    "among the ports": ('[container.ports]\nKEY = "k"', "[container.ports]\nKEY = ••••"),
    "as a place": ('[places]\nKEY = "k"', "[places]\nKEY = ••••"),
    "as a place of a cluster": ('[cluster.c.places]\nKEY = "k"', "[cluster.c.places]\nKEY = ••••"),
    "in a list of tables": ('[[env]]\nKEY = "k"', "[[env]]\nKEY = ••••"),
    "in a table of its own": ('[env.KEY]\nx = "k"', "[env.KEY]\nx = ••••"),
    "beside .env": ('[env]\nKEY={ from=".env", x="k" }', '[env]\nKEY={ from=".env", x=•••• }'),
    "in place of .env": ('[container.env]\nKEY.from="k"', "[container.env]\nKEY.from=••••"),
    "in small letters": ('[env]\napi_key = "k"', "[env]\napi_key = ••••"),
    "commented out": ('# KEY = "k"\nlayout = "host" # A_TOKEN: k', '# KEY = ••••\nlayout = "host" # A_TOKEN: ••••'),
    "the secret before": ('[env]\nKEY = "k" # was old\nA = 1', "[env]\nKEY = •••• # ••••\nA = 1"),
    "beside a name that ends so": (
        '[env]\nA_KEY = "k"\n[places]\nDONKEY = { host = "/etc", container = "/data" }',
        '[env]\nA_KEY = ••••\n[places]\nDONKEY = { host = "/etc", container = "/data" }',
    ),
}


@pytest.mark.parametrize(("text", "shown"), IN_TOML.values(), ids=IN_TOML)
def test_in_the_toml_the_value_of_a_secret_variable_is_masked(text: str, shown: str) -> None:
    tomlkit.parse(text)
    assert masked(TOML, text) == shown


# Valid files without a secret variable. Nothing is masked.
SHOWN = {
    "a place": '[places]\nDONKEY = { host = "/etc", container = "/data/etc" }',
    "a place in a table of its own": '[places.MY_KEY]\nhost = "/etc"',
    "a dotted place": 'places.MY_KEY.host = "/etc"',
    "the name of a file": '[places]\ndata = "/x/MY_KEY = /etc"',
    "an assignment in text": '[env]\nA = "X_KEY = /etc"',
    "an assignment in long text": '[env]\nA = """\nX_KEY = "/etc"\n"""',
    "a header in long text": '[places]\nA = """\n[env]\nX_KEY = "/etc"\n"""',
    "a comment": '# the KEY is in .env\n[env] # no KEY here\nA = "1" # not a TOKEN',
    "a comment that ends at a line end": '# X_KEY """\n[places]\ndata = "/etc" # """',
    "from .env": '[container.env]\nWANDB_API_KEY = { from = ".env" }',
    "dotted from .env": '[container.env]\nWANDB_API_KEY.from = ".env"',
    "a cluster": '[cluster.MY_KEY]\nengine = "slurm"\n[cluster.c.places]\nDONKEY = "/etc"',
    "a variable's name": '[places]\ndata = { host = "/etc", host_variable = "DATA_KEY" }',
    "another name": '[env]\nkeypoints = "1"\nMAX_TOKENS = "1"',
    "no table": 'env = "X_KEY"\ncontainer = 1',
}


@pytest.mark.parametrize("text", SHOWN.values(), ids=SHOWN)
def test_in_the_toml_nothing_else_is_masked(text: str) -> None:
    tomlkit.parse(text)
    assert masked(TOML, text) == text


IN_DOTENV = {
    "bare": ("KEY=k", "KEY=••••"),
    "with blanks": ("  export KEY = k  ", "  export KEY = ••••  "),
    "with a comment": ("API_TOKEN=k # which", "API_TOKEN=•••• # ••••"),
    "with a # inside": ("API_TOKEN=k#1 #2", "API_TOKEN=•••• #••••"),
    "in quotes": ("DB_PASSWORD='a b' # c", "DB_PASSWORD=•••• # ••••"),
    "in quotes with a quote": (r'KEY="a\"b" # c', "KEY=•••• # ••••"),
    "under a name in quotes": ("'MY KEY'=k", "'MY KEY'=••••"),
    "on several lines": ("KEY='a\nb\n c' # d\nA=1", "KEY=••••\n••••\n•••• # ••••\nA=1"),
    "with Windows line ends": ("KEY=k\r\nA=1\r\n", "KEY=••••\r\nA=1\r\n"),
    "with old line ends": ("KEY=k\rA=1\rB_KEY=k", "KEY=••••\rA=1\rB_KEY=••••"),
    "after a byte order mark": ("\ufeffexport KEY=k\nA=1", "\ufeffexport KEY=••••\nA=1"),
    "not set": ("KEY=\nA=1\nB_KEY\n", "KEY=\nA=1\nB_KEY\n"),
    "commented out": ("#KEY=k\nA=1 # KEY=k\n# a KEY", "#KEY=••••\nA=1 # KEY=••••\n# a KEY"),
    "in another value": ("A=KEY=k\nB='KEY=k'\nC='\nKEY=k\n'", "A=KEY=k\nB='KEY=k'\nC='\nKEY=k\n'"),
    "after another assignment": ("A=1; export KEY=k; B=2", "A=1; export KEY=••••; B=2"),
    "in double quotes": ('"KEY"=k', '"KEY"=••••'),
    "in small letters": ("api_key=k\ntoken=k", "api_key=••••\ntoken=••••"),
    "under another name": ("KEY=abcd\nENC=abcd\nB=abcde", "KEY=••••\nENC=••••\nB=abcde"),
    "inside another value": ("KEY=abcdefgh\nURL=https://me:abcdefgh@x", "KEY=••••\nURL=••••"),
    "a path under another name": ("KEY=/etc/passwd\nDATA=/etc/passwd", "KEY=••••\nDATA=/etc/passwd"),
    "a number": ("A_TOKEN=1\nNUM_GPUS=1", "A_TOKEN=••••\nNUM_GPUS=1"),
    "the key of NVIDIA's samples": ("KEY=tlt_encode\nENC=tlt_encode", "KEY=••••\nENC=tlt_encode"),
    "no secret": ("MONKEY=1\nmax_tokens=1\nMY_KEY_NAME=1", "MONKEY=1\nmax_tokens=1\nMY_KEY_NAME=1"),
    "a line of Unicode in a value": ("KEY=a\u2028A=1", "KEY=••••"),
}


@pytest.mark.parametrize(("text", "shown"), IN_DOTENV.values(), ids=IN_DOTENV)
def test_in_a_dotenv_the_value_is_masked(text: str, shown: str) -> None:
    dotenv.assigned_names(text, ".env")
    assert masked(".env", text) == shown


# Text that does not parse, or is neither file. Everything that may be a secret is masked.
BROKEN = {
    "a value goes on after its quotes": (".env", "A_KEY='k' k\nA=1 k", "A_KEY=••••\nA=1 k"),
    "a quote is open": (".env", "KEY='k k\nA=1", "KEY=••••\nA=1"),
    "there is no equals sign": (".env", "KEY k\nB_TOKEN: k\nA=1", "KEY ••••\nB_TOKEN: ••••\nA=1"),
    "only what follows": (".env", "# KEY=a\nKEY=k # a\nA B\n# KEY=k", "# KEY=••••\nKEY=••••\nA B\n# KEY=••••"),
    "an open quote in the TOML": (TOML, '[env]\nMY_KEY = "k\nA = "1"', "[env]\nMY_KEY = ••••\n••••"),
    "a bare value in the TOML": (TOML, "[env]\nMY_KEY = k k\nA = 1", "[env]\nMY_KEY = ••••\nA = 1"),
    "lines of the TOML": (TOML, "x\nA_KEY = '''\nk\n'''\nA = 1", "x\nA_KEY = ••••\n••••\n••••\nA = 1"),
    "a list too deep": (TOML, f"x = {'[' * 5000}\nA_KEY = 1", f"x = {'[' * 5000}\nA_KEY = ••••"),
    "a start file": (".bashrc", "export A_KEY=k # c\nA=1", "export A_KEY=••••\nA=1"),
}


@pytest.mark.parametrize(("name", "text", "shown"), BROKEN.values(), ids=BROKEN)
def test_elsewhere_whatever_may_be_a_secret_is_masked(name: str, text: str, shown: str) -> None:
    assert masked(name, text) == shown


def test_of_the_symlinks_nothing_is_masked() -> None:
    text = '"MY_KEY" -> "/etc"\n"data/A_TOKEN" -> "../../secrets"\n'
    assert masked(SYMLINKS, text) == text


TEXTS = st.text(st.sampled_from("ab'\"\\ \n#=$\t\r{é[]}"), max_size=12)
NAMES = st.sampled_from(["A", "KEY", "MY_TOKEN", "B_SECRET", "X KEY", "é_KEY"])
TABLES = st.dictionaries(NAMES, TEXTS | st.integers(0, 9) | st.lists(TEXTS) | st.dictionaries(NAMES, TEXTS))


@given(st.fixed_dictionaries({"places": TABLES, "env": TABLES, "container": st.fixed_dictionaries({"env": TABLES})}))
def test_what_is_shown_of_a_toml_reads_as_the_same_file_but_for_its_secrets(
    values: dict[str, dict[str, object]],
) -> None:
    shown = masked(TOML, tomlkit.dumps(values))
    hide(values["places"], is_all=False)
    hide(values["env"], is_all=True)
    hide(values["container"]["env"], is_all=True)  # type: ignore[arg-type]
    assert tomlkit.parse(shown.replace(MASK, f'"{MASK}"')).unwrap() == values


def hide(table: dict[str, object], *, is_all: bool) -> None:
    """Put masks in place of the values of secrets; if `is_all`, of all values in a table with such a name."""
    for name, value in table.items():
        if isinstance(value, dict):
            hide(value if not (is_all and is_secret(name)) else every(value), is_all=is_all)
        elif is_secret(name):
            table[name] = [MASK] * len(value) if isinstance(value, list) else MASK


def every(table: dict[str, object]) -> dict[str, object]:
    table |= dict.fromkeys(table, MASK)
    return table


@given(st.lists(st.tuples(NAMES, TEXTS.map(lambda text: text[:7]))))
@example([("A", "=$\r"), ("KEY", "=$\r")])
def test_of_a_dotenv_everything_but_the_values_of_secrets_is_shown(given: list[tuple[str, str]]) -> None:
    # as it is written: `$` has a backslash before it
    secret = {value for name, value in given if is_secret(name) and len(value.replace("$", r"\$")) >= 4}
    hidden = {name for name, value in given if is_secret(name) or value in secret}
    parts = [(f"'{name}'", quoted(value), value and name in hidden) for name, value in given]
    text = "".join(f"{name}={value} # note\n" if value else f"{name}=\n" for name, value, _ in parts)
    try:
        dotenv.assigned_names(text, ".env")
    except TaoshellError:
        return
    expected = "".join(
        f"{name}={MASK} # {MASK}\n" if is_hidden else f"{name}={value} # note\n" if value else f"{name}=\n"
        for name, value, is_hidden in parts
    )
    assert masked(".env", text) == expected


@pytest.mark.parametrize("name", [TOML, ".env", ".bashrc"])
@given(text=st.text(st.sampled_from("AKEY='\"\n\r# [].{},\\\ufeff:"), max_size=40))
def test_no_line_is_lost_and_no_line_without_a_secret_name_above_it_changes(name: str, text: str) -> None:
    shown = masked(name, text)
    assert len(lines(shown)) == len(lines(text))
    before = text.partition("KEY")[0]
    assert shown.startswith(before)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (TOML, '[env]\nA_KEY = "' + "x" * 1_000_000 + '"\n'),
        (TOML, 'KEY=\'""" ' * 50_000),
        (".env", "A_KEY='" + "x\n" * 500_000 + "'\n"),
        (".env", "KEY " * 250_000),
        (".bashrc", "export " + " " * 100_000 + "KEY" * 100_000),
    ],
    ids=["a long secret in the TOML", "quotes", "a long secret in .env", "names", "blanks"],
)
def test_it_is_quick(name: str, text: str) -> None:
    start = time.process_time()
    assert len(lines(masked(name, text))) == len(lines(text))
    assert time.process_time() - start < 5
