"""One JSON object of a foreign receipt, read key by key: several spellings of one field, numbers written as texts.

JSON must have been read with `parse_float=Decimal`: no float comes near money or quantities.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from pos_agent.money import MICRO
from pos_agent.tax_receipts.refusal import MALFORMED, MISSING, Refused

NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?", re.ASCII)
LIMIT = 10**18
FIRST_YEAR = 2017  # online registers: nothing older is a receipt of this kind (fiscal reference, section 8, rule 5)
UNIX_SECONDS = range(1_483_228_800, 4_102_444_800)  # 2017 to 2099; thirteen digits are milliseconds: not seen


@dataclass(frozen=True)
class Amount:
    """Money as it is written. `pointed`: with a decimal point, which kopecks never have. `field`: where."""

    value: Decimal
    pointed: bool
    field: str


class Fields:
    """A JSON object and its place (`items[2]`, "" at the top)."""

    def __init__(self, table: Mapping[str, object], place: str = "") -> None:
        self.table, self.place = table, place

    def path(self, name: str) -> str:
        """Of a key of this object."""
        return f"{self.place}.{name}" if self.place else name

    def found(self, *names: str) -> str:
        """The first of these spellings that has a value, "" when none has: null and "" are no values."""
        for name in names:
            if self.table.get(name) not in (None, ""):
                return name
        return ""

    def number(self, *names: str) -> Decimal | None:
        """Any decimal number. Refused MALFORMED: a truth value, another type, a text that is no plain number."""
        name = self.found(*names)
        return None if not name else _number(self.table[name], self.path(name))

    def whole(self, *names: str) -> int | None:
        """A whole number >= 0."""
        name, value = self.found(*names), self.number(*names)
        if value is None:
            return None
        if value != value.to_integral_value() or value < 0:
            raise Refused(MALFORMED, self.path(name), value=self.table[name])
        return int(value)

    def needed(self, *names: str) -> int:
        """A whole number that must be there."""
        value = self.whole(*names)
        if value is None:
            raise Refused(MISSING, self.path(names[0]))
        return value

    def amount(self, *names: str) -> Amount | None:
        """Money, unit not known yet. Refused MALFORMED below zero."""
        name, value = self.found(*names), self.number(*names)
        if value is None:
            return None
        if value < 0:
            raise Refused(MALFORMED, self.path(name), value=self.table[name])
        raw = self.table[name]
        return Amount(value, isinstance(raw, Decimal) or "." in str(raw), self.path(name))

    def needed_amount(self, *names: str) -> Amount:
        """Money that must be there."""
        value = self.amount(*names)
        if value is None:
            raise Refused(MISSING, self.path(names[0]))
        return value

    def text(self, *names: str) -> str:
        """Text or a number as text, spaces around it apart; "" when absent."""
        name = self.found(*names)
        value = self.table.get(name)
        if not name:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise Refused(MALFORMED, self.path(name), value=type(value).__name__)
        return str(value).strip()

    def micro(self, *names: str) -> int:
        """A quantity in millionths, above zero and not finer."""
        name, value = self.found(*names), self.number(*names)
        if value is None:
            raise Refused(MISSING, self.path(names[0]))
        exact = value * MICRO
        if exact <= 0 or exact != exact.to_integral_value():
            raise Refused(MALFORMED, self.path(name), value=self.table[name])
        return int(exact)

    def moment(self, *names: str) -> datetime:
        """Local time without a zone: ISO text, or Unix seconds that count local time as if it were UTC."""
        name = self.found(*names)
        if not name:
            raise Refused(MISSING, self.path(names[0]))
        value = self.table[name]
        at = _moment(value)
        if at is None or at.year < FIRST_YEAR:
            raise Refused(MALFORMED, self.path(name), value=value)
        return at

    def table_at(self, name: str) -> Fields | None:
        """An object inside this one."""
        value = self.table.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise Refused(MALFORMED, self.path(name), value=type(value).__name__)
        return Fields(value, self.path(name))

    def tables_at(self, name: str) -> list[Fields]:
        """Objects in a list; a single object stands for a list of one (properties come both ways)."""
        value = self.table.get(name)
        if value is None:
            return []
        listed = value if isinstance(value, list) else [value]
        found = []
        for number, item in enumerate(listed):
            place = f"{self.path(name)}[{number}]" if isinstance(value, list) else self.path(name)
            if not isinstance(item, Mapping):
                raise Refused(MALFORMED, place, value=type(item).__name__)
            found.append(Fields(item, place))
        return found


def _number(value: object, field: str) -> Decimal:
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and -LIMIT < value < LIMIT:
        return Decimal(value)
    raise Refused(MALFORMED, field, value=value if isinstance(value, str | int | Decimal) else type(value).__name__)


def _moment(value: object) -> datetime | None:
    if isinstance(value, str) and ISO.fullmatch(value.strip()):
        try:
            return datetime.fromisoformat(value.strip().replace(" ", "T")).replace(microsecond=0)
        except ValueError:
            return None
    plain = isinstance(value, str) and value.strip().isascii() and value.strip().isdigit()
    if not plain and (isinstance(value, bool) or not isinstance(value, int)):
        return None
    seconds = int(str(value))
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None) if seconds in UNIX_SECONDS else None
