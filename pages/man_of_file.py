"""taoshell.toml(5): the two files of a project, from docs/project.md."""

from __future__ import annotations

import re

from pages import roff

_SUMMARY = "what a TAO project is, and your own values in .env"


def page(docs: str) -> str:
    """Return the man page. `docs` is docs/project.md."""
    parts = [roff.head("taoshell.toml", 5, _SUMMARY), ".SH DESCRIPTION\n"]
    introduction, *sections = re.split(r"^## ", docs, flags=re.MULTILINE)
    parts += roff.blocks(introduction.partition("\n")[2])
    for text in sections:
        heading, _, body = text.partition("\n")
        parts.append(roff.heading(heading))
        parts += roff.blocks(body)
    parts.append(".SH SEE ALSO\n.BR taoshell (1)\n")
    return roff.finished(parts)
