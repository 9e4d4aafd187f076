"""The lines that a user types: random, but the same for the same seed."""

from __future__ import annotations

import random
import shlex
from pathlib import Path

from tests.chaos.seen import LOOK
from tests.chaos.world import KINDS, World

DEEPEST = 3  # nested shells
_WEIGHTS = {
    **{"go": 46, "go and look": 12, "look in a subshell": 6, "idle": 14, "go twice": 5},
    **{"nest": 4, "exec": 3, "go and exec": 6, "exit": 4, "allow": 1},
}


class Moves:
    """A user at a terminal, with a random generator `chance` of their own."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.chance = chance
        self._world = world
        self._folders = [str(folder) for folder in world.folders()]

    def kind(self) -> str:
        return self.chance.choice(KINDS)

    def folder(self) -> str:
        return self.chance.choice(self._folders)

    def line(self, depth: int, kind: str) -> str:
        """Return a random line for a shell of that kind that is nested `depth` deep."""
        what = self.chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        if what == "nest" and depth == DEEPEST:
            what = "exit"
        match what:
            case "idle":
                return ""
            case "exit":
                return "exit"
            case "nest":
                return f"in-{self.kind()}"
            case "exec":
                return f"exec in-{self.kind()}"
            case "go and exec":
                return f"{self._cd()}; exec in-{self.kind()}"
            case "go twice":
                return f"{self._cd()}; {self._cd()}"
            case "go and look":
                return self.with_look(self._cd())
            case "look in a subshell" if kind in ("bash", "zsh"):  # fish has no subshells
                return f"({self._cd()} && {LOOK} subshell)"
            case "allow":
                return f"taoshell allow --yes {shlex.quote(str(self.chance.choice(self._world.sites).root))}"
            case _:
                return self._cd()

    def elsewhere(self, now: Path | None) -> str:
        """Return a `cd` to a folder other than `now`."""
        line = f"cd {shlex.quote(self.chance.choice([f for f in self._folders if f != str(now)]))}"
        return self.with_look(line) if self.chance.random() < 0.3 else line

    def with_look(self, line: str) -> str:
        """Let a program look on the same line."""
        return f"{line} && {LOOK} line"

    def _cd(self) -> str:
        return f"cd {shlex.quote(self.folder())}"

    def pause(self) -> float:
        """Return the seconds until the next line: usually 0, sometimes more."""
        return self.chance.choices((0.0, self.chance.uniform(0, 0.05), self.chance.uniform(0, 0.6)), (70, 24, 6))[0]
