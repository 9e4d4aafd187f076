"""Pure: from the text of a project's two files to the project, or to all of its problems."""
