"""The program. The calls that shells make by themselves are answered without click."""

from __future__ import annotations

import gc
import io
import os
import sys

if not __package__:  # the hook runs us by path: no other folder may come first
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from taoshell.errors import INTERRUPTED, REFUSED, UNREAD, TaoshellError, refusal

_ENCODING = "taoshell_encoding"  # an option of Python for us: the encoding of the locale, if it is not UTF-8


def main() -> None:
    """Run the command line. Every error becomes one line on stderr."""
    gc.disable()  # a call ends before garbage matters, and the search for it would take a tenth of its time
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115  it is None if closed (`<&-`)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    _read_paths_as_utf8()
    for stream in (sys.stdout, sys.stderr):
        if stream.encoding != "utf-8":  # other locales lack … and ••••
            from taoshell.terminal.plain import never_fail

            never_fail(stream)
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except TaoshellError as error:
        status = error.exit_code
        for line in (str(error), *error.to_say):
            _say(line)
    except KeyboardInterrupt:
        status = INTERRUPTED
        if sys.stdin.isatty():
            print(file=sys.stderr)  # the prompt begins on a line of its own
    except BrokenPipeError:  # `taoshell status | head`
        status = UNREAD
    except OSError as error:
        status = REFUSED
        _say(str(refusal(error)))
    _give_up_unwritten()
    gc.freeze()  # or Python would search everything for garbage once more at its end
    sys.exit(status)


def _give_up_unwritten() -> None:
    """Discard what a stream cannot write: at its end, Python would try once more, complain and exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _read_paths_as_utf8() -> None:
    """Let a path, an argument and a variable be the same text in every locale: the files of a project are UTF-8.

    In a locale with another encoding, such as zh_CN.GBK, Python starts again in its UTF-8 mode (PEP 540). What is
    printed and typed keeps the encoding of the locale.
    """
    if sys.getfilesystemencoding() != "utf-8":
        given = ["-E"] if sys.flags.ignore_environment else []
        mode = ["-X", "utf8", "-X", f"{_ENCODING}={sys.stdout.encoding}"]
        os.execv(sys.executable, [sys.executable, *given, *mode, os.path.abspath(__file__), *sys.argv[1:]])
    encoding = sys._xoptions.get(_ENCODING)
    if isinstance(encoding, str):
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding=encoding)


def _say(line: str) -> None:
    from taoshell.terminal.say import say  # only when needed: `taoshell hook` runs at each start of a shell

    say(line)


def _run(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "hook" and len(arguments) == 2 and not arguments[1].startswith("-"):
        from taoshell.actions.hook import text

        hook, to_say = text(arguments[1], os.environ)
        sys.stdout.write(hook)
        for line in to_say:
            _say(line)
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
    if command == "help":  # as git has it
        arguments = [*arguments[1:], "--help"]
    if arguments[-1:] in (["--help"], ["-h"]):
        from taoshell.terminal import help as pages

        help_text = pages.page(arguments[:-1])
        if help_text is not None:
            sys.stdout.write(help_text)
            return 0
    from taoshell.cli import run

    return run(arguments)


def _for_shell(command: str, argument: str) -> int:
    """Answer the hook: `_sync ROOT`, `_settle SESSION`, `_resettle SESSION` or `_renew`.

    `_resettle` is `_settle` again after a failure, without a second line about the same failure.
    Ctrl-C ends us at once and silently, as each of our steps leaves everything whole. The hook ignores Ctrl-Z for us:
    a stopped call would make the shell a job out of a part of its hook.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from taoshell.state.paths import State

    state = State.of(os.environ)
    try:
        if command == "_sync":
            from taoshell.actions.approve import sync

            to_say = sync(state, argument)
        elif command == "_renew":
            from taoshell.actions.install import renew

            to_say = renew(state)
        else:
            from taoshell.mounts.settle import settle

            to_say = settle(state, argument)
    except (TaoshellError, OSError) as error:
        if command == "_resettle":
            return error.exit_code if isinstance(error, TaoshellError) else REFUSED
        if command == "_renew" or isinstance(error, TaoshellError):
            raise
        told = refusal(error)
        told.cure += ", then cd away and back" * bool(told.cure)  # no prompt tries again by itself
        raise told from error
    for line in to_say:
        _say(line)
    return 0


if __name__ == "__main__":
    main()
