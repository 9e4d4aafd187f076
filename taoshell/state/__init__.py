"""~/.local/state/taoshell: what it contains, and how it is written."""
