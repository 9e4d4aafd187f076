"""The description on the package index: README.md, whose links and pictures must hold on a page of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`(?!\]))", re.MULTILINE | re.DOTALL)
_ELSEWHERE = r"(?!https?:|mailto:)"
_PICTURE = re.compile(rf"!\[(?P<alt>[^]]*)\]\({_ELSEWHERE}(?P<path>[^)]+)\)")
_LINK = re.compile(rf"(?<!!)\[(?P<text>[^]]+)\]\({_ELSEWHERE}(?P<path>[^)]*)\)")
_HTML_PICTURE = re.compile(r"<picture>.*?</picture>|<img [^>]*>", re.DOTALL)
_HTML_LINK = re.compile(rf'<a href="{_ELSEWHERE}[^"]*">(.*?)</a>', re.DOTALL)
_ADDRESS_IN_HTML = re.compile(rf'(?P<name>src|srcset|href)="{_ELSEWHERE}(?P<path>[^"#]+)')
_NOTE = "\nPaths on this page, such as `docs/commands.md`, are those of the source distribution.\n"


class CustomMetadataHook(MetadataHookInterface):
    """Hatch finds this class by its name: see [tool.hatch.metadata.hooks.custom] in pyproject.toml."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the long description."""
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        address = metadata.get("urls", {}).get("Source")
        text = absolute(readme, address) if address else without_links(readme)
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def absolute(readme: str, address: str) -> str:
    """Return `readme` with links into the repository at `address`."""
    files, raw = f"{address}/blob/HEAD", f"{address}/raw/HEAD"

    def prose(text: str) -> str:
        text = _PICTURE.sub(rf"![\g<alt>]({raw}/\g<path>)", text)
        text = _LINK.sub(lambda link: f"[{link['text']}]({_below(files, link['path'])})", text)
        return _ADDRESS_IN_HTML.sub(
            lambda at: f'{at["name"]}="{files if at["name"] == "href" else raw}/{at["path"]}', text
        )

    return _in_prose(readme, prose)


def without_links(readme: str) -> str:
    """Return `readme` for a page without a repository to lead to: paths instead of links, words instead of pictures."""

    def prose(text: str) -> str:
        text = _PICTURE.sub(r"*Picture: \g<alt>*", text)
        text = _HTML_PICTURE.sub(lambda picture: f"<em>Picture: {_alt(picture[0])}</em>", text)
        return _LINK.sub(_named, _HTML_LINK.sub(r"\1", text))

    return _in_prose(readme, prose) + _NOTE


def _below(files: str, path: str) -> str:
    return f"{files}/README.md{path}" if path.startswith("#") else f"{files}/{path}"


def _alt(picture: str) -> str:
    found = re.search(r'alt="([^"]*)"', picture)
    return found[1] if found else ""


def _named(link: re.Match[str]) -> str:
    """Return the text of a link, and the file that it leads to, if the text does not say that."""
    path = link["path"].partition("#")[0]
    return link["text"] if not path or path in link["text"] else f"{link['text']} (`{path}`)"


def _in_prose(text: str, change: Callable[[str], str]) -> str:
    """Change what is not code."""
    parts = _CODE.split(text)
    return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))
