"""Specs in JSON. Pure."""

from __future__ import annotations

import json
import re

from taoshell.formats.spec_fields import Fields, NotThisFormat, Scalar

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s"{}\[\],:]+')


def scalars(text: str) -> list[Scalar]:
    """Return the texts of a spec in the order of the file. Raises NotThisFormat."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise NotThisFormat(f"this is not valid JSON: {error.msg}", error.pos) from error
    except RecursionError:
        pass  # the loop below says where
    fields, found = Fields(), []
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in "{[":
            fields.open(is_list=first == "[", at=token.start())
        elif first in "}]":
            fields.close()
        else:
            value = json.loads(token[0]) if first == '"' else ""
            field = fields.scalar(value)
            if field is not None and first == '"':
                found.append(Scalar(field, value, *token.span()))
    return found


def written(value: str, _raw: str) -> str:
    """Return `value` as it stands in JSON."""
    return json.dumps(value, ensure_ascii=False)
