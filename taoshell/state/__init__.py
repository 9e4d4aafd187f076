"""~/.local/state/taoshell: what is kept there, and the only ways to write it."""
