"""The dialect that bash and zsh share: quoting, and the script of a generation."""

from __future__ import annotations

from taoshell.shells import SHARED, path_word, search_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from taoshell.shells.generation import Check, Generation

SCRIPT = "posix-2.sh"
PARTS = {  # the scripts that the hooks of bash and zsh share, and one that only bash has
    "__SHARED__": [f"posix/{part}.sh" for part in SHARED],
    "__RENEW__": ["posix/renew.sh"],
    "__CD__": ["bash/cd.bash"],
}


def quote(text: str) -> str:
    """Return `text` as one literal word: nothing is special inside single quotes, not even `!`."""
    return "'" + text.replace("'", "'\\''") + "'"


def export(variables: Mapping[str, str]) -> str:
    """Return one command for all variables, so that a Ctrl-C sets all of them or none."""
    return "export " + " ".join(f"{name}={quote(value)}" for name, value in variables.items()) + "\n"


def default(name: str, word: str) -> str:
    """See taoshell.shells.Dialect."""
    return f'\\builtin : "${{{name}={word}}}"\n'


def prepend(folder: str) -> str:
    """Return the command that puts `folder` first in PATH."""
    return f'export PATH={quote(folder)}"${{PATH:+:$PATH}}"\n'


def script(generation: Generation) -> str:
    """See taoshell.shells.Dialect.

    bash copies the body of a function at each call, so what is rarely needed is in functions of its own.

    A backslash avoids the user's aliases, and `builtin` the user's functions. `A != a` is false if the user has set
    nocasematch: `==` cannot be trusted then.
    """
    own, variables, name = generation.own, generation.variables, generation.name
    # Say nothing if the shell was in a generation with the same content, as after a `touch` or an upgrade.
    quiet = f"[[ ${{1%????????}} == {generation.content} ]] || "
    if not generation.is_error:
        quiet += "[[ ${TAOSHELL_LOG-} == quiet ]] || "
    former = "".join(f"${{TAOSHELL_WAS_{name}+x}}" for name in variables)
    are_set = "".join(f"${{{name}+x}}" for name in variables)
    prompt = own["TAOSHELL_PROJECT"] + "!" * generation.is_error
    settings = " \\\n    ".join(
        f"{name}={quote(value)}" for name, value in {**own, "TAOSHELL_PROMPT": prompt, **variables}.items()
    )
    others = [*own, "TAOSHELL_PROMPT", *(f"TAOSHELL_WAS_{name}" for name in variables)]
    plain = _plain(variables, others)
    deeper = "".join(f"  {line}" for line in plain.splitlines(keepends=True))
    names = " ".join(variables)
    functions, prepend, take_out = search_path.parts(generation, "posix/search_path.sh", quote)
    enter_path = prepend and f"{prepend}\n  "
    leave_path = take_out and f"  [[ -n $1 ]] || {take_out}\n"
    return f"""# Compiled by taoshell from approved content only; do not edit.
{functions}_taoshell_generation={name}

_taoshell_unchanged_{name}() {{
  [[ {tests(generation.checks, _word)} ]]
}}

{_brief_test(generation)}
# Fails, and has changed nothing, if this generation is not in force, or if one of our own variables cannot be set.
_taoshell_enter_{name}() {{
  [[ {tests(generation.checks, _word)} ]] || \\return 1
  if [[ ${{_taoshell_free-}} == {quote(names)} ]]; then
    _taoshell_export=builtin
  else
{deeper}    if [[ $_taoshell_export != builtin ]] && _taoshell_is_barred; then \\return 1; fi
    # First save the former values. That changes nothing yet, so a Ctrl-C here does no harm.
    if [[ -n {are_set}{former} ]]; then _taoshell_keep_{name}; fi
  fi
  # Then set everything by one command: a Ctrl-C cannot interrupt it halfway.
  "$_taoshell_export" export {settings}
  {enter_path}{quiet}_taoshell_say {quote(generation.message)}
  \\return 0
}}

_taoshell_keep_{name}() {{
{"".join(map(_keep, variables))}}}

_taoshell_leave_{name}() {{
{plain}  # Variables that still have our value get their former value back. Later changes by the user stay. With "all",
  # every variable gets it, and the shell still counts as entered.
{leave_path}  if [[ A != a && $_taoshell_export$1 == builtin && -z {former} && {_are_ours(variables)} ]]; then
    \\builtin unset {names}
    [[ -z ${{_taoshell_free+x}} ]] || _taoshell_free={quote(names)} # unless the hook is that of 0.1.0
  else
    _taoshell_restore_{name} "$1"
  fi
  [[ -n $1 ]] || "$_taoshell_export" unset {" ".join(others)}
}}

_taoshell_restore_{name}() {{
{"".join(_restore(name, value) for name, value in variables.items())}}}
"""


def _brief_test(generation: Generation) -> str:
    """Return the function that makes the hook test only what matters while this shell's own mapping is in force."""
    name = generation.name
    if not generation.brief:  # mtimes of this file system say too little
        return f"_taoshell_test_briefly_{name}() {{\n  _taoshell_test_fully\n}}\n"
    return f"""_taoshell_test_briefly_{name}() {{
  _taoshell_hook() {{
    case $- in
      *x*) {{ _taoshell_status=$? && \\builtin eval "$_taoshell_hush"; }} 2>/dev/null ;;
      *) _taoshell_status=$? ;;
    esac
    [[ A != a && "$PWD:${{TAOSHELL_GENERATION-}}" == "$_taoshell_at" && ! -e $_taoshell_watch &&
      ! $_taoshell_arrived -nt $_taoshell_looked && {tests(generation.brief, _word)} ]] ||
      _taoshell_update || :
    \\return "${{_taoshell_returns-$_taoshell_status}}"
  }}
}}
"""


def _are_ours(variables: Mapping[str, str]) -> str:
    """Return a test whether all variables have our values. One comparison of them all is faster than one of each.

    No value of ours has the separator, so if the whole is equal, each part is.
    """
    separators = (char for char in map(chr, range(31, 0, -1)) if not any(char in value for value in variables.values()))
    separator = next(separators, None)
    if separator is None:
        return "-n ''"
    now = separator.join(f"${{{name}-}}" for name in variables)
    return f"{now} == {quote(separator.join(variables.values()))}"


def _plain(variables: Iterable[str], others: Iterable[str]) -> str:
    """Return commands that find out how to export and unset, by what our names are: see posix/attributes.sh.

    zsh's `(t)` is a word such as "scalar-export"; bash's `@a` has a letter for each attribute. With `[*]` bash also
    tells those of a variable without a value.
    """
    names = [*variables, *others]
    words = ":".join(f"${{(t){name}}}" for name in names)
    letters = "".join(f"${{{name}[*]@a}}" for name in names)
    references = " || ".join(f"-R {name}" for name in variables)
    carefully = "_taoshell_export=_taoshell_carefully"
    return f"""  _taoshell_export=builtin
  if [[ -n $_taoshell_kept_ones ]]; then
    {carefully}
  elif [[ -n ${{ZSH_VERSION-}} ]]; then
    case :{words}: in *-[!e]* | *:[!s:]*) {carefully} ;; esac
  elif [[ {references} ]]; then
    {carefully}
  else
    case {letters} in *[!x]*) {carefully} ;; esac
  fi
"""


def tests(checks: Sequence[Check], word: Callable[[str], str]) -> str:
    """See taoshell.shells.Shell. The condition goes inside `[[ ]]`."""
    return " && ".join(_test(check, word) for check in checks)


def _test(check: Check, word: Callable[[str], str]) -> str:
    path, other, third = map(word, (check.path, check.other, check.third))
    if check.kind == "between":
        return f"{path} -nt {other} && {path} -ot {third}"
    if check.kind == "exists":
        return f"-e {path}"
    if check.kind == "filled":
        return f"-s {path}"
    if check.kind == "absent":
        return f"! -e {path}"
    if check.kind == "not_link":
        return f"! -L {path}"
    if check.kind == "link_to":
        return f"-L {path} && {path} -ef {other}"
    if check.kind == "dangling":
        return f"-L {path} && ! -e {path}"
    if check.kind == "not_yours":
        return f"(! -f {path} || ! -O {path})"
    # `-e` comes first: if an operand is missing, zsh treats both as equally old
    older = "" if check.kind == "not_newer" else f" && ! {path} -ot {other}"
    return f"-e {path} && -e {other} && ! {path} -nt {other}{older}"


def _word(path: str) -> str:
    return path_word(path, quote, mounts="$_taoshell_mounts", state="$_taoshell_state")


def _keep(name: str) -> str:
    return (
        f'  if [[ -n ${{{name}+x}} ]]; then _taoshell_keep {name} "${name}"; '
        f'else "$_taoshell_export" unset TAOSHELL_WAS_{name}; fi\n'
    )


def _restore(name: str, value: str) -> str:
    return (
        f"  if [[ -n $1 || (-n ${{{name}+x}} && ${name} == {quote(value)}) ]]; then\n"
        f'    if [[ -n ${{TAOSHELL_WAS_{name}+x}} ]]; then _taoshell_give_back {name} "$TAOSHELL_WAS_{name}"; '
        f"else _taoshell_give_back {name}; fi\n"
        "  fi\n"
    )
