"""Writes the pages that users read in a terminal: the help of each command, and the man pages."""
