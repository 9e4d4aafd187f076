"""One file per command; `taoshell.cli` imports a command only when it is called."""
