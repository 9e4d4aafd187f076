"""Two sample projects, made from nothing, in real shells: `make demo`."""
