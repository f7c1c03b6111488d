"""Answers of the status tasks -> values of `drivers.api`. Source: JSON tasks notes, section 4.3.

Members the sources name once are read tolerantly; a missing one that matters is a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drivers.api import Capabilities, Paper, PrinterStatus, Shift, StoragePassport, StorageStatus
from drivers.fptr10.words import SHIFTS

Told = Mapping[str, Any]
DOTS = 384  # when receiptLineLengthPix is not told: 58 mm paper at 8 dots a millimetre
WARNINGS = {
    "needReplacement": "replace_now",
    "criticalError": "replace_now",
    "resourceExhausted": "expiring",
    "memoryOverflow": "memory_full",
    "ofdTimeout": "ofd_timeout",
}
_TIME = re.compile(r"(\d{4})[-.](\d\d)[-.](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?")
_TIME_RU = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?")


def member(answer: Told, name: str) -> Told:
    """An object inside the answer. ValueError: not there."""
    value = answer.get(name)
    if not isinstance(value, Mapping):
        raise ValueError(f"no {name} in the answer")
    return value


def local_time(value: object) -> datetime | None:
    """The wall clock of ISO text, with or without an offset, or of dates written with dots; None: no time."""
    text = str(value or "")
    found = _TIME.match(text)
    if found is not None:
        year, month, day, *rest = found.groups()
    else:
        found = _TIME_RU.match(text)
        if found is None:
            return None
        day, month, year, *rest = found.groups()
    hour, minute, second = (int(part or 0) for part in rest)
    return datetime.fromisoformat(f"{year}-{month}-{day}T{hour:02}:{minute:02}:{second:02}")


def shift_of(value: object) -> Shift:
    """`closed`, `opened`, `expired`."""
    if value not in SHIFTS:
        raise ValueError(f"unknown state of the shift: {value!r}")
    return SHIFTS[str(value)]


def printer_status(answer: Told, receipt_open: bool, unprinted: bool) -> PrinterStatus:
    """`unprinted`: a document waits for "continue printing". The driver answers after printing: never `printing`."""
    told = member(answer, "deviceStatus")
    if told.get("paperPresent", True):
        paper = Paper.BACK if unprinted else Paper.PRESENT
    else:
        paper = Paper.OUT_WHILE_PRINTING if unprinted else Paper.OUT
    return PrinterStatus(
        shift=shift_of(told.get("shift")),
        paper=paper,
        cover_open=bool(told.get("coverOpened", False)),
        receipt_open=receipt_open,
        printing=False,
        device_time=local_time(told.get("currentDateTime")),
    )


def storage_status(info: Told, status: Told, shift: Shift, document_open: bool) -> StorageStatus:
    """getFnInfo and getFnStatus. The time of the last document is not told by either."""
    about, now = member(info, "fnInfo"), member(status, "fnStatus")
    warnings = {**_flags(about.get("warnings")), **_flags(now.get("warnings"))}
    return StorageStatus(
        fn_serial=str(about.get("serial", "")).strip(),
        last_fd=int(now["fiscalDocumentNumber"]),
        fiscal=about.get("livePhase") == "fiscalMode",
        shift_open=shift is not Shift.CLOSED,
        document_open=document_open,
        last_document_at=None,
        warnings=frozenset(WARNINGS[name] for name, is_set in warnings.items() if is_set and name in WARNINGS),
    )


def passport(info: Told, debug: str) -> StoragePassport:
    """Expiry and version. `debug`: the word by which a test storage is known."""
    told = member(info, "fnInfo")
    expires = local_time(told.get("validityDate"))
    if expires is None:
        raise ValueError(f"the expiry date is no date: {told.get('validityDate')!r}")
    version, left = str(told.get("version", "")), told.get("registrationsRemaining")
    production = debug not in version.lower()
    return StoragePassport(expires.date(), version, production, None if left is None else int(left))


def capabilities(answer: Told) -> Capabilities:
    """Line width in characters and dots. Whether there is a cutter no task tells: the driver feeds without one."""
    told = member(answer, "deviceInfo")
    columns = int(told["receiptLineLength"])
    dots = int(told.get("receiptLineLengthPix") or DOTS)
    return Capabilities(columns, columns // 2, native_qr=True, graphics_dots=dots)


def _flags(value: object) -> Mapping[str, object]:
    """null, [] and "" are seen in the field for "none"."""
    return value if isinstance(value, Mapping) else {}
