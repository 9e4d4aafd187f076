"""Pure: one file a format, reading and writing side by side."""
