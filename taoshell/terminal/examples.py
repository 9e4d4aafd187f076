"""The examples in the help and the man page: for each command, lines to type and what they are for.

A test reads each line as the command itself would.
"""

from __future__ import annotations

EXAMPLES: dict[str, dict[str, str]] = {
    "taoshell": {
        "taoshell install": "once: every new shell loads the hook",
        "taoshell init --network dino": "once in each project",
        "taoshell status": "what applies here, and why",
        "taoshell allow": "see a colleague's project, and approve it",
    },
    "taoshell init": {
        "taoshell init --network detectnet_v2": "DetectNet_v2, in this folder",
        "taoshell init --layout host ~/roads": "another folder, HOST_… variables",
        "taoshell init --from cars.ipynb": "as the notebook sets it up",
        "taoshell init --yes --key-stdin <key.txt": "in a script, without a question",
    },
    "taoshell allow": {
        "taoshell allow": "the project here: shows it, and asks",
        "taoshell allow --yes ~/cars": "in a script",
    },
    "taoshell diff": {
        "taoshell diff && echo unchanged": "0 if nothing changed and nothing is wrong",
    },
    "taoshell status": {
        "taoshell status": "the project here",
        "taoshell status --json ~/cars": "another project, for a program",
    },
    "taoshell set": {
        "taoshell set NUM_GPUS=4": "for you alone, in .env",
        "taoshell set LOCAL_DATA_DIR=/mnt/kitti": "your data are on another disk",
        "taoshell set container.shm_size=16G": "for everybody, in taoshell.toml",
        "taoshell set KEY": "asks for it, and does not show it",
    },
    "taoshell unset": {
        "taoshell unset LOCAL_DATA_DIR": "the place `data` is the layout's again",
        "taoshell unset places.cache": "the place is gone, with all its settings",
    },
    "taoshell edit": {
        "taoshell edit": "taoshell.toml, for everybody",
        "taoshell edit --env": ".env, your own values",
    },
    "taoshell export": {
        'eval "$(taoshell export bash)"': "set the variables in a script",
        "taoshell export json ~/cars": "for a program",
        "taoshell export docker >train.sh": "a script with docker run",
    },
    "taoshell exec": {
        "taoshell exec -- tao model dino train": "in the project here",
        "taoshell exec ~/cars -- make train": "in another project, for cron or CI",
    },
    "taoshell path": {
        "taoshell path data/train": "what the container calls it",
        "taoshell path /data/train": "where it is on this machine",
        "ls data/*.tfrecord | taoshell path -": "many, one on each line",
        "taoshell path --rewrite specs/train.yaml": "paths of this machine become the container's",
    },
    "taoshell try": {
        "taoshell try": "the project here",
        "taoshell try -e specs/train.yaml": "every path in this spec too",
    },
    "taoshell run": {
        "taoshell run dino train -e /specs/train.yaml": "on this machine, until it ends",
        "taoshell run --detach --gpus 0,1 dino train": "in the background, on two GPUs",
        "taoshell run --on podman deploy dino trtexec": "another engine, another image",
        "taoshell run --dry-run dino train": "the line that would run",
        "taoshell run --shell": "look around in the container",
    },
    "taoshell jobs": {
        "taoshell jobs": "all of them, the newest first",
    },
    "taoshell logs": {
        "taoshell logs -f cars-dino-train-3f2a": "go on until it ends",
    },
    "taoshell stop": {
        "taoshell stop cars-dino-train-3f2a": "end it, and keep its log",
        "taoshell stop --remove cars-dino-train-3f2a": "and forget it",
    },
    "taoshell mounts": {
        "taoshell mounts": "who holds ~/.tao_mounts.json now",
        "taoshell mounts release": "give the file back to you",
    },
    "taoshell adopt": {
        "taoshell adopt": "what a notebook wrote last, or else your own mapping",
        "taoshell adopt old_mounts.json": "any file that init --from reads",
    },
    "taoshell install": {
        "taoshell install": "for the shell you run it in",
        "taoshell install zsh --dry-run": "only show what would change",
        "taoshell install jupyter": "notebooks load the project of their folder",
    },
    "taoshell hook": {
        'eval "$(taoshell hook bash)"': "a line for ~/.bashrc",
        'eval "$(taoshell hook zsh)"': "a line for ~/.zshrc",
        "taoshell hook fish | source": "a line for its start file",
    },
}
