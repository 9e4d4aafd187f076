"""Compiling: a generation is complete before anything points at it, and all that is in force belongs together."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from taoshell.actions import compile
from taoshell.actions.compile import Outcome, blocked, put_in_force
from taoshell.actions.sources import define, read_sources
from taoshell.mounts import mapping
from taoshell.state import files, generations
from tests.support.accounts import Identity
from tests.support.samples import CONTAINER, Sample
from tests.support.trees import snapshot


@pytest.fixture
def sample(home: Path) -> Sample:
    sample = Sample(home)
    files.ensure(sample.state)
    return sample


FRESH = "if _taoshell_unchanged_$_taoshell_generation; then echo fresh; else echo stale; fi"


def compiled(sample: Sample, outcome: Outcome | None = None) -> str:
    """Put the project in force as it is now. Returns the generation's name."""
    sources = read_sources(str(sample.root))
    put_in_force(sample.state, sources, outcome or compile.approved(define(sources)))
    return os.path.basename(os.readlink(sample.kept / "current"))


def sourced(sample: Sample, commands: str, **environ: str) -> str:
    """Return what `commands` print in a shell that has sourced the generation."""
    variables = f'_taoshell_state="{sample.state.root}" _taoshell_export=builtin'
    script = f'_taoshell_say() {{ echo "$1" >&2; }}\n{variables}\n. "{sample.kept}/current/posix-2.sh"\n{commands}'
    done = subprocess.run(["bash", "-c", script], env=environ, capture_output=True, text=True, check=True)
    return done.stdout


# -- a generation ----------------------------------------------------------------------------------


def test_the_files_of_a_generation(sample: Sample) -> None:
    name = compiled(sample)
    assert sorted(os.listdir(sample.kept)) == ["current", "gen", "mounts.json", "retired", "shared.json"]
    assert sorted(os.listdir(sample.kept / "gen" / name)) == [
        *("fish-2.fish", "log", "mounts.json", "posix-2.sh", "values.json")
    ]
    stamps = ("env+", "env-", "mounts+", "mounts-", "toml+", "toml-")
    assert sorted(os.listdir(sample.state.stamps)) == [f"{name}.{stamp}" for stamp in stamps]
    assert sample.is_fresh


def test_all_files_are_private(sample: Sample) -> None:
    before = os.umask(0)
    try:
        compiled(sample)
    finally:
        os.umask(before)
    for path in [sample.kept, *sample.kept.rglob("*")]:
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_shell_gets_exactly_the_projects_values(sample: Sample) -> None:
    sample.env.write_text("KEY='a b'\nODD='$(touch x) `y` \\\\ \"z\" !1 %s é'\n")
    compiled(sample)
    project = define(read_sources(str(sample.root)))
    out = sourced(sample, "_taoshell_enter_$_taoshell_generation '' 2>/dev/null; env -0", PATH=os.environ["PATH"])
    variables = dict(line.split("=", 1) for line in out.split("\0") if "=" in line)
    assert {name: variables[name] for name in project.variables} == project.variables
    assert variables["ODD"] == '$(touch x) `y` \\ "z" !1 %s é'
    assert variables["LAUNCHER_MOUNTS"] == str(sample.kept / "mounts.json")
    assert (variables["TAOSHELL_ROOT"], variables["TAOSHELL_PROJECT"]) == (str(sample.root), "p")


def test_the_values_kept_for_python_are_the_same(sample: Sample) -> None:
    name = compiled(sample)
    values = generations.current(sample.state.project(str(sample.root)))
    assert values is not None
    again = generations.read(sample.state.project(str(sample.root)), name)
    assert again is not None
    assert (again.own, again.variables) == (values.own, values.variables)
    assert values.own["TAOSHELL_GENERATION"] == name
    assert values.variables["LOCAL_SPECS_DIR"] == f"{sample.root}/specs"
    assert generations.current_mounts(sample.state.project(str(sample.root))) == sample.mounts.encode()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"own": {}}'])
def test_torn_or_foreign_values_count_as_none(sample: Sample, text: str) -> None:
    name = compiled(sample)
    (sample.kept / "gen" / name / "values.json").write_text(text)
    assert generations.current(sample.state.project(str(sample.root))) is None


def test_the_two_mounts_of_the_article(sample: Sample) -> None:
    compiled(sample)
    assert json.loads(sample.mounts) == {
        "Mounts": [
            {"source": str(sample.root), "destination": CONTAINER},
            {"source": f"{sample.root}/specs", "destination": f"{CONTAINER}/detectnet_v2/specs"},
        ]
    }


# -- twice -----------------------------------------------------------------------------------------


def test_the_same_content_is_the_same_generation(sample: Sample) -> None:
    name = compiled(sample)
    mounts = Identity.of(sample.kept / "mounts.json")
    assert compiled(sample) == name
    assert Identity.of(sample.kept / "mounts.json") == mounts
    assert os.listdir(sample.kept / "gen") == [name]


def test_a_touched_project_keeps_its_generation_and_gets_new_stamps(sample: Sample) -> None:
    name = compiled(sample)
    os.utime(sample.env)
    assert not sample.is_fresh
    assert compiled(sample) == name
    assert sample.is_fresh


@pytest.mark.parametrize("what", ["value", "mount", "no .env", "version", "message"])
def test_any_difference_makes_another_generation(sample: Sample, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = compiled(sample)
    match what:
        case "value":
            sample.env.write_text("KEY=other\n")
        case "mount":
            (sample.root / "other").mkdir()
            sample.env.write_text("LOCAL_SPECS_DIR=other\n")
        case "no .env":
            sample.env.unlink()
        case "version":
            monkeypatch.setattr(compile, "__version__", "99")
        case "message":
            sample.toml.write_text('network = "dino"\nname = "night"\n')
    assert compiled(sample) != before
    assert sample.is_fresh


def test_only_the_newest_generations_are_kept(sample: Sample) -> None:
    names = []
    for number in range(25):
        sample.env.write_text(f"NUM_GPUS={number + 1}\n")
        names.append(compiled(sample))
        os.utime(sample.kept / "gen" / names[-1], (number, number))
    assert set(os.listdir(sample.kept / "gen")) == set(names[-20:])


def test_the_generation_in_force_is_never_pruned(sample: Sample) -> None:
    first = compiled(sample)
    env = sample.env.read_text()
    for number in range(25):
        sample.env.write_text(f"NUM_GPUS={number + 1}\n")
        compiled(sample)
    sample.env.write_text(env)
    assert compiled(sample) == first


def test_the_mounts_change_before_the_generation_and_the_stamps_last(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell that looks in between finds stale stamps, and calls sync."""
    old = compiled(sample)
    (sample.root / "other").mkdir()
    sample.env.write_text("LOCAL_SPECS_DIR=other\n")
    seen: list[tuple[str, bool, bool, bool]] = []

    def look(step: str) -> None:
        new_mounts = f"{sample.root}/other" in sample.mounts
        new_generation = os.readlink(sample.kept / "current") != f"gen/{old}"
        seen.append((step, new_mounts, new_generation, sample.is_fresh))

    expose, link, rename = mapping.expose, files.replace_link, os.rename

    def watched_expose(*arguments: Any, **more: Any) -> list[str]:
        look("mounts")
        return expose(*arguments, **more)

    def watched_link(path: str, target: str) -> None:
        look("current")
        link(path, target)

    def watched_rename(temporary: str, path: str) -> None:
        if "/stamps/" in path:
            look(path.rpartition(".")[2])
        rename(temporary, path)

    monkeypatch.setattr(mapping, "expose", watched_expose)
    monkeypatch.setattr(compile, "replace_link", watched_link)
    monkeypatch.setattr(os, "rename", watched_rename)
    compiled(sample)
    assert seen == [
        ("mounts", False, False, False),
        ("current", True, False, False),
        *((stamp, True, True, False) for stamp in ("toml-", "toml+", "env-", "env+")),
        *((stamp, True, True, True) for stamp in ("mounts-", "mounts+")),
    ]
    assert sample.is_fresh


def test_an_older_generation_is_not_up_to_date_although_no_source_changed(sample: Sample) -> None:
    old = compiled(sample)
    compiled(sample, blocked(str(sample.root), "denied"))
    assert sample.is_fresh  # the stamps are right, for the new generation
    script = (
        f'. "{sample.kept}/gen/{old}/posix-2.sh"; if _taoshell_unchanged_{old}; then echo fresh; else echo stale; fi'
    )
    assert subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout == "stale\n"


# -- blocked ---------------------------------------------------------------------------------------


def test_a_blocked_project_sets_only_a_refused_mounts_file(sample: Sample) -> None:
    compiled(sample, blocked(str(sample.root), "it is 'so'"))
    out = sourced(sample, "_taoshell_enter_$_taoshell_generation ''; env -0", PATH=os.environ["PATH"])
    set_there = {line.split("=", 1)[0] for line in out.split("\0") if line} - {"PATH", "PWD", "SHLVL", "_", "OLDPWD"}
    assert set_there == {
        *("LAUNCHER_MOUNTS", "TAOSHELL_BLOCKED", "TAOSHELL_GENERATION", "TAOSHELL_PROJECT", "TAOSHELL_PROMPT"),
        "TAOSHELL_ROOT",
    }
    assert f"TAOSHELL_PROMPT={sample.root.name}!" in out.split("\0")
    assert list(json.loads(sample.mounts)) == [
        "Mounts",
        f"(taoshell: {sample.root} is not approved; run: taoshell allow)",
    ]
    assert sample.is_blocked
    assert sample.is_fresh


def test_the_reason_for_blocking_is_printed_even_with_log_quiet(sample: Sample) -> None:
    compiled(sample, blocked(str(sample.root), "it is 'so'"))
    assert sourced(sample, "_taoshell_enter_$_taoshell_generation '' 2>&1", TAOSHELL_LOG="quiet") == "it is 'so'\n"
    compiled(sample)
    assert sourced(sample, "_taoshell_enter_$_taoshell_generation '' 2>&1", TAOSHELL_LOG="quiet") == ""
    assert (
        sourced(sample, "_taoshell_enter_$_taoshell_generation '' 2>&1") == "p (detectnet_v2): 9 variables, 2 mounts\n"
    )


# -- file systems with coarse mtimes -----------------------------------------------------------------


def test_coarse_mtimes_are_rounded_up_and_later_edits_still_show(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    utime = os.utime

    def in_seconds(path: str, *, ns: tuple[int, int]) -> None:
        utime(path, ns=(ns[0] // 10**9 * 10**9, ns[1] // 10**9 * 10**9))

    monkeypatch.setattr(os, "utime", in_seconds)
    compiled(sample)
    monkeypatch.undo()
    generation = os.path.basename(os.readlink(sample.kept / "current"))
    for name, source in (("toml+", sample.toml), ("env+", sample.env)):
        assert 0 < sample.stamp(generation, name) - source.stat().st_mtime_ns <= 2 * 10**9
    assert sourced(sample, FRESH) == "fresh\n"
    later = sample.stamp(generation, "env+") + 1
    os.utime(sample.env, ns=(later, later))
    assert sourced(sample, FRESH) == "stale\n"


def test_with_fine_mtimes_any_other_mtime_shows(sample: Sample) -> None:
    compiled(sample)
    assert sourced(sample, FRESH) == "fresh\n"
    time = sample.env.stat().st_mtime_ns
    for other in (time + 1, time - 1):
        os.utime(sample.env, ns=(other, other))
        assert sourced(sample, FRESH) == "stale\n"
    os.utime(sample.env, ns=(time, time))
    sample.toml.unlink()
    assert sourced(sample, FRESH) == "stale\n"


# -- failures --------------------------------------------------------------------------------------


def test_a_failed_compile_keeps_what_is_in_force(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(sample)
    before = snapshot(sample.home)
    sample.env.write_text("KEY=other\n")
    changed = sample.env.stat().st_mtime_ns
    real = files.new_file

    def full(path: str, data: bytes, **options: Any) -> str:
        if data:
            raise OSError(28, "No space left on device")
        return real(path, data, **options)

    monkeypatch.setattr(files, "new_file", full)
    with pytest.raises(OSError, match="No space left"):
        compiled(sample)
    after = snapshot(sample.home)
    assert after[str(sample.env)].mtime_ns == changed
    for path, entry in before.items():
        if path != str(sample.env):
            assert after[path] == entry
    assert {os.path.dirname(path) for path in after.keys() - before.keys()} <= {str(sample.kept / "gen")}
