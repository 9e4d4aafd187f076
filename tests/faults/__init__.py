"""Faults injected into real processes: each of their system calls that changes something fails in its turn, or is the
last one before a kill.

`mounts_file_steps` and `shells` are what is done, `strace` finds the calls and injects, `check` says what must hold afterwards,
`page` writes docs/reports/faults.md from a run of everything (`make faults`).
"""
