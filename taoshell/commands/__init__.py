"""One file per command; `taoshell.cli` imports a command only when it is called.

GROUPS is what `taoshell --help`, completion and the man page list: each command in its group of docs/commands.md, with
the first sentence of its own help. A test compares them. A new command is one line here.
"""

from __future__ import annotations

GROUPS = {
    "Projects": {
        "init": "Make a folder a TAO project, approve it and show it.",
        "allow": "Approve a project exactly as it is now.",
        "deny": "Withdraw every approval of a project.",
        "diff": "Show what has changed since you approved a project.",
        "status": "Show a project, and whether it is approved and loaded.",
        "list": "List the projects that you have approved, and their state.",
        "prune": "Forget the projects whose folders are gone.",
    },
    "Values": {
        "set": "Change settings, check them, show them and approve them.",
        "unset": "Take settings out of a project, and approve the result.",
        "edit": "Edit a project, see what changes, and approve it.",
        "reload": "Compile this project again, and enter it anew in this shell.",
        "export": "Print a project's variables for a shell or a program.",
        "exec": "Run one command inside an approved project.",
        "path": "Translate paths between this machine and the container.",
        "config": "Show your defaults for new projects, and where each comes from.",
    },
    "Containers": {
        "try": "Prove a project's mounts in a container, before any training.",
        "run": "Run a TAO command in the project's container, on this machine.",
        "jobs": "List the containers that taoshell started.",
        "logs": "Print what a container has written.",
        "stop": "End a container that taoshell started.",
    },
    "The mounts file": {
        "mounts": "Show who holds the mounts file, and all its backups.",
        "adopt": "Take over a mounts file that another program wrote.",
    },
    "The shell": {
        "install": "Load the hook in every new shell.",
        "uninstall": "Remove the hook from all shells.",
        "hook": "Print the hook, for a start file that you edit yourself.",
        "off": "Leave the project, and do nothing more in this shell.",
        "on": "Act in this shell again, after `off`.",
    },
}
SUMMARIES = {name: summary for group in GROUPS.values() for name, summary in group.items()}
COMMANDS = tuple(SUMMARIES)

# What git, direnv, mise and shells call such a command. The error for such a word names ours.
OTHER_NAMES = {
    "activate": "on",
    "approve": "allow",
    "block": "deny",
    "create": "init",
    "deactivate": "off",
    "disallow": "deny",
    "env": "export",
    "grant": "allow",
    "info": "status",
    "ls": "list",
    "new": "init",
    "permit": "allow",
    "remove": "unset",
    "revoke": "deny",
    "rm": "unset",
    "setup": "install",
    "show": "status",
    "translate": "path",
    "trust": "allow",
    "untrust": "deny",
}
