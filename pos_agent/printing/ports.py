"""What the printer's thread needs from the rest of the agent, and what it shows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Protocol

from drivers.api import Capabilities, Identity, ShortDocument, SlipPart, StoredDocument


class UnreadableDocumentError(Exception):
    """The bytes of a document are not what the fiscal storage should hold."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class SlipJob:
    """A slip to print: its id in the store and its parts, laid out for this device."""

    id: str
    parts: tuple[SlipPart, ...]


@dataclass(frozen=True)
class Claim:
    """This document is that sale of ours; `answer` is kept as the sale's result in the same transaction."""

    sale_id: str
    answer: Mapping[str, Any]


class Journal(Protocol):
    """Where what was read goes. Every method is one transaction or one reading."""

    def cursor(self, fn_serial: str) -> int | None:
        """Number of the last document recorded from this storage; None = never seen."""

    def first_contact(self, fn_serial: str, last_fd: int) -> int:
        """A storage seen for the first time: start after its last document. Gives the cursor."""

    def record(
        self,
        fn_serial: str,
        document: StoredDocument,
        device_time: datetime | None,
        backfill: bool,
        claim: Claim | None = None,
    ) -> None:
        """Decode and record one document with all that follows from it. Raises UnreadableDocumentError."""

    def record_unreadable(
        self, fn_serial: str, fd: int, short: ShortDocument | None, body: bytes, why: str, backfill: bool
    ) -> None:
        """Remember that a document exists but cannot be read."""

    def slip_due(self) -> bool:
        """Is any slip waiting to be printed?"""

    def claim_slip(self, device: Capabilities) -> SlipJob | None:
        """Take the oldest slip that is due; it counts as being printed from now on."""

    def slip_printed(self, job: SlipJob) -> None:
        """All of it is on paper."""

    def slip_waits(self, job: SlipJob, code: str) -> None:
        """It did not come out: keep it, with the reason."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with the printer now: the code of its sentence, the words that fill it, a verdict if known."""

    code: str
    params: dict[str, object] = field(default_factory=dict)
    safe: str | None = None


@dataclass(frozen=True)
class Clocks:
    """Two clocks read at one moment: the device's (local, naive) and ours (aware)."""

    device: datetime
    ours: datetime

    def apart_min(self, zone: tzinfo) -> int:
        """Minutes, to the nearest, between the device's clock and the shop's time, of either sign."""
        apart = abs(self.device - self.ours.astimezone(zone).replace(tzinfo=None))
        return (apart + timedelta(seconds=30)) // timedelta(minutes=1)


@dataclass
class WatchState:
    """What `status` shows. Written by the printer's thread only."""

    identity: Identity | None = None
    fn_serial: str = ""
    last_fd: int = 0
    recorded_fd: int = 0
    warnings: tuple[str, ...] = ()
    problem: Problem | None = None
    clocks: Clocks | None = None  # None: not looked at yet
    last_answer: float | None = None  # monotonic seconds of the last good answer
