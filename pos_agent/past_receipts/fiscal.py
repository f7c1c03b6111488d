"""A fiscal receipt of somebody else's till -> what happened. Pure.

It says prices after discounts only, and neither category nor article. Who the customer was it says where the shop
wrote a card into it (1084); a buyer's contact is an address for the electronic receipt and counts only when asked for.
Ids made of either are one-way: no card and no contact leaves this file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pos_agent.model.receipt import DocumentId, FiscalDocument, Operation, Receipt
from pos_agent.rules.basket_values import BasketLine
from pos_agent.simulate.needs import ALWAYS, OF_GOODS, OF_OWN, OF_SALE
from pos_agent.simulate.past import Past, PastKind

VAT_WORDS = {
    1: "vat20",
    2: "vat10",
    3: "vat120",
    4: "vat110",
    5: "vat0",
    6: "none",
    7: "vat5",
    8: "vat7",
    9: "vat105",
    10: "vat107",
    11: "vat22",
    12: "vat122",
}  # tag 1199 -> words of the basket
KINDS = {Operation.SALE: PastKind.SALE, Operation.SALE_RETURN: PastKind.RETURN}
NAME_DIGITS = 16


@dataclass(frozen=True)
class Reading:
    """How receipts of a source are read: the zone their clocks show, the names of requisites, contacts or not."""

    zone: ZoneInfo
    card_requisite: str = "КАРТА"
    original_requisite: str = "ИСХОДНЫЙ ЧЕК"
    by_contact: bool = False


def past_of(
    document: FiscalDocument, receipt: Receipt, reading: Reading, store: str, register: str, vat: Sequence[int] = ()
) -> Past | None:
    """A sale or a return; None for the other operations: nobody earns points when the shop buys."""
    kind = KINDS.get(receipt.operation)
    if kind is None:
        return None
    codes = vat or (0,) * len(receipt.lines)
    return Past(
        kind=kind,
        id=str(document.id),
        at=document.at.replace(tzinfo=reading.zone).isoformat(),
        register=register,
        store=store,
        customer=_customer(receipt, reading),
        lines=tuple(
            BasketLine(
                id=str(line.number),
                price_kop=line.price_kop,
                quantity_micro=line.quantity_micro,
                name=line.name,
                gtin=line.gtin,
                vat=VAT_WORDS.get(code, ""),
            )
            for line, code in zip(receipt.lines, codes, strict=True)
        ),
        paid_kop=receipt.total_kop,
        original=_original(receipt, reading) if kind is PastKind.RETURN else "",
        lacks=(*ALWAYS, *OF_GOODS, *OF_SALE, *OF_OWN) if kind is PastKind.SALE else (),
    )


def _customer(receipt: Receipt, reading: Reading) -> str:
    if receipt.requisite_name == reading.card_requisite and receipt.requisite_value.strip():
        return _named("card", receipt.requisite_value.strip().upper().replace("-", ""))
    if reading.by_contact and receipt.buyer_contact:
        return _named("contact", receipt.buyer_contact.strip().lower())
    return ""


def _named(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:NAME_DIGITS]}"


def _original(receipt: Receipt, reading: Reading) -> str:
    """FN/FD of the sale when the return names it."""
    if receipt.requisite_name != reading.original_requisite:
        return ""
    try:
        return str(DocumentId.parse(receipt.requisite_value))
    except ValueError:
        return ""
