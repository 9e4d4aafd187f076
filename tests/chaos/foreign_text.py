"""The texts that foreign writers write: valid mounts files, each determined by its serial number."""

from __future__ import annotations

_HEAD = b'{"Mounts": [{"source": "/foreign/'
_DIGITS = 10


def foreign(serial: int) -> bytes:
    """Return the text with the number `serial`. Texts have different lengths."""
    number, padding = b"%0*d" % (_DIGITS, serial), b"x" * (serial * 37 % 400)
    return _HEAD + number + b'", "destination": "/from/a/notebook"}], "Envs": [{"value": "' + padding + b'"}]}\n'


def serial_of(data: bytes) -> int | None:
    """Return the number of the text that starts with `data`; None if there is none or `data` is too short to tell."""
    number = data[len(_HEAD) : len(_HEAD) + _DIGITS]
    if not data.startswith(_HEAD) or len(number) < _DIGITS or not number.isdigit():
        return None
    return int(number) if foreign(int(number)).startswith(data) else None


def is_whole(data: bytes) -> bool:
    """Whether `data` is a complete foreign text."""
    serial = serial_of(data)
    return serial is not None and foreign(serial) == data


def is_beginning(data: bytes) -> bool:
    """Whether `data` may be the start of a foreign text; empty data is one."""
    if len(data) < len(_HEAD) + _DIGITS:
        return _HEAD.startswith(data[: len(_HEAD)]) and (data[len(_HEAD) :].isdigit() or len(data) <= len(_HEAD))
    return serial_of(data) is not None
