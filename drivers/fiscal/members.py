"""Picking typed values out of a sequence of tags. A value of a wrong size counts as absent: findings report it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from drivers.fiscal.tlv import Tag


def first(tags: Iterable[Tag], number: int) -> Tag | None:
    """The first tag of that number."""
    return next((tag for tag in tags if tag.tag == number), None)


def every(tags: Iterable[Tag], number: int) -> tuple[Tag, ...]:
    """All tags of that number, in their order."""
    return tuple(tag for tag in tags if tag.tag == number)


def inside(tags: Iterable[Tag], number: int) -> tuple[Tag, ...]:
    """Members of the first container of that number; () when it is absent."""
    found = first(tags, number)
    return found.tags if found else ()


def whole(tags: Iterable[Tag], number: int) -> int | None:
    """An integer value."""
    found = first(tags, number)
    return found.value if found and isinstance(found.value, int) else None


def text(tags: Iterable[Tag], number: int) -> str:
    """A text without padding; "" when absent."""
    found = first(tags, number)
    return found.value if found and isinstance(found.value, str) else ""


def moment(tags: Iterable[Tag], number: int) -> datetime | None:
    """A local time."""
    found = first(tags, number)
    return found.value if found and isinstance(found.value, datetime) else None


def decimal(tags: Iterable[Tag], number: int) -> Decimal | None:
    """A quantity."""
    found = first(tags, number)
    return found.value if found and isinstance(found.value, Decimal) else None
