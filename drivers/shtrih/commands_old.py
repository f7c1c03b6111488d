"""Receipt commands of the time before FFD 1.05: they still work and cannot carry method, subject or agent tags.

The driver declares them (for traces, for old firmware) and sells with FF46h and FF45h. Quantities are thousandths
here, millionths in FF46h. Sums are kopecks, `discount_bp` hundredths of a percent. Taxes: 0 none, 1..4 a group.
Source: Shtrih-M protocol 2.0, the pages of each command; list of FN commands for FF0Dh and FF44h.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from drivers.api import Effect
from drivers.fields import MONEY40, U8, FieldError, Wire, optional, raw, text, text_from, uint
from drivers.shtrih.command import Command, Nothing, Operator, Password
from drivers.shtrih.commands_receipt import sums

_V = "Shtrih-M protocol 2.0, "
_F = "Shtrih-M list of FN commands, "


def _signed16() -> Wire[int]:
    def encode(value: int) -> bytes:
        if not -0x8000 <= value <= 0x7FFF:
            raise FieldError(f"{value} does not fit 2 bytes with a sign")
        return value.to_bytes(2, "little", signed=True)

    return Wire("i16", encode, lambda cursor: int.from_bytes(cursor.take(2), "little", signed=True))


MILLI40 = uint(5)  # thousandths
I16 = _signed16()
GROUPS = raw(4)  # four tax groups, one byte each


@dataclass(frozen=True)
class OldOperation:
    """80h..84h. A receipt is opened when none is open."""

    quantity_milli: Annotated[int, MILLI40]
    price_kop: Annotated[int, MONEY40]
    department: Annotated[int, U8]  # 0..16
    taxes: Annotated[bytes, GROUPS] = bytes(4)
    text: Annotated[str, text_from(40, 235)] = ""


@dataclass(frozen=True)
class OldDiscount:
    """86h, 87h, 8Ah, 8Bh."""

    sum_kop: Annotated[int, MONEY40]
    taxes: Annotated[bytes, GROUPS] = bytes(4)
    text: Annotated[str, text_from(40, 241)] = ""


@dataclass(frozen=True)
class OldClose:
    """85h: payments cash and 2..4. Change only from cash: 4Dh; too little: 45h. Negative discount = surcharge."""

    payments_kop: Annotated[tuple[int, ...], sums(4)]
    discount_bp: Annotated[int, I16] = 0
    taxes: Annotated[bytes, GROUPS] = bytes(4)
    text: Annotated[str, text_from(40, 224)] = ""


@dataclass(frozen=True)
class OldClose16:
    """8Eh: sixteen payments. One revision of the vendor's text alone; no driver sends it."""

    payments_kop: Annotated[tuple[int, ...], sums(16)]
    discount_bp: Annotated[int, I16] = 0
    taxes: Annotated[bytes, GROUPS] = bytes(4)
    text: Annotated[str, text(40)] = ""


@dataclass(frozen=True)
class Change(Operator):
    """85h, 8Eh answer: change in kopecks."""

    change_kop: Annotated[int | None, optional(MONEY40)] = None


@dataclass(frozen=True)
class DiscountedOperation:
    """FF0Dh. `tax`: bit n-1 = group n. Barcode: up to 12 digits as an integer."""

    kind: Annotated[int, U8]
    quantity_milli: Annotated[int, MILLI40]
    price_kop: Annotated[int, MONEY40]
    discount_kop: Annotated[int, MONEY40]
    surcharge_kop: Annotated[int, MONEY40]
    department: Annotated[int, U8]
    tax: Annotated[int, U8]
    barcode: Annotated[int, uint(5)] = 0
    text: Annotated[str, text_from(0, 220)] = ""


@dataclass(frozen=True)
class TaxedOperation:
    """FF44h: as FF0Dh with the sum of the tax. It does not close the receipt, whatever some lists say."""

    kind: Annotated[int, U8]
    quantity_milli: Annotated[int, MILLI40]
    price_kop: Annotated[int, MONEY40]
    discount_kop: Annotated[int, MONEY40]
    surcharge_kop: Annotated[int, MONEY40]
    tax_kop: Annotated[int, MONEY40]
    department: Annotated[int, U8]
    tax: Annotated[int, U8]
    barcode: Annotated[int, uint(5)] = 0
    text: Annotated[str, text_from(0, 215)] = ""


@dataclass(frozen=True)
class ReceiptDiscount:
    """FF4Bh: discount or surcharge on the whole receipt; 37h on most models, depends on table 17 field 3.

    The vendor's drivers send 40 bytes of text, the layout says 128 [conflict]: 40 at least, 128 at most.
    """

    discount_kop: Annotated[int, MONEY40]
    surcharge_kop: Annotated[int, MONEY40]
    tax: Annotated[int, U8] = 0
    text: Annotated[str, text_from(40, 128)] = ""


_STEP, _COMMIT, _OP = Effect.STEP, Effect.COMMIT, Password.OPERATOR

OLD_SALE = Command(0x80, "продажа", OldOperation, Operator, 10.0, _STEP, _OP, _V + "80h")
OLD_PURCHASE = Command(0x81, "покупка", OldOperation, Operator, 10.0, _STEP, _OP, _V + "81h")
OLD_SALE_RETURN = Command(0x82, "возврат продажи", OldOperation, Operator, 10.0, _STEP, _OP, _V + "82h")
OLD_PURCHASE_RETURN = Command(0x83, "возврат покупки", OldOperation, Operator, 10.0, _STEP, _OP, _V + "83h")
OLD_STORNO = Command(0x84, "сторно", OldOperation, Operator, 10.0, _STEP, _OP, _V + "84h")
OLD_CLOSE = Command(0x85, "закрытие чека", OldClose, Change, 60.0, _COMMIT, _OP, _V + "85h")
OLD_CLOSE_16 = Command(
    0x8E, "закрытие чека расширенное", OldClose16, Change, 60.0, _COMMIT, _OP, "Shtrih-M protocol, revision 11, 8Eh"
)
OLD_DISCOUNT = Command(0x86, "скидка", OldDiscount, Operator, 10.0, _STEP, _OP, _V + "86h")
OLD_SURCHARGE = Command(0x87, "надбавка", OldDiscount, Operator, 10.0, _STEP, _OP, _V + "87h")
OLD_DISCOUNT_STORNO = Command(0x8A, "сторно скидки", OldDiscount, Operator, 10.0, _STEP, _OP, _V + "8Ah")
OLD_SURCHARGE_STORNO = Command(0x8B, "сторно надбавки", OldDiscount, Operator, 10.0, _STEP, _OP, _V + "8Bh")
OLD_OPERATION = Command(
    0xFF0D, "операция со скидками и надбавками", DiscountedOperation, Nothing, 30.0, _STEP, _OP, _F + "FF0Dh"
)
OLD_TAXED_OPERATION = Command(
    0xFF44, "операция со скидками, надбавками и налогом", TaxedOperation, Nothing, 30.0, _STEP, _OP, _F + "FF44h"
)
RECEIPT_DISCOUNT = Command(
    0xFF4B, "скидка, надбавка на чек", ReceiptDiscount, Nothing, 30.0, _STEP, _OP, "vendor drivers, FF4Bh"
)

COMMANDS = (
    OLD_SALE,
    OLD_PURCHASE,
    OLD_SALE_RETURN,
    OLD_PURCHASE_RETURN,
    OLD_STORNO,
    OLD_CLOSE,
    OLD_CLOSE_16,
    OLD_DISCOUNT,
    OLD_SURCHARGE,
    OLD_DISCOUNT_STORNO,
    OLD_SURCHARGE_STORNO,
    OLD_OPERATION,
    OLD_TAXED_OPERATION,
    RECEIPT_DISCOUNT,
)
