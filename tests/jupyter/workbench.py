"""A user of Jupyter: a home with taoshell's hook for kernels, real kernels, and a real jupyter_server."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.commands.conftest import User
from tests.support.children import Done
from tests.support.needs import need
from tests.support.samples import Sample

_SECONDS = 60
_TOKEN = "t"


@dataclass(frozen=True)
class Output:
    """What a cell printed, on stdout and on stderr."""

    out: str
    err: str


class Workbench(User):
    """`environ` is the environment of the servers and of the kernels without a server."""

    def __init__(self, home: Path) -> None:
        _need_jupyter()
        super().__init__(home)
        self.environ["IPYTHONDIR"] = str(home / "ipython")
        self.must("install", "jupyter", "--yes")
        self._calls = home / "calls"
        program = home / ".local/state/taoshell/hooks/taoshell"
        program.rename(program.with_name("real"))
        program.write_text(f'#!/bin/sh\necho "$*" >>{self._calls}\nexec "${{0%/*}}/real" "$@"\n')
        program.chmod(0o700)

    @property
    def calls(self) -> list[str]:
        """The calls of taoshell by the hook until now."""
        return self._calls.read_text().splitlines() if self._calls.exists() else []

    def inside(self, sample: Sample) -> dict[str, str]:
        """Return the environment of a shell in a project."""
        change = json.loads(self.must("export", "kernel", sample.root).out)
        return {**self.environ, **change["set"]}

    def python(self, *words: str, cwd: Path) -> Done:
        """Run Python in the folder `cwd`, as a user of `ipython` does."""
        done = subprocess.run(
            [sys.executable, *words], cwd=cwd, env=self.environ, capture_output=True, text=True, timeout=_SECONDS
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def runs(self, folder: Path, *cells: str) -> list[Output]:
        """Run a notebook's cells as nbconvert and papermill do: the kernel's working directory is `folder`."""
        return run_cells(folder, *cells, environ=self.environ)

    @contextlib.contextmanager
    def serves(self, folder: Path, environ: Mapping[str, str]) -> Iterator[Server]:
        """Start a server in `folder`, as `jupyter lab` does."""
        words = ["--no-browser", "--port=0", f"--IdentityProvider.token={_TOKEN}", "--allow-root"]
        with subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *words], cwd=folder, env=environ, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield Server(self.home / ".local/share/jupyter/runtime", process)
            finally:
                process.terminate()


def run_cells(folder: Path, *cells: str, environ: Mapping[str, str]) -> list[Output]:
    """Run a notebook's cells in a kernel with this environment, started in `folder`."""
    _need_jupyter()
    client: Any = importlib.import_module("nbclient")  # it is not installed everywhere
    v4: Any = importlib.import_module("nbformat.v4")
    book = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    resources = {"metadata": {"path": str(folder)}}
    client.NotebookClient(book, timeout=_SECONDS, resources=resources).execute(env=dict(environ))
    return [_output(cell.outputs) for cell in book.cells]


def _need_jupyter() -> None:
    for module in ("jupyter_server", "ipykernel", "nbclient"):
        need(module if importlib.util.find_spec(module) else None, f"Python's {module}")


class Server:
    """A running jupyter_server, over its web interface."""

    def __init__(self, runtime: Path, process: subprocess.Popen[bytes]) -> None:
        self._runtime = runtime
        about, end = runtime / f"jpserver-{process.pid}.json", time.monotonic() + _SECONDS
        while not (text := about.read_text() if about.exists() else ""):  # it is there before it is written
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.05)
        self._url = json.loads(text)["url"]

    @contextlib.contextmanager
    def opens(self, path: str) -> Iterator[Kernel]:
        """Open a notebook, as JupyterLab does. `path` begins at the server's folder."""
        session = self._asks(
            "POST",
            "sessions",
            {"path": path, "name": os.path.basename(path), "type": "notebook", "kernel": {"name": "python3"}},
        )
        try:
            with _connected(self._runtime / f"kernel-{session['kernel']['id']}.json") as kernel:
                yield kernel
        finally:
            self._asks("DELETE", f"sessions/{session['id']}")

    def _asks(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"{self._url}api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {_TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            text = answer.read()
        return json.loads(text) if text else None


class Kernel:
    """A kernel that runs cells one by one."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def runs(self, cell: str, *, silent: bool = False) -> Output:
        outputs: list[Any] = []
        answer = self._client.execute_interactive(
            cell,
            silent=silent,
            timeout=_SECONDS,
            output_hook=lambda message: outputs.append({"output_type": message["msg_type"], **message["content"]}),
        )
        assert answer["content"]["status"] == "ok", answer["content"]
        return _output(outputs)


@contextlib.contextmanager
def _connected(connection_file: Path) -> Iterator[Kernel]:
    from jupyter_client.blocking.client import BlockingKernelClient

    client = BlockingKernelClient()
    client.load_connection_file(str(connection_file))
    client.start_channels(hb=False)  # on a busy machine, a kernel that is slow is not dead
    try:
        client.wait_for_ready(timeout=_SECONDS)
        yield Kernel(client)
    finally:
        client.stop_channels()


def _output(outputs: list[Any]) -> Output:
    streams = [output for output in outputs if output["output_type"] == "stream"]
    out, err = (
        "".join(output["text"] for output in streams if output["name"] == name) for name in ("stdout", "stderr")
    )
    return Output(out, err)
