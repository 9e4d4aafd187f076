"""fish 3: the shell, and its dialect."""

from __future__ import annotations

import os

from taoshell.shells import SHARED, path_word, search_path
from taoshell.state.paths import xdg_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from taoshell.shells.generation import Check, Generation

COMPLETION = "taoshell.fish"
CALLED_BY = ""  # fish calls the hook by an event
PARTS = {
    "__SHARED__": [f"fish/{part}.fish" for part in SHARED],
}
SCRIPT = "fish-2.fish"


def start_files(environ: Mapping[str, str]) -> list[str]:
    """See taoshell.shells.Shell."""
    config = xdg_folder(environ, "XDG_CONFIG_HOME", ".config")
    return [os.path.join(config, "fish", "conf.d", "taoshell.fish"), os.path.join(config, "fish", "config.fish")]


def must_load(texts: Mapping[str, str]) -> list[str]:
    """Return the file in conf.d: every fish reads all files there."""
    return list(texts)[:1]


def load(file: str) -> str:
    """See taoshell.shells.Shell."""
    return f"test ! -O {file}; or source {file}"


def quote(text: str) -> str:
    """Return `text` as one literal word: inside single quotes fish has only the escapes `\\\\` and `\\'`."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def export(variables: Mapping[str, str]) -> str:
    """Return one command for each variable."""
    return "".join(f"set -gx {name} {quote(value)}\n" for name, value in variables.items())


def default(name: str, word: str) -> str:
    """See taoshell.shells.Dialect."""
    return f"set -q {name}; or set -g {name} {word}\n"


def prepend(folder: str) -> str:
    """Return the command that puts `folder` first in PATH."""
    return f"set -gx PATH {quote(folder)} $PATH\n"


def script(generation: Generation) -> str:
    """See taoshell.shells.Dialect.

    fish has no command that sets several variables at once, so the variables that mark the shell as entered come first.
    If a Ctrl-C interrupts entering, the shell then leaves again, and leaving changes only variables with our value.
    """
    own, variables, name = generation.own, generation.variables, generation.name
    # Say nothing if the shell was in a generation with the same content, as after a `touch` or an upgrade.
    quiet = f"string match --quiet -- '{generation.content}*' \"$argv[1]\"; or "
    if not generation.is_error:
        quiet += 'test "$TAOSHELL_LOG" = quiet; or '
    all_names = " ".join(variables)
    former = " ".join(f"TAOSHELL_WAS_{name}" for name in variables)
    keep = "".join(f"        _taoshell_keep {name}\n" for name in variables)
    set_all = "".join(f"    set -gx {name} {quote(value)}\n" for name, value in {**own, **variables}.items())
    # The x keeps `test` from taking a value for an operator.
    are_ours = " -a ".join(f'"x${name}" = {quote(f"x{value}")}' for name, value in variables.items())
    restore = "".join(
        f'        if test -n "$argv[1]"; or begin; set -qg {name}; and test "${name}" = {quote(value)}; end\n'
        f"            _taoshell_give_back {name}\n        end\n"
        for name, value in variables.items()
    )
    kept = " ".join([*own, "TAOSHELL_PROMPT", *(f"TAOSHELL_WAS_{name}" for name in variables)])
    functions, prepend, take_out = search_path.parts(generation, "fish/search_path.fish", quote)
    enter_path = prepend and f"{prepend}\n    "
    leave_path = take_out and f'    test -n "$argv[1]"; or {take_out}\n'
    return f"""# Compiled by taoshell from approved content only; do not edit.
{functions}set -g _taoshell_generation {name}

function _taoshell_unchanged_{name}
    {tests(generation.checks, _word)}
end

{_brief_test(generation)}
# Fails, and has changed nothing, if this generation is not in force.
function _taoshell_enter_{name}
    {tests(generation.checks, _word)}; or return 1
    # First save the former values. That changes nothing yet, so a Ctrl-C here does no harm.
    set -q {all_names} {former}
    if test $status -lt {2 * len(variables)}
{keep}    end
    # Then set everything, the variables that mark the shell as entered first.
{set_all}    {enter_path}{quiet}_taoshell_say {quote(generation.message)}
    return 0
end

function _taoshell_leave_{name}
    # Variables that still have our value get their former value back. Later changes by the user stay. With "all", every
    # variable gets it, and the shell still counts as entered.
{leave_path}    set -el {all_names} # a variable that the caller has exported in a block hides ours
    set -q {former}
    if test -z "$argv[1]" -a $status = {len(variables)} -a {are_ours}
        set -eg {all_names}
    else
{restore}    end
    test -n "$argv[1]"; or set -eg {kept}
end
"""


def _brief_test(generation: Generation) -> str:
    """Return the function that makes the hook test only what matters while this shell's own mapping is in force."""
    name = generation.name
    if not generation.brief:  # mtimes of this file system say too little
        return f"""function _taoshell_test_briefly_{name}
    _taoshell_test_fully
end
"""
    return f"""function _taoshell_test_briefly_{name}
    _taoshell_test_briefly {_code(generation.brief)}
end
"""


def tests(checks: Sequence[Check], word: Callable[[str], str]) -> str:
    """See taoshell.shells.Dialect. One `test` is faster than several."""
    return "test " + " -a ".join(_test(check, word) for check in checks)


def _test(check: Check, word: Callable[[str], str]) -> str:
    """Return the operands for `test`."""
    path, other, third = map(word, (check.path, check.other, check.third))
    if check.kind == "between":
        return f"{path} -nt {other} -a {path} -ot {third}"
    if check.kind == "exists":
        return f"-e {path}"
    if check.kind == "filled":
        return f"-s {path}"
    if check.kind == "absent":
        return f"! -e {path}"
    if check.kind == "not_link":
        return f"! -L {path}"
    if check.kind == "link_to":
        return f"-L {path} -a {path} -ef {other}"
    if check.kind == "dangling":
        return f"-L {path} -a ! -e {path}"
    if check.kind == "not_yours":
        return f"\\( ! -f {path} -o ! -O {path} \\)"
    older = "" if check.kind == "not_newer" else f" -a ! {path} -ot {other}"
    return f"-e {path} -a -e {other} -a ! {path} -nt {other}{older}"


def _word(path: str) -> str:
    return path_word(path, quote, mounts='"$_taoshell_mounts"', state='"$_taoshell_state"')


def _code(checks: Sequence[Check]) -> str:
    """Return a word that expands to the operands for `test`, with literal paths."""

    def word(path: str) -> str:
        return path_word(path, quote, mounts="\0$_taoshell_mounts_quoted\0", state="\0$_taoshell_state_quoted\0")

    chunks = " -a ".join(_test(check, word) for check in checks).split("\0")
    return "".join(chunk if number % 2 else quote(chunk) for number, chunk in enumerate(chunks))
