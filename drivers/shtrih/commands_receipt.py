"""Receipt, shift, cash, clock and table writing. Sources: Shtrih-M protocol 2.0, the vendor's drivers, device logs.

Sums are kopecks, quantities millionths. Receipt types: 8Dh counts 0 sale, 1 purchase, 2 sale return,
3 purchase return; FF46h counts 1 sale, 2 sale return, 3 purchase, 4 purchase return.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from drivers.api import Effect
from drivers.fields import (
    DATE_DMY,
    MONEY40,
    RAW_REST,
    STAMP_YMDHM,
    U8,
    U16,
    U32,
    U48,
    FieldError,
    Wire,
    optional,
    text_from,
)
from drivers.shtrih.command import Command, Nothing, Operator, Password
from drivers.shtrih.commands_status import TableCell

_V = "Shtrih-M protocol 2.0, "
_D = "vendor drivers and device logs, "
_F = "Shtrih-M list of FN commands, "

BY_DEVICE = (1 << 40) - 1  # FF * 5 in FF46h: the device computes the sum, or the tax is not given


def _sums(count: int) -> Wire[tuple[int, ...]]:
    """A fixed number of sums; fewer may be given, the rest are zero."""

    def encode(sums: tuple[int, ...]) -> bytes:
        if len(sums) > count:
            raise FieldError(f"{len(sums)} sums given, {count} fit")
        return b"".join(MONEY40.encode(kop) for kop in sums).ljust(5 * count, b"\0")

    return Wire(f"{count} sums", encode, lambda cursor: tuple(MONEY40.decode(cursor) for _ in range(count)))


PAYMENTS = _sums(16)
TAXES = _sums(6)


@dataclass(frozen=True)
class ReceiptType:
    """8Dh: 0 sale, 1 purchase, 2 sale return, 3 purchase return."""

    kind: Annotated[int, U8]


@dataclass(frozen=True)
class Operation:
    """FF46h. `tax_code`: 01 20 %, 02 10 %, 04 0 %, 08 without, 10h 20/120, 20h 10/110, newer ones in `vat`: a code,
    not a row number.

    `sum_kop` may differ from price x quantity by one kopeck at most; BY_DEVICE lets the device compute.
    """

    kind: Annotated[int, U8]
    quantity_micro: Annotated[int, U48]
    price_kop: Annotated[int, MONEY40]
    sum_kop: Annotated[int, MONEY40]
    tax_kop: Annotated[int, MONEY40]
    tax_code: Annotated[int, U8]
    department: Annotated[int, U8]
    method: Annotated[int, U8]
    subject: Annotated[int, U8]
    name: Annotated[str, text_from(0, 128)]


@dataclass(frozen=True)
class Tlv:
    """FF0Ch, FF4Dh: whole TLVs, at most 249 bytes in one frame; text is CP866."""

    tlv: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Close:
    """FF45h: payments 1 cash, 2..13 electronic, 14 advance, 15 credit, 16 other; `tax_system` one bit, 1..20h."""

    payments_kop: Annotated[tuple[int, ...], PAYMENTS]
    rounding_kop: Annotated[int, U8]
    taxes_kop: Annotated[tuple[int, ...], TAXES]
    tax_system: Annotated[int, U8]
    text: Annotated[str, text_from(0, 64)] = ""


@dataclass(frozen=True)
class Closed:
    """FF45h answer: change, number and fiscal sign of the document; the time only with table 17 field 36 = 1."""

    change_kop: Annotated[int, MONEY40]
    fd_number: Annotated[int, U32]
    fpd: Annotated[int, U32]
    at: Annotated[datetime | None, optional(STAMP_YMDHM)] = None


@dataclass(frozen=True)
class Subtotal:
    """89h answer."""

    operator: Annotated[int, U8]
    sum_kop: Annotated[int, MONEY40]


@dataclass(frozen=True)
class Cash:
    """50h, 51h: kopecks."""

    sum_kop: Annotated[int, MONEY40]


@dataclass(frozen=True)
class CashMoved(Operator):
    """50h, 51h answer: the running number of the document."""

    number: Annotated[int | None, optional(U16)] = None


@dataclass(frozen=True)
class WriteCell(TableCell):
    """1Eh: value in the field's own size (2Eh): integers little-endian, text CP1251 padded with 00."""

    value: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Day:
    """22h, 23h: the same date twice; between the two the device waits in mode 6."""

    day: Annotated[date | None, DATE_DMY]


@dataclass(frozen=True)
class MarkCheck:
    """FF61h: `content` = the code and then its TLV, as long as the two lengths say."""

    planned: Annotated[int, U8]
    mode: Annotated[int, U8]
    code_length: Annotated[int, U8]
    tlv_length: Annotated[int, U8]
    content: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class MarkChecked:
    """FF61h answer: tag 2004, why, tag 2100, then the answer of the server if there was one."""

    local: Annotated[int, U8]
    reason: Annotated[int, U8]
    kind: Annotated[int, U8]
    rest_length: Annotated[int, U8]
    rest: Annotated[bytes, RAW_REST]


_QUERY, _SET, _STEP, _COMMIT, _PRINT = Effect.QUERY, Effect.SET, Effect.STEP, Effect.COMMIT, Effect.PRINT
_OP, _ADM, _SYS = Password.OPERATOR, Password.ADMIN, Password.SYSTEM

OPEN_SHIFT = Command(0xE0, "открыть смену", Nothing, Operator, 120.0, _COMMIT, _OP, _D + "E0h")
X_REPORT = Command(0x40, "суточный отчет без гашения", Nothing, Operator, 65.0, _PRINT, _ADM, _V + "40h")
Z_REPORT = Command(0x41, "суточный отчет с гашением", Nothing, Operator, 120.0, _COMMIT, _ADM, _V + "41h")
OPEN_RECEIPT = Command(0x8D, "открыть чек", ReceiptType, Operator, 30.0, _STEP, _OP, _V + "8Dh")
OPERATION = Command(0xFF46, "операция V2", Operation, Nothing, 30.0, _STEP, _OP, _D + "FF46h")
OPERATION_TLV = Command(
    0xFF4D, "передать произвольную TLV структуру, привязанную к операции", Tlv, Nothing, 30.0, _STEP, _OP, _D + "FF4Dh"
)
DOCUMENT_TLV = Command(
    0xFF0C,
    "передать произвольную TLV структуру",
    Tlv,
    Nothing,
    30.0,
    _STEP,
    _SYS,
    "Shtrih-M list of FN commands, FF0Ch",
)
SUBTOTAL = Command(0x89, "подытог чека", Nothing, Subtotal, 10.0, _QUERY, _OP, _V + "89h")
CANCEL_RECEIPT = Command(0x88, "аннулирование чека", Nothing, Operator, 30.0, _STEP, _OP, _V + "88h")
CLOSE_RECEIPT = Command(0xFF45, "закрытие чека расширенное вариант 2", Close, Closed, 60.0, _COMMIT, _OP, _D + "FF45h")
CASH_IN = Command(0x50, "внесение", Cash, CashMoved, 60.0, _COMMIT, _OP, _V + "50h")
CASH_OUT = Command(0x51, "выплата", Cash, CashMoved, 60.0, _COMMIT, _OP, _V + "51h")
WRITE_CELL = Command(0x1E, "запись таблицы", WriteCell, Nothing, 5.0, _SET, _SYS, _V + "1Eh")
SET_DATE = Command(0x22, "программирование даты", Day, Nothing, 5.0, _SET, _SYS, _V + "22h")
CONFIRM_DATE = Command(0x23, "подтверждение программирования даты", Day, Nothing, 5.0, _SET, _SYS, _V + "23h")
CHECK_MARK = Command(0xFF61, "проверка кода маркировки", MarkCheck, MarkChecked, 40.0, _STEP, _SYS, _D + "FF61h")

COMMANDS = (
    OPEN_SHIFT,
    X_REPORT,
    Z_REPORT,
    OPEN_RECEIPT,
    OPERATION,
    OPERATION_TLV,
    DOCUMENT_TLV,
    SUBTOTAL,
    CANCEL_RECEIPT,
    CLOSE_RECEIPT,
    CASH_IN,
    CASH_OUT,
    WRITE_CELL,
    SET_DATE,
    CONFIRM_DATE,
    CHECK_MARK,
)
