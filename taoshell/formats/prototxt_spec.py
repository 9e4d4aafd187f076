"""Specs in protobuf's text format, as TLT and TAO 3 to 5 with TensorFlow read them. Pure.

Google's own parser gives no positions and needs each network's message types, which only the container has.
The grammar: https://protobuf.dev/reference/protobuf/textformat-spec
"""

from __future__ import annotations

import re

from taoshell.formats.spec_fields import Fields, NotThisFormat, Scalar

_SPACE = re.compile(r"(?:\s+|#[^\n]*)*")
_NAME = re.compile(r"[A-Za-z_]\w*|\[[\w./\s-]+\]")  # the second: an extension, or the type of an Any
_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"|\'(?:[^\'\\\n]|\\[^\n])*\'')
_OTHER = re.compile(r"-?\s*[\w.][\w.+-]*")  # a number, true, or the name of a value
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_CLOSING = {"{": "}", "<": ">", "[": "]"}


def scalars(text: str) -> list[Scalar]:
    """Return the strings of a spec in the order of the file. Raises NotThisFormat."""
    return _Reader(text).read()


def written(value: str, raw: str) -> str:
    """Return `value` in the quotes of the string `raw`, which it replaces."""
    quote = raw[0]
    escaped = value.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    return quote + re.sub(r"[\x00-\x1f\x7f]", lambda char: f"\\{ord(char[0]):03o}", escaped) + quote


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._fields = Fields()
        self._closing: list[str] = []  # the brackets that are still to come
        self._found: list[Scalar] = []

    def read(self) -> list[Scalar]:
        self._fields.open(is_list=False, at=0)
        while True:
            char = self._next()
            if self._closing and char == self._closing[-1]:
                self._close()
            elif not char and not self._closing:
                return self._found
            elif self._closing[-1:] == ["]"]:
                self._value()
            else:
                self._field()

    def _next(self) -> str:
        """Return the next character after white space and comments; "" at the end."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _field(self) -> None:
        name = _NAME.match(self._text, self._at)
        if name is None:
            raise self._error("a field's name" if not self._closing else f"a field's name or {self._closing[-1]!r}")
        self._at = name.end()
        self._fields.scalar(name[0])
        if self._next() == ":":
            self._at += 1
            self._next()
        elif self._text[self._at : self._at + 1] not in ("{", "<"):
            raise self._error("':'")
        self._value()

    def _value(self) -> None:
        """Read a value. Of a table or a list, read the bracket that opens it."""
        char = self._next()
        if char in _CLOSING:
            self._fields.open(is_list=char == "[", at=self._at)
            self._closing.append(_CLOSING[char])
            self._at += 1
            return
        if char and char in "\"'":
            self._string()
        else:
            other = _OTHER.match(self._text, self._at)
            if other is None:
                raise self._error("a value")
            self._at = other.end()
            self._fields.scalar("")
        self._separator()

    def _string(self) -> None:
        """Read a string, or several in a row, which are one value."""
        start, end, value = self._at, self._at, ""
        while (char := self._next()) and char in "\"'":
            string = _STRING.match(self._text, self._at)
            if string is None:
                raise self._error(f"{char} at the end of the text")
            value += _unescaped(string[0][1:-1])
            self._at = end = string.end()
        field = self._fields.scalar("")
        self._found.append(Scalar(field or "", value, start, end))

    def _close(self) -> None:
        self._closing.pop()
        self._fields.close()
        self._at += 1
        self._separator()

    def _separator(self) -> None:
        if (char := self._next()) and char in ",;":
            self._at += 1

    def _error(self, expected: str) -> NotThisFormat:
        found = self._text[self._at : self._at + 1]
        what = repr(found) if found else "the end of the file"
        return NotThisFormat(f"this is not valid protobuf text: {what} stands where {expected} belongs", self._at)


def _unescaped(text: str) -> str:
    """Return what a string says. Its octal and hexadecimal escapes are bytes of UTF-8."""
    if "\\" not in text:
        return text

    def char(escape: re.Match[str]) -> str:
        octal, byte, short, long, letter = escape.groups()
        if octal or byte:
            return bytes([int(octal, 8) & 0xFF if octal else int(byte, 16)]).decode("latin-1").translate(_BYTES)
        if short or long:
            code = int(short or long, 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        return _LETTERS.get(letter, letter)

    return _ESCAPE.sub(char, text).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


_BYTES = {byte: 0xDC00 + byte for byte in range(0x80, 0x100)}  # as surrogateescape keeps bytes
