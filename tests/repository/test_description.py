"""The long description holds on a page of its own: nothing in it leads to a file that is not there."""

from __future__ import annotations

import re

import pytest

from hatch_build import CustomMetadataHook, absolute, without_links
from tests.support.clone import CLONE

README = (CLONE / "README.md").read_text()
ADDRESS = "https://example.org/me/taoshell"
RELATIVE = re.compile(r'(?:\]\(|(?:src|srcset|href)=")(?!https?:|mailto:)[^)"]')


def rendered(text: str) -> str:
    """Return the page as the index renders it."""
    markdown = pytest.importorskip("readme_renderer.markdown")
    html = markdown.render(text)
    assert html
    return re.sub(r' href="#user-content-[^"]*"', "", html)  # each heading links to itself


def test_nothing_leads_to_a_file_that_the_page_does_not_have() -> None:
    assert RELATIVE.search(README)
    html = rendered(without_links(README))
    assert re.findall(r'(?:src|srcset|href)="(?!https?:)[^"]*"', html) == []
    assert "docs/commands.md" in html
    assert html.count("<h2") == len(re.findall("^## ", README, re.MULTILINE))


def test_with_an_address_every_link_and_picture_is_below_it() -> None:
    text = absolute(README, ADDRESS)
    found = re.findall(r'(?:src|href)="([^"]*)"', rendered(text))
    assert f"{ADDRESS}/raw/HEAD/docs/demo.svg" in found
    assert any(target.startswith(f"{ADDRESS}/blob/HEAD/docs/") for target in found)
    assert [target for target in found if not target.startswith("https://")] == []


@pytest.mark.parametrize(
    ("readme", "alone", "linked"),
    [
        ("[a](d/b.md#c)", "a (`d/b.md`)", "[a](A/blob/HEAD/d/b.md#c)"),
        ("[d/b.md](d/b.md#c)", "d/b.md", "[d/b.md](A/blob/HEAD/d/b.md#c)"),
        ("[`x`](b.md)", "`x` (`b.md`)", "[`x`](A/blob/HEAD/b.md)"),
        ("[up](#here)", "up", "[up](A/blob/HEAD/README.md#here)"),
        ("[a](https://a.example/b)", "[a](https://a.example/b)", "[a](https://a.example/b)"),
        ("![words](d/p.svg)", "*Picture: words*", "![words](A/raw/HEAD/d/p.svg)"),
        ('<img alt="w" src="p.svg">', "<em>Picture: w</em>", '<img alt="w" src="A/raw/HEAD/p.svg">'),
        (
            '<picture>\n<source srcset="dark.svg"><img alt="w" src="p.svg">\n</picture>',
            "<em>Picture: w</em>",
            '<picture>\n<source srcset="A/raw/HEAD/dark.svg"><img alt="w" src="A/raw/HEAD/p.svg">\n</picture>',
        ),
        ('<a href="d/b.md">b</a>', "b", '<a href="A/blob/HEAD/d/b.md">b</a>'),
        ("`[a](b.md)`", "`[a](b.md)`", "`[a](b.md)`"),
        ("```sh\n[a](b.md)\n```\n", "```sh\n[a](b.md)\n```\n", "```sh\n[a](b.md)\n```\n"),
    ],
)
def test_each_kind_of_link(readme: str, alone: str, linked: str) -> None:
    assert without_links(readme).partition("\nPaths on this page")[0] == alone
    assert absolute(readme, "A") == linked


@pytest.mark.parametrize("urls", [{}, {"Source": ADDRESS}])
def test_the_hook_uses_the_address_if_there_is_one(urls: dict[str, str]) -> None:
    metadata: dict[str, object] = {"urls": urls}
    CustomMetadataHook(str(CLONE), {}).update(metadata)
    text = absolute(README, ADDRESS) if urls else without_links(README)
    assert metadata["readme"] == {"content-type": "text/markdown", "text": text}
