"""One person's events -> purchases and returns, as the metrics look at them. Pure.

A receipt is a sale document with at least one line that is not fully returned. Which day made it a receipt no more is
kept, so that the figures of a past period stay what they were.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pos_agent.ledger.returned import returned_pieces
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId, Operation

UNKNOWN = "-"
HASH_DIGITS = 6
CODE = re.compile("[0-9a-f]{8}")  # as the store makes it of tag 1021
SaleOf = Callable[[DocumentId], "LedgerEvent | None"]


@dataclass(frozen=True)
class Place:
    """Where a document was made. `cashier`: a number or a code, never a name; "-" = not said."""

    store: str
    register: str
    cashier: str = UNKNOWN


@dataclass
class Sale:
    """A sale document. `gone`: the day its last piece came back, None while something is left."""

    day: date
    kop: int
    discount_kop: int
    place: Place
    gone: date | None = None
    document: DocumentId | None = None

    @property
    def net_kop(self) -> int:
        """What it adds to the money."""
        return self.kop

    def stands(self, day: date) -> bool:
        """Is it a receipt in the evening of this day?"""
        return self.day <= day and (self.gone is None or self.gone > day)


@dataclass(frozen=True)
class Refund:
    """A return document; its money counts on its own day."""

    day: date
    kop: int
    place: Place

    @property
    def net_kop(self) -> int:
        """What it adds to the money: nothing above 0."""
        return -self.kop


@dataclass
class Person:
    """One person: documents in the order they came in. `member`: has an account, that is, points ever moved."""

    id: str
    sales: list[Sale] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    member: bool = False

    def add(self, document: Sale | Refund) -> None:
        """One more document."""
        if isinstance(document, Sale):
            self.sales.append(document)
        else:
            self.refunds.append(document)

    @property
    def documents(self) -> tuple[Sale | Refund, ...]:
        """Sales, then returns."""
        return (*self.sales, *self.refunds)


class Documents:
    """Events -> sales, returns, and the day on which a sale was a receipt no more.

    `stores`: register -> store, "" = of all others. `sale_of`: the event of a sale that a return names. What is kept:
    the pieces still out of sales that came back in part.
    """

    def __init__(self, stores: Mapping[str, str], sale_of: SaleOf) -> None:
        self._stores, self._sale_of = stores, sale_of
        self._back: dict[DocumentId, _Back] = {}

    def read(self, event: LedgerEvent) -> tuple[Sale | Refund | None, Sale | None]:
        """(the document, the sale that it took back whole). None: neither sale nor return.

        Purchases of the shop and parts of a sale that is not complete are passed over: the document that completes a
        sale in parts carries all of it.
        """
        if event.kind is not EventKind.RECEIPT or ("part" in event.facts and "applied" not in event.facts):
            return None, None
        operation = event.facts.get("operation")
        if operation == Operation.SALE:
            return self._sale(event), None
        if operation != Operation.SALE_RETURN:
            return None, None
        refund = Refund(date.fromisoformat(event.business_date), money_kop(event), place_of(event, self._stores))
        return refund, self._taken_back(event, refund)

    def _sale(self, event: LedgerEvent) -> Sale:
        day, place = date.fromisoformat(event.business_date), place_of(event, self._stores)
        return Sale(day, money_kop(event), discount_kop(event), place, document=event.document)

    def _taken_back(self, event: LedgerEvent, refund: Refund) -> Sale | None:
        original = original_of(event)
        known = self._back.get(original)
        if known is None:
            sold = self._sale_of(original)
            if sold is None:
                return None
            lines = {line["number"]: line["quantity_micro"] for line in sold.facts.get("lines", ())}
            known = _Back(self._sale(sold), lines, money_kop(sold))
        pieces = returned_pieces(event)
        for number, micro in pieces.items():
            known.left[number] = known.left.get(number, 0) - micro
        known.kop -= refund.kop
        over = all(micro <= 0 for micro in known.left.values()) if pieces else known.kop <= 0
        if not over:
            self._back[original] = known
            return None
        self._back.pop(original, None)
        return replace(known.sale, gone=max(refund.day, known.sale.day))


def read_person(name: str, events: Iterable[LedgerEvent], documents: Documents) -> Person:
    """All of one person."""
    found, sales = Person(name), dict[DocumentId | None, Sale]()
    for event in events:
        found.member = found.member or bool(event.entries)
        document, gone = documents.read(event)
        if document is not None:
            found.add(document)
        if isinstance(document, Sale):
            sales[document.document] = document
        if gone is not None and gone.document in sales:
            sales[gone.document].gone = gone.gone
    return found


@dataclass
class _Back:
    """What of a sale is still out, by line (millionths); and its money, for returns that name no pieces."""

    sale: Sale
    left: dict[int, int]
    kop: int


def original_of(event: LedgerEvent) -> DocumentId:
    """The sale that a return names; a number that no document has when it names none."""
    if event.purchase is not None and event.purchase.original is not None:
        return event.purchase.original
    try:
        return DocumentId.parse(str(event.facts.get("original", "")))
    except ValueError:
        return DocumentId("", 0)


def money_kop(event: LedgerEvent) -> int:
    """Money of the document, >= 0; of a sale in parts, of all its documents."""
    if event.purchase is not None:
        return abs(event.purchase.net_kop)
    if "part" in event.facts:
        return sum(line.get("sum_kop", 0) for line in event.facts.get("lines", ()))
    total: int = event.facts.get("total_kop", 0)
    return total


def discount_kop(event: LedgerEvent) -> int:
    """What the program took off besides points; 0 of a receipt that the till made itself: it shows final prices."""
    if "applied" not in event.facts:
        return 0
    lines: Sequence[Mapping[str, int]] = event.facts.get("lines", ())
    return sum(line.get("gross_kop", 0) - line.get("sum_kop", 0) - line.get("points_kop", 0) for line in lines)


def place_of(event: LedgerEvent, stores: Mapping[str, str]) -> Place:
    """Store, register and cashier."""
    store = stores.get(event.register) or stores.get("", "") or UNKNOWN
    return Place(store, event.register or UNKNOWN, cashier_of(event))


def cashier_of(event: LedgerEvent) -> str:
    """The number that the till said, else the code of tag 1021. Whatever may be a name is shown as a short hash."""
    number = str(event.facts.get("at_register", {}).get("cashier", "")).strip()
    if number:
        return number if any(char.isdigit() for char in number) else _hashed(number)
    code = str(event.facts.get("cashier", "")).strip()
    return code if CODE.fullmatch(code) else _hashed(code) if code else UNKNOWN


def _hashed(name: str) -> str:
    return hashlib.sha256(" ".join(name.split()).casefold().encode()).hexdigest()[:HASH_DIGITS]
