"""fish 3: the shell, and its dialect."""

from __future__ import annotations

import os

from taoshell.state.paths import xdg_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taoshell.shells.generation import Check, Generation

COMPLETION = "taoshell.fish"
PARTS = {
    "__SETTLE_FOR__": "posix/settle-for.sh",
    "__SESSIONS__": "posix/sessions.sh",
    "__SETTLE__": "posix/settle.sh",
    "__SWITCH__": "fish/switch.fish",
    "__SAY__": "fish/say.fish",
    "__CALL__": "fish/call.fish",
}
SCRIPT = "fish-1.fish"


def start_files(environ: Mapping[str, str]) -> list[str]:
    """See taoshell.shells.Shell."""
    config = xdg_folder(environ, "XDG_CONFIG_HOME", ".config")
    return [os.path.join(config, "fish", "conf.d", "taoshell.fish"), os.path.join(config, "fish", "config.fish")]


def must_load(texts: Mapping[str, str]) -> list[str]:
    """Return the file in conf.d: every fish reads all files there."""
    return list(texts)[:1]


def load(file: str) -> str:
    """See taoshell.shells.Shell."""
    return f"test ! -r {file}; or source {file}"


def quote(text: str) -> str:
    """Return `text` as one literal word: inside single quotes fish has only the escapes `\\\\` and `\\'`."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def export(variables: Mapping[str, str]) -> str:
    """Return one command for each variable."""
    return "".join(f"set -gx {name} {quote(value)}\n" for name, value in variables.items())


def script(generation: Generation) -> str:
    """See taoshell.shells.Dialect.

    fish has no command that sets several variables at once, so the variables that mark the shell as entered come first.
    If a Ctrl-C interrupts entering, the shell then leaves again, and leaving changes only variables with our value.
    """
    own, variables = generation.own, generation.variables
    quiet = 'test "$_taoshell_said" = "$_taoshell_generation"; or '
    if not generation.is_error:
        quiet += 'test "$TAOSHELL_LOG" = quiet; or '
    keep = "".join(f"    _taoshell_keep {name}\n" for name in variables)
    set_all = "".join(f"    set -gx {name} {quote(value)}\n" for name, value in {**own, **variables}.items())
    restore = "".join(
        f'    if set -qg {name}; and test "${name}" = {quote(value)}\n        _taoshell_give_back {name}\n    end\n'
        for name, value in variables.items()
    )
    each = "".join(f"    $argv[1] {name} {quote(shown)}\n" for name, shown in generation.shown.items())
    mounts = "".join(f"    _taoshell_say {quote(f'  {line}')}\n" for line in generation.mounts)
    kept = " ".join([*own, "TAOSHELL_PROMPT", *(f"TAOSHELL_WAS_{name}" for name in variables)])
    return f"""# Compiled by taoshell from approved content only; do not edit.
set -g _taoshell_generation {quote(generation.name)}

function _taoshell_unchanged
    {tests(generation.checks)}
end

function _taoshell_enter
    # First save the former values. That changes nothing yet, so a Ctrl-C here does no harm.
{keep}    # Then set everything, the variables that mark the shell as entered first.
{set_all}    {quiet}_taoshell_say {quote(generation.message)}
end

function _taoshell_leave
    # Variables that still have our value get their former value back. The user's later changes stay.
{restore}    set -eg {kept}
end

function _taoshell_each
{each}end

function _taoshell_say_mounts
{mounts}end
"""


def tests(checks: Sequence[Check]) -> str:
    """See taoshell.shells.Shell."""
    return "\n    and ".join(map(_test, checks))


def _test(check: Check) -> str:
    path, other = quote(check.path), quote(check.other)
    if check.kind == "absent":
        return f"not test -e {path}"
    if check.kind == "same_file":
        return f"test {path} -ef {other}"
    if check.kind == "not_link":
        return f"not test -L {path}"
    if check.kind == "link_to":
        return f"test -L {path}; and test {path} -ef {other}"
    if check.kind == "dangling":
        return f"test -L {path}; and not test -e {path}"
    older = "" if check.kind == "not_newer" else f"; and not test {path} -ot {other}"
    return f"test -e {path}; and test -e {other}; and not test {path} -nt {other}{older}"
