"""taoshell: `cd` into a TAO project, and its variables and container mounts are right."""

__version__ = "0.1.0"
