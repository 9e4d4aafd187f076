"""The words after `set` and `unset`, and names that look misspelt."""

from __future__ import annotations

import pytest

from taoshell.errors import USAGE, TaoshellError
from taoshell.text.setting import Setting, Texts
from taoshell.text.setting_words import Words, parse_set, parse_unset, require_meant
from tests.support.definitions import define

FOLDERS = {"here", "2", "KEY"}


def is_folder(path: str) -> bool:
    return path in FOLDERS


SET = {
    "A=1": ([("A", "1")], "."),
    "A=1 B=2=3 C=": ([("A", "1"), ("B", "2=3"), ("C", "")], "."),
    "A=1 here": ([("A", "1")], "here"),
    "A=1 ../no": ([("A", "1")], "../no"),
    "KEY": ([("KEY", None)], "."),
    "KEY WANDB_API_KEY /p": ([("KEY", None), ("WANDB_API_KEY", None)], "/p"),
    "A=1 KEY": ([("A", "1"), ("KEY", None)], "."),
    "A=1 ./KEY": ([("A", "1")], "./KEY"),
    "places.data=/d container.ports.8888/tcp=1": ([("places.data", "/d"), ("container.ports.8888/tcp", "1")], "."),
}


@pytest.mark.parametrize(("line", "expected"), SET.items())
def test_the_words_after_set(line: str, expected: tuple[list[tuple[str, str | None]], str]) -> None:
    assert parse_set(line.split(), is_folder) == Words(tuple(expected[0]), expected[1])


WRONG = {
    "NUM_GPUS": "NUM_GPUS has no value; write NUM_GPUS=VALUE",
    "NUM_GPUS 4": "NUM_GPUS has no value; write NUM_GPUS=4",
    "NUM_GPUS = 4": "NUM_GPUS has no value; write NUM_GPUS=4",
    "NUM_GPUS 4 here": "NUM_GPUS has no value; write NUM_GPUS=4",
    "NUM_GPUS A=1": "NUM_GPUS has no value; write NUM_GPUS=VALUE",
    "=1": "no name is given; write NAME=VALUE, without spaces",
    "KEY s3cret": "KEY takes no value on the command line; run: taoshell set KEY",
    "container.env.A_KEY": "container.env.A_KEY has no value; write container.env.A_KEY=VALUE",
}


@pytest.mark.parametrize(("line", "said"), WRONG.items())
def test_a_name_without_its_value_is_wrong_usage(line: str, said: str) -> None:
    with pytest.raises(TaoshellError) as error:
        parse_set(line.split(), is_folder)
    assert (str(error.value), error.value.exit_code) == (said, USAGE)


def test_the_words_after_unset() -> None:
    assert parse_unset(["A", "KEY"], is_folder) == (["A", "KEY"], ".")
    assert parse_unset(["A", "here"], is_folder) == (["A"], "here")
    assert parse_unset(["here"], is_folder) == (["here"], ".")
    assert parse_unset(["A", "container.ports.8888/tcp"], is_folder)[1] == "."
    with pytest.raises(TaoshellError, match=r"unset takes no value; write only the name: taoshell unset A$"):
        parse_unset(["A=1"], is_folder)


def meant(name: str, value: str | None = "1", env: str = "") -> None:
    require_meant([Setting(name, value)], Texts("", env), define(env={"TRAIN_A": "1", "EPOCHS": "1"}), "")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        *(("NUM_GPU", "NUM_GPUS"), ("NUM_GPSU", "NUM_GPUS"), ("num_gpus", "NUM_GPUS"), ("GPU_ID", "GPU_IDS")),
        *(("LOCAL_DATA_DIRS", "LOCAL_DATA_DIR"), ("LOKAL_DATA_DIR", "LOCAL_DATA_DIR"), ("KEYS", "KEY")),
        *(("EPOCH", "EPOCHS"), ("USER_EXPERIMENTS_DIRS", "USER_EXPERIMENT_DIR")),
    ],
)
def test_a_name_that_looks_misspelt_is_refused(name: str, near: str) -> None:
    with pytest.raises(TaoshellError) as error:
        meant(name)
    value = "" if name == "KEYS" else "=1"  # a secret is asked for
    cure = f"did you mean {near}? to set {name} all the same: taoshell set --new {name}{value}"
    assert str(error.value) == f"{name} is a new name; {cure}"
    meant(name, env=f"{name}=0\n")


def test_a_misspelt_name_in_the_shared_file_is_refused_too() -> None:
    with pytest.raises(TaoshellError, match="did you mean NUM_GPUS"):
        meant("env.NUM_GPU")
    for name in ("env.NUM_GPUS", "env.MY_OWN", "container.env.NUM_GPU"):
        meant(name)


def test_the_value_of_a_misspelt_secret_is_not_repeated() -> None:
    with pytest.raises(TaoshellError, match=r"taoshell set --new XKEY$"):
        meant("XKEY", "s3cret")


NAMES = "NUM_GPUS NUM_GPUS2 NUM_TRAIN_GPUS TRAIN_B K NEW DATA DATA_DIR place.data LR lr rate MY_KEY"


@pytest.mark.parametrize("name", NAMES.split())
def test_a_name_that_is_known_or_new_on_purpose_is_taken(name: str) -> None:
    meant(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("shm_size", "container.shm_size"),
        ("privileged", "container.privileged"),
        ("specs", "places.specs"),
        ("HOST_DATA_DIR", "LOCAL_DATA_DIR"),
        ("HOST_SPECS_DIR", "LOCAL_SPECS_DIR"),
        ("shm", "container.shm_size"),
        ("shmsize", "container.shm_size"),
        ("shm-size", "container.shm_size"),
        ("ulimit", "container.ulimits"),
        ("netwrok", "network"),
        ("gpu", "gpus"),
        ("GPUS", "NUM_GPUS"),
        ("LOCAL_DATADIR", "LOCAL_DATA_DIR"),
        ("LOCAL_DATA", "LOCAL_DATA_DIR"),
        ("NUM_GPU", "NUM_GPUS"),
    ],
)
def test_a_name_from_elsewhere_is_not_taken_for_a_variable(name: str, meant: str) -> None:
    """The container, or the layout, would have nothing of it."""
    with pytest.raises(TaoshellError, match=f"{name} is a new name; did you mean {meant}?"):
        require_meant([Setting(name, "x")], Texts("", ""), define(), "/p")
    require_meant([Setting(name, "x")], Texts("", f"{name}=1\n"), define(), "/p")  # the user has it already


@pytest.mark.parametrize(
    "words",
    [
        ["places.cache={", "host", "=", '"/mnt/cache",', "container", "=", '"/cache"', "}"],
        ["places.data={host=/x,mode=ro"],
        ["places.data=host=/x", "places.data=mode=ro"],  # what bash makes of places.data={host=/x,mode=ro}
        ["A=1", "A=2"],
    ],
)
def test_a_table_without_quotes_says_how_to_write_it(words: list[str]) -> None:
    with pytest.raises(TaoshellError, match="is not given as one word; put it in quotes: 'places") as raised:
        parse_set(words, lambda _: False)
    assert raised.value.exit_code == USAGE


def test_spaces_around_the_equals_sign_are_no_part_of_the_setting() -> None:
    assert parse_set(["NUM_GPUS = 2"], lambda _: False).given == (("NUM_GPUS", "2"),)
    assert parse_set(["A= b"], lambda _: False).given == (("A", " b"),)
