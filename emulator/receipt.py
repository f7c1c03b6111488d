"""An open receipt: its lines, tags and text, and the arithmetic of closing it.

Sums: a line may differ from price x quantity by one kopeck at most; payments cover the total; change comes from cash
only (protocol notes on 54-FZ, section 4.2; Shtrih-M FN commands, FF45h and FF46h).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from emulator import vat
from emulator.marks import Mark, from_json, to_json
from emulator.terms import CorrectionInput, ItemInput, Reason, Refusal
from emulator.tlv import Tlv, TlvError, decode

MAX_SUM = 2**40 - 1
MICRO = 10**6
SUBJECTS = range(1, 34)
FN_TAGS = frozenset({1041, 1037, 1018, 1040, 1012, 1077, 1038, 1042, 1054, 1020, 1196})  # only the FN writes them
MONEY_TAGS = frozenset({1031, 1081, 1215, 1216, 1217, 1059})  # only a close or an item command writes them
TLV_LIMIT = 1024


@dataclass(frozen=True)
class Payments:
    """How a total was settled, kopecks, and the change from cash."""

    cash: int
    electronic: int = 0
    advance: int = 0
    credit: int = 0
    other: int = 0
    change: int = 0


@dataclass
class Item:
    """A line as it will stand in the document."""

    order: ItemInput
    sum_kop: int
    tlvs: bytes = b""

    @property
    def given(self) -> list[Tlv]:
        """Tags the host bound to this line."""
        return decode(self.tlvs)


@dataclass
class OpenReceipt:
    """`kind` 1..4 is tag 1054; `text`: lines printed inside the receipt, they are not part of the document.

    `changed_kop`: discounts (below 0) and surcharges on the whole receipt, already in the lines' sums.
    """

    kind: int
    operator: int
    correction: bool = False
    items: list[Item] = field(default_factory=list)
    tlvs: bytes = b""
    text: list[Mark] = field(default_factory=list)
    changed_kop: int = 0

    @property
    def subtotal_kop(self) -> int:
        """Sum of the lines."""
        return sum(item.sum_kop for item in self.items)

    def add(self, order: ItemInput) -> None:
        """Append a line. Refuses BAD_PARAMETER, BAD_SUM."""
        if order.kind != self.kind:
            raise Refusal(Reason.BAD_PARAMETER, f"operation {order.kind} in a receipt of kind {self.kind}")
        kop = line_sum(order)
        if self.subtotal_kop + kop > MAX_SUM:
            raise Refusal(Reason.BAD_SUM, "the receipt's total is too large")
        self.items.append(Item(order, kop))

    def vat_totals(self) -> dict[int, int]:
        """VAT code -> tax or turnover of the receipt."""
        return vat.totals((item.order.vat, item.sum_kop) for item in self.items)

    def to_table(self) -> dict[str, Any]:
        """For the state file."""
        items = [{**asdict(item.order), "line_kop": item.sum_kop, "tlvs": item.tlvs.hex()} for item in self.items]
        text = [to_json(mark) for mark in self.text]
        head = {"kind": self.kind, "operator": self.operator, "correction": self.correction, "tlvs": self.tlvs.hex()}
        return {**head, "items": items, "text": text, "changed_kop": self.changed_kop}

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> OpenReceipt:
        """From the state file."""
        names = [one.name for one in fields(ItemInput)]
        items = [
            Item(ItemInput(**{name: row[name] for name in names}), row["line_kop"], bytes.fromhex(row["tlvs"]))
            for row in table["items"]
        ]
        text = [from_json(line) for line in table["text"]]
        head = (table["kind"], table["operator"], table["correction"])
        return cls(*head, items, bytes.fromhex(table["tlvs"]), text, table.get("changed_kop", 0))


def line_sum(order: ItemInput) -> int:
    """Sum of a line: the given one when it is within a kopeck of price x quantity (half up), else refused."""
    if order.quantity_micro <= 0 or not 0 <= order.price_kop <= MAX_SUM or order.vat not in vat.SHARES:
        raise Refusal(
            Reason.BAD_PARAMETER, f"quantity {order.quantity_micro}, price {order.price_kop}, VAT {order.vat}"
        )
    if not 1 <= order.method <= 7 or order.subject not in SUBJECTS:
        raise Refusal(Reason.BAD_PARAMETER, f"method {order.method}, subject {order.subject}")
    product = (2 * order.price_kop * order.quantity_micro + MICRO) // (2 * MICRO)
    kop = product if order.sum_kop is None else order.sum_kop
    if abs(kop - product) > 1 or not 0 <= kop <= MAX_SUM:
        raise Refusal(Reason.BAD_SUM, f"{kop} for {product}")
    return kop


def settle(total_kop: int, sums: list[int]) -> Payments:
    """Split sixteen payments (1 cash, 2..13 electronic, 14 advance, 15 credit, 16 other) over a total.

    Refuses NOT_ENOUGH_PAYMENT, NONCASH_OVER_TOTAL, BAD_PARAMETER (not sixteen sums, or one below zero).
    """
    if len(sums) != 16 or any(kop < 0 for kop in sums):
        raise Refusal(Reason.BAD_PARAMETER, "sixteen payments of zero or more are needed")
    noncash = sum(sums[1:])
    if noncash > total_kop:
        raise Refusal(Reason.NONCASH_OVER_TOTAL, f"{noncash} of {total_kop}")
    if sums[0] + noncash < total_kop:
        raise Refusal(Reason.NOT_ENOUGH_PAYMENT, f"{sums[0] + noncash} of {total_kop}")
    cash = total_kop - noncash
    return Payments(cash, sum(sums[1:13]), sums[13], sums[14], sums[15], sums[0] - cash)


def settle_correction(order: CorrectionInput) -> Payments:
    """Payments of a correction without lines: they must make the total exactly."""
    parts = (order.cash_kop, order.electronic_kop, order.advance_kop, order.credit_kop, order.other_kop)
    sums = (*parts, order.total_kop, *order.vat_kop.values())
    if order.operation not in (1, 3) or min(sums) < 0 or max(sums) > MAX_SUM:
        raise Refusal(Reason.BAD_PARAMETER, f"operation {order.operation}, sums {sums}")
    if not set(order.vat_kop) <= set(vat.FLAT.values()):
        raise Refusal(Reason.BAD_PARAMETER, f"VAT totals {sorted(order.vat_kop)}")
    if sum(parts) != order.total_kop:
        raise Refusal(Reason.BAD_SUM, f"{sum(parts)} paid of {order.total_kop}")
    return Payments(*parts)


def given_tags(tlvs: bytes, limit: int = TLV_LIMIT) -> list[Tlv]:
    """Tags a host may add. Refuses BAD_PARAMETER for broken TLV or a tag that is not the host's, TLV_TOO_LONG."""
    if len(tlvs) > limit:
        raise Refusal(Reason.TLV_TOO_LONG, f"{len(tlvs)} bytes")
    try:
        tags = decode(tlvs)
    except (TlvError, OverflowError, OSError) as error:
        raise Refusal(Reason.BAD_PARAMETER, str(error)) from error
    wrong = sorted({tag.tag for tag in tags} & (FN_TAGS | MONEY_TAGS))
    if not tags or wrong:
        raise Refusal(Reason.BAD_PARAMETER, f"tags {wrong} are not the host's" if wrong else "no tags")
    return tags
