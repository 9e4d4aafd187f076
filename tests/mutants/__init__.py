"""Mutants of the shell's scripts: copies of taoshell, each with one broken line, and the tests that find them.

`mutants` has the lists of each part, `trial` runs the tests of one, and `page` writes docs/reports/mutants.md
from a complete run (`make mutants`).
"""
