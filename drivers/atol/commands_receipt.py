"""Shift, reports, receipts, cash. Sums are kopecks, quantities millionths. Source: protocol notes, 3.3 and 3.4.

`flags` b0: 1 = check only, 0 = execute. Receipt types of 92h: 1 sale, 2 sale return, 4 purchase, 5 purchase return.
Payment types: 1 cash, 2 electronic, 3 advance, 4 credit, 5 counter-provision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.atol.command import Command, Nothing
from drivers.atol.wires import KOP5, KOP6, KOP7, QUANTITY, item_name
from drivers.fields import RAW_REST, U8, bcd, raw, text

_S = "protocol notes, section 3.3: "
_R = "protocol notes, section 3.4: "
_T = "protocol notes, section 3.5: "

NAME_BYTES = 128  # FFD 1.05 and 1.1


@dataclass(frozen=True)
class ShiftFlags:
    """9Ah. Sources send the flags byte alone, nothing, or zeros after it."""

    flags: Annotated[int, U8]


@dataclass(frozen=True)
class ReportKind:
    """67h: 1 = X report; 2 sections, 3 cashiers, 5 hours, 7 quantities, 8 service (one source)."""

    kind: Annotated[int, U8]


@dataclass(frozen=True)
class OpenReceipt:
    """92h; flag 04h = do not print."""

    flags: Annotated[int, U8]
    kind: Annotated[int, U8]


@dataclass(frozen=True)
class OldItem:
    """52h, before the FN: price and quantity of 5 bytes, section."""

    flags: Annotated[int, U8]
    price_kop: Annotated[int, KOP5]
    quantity_micro: Annotated[int, QUANTITY]
    section: Annotated[int, bcd(1)]


@dataclass(frozen=True)
class NamedItem:
    """E6h, FFD 1.0 only: item with name; discount type and sign, then its sum."""

    flags: Annotated[int, U8]
    name: Annotated[str, text(64, "cp866")]
    price_kop: Annotated[int, KOP6]
    quantity_micro: Annotated[int, QUANTITY]
    discount_type: Annotated[int, U8]
    discount_sign: Annotated[int, U8]
    discount_kop: Annotated[int, KOP6]
    tax: Annotated[int, U8]
    section: Annotated[int, U8]
    note: Annotated[str, text(16, "cp866")]
    reserved: Annotated[int, U8]


@dataclass(frozen=True)
class BeginItem:
    """EAh; all clients send 01 00, its meaning is not known."""

    flags: Annotated[int, U8] = 0
    rest: Annotated[bytes, raw(2)] = b"\x01\x00"


@dataclass(frozen=True)
class EndItem:
    """EBh. `tax_kop` 0 = the register computes; `section` 0 = none; `discount_kop` for information only."""

    flags: Annotated[int, U8]
    price_kop: Annotated[int, KOP7]
    quantity_micro: Annotated[int, QUANTITY]
    sum_kop: Annotated[int, KOP7]
    tax: Annotated[int, U8]
    tax_kop: Annotated[int, KOP7]
    section: Annotated[int, bcd(1)]
    subject: Annotated[int, bcd(1)]
    method: Annotated[int, bcd(1)]
    discount_sign: Annotated[int, U8]
    discount_kop: Annotated[int, KOP7]
    reserved: Annotated[bytes, raw(2)]
    name: Annotated[bytes, item_name(NAME_BYTES)]


@dataclass(frozen=True)
class WriteRequisite:
    """E8h: print it too (1), one block, number 0, one whole TLV."""

    printed: Annotated[int, U8]
    blocks: Annotated[int, U8]
    block: Annotated[int, U8]
    tlv: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class RequisiteBlock:
    """E9h: tag (little-endian), block number."""

    tag: Annotated[bytes, raw(2)]
    block: Annotated[int, U8]


@dataclass(frozen=True)
class RequisitePart:
    """E9h: how many blocks there are, and this one's part of the TLV."""

    blocks: Annotated[int, U8]
    part: Annotated[bytes, RAW_REST]


@dataclass(frozen=True)
class Discount:
    """43h, the last operation of a receipt: area 0 whole receipt, type 1 sum, sign 0 discount, 1 surcharge."""

    flags: Annotated[int, U8]
    area: Annotated[int, U8]
    kind: Annotated[int, U8]
    sign: Annotated[int, U8]
    kop: Annotated[int, KOP5]


@dataclass(frozen=True)
class ReceiptTax:
    """B8h, one source: tax on the whole receipt."""

    flags: Annotated[int, U8]
    zero: Annotated[int, U8]
    kind: Annotated[int, U8]
    kop: Annotated[int, KOP7]


@dataclass(frozen=True)
class Payment:
    """99h, 9Bh, 4Ah. 4Ah with sum 0 closes with exactly the remainder."""

    flags: Annotated[int, U8]
    kind: Annotated[int, U8]
    kop: Annotated[int, KOP5]


@dataclass(frozen=True)
class Paid:
    """99h: what is left to pay and the change."""

    remainder_kop: Annotated[int, KOP5]
    change_kop: Annotated[int, KOP5]


@dataclass(frozen=True)
class Cash:
    """49h, 4Fh."""

    flags: Annotated[int, U8]
    kop: Annotated[int, KOP5]


OPEN_SHIFT = Command(0x9A, "открыть смену", ShiftFlags, Nothing, 10.0, Effect.COMMIT, _S + "9Ah")
Z_REPORT = Command(0x5A, "отчёт с гашением", Nothing, Nothing, 45.0, Effect.COMMIT, _S + "5Ah")
X_REPORT = Command(0x67, "отчёт без гашения", ReportKind, Nothing, 30.0, Effect.PRINT, _S + "67h")
SETTLEMENTS = Command(
    0x67, "отчёт о состоянии расчётов", Nothing, Nothing, 30.0, Effect.COMMIT, _S + "67h 09h, one source", b"\x09"
)
OPEN_RECEIPT = Command(0x92, "открыть чек", OpenReceipt, Nothing, 10.0, Effect.STEP, _R + "92h")
OLD_ITEM = Command(0x52, "регистрация", OldItem, Nothing, 10.0, Effect.STEP, _R + "52h")
NAMED_ITEM = Command(0xE6, "регистрация с названием", NamedItem, Nothing, 50.0, Effect.STEP, _R + "E6h")
BEGIN_ITEM = Command(0xEA, "начать формирование позиции", BeginItem, Nothing, 50.0, Effect.STEP, _R + "EAh")
END_ITEM = Command(0xEB, "завершить формирование позиции", EndItem, Nothing, 50.0, Effect.STEP, _R + "EBh")
WRITE_REQUISITE = Command(0xE8, "запись реквизита", WriteRequisite, Nothing, 50.0, Effect.STEP, _T + "E8h")
READ_REQUISITE = Command(0xE9, "чтение реквизита", RequisiteBlock, RequisitePart, 10.0, Effect.QUERY, _T + "E9h")
DISCOUNT = Command(0x43, "скидка или надбавка на чек", Discount, Nothing, 10.0, Effect.STEP, _R + "43h")
RECEIPT_TAX = Command(0xB8, "налог на чек", ReceiptTax, Nothing, 10.0, Effect.STEP, _R + "B8h, one source")
PAYMENT = Command(0x99, "расчёт по чеку", Payment, Paid, 10.0, Effect.STEP, _R + "99h")
PAYMENT_STORNO = Command(0x9B, "сторно расчёта по чеку", Payment, Paid, 10.0, Effect.STEP, _R + "9Bh, one source")
CLOSE_RECEIPT = Command(0x4A, "закрыть чек", Payment, Nothing, 25.0, Effect.COMMIT, _R + "4Ah")
CANCEL_RECEIPT = Command(0x59, "аннулировать чек", Nothing, Nothing, 20.0, Effect.STEP, _R + "59h")
CASH_IN = Command(0x49, "внесение", Cash, Nothing, 20.0, Effect.COMMIT, _R + "49h, one source")
CASH_OUT = Command(0x4F, "выплата", Cash, Nothing, 20.0, Effect.COMMIT, _R + "4Fh")

COMMANDS = (
    OPEN_SHIFT,
    Z_REPORT,
    X_REPORT,
    SETTLEMENTS,
    OPEN_RECEIPT,
    OLD_ITEM,
    NAMED_ITEM,
    BEGIN_ITEM,
    END_ITEM,
    WRITE_REQUISITE,
    READ_REQUISITE,
    DISCOUNT,
    RECEIPT_TAX,
    PAYMENT,
    PAYMENT_STORNO,
    CLOSE_RECEIPT,
    CANCEL_RECEIPT,
    CASH_IN,
    CASH_OUT,
)
