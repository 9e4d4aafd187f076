"""The engines that taoshell can use. A module of its own, as `taoshell run` must import little."""

ENGINES = ("docker", "podman", "compose")
