"""A set-up cell for a notebook, as NVIDIA's have one, written for a project. `set_up` reads it again. Pure."""

from __future__ import annotations

import pprint

from taoshell.formats import mounts_file, own_comment
from taoshell.project.model import Project
from taoshell.project.names import hidden, secrets

_HEAD = """\
# The set-up of this TAO project. taoshell wrote this cell.
import json
import os

"""
_WRITE = """
with open(os.path.expanduser("~/.tao_mounts.json"), "w") as mounts_file:
    json.dump(mapping, mounts_file, indent=4)
"""


def written(project: Project) -> str:
    """Return a cell that sets the variables and writes the mounts file. Secrets are not in it: the shell has them."""
    mapping = project.mapping
    secret = hidden(mapping) | secrets(project.variables)
    known = {name: value for name, value in mapping.variables.items() if name not in secret}
    document = mounts_file.document(mapping._replace(variables=known))
    variables = {name: value for name, value in project.variables.items() if name not in secret}
    lines = [f"os.environ[{name!r}] = {value!r}\n" for name, value in variables.items()]
    text = f"\nmapping = {pprint.pformat(document, width=100, sort_dicts=False)}\n"
    entries = [
        f'mapping.setdefault("Envs", []).append({{"variable": {name!r}, "value": os.environ[{name!r}]}})\n'
        for name in mapping.variables
        if name in secret
    ]
    return "".join([_HEAD, own_comment.written(project), *lines, text, *entries, _WRITE])
