"""A command that runs for us gets our signals: ours to pass on, unless the terminal has sent them to both."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterable
from types import FrameType

_FROM_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
_ENDS = (*_FROM_THE_TERMINAL, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 3  # signals that the command may ignore
_PASSED_ON = (*_ENDS, signal.SIGUSR1, signal.SIGUSR2)


def ends(received: Iterable[int]) -> bool:
    """Whether one of the signals should have ended the command."""
    return any(number in _ENDS for number in received)


def as_of_a_shell(status: int) -> int:
    """Return the exit status of a child as a shell has it: 128 + N if signal N ended it."""
    return status if status >= 0 else 128 - status


class Signals:
    """Passes our signals on to the command. Signals that arrive before it has started wait.

    `received` are all of them, in order. `give_up` is called at the third one that should end the command.
    """

    def __init__(self, give_up: Callable[[], object] | None = None) -> None:
        self._give_up = give_up
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []
        self.received: list[int] = []
        self._undo = contextlib.ExitStack()

    def __enter__(self) -> Signals:
        for number in _PASSED_ON:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup: the command must ignore it too
                self._undo.callback(signal.signal, number, signal.signal(number, self._receive))
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def pass_on_to(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        for number in self._waiting:
            child.send_signal(number)

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        self.received.append(number)
        if self._child is None:
            self._waiting.append(number)
        elif number not in _FROM_THE_TERMINAL or not in_foreground():
            self._child.send_signal(number)
        if self._give_up and sum(each in _ENDS for each in self.received) == PATIENCE:
            self._give_up()


def in_foreground() -> bool:
    """Whether the terminal sends Ctrl-C to us. If so, it also sends it to the command."""
    try:
        with open("/dev/tty", "rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:  # no terminal
        return False
