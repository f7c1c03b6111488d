"""Members of a request, read as real clients write them: names without case, numbers and booleans as text, nulls.

Source: `kkmserver.md`, sections 2 and 6. Money is read exactly: a request is parsed with `Decimal`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from pos_agent.model.canonical import canonical_json
from pos_agent.model.strict_json import HALVES, TwinKeyError, no_twins, read_exact, unreadable
from pos_agent.rules.problems import plain

CONTROL = re.compile("[\x00-\x1f\x7f]")
LONGEST_NUMBER = 24
LONGEST_NAME = 60  # characters of a member in a sentence
TAIL = Decimal("0.0001")  # what a binary fraction may leave beyond the last digit
MOST = Decimal(10) ** 11
TRUE, FALSE = ("true", "1"), ("false", "0", "")


class WrongFieldError(ValueError):
    """A member that cannot be used; the text is for the cashier and goes into `Error`."""


def parse(body: bytes) -> Fields | None:
    """The request; None: no JSON object in UTF-8. WrongFieldError: a member stands twice, in letters of any case."""
    try:
        found = read_exact(body.decode("utf-8-sig"), _once)
        wrong = unreadable(found, first=1)
    except TwinKeyError as error:
        raise WrongFieldError(f"Поле {error.key[:LONGEST_NAME]!r} указано дважды") from error
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    return Fields(found, unreadable=wrong or "") if isinstance(found, dict) else None


class Fields:
    """One JSON object of a request. A missing or null member takes the default; unknown ones are not looked at."""

    def __init__(self, given: Mapping[str, object], path: str = "", unreadable: str = "") -> None:
        self.path, self._unreadable = path, unreadable
        self._members = {str(name).casefold(): value for name, value in given.items() if value is not None}

    def must_be_readable(self) -> None:
        """WrongFieldError names a member of the whole request that nobody can read: NaN, 5,000 digits, half a pair."""
        if self._unreadable:
            raise WrongFieldError(f"Не принято поле {plain(self._unreadable)}")

    def has(self, name: str) -> bool:
        """Is it there, and not null?"""
        return name.casefold() in self._members

    def text(self, name: str, default: str = "", limit: int = 256, *, control: bool = False) -> str:
        """Text; a number becomes text. WrongFieldError: something else, longer than `limit`, half a surrogate pair.

        `control`: control characters may be in it (they go no further than the page); else they are refused too.
        """
        value = self._members.get(name.casefold(), default)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or len(value) > limit or HALVES.search(value):
            raise self._wrong(name)
        if not control and CONTROL.search(value):
            raise self._wrong(name)
        return value

    def whole(self, name: str, default: int | None = None) -> int | None:
        """A whole number, also as digits in text; "" = the default."""
        value = self._number(name)
        if value is None:
            return default
        if value != value.to_integral_value() or abs(value) >= MOST:
            raise self._wrong(name)
        return int(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean, also `"true"`, `"false"`, 0, 1."""
        value = self._members.get(name.casefold(), default)
        word = str(value).strip().casefold()
        if word not in TRUE + FALSE:
            raise self._wrong(name)
        return word in TRUE

    def kop(self, name: str) -> int | None:
        """Roubles with two decimals -> kopecks; None when absent."""
        return self._scaled(name, 2)

    def micro(self, name: str) -> int | None:
        """A quantity with three decimals -> millionths."""
        thousandths = self._scaled(name, 3)
        return None if thousandths is None else thousandths * 1000

    def block(self, name: str) -> Fields | None:
        """An object inside; None when absent."""
        value = self._members.get(name.casefold())
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self._wrong(name)
        return Fields(value, f"{self.path}{name}.")

    def rows(self, name: str) -> list[Fields]:
        """An array of objects; none when absent."""
        value = self._members.get(name.casefold(), [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise self._wrong(name)
        return [Fields(one, f"{self.path}{name}[{at}].") for at, one in enumerate(value, 1)]

    def canonical(self, without: tuple[str, ...] = ()) -> dict[str, object]:
        """The same request always gives the same value: names in small letters, no nulls, numbers as text."""
        left_out = {name.casefold() for name in without}
        plain = {name: _plain(value) for name, value in self._members.items() if name not in left_out}
        try:
            canonical_json(plain)
        except ValueError:
            raise WrongFieldError("Текст запроса не в UTF-8") from None
        return plain

    def _scaled(self, name: str, digits: int) -> int | None:
        value = self._number(name)
        if value is None:
            return None
        if abs(value) >= MOST:
            raise self._wrong(name)
        exact = value.scaleb(digits)
        whole = exact.quantize(Decimal(1), ROUND_HALF_UP)
        if abs(exact - whole) >= TAIL.scaleb(digits):
            raise WrongFieldError(f"В поле {self.path}{name} больше {digits} знаков после точки: {value}")
        return int(whole)

    def _number(self, name: str) -> Decimal | None:
        value = self._members.get(name.casefold())
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        written = str(value).strip()
        if isinstance(value, bool | list | dict) or not written.isascii() or "_" in written:
            raise self._wrong(name)
        try:
            number = Decimal(written)
        except InvalidOperation:
            raise self._wrong(name) from None
        if not number.is_finite() or (isinstance(value, str) and len(written) > LONGEST_NUMBER):
            raise self._wrong(name)
        return number

    def _wrong(self, name: str) -> WrongFieldError:
        return WrongFieldError(f"Не принято поле {self.path}{name}")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name).casefold(): _plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if abs(value.adjusted()) < LONGEST_NUMBER else str(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    no_twins([(name.casefold(), None) for name, _ in pairs])
    return dict(pairs)
