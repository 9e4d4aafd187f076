"""What commands and hooks do, without click. A file has the name of its command, or of what several share."""
