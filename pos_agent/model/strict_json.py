"""What JSON lets through and a receipt must not: a key that stands twice in one object, a number nobody can reckon,
half a surrogate pair."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

HALVES = re.compile("[\ud800-\udfff]")
MOST_DIGITS = 308  # before the point, or zeros after it
Hook = Callable[[list[tuple[str, Any]]], dict[str, Any]]
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
        return json.loads(text, object_pairs_hook=no_twins, parse_int=_whole_or(BEYOND))


def _whole_or(none: Any) -> Callable[[str], Any]:  # noqa: ANN401 - what stands for a number that Python does not read
    def whole(text: str) -> Any:  # noqa: ANN401 - a number
        try:
            return int(text)
        except ValueError:
            return none

    return whole


def no_twins(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """`object_pairs_hook` of json.loads. TwinKeyError."""
    table = dict(pairs)
    if len(table) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise TwinKeyError(next(key for key, count in counts.items() if count > 1))
    return table


class NoNumber:
    """Stands where JSON has NaN, Infinity or a number that nobody can reckon with."""


NO_NUMBER = NoNumber()


def read_exact(text: str | bytes, hook: Hook | None = None) -> Any:  # noqa: ANN401 - any JSON
    """The value, fractions as Decimal, `NO_NUMBER` for what is none: see `unreadable`. `hook` in place of `no_twins`.

    ValueError, RecursionError: no JSON. TwinKeyError.
    """
    return json.loads(
        text,
        object_pairs_hook=hook or no_twins,
        parse_float=decimal,
        parse_int=_whole_or(NO_NUMBER),
        parse_constant=lambda _: NO_NUMBER,
    )


def unreadable(given: object, path: str = "", first: int = 0) -> str | None:
    """The path of the first `NO_NUMBER` or half surrogate pair in it, `request[0].price`; None: there is none.

    `first` is the number of a list's first element. RecursionError.
    """
    if given is NO_NUMBER or (isinstance(given, str) and HALVES.search(given)):
        return path
    if isinstance(given, dict):
        places = [(f"{path}.{name}" if path else str(name), one) for name, one in given.items()]
        if (half := next((here for here, _ in places if HALVES.search(here)), None)) is not None:
            return half
    elif isinstance(given, list):
        places = [(f"{path}[{number}]", one) for number, one in enumerate(given, first)]
    else:
        return None
    return next((found for here, one in places if (found := unreadable(one, here, first)) is not None), None)


def decimal(text: str) -> Decimal | NoNumber:
    """`parse_float` of json.loads. What is beyond floats is none: written out it would fill the memory."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return NO_NUMBER
    return exact if abs(exact.adjusted()) <= MOST_DIGITS else NO_NUMBER


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
