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
    """`plan`: a run that provokes the mistake; `found`: the kinds of violation that it causes."""

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


_SWAP_TO = '_taoshell_swap "${_taoshell_want#"$_taoshell_state/"}"'
_DONE = "_taoshell_wrote='' _taoshell_mode=held; return 0"
_SWAP = '"$_taoshell_ln" -sfn "$1" "$_taoshell_state/cur"'
_RM_AND_LN = '{ rm -f "$_taoshell_state/cur"; "$_taoshell_ln" -s "$1" "$_taoshell_state/cur"; }'

MUTANTS = {
    "the mapping is written in place": Mutant(
        (
            Patch(
                "taoshell/mounts/mapping.py",
                "rename(new_file(project.shared, data, mtime_ns=now), project.shared)",
                'open(project.shared, "wb").write(data); os.utime(project.shared, ns=(now, now))',
            ),
        ),
        Plan(shells=2, seconds=15.0, edits=0.1, writers=(), reads=0.0),
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
        Plan(shells=3, seconds=1.0, edits=5.0, writers=("halves", "in_place"), writes=0.3, cycle=3.0, rounds=0),
        ("lost",),
    ),
    "no second look": Mutant(
        (
            Patch("shell/posix/settle.sh", f"; then {_SWAP_TO} || :; fi", f" && {_SWAP_TO}; then {_DONE}; fi"),
            Patch("shell/posix/settle.sh", f"if {_SWAP_TO}; then continue; fi", f"if {_SWAP_TO}; then {_DONE}; fi"),
        ),
        Plan(shells=8, seconds=10.0, edits=5.0, writers=(), cycle=0.5, rounds=300),
        ("wrong",),
    ),
    "ln without a rename": Mutant(
        (
            Patch("shell/bash/hook.bash", f"LC_ALL=C builtin exec {_SWAP} 2>/dev/null", f"{_RM_AND_LN} 2>/dev/null"),
            Patch("shell/posix/settle-for.sh", f"{_SWAP} 2>/dev/null", f"{_RM_AND_LN} 2>/dev/null"),
        ),
        Plan(shells=4, seconds=10.0, edits=5.0, writers=(), reads=0.0, cycle=5.0),
        ("missing",),
    ),
}
