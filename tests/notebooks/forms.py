"""Notebooks and scripts in every form that set-up cells are written in. All are our own.

The key says what is special; the value is the cells of a notebook, or the text of a Python file.
"""

from __future__ import annotations

import json
from typing import NamedTuple

WRITE = """
mounts_file = os.path.expanduser("~/.tao_mounts.json")
with open(mounts_file, "w") as mfile:
    json.dump(drive_map, mfile, indent=4)
"""
MAP = """
import json, os
drive_map = {
    "Mounts": [
        {"source": os.environ["LOCAL_PROJECT_DIR"], "destination": "/workspace/tao-experiments"},
        {"source": os.environ["LOCAL_SPECS_DIR"], "destination": os.environ["SPECS_DIR"]},
    ],
    "DockerOptions": {"user": "{}:{}".format(os.getuid(), os.getgid())},
}
"""
HOST_MAP = """
import json
drive_map = {"Mounts": [
    {"source": os.environ["HOST_DATA_DIR"], "destination": "/data"},
    {"source": os.environ["HOST_SPECS_DIR"], "destination": "/specs"},
    {"source": os.environ["HOST_RESULTS_DIR"], "destination": "/results"},
]}
"""
CLASSIC = """\
import os
%env KEY=tlt_encode
%env NUM_GPUS=1
%env USER_EXPERIMENT_DIR=/workspace/tao-experiments/ssd
%env DATA_DOWNLOAD_DIR=/workspace/tao-experiments/data
%env SPECS_DIR=/workspace/tao-experiments/ssd/specs
os.environ["LOCAL_PROJECT_DIR"] = os.getcwd()
os.environ["LOCAL_SPECS_DIR"] = os.path.join(os.getenv("NOTEBOOK_ROOT", os.getcwd()), "specs")
!mkdir -p $LOCAL_SPECS_DIR
"""
HOST = """\
import os
os.environ["HOST_DATA_DIR"] = os.path.join(os.getenv("LOCAL_PROJECT_DIR", os.getcwd()), "data")
os.environ["HOST_SPECS_DIR"] = os.path.join(os.getcwd(), "specs")
os.environ["HOST_RESULTS_DIR"] = os.path.join(os.getcwd(), "dino", "results")
"""
MINIMAL = """\
import os, json
os.environ["LOCAL_PROJECT_DIR"] = os.getcwd()
drive_map = {"Mounts": [{"source": os.getcwd(), "destination": "/workspace/tao-experiments"}]}
"""


class Form(NamedTuple):
    """A file: the cells of a notebook, or the text of a Python file. `nbformat` is of the notebook."""

    cells: tuple[str, ...] = ()
    python: str = ""
    nbformat: int = 4

    @property
    def name(self) -> str:
        return "form.py" if self.python else "form.ipynb"

    def text(self) -> str:
        """Return the file."""
        return self.python or notebook(*self.cells, nbformat=self.nbformat)


def notebook(*cells: str, nbformat: int = 4, language: str = "python") -> str:
    """Return a notebook with these code cells, and a text before the first."""
    key = "input" if nbformat == 3 else "source"
    code: list[dict[str, object]] = [
        {
            "cell_type": "code",
            key: cell.splitlines(keepends=True),
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for cell in cells
    ]
    found = [{"cell_type": "markdown", "source": ["# Train"], "metadata": {}}, *code]
    metadata = {"kernelspec": {"language": language, "name": "python3", "display_name": "Python 3"}}
    body = {"worksheets": [{"cells": found, "metadata": {}}]} if nbformat == 3 else {"cells": found}
    return json.dumps({**body, "metadata": metadata, "nbformat": nbformat, "nbformat_minor": 0}, indent=1)


FORMS: dict[str, Form] = {
    "%env, and the article's seven variables": Form((CLASSIC, MAP + WRITE)),
    "os.environ, and HOST_… variables": Form((HOST, HOST_MAP + WRITE)),
    "the container's names in a later cell": Form(
        (HOST, HOST_MAP + WRITE, "%env DATA_DIR = /data\n%env SPECS_DIR=/specs\n%env RESULTS_DIR /results\n")
    ),
    "%set_env, blanks around =, no = at all": Form(
        (
            "import os\n%set_env LOCAL_PROJECT_DIR = /big/tao\n%env LOCAL_SPECS_DIR /big/specs\n%env SPECS_DIR=/s\n",
            MAP + WRITE,
        )
    ),
    "%env keeps quotes, comments and ~": Form(
        ('%env A = "x" # y\n%env HOMELY=~/data\n%env UNEXPANDED=$HOME/data\n', MINIMAL + WRITE)
    ),
    "$name and {expression} in %env": Form(
        (
            (
                "import os\n"
                "root = os.getcwd()\n"
                "%env A=$root/a\n"
                "%env B={root}/b\n"
                '%env C={os.path.join(root, "c")}\n'
                "%env D='$root'\n"
                "%env E={nothing}\n"
            ),
            MINIMAL + WRITE,
        )
    ),
    "FIXME, a name that nobody defined": Form(
        (
            (
                "import os\n"
                'os.environ["LOCAL_PROJECT_DIR"] = FIXME\n'
                'os.environ["LOCAL_SPECS_DIR"] = os.path.join(os.environ["LOCAL_PROJECT_DIR"], "specs")\n'
                "%env SPECS_DIR=/specs\n"
            ),
            MAP + WRITE,
        )
    ),
    "FIXME and /path/to/… as text": Form(
        (
            (
                "import os\n"
                "%env LOCAL_PROJECT_DIR=FIXME\n"
                "%env LOCAL_SPECS_DIR=/path/to/local/specs\n"
                "%env SPECS_DIR=/specs\n"
            ),
            MAP + WRITE,
        )
    ),
    "YOUR_LOCAL_PROJECT_DIR_PATH": Form(
        (
            (
                "import os\n"
                "%env LOCAL_PROJECT_DIR=YOUR_LOCAL_PROJECT_DIR_PATH\n"
                "%env LOCAL_SPECS_DIR=/s\n"
                "%env SPECS_DIR=/specs\n"
            ),
            MAP + WRITE,
        )
    ),
    "f-strings, expanduser and a cache": Form(
        (
            MINIMAL
            + (
                'home = os.path.expanduser("~")\n'
                'drive_map["Mounts"].append({"source": f"{home}/.cache", "destination": "/.cache"})\n'
                'drive_map["DockerOptions"] = {"user": f"{os.getuid()}:{os.getgid():d}", "shm_size": "16G"}\n'
            )
            + WRITE,
        )
    ),
    "the map changes after it was written down": Form(
        (
            MINIMAL
            + (
                "ON = False\n"
                'if "Envs" not in drive_map.keys():\n'
                '    drive_map["Envs"] = []\n'
                "if ON:\n"
                '    drive_map["Envs"].extend([{"variable": "X", "value": "1"}])\n'
                'drive_map["DockerOptions"] = {"user": "1:1", "network": "host"}\n'
                'if "user" in drive_map["DockerOptions"].keys():\n'
                '    del(drive_map["DockerOptions"]["user"])\n'
            )
            + WRITE,
        )
    ),
    "a variable that is not set goes into Envs": Form(
        (
            MINIMAL
            + 'drive_map["Envs"] = [{"variable": "WANDB_API_KEY", "value": os.getenv("WANDB_API_KEY")}]\n'
            + WRITE,
        )
    ),
    "pathlib": Form(
        (
            (
                "import json\n"
                "import os\n"
                "from pathlib import Path\n"
                "root = Path.cwd()\n"
                'specs = root / "specs"\n'
                'os.environ["LOCAL_SPECS_DIR"] = str(specs)\n'
                'drive_map = {"Mounts": [{"source": str(root), "destination": "/w"}, {"source": '
                'specs.as_posix(), "destination": "/specs"}]}\n'
                '(Path.home() / ".tao_mounts.json").write_text(json.dumps(drive_map))\n'
            ),
        )
    ),
    "json.dumps and write": Form(
        (
            MINIMAL
            + 'with open(os.path.expanduser("~/.tao_mounts.json"), "w") as f:\n    f.write(json.dumps(drive_map))\n',
        )
    ),
    "json.dump into open()": Form(
        (MINIMAL + 'json.dump(drive_map, open(os.path.expanduser("~/.tao_mounts.json"), mode="w"))\n',)
    ),
    "mounts from a loop": Form(
        (
            MINIMAL
            + (
                'for name in ["data", "specs"]:\n'
                '    os.environ[f"HOST_{name.upper()}_DIR"] = os.path.join(os.getcwd(), name)\n'
                '    drive_map["Mounts"] += [{"source": os.path.join(os.getcwd(), name), "destination": "/" + name}]\n'
            )
            + WRITE,
        )
    ),
    "mounts from a comprehension": Form(
        (
            MINIMAL
            + (
                'pairs = {"data": "/data", "out": "/results"}\n'
                'drive_map["Mounts"] = [{"source": f"{os.getcwd()}/{k}", "destination": v} for k, v in '
                "pairs.items() if k]\n"
            )
            + WRITE,
        )
    ),
    "a function that makes the map": Form(
        (
            (
                "import json, os\n"
                "\n"
                'def mount(source, destination="/data"):\n'
                '    if not source.startswith("/"):\n'
                "        source = os.path.abspath(source)\n"
                '    return {"source": source, "destination": destination}\n'
            ),
            'drive_map = {"Mounts": [mount("data"), mount("specs", destination="/specs")]}\n' + WRITE,
        )
    ),
    "%%writefile": Form(
        ('%%writefile .tao_mounts.json\n{"Mounts": [{"source": "/data/kitti", "destination": "/data"}]}\n',)
    ),
    "nbformat 3": Form((CLASSIC, MAP + WRITE), nbformat=3),
    "a failing cell between two others": Form((CLASSIC, "import no_such_module\n%env NEVER=1\n", MAP + WRITE)),
    "what comes after the training": Form(
        (
            CLASSIC,
            MAP + WRITE,
            "%env BEFORE=1",
            "!tao model ssd train -e $SPECS_DIR/train.txt \\\n  -k $KEY\n",
            "%env AFTER=1",
        )
    ),
    "!mkdir over several lines, %pwd, x = !ls": Form(
        (
            CLASSIC,
            "%pwd\n!mkdir -p \\\n   $LOCAL_SPECS_DIR/a \\\n   $LOCAL_SPECS_DIR/b\nfound = !ls\n",
            "# nothing else\n",
            MAP + WRITE,
        )
    ),
    "a string that looks like magic": Form(
        (MINIMAL + 'text = """\n%env NOT=set\n!rm -rf /\n"""\nnumber = (7\n    % 4)\n%env N={number}\n' + WRITE,)
    ),
    "Colab's form": Form(
        (
            'try:\n    import google.colab\n    PLACE = "colab"\nexcept ImportError:\n    print("not in Colab")\n',
            MINIMAL + WRITE,
        )
    ),
    "papermill's form: parameters, then their use": Form(
        (
            "# parameters\nproject_dir = '/big/cars'\ngpus = 2\n",
            'import os\nos.environ["LOCAL_PROJECT_DIR"] = project_dir\nos.environ["NUM_GPUS"] = str(gpus)\n',
            (
                "import json\n"
                'drive_map = {"Mounts": [{"source": project_dir, "destination": "/workspace/tao-experiments"}]}\n'
            )
            + WRITE,
        )
    ),
    "setdefault, update and del": Form(
        (
            (
                "import os\n"
                'os.environ.update(LOCAL_PROJECT_DIR=os.getcwd(), A="1")\n'
                'os.environ.setdefault("B", "2")\n'
                'os.environ["C"] = "3"\n'
                'del os.environ["C"]\n'
            ),
            MINIMAL + WRITE,
        )
    ),
    "|=, pairs and __setitem__": Form(
        (
            (
                "import os\n"
                'os.environ |= {"A": "1"}\n'
                'os.environ.update([("B", "2")], C="3")\n'
                'os.environ.__setitem__("D", "4")\n'
                '[os.environ.setdefault(name, value) for name, value in {"E": "5"}.items()]\n'
            ),
            MINIMAL + WRITE,
        )
    ),
    "the architecture decides": Form(
        (
            (
                "import platform, os\n"
                'if platform.machine() == "x86_64":\n'
                '    os.environ["CLI"] = "ngccli_linux.zip"\n'
                "else:\n"
                '    os.environ["CLI"] = "ngccli_arm64.zip"\n'
            ),
            MINIMAL + WRITE,
        )
    ),
    "one folder at two container paths": Form(
        (MINIMAL + 'drive_map["Mounts"].append({"source": os.getcwd(), "destination": "/data"})\n' + WRITE,)
    ),
    "a relative project folder": Form(
        (
            (
                "import os, json\n"
                "%env LOCAL_PROJECT_DIR=./\n"
                'drive_map = {"Mounts": [{"source": os.environ["LOCAL_PROJECT_DIR"], "destination": "/w"}]}\n'
            )
            + WRITE,
        )
    ),
    "the old name of the mounts file": Form(
        (MINIMAL + 'json.dump(drive_map, open(os.path.expanduser("~/.tlt_mounts.json"), "w"))\n',)
    ),
    "a notebook that nbconvert exported": Form(
        python=(
            "#!/usr/bin/env python\n"
            "# coding: utf-8\n"
            "\n"
            "# In[ ]:\n"
            "\n"
            "import os, json\n"
            "get_ipython().run_line_magic('env', 'LOCAL_PROJECT_DIR=/big/tao')\n"
            "get_ipython().system('mkdir -p $LOCAL_PROJECT_DIR')\n"
            "\n"
            "# In[2]:\n"
            "\n"
            "drive_map = {'Mounts': [{'source': os.environ['LOCAL_PROJECT_DIR'], 'destination': "
            "'/workspace/tao-experiments'}]}\n"
        )
        + WRITE
    ),
    "a script that takes its own folder": Form(
        python=(
            "import json\n"
            "import os\n"
            "\n"
            "\n"
            "def main():\n"
            "    here = os.getcwd()\n"
            '    drive_map = {"Mounts": [{"source": f"{here}/", "destination": "/workspace/tao-experiments/"}]}\n'
            '    with open(os.path.expanduser("~/.tao_mounts.json"), "w") as f:\n'
            "        json.dump(drive_map, f)\n"
            "\n"
            "\n"
            'if __name__ == "__main__":\n'
            "    main()\n"
        )
    ),
    "a script that takes a variable of the shell": Form(
        python=(
            "import json, os\n"
            'project = os.environ["LOCAL_PROJECT_DIR"]\n'
            'drive_map = {"Mounts": [{"source": project, "destination": "/w"}, {"source": '
            'os.path.join(os.getenv("LOCAL_PROJECT_DIR", os.getcwd()), "x"), "destination": "/x"}]}\n'
        )
        + WRITE
    ),
}
