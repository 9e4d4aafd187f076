"""The scripts keep order: fish's functions stand where those of posix/ do, and what a shell remembers is declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from taoshell.shells import SHARED
from tests.shells.desk import Desk, only
from tests.shells.terminal import Terminal
from tests.support.clone import CLONE

SHELL = CLONE / "shell"
POSIX = [f"posix/{part}.sh" for part in SHARED]
OURS = r"_taoshell_\w+"

# -- namesakes -------------------------------------------------------------------------------------------

ONLY_IN_FISH = {
    "_taoshell_test_briefly": "posix: each generation has a _taoshell_test_briefly_NAME that defines the hook itself",
    "_taoshell_is_in_place": "posix: tests in the hook, as a call costs zsh as much as ten of them",
    "_taoshell_climb": "posix goes up, and starts anew in the same loop",
    "_taoshell_copy": "a list and a path variable: nothing of the kind can be exported in bash and zsh",
    "_taoshell_may_write": "fish says what is wrong with a redirection, also if the block has one of its own",
    "_taoshell_on_pwd": "fish: an event; bash wraps cd, and zsh has chpwd_functions",
    "_taoshell_on_exit": "fish: an event; bash and zsh: _taoshell_exit",
}
ELSEWHERE_IN_POSIX = {  # bash and zsh do each of them in another way, so it stands in their hooks
    "_taoshell_say": "say",
    "_taoshell_keep": "attributes",
    "_taoshell_give_back": "attributes",
}


def functions(*files: str) -> list[str]:
    """The functions that the scripts define, in their order, each once."""
    found = []
    for file in files:
        pattern = r"^ *function (\w+)" if file.endswith(".fish") else r"^ *(\w+)\(\) [{(]"
        found += re.findall(pattern, (SHELL / file).read_text(), re.MULTILINE)
    return list(dict.fromkeys(found))


def titles(file: str) -> list[str]:
    return re.findall(r"^ *# -- ([^\n-]+?) -*$", (SHELL / file).read_text(), re.MULTILINE)


def without_namesake(fish: list[str], posix: list[str]) -> list[str]:
    """Those of `fish` that are not in `posix`, or that stand there in another order."""
    places = [posix.index(name) if name in posix else None for name in fish]
    wrong, last = [], -1
    for name, place in zip(fish, places, strict=True):
        if place is None or place < last:
            wrong.append(name)
        else:
            last = place
    return wrong


@pytest.mark.parametrize("part", [*SHARED, "hook"])
def test_each_function_of_fish_has_its_namesake_in_the_same_place(part: str) -> None:
    if part == "hook":
        posix, fish = functions("bash/hook.bash", "zsh/hook.zsh"), functions("fish/hook.fish")
    else:
        posix, fish = functions(f"posix/{part}.sh"), functions(f"fish/{part}.fish")
    excused = {*ONLY_IN_FISH, *(name for name, place in ELSEWHERE_IN_POSIX.items() if place == part)}
    assert without_namesake([name for name in fish if name not in excused], posix) == []


def test_each_excuse_is_needed() -> None:
    fish = functions("fish/hook.fish", *(f"fish/{part}.fish" for part in SHARED))
    assert [name for name in ONLY_IN_FISH if name not in fish or name in functions(*POSIX)] == []
    for name, part in ELSEWHERE_IN_POSIX.items():
        assert name in functions(f"fish/{part}.fish")
        assert name in functions("bash/hook.bash")
        assert name in functions("zsh/hook.zsh")


def test_a_function_in_another_place_would_be_seen() -> None:
    assert without_namesake(["a", "c"], ["a", "b", "c"]) == []
    assert without_namesake(["c", "a"], ["a", "b", "c"]) == ["a"]
    assert without_namesake(["a", "d"], ["a", "b", "c"]) == ["d"]


@pytest.mark.parametrize("part", SHARED)
def test_sections_have_the_same_titles_in_the_same_order(part: str) -> None:
    assert without_namesake(titles(f"fish/{part}.fish"), titles(f"posix/{part}.sh")) == []


# -- commands whose names fish expands -------------------------------------------------------------------

EXPANDED = re.compile(
    r"""(?:^\s*|;\s*|(?<!\\)\(\s*|\b(?:and|or|not|if|while|begin|command|exec|builtin)\s+)(?:\$|"[^"]*\$|[\w/]+\$)"""
)


def expanded(text: str) -> list[str]:
    """The lines in which the name of a command is not a plain word. In strings for `sh` and `eval`, it may be."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [line for line in lines if EXPANDED.search(re.sub(r"'[^']*'", "''", line))]


@pytest.mark.parametrize("part", ["hook", "installed", *SHARED])
def test_fish_expands_no_name_of_a_command(part: str) -> None:
    """fish 3 ends with a failed assertion of its own if a Ctrl-C comes then; `eval` expands only arguments."""
    assert expanded((SHELL / f"fish/{part}.fish").read_text()) == []


@pytest.mark.parametrize("line", ["$ln -s a b", "    test a; and f_$b", 'if "f_$b" c', "set a ($b)", "command $ln"])
def test_an_expanded_name_of_a_command_would_be_seen(line: str) -> None:
    assert expanded(line) == [line]


@pytest.mark.parametrize("line", ["test $a; and eval f_$b", "# $a", "set -g $a", "f '; $b'", 'test "$a" -o "$b"'])
def test_a_plain_name_of_a_command_is_left_alone(line: str) -> None:
    assert expanded(line) == []


# -- what outlives a function --------------------------------------------------------------------------

DECLARING = {
    "bash": ["posix/state.sh", "bash/hook.bash", "bash/cd.bash"],
    "zsh": ["posix/state.sh", "zsh/hook.zsh"],
    "fish": ["fish/state.fish", "fish/hook.fish"],
}
FIXED = {f"_taoshell_{name}" for name in ("state", "mounts", "original", "cur", "python", "main", "ln")}
"""They are set when the hook is rendered."""
MOST = {"bash": 35, "zsh": 35, "fish": 30}
"""What a shell remembers, besides FIXED. A new variable needs a reason. In fish, three are forms of the fixed ones."""
OTHERS = re.compile(
    r"_|OLDPWD|BASH_\w+|PIPESTATUS|PROMPT_COMMAND"  # bash
    r"|MATCH|MBEGIN|MEND|match|mbegin|mend|\d|precmd_functions|chpwd_functions|zshexit_functions"  # zsh
    r"|__fish_cd_direction|dirprev|dirnext"  # fish
)
"""What the shell itself sets on the way, and what calls the hook."""
LIST = {"bash": "compgen -v", "zsh": 'print -l "${(@k)parameters}"', "fish": "set --names"}


def declared(*files: str) -> set[str]:
    """The variables that the scripts set outside of any function."""
    found: set[str] = set()
    for file in files:
        text = (SHELL / file).read_text()
        if file.endswith(".fish"):
            text = re.sub(r"^function .*?^end$", "", text, flags=re.DOTALL | re.MULTILINE)
            found.update(re.findall(rf"^\s*set -g ({OURS})", text, re.MULTILINE))
            for names in re.findall(r"^\s*for _taoshell_name in ((?:.*\\\n)*.*)$", text, re.MULTILINE):
                found.update(f"_taoshell_{name}" for name in names.replace("\\\n", " ").split())
        else:
            text = re.sub(rf"^( *){OURS}\(\) [{{(].*?^\1[)}}]$", "", text, flags=re.DOTALL | re.MULTILINE)
            found.update(assigned(text))
    return found


def assigned(text: str) -> set[str]:
    """The variables of ours that a script for bash or zsh assigns."""
    text = re.sub(r"(?m)(?:^|\s)#.*$", "", text)
    by_name = re.findall(rf"""(?m)(?:^|[\s;({{!])(?:typeset -g )?({OURS})(?==)""", text)
    by_command = re.findall(rf"(?:read -r|printf -v|for) ({OURS})\b", text)
    return {*by_name, *by_command}


def variables(terminal: Terminal, file: Path) -> set[str]:
    terminal.run(f"{LIST[terminal.shell.name]} >{terminal.shell.quote(str(file))}")
    return set(file.read_text().split())


def test_what_a_shell_remembers_is_declared(desk: Desk, tmp_path: Path) -> None:
    name = desk.shell.name
    terminal = desk.terminal(hook=False)
    before = variables(terminal, tmp_path / "before")
    terminal.run(desk.shell.hook)
    assert len(every_kind_of_move(desk, terminal)) == 14
    new = {found for found in variables(terminal, tmp_path / "after") - before if not OTHERS.fullmatch(found)}
    assert [found for found in new if not re.fullmatch(rf"{OURS}|TAOSHELL_\w+", found)] == []
    remembered = {found for found in new if found.startswith("_")}
    assert sorted(remembered - declared(*DECLARING[name])) == []
    assert remembered >= FIXED
    assert len(remembered - FIXED) <= MOST[name]


def every_kind_of_move(desk: Desk, terminal: Terminal) -> list[str]:
    """Move through every kind of place and event; return what the shell said."""
    a, b = desk.home.project("a"), desk.home.project("b")
    new = desk.home.path / "new"
    new.mkdir()
    (new / "taoshell.toml").write_text('network = "dino"\n')
    said = [desk.cd(terminal, a.root), desk.cd(terminal, b.root), desk.cd(terminal, new), desk.cd(terminal, a.root)]
    old = a.env_file.read_text()
    a.set("NUM_GPUS", "2")
    said.append(terminal.enter().output)
    a.env_file.write_text(old)
    said.append(terminal.enter().output)
    for line in ("taoshell off", "taoshell on", "taoshell reload", "taoshell status", "taoshell status --prompt"):
        said.append(terminal.run(line).output)
    other = desk.terminal(b.root)
    terminal.enter()
    other.kill()
    said += [
        terminal.enter().output,
        terminal.run(
            "set -gx TAOSHELL_LOG full; cd" if desk.shell.name == "fish" else "export TAOSHELL_LOG=full; cd"
        ).output,
    ]
    said.append(desk.cd(terminal, a.root))
    desk.cd(terminal, desk.home.path)
    assert all(said[:6])
    return said


# -- what a function assigns ---------------------------------------------------------------------------


def bodies(*files: str) -> dict[str, str]:
    """The body of each function; of one that is defined twice, both."""
    found: dict[str, str] = {}
    for file in files:
        text = re.sub(r"(?m)(?:^|\s)#.*$", "", (SHELL / file).read_text())
        for match in re.finditer(rf"^( *)({OURS}|taoshell)\(\) [{{(](.*?)^\1[)}}]$", text, re.DOTALL | re.MULTILINE):
            found[match[2]] = found.get(match[2], "") + match[3]
    return found


def locals_of(body: str) -> set[str]:
    lines = re.findall(r"(?m)^\s*(?:builtin )?local (?!-)(.*)$", body)
    return {name for line in lines for name in re.findall(rf"(?:^|\s)({OURS})(?==|\s|$)", line)}


def named(body: str, functions: Iterable[str]) -> set[str]:
    """The functions that a body names. `_taoshell_leave_$name` is _taoshell_leave_unknown if `unknown` is there too."""
    names, words = set(re.findall(OURS, body)), set(re.findall(r"\w+", body))
    names |= {begin + word for begin in re.findall(r"(_taoshell_\w+_)\$", body) for word in words}
    return names & set(functions)


def escaping(functions: Mapping[str, str], remembered: Iterable[str]) -> dict[str, set[str]]:
    """What each function, or one that it names, assigns, although no `local` on the way has it, nor `remembered`."""
    own = {name: locals_of(body) for name, body in functions.items()}
    calls = {name: named(body, functions) for name, body in functions.items()}
    found = {name: assigned(body) - own[name] - set(remembered) for name, body in functions.items()}
    while True:
        wider = {name: found[name].union(*(found[other] - own[name] for other in calls[name])) for name in functions}
        if wider == found:
            return {name: left for name, left in found.items() if left}
        found = wider


def entries(functions: Mapping[str, str]) -> set[str]:
    """The functions that no other one names: a prompt, a user or a generation calls them."""
    return set(functions).difference(*(named(body, functions) - {name} for name, body in functions.items()))


@pytest.mark.parametrize("hook", [["bash/hook.bash", "bash/cd.bash"], ["zsh/hook.zsh"]], ids=["bash", "zsh"])
def test_what_a_function_assigns_is_local_on_its_way_or_declared(hook: list[str]) -> None:
    all_functions = bodies(*POSIX, *hook)
    left = escaping(all_functions, declared("posix/state.sh", *hook))
    assert {name: names for name, names in left.items() if name in entries(all_functions) | {"_taoshell_hook"}} == {}


def test_a_variable_that_nobody_declares_would_be_seen() -> None:
    chain = {
        "_taoshell_a": "local _taoshell_x\n_taoshell_b\n",
        "_taoshell_b": "_taoshell_x=1\n  _taoshell_y=2\nread -r _taoshell_z\n",
    }
    assert escaping(chain, ["_taoshell_z"])["_taoshell_a"] == {"_taoshell_y"}
    assert entries(chain) == {"_taoshell_a"}


def names_in_fish() -> set[str]:
    """The variables without our prefix in fish: arguments, locals, groups of `string match`, what is read."""
    text = "\n".join((SHELL / f"fish/{part}.fish").read_text() for part in ("hook", *SHARED))
    found = set(re.findall(r"\(\?<(\w+)>|set -l (?:--path )?(\w+)", text))
    found |= {(name, "") for names in re.findall(r"--argument-names ([\w ]+)", text) for name in names.split()}
    found |= {(name, "") for name in re.findall(r"\bfor (\w+) in|--line (\w+)", text) for name in name if name}
    return {a or b for a, b in found if not (a or b).startswith("_")}


@only("fish")
def test_fish_leaves_the_users_variables_of_the_same_names_alone(desk: Desk) -> None:
    """A named group of `string match` sets the user's global, or even universal, variable if there is no local one."""
    names = sorted(names_in_fish())
    assert {"line", "own", "target", "names", "home", "session", "pid", "start", "name", "file", "folder"} <= set(names)
    terminal = desk.terminal()
    terminal.run("; ".join(f"set -g {name} mine" for name in names))
    every_kind_of_move(desk, terminal)
    changed = terminal.run(f'for _each in {" ".join(names)}; test "$$_each" = mine; or echo $_each; end')
    assert changed.output == ""
