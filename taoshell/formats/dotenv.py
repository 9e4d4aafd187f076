"""How a value is written in `.env` so that the programs which read that file agree on it.

There is no standard for `.env`, only readers. Each function of READERS tells what one of them makes of the text after
`NAME=`: the value, or None where it refuses the line or puts something else in its place (an expansion). They need to
be right only for what `quoted` writes; tests/formats/test_dotenv_readers.py compares them with the programs themselves.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

from dotenv.parser import parse_stream
from dotenv.variables import Variable, parse_variables

from taoshell.errors import TaoshellError

PYTHON_DOTENV = "python-dotenv"
DIRENV = "direnv"
COMPOSE = "Docker Compose"
VSCODE = "VS Code (Python)"
VSCODE_ENVIRONMENTS = "VS Code (Python Environments)"
DOCKER = "docker --env-file"

Reader = Callable[[str], "str | None"]


def quoted(value: str) -> str:
    """The text to write after `NAME=`: bare where that is safe, else in the quotes that most readers agree on.

    taoshell reads each back exactly, and so does python-dotenv unless it holds `${`. It is always one line.
    Raises TaoshellError for NUL, which no environment can hold.

    >>> print(quoted("/data/kitti"), quoted("two words"), quoted("it's here"))
    /data/kitti 'two words' "it's here"
    """
    if "\0" in value:
        raise TaoshellError("a value cannot hold a NUL character", "remove it")
    return min(_forms(value), key=lambda form: (_python_dotenv(form) != value, len(_misreaders(form, value))))


def disagreeing_readers(value: str) -> tuple[str, ...]:
    """The readers that make something else of `quoted(value)`, or refuse the file because of it.

    >>> disagreeing_readers("two words")
    ('docker --env-file',)
    """
    return _misreaders(quoted(value), value)


def _misreaders(form: str, value: str) -> tuple[str, ...]:
    if any("\ud800" <= char <= "\udfff" for char in value):  # bytes that are no UTF-8: no reader promises to keep them
        return tuple(READERS)
    return tuple(name for name, read in READERS.items() if read(form) != value)


# No white space in any program's sense, nothing that begins a comment or a variable, no quote in front: all agree.
_BARE = re.compile(r"(?:(?!['\"`])[^\s\ufeff#$][^\s\ufeff#$]*)?")


def _forms(value: str) -> Iterator[str]:
    """The ways to write `value`, the plainest first."""
    if _BARE.fullmatch(value):
        yield value
    if not re.search(r"[\r\n]", value):
        # Only python-dotenv takes `\\` for `\` here, so it is doubled only where it must be.
        yield "'" + re.sub(r"\\(?=[\\']|\Z)", r"\\\\", value).replace("'", r"\'") + "'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    yield '"' + escaped.replace("${", "\\${") + '"'


def _python_dotenv(form: str) -> str | None:
    """The library itself. It expands `${…}` in the value, whatever the quotes."""
    value = next(parse_stream(io.StringIO(f"A={form}\n"))).value or ""
    return None if any(isinstance(atom, Variable) for atom in parse_variables(value)) else value


def _direnv(form: str) -> str | None:
    """direnv 2.32, pkg/dotenv/parse.go: no escape in single quotes; in double quotes only `\\$` keeps the backslash."""
    inner = form[1:-1]
    if form.startswith("'"):
        return inner
    if form.startswith('"'):
        inner = inner.replace(r"\n", "\n").replace(r"\r", "\r")
        inner = re.sub(r"\\([^$])", r"\1", inner)
    else:
        inner = form
    # `\$`: 2.32 keeps the backslash and expands all the same, later versions take it for `$`.
    return None if re.search(r"\\\$|\$[\w{*#$@!?-]", inner, re.ASCII) else inner


def _compose(form: str) -> str | None:
    """compose-go v2, dotenv/parser.go and template/: `$NAME` is expanded but in single quotes; `\\$` is a dollar."""
    if form.startswith("'"):
        return form[1:-1].replace(r"\'", "'")
    if form.startswith('"'):
        form = re.sub(r'\\([\\"nr$])', lambda match: _COMPOSE_ESCAPES[match[1]], form[1:-1])
    plain = form.replace("$$", "")
    return None if re.search(r"\$[A-Za-z_{]", plain) else form.replace("$$", "$")


_COMPOSE_ESCAPES = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "$": "$$"}


def _vscode(form: str) -> str | None:
    """microsoft/vscode-python, src/client/common/variables/environment.ts: of all escapes it knows `\\n` and `\\$`."""
    if re.search("[\u2028\u2029]", form):
        return None  # line ends to JavaScript: the line is passed over
    if form[:1] in {"'", '"'}:
        form = form[1:-1].replace(r"\n", "\n")
    return None if re.search(r"(?<!\\)\$\{[A-Za-z]\w*\}", form, re.ASCII) else form.replace(r"\$", "$")


def _vscode_environments(form: str) -> str | None:
    """microsoft/vscode-python-environments reads with npm's dotenv 16, lib/main.js: no escape but `\\n` and `\\r`."""
    if form.startswith('"'):
        return form[1:-1].replace(r"\n", "\n").replace(r"\r", "\r")
    return form[1:-1] if form.startswith("'") else form


def _docker(form: str) -> str:
    """docker/cli, pkg/kvfile: everything after `=` is the value, quotes and all."""
    return form


READERS: dict[str, Reader] = {
    PYTHON_DOTENV: _python_dotenv,
    DIRENV: _direnv,
    COMPOSE: _compose,
    VSCODE: _vscode,
    VSCODE_ENVIRONMENTS: _vscode_environments,
    DOCKER: _docker,
}
