"""The program. What shells call themselves is answered before click is loaded."""

from __future__ import annotations

import os
import sys

if not __package__:  # run by its path, as the hook does: no folder but ours may come first
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from taoshell.errors import INTERRUPTED, REFUSED, TaoshellError, refusal
from taoshell.terminal.say import say


def main() -> None:
    """Run the command line; one line on stderr for whatever goes wrong."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  closed (`>&-`), or taken for each other's place
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except TaoshellError as error:
        status = error.exit_code
        say(str(error))
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:  # `taoshell status | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = REFUSED
    except OSError as error:
        status = REFUSED
        say(str(refusal(error)))
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "hook" and len(arguments) == 2 and not arguments[1].startswith("-"):
        from taoshell.shells.render import render
        from taoshell.state.paths import State

        sys.stdout.write(render(arguments[1], State.of(os.environ)))
        return 0
    if command in ("_sync", "_settle", "_resettle") and len(arguments) == 2:
        return _for_shell(command, arguments[1])
    if command == "_renew" and len(arguments) == 1:
        return _for_shell(command, "")
    if command == "_complete" and len(arguments) == 2:
        from taoshell.terminal.completion import answers

        for answer in answers(arguments[1]):
            print(answer)
        return 0
    from taoshell.cli import run

    return run(arguments)


def _for_shell(command: str, argument: str) -> int:
    """`_sync ROOT`, `_settle SESSION`, `_resettle SESSION` and `_renew`: the hook's calls.

    `_resettle` is the same once more, where it has been said why it failed: without that line.
    A Ctrl-C ends them at once and without a word: every step of theirs leaves everything whole.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from taoshell.state.paths import State

    state = State.of(os.environ)
    if command == "_sync":
        from taoshell.actions.approve import sync

        to_say = sync(state, argument)
    elif command == "_renew":
        from taoshell.actions.install import renew

        to_say = renew(state)
    else:
        from taoshell.mounts.settle import settle

        try:
            to_say = settle(state, argument)
        except (TaoshellError, OSError):
            if command == "_resettle":
                return REFUSED
            raise
    for line in to_say:
        say(line)
    return 0


if __name__ == "__main__":
    main()
