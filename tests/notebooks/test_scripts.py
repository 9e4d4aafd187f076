"""`docker run` in shell scripts: what is read is what a real bash would do."""

from __future__ import annotations

import itertools
import os
import subprocess
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats import recognise
from taoshell.formats.surroundings import Surroundings

AROUND = Surroundings("/work/cars", "/home/ann", "ann", 1000, 1000, {"HOME": "/home/ann"})


# -- shell scripts: a stand-in for docker, called by a real bash, must get the same mounts ---------------------------

SCRIPTS = {
    "variables and defaults": (
        'DATA="${DATA:-$HOME/kitti}"\ndocker run -v "$DATA":/data -v ${OUT:=/out}:/results:ro ours'
    ),
    "an array, and a variable of several words": (
        'ARGS=(--rm\n  -v "/a b":/data)\nARGS+=(--shm-size=16g)\nMORE="-v /c:/c"\n'
        'docker run "${ARGS[@]}" $MORE ours train'
    ),
    "the folder": (
        'cd "$(dirname "$0")" || exit 1\ncd sub\ndocker run -v $(pwd):/a -v "$PWD"/x:/b -v ./y:/c -v `pwd`/z:/d ours'
    ),
    "over lines, with comments and a here-document": (
        "# docker run -v /no:/no ours\ncat <<EOF > /dev/null\ndocker run -v /no:/no ours\nEOF\n"
        "docker run --rm \\\n  -v /a:/a \\\n  --mount type=bind,src=/b,dst=/b ours 2>&1 | cat"
    ),
    "uid and gid": 'U=$(id -u)\nexport G=`id -g`\ndocker run -u "$U:$G" -v /a:/a ours',
    "quotes": "A='/it is'\ndocker run -v \"$A\":'/x y' -v /q\\ r:/q ours",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_bash_runs_what_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "sub").mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$WORDS"\n')
    docker.chmod(0o755)
    script = tmp_path / "run.sh"
    script.write_text(SCRIPTS[name])
    environ = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "HOME": "/home/ann", "WORDS": str(tmp_path / "words")}
    subprocess.run(["bash", str(script)], env=environ, cwd=tmp_path, check=True)
    words = (tmp_path / "words").read_text().splitlines()
    around = AROUND._replace(folder=str(tmp_path), uid=os.getuid(), gid=os.getgid())
    found = recognise.read(SCRIPTS[name], "run.sh", around, {})
    real = {tuple(word.split(":")[:2]) for option, word in itertools.pairwise(words) if option == "-v"}
    real = {(os.path.normpath(os.path.join(tmp_path, "sub", source)), inside) for source, inside in real}
    binds = [dict(pair.split("=") for pair in word.split(",")) for word in words if word.startswith("type=bind")]
    real |= {(bind["src"], bind["dst"]) for bind in binds}
    assert {(mount.source, mount.destination) for mount in found.mapping.mounts} == real
    users = [word for option, word in itertools.pairwise(words) if option == "-u"]
    assert found.mapping.options.get("user") == next(iter(users), None)
    assert found.images == {"model": "ours"}


def test_a_folder_that_may_change_is_not_guessed() -> None:
    text = "if [ -d sub ]; then\n  cd sub\nfi\ndocker run -v ./x:/x ours"
    with pytest.raises(TaoshellError, match="the script may change the folder"):
        recognise.read(text, "run.sh", AROUND, {})
