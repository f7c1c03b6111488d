"""Straight to the fiscal storage (FN): A4h. Integers little-endian, dates binary. Source: protocol notes, 3.8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from drivers.api import Effect
from drivers.atol.command import Command, Nothing, Rest
from drivers.fields import DATE_YMD, RAW_REST, STAMP_YMDHM, U8, U16, U32, ascii_text, digits, optional

_S = "protocol notes, section 3.8: "


@dataclass(frozen=True)
class ShiftState:
    """10h, binary; while closed the numbers of the last shift."""

    open: Annotated[int, U8]
    shift: Annotated[int, U16]
    receipt: Annotated[int, U16]


@dataclass(frozen=True)
class OfdState:
    """20h. `status` b0 connected, b1 has messages, b2 waits for a receipt; count and FD are 0 when nothing waits."""

    status: Annotated[int, U8]
    reading: Annotated[int, U8]
    unsent: Annotated[int, U16]
    first_unsent_fd: Annotated[int, U32]
    first_unsent_at: Annotated[datetime | None, STAMP_YMDHM]


@dataclass(frozen=True)
class StorageState:
    """30h. `phase` 1 ready, 3 fiscal, 7 closed, 15 archive read; `document` 0 none, 4 receipt; `warnings`: `status`.

    A serial that is no number means that bytes shifted on the way: nothing of such an answer is read.
    """

    phase: Annotated[int, U8]
    document: Annotated[int, U8]
    document_bytes: Annotated[int, U8]
    shift: Annotated[int, U8]
    warnings: Annotated[int, U8]
    last_at: Annotated[datetime | None, STAMP_YMDHM]
    serial: Annotated[str, digits(16)]
    last_fd: Annotated[int, U32]


@dataclass(frozen=True)
class StorageNumber:
    """31h."""

    serial: Annotated[str, digits(16)]


@dataclass(frozen=True)
class Validity:
    """32h: end of validity, registrations left and made."""

    expires: Annotated[date | None, DATE_YMD]
    registrations_left: Annotated[int, U8]
    registrations_made: Annotated[int, U8]


@dataclass(frozen=True)
class StorageVersion:
    """33h; `kind` 0 = a debug storage."""

    version: Annotated[str, ascii_text(16)]
    kind: Annotated[int, U8]


@dataclass(frozen=True)
class FdNumber:
    """Number of a fiscal document, from 1."""

    fd_number: Annotated[int, U32]


@dataclass(frozen=True)
class FoundDocument:
    """40h. `tail` by form; receipts: operation (1054), sum of 4 bytes in FN-1, 5 later."""

    form: Annotated[int, U8]
    ofd_receipt: Annotated[int, U8]
    at: Annotated[datetime | None, STAMP_YMDHM]
    fd_number: Annotated[int, U32]
    fpd: Annotated[int, U32]
    tail: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Count:
    """42h: documents without a receipt of the OFD."""

    count: Annotated[int, U16]


@dataclass(frozen=True)
class ReportNumber:
    """43h: the registration report, None = the last one."""

    number: Annotated[int | None, optional(U8)] = None


@dataclass(frozen=True)
class Registration:
    """43h: time, INN, RNM, tax systems, work modes (as real firmware answers)."""

    at: Annotated[datetime | None, STAMP_YMDHM]
    inn: Annotated[str, ascii_text(12)]
    rnm: Annotated[str, ascii_text(20)]
    tax_systems: Annotated[int, U8]
    modes: Annotated[int, U8]


@dataclass(frozen=True)
class TagNumber:
    """44h."""

    tag: Annotated[int, U16]


@dataclass(frozen=True)
class TlvHead:
    """45h: form and length of all TLVs together."""

    form: Annotated[int, U16]
    length: Annotated[int, U16]


FN = 10.0
SHIFT_STATE = Command(0xA4, "состояние смены ФН", Nothing, ShiftState, FN, Effect.QUERY, _S + "A4h 10h", b"\x10")
OFD_STATE = Command(0xA4, "обмен с ОФД", Nothing, OfdState, FN, Effect.QUERY, _S + "A4h 20h", b"\x20")
STORAGE_STATE = Command(0xA4, "статус ФН", Nothing, StorageState, FN, Effect.QUERY, _S + "A4h 30h", b"\x30")
STORAGE_NUMBER = Command(0xA4, "номер ФН", Nothing, StorageNumber, FN, Effect.QUERY, _S + "A4h 31h", b"\x31")
VALIDITY = Command(0xA4, "срок действия ФН", Nothing, Validity, FN, Effect.QUERY, _S + "A4h 32h", b"\x32")
STORAGE_VERSION = Command(0xA4, "версия ФН", Nothing, StorageVersion, FN, Effect.QUERY, _S + "A4h 33h", b"\x33")
FIND_DOCUMENT = Command(0xA4, "найти ФД по номеру", FdNumber, FoundDocument, FN, Effect.QUERY, _S + "A4h 40h", b"\x40")
OFD_RECEIPT = Command(0xA4, "квитанция ОФД", FdNumber, Rest, FN, Effect.QUERY, _S + "A4h 41h", b"\x41")
WITHOUT_RECEIPT = Command(0xA4, "число ФД без квитанции", Nothing, Count, FN, Effect.QUERY, _S + "A4h 42h", b"\x42")
REGISTRATION = Command(0xA4, "итог фискализации", ReportNumber, Registration, FN, Effect.QUERY, _S + "A4h 43h", b"\x43")
REGISTRATION_TLV = Command(0xA4, "параметр фискализации", TagNumber, Rest, FN, Effect.QUERY, _S + "A4h 44h", b"\x44")
REQUEST_TLV = Command(0xA4, "запросить ФД в TLV", FdNumber, TlvHead, FN, Effect.QUERY, _S + "A4h 45h", b"\x45")
READ_TLV = Command(0xA4, "чтение TLV ФД", Nothing, Rest, FN, Effect.STEP, _S + "A4h 46h", b"\x46")
NEXT_REGISTRATION_TLV = Command(
    0xA4, "чтение TLV фискализации", Nothing, Rest, FN, Effect.STEP, _S + "A4h 47h", b"\x47"
)

COMMANDS = (
    SHIFT_STATE,
    OFD_STATE,
    STORAGE_STATE,
    STORAGE_NUMBER,
    VALIDITY,
    STORAGE_VERSION,
    FIND_DOCUMENT,
    OFD_RECEIPT,
    WITHOUT_RECEIPT,
    REGISTRATION,
    REGISTRATION_TLV,
    REQUEST_TLV,
    READ_TLV,
    NEXT_REGISTRATION_TLV,
)
