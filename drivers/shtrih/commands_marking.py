"""Marked goods (FFD 1.2), the data buffer, memory of the storage. Source: the vendor's note on FFD 1.2, its drivers.

A code is sent as on the pack, with GS (1Dh) between its groups. A check asks a server and takes up to 40 s.
Errors of the storage from 32h up come shifted to A0h and up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from drivers.api import Effect
from drivers.fields import RAW_REST, STAMP_YMDHM, U8, U16, U32, FieldError, Wire, optional, raw, text_from
from drivers.shtrih.command import Command, Nothing, Password

_D = "vendor's note on FFD 1.2 and its drivers, "
_J = "vendor drivers, "


def _counted() -> Wire[bytes]:
    """Bytes with their number, one byte, before them."""

    def encode(value: bytes) -> bytes:
        if len(value) > 0xFF:
            raise FieldError(f"{len(value)} bytes, 255 allowed")
        return bytes((len(value),)) + value

    return Wire("counted bytes", encode, lambda cursor: cursor.take(cursor.take(1)[0]))


COUNTED = _counted()


@dataclass(frozen=True)
class MarkCheck:
    """FF61h: `content` = the code and then its TLV, as long as the two lengths say. `planned` tag 2003, `mode` 2102.

    Part of a pack: 2108 and 1023 in the TLV.
    """

    planned: Annotated[int, U8]
    mode: Annotated[int, U8]
    code_length: Annotated[int, U8]
    tlv_length: Annotated[int, U8]
    content: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class MarkChecked:
    """FF61h answer: tag 2004, why, tag 2100, then what the server said, if it did: error 1, tag 2106 1, its TLV."""

    local: Annotated[int, U8]
    reason: Annotated[int, U8]
    kind: Annotated[int, U8]
    rest_length: Annotated[int, U8]
    rest: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class MarkBinding:
    """FF67h, right after the item's FF46h. `bulk` FFh: sold by measure, leave out otherwise."""

    code: Annotated[bytes, COUNTED]
    bulk: Annotated[int | None, optional(U8)] = None


@dataclass(frozen=True)
class MarkBound:
    """FF67h answer: kind of the code, of its DataMatrix, then as FF61h."""

    kind: Annotated[int, U16]
    symbol: Annotated[int, U8]
    rest: Annotated[bytes, RAW_REST] = b""


@dataclass(frozen=True)
class MarkVerdict:
    """FF69h: 1 accept, 0 reject."""

    accept: Annotated[int, U8]


@dataclass(frozen=True)
class MarkAccepted:
    """FF69h answer: tag 2106."""

    result: Annotated[int, U8]


@dataclass(frozen=True)
class MarkNotices:
    """FF68h: notifications waiting for the operator. `tail`: fill in percent, 1 byte; newer: free KB, 4 bytes."""

    state: Annotated[int, U8]
    queue: Annotated[int, U16]
    number: Annotated[int, U32]
    at: Annotated[datetime | None, STAMP_YMDHM]
    tail: Annotated[bytes, RAW_REST] = b""


@dataclass(frozen=True)
class MarkState:
    """FF70h; one source has one more byte of flags at the end."""

    check: Annotated[int, U8]
    notification: Annotated[int, U8]
    flags: Annotated[int, U8]
    saved: Annotated[int, U8]
    in_notification: Annotated[int, U8]
    free: Annotated[int, U8]
    notifications: Annotated[int, U16]


@dataclass(frozen=True)
class NoticesHead:
    """FF71h answer: reading of notifications starts anew. Autonomous mode."""

    count: Annotated[int, U16]
    number: Annotated[int, U32]
    size: Annotated[int, U16]


@dataclass(frozen=True)
class NoticePiece:
    """FF72h answer: the next block, at most 128 bytes; 08h or 34h ends."""

    number: Annotated[int, U32]
    size: Annotated[int, U16]
    offset: Annotated[int, U16]
    length: Annotated[int, U16]
    content: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class NoticeReceived:
    """FF73h: `crc` is CRC16 of the whole notification."""

    number: Annotated[int, U32]
    crc: Annotated[int, U16]


@dataclass(frozen=True)
class StorageMemory:
    """FF63h: documents that fit the 5-year store, KB free in the 30-day store."""

    documents: Annotated[int, U32]
    kilobytes: Annotated[int, U32]


@dataclass(frozen=True)
class BufferSize:
    """FF32h: bytes that will follow through FF33h."""

    size: Annotated[int, U16]


@dataclass(frozen=True)
class BufferBlock:
    """FF32h answer: bytes one FF33h may carry."""

    block: Annotated[int, U8]


@dataclass(frozen=True)
class BufferPiece:
    """FF33h: where in the buffer, and what."""

    offset: Annotated[int, U16]
    content: Annotated[bytes, COUNTED]


@dataclass(frozen=True)
class Sixteen:
    """FF65h answer, FF66h request: 16 bytes of the authorisation dialogue."""

    content: Annotated[bytes, raw(16)]


@dataclass(frozen=True)
class StorageExecution:
    """FF74h: name of the storage's execution. One source; another gives this code to the document size [conflict]."""

    name: Annotated[str, text_from(0, 48)]


@dataclass(frozen=True)
class DocumentSize:
    """FF75h: bytes of the last document and of its receipt from the OFD. One source."""

    document: Annotated[int, U32]
    receipt: Annotated[int, U32]


_QUERY, _SET, _STEP = Effect.QUERY, Effect.SET, Effect.STEP
_OP, _SYS = Password.OPERATOR, Password.SYSTEM

START_BUFFER = Command(0xFF32, "начать запись данных в буфер", BufferSize, BufferBlock, 10.0, _SET, _SYS, _J + "FF32h")
WRITE_BUFFER = Command(0xFF33, "записать блок данных в буфер", BufferPiece, Nothing, 10.0, _SET, _SYS, _J + "FF33h")
SEND_BUFFER = Command(
    0xFF64, "передать произвольную TLV структуру из буфера", Nothing, Nothing, 30.0, _STEP, _SYS, _J + "FF64h"
)
CHECK_MARK = Command(0xFF61, "проверка кода маркировки", MarkCheck, MarkChecked, 40.0, _STEP, _SYS, _D + "FF61h")
SYNC_REGISTERS = Command(0xFF62, "синхронизировать регистры с ФН", Nothing, Nothing, 30.0, _SET, _SYS, _J + "FF62h")
STORAGE_MEMORY = Command(0xFF63, "запрос ресурса памяти ФН", Nothing, StorageMemory, 10.0, _QUERY, _SYS, _J + "FF63h")
RANDOM_DATA = Command(0xFF65, "запрос случайных данных", Nothing, Sixteen, 10.0, _QUERY, _SYS, _J + "FF65h")
AUTHORISE = Command(0xFF66, "авторизоваться", Sixteen, Nothing, 10.0, _STEP, _SYS, _J + "FF66h")
BIND_MARK = Command(
    0xFF67, "привязка маркированного товара к позиции", MarkBinding, MarkBound, 40.0, _STEP, _OP, _J + "FF67h"
)
MARK_NOTICES = Command(
    0xFF68, "состояние по передаче уведомлений", Nothing, MarkNotices, 10.0, _QUERY, _OP, _D + "FF68h"
)
ACCEPT_MARK = Command(
    0xFF69, "принять или отвергнуть код маркировки", MarkVerdict, MarkAccepted, 30.0, _STEP, _OP, _D + "FF69h"
)
MARK_STATE = Command(0xFF70, "статус работы с кодами маркировки", Nothing, MarkState, 10.0, _QUERY, _OP, _D + "FF70h")
START_NOTICES = Command(0xFF71, "начать выгрузку уведомлений", Nothing, NoticesHead, 10.0, _QUERY, _OP, _J + "FF71h")
# As FF3Bh: reading moves the position, a repeat would leave a block out.
READ_NOTICE = Command(0xFF72, "прочитать блок уведомления", Nothing, NoticePiece, 10.0, _STEP, _OP, _J + "FF72h")
CONFIRM_NOTICE = Command(
    0xFF73, "подтвердить выгрузку уведомления", NoticeReceived, Nothing, 10.0, _STEP, _OP, _J + "FF73h"
)
STORAGE_EXECUTION = Command(0xFF74, "запрос исполнения ФН", Nothing, StorageExecution, 10.0, _QUERY, _OP, _J + "FF74h")
DOCUMENT_SIZE = Command(0xFF75, "запрос размера документа", Nothing, DocumentSize, 10.0, _QUERY, _OP, _J + "FF75h")

COMMANDS = (
    START_BUFFER,
    WRITE_BUFFER,
    SEND_BUFFER,
    CHECK_MARK,
    SYNC_REGISTERS,
    STORAGE_MEMORY,
    RANDOM_DATA,
    AUTHORISE,
    BIND_MARK,
    MARK_NOTICES,
    ACCEPT_MARK,
    MARK_STATE,
    START_NOTICES,
    READ_NOTICE,
    CONFIRM_NOTICE,
    STORAGE_EXECUTION,
    DOCUMENT_SIZE,
)
