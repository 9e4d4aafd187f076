"""The choices of the protocol as flags: the defaults describe the code, any other value is a mutant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Protocol:
    # the shell's half
    looks_again: bool = True  # it checks the sessions again after it has replaced `cur`
    breaks_ties: bool = True  # of two equally new sessions, the one with the higher pid wins
    writes_first: bool = True  # it writes its session before it settles
    replaces_cur: bool = True  # by a rename; otherwise it first removes the old symlink, as `ln` without GNU does
    asks_python: bool = True  # if it sees a newer session right after it wrote its own
    watches_holder: bool = True  # at idle prompts
    watches_times: bool = True  # at idle prompts
    tries_again: bool = True  # at the next prompt, if Python was killed or another program wrote again in the meantime
    skips_dead: bool = True  # a session whose process has ended does not count
    # Python's half
    python_looks_again: bool = True
    makes_newest: bool = True  # of a session that is written after the clock was set back
    sets_aside: bool = True  # what another program wrote; otherwise it is overwritten in place
    moves_inode: bool = True  # to the backups; otherwise its content is copied there
    retires: bool = True  # it keeps a name for the inode that a new mapping replaces
    names_before: bool = True  # that name contains the mtime from before the check that the inode is still ours
    recovers: bool = True  # whenever it settles, it cleans up what a killed Python has left
    exchanges: bool = True  # it exchanges two names in one step, if the system can
    locks: bool = True
    # the file system
    fine_times: bool = True  # a write by another program never has exactly the mtime that we set
    # the resolution of the model
    one_look: bool = (
        False  # all tests of one session file are one step; with two shells, they are also explored as separate steps
    )


AS_IT_IS = Protocol()
