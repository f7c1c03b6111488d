"""What JSON lets through and a receipt must not: a key that stands twice in one object, a number nobody can reckon,
half a surrogate pair."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

BEYOND: Any = json.loads("1e999")  # as the parser reads what is beyond all measure


class TwinKeyError(ValueError):
    """Nobody can say which of the two values is meant. `key` is the first that stands twice."""

    def __init__(self, key: str) -> None:
        super().__init__(f"key given twice: {key}")
        self.key = key


def read(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON
    """The value. TwinKeyError; ValueError, RecursionError: no JSON, not UTF-8.

    A whole number of thousands of digits, which Python does not read, is as infinite as 1e400: `must_be_writable` and
    whoever looks for a whole number name its place.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig")  # the parser would guess: UTF-16, UTF-32
    try:
        return json.loads(text, object_pairs_hook=no_twins)
    except (json.JSONDecodeError, TwinKeyError):
        raise
    except ValueError:
        return json.loads(text, object_pairs_hook=no_twins, parse_int=_whole)


def _whole(text: str) -> Any:  # noqa: ANN401 - a number
    try:
        return int(text)
    except ValueError:
        return BEYOND


def no_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """`object_pairs_hook` of json.loads. TwinKeyError."""
    table = dict(pairs)
    if len(table) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise TwinKeyError(next(key for key, count in counts.items() if count > 1))
    return table


def decimal(text: str) -> Decimal:
    """`parse_float` of json.loads. ValueError: an exponent beyond all measure."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("a number beyond all measure") from error


def no_constant(name: str) -> None:
    """`parse_constant` of json.loads: NaN and Infinity are no JSON."""
    raise ValueError(f"{name} is no JSON number")


class UnwritableError(ValueError):
    """`path` of a value that JSON can spell and that is no text and no number: half a surrogate pair, NaN."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def must_be_writable(given: object) -> None:
    """UnwritableError names the first value that could not be written again."""
    try:
        json.dumps(given, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        raise UnwritableError(_unwritable(given, "")) from error


def _unwritable(value: object, path: str) -> str:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in members:
        here = f"{path}[{name}]" if isinstance(value, list) else f"{path}.{name}" if path else str(name)
        try:
            json.dumps({str(name): one}, ensure_ascii=False, allow_nan=False).encode()
        except ValueError:
            return _unwritable(one, here)
    return path
