"""The words of NVIDIA's specs: fields that hold paths, fields that a task writes, and values that are placeholders."""

from __future__ import annotations

import re

FOLDERS = ("workspace", "data", "specs", "results", "model")  # the first folders of the paths in NVIDIA's specs
EXAMPLES = "/workspace/examples"  # a folder of the older images, with files that specs of bpnet name
_NAMES = "dir|directory|path|file|folder|root|checkpoint|ckpt|weights|model|engine|map|list|cache|csv|json|data|urls"
_INDEX = r"(?:\[\d+\])*$"
_PATH = re.compile(rf"(?:^|[._])(?:{_NAMES})s?{_INDEX}", re.IGNORECASE)
_OUTPUT = re.compile(
    r"(?:^|[._])(?:results?_dir|out|output\w*|\w*_out|\w+_output_dir|vis_dir|\w+_dump_path|onnx_file|trt_engine"
    rf"|engine_file|cal_cache_file|cal_data_file|cache_file|log_dir|checkpoint_dir){_INDEX}"
)
_RESULTS = re.compile(r"(?:^|\.)(?:results_dir|output_dir)$")
_PLACEHOLDER = re.compile(r"FIXME|(?:^|/)path/to(?:/|$)|^[A-Z]+DIR(?:/|$)|^/?<[^<>]+>|/<[^<>]+>(?:/|$)")


def is_path(field: str) -> bool:
    """Whether the name of a field says that it holds a path."""
    return _PATH.search(field) is not None or is_output(field)


def is_output(field: str) -> bool:
    """Whether a field holds a path that the task writes, which need not exist before."""
    return _OUTPUT.search(field) is not None


def is_folder_of_results(field: str) -> bool:
    return _RESULTS.search(field) is not None


def is_placeholder(value: str) -> bool:
    """Whether a path is one that the user has to replace, as in NVIDIA's notebooks and specs."""
    return _PLACEHOLDER.search(value) is not None
