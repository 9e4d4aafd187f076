"""What taoshell costs at a prompt, at a switch and at a shell's start, beside direnv and mise: `make bench`."""
