"""`docker run` in shell scripts: what is read is what a real bash would do."""

from __future__ import annotations

import getpass
import itertools
import os
import subprocess
from pathlib import Path

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats import recognise
from taoshell.formats.shell_script import Script
from taoshell.formats.surroundings import Surroundings
from taoshell.project.model import Mount

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


# -- words: bash itself says what they are ---------------------------------------------------------------------------

SETS = "D='/mnt/my data'; E=; S=/a/b.tar.gz; T='[x]*y'; Q=\"it's\"; unset N M\n"
WORDS = [
    *('"${N:-/mnt/my data}"', '"${N-$D/x y}"', '"${N:-${M:-/a b}/c  d}"', '"${D:-/no}"', '"${E:-e f}"', '"${E-e f}"'),
    *('"${N:=/set  it}" "$N" $N', "${N:=a b} ${N}", '"${D:+is set}"', '"${E:+no}"', '"${E+yes  yes}"', '"${N+no}"'),
    *("${N:-a b}", '${N:-"a b"}', "${N:-'a b' c}", "${N:-a\\ b c}", "x${N:-a b}y", 'x"${N:-a b}"y', "${N:--v $D}"),
    *('"${N:-"a b"}"', "\"${N:-'a b'}\"", '"${N:-a}b}"', '"${N:-a\\}b}"', '"${N:-\\$x \\"y\\" \\z}"'),
    *('"${N:-$(whoami) x}"', '"${N:-`whoami` x}"', '"${N:-a;b|c&d<e>f(g)#h}"', '"${N:-}"', "${N:-}", '"${N:-\n}"'),
    *('"${S%.gz}"', '"${S%.*}"', '"${S%%.*}"', '"${S#/}"', '"${S##*/}"', '"${S%/*}"', "${D%data}", "\"${D%'data'}\""),
    *('"${S%"/b.tar.gz"}"', '"${S%none}"', '"${S%?}"', '"${T%"*y"}"', "\"${T#'[x]'}\"", '"${S%${N:-.gz}}"'),
    *(
        "$'a\\tb'",
        "$'it\\'s'",
        "$'\\x41\\102\\u00e9\\xc3\\xa9'",
        "\"$'x'\"",
        "x$'a b'y",
        '$"a b"',
        "$'a\\q'",
        "$'a}b'\"c\"",
    ),
    *("~/x", '"~/x"', "'~'/x", "a~/x", "A=~/x", "${N:-~/x}", '"${N:-~/x}"', "~", "x:~/y", "$D/~/x", "\\~/x"),
    *(
        '"a\\b\\$c\\`d\\"e\\\\f"',
        "a\\b\\ c",
        "'a\\b'",
        '"a\\\nb"',
        "a\\\nb",
        '"$D"/"$Q"',
        "$D",
        "$D$E",
        "a$D'b c'",
        "$E",
        '"$E"',
    ),
    *(
        '"$"',
        "$",
        '"a$"',
        '"${Q}"',
        "\"${N:-'a}b'}\"",
        '"${N:-"${M:-"x  y"}"}"',
        '""',
        "''",
        "a''b",
        '"{$D}"',
        '"${N:-{a}}"',
    ),
]


def ran(text: str, shell: str) -> bytes:
    """Return what `shell` prints when it runs `text`."""
    environ = {"PATH": os.environ["PATH"], "HOME": "/home/ann", "LC_ALL": "C.UTF-8"}
    return subprocess.run([shell, "-c", text], env=environ, capture_output=True, check=True).stdout


def of_ours() -> Script:
    return Script("a.sh", AROUND._replace(user=getpass.getuser()), {})


@pytest.mark.parametrize("written", WORDS)
def test_a_word_is_what_bash_makes_of_it(written: str) -> None:
    text = f"{SETS}docker run -v /a:/a ours {written}\n"
    real = ran(f"docker() {{ printf '%s\\0' \"$@\"; }}\n{text}", "bash").decode().split("\0")[:-1]
    assert [line.words for line in of_ours().lines(text)] == [["unset", "N", "M"], ["docker", *real]]


VALUES = [
    *('"${N:-a b}"', "${N:-a b}", '${N:-"a b"} ', "x${N:-'a b' c}y", "$D", '"$D"/$D', "~/a", "A=~/b", "$'a b'", "$E")
]


@pytest.mark.parametrize("written", VALUES)
def test_a_value_is_what_bash_assigns(written: str) -> None:
    script = of_ours()
    assert len([*script.lines(f"{SETS}X={written}\n")]) == 1
    assert script.variables["X"] == ran(f'{SETS}X={written}\nprintf %s "$X"', "bash").decode()


def test_an_apostrophe_in_a_default_is_one_in_sh() -> None:
    """bash looks for the other one."""
    text = 'docker run -v "${N:-/it\'s}":/a ours'
    assert ran(f'docker() {{ printf %s "$3"; }}\n{text}', "dash") == b"/it's:/a"
    assert [line.words[3] for line in of_ours().lines(text)] == ["/it's:/a"]


def test_the_elements_of_an_array_have_comments() -> None:
    text = f"ARGS=(  # it's mine\n  -v '/a b':/data  # (the data)\n)\ndocker run \"${{ARGS[@]}}\" {'ours'}"
    assert recognise.read(text, "a.sh", AROUND, {}).mapping.mounts == (Mount("/a b", "/data"),)


def test_a_default_with_a_blank_is_the_whole_folder() -> None:
    text = 'D="${D:-/mnt/my data}"\ndocker run --rm -v "$D":/data ours dino train -e /data/x\n'
    assert recognise.read(text, "train.sh", AROUND, {}).mapping.mounts == (Mount("/mnt/my data", "/data"),)


def test_a_folder_that_may_change_is_not_guessed() -> None:
    text = "if [ -d sub ]; then\n  cd sub\nfi\ndocker run -v ./x:/x ours"
    with pytest.raises(TaoshellError, match="the script may change the folder"):
        recognise.read(text, "run.sh", AROUND, {})
