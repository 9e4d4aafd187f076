"""Specs in YAML, as TAO 4 and later read them (by OmegaConf, which has this parser too). Pure."""

from __future__ import annotations

import json
import re

from taoshell.formats.spec_fields import Fields, NotThisFormat, Scalar, too_deep

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")  # an anchor and a tag: the parser counts them to the scalar
_PLAIN = re.compile(r"/[\w./+@=-]*")  # what needs no quotes anywhere in YAML


def scalars(text: str) -> list[Scalar]:
    """Return the texts of a spec in the order of the file. Raises NotThisFormat."""
    import yaml  # only when needed: most commands read no spec

    fields, found = Fields(), []
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader)):
            if event.start_mark is None or event.end_mark is None:
                continue  # no parser of text gives an event without them
            start, end = event.start_mark.index, event.end_mark.index
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                fields.open(is_list=isinstance(event, yaml.SequenceStartEvent), at=start)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                fields.close()
            elif isinstance(event, yaml.AliasEvent):
                fields.scalar(event.anchor or "")
            elif isinstance(event, yaml.ScalarEvent):
                field = fields.scalar(event.value)
                if field is not None and start < end:
                    properties = _PROPERTIES.match(text, start, end)
                    start = properties.end() if properties else start
                    found.append(Scalar(field, event.value, start, start + len(text[start:end].rstrip())))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = mark.index if mark else 0
        if "nesting" in str(error.problem):  # the parser has a limit of its own, and reads ahead
            raise too_deep(at) from error
        raise NotThisFormat(f"this is not valid YAML: {error.problem}", at) from error
    except yaml.reader.ReaderError as error:
        raise NotThisFormat("this is not valid YAML: it contains a control character", _unprintable(text)) from error
    return found


def written(value: str, raw: str) -> str:
    """Return `value` in the style of the scalar `raw`, which it replaces."""
    if raw[:1] not in ("'", '"', "|", ">") and _PLAIN.fullmatch(value):
        return value
    if raw.startswith("'"):
        return "'{}'".format(value.replace("'", "''"))
    return json.dumps(value, ensure_ascii=False)


def _unprintable(text: str) -> int:
    found = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)
    return found.start() if found else 0
