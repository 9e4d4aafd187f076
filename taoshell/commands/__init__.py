"""One file a command; `taoshell.cli` loads each only when it is called."""
