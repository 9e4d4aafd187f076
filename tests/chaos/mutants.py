"""Copies of taoshell, each with one mistake that a run must find."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.run import Plan
from tests.support.clone import CLONE


@dataclass(frozen=True)
class Patch:
    """Replace `old`, which occurs exactly once in `file`, by `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """`plan`: a run that provokes the mistake, until it is found; `found`: the kinds of violation that it causes."""

    patches: tuple[Patch, ...]
    plan: Plan
    found: tuple[str, ...]

    def make(self, folder: Path) -> Path:
        """Write the mutated copy into `folder`."""
        for part in ("taoshell", "shell"):
            shutil.copytree(CLONE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        for patch in self.patches:
            path = folder / patch.file
            text = path.read_text()
            assert text.count(patch.old) == 1, f"{patch.file} has changed; update the mutant: {patch.old}"
            path.write_text(text.replace(patch.old, patch.new))
        return folder


_DONE = "_taoshell_mode=held; return 0"
_SLOWLY = "command sleep 0.0$((RANDOM % 5)) && "  # else it takes thousands of moves until two shells meet
_SWAP_CUR = '_taoshell_swap "${_taoshell_want#"$_taoshell_home/"}"'
_SWAP = '"$_taoshell_ln" -sfn "$1" "$_taoshell_cur"'
_RM_AND_LN = '{ rm -f "$_taoshell_cur"; "$_taoshell_ln" -s "$1" "$_taoshell_cur"; }'
_FISH_SWAP = """eval $_taoshell_ln '-sfn "$target" "$_taoshell_cur" 2>/dev/null'"""
_FISH_RM_AND_LN = 'begin; rm -f "$_taoshell_cur"; "$_taoshell_ln" -s "$target" "$_taoshell_cur"; end 2>/dev/null'

MUTANTS = {
    "the mapping is written in place": Mutant(
        (
            Patch(
                "taoshell/mounts/mapping.py",
                "rename(new_file(project.shared, data, mtime_ns=mtime_ns), project.shared)",
                'open(project.shared, "wb").write(data); os.utime(project.shared, ns=(mtime_ns, mtime_ns))',
            ),
        ),
        Plan(shells=2, seconds=15.0, edits=0.1, writers=(), reads=0.0, moved=False),
        ("torn",),
    ),
    "a backup is a copy": Mutant(
        (
            Patch(
                "taoshell/state/backups.py",
                "        os.link(path, name, follow_symlinks=False)",
                '        open(name, "wb").write(open(path, "rb").read())',
            ),
        ),
        Plan(
            shells=3,
            seconds=1.0,
            edits=5.0,
            writers=("halves", "in_place"),
            writes=0.3,
            cycle=3.0,
            rounds=0,
            moved=False,
        ),
        ("lost",),
    ),
    "no second look": Mutant(
        (
            Patch(
                "shell/posix/settle.sh",
                f"      {_SWAP_CUR} || :\n",
                f"      if {_SLOWLY}{_SWAP_CUR}; then {_DONE}; fi\n",
            ),
            Patch(
                "shell/posix/settle.sh",
                "      _taoshell_todo=check _taoshell_swaps=$_taoshell_swaps.\n",
                f"      {_DONE}\n",
            ),
        ),
        Plan(shells=8, seconds=60.0, edits=5.0, writers=(), cycle=0.5, rounds=300, moved=False),
        ("wrong",),
    ),
    "ln without a rename": Mutant(
        (
            Patch("shell/bash/hook.bash", f"LC_ALL=C {_SWAP} && return", f"{_RM_AND_LN} && return"),
            Patch("shell/fish/hook.fish", _FISH_SWAP, _FISH_RM_AND_LN),
        ),
        Plan(shells=4, seconds=60.0, edits=5.0, writers=(), reads=0.0, cycle=5.0, moved=False),
        ("missing",),
    ),
    "a dead session counts": Mutant(
        (
            Patch("shell/posix/sessions.sh", "if [[ -e /proc/${_taoshell_name%%-*} ]]; then", "if true; then"),
            Patch(
                "shell/posix/sessions.sh",
                'if [[ $_taoshell_start != "${_taoshell_name#*-}" || $_taoshell_start == 0 ]]; then',
                "if false; then",
            ),
        ),
        Plan(shells=4, seconds=60.0, edits=5.0, writers=(), cycle=3.0, moved=False),
        ("wrong",),
    ),
    "bash moves at its prompt only": Mutant(
        (
            Patch(
                "shell/bash/cd.bash",
                'if [[ A == a || $_taoshell_found != "$_taoshell_root" ]]; then _tao',
                "if false; then _tao",
            ),
        ),
        Plan(shells=6, seconds=60.0, edits=5.0, writers=(), cycle=3.0, moved=False),
        ("wrong",),
    ),
    "a subshell keeps the variables": Mutant(
        (Patch("shell/posix/prompt.sh", "  _taoshell_call() { return 1; }\n", "  return 0\n"),),
        Plan(shells=6, seconds=60.0, edits=5.0, writers=(), cycle=3.0, moved=False),
        ("wrong",),
    ),
}
