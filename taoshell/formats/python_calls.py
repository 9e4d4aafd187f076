"""The functions of Python's library that a static reading can compute: what set-up cells call. Pure."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable
from pathlib import PurePosixPath

from taoshell.errors import Where
from taoshell.formats.python_methods import Call, home
from taoshell.formats.python_state import State
from taoshell.formats.python_values import (
    ENVIRON,
    Dumped,
    Named,
    Open,
    Unknown,
    is_plain,
    items_of,
    snapshot,
    text_of,
    unknown_in,
)

_DO_NOTHING = {
    *("print", "display", "IPython.display.display", "os.makedirs", "os.mkdir", "pprint.pprint"),
    *("os.umask", "warnings.filterwarnings", "warnings.simplefilter", "sys.path.append", "sys.path.insert"),
    *("shutil.copy", "shutil.copyfile", "shutil.rmtree", "shutil.move", "shutil.copytree", "os.remove", "time.sleep"),
    *("os.rename", "os.symlink", "os.unlink", "os.chmod", "os.system"),
}
CHANGES_ENVIRONMENT = {
    *("os.environ.update", "os.environ.setdefault", "os.environ.pop", "os.environ.__setitem__", "os.putenv"),
    *("os.environ.__delitem__", "os.unsetenv"),
}
READS_MORE = {"dotenv.load_dotenv", "exec", "runpy.run_path", "runpy.run_module"}


def is_known(name: str) -> bool:
    """Whether `called` knows what the function `name` does."""
    return name in _DO_NOTHING or name in _FUNCTIONS


def called(name: str, call: Call) -> object:
    """Return what the function `name` returns, or something unknown."""
    if name in _DO_NOTHING:
        return None
    function = _FUNCTIONS.get(name)
    return Unknown(f"{name}() depends on the machine or the user", call.at) if function is None else function(call)


def _on_texts(function: Callable[..., object]) -> Callable[[Call], object]:
    """Return a call of `function` that needs known texts, paths or numbers."""

    def computed(call: Call) -> object:
        given = [str(arg) if isinstance(arg, PurePosixPath) else arg for arg in call.args]
        if unknown := unknown_in(given):
            return unknown
        if call.keywords or not all(map(is_plain, given)):
            return Unknown("it is made of what the code does not say", call.at)
        return function(*given)

    return computed


def _with_state(function: Callable[[State, str], object]) -> Callable[[Call], object]:
    """Return a call of `function` that gets the state and a known path."""

    def computed(call: Call) -> object:
        (path,) = call.args
        if isinstance(path, (str, PurePosixPath)):
            return function(call.state, str(path))
        return path if isinstance(path, Unknown) else Unknown("it is no path", call.at)

    return computed


def _getenv(call: Call) -> object:
    name = call.argument(0, "key")
    if not isinstance(name, str):
        return Unknown("the name of the variable is not known", call.at)
    found = call.state.variable(name)
    return call.argument(1, "default") if found is None else found


def _set(call: Call) -> object:
    name, value = call.args
    call.state.set_variable(name, value, call.at)
    return None


def _set_default(call: Call) -> object:
    name, value = call.args
    if not isinstance(name, str) or call.state.variable(name) is None:
        call.state.set_variable(name, value, call.at)
    return _getenv(call)


def _update(call: Call) -> object:
    update_environment(call.args[0] if call.args else {}, call.state, call.at)
    update_environment(call.keywords, call.state, call.at)
    return None


def update_environment(given: object, state: State, at: Where) -> None:
    """Do what os.environ.update(given) does."""
    if given == ENVIRON:
        return
    try:
        pairs = [*given.items()] if isinstance(given, dict) else [items_of(pair) for pair in items_of(given)]
    except TypeError:
        pairs = [(given if isinstance(given, Unknown) else Unknown("they come from somewhere else", at), None)]
    for name, value in pairs:
        state.set_variable(name, value, at)


def _pop(call: Call) -> object:
    found = _getenv(call)
    call.state.remove_variable(call.args[0], call.at)
    return found


def _reads_more(call: Call) -> object:
    call.state.note("this runs or reads something else, which may set variables, and which taoshell does not", call.at)
    return Unknown("it comes from somewhere else", call.at)


def _dump(call: Call) -> object:
    data, file = call.argument(0, "obj"), call.argument(1, "fp")
    if isinstance(file, Open):
        file.pieces.append(Dumped(snapshot(data, call.at)))
    return None


def _open(call: Call) -> object:
    path, mode = call.argument(0, "file"), call.argument(1, "mode", "r")
    return call.state.opened(str(path) if isinstance(path, PurePosixPath) else path, mode, call.at)


def _change_folder(state: State, path: str) -> object:
    state.folder = state.path(path)
    return None


def _range(*numbers: int) -> object:
    return range(*numbers)


def _copy(call: Call) -> object:
    return snapshot(call.args[0], call.at)


def _text(call: Call) -> object:
    value = call.args[0] if call.args else ""
    if isinstance(value, (Unknown, Dumped)):
        return value
    found = text_of(value)
    return Unknown("it is no text", call.at) if found is None else found


def _real(state: State, path: str) -> object:
    full = state.path(path)
    return None if full is None else state.around.real(full)


_FUNCTIONS: dict[str, Callable[[Call], object]] = {
    "os.path.join": _on_texts(posixpath.join),
    "os.path.dirname": _on_texts(posixpath.dirname),
    "os.path.basename": _on_texts(posixpath.basename),
    "os.path.normpath": _on_texts(posixpath.normpath),
    "os.path.splitext": _on_texts(posixpath.splitext),
    "os.path.isabs": _on_texts(posixpath.isabs),
    "os.path.abspath": _with_state(State.path),
    "os.path.realpath": _with_state(_real),
    "os.path.expanduser": _with_state(home),
    "os.getcwd": lambda call: call.state.folder or Unknown("the code changed the folder", call.at),
    "pathlib.Path.cwd": lambda call: PurePosixPath(str(call.state.folder)),
    "pathlib.Path.home": lambda call: PurePosixPath(home(call.state, "~")),
    "pathlib.Path": _on_texts(PurePosixPath),
    "pathlib.PurePath": _on_texts(PurePosixPath),
    "os.chdir": _with_state(_change_folder),
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _set_default,
    "os.environ.update": _update,
    "os.environ.pop": _pop,
    "os.environ.clear": lambda call: call.state.remove_variable(Unknown("it removes all", call.at), call.at),
    "os.environ.__setitem__": _set,
    "os.environ.__delitem__": _pop,
    "os.putenv": _set,  # a command of the notebook gets it too
    "os.unsetenv": _pop,
    **dict.fromkeys(READS_MORE, _reads_more),
    "os.getuid": lambda call: call.state.around.uid,
    "os.geteuid": lambda call: call.state.around.uid,
    "os.getgid": lambda call: call.state.around.gid,
    "os.getegid": lambda call: call.state.around.gid,
    "getpass.getuser": lambda call: call.state.around.user,
    "platform.machine": lambda call: call.state.around.architecture,
    "platform.system": lambda _call: "Linux",
    "json.dumps": lambda call: Dumped(snapshot(call.args[0], call.at)),
    "json.loads": _on_texts(json.loads),
    "json.dump": _dump,
    "open": _open,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "input": lambda _call: Named("input"),
    "getpass.getpass": lambda _call: Named("input"),
    "str": _text,
    "int": _on_texts(int),
    "float": _on_texts(float),
    "bool": _on_texts(bool),
    "len": _on_texts(len),
    "range": _on_texts(_range),
    "sorted": _on_texts(sorted),
    "min": _on_texts(min),
    "max": _on_texts(max),
    "list": lambda call: items_of(call.args[0]) if call.args else [],
    "tuple": lambda call: tuple(items_of(call.args[0])) if call.args else (),
    "dict": lambda call: {**dict(call.args[0] if call.args else {}), **call.keywords},  # type: ignore[call-overload]
    "enumerate": lambda call: list(enumerate(items_of(call.args[0]))),
    "zip": lambda call: list(zip(*map(items_of, call.args), strict=False)),
}
