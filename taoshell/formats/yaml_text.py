"""YAML as values, if it is no longer with its aliases followed than a file may be. Pure."""

from __future__ import annotations

import yaml

LONGEST = 1 << 18  # characters: of a file, and of what it says with each alias (*NAME) written out
_DEEPEST = 100  # lists and maps in each other
_LONGEST_NUMBER = 40  # digits; Python refuses to print a very long number


class TooMuch(Exception):
    """The text is valid YAML, but says more than anybody writes. The message is a cause, without any of the text."""


def load(text: str) -> object:
    """Return the value of the only document in `text`. Raises TooMuch, YAMLError, ValueError or RecursionError.

    A few lines of aliases can stand for gigabytes (the "billion laughs"), so the nodes are measured before any value is
    made of them. Merge keys (<<) are aliases too: what they add is no longer than what is measured.
    """
    if len(text) > LONGEST:
        raise TooMuch("this is too long to read")
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {})
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _measure(node: yaml.Node, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Return the characters and the depth of `node`, with each alias followed. None is known of a node around it."""
    if id(node) in known:
        found = known[id(node)]
        if found is None:
            raise TooMuch("an alias (*NAME) in this YAML is inside of what it stands for")
        return found
    known[id(node)] = None
    if isinstance(node, yaml.ScalarNode):
        if node.tag == "tag:yaml.org,2002:int" and len(node.value) > _LONGEST_NUMBER:
            raise TooMuch("a number in this YAML is too long to read")
        size, depth = 1 + len(node.value), 0
    else:
        is_map = isinstance(node, yaml.MappingNode)
        items = (item for pair in node.value for item in pair) if is_map else node.value
        inside = [_measure(item, known) for item in items]
        size, depth = 1 + sum(size for size, _ in inside), 1 + max((depth for _, depth in inside), default=0)
    if size > LONGEST:
        raise TooMuch("the aliases (*NAME) in this YAML stand for more than anybody can read")
    if depth > _DEEPEST:
        raise TooMuch("this YAML is nested too deeply to read")
    known[id(node)] = size, depth
    return size, depth
