"""Faults injected into real processes: each system call that changes something fails in its turn, or is the last one
before a kill.

`*_steps` are the steps, `strace` finds their system calls and injects the faults, `*_check` say what must hold
afterwards, and `page` writes docs/reports/faults.md from a complete run (`make faults`).
"""
