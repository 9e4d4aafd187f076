"""The choices of the protocol as flags: the defaults describe the code, any other value is a mutant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Protocol:
    # the shell's half
    looks_again: bool = True  # it checks the sessions again after it has replaced `cur`
    heeds_arrivals: bool = True  # it need not, if nobody has arrived since it began to search,
    heeds_holder: bool = True  # and the holder that it found is still in that project
    breaks_ties: bool = True  # of two equally new sessions, the one with the higher pid wins
    writes_first: bool = True  # it writes its session before it settles
    replaces_cur: bool = True  # by a rename; otherwise it first removes the old symlink, as `ln` without GNU does
    asks_python: bool = True  # if it sees a newer session right after it wrote its own
    skips_dead: bool = True  # a session whose process has ended does not count
    checks_process: bool = True  # it empties the session of a dead process only; otherwise any that is newer
    checks_start: bool = True  # a process that has the pid of a dead shell is not that shell
    arrives: bool = True  # it writes to `arrived` when it enters a project
    arrives_last: bool = True  # after it has written its session
    notes_before: bool = True  # it notes its look before it scans the sessions
    tries_again: bool = True  # at the next prompt, if Python was killed or another program wrote again in the meantime
    # its idle prompt
    watches_holder: bool = True
    watches_times: bool = True
    brief_as_holder: bool = True  # the brief test is only for the holder
    tests_age: bool = True  # by stamps; otherwise the brief test is only that the mounts file is as old as its twin
    both_sides: bool = (
        True  # it has stamps between taoshell.toml and the mounts file; otherwise one chain of both files
    )
    lower_stamp: bool = True  # taoshell.toml is newer than that
    tests_links: bool = True  # a step that was no symlink must be none
    # Python's half
    python_looks_again: bool = True
    makes_newest: bool = True  # of a session that is written after the clock was set back
    announces_newest: bool = True  # like an arrival
    sets_aside: bool = True  # what another program wrote; otherwise it is overwritten in place
    moves_inode: bool = True  # to the backups; otherwise its content is copied there
    retires: bool = True  # it keeps a name for the inode that a new mapping replaces
    names_before: bool = True  # that name contains the mtime from before the check that the inode is still ours
    recovers: bool = True  # whenever it settles, it cleans up what a killed Python has left
    exchanges: bool = True  # it exchanges two names in one step, if the system can
    locks: bool = True
    upper_first: bool = True  # it removes the upper stamps before the lower ones
    outdates_first: bool = True  # it removes all stamps before it notes an approval
    stamps_last: bool = True  # it writes the stamps after `current`
    unique_times: bool = True  # no two mappings have the same mtime
    # the file system
    fine_times: bool = True  # a write by another program never has exactly the mtime that we set
    fine_looks: bool = True  # two shells never arrive one after the other in the tick in which a third one looks
    # the resolution of the model
    one_look: bool = (
        False  # all tests of one session file are one step; with two shells, they are also explored as separate steps
    )
    one_scan: bool = False  # a whole scan of the sessions is one step
    same_tick: bool = False  # the clock may stand still between an arrival and a look, as it is coarse


AS_IT_IS = Protocol()
