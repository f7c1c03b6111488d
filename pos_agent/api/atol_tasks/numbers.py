"""JSON with exact decimals: the tasks hold roubles and units as JSON numbers, the agent kopecks and millionths."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from pos_agent.model.strict_json import read_exact, unreadable
from pos_agent.money import MICRO

WHOLE_DIGITS = 12  # roubles or units before the point: more is a mistake, and a huge exponent would fill the memory
DUST = Decimal("0.001")  # of the last digit: scripts reckon in binary and send 59.900000000000006


class UnreadableError(ValueError):
    """`path` of the first member that nobody can read: NaN, 5,000 digits, 1e400, half a surrogate pair."""

    def __init__(self, path: str) -> None:
        super().__init__(f"unreadable: {path}")
        self.path = path


def read(text: bytes | str) -> Any:  # noqa: ANN401 - any JSON value
    """Numbers with a point become Decimal. ValueError: no JSON, not UTF-8, a key twice; UnreadableError."""
    try:
        found = read_exact(text)
        path = unreadable(found)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if path is not None:
        raise UnreadableError(path)
    return found


def scaled(value: object, scale: int) -> int | None:
    """`value` (a number, or a text that is one) times `scale`; None: no number, too large or finer than that."""
    exact = _decimal(value)
    if exact is None or not exact.is_finite() or exact.adjusted() > WHOLE_DIGITS or exact.adjusted() < -WHOLE_DIGITS:
        return None
    whole = exact * scale
    nearest = whole.to_integral_value()
    return int(nearest) if abs(whole - nearest) <= DUST else None


def kop(value: object) -> int | None:
    """Roubles -> kopecks."""
    return scaled(value, 100)


def micro(value: object) -> int | None:
    """Units -> millionths."""
    return scaled(value, MICRO)


def roubles(amount_kop: int) -> Decimal:
    """Kopecks -> what is written as a JSON number, `66995` -> `669.95`."""
    return Decimal(amount_kop).scaleb(-2)


def write(value: object) -> str:
    """JSON text; a Decimal as a number without an exponent."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(name))}:{write(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(write, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    if isinstance(value, str) and (len(value) > 2 * WHOLE_DIGITS or not value.isascii() or "_" in value):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None
