"""How an exchange with the cloud can end badly. Each says what to do next; none of them loses anything.

SyncError
├── UnreachableError    no answer in time, 5xx, 429, 3xx: back off; `retry_after` in seconds when the cloud asked for it
│   └── BrokenError     status 500: as above, but when it goes on, an entry may be the cause
├── NotAdmittedError    401, 403, 404, or no usable token: a person must mend a setting; back off meanwhile
├── RefusedError        400, 413, 422: this content is not taken; halve it to find the entry
└── ProtocolError       an answer that cannot be true or is no answer: keep everything, back off, alarm
"""

from __future__ import annotations

CAUSE_LIMIT = 200  # characters: parts of it come from outside


class SyncError(Exception):
    """`cause` is short English for status and log, without secrets."""

    def __init__(self, cause: str, retry_after: float | None = None) -> None:
        super().__init__(cause[:CAUSE_LIMIT])
        self.cause = cause[:CAUSE_LIMIT]
        self.retry_after = retry_after


class UnreachableError(SyncError):
    """Try again later."""


class BrokenError(UnreachableError):
    """The cloud broke down over this request, or over anything."""


class NotAdmittedError(SyncError):
    """The cloud does not know this register, its token or the address."""


class RefusedError(SyncError):
    """The cloud read the request and will not take it."""


class ProtocolError(SyncError):
    """The cloud answers something that cannot be."""
