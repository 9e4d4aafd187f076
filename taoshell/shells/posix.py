"""The dialect that bash and zsh share: quoting, and the script of a generation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taoshell.shells.generation import Check, Generation

SCRIPT = "posix-1.sh"
PARTS = {  # the scripts that the hooks of bash and zsh share
    "__SESSIONS__": "posix/sessions.sh",
    "__SETTLE__": "posix/settle.sh",
    "__SWITCH__": "posix/switch.sh",
    "__SAY__": "posix/say.sh",
    "__CORE__": "posix/core.sh",
    "__RENEW__": "posix/renew.sh",
}


def quote(text: str) -> str:
    """Return `text` as one literal word: nothing is special inside single quotes, not even `!`."""
    return "'" + text.replace("'", "'\\''") + "'"


def export(variables: Mapping[str, str]) -> str:
    """Return one command for all variables, so that a Ctrl-C sets all of them or none."""
    return "export " + " ".join(f"{name}={quote(value)}" for name, value in variables.items()) + "\n"


def script(generation: Generation) -> str:
    """See taoshell.shells.Dialect.

    A backslash avoids the user's aliases, and `builtin` the user's functions.
    """
    # Say nothing if the shell only enters again the generation it was in, as after a `touch`.
    own, variables = generation.own, generation.variables
    quiet = '\\[ "$_taoshell_said" = "$_taoshell_generation" ] || '
    if not generation.is_error:
        quiet += '\\[ "${TAOSHELL_LOG-}" = quiet ] || '
    keep = "".join(map(_keep, variables))
    settings = " \\\n    ".join(f"{name}={quote(value)}" for name, value in {**own, **variables}.items())
    restore = "".join(_restore(name, value) for name, value in variables.items())
    each = "".join(f'  "$1" {name} {quote(shown)}\n' for name, shown in generation.shown.items())
    mounts = "".join(f"  _taoshell_say {quote(f'  {line}')}\n" for line in generation.mounts)
    kept = " ".join([*own, "TAOSHELL_PROMPT", *(f"TAOSHELL_WAS_{name}" for name in variables)])
    return f"""# Compiled by taoshell from approved content only; do not edit.
_taoshell_generation={quote(generation.name)}

_taoshell_unchanged() {{
  [[ {tests(generation.checks)} ]]
}}

_taoshell_enter() {{
  # First save the former values. That changes nothing yet, so a Ctrl-C here does no harm.
  _taoshell_export=builtin
{keep}  # Then set everything by one command: a Ctrl-C cannot interrupt it halfway.
  "$_taoshell_export" export {settings}
  {quiet}_taoshell_say {quote(generation.message)}
}}

_taoshell_leave() {{
  # Variables that still have our value get their former value back. The user's later changes stay.
{restore}  \\builtin unset {kept}
}}

_taoshell_each() {{
{each}}}

_taoshell_say_mounts() {{
  :
{mounts}}}
"""


def tests(checks: Sequence[Check]) -> str:
    """See taoshell.shells.Shell. The condition goes inside `[[ ]]`."""
    return " && ".join(map(_test, checks))


def _test(check: Check) -> str:
    path, other = quote(check.path), quote(check.other)
    if check.kind == "absent":
        return f"! -e {path}"
    if check.kind == "same_file":
        return f"{path} -ef {other}"
    if check.kind == "not_link":
        return f"! -L {path}"
    if check.kind == "link_to":
        return f"-L {path} && {path} -ef {other}"
    if check.kind == "dangling":
        return f"-L {path} && ! -e {path}"
    # `-e` comes first: if an operand is missing, zsh treats both as equally old
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
