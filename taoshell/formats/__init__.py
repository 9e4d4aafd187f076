"""Other programs' formats: each file reads and writes one format. Pure."""
