"""A secret in a wrong place, or in somebody else's file, is in no diff, no refusal, no status and no error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taoshell.errors import TaoshellError
from taoshell.formats import recognise
from taoshell.formats.surroundings import Surroundings
from taoshell.text.masked import masked
from tests.commands.conftest import User
from tests.notebooks.forms import notebook
from tests.support.samples import ENV, TOML, Sample

SECRET = "T0pS3cr3t17"
IMAGE = "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt"
RUN = f"{IMAGE} dino train\n"

# Lines that somebody adds to the project's files by mistake. @ is the secret.
IN_TOML = {
    "at the top": 'KEY="@"\n',
    "in another table": '[container]\nWANDB_API_KEY="@"\n',
    "as a place": '[places]\nKEY="@"\n',
    "in a list of tables": '[[env]]\nKEY="@"\n',
    "in a table of its own": '[env.KEY]\nx="@"\n',
    "in braces": '[env]\nKEY={ from=".env", x="@" }\n',
    "for the container, in braces": '[container.env]\nKEY={ from=".env", x="@" }\n',
    "among the ports": '[container.ports]\nKEY="@"\n',
    "in a port": '[container.ports]\n"8888/tcp"={ KEY="@" }\n',
    "in a limit": '[container.ulimits]\nmemlock={ KEY="@" }\n',
    "in a size": '[container]\nshm_size={ KEY="@" }\n',
    "in the GPUs": 'gpus=[{ KEY="@" }]\n',
    "among the images": '[images]\nKEY="@"\n',
    "in [python]": '[python]\nKEY="@"\n',
    "on a cluster": '[cluster.c]\nengine="slurm"\nKEY="@"\n',
    "in small letters": '[env]\napi_key="@"\n',
    "commented out": '# KEY="@"\n',
    "in a comment behind a setting": "gpus=1 # KEY=@\n",
    "where the text is broken": '[env]\nKEY="@\n',
}
IN_ENV = {
    "commented out": "#KEY=@\n",
    "the secret before": "A_KEY=new # was @\n",
    "in double quotes": '"A_KEY"=@\n',
    "after another assignment": "A=1; A_KEY=@\n",
    "after another assignment, in a wrong value": "GPU_IDS=x; A_KEY=@\n",
    "in small letters": "token=@\n",
    "under another name": "A_KEY=@\nENC=@\n",
    "inside another value": "A_KEY=@\nURL=https://me:@@host\n",
}


def outputs(user: User, root: Path) -> str:
    """Return all that the commands say about the project in `root`."""
    lines = [("diff",), ("status",), ("status", "--json"), ("set", "NUM_GPUS=2"), ("unset", "NUM_GPUS"), ("diff",)]
    lines += [("allow", "--yes"), ("status",), ("status", "--json"), ("export", "docker"), ("export", "compose")]
    done = [user.tries(*words, cwd=root) for words in lines]
    return "".join(each.out + each.err for each in done)


@pytest.mark.parametrize("slip", IN_TOML.values(), ids=IN_TOML)
def test_a_slip_in_the_toml(user: User, sample: Sample, slip: str) -> None:
    sample.allow()
    sample.toml.write_text((TOML + slip).replace("@", SECRET))
    said = outputs(user, sample.root)
    assert SECRET not in said
    assert "••••" in said


@pytest.mark.parametrize("slip", IN_ENV.values(), ids=IN_ENV)
def test_a_slip_in_the_dotenv(user: User, sample: Sample, slip: str) -> None:
    sample.allow()
    sample.env.write_text(ENV + slip.replace("@", SECRET))
    said = outputs(user, sample.root)
    assert SECRET not in said
    assert "••••" in said


# What is added to the two files besides `A_KEY=@`.
COPIES = {
    "in a comment of .env": ("", "# the old one was @\n"),
    "in a comment behind another line": ("", "B=1 # not @ any more\n"),
    "in a comment of the TOML": ("gpus=1 # as @ says\n", ""),
    "as another variable for everybody": ('[env]\nFOO="@"\n', ""),
    "in another variable for everybody": ('[env]\nFOO="https://me:@@host"\n', ""),
    "with an escape, for everybody": ('[env]\nFOO="\\u0054%"\n', ""),
    "as a variable of the container": ('[container.env]\nFOO="@"\n', ""),
    "where the text is broken": ('[env]\nFOO="@\n', ""),
}


@pytest.mark.parametrize(("in_toml", "in_env"), COPIES.values(), ids=COPIES)
def test_the_value_of_a_secret_somewhere_else(user: User, sample: Sample, in_toml: str, in_env: str) -> None:
    sample.allow()
    sample.toml.write_text((TOML + in_toml).replace("@", SECRET).replace("%", SECRET[1:]))
    sample.env.write_text((f"{ENV}A_KEY=@\n{in_env}").replace("@", SECRET))
    said = outputs(user, sample.root)
    assert SECRET not in said
    is_read = in_toml and not in_toml.endswith('"@\n')
    assert ("taoshell.toml contains the value of A_KEY, a secret" in said) == bool(is_read)


def test_the_value_of_a_secret_in_a_path_that_is_missing(user: User, sample: Sample) -> None:
    sample.allow()
    sample.env.write_text(f"A_KEY={SECRET}\n")
    sample.toml.write_text(f'{TOML}[places]\nmore = {{ host = "{SECRET}", container = "/x" }}\n')
    done = user.tries("allow", "--yes", cwd=sample.root)
    assert "the container needs " in done.err
    assert SECRET not in done.err


def test_set_warns_of_a_secret_that_it_publishes(user: User, sample: Sample) -> None:
    sample.env.write_text(f"A_KEY={SECRET}\n")
    sample.allow()
    done = user.must("set", f"env.FOO={SECRET}", cwd=sample.root)
    assert "! taoshell.toml contains the value of A_KEY, a secret" in done.err
    assert SECRET not in done.out + done.err
    assert "contains the value" not in user.must("set", "NUM_GPUS=2", cwd=sample.root).err


@pytest.mark.parametrize("wrong", ['network="@"', 'shm_size="@"', 'user="@ @"', 'ipc="x@"'])
def test_the_value_of_a_secret_in_an_error(user: User, sample: Sample, wrong: str) -> None:
    sample.allow()
    sample.toml.write_text(f"{TOML}[container]\n{wrong}\n".replace("@", f"{SECRET} "))
    sample.env.write_text(f"A_KEY={SECRET}\n")
    done = [user.tries(*words, cwd=sample.root) for words in (["allow", "--yes"], ["status"], ["status", "--json"])]
    said = "".join(each.out + each.err for each in done)
    assert "••••" in said
    assert SECRET not in said


def test_the_value_before_is_hidden_too(user: User, sample: Sample) -> None:
    sample.env.write_text(f"A_KEY={SECRET}\n")
    sample.allow()
    sample.toml.write_text(f'{TOML}# {SECRET}\n[env]\nFOO = "{SECRET}"\n')
    sample.env.write_text(f"A_KEY=another-one\n# was {SECRET}\nFOO2={SECRET}\n")
    assert SECRET not in user.tries("diff", cwd=sample.root).out
    assert SECRET not in user.must("allow", "--yes", cwd=sample.root).out


def test_what_gives_the_container_something_is_shown_all_the_same(user: User, sample: Sample) -> None:
    sample.allow()
    sample.env.write_text('A_KEY=privileged\nB_KEY="privileged = true"\n')
    sample.toml.write_text(f"{TOML}[container]\nprivileged = true\n")
    assert "+privileged = true" in user.tries("diff", cwd=sample.root).out


SERVICE = f"services:\n  a:\n    image: {IMAGE}\n"
LOCAL = 'os.environ["LOCAL_PROJECT_DIR"] = "/d"\n'


def _mounts_file(more: str) -> str:
    return f'{{"Mounts": [{{"source": "/d", "destination": "/data"}}], {more}}}'


SCRIPTS = {  # each also says whether the project then has the secret
    "under another name": ("a.sh", f"KEY=@\ndocker run -e ENC=$KEY -v /d:/data {RUN}", True),
    "inside another value": ("a.sh", f"A_KEY=@\ndocker run -e URL=x:$A_KEY/h -v /d:/data {RUN}", True),
    "in a command's words": ("a.sh", f"docker run -e KEY=$(decrypt @) -e B=$(X=1 a/b @) -v /d:/data {RUN}", False),
    "in an expansion": ("a.sh", f"docker run -e KEY=${{A//x/@}} -v /d:/data {RUN}", False),
    "in an option that is misspelt": ("a.sh", f"docker run --environ=KEY=@ -v /d:/data {RUN}", False),
    "in a cell that does not parse": (
        "a.ipynb",
        notebook('import os\nos.environ["KEY"] = "@" x\n', 'import os\nos.environ["LOCAL_PROJECT_DIR"] = "/d"\n'),
        False,
    ),
    "in a script that does not parse": ("a.py", 'import os\nos.environ["KEY"] = "@\n', False),
    "in a word that does not parse": ("a.py", "import os\nf(z@=1, z@=1)\n", False),
    "in Python, under another name": (
        "a.ipynb",
        notebook('import os\nkey="@"\nos.environ["ENCRYPT"]=key\nos.environ["LOCAL_PROJECT_DIR"] = "/d"\n'),
        True,
    ),
    "in a Compose file": (
        "compose.yaml",
        f'services:\n  a:\n    image: {IMAGE}\n    environment:\n      KEY: "@"\n      ENC: "@"\n',
        True,
    ),
    "as a map in a list": ("compose.yaml", f"{SERVICE}    environment:\n      - WANDB_API_KEY: @\n", False),
    "as a map in a map": ("compose.yaml", f"{SERVICE}    environment:\n      KEY: {{A: @}}\n", False),
    "as a list in a list": ("compose.yaml", f"{SERVICE}    environment: [[@]]\n", False),
    "with a colon": ("compose.yaml", f'{SERVICE}    environment: ["KEY: @"]\n', False),
    "as a volume": ("compose.yaml", f"{SERVICE}    volumes: [KEY=@, [KEY=@], KEY=@:/data]\n", False),
    "as volumes": ("compose.yaml", f"{SERVICE}    volumes: {{KEY: @}}\n", False),
    "as a source": ("compose.yaml", f"{SERVICE}    volumes: [{{type: bind, source: KEY=@, target: /y}}]\n", False),
    "as a target": ("compose.yaml", f"{SERVICE}    volumes: [{{type: bind, source: ./e, target: KEY=@}}]\n", False),
    "as a map for a source": (
        "compose.yaml",
        f"{SERVICE}    volumes: [{{type: KEY=@, source: {{KEY: @}}, target: /y}}]\n",
        False,
    ),
    "as a port": ("compose.yaml", f"{SERVICE}    ports: [KEY=@, {{published: {{A: @}}, target: KEY=@}}]\n", False),
    "as limits": ("compose.yaml", f"{SERVICE}    ulimits: {{KEY: @, b: {{soft: {{KEY: @}}}}}}\n", False),
    "as keys": ("compose.yaml", f"{SERVICE}    KEY=@: 1\n    gpus: KEY=@\n    user: [@]\n    7: [@]\n", False),
    "as options": ("a.sh", f"docker run -e 'KEY: @' -v KEY=@ --gpus KEY=@ -p KEY=@ --KEY=@ -v /d:/data {RUN}", False),
    "as a mount": ("a.sh", f"docker run --mount type=KEY=@,source=KEY=@ --ulimit KEY=@ -v /d:/data {RUN}", False),
    "as a variable of a mounts file": ("a.json", _mounts_file('"Envs": [{"variable": "KEY: @", "value": ""}]'), False),
    "as options of a mounts file": ("a.json", _mounts_file('"DockerOptions": {"user": {"KEY": "@"}}'), False),
    "as a field of a mounts file": ("a.json", _mounts_file('"KEY=@": 1'), False),
    "as the end of a mount": ("a.json", '{"Mounts": [{"source": "/d", "destination": "KEY=@"}]}', False),
    "as the start of a mount": ("a.json", '{"Mounts": [{"source": "KEY=@", "destination": "/d"}]}', False),
    "as a name in Python": ("a.py", f'import os\nos.environ["KEY=@"]="x"\n{LOCAL}', False),
    "as a number of GPUs": ("a.py", f'import os\nos.environ["NUM_GPUS"]="KEY=@"\n{LOCAL}', False),
    "as a map in Python": ("a.py", f'import os\nos.environ["KEY"]={{"KEY": "@"}}\n{LOCAL}', False),
}


@pytest.mark.parametrize(("name", "text", "has_it"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_secret_in_a_file_that_is_read(user: User, name: str, text: str, has_it: bool) -> None:
    root = user.home / "cars"
    root.mkdir()
    (root / name).write_text(text.replace("@", SECRET))
    words = ("init", "--from", name, "--network", "dino")
    lines = [(*words, "--json"), (*words, "--dry-run"), (*words, "--yes", "--mkdir"), ("status",), ("status", "--json")]
    done = [user.tries(*line, cwd=root) for line in lines]
    assert SECRET not in "".join(each.out + each.err for each in done)
    written = [root / file for file in ("taoshell.toml", ".env") if (root / file).exists()]
    assert [file.name for file in written if SECRET in file.read_text()] == [".env"] * has_it
    if has_it:
        assert SECRET not in outputs(user, root)


def test_a_copied_secret_is_handed_to_a_container_by_name_alone(user: User, sample: Sample) -> None:
    sample.allow()
    sample.env.write_text(f"KEY={SECRET}\nENC={SECRET}\n")
    sample.toml.write_text(TOML + '[container.env]\nKEY = { from = ".env" }\nENC = { from = ".env" }\n')
    user.must("allow", "--yes", cwd=sample.root)
    for name in ("docker", "compose", "notebook-cell"):
        assert SECRET not in user.must("export", name, cwd=sample.root).out
    found = json.loads(user.must("status", "--json", cwd=sample.root).out)
    assert found["container"]["variables"] == {"KEY": "••••", "ENC": "••••"}


def test_the_key_of_nvidias_samples_makes_nothing_secret(user: User, sample: Sample) -> None:
    sample.allow()
    sample.env.write_text("KEY=tlt_encode\nENC=tlt_encode\n")
    user.must("allow", "--yes", cwd=sample.root)
    assert json.loads(user.must("status", "--json", cwd=sample.root).out)["variables"]["ENC"] == "tlt_encode"


def test_a_character_that_turns_the_text_is_escaped_in_json(user: User) -> None:
    root = user.home / "cars"
    root.mkdir()
    (root / "a.sh").write_text(f"docker run -e A=x\u202ey -v /d:/data {RUN}")
    out = user.must("init", "--from", "a.sh", "--json", cwd=root).out
    assert "\u202e" not in out
    assert json.loads(out)["container_variables"] == {"A": "x\u202ey"}


WORDS = st.text("abcdefghjkmnpqrsuvwxyzABCDEFG0123456789", min_size=8, max_size=20).map(lambda word: f"z{word}9")
AROUND = Surroundings("/work/cars", "/home/ann", "ann", 1000, 1000, {"HOME": "/home/ann"})


@given(st.sampled_from([*IN_TOML.values()]), WORDS)
def test_no_secret_is_in_what_is_shown_of_a_toml(slip: str, secret: str) -> None:
    assert secret not in masked("taoshell.toml", (TOML + slip).replace("@", secret))


@given(st.sampled_from([*IN_ENV.values()]), WORDS)
def test_no_secret_is_in_what_is_shown_of_a_dotenv(slip: str, secret: str) -> None:
    assert secret not in masked(".env", ENV + slip.replace("@", secret))


@given(st.sampled_from([*SCRIPTS.values()]), WORDS)
def test_no_secret_is_in_what_a_reader_says(script: tuple[str, str, bool], secret: str) -> None:
    name, text, _ = script
    try:
        said = json.dumps(recognise.read(text.replace("@", secret), name, AROUND, {}).document())
    except TaoshellError as error:
        said = str(error)
    assert secret not in said
