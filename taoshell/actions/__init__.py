"""What commands and hooks do. No click in here; a file has the name of its command."""
