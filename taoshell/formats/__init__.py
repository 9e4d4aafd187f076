"""Other programs' formats, one file for each. Pure."""
