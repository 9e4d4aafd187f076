"""Options of the shell, and variables that change how it reads a line."""

from __future__ import annotations

from tests.compat.neighbour import Absent, Neighbour, Setup

_NO_OPTION = Absent("fish has no such option")
_ALWAYS = Absent("always so: part of each row")
_FOR_ZSH = Absent("an option of zsh's")
_NOTHING = "/nothing-of-this-name*"
_THREE = "errexit|nounset|pipefail"
_NO_ERREXIT = ("! true", 1)  # the only kind of failure that does not end a `set -e` shell

OPTIONS = (
    Neighbour(
        "`set -euo pipefail`",
        bash=Setup("set -euo pipefail", fails=_NO_ERREXIT, shows=((f"set -o | grep -cE '({_THREE}).*on'", "3\n"),)),
        zsh=Setup("set -euo pipefail", fails=_NO_ERREXIT, shows=((f"setopt | grep -cE '{_THREE}'", "3\n"),)),
        fish=_NO_OPTION,
    ),
    Neighbour(
        "`set -u` (`no_unset`)",
        bash=Setup("set -u", shows=(("(echo $nothing) 2>/dev/null || echo refused", "refused\n"),)),
        zsh=Setup("setopt no_unset", shows=(("(echo $nothing) 2>/dev/null || echo refused", "refused\n"),)),
        fish=_NO_OPTION,
    ),
    Neighbour(
        "`set -C` (`noclobber`)",
        bash=Setup("set -C", shows=(("{ : >.bin/taoshell; } 2>/dev/null || echo refused", "refused\n"),)),
        zsh=Setup("setopt no_clobber", shows=(("{ : >~/.bin/taoshell; } 2>/dev/null || echo refused", "refused\n"),)),
        fish=_NO_OPTION,
    ),
    Neighbour(
        "`nullglob`",
        bash=Setup("shopt -s nullglob", shows=((f"echo {_NOTHING}", "\n"),)),
        zsh=Setup("setopt null_glob", shows=((f"echo {_NOTHING}", "\n"),)),
        fish=_ALWAYS,
    ),
    Neighbour(
        "`failglob`",
        bash=Setup("shopt -s failglob", shows=((f"echo {_NOTHING}", f"bash: no match: {_NOTHING}\n"),)),
        zsh=Setup("setopt nomatch", shows=((f"echo {_NOTHING}", f"zsh: no matches found: {_NOTHING}\n"),)),
        fish=_ALWAYS,
    ),
    Neighbour(
        "`set -f` (`noglob`)",
        bash=Setup("set -f", shows=(("echo /*", "/*\n"),)),
        zsh=Setup("setopt no_glob", shows=(("echo /*", "/*\n"),)),
        fish=_NO_OPTION,
    ),
    Neighbour(
        "`dotglob`, `extglob`, `nocasematch`, `nocaseglob` (`extended_glob`, …)",
        bash=Setup(
            "shopt -s dotglob extglob nocasematch nocaseglob globstar",
            shows=(("[[ A = a ]] && echo /pro@(x|c)", "/proc\n"),),
        ),
        zsh=Setup(
            "setopt extended_glob glob_dots no_case_match no_case_glob glob_star_short",
            shows=(("[[ A =~ a ]] && echo /pro(#c1)c", "/proc\n"),),
        ),
        fish=_NO_OPTION,
    ),
    Neighbour(
        "`numeric_glob_sort`",
        bash=_FOR_ZSH,
        zsh=Setup("setopt numeric_glob_sort", shows=(("setopt | grep numericglobsort", "numericglobsort\n"),)),
        fish=_FOR_ZSH,
    ),
    Neighbour(
        "`ksh_arrays`",
        bash=_FOR_ZSH,
        zsh=Setup("setopt ksh_arrays", shows=(("list=(one two); echo ${list[0]}", "one\n"),)),
        fish=_FOR_ZSH,
    ),
    Neighbour(
        "`sh_word_split`",
        bash=_FOR_ZSH,
        zsh=Setup("setopt sh_word_split", shows=(("words='a b'; set -- $words; echo $#", "2\n"),)),
        fish=_FOR_ZSH,
    ),
    Neighbour(
        "`warn_create_global`",
        bash=_FOR_ZSH,
        zsh=Setup("setopt warn_create_global warn_nested_var", shows=(("setopt | grep -c warn", "2\n"),)),
        fish=_FOR_ZSH,
    ),
    Neighbour(
        "`set -o posix`, `emulate sh`",
        bash=Setup("set -o posix", shows=(("set -o | grep -c 'posix.*on'", "1\n"),)),
        zsh=Setup("emulate sh", shows=(("emulate", "sh\n"),)),
        fish=_NO_OPTION,
    ),
    Neighbour(
        "`IFS` changed",
        bash=Setup("IFS=/", shows=(("words=a/b/c; set -- $words; echo $#", "3\n"),)),
        zsh=Setup("IFS=/", shows=(("words=a/b/c; set -- ${=words}; echo $#", "3\n"),)),
        fish=Setup("set -g IFS ''", shows=(("set -l lines (builtin printf 'a\\nb'); count $lines", "1\n"),)),
    ),
    Neighbour(
        "`LC_ALL=C`",
        bash=Setup("export LC_ALL=C", shows=(("word=é; echo ${#word}", "2\n"),)),
        zsh=Setup("export LC_ALL=C", shows=(("word=é; echo ${#word}", "2\n"),)),
        fish=Setup("set -gx LC_ALL C", shows=(("sh -c 'echo $LC_ALL'", "C\n"),)),
    ),
)
