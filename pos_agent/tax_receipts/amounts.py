"""Money of a foreign receipt: what unit it is written in, and whether it adds up (fiscal reference, 4.2 and 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pos_agent.model.receipt import ReceiptLine
from pos_agent.tax_receipts.fields import Amount, Fields
from pos_agent.tax_receipts.qr import Qr
from pos_agent.tax_receipts.refusal import MALFORMED, SUMS, UNIT, Refused
from pos_agent.tax_receipts.vat import vat_amounts

PAYMENTS = {
    "cashTotalSum": ("cashTotalSum",),
    "ecashTotalSum": ("ecashTotalSum",),
    "prepaidSum": ("prepaidSum", "prepaymentSum"),
    "creditSum": ("creditSum", "postpaymentSum"),
    "provisionSum": ("provisionSum", "counterSubmissionSum"),
}  # tags 1031, 1081, 1215, 1216, 1217
ROUBLE_KOP = 100


@dataclass(frozen=True)
class Unit:
    """What sums are written in: one of it is `kop_each` kopecks."""

    name: str
    kop_each: int

    def kop(self, amount: Amount) -> int:
        """Kopecks. Refused TAX-04: finer than a kopeck."""
        exact = amount.value * self.kop_each
        if exact != exact.to_integral_value():
            raise Refused(MALFORMED, amount.field, value=amount.value)
        return int(exact)


KOPECKS, ROUBLES = Unit("kopecks", 1), Unit("roubles", 100)


@dataclass(frozen=True)
class Amounts:
    """Every sum of a receipt as it is written; absent ones are left out."""

    total: Amount
    lines: tuple[Amount, ...]
    payments: Mapping[str, Amount]
    vat: Mapping[int, Amount]

    @classmethod
    def of(cls, fields: Fields, items: Sequence[Fields]) -> Amounts:
        """All of them. Refused TAX-03 without a total, a price or the sum of a line."""
        lines = [item.needed_amount(name) for item in items for name in ("price", "sum")]
        payments = {name: found for name, spelled in PAYMENTS.items() if (found := fields.amount(*spelled))}
        return cls(fields.needed_amount("totalSum"), tuple(lines), payments, vat_amounts(fields))

    @property
    def all(self) -> tuple[Amount, ...]:
        """In no particular order."""
        return (self.total, *self.lines, *self.payments.values(), *self.vat.values())


def scale(written: Amounts, sign_is_text: bool, qr: Qr | None) -> Unit:
    """Kopecks or roubles, by evidence only. Refused TAX-06: it could be either.

    The QR tells the total. Without it: no decimal point anywhere = kopecks, as the service writes them; a broken part
    = roubles, for no kopeck has one; points without a broken part = roubles only beside a `fiscalSign` written as text
    ("Мои чеки онлайн" writes both so).
    """
    if qr is not None:
        fits = [unit for unit in (KOPECKS, ROUBLES) if written.total.value * unit.kop_each == qr.total_kop]
        if len(fits) == 1:
            return fits[0]
        if not fits:
            raise Refused(SUMS, "totalSum", value=written.total.value, reckoned=qr.total_kop)
    if not any(one.pointed for one in written.all):
        return KOPECKS
    if sign_is_text or any(one.value != one.value.to_integral_value() for one in written.all):
        return ROUBLES
    raise Refused(UNIT, "totalSum", value=written.total.value)


@dataclass(frozen=True)
class Sums:
    """Kopecks that add up. `rounded_kop`: dropped from the total, below one rouble."""

    total_kop: int
    payments_kop: Mapping[str, int]
    vat_kop: Mapping[int, int]
    rounded_kop: int
    warnings: tuple[str, ...]


def checked(written: Amounts, unit: Unit, lines: Sequence[ReceiptLine]) -> Sums:
    """Refused TAX-05: the total is not the sum of the lines (less dropped kopecks), or not what was paid."""
    total_kop, lines_kop = unit.kop(written.total), sum(line.sum_kop for line in lines)
    rounded_kop = lines_kop - total_kop
    if rounded_kop and not (rounded_kop > 0 and total_kop // ROUBLE_KOP == lines_kop // ROUBLE_KOP):
        raise Refused(SUMS, written.total.field, value=total_kop, reckoned=lines_kop)
    payments_kop = {name: unit.kop(amount) for name, amount in written.payments.items()}
    paid_kop = sum(payments_kop.values())
    if payments_kop and paid_kop != total_kop:
        field = "+".join(amount.field for amount in written.payments.values())
        raise Refused(SUMS, field, value=paid_kop, reckoned=total_kop)
    vat_kop = {code: unit.kop(amount) for code, amount in written.vat.items()}
    warnings = [*(["rounded"] if rounded_kop else []), *([] if payments_kop else ["no payments"])]
    return Sums(total_kop, payments_kop, vat_kop, rounded_kop, tuple(warnings))
