"""The choices of the protocol as flags: the defaults are what the code does, any other value is a mutant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Protocol:
    # the shell's half
    looks_again: bool = True  # after it has replaced `cur`
    breaks_ties: bool = True  # of equal times by the pid
    writes_first: bool = True  # its session, before it settles
    replaces_cur: bool = True  # by a rename; else it removes the old link first, as an `ln` does that is not GNU's
    asks_python: bool = True  # if it sees a newer session right after it wrote its own
    watches_holder: bool = True  # at idle prompts
    watches_times: bool = True  # at idle prompts
    tries_again: bool = True  # at the next prompt, if Python was killed or another program wrote again meanwhile
    skips_dead: bool = True  # sessions whose process is gone hold nothing
    # Python's half
    python_looks_again: bool = True
    makes_newest: bool = True  # a session that is written while the clock is behind
    sets_aside: bool = True  # what another program wrote; else it is overwritten in place
    moves_inode: bool = True  # to the backups; else its content is copied there
    retires: bool = True  # keeps a name for the inode that a new mapping replaces
    names_before: bool = True  # that name has an mtime from before the check that the inode is still ours
    recovers: bool = True  # whenever it settles, what a killed Python has left
    exchanges: bool = True  # two names in one step, where the system can
    locks: bool = True
    # the file system
    fine_times: bool = True  # a write by another program never has exactly the mtime that we set
    # how fine the model is
    one_look: bool = (
        False  # all tests of one session file are one step: for three shells, two are explored with each apart
    )


AS_IT_IS = Protocol()
