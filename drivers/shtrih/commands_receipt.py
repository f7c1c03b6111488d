"""Receipt: the commands the driver sells with. Sources: Shtrih-M protocol 2.0, the vendor's drivers, device logs.

Sums are kopecks, quantities millionths. Receipt types: 8Dh counts 0 sale, 1 purchase, 2 sale return,
3 purchase return; FF46h counts 1 sale, 2 sale return, 3 purchase, 4 purchase return.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from drivers.api import Effect
from drivers.fields import (
    MONEY40,
    RAW_REST,
    STAMP_YMDHM,
    U8,
    U32,
    U48,
    FieldError,
    Wire,
    optional,
    text_from,
)
from drivers.shtrih.command import Command, Nothing, Operator, Password
from drivers.shtrih.commands_shift import Z_REPORT as Z_REPORT
from drivers.shtrih.commands_tables import WRITE_CELL as WRITE_CELL
from drivers.shtrih.commands_tables import WriteCell as WriteCell

_V = "Shtrih-M protocol 2.0, "
_D = "vendor drivers and device logs, "

BY_DEVICE = (1 << 40) - 1  # FF * 5 in FF46h: the device computes the sum, or the tax is not given


def sums(count: int) -> Wire[tuple[int, ...]]:
    """A fixed number of sums; fewer may be given, the rest are zero."""

    def encode(given: tuple[int, ...]) -> bytes:
        if len(given) > count:
            raise FieldError(f"{len(given)} sums given, {count} fit")
        return b"".join(MONEY40.encode(kop) for kop in given).ljust(5 * count, b"\0")

    return Wire(f"{count} sums", encode, lambda cursor: tuple(MONEY40.decode(cursor) for _ in range(count)))


PAYMENTS = sums(16)
TAXES = sums(6)


@dataclass(frozen=True)
class ReceiptType:
    """8Dh: 0 sale, 1 purchase, 2 sale return, 3 purchase return; 80h + type: correction (FFD 1.1+, one source)."""

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


_QUERY, _STEP, _COMMIT, _OP, _SYS = Effect.QUERY, Effect.STEP, Effect.COMMIT, Password.OPERATOR, Password.SYSTEM

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
CLOSE_RECEIPT = Command(0xFF45, "закрытие чека расширенное вариант 2", Close, Closed, 30.0, _COMMIT, _OP, _D + "FF45h")

COMMANDS = (
    OPEN_RECEIPT,
    OPERATION,
    OPERATION_TLV,
    DOCUMENT_TLV,
    SUBTOTAL,
    CANCEL_RECEIPT,
    CLOSE_RECEIPT,
)
