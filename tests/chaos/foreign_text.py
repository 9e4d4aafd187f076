"""What foreign writers write: a valid mounts file, each with a serial number that the whole text follows from."""

from __future__ import annotations

_HEAD = b'{"Mounts": [{"source": "/foreign/'
_DIGITS = 10


def foreign(serial: int) -> bytes:
    """The text number `serial`; not all are equally long."""
    number, padding = b"%0*d" % (_DIGITS, serial), b"x" * (serial * 37 % 400)
    return _HEAD + number + b'", "destination": "/from/a/notebook"}], "Envs": [{"value": "' + padding + b'"}]}\n'


def serial_of(data: bytes) -> int | None:
    """Which text this is the beginning of; None: of none, or not enough of it to tell."""
    number = data[len(_HEAD) : len(_HEAD) + _DIGITS]
    if not data.startswith(_HEAD) or len(number) < _DIGITS or not number.isdigit():
        return None
    return int(number) if foreign(int(number)).startswith(data) else None


def is_whole(data: bytes) -> bool:
    """Is this just what a foreign writer writes?"""
    serial = serial_of(data)
    return serial is not None and foreign(serial) == data


def is_beginning(data: bytes) -> bool:
    """May this be what a foreign writer has written so far? Nothing at all is a beginning too."""
    if len(data) < len(_HEAD) + _DIGITS:
        return _HEAD.startswith(data[: len(_HEAD)]) and (data[len(_HEAD) :].isdigit() or len(data) <= len(_HEAD))
    return serial_of(data) is not None
