"""Files from which no project, or not all of one, can be read; and what taoshell then says. All are our own."""

from __future__ import annotations

from typing import NamedTuple

from tests.notebooks.forms import CLASSIC, MAP, MINIMAL, WRITE, notebook

COMPOSE = (
    "services:\n  train:\n    image: nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt\n    volumes:\n      - ./data:/data\n"
)
RUN = "docker run --rm --gpus all -v /d:/data nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt dino train\n"
DEEP = 100_000


class Bad(NamedTuple):
    """The file `name` with this text. `said` is in the refusal or, if it `is_read`, in a note or a doubt."""

    name: str
    text: str
    said: str
    is_read: bool = False


def _map(code: str) -> str:
    return notebook(MINIMAL + code + WRITE)


BAD: dict[str, Bad] = {
    "no JSON": Bad("a.ipynb", "{", "this is not JSON, as a notebook is"),
    "JSON, but no notebook": Bad("a.ipynb", "{}", "this is JSON, but not a notebook"),
    "a notebook in R": Bad("a.ipynb", notebook("x <- 1", language="R"), "the language of this notebook is R"),
    "no set-up cell": Bad("a.ipynb", notebook("print('hello')"), "sets no variable of a TAO project"),
    "a notebook of the TAO API service": Bad(
        "a.ipynb", notebook('base_url = f"{host_url}/api/v1"'), "drives the TAO API service, which mounts nothing"
    ),
    "a notebook of the TAO API service, with much code": Bad(
        "a.ipynb",
        notebook("import tao_sdk", "for a in range(9999):\n    for b in range(9999):\n        a = b"),
        "drives the TAO API service, which mounts nothing",
    ),
    "a notebook of the TAO API service, with FIXME3.1": Bad(
        "a.ipynb",
        notebook("ACCESS_KEY = FIXME3.1", "import tao_sdk"),
        "drives the TAO API service",
    ),
    "a notebook that only prepares data": Bad(
        "a.ipynb",
        notebook('import os\nos.environ["DATA_DIR"] = "data"', "ACCESS_KEY = FIXME3.1"),
        "sets only DATA_DIR, runs no tao, and writes no mounts file",
    ),
    "a set-up cell that does not parse": Bad(
        "a.ipynb", notebook('os.environ["HOST_DATA_DIR"] = '), "code cell 1:1: this is not valid Python"
    ),
    "a later cell that does not parse": Bad(
        "a.ipynb",
        notebook('import os\nos.environ["HOST_DATA_DIR"] = "/d"', "ACCESS_KEY = FIXME3.1"),
        "code cell 2:1: this is not valid Python",
        is_read=True,
    ),
    "a form for Colab": Bad(
        "a.ipynb",
        notebook(
            'import os\nos.environ["KEY"] = "k"\nos.environ["SPECS_DIR"] = "/content/specs"',
            "!tao ssd train -e $SPECS_DIR/s",
        ),
        "writes no mounts file, so the mounts are those of the layout",
        is_read=True,
    ),
    "input() for a folder": Bad(
        "a.ipynb",
        notebook(
            'import os\nos.environ["LOCAL_PROJECT_DIR"] = input("where? ")\n', MAP.replace("LOCAL_SPECS_DIR", "HOME")
        ),
        "writes no mounts file",
        is_read=True,
    ),
    "input() for the key": Bad(
        "a.ipynb",
        notebook('import getpass, os\nos.environ["KEY"] = getpass.getpass()\n', MINIMAL + WRITE),
        "code cell 1:2: KEY is not known: the file leaves it to you to fill in",
        is_read=True,
    ),
    "%%bash": Bad(
        "a.ipynb",
        notebook("%%bash\nexport HOST_DATA_DIR=/d\n", MINIMAL + WRITE),
        "sets nothing in a notebook",
        is_read=True,
    ),
    "!export": Bad("a.ipynb", notebook("!export A_DIR=/d", MINIMAL + WRITE), "so A_DIR is left out", is_read=True),
    "%cd": Bad(
        "a.ipynb", notebook("%cd ..", MINIMAL + WRITE), "cannot be known without running the code: the code changed"
    ),
    "variables from a file": Bad(
        "a.ipynb",
        notebook(
            MINIMAL + WRITE, "with open('names') as f:\n    for k, v in map(str.split, f):\n        os.environ[k] = v"
        ),
        "code cell 2:3: this changes variables that are not known",
        is_read=True,
    ),
    "load_dotenv()": Bad(
        "a.ipynb",
        notebook(MINIMAL + WRITE, "from dotenv import load_dotenv\nload_dotenv()"),
        "code cell 2:2: this runs or reads something else",
        is_read=True,
    ),
    "%run": Bad(
        "a.ipynb", notebook("%run set_up.py", MINIMAL + WRITE), "%run runs or reads something else", is_read=True
    ),
    "a cell that does not parse": Bad(
        "a.ipynb",
        notebook("x = 1\ny = = 2", MINIMAL + WRITE),
        "code cell 1:2: this is not valid Python: invalid syntax",
        is_read=True,
    ),
    "a script that does not parse": Bad(
        "a.py", "import os\nx = (1\n", "a.py:2: this is not valid Python: '(' was never closed"
    ),
    "a map from a class": Bad(
        "a.ipynb",
        _map("class Maps:\n    def get(self): return {}\ndrive_map = Maps().get()\n"),
        "it comes from the class Maps",
    ),
    "a map from another module": Bad(
        "a.ipynb", _map("from ours import make\ndrive_map = make()\n"), "ours.make() depends on the machine or the user"
    ),
    "a map from a YAML file": Bad(
        "a.ipynb", _map('import yaml\ndrive_map = yaml.safe_load(open("c.yaml"))\n'), "the mapping cannot be known"
    ),
    "a mount that depends on the disk": Bad(
        "a.ipynb",
        _map('if os.path.exists("/big"):\n    drive_map["Mounts"] = [{"source": "/big", "destination": "/data"}]\n'),
        "os.path.exists() depends on the machine or the user",
    ),
    "a mount under a condition that is not known": Bad(
        "a.ipynb",
        _map('if os.listdir():\n    drive_map["Mounts"].append({"source": "/big", "destination": "/data"})\n'),
        "os.listdir() depends on the machine or the user",
    ),
    "an endless loop": Bad("a.ipynb", _map("while True:\n    pass\n"), "", is_read=True),
    "a long loop": Bad("a.ipynb", _map("for i in range(10**12):\n    x = i\n"), "", is_read=True),
    "a loop in loops": Bad(
        "a.ipynb", _map("for i in range(9999):\n    for j in range(9999):\n        x = j\n"), "too much code to follow"
    ),
    "a function that calls itself": Bad("a.ipynb", _map("def f(n): return f(n + 1)\nf(0)\n"), "", is_read=True),
    "texts that would fill the memory": Bad(
        "a.ipynb",
        _map(
            'a = "a" * 10**9\nb = "{:>999999999}".format(1)\nc = "%999999999d" % 1\nd = 9**9**9\nx = "x"\n'
            + "x += x\n" * 60
        ),
        "",
        is_read=True,
    ),
    "lists that would fill the memory": Bad(
        "a.ipynb",
        _map(
            "x = [1] * 99\n"
            + "x = [x] * 99\n" * 8
            + "y = [1]\n"
            + "y += y\n" * 60
            + "y.extend(y)\nz = str(x)\nx == x\n"
        ),
        "",
        is_read=True,
    ),
    "a huge map": Bad("a.ipynb", _map('drive_map["Mounts"] = [drive_map["Mounts"] * 99] * 9999\n'), "too much code"),
    "deep brackets": Bad("a.ipynb", _map("x = " + "[" * DEEP + "\n"), "code cell 1"),
    "deep signs": Bad("a.ipynb", _map("x = " + "-" * DEEP + "1\n"), "code cell 1"),
    "a deep chain": Bad("a.ipynb", notebook("x = a" + ".a" * DEEP + "\n", MINIMAL + WRITE), "", is_read=True),
    "deep JSON": Bad("a.ipynb", '{"cells": ' + "[" * DEEP, "this is not JSON"),
    "a huge cell": Bad("a.ipynb", notebook("x = 1\n" * 60_000), "code cell 1 is too long to read"),
    "a long line": Bad(
        "a.ipynb", notebook(" " * 100_000 + "x", "!" + "docker tao " * 20_000, MINIMAL + WRITE), "", is_read=True
    ),
    "a script without docker run": Bad("a.sh", "#!/bin/sh\necho hello\n", "this script has no docker run"),
    "several docker run that differ": Bad(
        "a.sh",
        RUN + RUN.replace("/d:", "/e:"),
        "several docker run, in the lines 1, 2, which differ; name the line too: a.sh:1",
    ),
    "an option that Docker does not have": Bad(
        "a.sh", RUN.replace("--rm", "--gpu 1"), "--gpu is no option of docker run"
    ),
    "docker run without an image": Bad("a.sh", "docker run --rm -v /d:/data\n", "this docker run names no image"),
    "a mount from a command": Bad(
        "a.sh", RUN.replace("/d:", "$(find / -name d):"), "it is what the command find prints"
    ),
    "deep expansions": Bad(
        "a.sh",
        RUN.replace("/d:", "${a:-" * 20_000 + "/tmp" + "}" * 20_000 + ":"),
        "a.sh:1: more than 20 variables are nested",
    ),
    "patterns that take long": Bad(
        "a.sh",
        f"A={'a' * 400}\n" + 'B="${A%*a*a*b}"\n' * 9999 + "docker run -v $B:/d ours",
        "a pattern is not computed",
    ),
    "deep options": Bad(
        "m.json",
        '{"Mounts": [], "DockerOptions": {"ulimits": ' + "[" * 500 + "]" * 500 + "}}",
        "nested too deeply to read",
    ),
    "a huge script": Bad("a.sh", RUN * 20_000, "this is too long for a script"),
    "deep commands": Bad("a.sh", RUN.replace("/d:", "$(a " * DEEP + ")" * DEEP + ":"), "the command a prints"),
    "deep arrays": Bad("a.sh", "a=(b=" * DEEP + ")" * DEEP + "\n" + RUN, "", is_read=True),
    "deep expansions in a Compose file": Bad(
        "compose.yaml", COMPOSE.replace("./data", "${a:-" * 9999 + "/tmp" + "}" * 9999), "", is_read=True
    ),
    "deep YAML": Bad("compose.yaml", "services: " + "[" * DEEP, "no YAML that can be read"),
    "a text that doubles": Bad(
        "a.sh", "a=aaaaaaaa\n" + "a=$a$a\n" * 60 + "a=" + "$a" * 5000 + "\n" + RUN, "", is_read=True
    ),
    "a volume of Docker": Bad("a.sh", RUN.replace("/d:", "d:"), "d is a volume of Docker, and no folder", is_read=True),
    "an option that no project has": Bad(
        "a.sh", RUN.replace("--rm", "--cap-add ALL"), "--cap-add is left out", is_read=True
    ),
    "a Slurm script": Bad(
        "a.sh", "#!/bin/bash\n#SBATCH -N 1\nsrun hostname\n", "a Slurm script runs its container on a cluster"
    ),
    "a Dockerfile": Bad(
        "Dockerfile", "# ours\nFROM nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt\n", "a Dockerfile mounts nothing"
    ),
    "YAML of somebody's own": Bad("conf.yaml", "data: /d\n", "this YAML is no Compose file: it has no services"),
    "no YAML": Bad("compose.yaml", "services: [\n", "this is not YAML"),
    "several services": Bad(
        "compose.yaml",
        COMPOSE + COMPOSE.replace("services:\n", "").replace("train", "eval"),
        "has the services train, eval",
    ),
    "YAML that unfolds": Bad(
        "compose.yaml",
        "services: &a\n" + "".join(f"  x{n}: [*a, *a]\n" for n in range(60)),
        "is inside of what it stands for",
    ),
    "YAML that makes objects": Bad(
        "compose.yaml", "services: !!python/object/apply:os.system ['touch marked']\n", "this is not YAML"
    ),
    "anything else": Bad("notes.txt", "buy milk\n", "this is no file that a project can be read from"),
    "an empty file": Bad("a.txt", "", "this is no file that a project can be read from"),
    "a script for the mounts file with classes": Bad(
        "a.py",
        "import json\nclass C: pass\njson.dump(C().map, open('x_mounts.json', 'w'))\n",
        "it comes from the class C",
    ),
}
HOSTILE = notebook(
    CLASSIC,
    "import os, subprocess, pathlib\n"
    "os.system('touch marked')\n"
    "subprocess.run(['touch', 'marked'])\n"
    "pathlib.Path('marked').write_text('x')\n"
    "open('marked', 'w').write('x')\n"
    "__import__('os').system('touch marked')\n"
    "eval(\"open('marked', 'w')\")\n"
    "exec('import os; os.mkdir(\"marked\")')\n"
    "!touch marked\n"
    "x = !touch marked\n"
    "%env A={open('marked', 'w').write('x')}\n"
    "%system touch marked\n"
    "(lambda: [c for c in ().__class__.__base__.__subclasses__()])()\n"
    "'{0.__class__.__init__.__globals__}'.format(os)\n",
    "%%bash\ntouch marked\n",
    "%%python\nopen('marked', 'w')\n",
    MAP + WRITE,
)
