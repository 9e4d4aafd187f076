"""What programs see that shells start on the same line as a `cd`: the variables must be those of the new folder."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.figures import Figures
from tests.chaos.world import World

LOOK = "in-look"
"""A command in the home of each run. It logs its working directory and the variables that it has got."""

_PROGRAM = """#!/bin/sh
printf '%s\\t%s\\t%s\\t%s\\n' "$1" "$(pwd -P)" "$LOCAL_PROJECT_DIR" "$LAUNCHER_MOUNTS" >>'{log}'
"""


class Seen:
    """The log of all looks, in all homes."""

    def __init__(self, world: World, figures: Figures) -> None:
        self._figures = figures
        self._log = world.logs / "seen"
        self._known = 0
        self._log.touch()
        program = world.home.path / ".bin" / LOOK
        program.write_text(_PROGRAM.format(log=self._log))
        program.chmod(0o755)

    def check(self, world: World, *, exactly: bool) -> None:
        """Check what was logged since the last call. With `exactly`, each project must have been loaded.

        Otherwise a project may have been blocked meanwhile; but nobody may get another project's values.
        """
        lines = self._log.read_text().splitlines()
        for line in lines[self._known :]:
            where, folder, project, mounts = line.split("\t")
            self._figures.counts["looks in a subshell" if where == "subshell" else "looks on the line of a cd"] += 1
            site = world.site_of(Path(folder))
            root = str(site.root) if site else ""
            wanted = [(root, f"{site.project.kept}/mounts.json" if site else "")]
            if site and not exactly:
                wanted += [("", wanted[0][1]), ("", f"{world.home.state}/refused.json"), ("", "")]
            if (project, mounts) not in wanted:
                self._figures.violated("wrong", f"{where} in {folder}: a program gets {project!r} and {mounts!r}")
        self._known = len(lines)
