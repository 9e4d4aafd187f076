"""The diff masks the values of secrets and nothing else: nobody can hide a line behind a name that looks secret."""

from __future__ import annotations

import time

import pytest
import tomlkit
from hypothesis import given
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
    "in a table": ('[env]\nMY_KEY = "k" # which\nA = "1"\n', '[env]\nMY_KEY = •••• # which\nA = "1"\n'),
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
        "[env]\nA_KEY = ••••\nB_KEY = •••• # c\nC_KEY=••••",
    ),
    "a time": ("[env]\nA_KEY = 1979-05-27 07:32:00", "[env]\nA_KEY = ••••"),
    "a list": ('[env]\nA_KEY = [\n "k", # b\n]\nB = "1"', '[env]\nA_KEY = [\n ••••, # b\n]\nB = "1"'),
    "two": ('[env]\nA_KEY = "k"\nB_KEY = "k"', "[env]\nA_KEY = ••••\nB_KEY = ••••"),
    "after brackets in text": (
        'x = [["]", "#"], {a = "}"}]\n[[y]]\nA_KEY = "[env]"\n[env]\nA_KEY = "k"',
        'x = [["]", "#"], {a = "}"}]\n[[y]]\nA_KEY = "[env]"\n[env]\nA_KEY = ••••',
    ),
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
    "a header in long text": '[places]\nA_KEY = """\n[env]\nX_KEY = "/etc"\n"""',
    "a comment": '# X_KEY = /etc\n[env] # X_KEY = "/etc"\nA = "1" # X_KEY = "/etc"',
    "a comment that ends at a line end": '# X_KEY = """\n[places]\ndata = "/etc" # """',
    "from .env": '[container.env]\nWANDB_API_KEY = { from = ".env" }',
    "dotted from .env": '[container.env]\nWANDB_API_KEY.from = ".env"',
    "an option": '[container]\nMY_KEY = "host"',
    "a cluster": '[cluster.env]\nMY_KEY = "x"\n[cluster.MY_KEY]\nengine = "slurm"',
    "a variable's name": '[places]\ndata = { host = "/etc", host_variable = "DATA_KEY" }',
    "a lower-case name": '[env]\nmy_key = "1"\nMY_KEYS = "1"',
    "no table": 'env = "X_KEY"\ncontainer = 1',
}


@pytest.mark.parametrize("text", SHOWN.values(), ids=SHOWN)
def test_in_the_toml_nothing_else_is_masked(text: str) -> None:
    tomlkit.parse(text)
    assert masked(TOML, text) == text


IN_DOTENV = {
    "bare": ("KEY=k", "KEY=••••"),
    "with blanks": ("  export KEY = k  ", "  export KEY = ••••  "),
    "with a comment": ("API_TOKEN=k # which", "API_TOKEN=•••• # which"),
    "with a # inside": ("API_TOKEN=k#1 #2", "API_TOKEN=•••• #2"),
    "in quotes": ("DB_PASSWORD='a b' # c", "DB_PASSWORD=•••• # c"),
    "in quotes with a quote": (r'KEY="a\"b" # c', "KEY=•••• # c"),
    "under a name in quotes": ("'MY KEY'=k", "'MY KEY'=••••"),
    "on several lines": ("KEY='a\nb\n c' # d\nA=1", "KEY=••••\n••••\n•••• # d\nA=1"),
    "with Windows line ends": ("KEY=k\r\nA=1\r\n", "KEY=••••\r\nA=1\r\n"),
    "with old line ends": ("KEY=k\rA=1\rB_KEY=k", "KEY=••••\rA=1\rB_KEY=••••"),
    "after a byte order mark": ("\ufeffexport KEY=k\nA=1", "\ufeffexport KEY=••••\nA=1"),
    "not set": ("KEY=\nA=1\nB_KEY\n", "KEY=\nA=1\nB_KEY\n"),
    "commented out": ("#KEY=k\nA=1 # KEY=k", "#KEY=k\nA=1 # KEY=k"),
    "in another value": ("A=KEY=k\nB='KEY=k'\nC='\nKEY=k\n'", "A=KEY=k\nB='KEY=k'\nC='\nKEY=k\n'"),
    "no secret": ("KEYS=1\nkey=1\nMY_KEY_NAME=1", "KEYS=1\nkey=1\nMY_KEY_NAME=1"),
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
    "only what follows": (".env", "# KEY=a\nKEY=k # a\nA B\n# KEY=k", "# KEY=a\nKEY=•••• # a\nA B\n# KEY=••••"),
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
    for table in (values["env"], values["container"]["env"]):
        assert isinstance(table, dict)
        for name, value in table.items():
            if is_secret(name) and not isinstance(value, dict):
                table[name] = [MASK] * len(value) if isinstance(value, list) else MASK
    assert tomlkit.parse(shown.replace(MASK, f'"{MASK}"')).unwrap() == values


@given(st.lists(st.tuples(NAMES, TEXTS)))
def test_of_a_dotenv_everything_but_the_values_of_secrets_is_shown(given: list[tuple[str, str]]) -> None:
    parts = [(f"'{name}'", quoted(value), is_secret(name) and value) for name, value in given]
    text = "".join(f"{name}={value} # {value}\n" if value else f"{name}=\n" for name, value, _ in parts)
    try:
        dotenv.assigned_names(text, ".env")
    except TaoshellError:
        return
    expected = "".join(
        f"{name}={MASK if hidden else value} # {value}\n" if value else f"{name}=\n" for name, value, hidden in parts
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
