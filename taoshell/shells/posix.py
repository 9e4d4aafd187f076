"""The dialect that bash, zsh, ksh93 and mksh share: quoting, and the script of a generation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taoshell.shells import Check, Words

SCRIPT = "posix-1.sh"
PARTS = {  # what the hooks of bash and zsh have in common
    "__SESSIONS__": "posix/sessions.sh",
    "__SETTLE__": "posix/settle.sh",
    "__SWITCH__": "posix/switch.sh",
    "__SAY__": "posix/say.sh",
    "__CORE__": "posix/core.sh",
}


def quote(text: str) -> str:
    """`text` as one literal word: nothing is special inside single quotes, not even `!`."""
    return "'" + text.replace("'", "'\\''") + "'"


def export(variables: Mapping[str, str]) -> str:
    """One command for all, which a Ctrl-C cannot divide."""
    return "export " + " ".join(f"{name}={quote(value)}" for name, value in variables.items()) + "\n"


def script(
    generation: str,
    own: Mapping[str, str],
    variables: Mapping[str, str],
    words: Words,
    checks: Sequence[Check],
) -> str:
    """See taoshell.shells.Dialect.

    A backslash keeps out an alias of the user's, `builtin` a function; a hook that sources this has no say in that.
    """
    # nothing is said where a touched file only made the shell enter again what it was in
    quiet = '\\[ "$_taoshell_said" = "$_taoshell_generation" ] || '
    if not words.error:
        quiet += '\\[ "${TAOSHELL_LOG-}" = quiet ] || '
    keep = "".join(map(_keep, variables))
    settings = " \\\n    ".join(f"{name}={quote(value)}" for name, value in {**own, **variables}.items())
    restore = "".join(_restore(name, value) for name, value in variables.items())
    each = "".join(f'  "$1" {name} {quote(shown)}\n' for name, shown in words.values.items())
    mounts = "".join(f"  _taoshell_say {quote(f'  {line}')}\n" for line in words.mounts)
    kept = " ".join([*own, "TAOSHELL_PROMPT", *(f"TAOSHELL_WAS_{name}" for name in variables)])
    return f"""# Compiled by taoshell; do not edit. Nothing here was not approved.
_taoshell_generation={quote(generation)}

_taoshell_unchanged() {{
  [[ {tests(checks)} ]]
}}

_taoshell_enter() {{
  # What was there before, first: it changes nothing, so a Ctrl-C here does no harm.
  _taoshell_export=builtin
{keep}  # Then everything in one command, which a Ctrl-C cannot divide.
  "$_taoshell_export" export {settings}
  {quiet}_taoshell_say {quote(words.entering)}
}}

_taoshell_leave() {{
  # What still has our value gets back its own; what the user has changed since stays.
{restore}  \\builtin unset {kept}
}}

_taoshell_each() {{
{each}}}

_taoshell_say_mounts() {{
  :
{mounts}}}
"""


def tests(checks: Sequence[Check]) -> str:
    """See taoshell.shells.Shell; for inside `[[ ]]`."""
    return " && ".join(map(_test, checks))


def _test(check: Check) -> str:
    path, other = quote(check.path), quote(check.other)
    if check.kind == "absent":
        return f"! -e {path}"
    if check.kind == "same_file":
        return f"{path} -ef {other}"
    # `-e` first: with a missing operand zsh calls the two equally old
    older = "" if check.kind == "not_newer" else f" && ! {path} -ot {other}"
    return f"-e {path} && -e {other} && ! {path} -nt {other}{older}"


def _keep(name: str) -> str:
    return (
        f'  if \\[ -n "${{{name}+x}}" ]; then _taoshell_keep {name} "${name}"; '
        f"else \\builtin unset TAOSHELL_WAS_{name}; fi\n"
    )


def _restore(name: str, value: str) -> str:
    return (
        f'  if \\[ -n "${{{name}+x}}" ] && \\[ "${name}" = {quote(value)} ]; then\n'
        f'    if \\[ -n "${{TAOSHELL_WAS_{name}+x}}" ]; then _taoshell_give_back {name} "$TAOSHELL_WAS_{name}"; '
        f"else \\builtin unset {name}; fi\n"
        "  fi\n"
    )
