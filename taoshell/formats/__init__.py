"""Other programs' formats, one file for each; `merge` puts what was read into a project. Pure."""
