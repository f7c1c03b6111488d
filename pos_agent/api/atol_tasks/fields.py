"""Members of a task with their dotted path, so that a fault names the field: `items[0].price`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pos_agent.api.atol_tasks import faults, numbers

CONTROL = re.compile("[\x00-\x1f\x7f]")  # what printers obey; on paper it becomes a space
TEXT_LIMIT = 1000  # characters
LIST_LIMIT = 1000


class Fields:
    """One JSON object. Methods raise TaskError 501: missing, wrong type, wrong value. Other members are ignored."""

    def __init__(self, given: Mapping[str, Any], lang: str, path: str = "") -> None:
        self.given, self.lang, self.path = given, lang, path

    def has(self, name: str) -> bool:
        """Is it there, and says something? `null`, an empty text, list or object do not."""
        return self.given.get(name) not in (None, "", [], {})

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, key: str = "wrong_value") -> faults.TaskError:
        """The fault of a member; `key`: missing, wrong_type or wrong_value."""
        return faults.fault(faults.PARSE, key, self.lang, path=self.at(name))

    def text(self, name: str, default: str | None = None, *, control: bool = False) -> str:
        """A text; required when there is no default. `control`: control characters may be in it."""
        value = self._take(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "wrong_type")
        if len(value) > TEXT_LIMIT or (CONTROL.search(value) and not control):
            raise self.wrong(name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """true or false."""
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "wrong_type")
        return value

    def whole(self, name: str, default: int | None, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = numbers.scaled(self._take(name, default), 1)
        if value is None:
            raise self.wrong(name, "wrong_type")
        if not low <= value <= high:
            raise self.wrong(name)
        return value

    def kop(self, name: str, default: int | None = None) -> int:
        """Roubles, 0 or more, as kopecks."""
        if default is not None and not self.has(name):
            return default
        return self._scaled(name, 100)

    def micro(self, name: str) -> int:
        """Units, more than 0, as millionths."""
        found = self._scaled(name, 1_000_000)
        if not found:
            raise self.wrong(name)
        return found

    def word(self, name: str, table: Mapping[str, int], default: str | None = None) -> int:
        """A word of an enumeration, its number, or its number as a text."""
        value = self._take(name, default)
        if isinstance(value, Decimal) and value == value.to_integral_value():  # `4.0`
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.wrong(name, "wrong_type")
        number = table.get(value) if isinstance(value, str) else value
        if number is None and isinstance(value, str) and value.isascii() and value.isdigit():
            number = int(value[:4])
        if number is None or number not in table.values():
            raise self.wrong(name)
        return number

    def sub(self, name: str) -> Fields | None:
        """An object, None when it is not there."""
        if not self.has(name):
            return None
        value = self.given[name]
        if not isinstance(value, dict):
            raise self.wrong(name, "wrong_type")
        return Fields(value, self.lang, self.at(name))

    def each(self, name: str, *, required: bool = False) -> list[Fields]:
        """The objects of a list."""
        if not self.has(name):
            if required:
                raise self.wrong(name, "missing")
            return []
        value = self.given[name]
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(name, "wrong_type")
        if len(value) > LIST_LIMIT:
            raise self.wrong(name)
        return [Fields(one, self.lang, f"{self.at(name)}[{number}]") for number, one in enumerate(value)]

    def unsupported(self, *names: str) -> None:
        """TaskError 11 for a member that would have to go into the document, and cannot."""
        for name in names:
            if self.has(name):
                raise faults.fault(faults.NOT_SUPPORTED, "not_supported", self.lang, what=self.at(name))

    def _scaled(self, name: str, scale: int) -> int:
        value = self._take(name, None)
        found = numbers.scaled(value, scale)
        if found is None:
            raise self.wrong(name, "wrong_value" if isinstance(value, int | str | Decimal) else "wrong_type")
        if found < 0:
            raise self.wrong(name)
        return found

    def _take(self, name: str, default: object) -> Any:  # noqa: ANN401 - any JSON value
        value = self.given.get(name)
        if value is None:
            if default is None:
                raise self.wrong(name, "missing")
            return default
        return value
