"""Reading a JSON task: every wrong field is refused with 501 and its dotted path (notes on JSON, section 5).

Money and quantities are JSON numbers in roubles and units, read as decimals (3.1).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from standin.standin_numbers import TASK_WRONG, DriverError

TIMES = ("%Y.%m.%d %H:%M:%S", "%Y.%m.%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")


def wrong(kind: str, path: str) -> DriverError:
    """``kind``: значение, тип, нет поля."""
    return DriverError(TASK_WRONG, f"{kind}: {path}")


@dataclass(frozen=True)
class Node:
    """A value of the task and where it stands."""

    value: Any
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Node:
        """A whole task. Raises 501."""
        try:
            value = json.loads(text, parse_float=Decimal)
        except ValueError as error:
            raise DriverError(TASK_WRONG, f"не JSON: {error}") from error
        if not isinstance(value, dict):
            raise wrong("неверный тип", "задание")
        return cls(value)

    def get(self, name: str) -> Node | None:
        """A member; None when it is absent or null."""
        if not isinstance(self.value, dict):
            raise wrong("неверный тип", self.path)
        value = self.value.get(name)
        return None if value is None else Node(value, f"{self.path}.{name}" if self.path else name)

    def need(self, name: str) -> Node:
        """A member that must be there."""
        found = self.get(name)
        if found is None:
            raise wrong("нет поля", f"{self.path}.{name}" if self.path else name)
        return found

    def each(self, name: str) -> list[Node]:
        """Members of an array; an absent one is empty."""
        found = self.get(name)
        if found is None:
            return []
        if not isinstance(found.value, list):
            raise wrong("неверный тип", found.path)
        return [Node(value, f"{found.path}[{index}]") for index, value in enumerate(found.value)]

    @property
    def text(self) -> str:
        if not isinstance(self.value, str):
            raise wrong("неверный тип", self.path)
        return self.value

    @property
    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise wrong("неверный тип", self.path)
        return self.value

    @property
    def decimal(self) -> Decimal:
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise wrong("неверный тип", self.path)
        return Decimal(self.value)

    @property
    def integer(self) -> int:
        return self.scaled(0)

    @property
    def kop(self) -> int:
        """Roubles to kopecks, not below zero."""
        return self.scaled(2)

    @property
    def micro(self) -> int:
        """Units to millionths, not below zero."""
        return self.scaled(6)

    def scaled(self, places: int) -> int:
        number = self.decimal.scaleb(places)
        if number < 0 or number != number.to_integral_value():
            raise wrong("неверное значение", self.path)
        return int(number)

    @property
    def at(self) -> datetime:
        """A time, its zone dropped: devices live in local time."""
        for form in TIMES:
            try:
                return datetime.strptime(self.text, form).replace(tzinfo=None)  # noqa: DTZ007 - local time
            except ValueError:
                continue
        raise wrong("неверное значение", self.path)

    def choice(self, table: Mapping[str, int]) -> int:
        """A name of the table, one of its numbers, or such a number as text (2.4, clients in the field)."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise wrong("неверный тип", self.path)
        if isinstance(value, str) and value in table:
            return table[value]
        number = int(value) if str(value).isdecimal() else -1
        if number not in table.values():
            raise wrong("неверное значение", self.path)
        return number

    def flag_of(self, name: str) -> bool:
        """An optional flag, off when absent."""
        found = self.get(name)
        return found.flag if found else False

    def text_of(self, name: str) -> str:
        """An optional text, empty when absent."""
        found = self.get(name)
        return found.text if found else ""
