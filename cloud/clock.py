"""Time and chance for the cloud, in one place and passed in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
TOKEN_BYTES = 32


def system_now() -> datetime:
    """UTC, aware."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """As the database writes it: UTC, ISO, always milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def new_token() -> str:
    """32 random bytes as text that needs no escaping."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_trace() -> str:
    """A number for support: it joins an answer to a line of the log."""
    return secrets.token_hex(8)
