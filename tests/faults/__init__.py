"""Faults injected into real processes: in turn, each system call that changes something fails, or the process is killed
there.

`*_steps` define the steps, `strace` finds their system calls and injects the faults, `*_check` check the state
afterwards, and `page` writes docs/reports/faults.md from a complete run (`make faults`).
"""
