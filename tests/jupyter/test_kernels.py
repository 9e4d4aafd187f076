"""Real kernels, with and without a real server, have the project of the notebook's folder, whatever they inherit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.conftest import COMMAND
from tests.jupyter.workbench import Server, Workbench, run_cells
from tests.launcher import nvidia
from tests.support.samples import Sample

VALUES = "import os; print([os.environ.get(name) for name in ('LOCAL_PROJECT_DIR', 'LAUNCHER_MOUNTS', 'ONLY_A')])"
HERE = "taoshell: {} (detectnet_v2): {} variables, 2 mounts\n"
WRITE = "import os; open(os.path.expanduser('~/.tao_mounts.json'), 'w').write('{\"Mounts\": []}')"


@pytest.fixture
def bench(home: Path) -> Workbench:
    return Workbench(home)


@pytest.fixture
def cars(home: Path) -> Sample:
    """An approved project, which has a variable more than others."""
    sample = Sample(home, "cars", env="KEY=tlt_encode\nNUM_GPUS=1\nONLY_A=1\n")
    sample.allow()
    return sample


@pytest.fixture
def roads(home: Path) -> Sample:
    sample = Sample(home, "roads")
    sample.allow()
    return sample


@pytest.fixture
def server(bench: Workbench, cars: Sample) -> Iterator[Server]:
    """A server that was started in `cars`; its files begin at the home."""
    environ = {**bench.inside(cars), "JUPYTER_PREFER_ENV_PATH": "1"}
    with bench.serves(bench.home, environ) as server:
        yield server


def values(sample: Sample, only_a: str | None = None) -> str:
    return f"{[str(sample.root), f'{sample.kept}/mounts.json', only_a]}\n"


# -- a server in one project, and notebooks elsewhere --------------------------------------------------------


def test_a_server_in_one_project_and_notebooks_of_others(
    bench: Workbench, server: Server, cars: Sample, roads: Sample
) -> None:
    (bench.home / "elsewhere").mkdir()
    strange = Sample(bench.home, "strange")
    with server.opens("roads/train.ipynb") as kernel, server.opens("cars/train.ipynb") as other:
        first = kernel.runs(VALUES)
        assert (first.out, first.err) == (HERE.format("roads", 9) + values(roads), "")
        first = other.runs(VALUES)
        assert (first.out, first.err) == (HERE.format("cars", 10) + values(cars, "1"), "")
        again = kernel.runs(VALUES)
        assert (again.out, again.err) == (values(roads), "")
        assert kernel.runs("!env | grep -c ONLY_A=").out == "0\r\n"
        assert kernel.runs("!echo $SPECS_DIR $LOCAL_SPECS_DIR").out.split()[-1] == f"{roads.root}/specs"
    calls = bench.calls
    assert len(calls) == 2  # one for each kernel
    with server.opens("strange/train.ipynb") as kernel:
        first = kernel.runs(VALUES)
        assert first.out == f"{[None, strange.state.refused, None]}\n"
        assert first.err == (
            f"taoshell: {strange.root}: the project is not approved as it is now; run: taoshell allow {strange.root}\n"
        )
        strange.allow()  # in a shell
        first = kernel.runs(VALUES)
        assert (first.out, first.err) == (HERE.format("strange", 9) + values(strange), "")
        strange.toml.write_text(strange.toml.read_text() + "\n# another\n")
        first = kernel.runs(VALUES)
        assert first.out == f"{[None, strange.state.refused, None]}\n"
        assert "not approved as it is now" in first.err
    with server.opens("elsewhere/train.ipynb") as kernel:
        first = kernel.runs(VALUES)
        assert (first.out, first.err) == (f"taoshell: left cars\n{[None, None, None]}\n", "")


def test_nvidias_reader_in_a_cell(bench: Workbench, server: Server, roads: Sample) -> None:
    reader = [nvidia.launcher_python(), str(nvidia.READER)]
    with server.opens("roads/train.ipynb") as kernel:
        kernel.runs("1")
        said = kernel.runs(f"import subprocess; print(subprocess.check_output({reader!r}, text=True))")
        (reading,) = json.loads(said.out)
    assert reading["file"] == f"{roads.kept}/mounts.json"
    assert reading["mounts"] == {
        str(roads.root): "/workspace/tao-experiments",
        f"{roads.root}/specs": "/workspace/tao-experiments/detectnet_v2/specs",
    }


def test_vs_code_names_the_notebook_after_the_start(bench: Workbench, server: Server, roads: Sample) -> None:
    with server.opens("cars/train.ipynb") as kernel:
        # vscode-jupyter runs such a cell silently, before the first one of the user
        kernel.runs(f"__vsc_ipynb_file__ = {str(roads.root / 'train.ipynb')!r}", silent=True)
        assert kernel.runs(VALUES).out.endswith(values(roads))


# -- without a server: nbconvert, papermill ------------------------------------------------------------------


def test_outside_of_projects_no_program_is_started(bench: Workbench, cars: Sample) -> None:
    (bench.home / "elsewhere").mkdir()
    (said,) = bench.runs(bench.home / "elsewhere", VALUES)
    assert (said.out, said.err) == (f"{[None, None, None]}\n", "")
    done = bench.python("-m", "IPython", "--colors=NoColor", "-c", VALUES, cwd=bench.home)
    assert (done.out, done.err) == (f"{[None, None, None]}\n", "")
    assert bench.calls == []
    done = bench.python("-m", "IPython", "--colors=NoColor", "-c", VALUES, cwd=cars.root)
    assert (done.out, done.err) == (values(cars, "1"), HERE.format("cars", 10))
    assert len(bench.calls) == 1


def test_a_notebook_is_where_it_started_whatever_its_cells_do(bench: Workbench, cars: Sample, roads: Sample) -> None:
    assert bench.runs(roads.root, "%cd -q " + str(cars.root), VALUES)[1].out == values(roads)
    assert len(bench.calls) == 1


def test_a_kernel_that_a_cell_starts_has_its_own_project(bench: Workbench, cars: Sample, roads: Sample) -> None:
    inside = {**bench.inside(cars), "JPY_SESSION_NAME": f"{cars.root}/driver.ipynb"}
    (said,) = run_cells(roads.root, VALUES, environ=inside)
    assert said.out == HERE.format("roads", 9) + values(roads)


def test_the_cell_that_wrote_the_mounts_file_is_named(bench: Workbench, cars: Sample) -> None:
    _, second, third = bench.runs(cars.root, "%load_ext taoshell", WRITE, VALUES)
    path = bench.home / ".tao_mounts.json"
    assert second.err == (
        "taoshell: cell [2] wrote ~/.tao_mounts.json, but tao uses this project's own mapping here\n"
        f"taoshell: to use its mounts in this project: cd {cars.root} && taoshell adopt {path}\n"
    )
    assert (third.out, third.err) == (values(cars, "1"), "")


def test_what_a_cell_writes_while_a_shell_holds_the_mounts_file_is_kept(bench: Workbench, cars: Sample) -> None:
    holder = f"import subprocess; shell = subprocess.Popen({[*COMMAND, 'exec', '--', 'sleep', '60']!r})\n"
    wait = "import os, time\nwhile not os.path.islink(os.path.expanduser('~/.tao_mounts.json')): time.sleep(0.05)"
    said = bench.runs(cars.root, holder + wait, WRITE, "1", "shell.terminate(); shell.wait()")
    first, second = said[1].err.splitlines()
    assert first == "taoshell: cell [2] wrote ~/.tao_mounts.json, but tao uses this project's own mapping here"
    assert "its version is kept in" in second
    assert "to use its mounts in a project: taoshell adopt" in second
    assert (said[2].err, said[3].err) == ("", "")


# -- %taoshell -----------------------------------------------------------------------------------------------


def test_the_magic(bench: Workbench, roads: Sample) -> None:
    status, change, after = bench.runs(
        roads.root,
        "%taoshell status",
        "%taoshell set NUM_GPUS=4",
        "import os; print(os.environ['NUM_GPUS'])\n%taoshell",
    )
    assert "✓ approved" in status.out
    assert "✓ loaded" in status.out
    assert "hook" not in status.out + status.err
    assert change.out.endswith(HERE.format("roads", 9))
    assert after.out.startswith("4\n")


def test_the_magic_says_at_once_what_a_notebook_cannot_do(bench: Workbench, roads: Sample) -> None:
    bench.environ["VISUAL"] = "sleep 60; :"
    lines = (
        "config --edit",
        "edit",
        "edit --env --yes",
        "off",
        "set KEY='x",
        "set KEY",
        "adopt /none",
        "allow",
        "deny -h",
    )
    outputs = bench.runs(roads.root, "1", *(f"%taoshell {line}" for line in lines))[1:]
    said = {line: output.err for line, output in zip(lines, outputs, strict=True)}
    for line in lines[:3]:
        how = f"opens an editor, so it needs a terminal; run it in one, in {roads.root}"
        assert said[line] == f"taoshell: {line} {how}\n"
    assert said["off"] == "taoshell: off is for shells: a notebook always has the project of its folder\n"
    assert said["set KEY='x"] == "taoshell: set KEY='x: No closing quotation\n"
    how = "run this in a terminal, or give the value on standard input"
    assert said["set KEY"] == f"taoshell: KEY has no value; {how}\n"
    assert outputs[-1].out.startswith("Usage: taoshell deny")
    assert not (bench.home / ".config/taoshell").exists()
    assert [call for call in bench.calls if call.startswith(("config", "edit", "off"))] == []


def test_the_magic_shows_at_once_what_a_long_command_prints(bench: Workbench, roads: Sample) -> None:
    go = bench.home / "go"
    wait = f"echo first; echo error >&2; until [ -e {go} ]; do sleep 0.05; done; echo last"
    script = roads.root / "wait.sh"
    script.write_text(wait)
    watch = (
        "import sys\n"
        "class Tee:\n"
        "    def __init__(self, file): self.file = file\n"
        "    def write(self, text):\n"
        f"        self.file.write(text); 'first' in text and open({str(go)!r}, 'w').close()\n"
        "    def __getattr__(self, name): return getattr(self.file, name)\n"
        "sys.stdout = Tee(sys.stdout)"
    )
    said = bench.runs(roads.root, watch, "%taoshell exec -- sh wait.sh")[1]
    assert (said.out, said.err) == ("first\nlast\n", "error\n")


def test_the_extension_does_the_same_without_the_startup_file(bench: Workbench, roads: Sample) -> None:
    bench.must("uninstall", "--yes")
    _, said, again = bench.runs(roads.root, "%load_ext taoshell", VALUES, "%load_ext taoshell")
    assert (said.out, said.err) == (HERE.format("roads", 9) + values(roads), "")
    assert "already loaded" in again.out


# -- nothing of ours disturbs ---------------------------------------------------------------------------------


def test_without_taoshell_nothing_is_said(bench: Workbench, cars: Sample) -> None:
    hooks = bench.home / ".local/state/taoshell/hooks"
    (hooks / "real").write_text("#!/bin/sh\nexec /nowhere/python -m taoshell\n")
    (said,) = bench.runs(cars.root, VALUES)
    assert (said.out, said.err) == (f"{[None, None, None]}\n", "")
    (hooks / "taoshell").unlink()
    (said,) = bench.runs(cars.root, VALUES)
    assert (said.out, said.err) == (f"{[None, None, None]}\n", "")
    (hooks / "ipython.py").unlink()
    (said,) = bench.runs(cars.root, VALUES)
    assert (said.out, said.err) == (f"{[None, None, None]}\n", "")


def test_no_name_of_ours_is_in_the_notebook(bench: Workbench, cars: Sample) -> None:
    _, said = bench.runs(cars.root, "1", "print(sorted({'os', 'runpy', 'json', 'start', 'file'} & {*globals()}))")
    assert said.out == "[]\n"
