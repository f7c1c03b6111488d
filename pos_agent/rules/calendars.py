"""Named calendars, experiments, batches of codes: what a rule's `when` may refer to by name. Values."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

BUCKETS = 10_000


@dataclass(frozen=True)
class Calendar:
    """`[[calendar]]`: days by date (pairs, both included), by day of the year, by weekday; all lists together.

    `hours` in minutes of the wall clock, None = the whole day. A date of the store's own time: an hour that the clock
    repeats in autumn holds twice, one that it jumps over in spring never comes.
    """

    id: str
    periods: tuple[tuple[dt.date, dt.date], ...] = ()
    yearly: frozenset[tuple[int, int]] = frozenset()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None

    def holds(self, at: dt.datetime) -> bool:
        """Does the moment lie in it?"""
        day = at.date()
        if self.hours and not within_hours(self.hours, at.hour * 60 + at.minute):
            return False
        if not (self.periods or self.yearly or self.weekdays):
            return True
        return (
            any(first <= day <= last for first, last in self.periods)
            or (day.month, day.day) in self.yearly
            or day.isoweekday() in self.weekdays
        )


def within_hours(hours: tuple[int, int], minute: int) -> bool:
    """start <= time < end in minutes of the day; start after end runs over midnight."""
    start, end = hours
    return start <= minute < end if start < end else minute >= start or minute < end


@dataclass(frozen=True)
class Experiment:
    """`[[experiment]]`: customers split by hash(customer, salt) mod 10 000 (loyalty rules, section 12).

    `groups`: name and share in basis points, in their order from bucket 0; what is left over belongs to no group.
    """

    id: str
    salt: str
    groups: tuple[tuple[str, int], ...]

    def group_of(self, customer: str) -> tuple[int, str]:
        """(bucket, name of the group or "")."""
        bucket = bucket_of(customer, self.salt)
        edge = 0
        for name, share in self.groups:
            edge += share
            if bucket < edge:
                return bucket, name
        return bucket, ""


def bucket_of(customer: str, salt: str) -> int:
    """0..9999: the first eight bytes of SHA-256 of `salt:customer`, as a big-endian number, modulo 10 000."""
    digest = hashlib.sha256(f"{salt}:{customer}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS
