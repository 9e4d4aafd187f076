"""The networks that TAO trains. taoshell recognises them in the name of a folder.

Sources: the tasks of `tao model --help` and `tao dataset --help`, launchers 0.1.21 to 6.26.3
(nvidia_tao_cli/config/config.json); the folders of NVIDIA's TAO tutorials; the documentation of TAO 7.
"""

from __future__ import annotations

import re

from taoshell.errors import TaoshellError

_TASKS = """
action_recognition bevfusion bpnet centerpose classification_pyt classification_tf1 classification_tf2 clip codetr
cosmos-embed cosmos-embed1 cosmos-reason deformable_detr depth_net depth_net_mono depth_net_stereo detectnet_v2 dino
dinov3 dssd efficientdet_tf1 efficientdet_tf2 emotionnet faster_rcnn fpenet gazenet gesturenet grounding_dino
heartratenet lprnet mae mal mask2former mask_grounding_dino mask_rcnn ml_recog multitask_classification nvdinov2
nvpanoptix3d ocdnet ocrnet oneformer optical_inspection pointpillars pose_classification re_identification retinanet
rtdetr segformer sparse4d ssd stylegan_xl unet video-clip visual-changenet visual_changenet yolo_v3 yolo_v4
yolo_v4_tiny
"""
NAMES = tuple(_TASKS.split())
FORMER = ("classification", "converter", "efficientdet")  # tasks of launcher 0.1.21 that were named anew since
DATA_SERVICES = ("analytics", "annotations", "augmentation", "auto_label", "skin_tone")
_FAMILIES = ("nv_tesseract_",)  # beginnings of names

# Folders of the tutorials whose names are not their networks.
_FOLDERS = {
    "byom_voc": "classification_tf2",
    "tao_voc": "classification_tf2",
    "metric_learning_recognition": "ml_recog",
    "retail_object_recognition": "ml_recog",
    "retail_object_detection": "dino",
}


def guess(folder: str) -> str | None:
    """Return the longest network name that `folder` contains as whole words; None if there is none.

    >>> guess("My-YOLO_v4-tiny (night)"), guess("cosmos_embed1")
    ('yolo_v4_tiny', 'cosmos-embed1')
    """
    words = f"_{_words(folder)}_"
    # of two names with the same words, the one with underscores counts: it is the older one
    known = {_words(name): name for name in NAMES} | _FOLDERS
    found = [name for name in known if f"_{name}_" in words]
    return known[max(found, key=len)] if found else None


def near(network: str) -> list[str]:
    """Return the known networks that `network` seems to misspell, the nearest first; none if it is known itself.

    >>> near("detectnet"), near("classification"), near("dino"), near("my_own_net")
    (['detectnet_v2'], ['classification_tf2', 'classification_tf1', 'classification_pyt'], [], [])
    """
    known = (*NAMES, *DATA_SERVICES)
    if not network or network in known or network.startswith(_FAMILIES):
        return []
    if network.lower() in known:
        return [network.lower()]
    from difflib import get_close_matches  # only when needed: taoshell knows most networks

    return get_close_matches(network.lower(), known, 3, cutoff=0.8)


def question(network: str) -> str:
    """Return a line that says that `network` is not known, and asks if another one was meant; "" if none is near."""
    names = " or ".join(near(network))
    return f'network "{network}" is not one that taoshell knows; did you mean {names}?' if names else ""


def require_meant(network: str, cure: str) -> None:
    """Raise TaoshellError if `network` looks misspelt. The `cure` says how to use it all the same."""
    if network not in FORMER and (asked := question(network)):
        cause, _, meant = asked.partition("; ")
        raise TaoshellError(cause, f"{meant} {cure}")


def _words(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower())
