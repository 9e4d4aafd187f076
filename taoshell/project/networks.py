"""The networks that TAO trains. taoshell recognises them in the name of a folder.

Source: the tasks of `tao model --help`, launchers 0.1.21 to 6.26.3 (nvidia_tao_cli/config/config.json).
"""

from __future__ import annotations

import re

_TASKS = """
action_recognition bevfusion bpnet centerpose classification_pyt classification_tf1 classification_tf2 clip
deformable_detr depth_net detectnet_v2 dino dssd efficientdet_tf1 efficientdet_tf2 emotionnet faster_rcnn fpenet
gazenet gesturenet grounding_dino heartratenet lprnet mae mal mask2former mask_grounding_dino mask_rcnn ml_recog
multitask_classification nvdinov2 nvpanoptix3d ocdnet ocrnet oneformer optical_inspection pointpillars
pose_classification re_identification retinanet rtdetr segformer sparse4d ssd stylegan_xl unet visual_changenet
yolo_v3 yolo_v4 yolo_v4_tiny
"""
NAMES = tuple(_TASKS.split())


def guess(folder: str) -> str | None:
    """Return the longest network name that `folder` contains as whole words; None if there is none.

    >>> guess("My-YOLO_v4-tiny (night)")
    'yolo_v4_tiny'
    """
    words = "_" + re.sub(r"[^a-z0-9]+", "_", folder.lower()) + "_"
    found = [name for name in NAMES if f"_{name}_" in words]
    return max(found, key=len, default=None)
