"""The GPUs of a project: `gpus` in taoshell.toml, or the user's lines NUM_GPUS and GPU_IDS."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taoshell.errors import USAGE, TaoshellError
from taoshell.project.model import Given
from taoshell.project.problems import Problem
from taoshell.project.toml import Table, shown

NUMBER, IDS = "NUM_GPUS", "GPU_IDS"
COUNT = re.compile(r"[1-9]|[1-5][0-9]|6[0-4]")  # no machine has more: the rest is a mistake
_ID = r"(?:[0-9]+|(?:GPU|MIG)-[A-Za-z0-9/-]+)"  # an index, or a UUID as nvidia-smi writes it
_IDS = re.compile(rf"{_ID}(,{_ID})*")
_CURE = 'write "all", a number such as 2 (at most 64), or a list such as [0, 1]'


def shared_gpus(table: Table) -> str:
    """Return "all", a number such as "2", or a list of GPUs, which always has a comma: "0,1", "3,". "" is no choice.

    Raises Problem.
    """
    if "gpus" not in table.values:
        return ""
    value = table.values["gpus"]
    if isinstance(value, int) and not isinstance(value, bool) and COUNT.fullmatch(str(value)):
        return str(value)
    if value == "all":
        return "all"
    is_list = isinstance(value, list) or (isinstance(value, str) and "," in value)
    ids = _ids(",".join(map(str, value)) if isinstance(value, list) else str(value).removesuffix(","))
    if is_list and ids:
        return ids
    if isinstance(value, str) and COUNT.fullmatch(value):
        cause = f'gpus = "{value}" is a number in quotes, so it may be a number of GPUs or the name of one'
        cure = f"write gpus = {value} for the number, or gpus = [{value}] for the GPU {value}"
        raise Problem("number-or-gpu", cause, cure, table.at("gpus"))
    raise Problem("bad-gpus", f"gpus is {shown(value)}", _CURE, table.at("gpus"))


def chosen_gpus(shared: str, lines: Mapping[str, Given]) -> str:
    """Return the GPUs of this user: what the lines of .env say, or else `shared`. Raises Problem."""
    number = lines.get(NUMBER)
    ids = _from_line(lines[IDS]) if IDS in lines else ""
    if number is None or not COUNT.fullmatch(number.text):  # a wrong number has a problem of its own
        return ids or shared
    if ids and count(ids) != number.text:
        cause = f"{NUMBER} is {number.text}, but {IDS} names {count(ids)}"
        raise Problem("gpus-contradict", cause, "correct one of the two lines, or remove it", number.at)
    return ids or number.text


def given_gpus(text: str) -> str:
    """Return the GPUs that `--gpus` names, as the model has them: "all", a number, a list; "none" is no GPU.

    Raises TaoshellError.

    >>> given_gpus("2"), given_gpus("0,1"), given_gpus("3,"), given_gpus("none")
    ('2', '0,1', '3,', '')
    """
    if text in ("all", "none"):
        return text.replace("none", "")
    if COUNT.fullmatch(text):
        return text
    ids = _ids(text.removesuffix(",")) if "," in text or not text.isdecimal() else ""
    if not ids:
        cure = "write all, none, a number such as 2 (at most 64), or a list such as 0,1 (of one: 0,)"
        raise TaoshellError(f"--gpus is {text!r}", cure, exit_code=USAGE)
    return ids


def listed(text: str) -> str:
    """Return the list of GPUs that other programs write as `text`, as GPU_IDS has it; "" if it is none.

    >>> listed("[0, 3]"), listed("3"), listed("all")
    ('0,3', '3', '')
    """
    return _ids(text.strip("[]").replace(" ", "")).removesuffix(",")


def length(ids: str) -> str:
    """Return the number of GPUs in a list as `listed` returns it, for NUM_GPUS.

    >>> length("0,3"), length("3")
    ('2', '1')
    """
    return count(f"{ids},")


def in_toml(gpus: str) -> int | str:
    """Return the GPUs as taoshell.toml has them: a number is no text there."""
    return int(gpus) if gpus.isdigit() else gpus


def count(gpus: str) -> str:
    """Return the number of GPUs for NUM_GPUS; "" for all GPUs and for no choice.

    >>> count("2"), count("0,1,5"), count("3,"), count("all")
    ('2', '3', '1', '')
    """
    return str(len(gpus.rstrip(",").split(","))) if "," in gpus else gpus.replace("all", "")


def _from_line(line: Given) -> str:
    ids = _ids(line.text)
    if not ids:
        cure = f"write each GPU once, such as {IDS}=0,1"
        raise Problem("bad-gpu-ids", f"{IDS} is {line.text!r}", cure, line.at)
    return ids


def _ids(text: str) -> str:
    """Return the list `text` as the model has it; "" if it is not a list of different GPUs."""
    ids = text.split(",")
    if not _IDS.fullmatch(text) or len(set(ids)) < len(ids):
        return ""
    return text if len(ids) > 1 else f"{text},"
