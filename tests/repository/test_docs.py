"""The documents describe what exists, and leave nothing out."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import click
import pytest

from taoshell.commands import COMMANDS
from taoshell.errors import Where
from taoshell.project import build
from taoshell.project.layouts import LAYOUTS
from taoshell.project.model import Given
from tests.support.clone import CLONE
from tests.support.definitions import machine

COMMANDS_PAGE = (CLONE / "docs" / "commands.md").read_text()
PROJECT_PAGE = (CLONE / "docs" / "project.md").read_text()


def described_by(name: str) -> Iterator[tuple[str, click.Command]]:
    """Return the command of that name and, if it is a group, its subcommands."""
    command: click.Command = importlib.import_module(f"taoshell.commands.{name}").command
    yield name, command
    if isinstance(command, click.Group):
        yield from ((f"{name} {inner}", subcommand) for inner, subcommand in command.commands.items())


def section(name: str) -> str:
    """Return the section of a command in docs/commands.md."""
    found = re.search(rf"^### .*`taoshell {name}[ `].*?(?=^##|\Z)", COMMANDS_PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no heading for taoshell {name}"
    return found.group()


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_and_option_is_described(command: str) -> None:
    for name, it in described_by(command):
        text = section(name)
        options = [option for given in it.params if isinstance(given, click.Option) for option in given.opts]
        assert [option for option in options if f"`{option}" not in text] == []


def test_every_described_command_exists() -> None:
    headings = re.findall(r"^### .*", COMMANDS_PAGE, re.MULTILINE)
    described = {name for line in headings for name in re.findall(r"`taoshell ([a-z]+(?: [a-z]+)?)", line)}
    assert described == {name for command in COMMANDS for name, _ in described_by(command)}


PAGES = ["*.md", "docs/**/*.md", "bench/*.md"]
LINKS = [
    (str(page.relative_to(CLONE)), target)
    for pattern in PAGES
    for page in sorted(CLONE.glob(pattern))
    for target in re.findall(
        r"\]\((?!https?:)([^)#]+)", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    )
]


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_each_linked_file_exists(page: str, target: str) -> None:
    assert (CLONE / page).parent.joinpath(target).exists()


def test_the_links_are_found() -> None:
    """Without this test, a pattern that finds no link would pass the test above."""
    assert {page for page, _ in LINKS} >= {"README.md", "README.zh-CN.md", "docs/commands.md", "bench/results.md"}
    assert ("README.md", "docs/project.md") in LINKS


# -- reports: what a command or a test writes ------------------------------------------------------------------

ASSIGNED = re.compile(r"""^(\w+) = .*?["/ ](docs["/ ].*|bench["/ ].*)""", re.MULTILINE)


def test_only_docs_reports_is_written_by_programs() -> None:
    """People must know which pages a program writes, so as not to edit these."""
    others = {"docs/demo.svg", "docs/dotenv.md", "bench/results.md"}  # in dotenv.md, a program writes only the tables
    says_so = {
        str(page.relative_to(CLONE))
        for page in [*CLONE.glob("docs/**/*.*"), *CLONE.glob("bench/results.*")]
        if re.search(r"\b[Ww]ritten by (`make |`python|a test)", page.read_text())
    }
    written = {
        re.sub(r'[" ]|/(?=/)', "", path)
        for folder in ("tests", "demo", "bench")
        for module in CLONE.glob(f"{folder}/**/*.py")
        for name, path in ASSIGNED.findall(module.read_text())
        if re.search(rf"\b{name}\.(write_text|write_bytes|open)\(|default={name}\b", module.read_text())
    }
    reports = {str(page.relative_to(CLONE)) for page in CLONE.glob("docs/reports/*")}
    assert written == {*reports, "docs/demo.svg", "docs/dotenv.md"}  # and docs/pictures, by demo/places.py
    assert {*reports, "bench/results.md"} <= says_so <= {*reports, *others}


def test_the_sample_toml_compiles() -> None:
    (sample,) = re.findall(r"```toml\n(.*?)```", PROJECT_PAGE, re.DOTALL)
    values = {"WANDB_API_KEY": "k", "HOST_DATA_DIR": "/mnt/big/kitti"}
    dotenv = {name: Given(value, Where(".env")) for name, value in values.items()}
    built = build.build("/home/me/cars", sample, "taoshell.toml", dotenv, machine("/home/me", gid=1000)).require()
    assert built.name == "night shift"
    limits = {"memlock": -1, "stack": 67108864}
    assert built.mapping.options == {
        **{"user": "1000:1000", "shm_size": "16G", "ulimits": limits, "network": "host", "ports": {"8888": 8888}},
        **{"ipc": "host", "privileged": False},
    }
    assert built.mapping.variables["WANDB_API_KEY"] == "k"
    # The user's line moves the data; `project` has no mount.
    assert [(mount.source, mount.destination, mount.mode) for mount in built.mapping.mounts] == [
        ("/mnt/big/kitti", "/data", "rw"),
        ("/home/me/cars/specs", "/specs", "rw"),
        ("/home/me/cars/out", "/results", "rw"),
        ("/mnt/models", "/model", "ro"),
    ]


@pytest.mark.parametrize("layout", ["classic", "host"])
def test_the_tables_of_layouts_are_right(layout: str) -> None:
    (table,) = re.findall(rf"^\| `{layout}` \| on the host.*?\n\n", PROJECT_PAGE, re.MULTILINE | re.DOTALL)
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:] if line]
    described = [(row[0], row[2], "".join(row[4:])) for row in rows]
    assert described == [
        (s.name, ", ".join(s.host_variables), ", ".join(s.container_variables)) for s in LAYOUTS[layout]
    ]
    for row, slot in zip(rows, LAYOUTS[layout], strict=True):
        names = {"project": "<project>", "network": "<network>", "folder": ""}
        assert row[3] == slot.container.format(**names)
        if slot.host is not None and "{folder}" not in slot.host:
            assert row[1] == slot.host.format(**names)
