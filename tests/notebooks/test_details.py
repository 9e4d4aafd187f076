"""What a newcomer's files said, and `init --from` once lost or told wrongly."""

from __future__ import annotations

import json

import pytest

from taoshell.errors import TaoshellError
from taoshell.formats import mounts_file, recognise
from taoshell.formats.imported import Imported
from taoshell.formats.surroundings import Surroundings
from taoshell.project.build import build
from taoshell.project.model import Mount, Project
from taoshell.text import dotenv, merge
from taoshell.text.setting import Texts
from tests.notebooks.forms import notebook
from tests.support.definitions import ROOT, machine

AROUND = Surroundings(ROOT, "/home/ann", "ann", 1000, 100, {"HOME": "/home/ann"})
IMAGE = "nvcr.io/nvidia/tao/tao-toolkit:6.26.3-pyt"
EXPERIMENTS = "/workspace/tao-experiments"


def read(text: str, name: str) -> Imported:
    return recognise.read(text, name, AROUND, {})


def project(found: Imported) -> Project:
    first = Texts(f'layout = "{found.layout or "classic"}"\nnetwork = "dino"\n', "")
    texts = merge.first(first, found, ROOT, "x", machine()).texts
    lines = dotenv.parse(texts.env, ".env").exported
    return build(ROOT, texts.toml, f"{ROOT}/taoshell.toml", lines, machine()).require()


# -- the cell of the first training command ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["LOCAL_DATA_DIR", "DATA"])
def test_what_the_training_cell_sets_above_the_command(name: str) -> None:
    run = f"!docker run --rm -v ${name}:/data {IMAGE} unet train"
    found = read(notebook(f"%env {name}=/home/nora/kitti\n{run}"), "unet.ipynb")
    assert found.mapping.mounts == (Mount("/home/nora/kitti", "/data"),)
    assert found.variables[name] == "/home/nora/kitti"


def test_what_the_training_cell_sets_below_the_command_is_left_out() -> None:
    found = read(notebook("%env LOCAL_DATA_DIR=/a\n!tao unet train\n%env LOCAL_DATA_DIR=/b"), "unet.ipynb")
    assert found.variables == {"LOCAL_DATA_DIR": "/a"}


def test_a_training_command_in_a_block_has_no_lines_above() -> None:
    """Half of a block is no Python."""
    cells = notebook("%env LOCAL_DATA_DIR=/a", "for n in range(2):\n    print(n)\n    !tao unet train")
    assert not any("not valid" in note for note in read(cells, "unet.ipynb").notes)


def test_an_error_names_the_cell() -> None:
    with pytest.raises(TaoshellError) as error:
        read(notebook("x = 1", f"\n!docker run -v $MINE:/data {IMAGE} unet train"), "unet.ipynb")
    assert str(error.value.where) == "unet.ipynb, code cell 2:2"
    assert error.value.cause == "a mount is not known: MINE is not set in this file"


# -- the layout ------------------------------------------------------------------------------------------


def mounts(*ends: str) -> str:
    return json.dumps({"Mounts": [{"source": f"/mnt{end}", "destination": end} for end in ends]})


def test_the_layout_is_that_of_most_container_paths() -> None:
    ends = [f"{EXPERIMENTS}/{name}" for name in ("data", "dino", "dino/specs")] + ["/model"]
    found = read(mounts(*ends), "mounts.json")
    assert found.layout == "classic"
    names = {place.name: place.container for place in project(found).places if place.is_mounted}
    assert (names["data"], names["specs"], names["model"]) == (ends[0], ends[2], "/model")


@pytest.mark.parametrize(
    ("ends", "layout"),
    [
        ((EXPERIMENTS, "/data"), "host"),
        ((EXPERIMENTS, "/data", "/specs"), "host"),
        ((EXPERIMENTS,), "classic"),
        (("/elsewhere",), ""),
    ],
)
def test_which_layout(ends: tuple[str, ...], layout: str) -> None:
    assert mounts_file.layout_of(Mount("/x", end) for end in ends) == layout


def test_a_mount_at_model_is_the_place_of_layout_host() -> None:
    made = project(read(mounts("/data", "/specs", "/results", "/model"), "mounts.json"))
    assert made.variables["HOST_MODEL_DIR"] == "/mnt/model"
    assert made.variables["MODEL_DIR"] == "/model"
    assert {place.name for place in made.places} == {"project", "data", "specs", "results", "model"}


# -- a mounts file that a command writes ----------------------------------------------------------------------

MAP = mounts("/data")
WRITERS = [
    f"!echo '{MAP}' > ~/.tao_mounts.json",
    f"%%bash\ncat > ~/.tao_mounts.json <<'EOF'\n{MAP}\nEOF",
    f"%%bash\ncat <<'EOF' > $HOME/.tao_mounts.json\n{MAP}\nEOF",
]


@pytest.mark.parametrize("cell", WRITERS)
def test_a_command_writes_the_mounts_file(cell: str) -> None:
    assert read(notebook(cell), "a.ipynb").mapping.mounts == (Mount("/mnt/data", "/data"),)


@pytest.mark.parametrize(
    "cell",
    ["!cp mine.json ~/.tao_mounts.json", '!echo "$MAP" > ~/.tao_mounts.json', "!jq . m | tee ~/.tao_mounts.json"],
)
def test_a_command_writes_a_mounts_file_that_is_not_known(cell: str) -> None:
    with pytest.raises(TaoshellError, match="this command writes the mounts file"):
        read(notebook("%env LOCAL_DATA_DIR=/a", cell), "a.ipynb")


# -- containers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["${WANDB_API_KEY}", "$WANDB_API_KEY", "${WANDB_API_KEY:-}"])
@pytest.mark.parametrize("form", ["- WANDB_API_KEY={}", "WANDB_API_KEY: {}"])
def test_compose_passes_a_variable_of_the_shell_on(form: str, value: str) -> None:
    text = f"services:\n  t:\n    image: {IMAGE}\n    environment:\n      {form.format(value)}\n"
    found = read(text, "compose.yaml")
    assert (found.passed, found.doubts) == (("WANDB_API_KEY",), ())


def test_compose_names_the_variable_and_its_line() -> None:
    text = f"services:\n  t:\n    image: {IMAGE}\n    environment:\n      - A=1\n      - MODE=${{OTHER}}\n"
    assert [str(doubt) for doubt in read(text, "compose.yaml").doubts] == [
        "compose.yaml:6: MODE in the container is not known: OTHER is not set in this file"
    ]


@pytest.mark.parametrize("line", ["KEY=nvidia_tlt\ndocker run -e KEY=$KEY", "docker run -e KEY=nvidia_tlt"])
def test_the_key_of_a_script(line: str) -> None:
    assert read(f"{line} -v /d:/data {IMAGE} unet\n", "train.sh").variables["KEY"] == "nvidia_tlt"


def test_the_image_of_a_script_is_its_argument() -> None:
    doubts = read('docker run -v /d:/data "$@"\n', "train.sh").doubts
    assert [str(doubt) for doubt in doubts] == ["train.sh:1: the image is not known: it is an argument of the script"]


# -- placeholders ---------------------------------------------------------------------------------------------

STANDS_FOR = {
    "WANDB_API_KEY": (
        "WANDB_LOGIN_API_KEY",
        "YOUR_KEY",
        "your-wandb-key",
        "<wandb_key>",
        "CHANGE_ME",
        "TODO",
        "FIXME4.2",
    ),
    "URL_IMAGES": ("KITTI_IMAGES_DOWNLOAD_URL", "<url>"),
    "URL_DATASET": ("LEVIR_DOWNLOAD_URL", "URL_DATASET"),
    "KEY": ("NGC_API_KEY", "YOUR_KEY"),
    "HF_TOKEN": ("HUGGING_FACE_TOKEN", "<your token>"),
    "OMNI_PASS": ("YOUR_OWN_OMNI_PASSWORD",),
    "DATA_ROOT": (
        "KITTI_ROOT",
        "/<PATH_TO_DATASET>/train",
        "/home/your_name/data",
        "/home/<you>/data",
        "/path/to/data",
    ),
    "WANDB_PROJECT": ("MY_WANDB_PROJECT",),
}
REAL = {
    "KEY": ("nvidia_tlt", "tlt_encode", "A1B2C3", "TLT_ENCODE", "MODEL_KEY_2"),
    "LOG_LEVEL": ("DEBUG", "INFO", "LOG_LEVEL_DEBUG"),
    "DEBUG": ("DEBUG", "TRUE"),
    "NCCL_P2P_LEVEL": ("NVL", "PHB"),
    "CUDA_DEVICE_ORDER": ("PCI_BUS_ID",),
    "CUDA_MODULE_LOADING": ("LAZY",),
    "MODE": ("TRAIN_MODE",),
    "DATA_DIR": ("/data/prefixmesh", "/DATA_DIR", "/home/yourself/data", "/data/<", "data_dir"),
    "NAME": ("todo_list", "replace_metal"),
}


@pytest.mark.parametrize("name", STANDS_FOR)
def test_a_placeholder_is_asked(name: str) -> None:
    for value in STANDS_FOR[name]:
        found = read(notebook("%env LOCAL_PROJECT_DIR=/a", f"%env {name}={value}"), "a.ipynb")
        assert [(asked.name, asked.written) for asked in found.questions] == [(name, value)]
        assert found.variables.get(name) != value
        script = read(f'export {name}="{value}"\ndocker run -v /a:/a -e {name} ours', "a.sh")
        assert [asked.written for asked in script.questions] == [value]
        assert script.mapping.variables.get(name) != value


@pytest.mark.parametrize("name", REAL)
def test_a_real_value_is_no_placeholder(name: str) -> None:
    for value in REAL[name]:
        found = read(notebook("%env LOCAL_PROJECT_DIR=/a", f"%env {name}={value}"), "a.ipynb")
        assert (found.questions, found.variables[name]) == ((), value)


def test_a_variable_of_the_code_may_hold_the_name_of_another() -> None:
    cell = 'import os\nos.environ["LOCAL_PROJECT_DIR"] = "/a"\nkey = "WANDB_API_KEY"\nos.environ[key] = "abc"'
    found = read(notebook(cell), "a.ipynb")
    assert (found.questions, found.variables["WANDB_API_KEY"]) == ((), "abc")


IN_CONTAINER = {
    "a.json": '{"Mounts": [{"source": "/a", "destination": "/a"}], "Envs": [{"variable": "T_KEY", "value": "FIXME"}]}',
    "a.sh": "docker run -v /a:/a -e T_KEY=FIXME ours",
    "a.yaml": "services:\n  t:\n    image: ours\n    volumes: ['/a:/a']\n    environment:\n      T_KEY: FIXME\n",
}


@pytest.mark.parametrize("name", IN_CONTAINER)
def test_a_placeholder_in_the_container_is_asked(name: str) -> None:
    found = read(IN_CONTAINER[name], name)
    assert [(asked.name, asked.written) for asked in found.questions] == [("T_KEY", "FIXME")]
    assert "T_KEY" not in found.mapping.variables
    assert [doubt.name for doubt in found.doubts] == ["T_KEY in the container"]
    found = recognise.read(IN_CONTAINER[name], name, AROUND, {"T_KEY": "abc"})
    assert found.mapping.variables["T_KEY"] == "abc"
    assert found.doubts == ()


# -- a place that the file does not mount ---------------------------------------------------------------------


ONE_MOUNT = f'''
import json
json.dump({{"Mounts": [{{"source": "{ROOT}", "destination": "/tao-pt"}}]}}, open("tao_mounts.json", "w"))
'''
PLACES = {  # the variables of a file that mounts only the project: the container's side, and what is said
    f"%env HOST_MODEL_DIR={ROOT}/model": ("MODEL_DIR", "/tao-pt/model", []),
    f"%env HOST_DATA_DIR={ROOT}/data\n%env HOST_MODEL_DIR=/mnt/model": ("DATA_DIR", "/tao-pt/data", ["model"]),
    f"%env HOST_SPECS_DIR={ROOT}/a/specs": ("SPECS_DIR", "/tao-pt/a/specs", []),
    "%env RESULTS_DIR=/tao-pt/out": ("RESULTS_DIR", "/tao-pt/out", []),
    "%env MODEL_DIR=/model\n%env HOST_DATA_DIR=/d": (
        "MODEL_DIR",
        "/model",
        ["data", "MODEL_DIR is /model, where the container"],
    ),
}


@pytest.mark.parametrize("cell", PLACES)
def test_a_place_in_another_mount_has_the_path_that_it_has_there(cell: str) -> None:
    name, path, said = PLACES[cell]
    found = read(notebook(f"%env HOST_RESULTS_DIR={ROOT}/out\n{cell}", ONE_MOUNT), "a.ipynb")
    first = Texts('layout = "host"\nnetwork = "dino"\n', "")
    taken = merge.first(first, found, ROOT, "a.ipynb", machine())
    lines = dotenv.parse(taken.texts.env, ".env").exported
    made = build(ROOT, taken.texts.toml, f"{ROOT}/taoshell.toml", lines, machine()).require()
    assert made.variables[name] == path
    assert made.mapping.mounts == (Mount(ROOT, "/tao-pt"),)
    assert len(taken.to_say) == len(said)
    assert all(word in line for word, line in zip(said, taken.to_say, strict=True))


@pytest.mark.parametrize(
    ("around", "is_asked"),
    [
        (AROUND, True),
        (AROUND._replace(exists=lambda path: path == EXPERIMENTS), False),
        (AROUND._replace(folder=f"{EXPERIMENTS}/dino"), False),
    ],
)
def test_a_project_folder_in_the_container(around: Surroundings, is_asked: bool) -> None:
    """A notebook that runs in the container has the container's own paths on both sides."""
    cell = f"%env LOCAL_PROJECT_DIR={EXPERIMENTS}/\n%env USER_EXPERIMENT_DIR={EXPERIMENTS}/dino"
    for text, name in (
        (notebook(cell), "a.ipynb"),
        (f"LOCAL_PROJECT_DIR={EXPERIMENTS}\ndocker run -v /a:/a o", "a.sh"),
    ):
        found = recognise.read(text, name, around, {})
        assert [asked.name for asked in found.questions] == ["LOCAL_PROJECT_DIR"] * is_asked


# -- the first training command -------------------------------------------------------------------------------

TRAINS = [
    *(
        "!tao model dino distill -e a.yaml",
        "!tao unet retrain",
        "%%bash\ntao model dino train -e a.yaml",
        "!tao dino train",
    ),
    *('import os\nos.system("tao model dino train -e a.yaml")', "import subprocess\nsubprocess.run('tao dino train')"),
    *("%%sh\necho\ntao dino \\\n  train", "!docker run ours dino train -e /a", "!tao model dino \\\n  train"),
]
TRAINS_NOT = [
    *(
        "!tao model dino prune -e train.yaml",
        "!tao dataset convert -o /data/train",
        "!tao dino evaluate -e specs/train.yaml",
    ),
    *("!tao model dino quantize", "!echo train", "%%bash\nls train", "# !tao dino train", "!tao dino export --train=1"),
    *(
        'import os\nos.system("ls train")',
        "print('tao dino train')",
        "!tao model dino evaluate -e $A/train-1.txt",
    ),
]


@pytest.mark.parametrize("cell", [*TRAINS, *TRAINS_NOT])
def test_the_cells_after_the_first_training_are_left_out(cell: str) -> None:
    found = read(notebook("%env LOCAL_DATA_DIR=/a", cell, "%env AFTER=1"), "a.ipynb")
    assert ("AFTER" in found.variables) is (cell in TRAINS_NOT)
    assert found.variables["LOCAL_DATA_DIR"] == "/a"


def test_a_form_for_colab() -> None:
    cell = 'import os\nos.environ["KEY"] = "k" #@param\nos.environ["NUM_GPUS"] = "1"\nD = "/content/ssd" #@param\n'
    cell += 'os.environ["DATA_DIR"] = D\nos.environ["SPECS_DIR"] = "/content/specs"'
    found = read(notebook(cell, "!tao ssd train -e $SPECS_DIR/a.txt -r $USER_EXPERIMENT_DIR"), "a.ipynb")
    assert (found.network, len(found.variables)) == ("ssd", 4)
    assert project(found).variables["SPECS_DIR"] == "/content/specs"


# -- where a variable is set that is left out -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["PATH", "HOME", "LD_PRELOAD", "NUM_GPUS"])
def test_what_is_left_out_is_named_with_its_cell(name: str) -> None:
    found = read(notebook("import os", f"%env LOCAL_DATA_DIR=/a\n%env {name}=x"), "a.ipynb")
    taken = merge.first(Texts('layout = "classic"\nnetwork = "dino"\n', ""), found, ROOT, "a.ipynb", machine())
    assert [line.partition(" is left out: ")[0] for line in taken.to_say] == [f"a.ipynb, code cell 2:2: {name}"]
