"""Whether bytes are DER: one value, one way to write it. BER would let two texts be one signature."""

from typing import Final

_MOST_LEVELS: Final = 32
_CONSTRUCTED: Final = 0x20
_CLASS: Final = 0xC0
_SEQUENCE_AND_SET: Final = frozenset({0x10, 0x11})
_HIGH: Final = 0x1F
_LONG: Final = 0x80
_BOOLEAN: Final = 0x01
_INTEGER: Final = 0x02


class NotDer(ValueError):  # noqa: N818
    """The bytes are not one value in DER."""


def check_der(data: bytes) -> None:
    """Returns when `data` is one value in DER, as far as its outer form tells. Raises NotDer.

    Tags and lengths are the shortest, no length is indefinite, only sequences, sets and tagged values are
    made of parts, booleans and integers are written the one way. The order within sets is not judged:
    signers leave their certificates unsorted.
    """
    if _value(data, 0, len(data), 0) != len(data):
        raise NotDer("bytes follow the value")


def _value(data: bytes, at: int, stop: int, level: int) -> int:
    """Where the value that starts at `at` ends."""
    if level > _MOST_LEVELS:
        raise NotDer("the value is nested too deeply")
    tag, body = _tag(data, at, stop)
    length, body = _length(data, body, stop)
    end = body + length
    if end > stop:
        raise NotDer("a value is longer than what holds it")
    constructed, universal = bool(tag & _CONSTRUCTED), not tag & _CLASS
    if universal and constructed != (tag & _HIGH in _SEQUENCE_AND_SET):
        raise NotDer("a value is made of parts that is not, or the other way")
    if constructed:
        while body < end:
            body = _value(data, body, end, level + 1)
    elif universal:
        _check_primitive(tag, data[body:end])
    return end


def _tag(data: bytes, at: int, stop: int) -> tuple[int, int]:
    if at >= stop:
        raise NotDer("a value is cut off")
    # No structure that is read here has a tag that takes a second byte.
    if data[at] & _HIGH == _HIGH:
        raise NotDer("a tag is too high")
    return data[at], at + 1


def _length(data: bytes, at: int, stop: int) -> tuple[int, int]:
    if at >= stop:
        raise NotDer("a length is cut off")
    first = data[at]
    if first < _LONG:
        return first, at + 1
    width = first - _LONG
    end = at + 1 + width
    if not 1 <= width <= 4 or end > stop:  # noqa: PLR2004
        raise NotDer("a length is indefinite, or too long")
    length = int.from_bytes(data[at + 1 : end])
    if length < _LONG or length < 1 << 8 * (width - 1):
        raise NotDer("a length is not the shortest")
    return length, end


def _check_primitive(tag: int, body: bytes) -> None:
    if tag == _BOOLEAN and body not in {b"\x00", b"\xff"}:
        raise NotDer("a boolean is written another way")
    if tag == _INTEGER and (not body or (len(body) > 1 and (body[0], body[1] >> 7) in {(0, 0), (0xFF, 1)})):
        raise NotDer("an integer is not the shortest")
