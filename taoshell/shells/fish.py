"""fish 3: its quoting, and the script of a generation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taoshell.shells import Check, Words

HOOK = "fish/hook.fish"
INSTALLED = "fish/installed.fish"
COMPLETION = ("fish/complete.fish", "taoshell.fish")
PARTS = {
    "__SETTLE_FOR__": "posix/settle-for.sh",
    "__SESSIONS__": "posix/sessions.sh",
    "__SETTLE__": "posix/settle.sh",
    "__SWITCH__": "fish/switch.fish",
    "__SAY__": "fish/say.fish",
}
SCRIPT = "fish-1.fish"


def quote(text: str) -> str:
    """`text` as one literal word: inside single quotes fish knows only `\\\\` and `\\'`."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def export(variables: Mapping[str, str]) -> str:
    """A command for each."""
    return "".join(f"set -gx {name} {quote(value)}\n" for name, value in variables.items())


def script(
    generation: str,
    own: Mapping[str, str],
    variables: Mapping[str, str],
    words: Words,
    checks: Sequence[Check],
) -> str:
    """See taoshell.shells.Dialect.

    fish has no command that sets several variables at once, so the mark of having entered comes first: what a Ctrl-C
    leaves half entered is then left again, and leaving touches only what has our value.
    """
    quiet = 'test "$_taoshell_said" = "$_taoshell_generation"; or '
    if not words.error:
        quiet += 'test "$TAOSHELL_LOG" = quiet; or '
    keep = "".join(f"    _taoshell_keep {name}\n" for name in variables)
    set_all = "".join(f"    set -gx {name} {quote(value)}\n" for name, value in {**own, **variables}.items())
    restore = "".join(
        f'    if set -qg {name}; and test "${name}" = {quote(value)}\n        _taoshell_give_back {name}\n    end\n'
        for name, value in variables.items()
    )
    each = "".join(f"    $argv[1] {name} {quote(shown)}\n" for name, shown in words.values.items())
    mounts = "".join(f"    _taoshell_say {quote(f'  {line}')}\n" for line in words.mounts)
    kept = " ".join([*own, "TAOSHELL_PROMPT", *(f"TAOSHELL_WAS_{name}" for name in variables)])
    return f"""# Compiled by taoshell; do not edit. Nothing here was not approved.
set -g _taoshell_generation {quote(generation)}

function _taoshell_unchanged
    {tests(checks)}
end

function _taoshell_enter
    # What was there before, first: it changes nothing, so a Ctrl-C here does no harm.
{keep}    # Then all the rest, the mark of having entered first.
{set_all}    {quiet}_taoshell_say {quote(words.entering)}
end

function _taoshell_leave
    # What still has our value gets back its own; what the user has changed since stays.
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
    older = "" if check.kind == "not_newer" else f"; and not test {path} -ot {other}"
    return f"test -e {path}; and test -e {other}; and not test {path} -nt {other}{older}"
