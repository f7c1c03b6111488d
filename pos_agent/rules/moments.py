"""When a receipt is: the store's local time with its daylight-saving rules (loyalty rules, section 3.3)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pos_agent.rules.reader import Reader

OLDEST_YEAR = 1970  # an earlier moment is a clock that was never set
NEWEST_YEAR = 2199


def moment(reader: Reader) -> dt.datetime | None:
    """`at`, and `zone` when the store names its own: a local time that the zone skips or an offset that it does not
    have at that moment are reported. Of an hour that comes twice the first is meant unless the offset says otherwise.
    """
    at, zone = local_moment(reader, "at"), _zone(reader)
    if at is None or zone is None:
        return at
    if at.tzinfo is not None:
        local = at.astimezone(zone)
        if local.utcoffset() != at.utcoffset():
            offset = f"{local:%z}"
            reader.report("offset", reader.at("at"), zone=zone.key, offset=f"{offset[:3]}:{offset[3:]}")
        return at
    local = at.replace(tzinfo=zone)
    back = local.astimezone(dt.UTC).astimezone(zone)
    if back.replace(tzinfo=None) != at:
        reader.report("gap", reader.at("at"), zone=zone.key)
        return None
    return local.replace(tzinfo=dt.timezone(local.utcoffset() or dt.timedelta()))


def local_moment(reader: Reader, key: str) -> dt.datetime | None:
    """A date and time in its own offset, None when absent or wrong."""
    value = reader.take(key)
    if value is None:
        return None
    if isinstance(value, str) and "T" in value:
        try:
            found = dt.datetime.fromisoformat(value)
            if OLDEST_YEAR <= found.year <= NEWEST_YEAR:
                return found
        except ValueError:  # 2026-02-30T10:00
            pass
    reader.report("moment", reader.at(key))
    return None


def _zone(reader: Reader) -> ZoneInfo | None:
    name = reader.text("zone", limit=64)
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of the database
        reader.report("zone", reader.at("zone"), value=name)
        return None
