"""Commands of the fiscal storage (FN). Source: the vendor's list of FN commands (2016), its later drivers.

Two enumerations of documents exist: FF01h has its own, FF0Ah and FF3Ah use the forms of the FFD
(1 registration, 2 shift open, 3 receipt, 5 shift close, 31 correction, ...).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from drivers.api import Effect
from drivers.fields import (
    DATE_YMD,
    RAW_REST,
    STAMP_YMDHM,
    U8,
    U16,
    U32,
    UINT_REST,
    ascii_text,
    optional,
)
from drivers.shtrih.command import Command, Nothing, Password

_F = "Shtrih-M list of FN commands, "

LONG_TAIL = 25  # of FF09h: 64 bytes of data less the 39 before the tail


@dataclass(frozen=True)
class StorageState:
    """FF01h. `phase` 3 = working; `document` 0 = none open; `warnings`: bit 0 three days left, 1 thirty days
    left, 2 memory 90 % full, 3 the OFD's answer is overdue."""

    phase: Annotated[int, U8]
    document: Annotated[int, U8]
    received: Annotated[int, U8]
    shift: Annotated[int, U8]
    warnings: Annotated[int, U8]
    last_at: Annotated[datetime | None, STAMP_YMDHM]
    serial: Annotated[str, ascii_text(16)]
    last_fd: Annotated[int, U32]


@dataclass(frozen=True)
class StorageSerial:
    """FF02h."""

    serial: Annotated[str, ascii_text(16)]


@dataclass(frozen=True)
class StorageExpiry:
    """FF03h: the counters are sent by newer firmware only."""

    expires: Annotated[date | None, DATE_YMD]
    registrations_left: Annotated[int | None, optional(U8)] = None
    registrations: Annotated[int | None, optional(U8)] = None


@dataclass(frozen=True)
class StorageVersion:
    """FF04h: `kind` 0 = debug, 1 = production."""

    version: Annotated[str, ascii_text(16)]
    kind: Annotated[int, U8]


@dataclass(frozen=True)
class Registration:
    """FF09h: tax systems and work modes are bits; the tail has a short and a long form."""

    at: Annotated[datetime | None, STAMP_YMDHM]
    inn: Annotated[str, ascii_text(12)]
    rnm: Annotated[str, ascii_text(20)]
    tax_systems: Annotated[int, U8]
    work_modes: Annotated[int, U8]
    tail: Annotated[bytes, RAW_REST]

    @property
    def numbers(self) -> tuple[int, int] | None:
        """Number and fiscal sign of the document. Long form (FFD 1.1, one source) when 64 data bytes came or more."""
        at = 17 if len(self.tail) >= LONG_TAIL else 0
        fd_number, fpd = self.tail[at : at + 4], self.tail[at + 4 : at + 8]
        return (int.from_bytes(fd_number, "little"), int.from_bytes(fpd, "little")) if len(fpd) == 4 else None


@dataclass(frozen=True)
class FdNumber:
    """Request by number of the fiscal document."""

    fd_number: Annotated[int, U32]


@dataclass(frozen=True)
class FoundDocument:
    """FF0Ah. `tail`: 2, 5 shift number; 3, 4, 31, 41 operation (1) and total (5); others see the notes, 2.7."""

    form: Annotated[int, U8]
    ofd_receipt: Annotated[int, U8]
    at: Annotated[datetime | None, STAMP_YMDHM]
    fd_number: Annotated[int, U32]
    fpd: Annotated[int, U32]
    tail: Annotated[bytes, RAW_REST]

    @property
    def shift(self) -> int | None:
        """Of a shift's opening or closing; the shift of a receipt is only in its TLV (1038)."""
        return int.from_bytes(self.tail[:2], "little") if self.form in (2, 5) and len(self.tail) >= 2 else None


@dataclass(frozen=True)
class OfdReceipt:
    """FF3Ch: the OFD's receipt as it came; 08h = none yet."""

    content: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class OfdExchange:
    """FF39h. `status` bits: 0 link up, 1 message to send, 2 waits for a receipt, 3 command from the OFD, 4 settings
    changed, 5 waits for the answer to a command. `first_*`: the oldest document in the queue."""

    status: Annotated[int, U8]
    reading: Annotated[int, U8]
    queue: Annotated[int, U16]
    first_fd: Annotated[int, U32]
    first_at: Annotated[datetime | None, STAMP_YMDHM]


@dataclass(frozen=True)
class DocumentHead:
    """FF3Ah: form of the document and bytes of TLV that follow through FF3Bh."""

    form: Annotated[int, U16]
    length: Annotated[int, U16]


@dataclass(frozen=True)
class TlvPiece:
    """FF3Bh: whole top-level tags, in logs exactly one."""

    tlv: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Unconfirmed:
    """FF3Fh: documents without the OFD's receipt. Two bytes or four, sources disagree: any length is read."""

    count: Annotated[int, UINT_REST]


@dataclass(frozen=True)
class CurrentShift:
    """FF40h: `state` 1 = open; when closed `shift` is the last one; `receipt` = last closed one, 0 after opening."""

    state: Annotated[int, U8]
    shift: Annotated[int, U16]
    receipt: Annotated[int, U16]


_QUERY, _STEP, _SYS = Effect.QUERY, Effect.STEP, Password.SYSTEM

STORAGE_STATE = Command(0xFF01, "запрос статуса ФН", Nothing, StorageState, 10.0, _QUERY, _SYS, _F + "FF01h")
STORAGE_SERIAL = Command(0xFF02, "запрос номера ФН", Nothing, StorageSerial, 10.0, _QUERY, _SYS, _F + "FF02h")
STORAGE_EXPIRY = Command(0xFF03, "запрос срока действия ФН", Nothing, StorageExpiry, 10.0, _QUERY, _SYS, _F + "FF03h")
STORAGE_VERSION = Command(0xFF04, "запрос версии ФН", Nothing, StorageVersion, 10.0, _QUERY, _SYS, _F + "FF04h")
CANCEL_STORAGE_DOCUMENT = Command(0xFF08, "отменить документ в ФН", Nothing, Nothing, 30.0, _STEP, _SYS, _F + "FF08h")
REGISTRATION = Command(0xFF09, "запрос итогов фискализации", Nothing, Registration, 10.0, _QUERY, _SYS, _F + "FF09h")
FIND_DOCUMENT = Command(
    0xFF0A, "найти фискальный документ по номеру", FdNumber, FoundDocument, 10.0, _QUERY, _SYS, _F + "FF0Ah"
)
OFD_EXCHANGE = Command(
    0xFF39, "получить статус информационного обмена", Nothing, OfdExchange, 10.0, _QUERY, _SYS, _F + "FF39h"
)
REQUEST_TLV = Command(
    0xFF3A, "запросить фискальный документ в TLV формате", FdNumber, DocumentHead, 10.0, _QUERY, _SYS, _F + "FF3Ah"
)
# Reading moves the device's read position: a repeat would leave a piece out, so this is no QUERY.
READ_TLV = Command(0xFF3B, "чтение TLV фискального документа", Nothing, TlvPiece, 10.0, _STEP, _SYS, _F + "FF3Bh")
OFD_RECEIPT = Command(
    0xFF3C, "запросить квитанцию о получении данных в ОФД", FdNumber, OfdReceipt, 10.0, _QUERY, _SYS, _F + "FF3Ch"
)
UNCONFIRMED = Command(
    0xFF3F, "запрос количества ФД, на которые нет квитанции", Nothing, Unconfirmed, 10.0, _QUERY, _SYS, _F + "FF3Fh"
)
CURRENT_SHIFT = Command(
    0xFF40, "запрос параметров текущей смены", Nothing, CurrentShift, 10.0, _QUERY, _SYS, _F + "FF40h"
)

COMMANDS = (
    STORAGE_STATE,
    STORAGE_SERIAL,
    STORAGE_EXPIRY,
    STORAGE_VERSION,
    CANCEL_STORAGE_DOCUMENT,
    REGISTRATION,
    FIND_DOCUMENT,
    OFD_EXCHANGE,
    REQUEST_TLV,
    READ_TLV,
    OFD_RECEIPT,
    UNCONFIRMED,
    CURRENT_SHIFT,
)
