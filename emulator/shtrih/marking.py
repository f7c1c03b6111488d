"""Marking codes between their check and the line they belong to, and notifications of sold ones (notes, section 2.8).

Nothing is asked of a real server: a device without one knows only that a code has the form of a code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from emulator.tlv import Tlv, make

CODES = 128
"""Codes the storage keeps between checks; more are refused with A3h."""
GROUP = "\x1d"
CRYPTO_PREFIXES = ("91", "92", "93")
ALL_POSITIVE = 15
"""Tag 2106: checked by key, key right, status received, planned status right."""
CHECKED_BY_FORM = 0
LOCAL_STATUS, LOCAL_REASON, CODE_TYPE = 0, 1, 5
"""What a check without a server answers (exchange G46): not checked by key, reason 1, type 5."""


@dataclass
class Notification:
    """One sold code's message for the marking system: number, local time, its bytes."""

    number: int
    at: datetime
    body: bytes


@dataclass
class Marking:
    """``checked``: the code of FF61h that waits for FF69h; ``accepted``: codes that may be bound, with tag 2106."""

    checked: tuple[bytes, int] | None = None
    accepted: dict[bytes, int] = field(default_factory=dict)
    notifications: list[Notification] = field(default_factory=list)
    last_number: int = 0
    reading: tuple[int, int] = (0, 0)

    @property
    def full(self) -> bool:
        """No place for one more code."""
        return len(self.accepted) >= CODES

    def sold(self, at: datetime, body: bytes) -> None:
        """A receipt with marked goods was registered."""
        self.last_number += 1
        self.notifications.append(Notification(self.last_number, at, body))
        self.checked, self.accepted = None, {}


def code_tags(code: bytes, result: int) -> list[Tlv]:
    """Tags of a line: 1163 with the code in its kind, and 2106 with the result of the check."""
    text = code.decode("cp866", "replace")
    parts = text.split(GROUP)
    if text.startswith("01") and text[16:18] == "21" and any(part[:2] in CRYPTO_PREFIXES for part in parts[1:]):
        inside = make(1305, parts[0][:38])
    elif text.startswith("01") and text[16:18] == "21":
        inside = make(1304, parts[0][:38])
    else:
        inside = make(1300, text.replace(GROUP, "")[:32])
    return [make(1163, [inside]), make(2106, result)]
