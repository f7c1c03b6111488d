"""A table of a rules file, read key by key: every key is checked once, what nobody asked for is unknown."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from pos_agent.rules.problems import Problem, problem

MAX_INT = 10**12
MAX_TEXT = 500
MAX_LIST = 10_000
LONGEST_WORD = 100  # characters; a longer one is no slip of the pen
MOST_WORDS = 300  # among which the nearest is sought
MOST_PROBLEMS = 500  # more of them tell nobody more, and take their time
CONTROL = re.compile(  # what no name of goods has and printers obey; halves of a surrogate pair, which are no text
    "[\x00-\x1f\x7f\x80-\x9f\u2028\u2029\ud800-\udfff]"
)
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
DATE = re.compile(r"\d{4}-\d\d-\d\d")

Locate = Callable[[str], int | None]


class Reader:
    """One table at `path`. Readers of one file share `problems`; a wrong value is reported and read as the default.

    Most keys of most tables are absent: that is the case each method answers first.
    """

    __slots__ = ("_asked", "_known", "locate", "path", "problems", "table")

    def __init__(self, table: dict[str, Any], path: str, problems: list[Problem], locate: Locate) -> None:
        self.table, self.path, self.problems, self.locate = table, path, problems, locate
        self._asked: dict[str, None] = {}
        self._known: Collection[str] = ()

    def at(self, key: str) -> str:
        """Full path of a key of this table."""
        return f"{self.path}.{key}" if self.path else key

    def report(self, code: str, path: str, **facts: object) -> None:
        """Note a problem; the reading goes on. After very many only that there are more."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem(code, path, self.locate(path), **facts))
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(problem("and_more", "", limit=MOST_PROBLEMS))

    def known(self, keys: Collection[str]) -> None:
        """These keys may be in the table, read or not."""
        self._known = keys

    def has(self, key: str) -> bool:
        """Is the key written in the file?"""
        return key in self.table

    def take(self, key: str, *, required: bool = False) -> object:
        """The raw value, None when absent or null (a required one is then reported)."""
        self._asked[key] = None
        if required and self.table.get(key) is None:
            self.report("missing", self.at(key))
        return self.table.get(key)

    def unknown_word(self, key: str, word: str, known: Sequence[str]) -> None:
        """Report a word that is none of `known`, with the nearest of them."""
        self.report(f"unknown_{key}", self.at(key), value=word, hint=nearest(word, known))

    def wrong(self, key: str, value: object, expected_ru: str, expected_en: str) -> None:
        """Report a value of a wrong type; fractions, the usual slip of the pen, with their own text."""
        if isinstance(value, float):
            self.report("float", self.at(key))
        else:
            self.report("type", self.at(key), expected_ru=expected_ru, expected_en=expected_en)

    def integer(
        self, key: str, default: int = 0, *, least: int = 0, most: int = MAX_INT, required: bool = False
    ) -> int:
        """A whole number in [least, most]."""
        self._asked[key] = None
        value = self.table.get(key)
        if type(value) is int and least <= value <= most:
            return value
        if value is None and not required:
            return default
        found = self.maybe_integer(key, least=least, most=most, required=required)
        return default if found is None else found

    def maybe_integer(self, key: str, *, least: int = 0, most: int = MAX_INT, required: bool = False) -> int | None:
        """A whole number in [least, most], None when absent or wrong."""
        value = self.take(key, required=required)
        if value is None:
            return None
        if type(value) is not int:
            self.wrong(key, value, "целое число", "an integer")
        elif not least <= value <= most:
            self.report("range", self.at(key), least=least, most=most)
        else:
            return value
        return None

    def flag(self, key: str) -> bool:
        """true or false; absent is false."""
        self._asked[key] = None
        value = self.table.get(key)
        if value is not None and type(value) is not bool:
            self.wrong(key, value, "true или false", "true or false")
        return value is True

    def text(self, key: str, default: str = "", *, required: bool = False, limit: int = MAX_TEXT) -> str:
        """Non-empty text."""
        self._asked[key] = None
        value = self.table.get(key)
        if value is None:
            if required:
                self.take(key, required=True)
            return default
        if not isinstance(value, str):
            self.wrong(key, value, "строка", "text")
        elif not value.isprintable() and CONTROL.search(value):
            self.report("control", self.at(key))
        elif not value.strip() or len(value) > limit:
            self.report("text", self.at(key), limit=limit)
        else:
            return value
        return default

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        """One of the allowed words."""
        self._asked[key] = None
        value = self.table.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong(key, value, "строка", "text")
        elif value not in allowed:
            self.report("choice", self.at(key), allowed=", ".join(allowed))
        else:
            return value
        return default

    def texts(
        self, key: str, *, allowed: Sequence[str] = (), required: bool = False, most: int = MAX_LIST
    ) -> tuple[str, ...]:
        """A list of at most `most` non-empty texts, each among `allowed` when that is given; absent is empty."""
        if key not in self.table and not required:
            self._asked[key] = None
            return ()
        value = self.take(key, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or [item for item in value if not isinstance(item, str) or not item]:
            self.wrong(key, value, "список непустых строк", "a list of non-empty texts")
            return ()
        if len(value) > most:
            self.report("too_many", self.at(key), limit=most)
            return ()
        together = "".join(value)
        if not together.isprintable() and CONTROL.search(together):
            self.report("control", self.at(key))
            return ()
        if not allowed:
            return tuple(value)
        known = tuple(item for item in value if item in allowed)
        if len(known) < len(value):
            self.report("choice", self.at(key), allowed=", ".join(allowed))
        return known

    def integers(self, key: str, *, least: int, most: int, count: int | None = None) -> tuple[int, ...]:
        """A list of whole numbers in [least, most], of `count` items when that is given; absent is empty."""
        if key not in self.table:
            self._asked[key] = None
            return ()
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or (count is not None and len(value) != count):
            self.wrong(key, value, f"список из {count or 'целых'} чисел", f"a list of {count or 'whole'} numbers")
            return ()
        for index, item in enumerate(value):
            if type(item) is not int:
                self.wrong(f"{key}[{index}]", item, "целое число", "an integer")
            elif not least <= item <= most:
                self.report("range", self.at(f"{key}[{index}]"), least=least, most=most)
        return tuple(item for item in value if type(item) is int and least <= item <= most)

    def date(self, key: str) -> dt.date | None:
        """A date `YYYY-MM-DD`, None when absent or wrong."""
        self._asked[key] = None
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, str) and DATE.fullmatch(value):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:  # 2026-02-30
                pass
        self.report("date", self.at(key))
        return None

    def period(self) -> tuple[dt.date | None, dt.date | None]:
        """`from` and `to`, half-open."""
        start, end = self.date("from"), self.date("to")
        if start and end and start >= end:
            self.report("period", self.at("to"))
        return start, end

    def table_at(self, key: str) -> Reader | None:
        """A nested table, None when absent or not a table."""
        self._asked[key] = None
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(key, value, "таблица", "a table")
            return None
        return Reader(value, self.at(key), self.problems, self.locate)

    def tables_at(self, key: str) -> list[Reader]:
        """A list of tables; absent is empty."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(key, value, "список таблиц", "a list of tables")
            return []
        wrong = next((index for index, item in enumerate(value) if not isinstance(item, dict)), None)
        if wrong is not None:
            self.wrong(f"{key}[{wrong}]", value[wrong], "таблица", "a table")
            return []
        if len(value) > MAX_LIST:
            self.report("too_many", self.at(key), limit=MAX_LIST)
            return []
        head = self.at(key)
        return [Reader(item, f"{head}[{index}]", self.problems, self.locate) for index, item in enumerate(value)]

    def done(self) -> None:
        """Report every key that nobody asked for, with the nearest known one as a hint."""
        for key in self.table:
            if key not in self._asked and key not in self._known:
                if len(self.problems) > MOST_PROBLEMS:
                    return
                self.report("unknown_key", self.at(key), hint=nearest(key, (*self._asked, *self._known)))


def nearest(word: str, known: Collection[str]) -> str:
    """` (word?)`: the known word that may have been meant; empty when none is near."""
    few = len(word) <= LONGEST_WORD and len(known) <= MOST_WORDS
    near = difflib.get_close_matches(word, known, n=1) if few else []
    return f" ({near[0]}?)" if near else ""
