"""taoshell: `cd` into a TAO project, and its variables and container mounts are right."""

__version__ = "0.2.0"


def load_ipython_extension(ipython: object) -> None:
    """Answer `%load_ext taoshell` in IPython and in a notebook."""
    import importlib  # every module of ours imports this one, so it imports none of them otherwise
    import os
    import sys

    program = [sys.executable, "-E", os.path.join(os.path.dirname(__file__), "__main__.py")]
    importlib.import_module("taoshell.shells.ipython").start(ipython, program)
