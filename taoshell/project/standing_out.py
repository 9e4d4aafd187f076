"""x"""

from taoshell.project.machine import Machine
from taoshell.project.model import Project


def what_stands_out(project: Project, machine: Machine) -> list[str]:
    return [k for k in project.mapping.options if k == "privileged"]
