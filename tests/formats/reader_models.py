"""Models of programs that read `.env`: how each reads the text after `NAME=`, in one of the forms that `forms` returns.

They are fast enough to compare the forms of thousands of values. test_dotenv_readers.py compares them with the
programs themselves.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

from dotenv.parser import parse_stream
from dotenv.variables import Variable, parse_variables

from taoshell.formats.dotenv import quoted
from tests.support.env_file_readers import (
    COMPOSE,
    DIRENV,
    DOCKER,
    JETBRAINS,
    PYTHON_DOTENV,
    SHELLS,
    VSCODE,
    VSCODE_ENVIRONMENTS,
    jetbrains_text,
)


def forms(value: str) -> Iterator[str]:
    """Every way to write `value` on one line: bare, in single quotes, and in double quotes as shells need it or not."""
    if quoted(value) == value:
        yield value
    if not re.search(r"[\r\n]", value):
        # Only python-dotenv reads `\\` as `\` in single quotes, so a backslash is doubled only if it must be.
        yield "'" + re.sub(r"\\(?=[\\']|\Z)", r"\\\\", value).replace("'", r"\'") + "'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    yield '"' + re.sub("[$`]", r"\\\g<0>", escaped) + '"'
    yield '"' + escaped.replace("${", "\\${") + '"'


def misreaders(form: str, value: str) -> tuple[str, ...]:
    """The readers that do not get `value` from `form`, or refuse the file because of it."""
    if any("\ud800" <= char <= "\udfff" for char in value):  # bytes that are not UTF-8: no reader promises to keep them
        return tuple(MODELS)
    return tuple(name for name, read in MODELS.items() if read(form) != value)


# Each model returns the value, or None if the program refuses the line or expands a variable in it.


def python_dotenv(form: str) -> str | None:
    """The library itself. It expands `${…}` in the value, in any quotes and without."""
    value = next(parse_stream(io.StringIO(f"A={form}\n"))).value or ""
    return None if any(isinstance(atom, Variable) for atom in parse_variables(value)) else value


def direnv(form: str) -> str | None:
    """direnv 2.32, pkg/dotenv/parse.go: no escape in single quotes; in double quotes only `\\$` keeps the backslash."""
    inner = form[1:-1]
    if form.startswith("'"):
        return inner
    if form.startswith('"'):
        inner = inner.replace(r"\n", "\n").replace(r"\r", "\r")
        inner = re.sub(r"\\([^$])", r"\1", inner)
    else:
        inner = form
    # `\$`: 2.32 keeps the backslash and still expands the variable; later versions read it as `$`.
    return None if re.search(r"\\\$|\$[\w{*#$@!?-]", inner, re.ASCII) else inner


def compose(form: str) -> str | None:
    """compose-go v2, dotenv/parser.go and template/: expands `$NAME` except in single quotes; `\\$` is a dollar."""
    if form.startswith("'"):
        return form[1:-1].replace(r"\'", "'")
    if form.startswith('"'):
        escapes = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "$": "$$"}
        form = re.sub(r'\\([\\"nr$])', lambda match: escapes[match[1]], form[1:-1])
    plain = form.replace("$$", "")
    return None if re.search(r"\$[A-Za-z_{]", plain) else form.replace("$$", "$")


def vscode(form: str) -> str | None:
    """microsoft/vscode-python, src/client/common/variables/environment.ts: its only escapes are `\\n` and `\\$`."""
    if re.search("[\u2028\u2029]", form):
        return None  # JavaScript takes them for line ends, and the line is skipped
    if form[:1] in {"'", '"'}:
        form = form[1:-1].replace(r"\n", "\n")
    return None if re.search(r"(?<!\\)\$\{[A-Za-z]\w*\}", form, re.ASCII) else form.replace(r"\$", "$")


def vscode_environments(form: str) -> str | None:
    """microsoft/vscode-python-environments reads with npm's dotenv 16, lib/main.js: its only escapes are `\\n` and
    `\\r`, in double quotes."""
    if form.startswith('"'):
        return form[1:-1].replace(r"\n", "\n").replace(r"\r", "\r")
    return form[1:-1] if form.startswith("'") else form


def jetbrains(form: str) -> str | None:
    """The model of the whole file is fast enough."""
    return (jetbrains_text(f"A={form}\n") or {}).get("A")


def docker(form: str) -> str:
    """docker/cli, pkg/kvfile: everything after `=` is the value, quotes included."""
    return form


def shells(form: str) -> str | None:
    """POSIX, 2.2: no escape in single quotes; four escapes in double quotes, where `$` and a backquote expand. A lone
    `$` does not, but no form relies on that."""
    if form.startswith("'"):
        return form[1:-1] if "'" not in form[1:-1] else None
    if form.startswith('"'):
        inner = re.sub(r'\\[\\"$`]', "", form[1:-1])
        return None if re.search("[$`]", inner) else re.sub(r'\\([\\"$`])', r"\1", form[1:-1])
    return form if re.fullmatch(r"[\w./:,@+-]*", form) else None


MODELS: dict[str, Callable[[str], str | None]] = {
    PYTHON_DOTENV: python_dotenv,
    DIRENV: direnv,
    COMPOSE: compose,
    VSCODE: vscode,
    VSCODE_ENVIRONMENTS: vscode_environments,
    JETBRAINS: jetbrains,
    DOCKER: docker,
    SHELLS: shells,
}
