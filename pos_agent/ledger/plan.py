"""Before an event touches points: its entries in order, their amounts, and whether they fit what came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pos_agent.ledger.lots import OpenLot
from pos_agent.ledger.movements import lot_id
from pos_agent.ledger.order import Settled
from pos_agent.ledger.returned import Pieces, returned_pieces
from pos_agent.ledger.wallet import Spend, Wallet
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, survivor
from pos_agent.model.receipt import DocumentId

_ORDER = (
    EntryKind.RESTORE,
    EntryKind.REVERSE,
    EntryKind.SPEND,
    EntryKind.ACCRUE,
    EntryKind.GIFT,
    EntryKind.ADJUST,
    EntryKind.HOLD,
    EntryKind.UNHOLD,
)
_OPENING = (EntryKind.ACCRUE, EntryKind.GIFT)


class Unfit(Exception):  # noqa: N818  # not an error: the document stands, its points are set aside
    """The event stays a fact, its points are left out."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Step:
    """An entry with its amount. `own`: lots it touches first; `spend`: what a RESTORE gives back of."""

    entry: Entry
    amount_pt: int
    own: list[OpenLot] = field(default_factory=list)
    spend: Spend | None = None


class Planner:
    """Looks at the wallet, changes nothing but the count of returned pieces."""

    def __init__(self, wallet: Wallet, settled: Settled, program: str) -> None:
        self.wallet, self.settled, self.program = wallet, settled, program
        self._pieces: dict[DocumentId, Pieces] = {}

    def steps(self, event: LedgerEvent) -> list[Step]:
        """What the event does to points, in order. Unfit when one of its entries does not fit: then none is applied.

        A MERGE has no entries: Unfit "merge" when it names nobody, or both cards are one person's already.
        """
        if event.kind is EventKind.MERGE:
            into = survivor(event)
            if not into or self.wallet.owner(into) == self.wallet.owner(event.customer or ""):
                raise Unfit("merge")
            return []
        entries = [entry for entry in event.entries if entry.program == self.program and entry.kind in _ORDER]
        entries.sort(key=lambda entry: (_ORDER.index(entry.kind), entry.id))
        sale = self._sale(event)
        pieces = returned_pieces(event)
        counted = self._counted(sale, pieces)
        steps = [self._step(entry, sale, counted, pieces) for entry in entries]
        _check_sums(steps, named=sale is not None)
        if counted is not None:
            counted.give_back(pieces)
        return steps

    def _sale(self, event: LedgerEvent) -> LedgerEvent | None:
        original = event.purchase.original if event.purchase else None
        return self.settled.sales[original] if original is not None else None

    def _counted(self, sale: LedgerEvent | None, pieces: Mapping[int, int]) -> Pieces | None:
        """The sale's lines when both documents say which pieces came back; Unfit when those are too many."""
        if sale is None or sale.document is None:
            return None
        counted = self._pieces.setdefault(sale.document, Pieces(sale))
        if not counted.lines or not pieces:
            return None
        if not counted.fits(pieces):
            raise Unfit("too much returned")
        return counted

    def _step(self, entry: Entry, sale: LedgerEvent | None, counted: Pieces | None, pieces: Mapping[int, int]) -> Step:
        amount_pt = entry.amount_pt
        if amount_pt is None and counted is not None and entry.kind in (EntryKind.RESTORE, EntryKind.REVERSE):
            amount_pt = counted.amount_pt(entry.kind, pieces)
        if amount_pt is None or (amount_pt < 0 and entry.kind is not EntryKind.ADJUST):
            raise Unfit("amount")
        if entry.kind in _OPENING or (entry.kind is EntryKind.ADJUST and amount_pt > 0):
            self._check_opening(entry)
            return Step(entry, amount_pt)
        if entry.kind is EntryKind.RESTORE:
            return self._restoring(entry, amount_pt, sale)
        return Step(entry, amount_pt, self._own_lots(entry, sale))

    def _check_opening(self, entry: Entry) -> None:
        if lot_id(entry) in self.wallet.lots:
            raise Unfit("lot id")
        try:
            for text in filter(None, (entry.earned, entry.active_from, entry.expires)):
                date.fromisoformat(text)
        except ValueError as error:
            raise Unfit("date") from error

    def _restoring(self, entry: Entry, amount_pt: int, sale: LedgerEvent | None) -> Step:
        if sale is None:
            raise Unfit("no sale named")
        return Step(entry, amount_pt, spend=self.wallet.spends.get(sale.id, Spend()))

    def _own_lots(self, entry: Entry, sale: LedgerEvent | None) -> list[OpenLot]:
        """The lot named, else all that the sale opened, by id."""
        lots = self.wallet.lots
        if entry.lot:
            return [lots[entry.lot]] if entry.lot in lots else []
        return [lots[key] for key in sorted(lots) if sale is not None and lots[key].event == sale.id]


def _check_sums(steps: list[Step], *, named: bool) -> None:
    """A sale gives back at most what it took and loses at most what it earned (section 9: k never exceeds q).

    A return that names no sale and no lot has no such bound.
    """
    restored = reversed_ = 0
    for step in steps:
        if step.spend is not None:
            restored += step.amount_pt
            if restored > step.spend.amount_pt - step.spend.restored_pt:
                raise Unfit("too much returned")
        elif step.entry.kind is EntryKind.REVERSE and (named or step.own):
            reversed_ += step.amount_pt
            if reversed_ > sum(lot.amount_pt - lot.reversed_pt for lot in step.own):
                raise Unfit("too much returned")
