"""Build a project from the text of its two files, or report all of its problems. Pure."""
