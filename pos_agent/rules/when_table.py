"""`when` of a rule, `[[calendar]]`, `[[experiment]]`, `[[codes]]`: tables -> values."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pos_agent.rules.calendars import BUCKETS, Calendar, Experiment
from pos_agent.rules.code_form import CODE_KINDS, MAX_BODY, OFFLINE, TIMES, UNLIMITED, VALUES, Batch, plain
from pos_agent.rules.quantities import micro_of
from pos_agent.rules.reader import TIME, Reader
from pos_agent.rules.values import When, made

DAY_OF_YEAR = re.compile(r"(\d\d)-(\d\d)")
PERIOD = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?")
MAX_LIST = 200_000
EVERY = made(When)


def when(reader: Reader) -> When:
    """The conditions of one rule; absent = none."""
    table = reader.table_at("when")
    if table is None:
        return EVERY
    start, end = dates(table)
    table.known(READING)
    said = {RENAMED.get(key, key): READING[key](table) for key in table.table if key in READING}
    found = made(When, start=start, end=end, **said)
    _bounds(table, found)
    table.done()
    return found


def _birthday(table: Reader) -> tuple[int, int] | None:
    days = table.integers("birthday", least=0, most=366, count=2)
    return (days[0], days[1]) if len(days) == 2 else None


def _bounds(table: Reader, found: When) -> None:
    if found.max_total_kop is not None and found.max_total_kop < found.min_total_kop:
        table.report("period", table.at("max_total_kop"))
    if found.max_micro is not None and found.max_micro < found.min_micro:
        table.report("period", table.at("max_qty"))


def quantity(reader: Reader, key: str) -> int | None:
    """Millionths of a quantity written as text, None when absent or wrong."""
    value = reader.take(key)
    if value is None:
        return None
    micro = micro_of(value)
    if micro is None:
        reader.report("quantity", reader.at(key))
    return micro


def dates(reader: Reader) -> tuple[dt.date | None, dt.date | None]:
    """`from` and `to`, half-open."""
    start, end = reader.date("from"), reader.date("to")
    if start and end and start >= end:
        reader.report("period", reader.at("to"))
    return start, end


def hours(reader: Reader) -> tuple[int, int] | None:
    """`[start, end]` in minutes; start after end runs over midnight, equal ones would be nothing or all."""
    found = reader.texts("hours")
    if not found:
        return None
    if len(found) != 2:
        reader.report("type", reader.at("hours"), expected_ru="[начало, конец]", expected_en="[start, end]")
    else:
        start, end = _minutes(found[0]), _minutes(found[1])
        if start is None or end is None:
            reader.report("time", reader.at("hours"))
        elif start == end:
            reader.report("period", reader.at("hours"))
        else:
            return start, end
    return None


def _texts(key: str) -> Callable[[Reader], tuple[str, ...]]:
    return lambda table: table.texts(key)


LISTS = (
    "segments", "codes", "channels", "stores", "registers", "deliveries", "partners", "payments", "only_payments",
    "batches", "calendars", "not_calendars", "variants",
)  # fmt: skip
RENAMED = {"min_qty": "min_micro", "max_qty": "max_micro"}
READING: Mapping[str, Callable[[Reader], Any]] = {
    **{key: _texts(key) for key in LISTS},
    "weekdays": lambda table: table.integers("weekdays", least=1, most=7),
    "hours": hours,
    "min_total_kop": lambda table: table.integer("min_total_kop"),
    "max_total_kop": lambda table: table.maybe_integer("max_total_kop"),
    "min_qty": lambda table: quantity(table, "min_qty") or 0,
    "max_qty": lambda table: quantity(table, "max_qty"),
    "birthday": _birthday,
    "nth_visit": lambda table: table.integer("nth_visit", least=1),
    "first_purchase": lambda table: table.flag("first_purchase"),
    "visit_numbers": lambda table: table.integers("visit_numbers", least=1, most=1_000_000),
    "nth_receipt": lambda table: table.integer("nth_receipt", least=1),
    "visits_today": lambda table: table.integers("visits_today", least=1, most=1_000_000),
}  # keys of `when` beside `from` and `to`; a rule has few of them


@lru_cache(maxsize=2_048)  # there are 1,441 of them
def _minutes(text: str) -> int | None:
    """Minutes of the day, None for what is no time."""
    return int(text[:2]) * 60 + int(text[3:]) if TIME.fullmatch(text) else None


def calendar(reader: Reader) -> Calendar:
    """`[[calendar]]`."""
    found = Calendar(
        id=reader.text("id", required=True, limit=64),
        periods=tuple(_periods(reader)),
        yearly=frozenset(_days_of_year(reader)),
        weekdays=reader.integers("weekdays", least=1, most=7),
        hours=hours(reader),
    )
    if not any(reader.has(key) for key in ("dates", "yearly", "weekdays", "hours")):
        reader.report("one_of", reader.path, keys="dates, yearly, weekdays, hours")
    reader.done()
    return found


def _periods(reader: Reader) -> list[tuple[dt.date, dt.date]]:
    """`2026-12-31` or `2027-01-01/2027-01-08`, both ends included."""
    found = []
    for index, text in enumerate(reader.texts("dates")):
        read = PERIOD.fullmatch(text)
        try:
            first = dt.date.fromisoformat(read[1]) if read else None
            last = dt.date.fromisoformat(read[2]) if read and read[2] else first
        except ValueError:
            first = last = None
        if first is None or last is None or last < first:
            reader.report("date", reader.at(f"dates[{index}]"))
        else:
            found.append((first, last))
    return found


def _days_of_year(reader: Reader) -> list[tuple[int, int]]:
    found = []
    for index, text in enumerate(reader.texts("yearly")):
        read = DAY_OF_YEAR.fullmatch(text)
        try:
            day = dt.date(2024, int(read[1]), int(read[2])) if read else None  # a leap year: 29 February is a day
        except ValueError:
            day = None
        if day is None:
            reader.report("day_of_year", reader.at(f"yearly[{index}]"))
        else:
            found.append((day.month, day.day))
    return found


def experiment(reader: Reader) -> Experiment:
    """`[[experiment]]`: shares of at most 100 % together."""
    found = Experiment(
        id=reader.text("id", required=True, limit=64),
        salt=reader.text("salt", str(reader.table.get("id", "")), limit=64),
        groups=tuple(_group(item) for item in reader.tables_at("groups")),
    )
    reader.take("groups", required=True)
    if sum(share for _, share in found.groups) > BUCKETS:
        reader.report("shares", reader.at("groups"))
    for twice in repeated([name for name, _ in found.groups]):
        reader.report("duplicate", reader.at("groups"), value=twice)
    reader.done()
    return found


def _group(reader: Reader) -> tuple[str, int]:
    found = reader.text("name", required=True, limit=64), reader.integer("bp", most=BUCKETS, required=True)
    reader.done()
    return found


def batch(reader: Reader) -> Batch:
    """`[[codes]]`: a list, or the form of generated codes."""
    start, end = dates(reader)
    kind = reader.choice("kind", CODE_KINDS, UNLIMITED)
    times = reader.integer("times", 1, least=1, required=kind == TIMES)
    if kind != TIMES and reader.has("times"):
        reader.report("needs", reader.at("times"), keys='kind = "times"')
    found = Batch(
        id=reader.text("id", required=True, limit=64),
        kind=kind,
        times=times,
        codes=frozenset(reader.texts("codes", most=MAX_LIST)),
        prefix=reader.text("prefix", limit=16),
        body=reader.integer("body", 8, least=4, most=MAX_BODY),
        check=reader.integer("check", 1, least=1, most=6),
        start=start,
        end=end,
        offline=reader.choice("offline", OFFLINE, "bound"),
    )
    if any(sign not in VALUES for sign in plain(found.prefix)):
        reader.report("prefix", reader.at("prefix"))
    reader.done()
    return found


def repeated(words: Sequence[str]) -> list[str]:
    """Words that occur more than once, sorted, each once."""
    counts = Counter(words)
    return sorted(word for word, count in counts.items() if word and count > 1)
