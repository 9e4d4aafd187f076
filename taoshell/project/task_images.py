"""The image of each task, for machines without TAO's launcher. Pure.

Source: nvidia_tao_cli/config/config.json of the launcher 6.26.3, which has the date 2026-03-20.
"""

from __future__ import annotations

from collections.abc import Mapping

DATE = "2026-03-20"
_IMAGE = "nvcr.io/nvidia/tao/tao-toolkit"
_TASKS: dict[str, dict[str, str]] = {
    "model": {
        "6.0.0-tf2": "classification_tf2 efficientdet_tf2",
        "5.5.0-pyt": "bevfusion",
        "5.0.0-tf1.15.5": """
            bpnet classification_tf1 converter detectnet_v2 dssd efficientdet_tf1 faster_rcnn fpenet lprnet
            mask_rcnn multitask_classification retinanet ssd unet yolo_v3 yolo_v4 yolo_v4_tiny
        """,
        "6.26.3-pyt": """
            action_recognition centerpose classification_pyt clip deformable_detr dino depth_net grounding_dino
            mask_grounding_dino mask2former mal mae ml_recog nvdinov2 ocdnet ocrnet optical_inspection oneformer
            pointpillars pose_classification re_identification rtdetr segformer stylegan_xl visual_changenet
            sparse4d nvpanoptix3d
        """,
        "6.26.3-cosmos-embed": "cosmos-embed1",
    },
    "dataset": {
        "6.26.3-data-services": "augmentation auto_label annotations analytics skin_tone",
    },
    "deploy": {
        "6.26.3-deploy": """
            centerpose classification_pyt classification_tf1 classification_tf2 clip deformable_detr
            detectnet_v2 depth_net dino dssd efficientdet_tf1 efficientdet_tf2 faster_rcnn grounding_dino lprnet
            mask2former mask_grounding_dino mask_rcnn mae model_agnostic ml_recog multitask_classification
            ocdnet ocrnet optical_inspection oneformer retinanet rtdetr segformer ssd trtexec unet
            visual_changenet yolo_v3 yolo_v4 yolo_v4_tiny
        """,
    },
}

Table = Mapping[str, Mapping[str, str]]
"""For each kind of command, the image of each task."""


def own_table() -> Table:
    """Return taoshell's own table.

    >>> own_table()["deploy"]["dino"]
    'nvcr.io/nvidia/tao/tao-toolkit:6.26.3-deploy'
    """
    return {
        kind: {task: f"{_IMAGE}:{tag}" for tag, tasks in tags.items() for task in tasks.split()}
        for kind, tags in _TASKS.items()
    }


def table_of_launcher(data: object) -> Table | None:
    """Return the table in a config.json of TAO's launcher, as JSON data; None if it is not like one."""
    groups = _table(_table(data).get("task_group"))
    found: dict[str, dict[str, str]] = {}
    for kind, group in groups.items():
        for image, tags in _table(_table(group).get("dockers")).items():
            for tag, entry in _table(tags).items():
                registry, tasks = _table(entry).get("docker_registry"), _table(entry).get("tasks")
                names = tasks if isinstance(tasks, list) and isinstance(registry, str) else []
                found.setdefault(kind, {}).update({str(task): f"{registry}/{image}:{tag}" for task in names})
    return found or None


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
