"""A sale in parts: one receipt after the other, each by the numbered protocol of the desk of its own printer.

The whole plan is written with the first part's intent; it is then finished as it stands: by repeating the sale, after
a refusal, a kill or a day. A part in doubt is resolved by itself, nothing else is sent meanwhile. Points, codes and
prepaid accounts are taken up once, by the whole, and its loyalty event waits until every part was read back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pos_agent import texts
from pos_agent.checkout.lifecycle import SaleState
from pos_agent.checkout.outcome import begin_split
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.split_plan import cut
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.store.intents import Intent
from pos_agent.store.repositories import Txn
from pos_agent.store.splits import DROPPED, ENDED, MADE, Split, part_id

if TYPE_CHECKING:
    from pos_agent.checkout.desk import Desk, SaleOrder

CHECKING = ("SAL-01", "SAL-02")  # the part may be a document: nothing more is known


class SplitSales:
    """Sells in parts through the register's desk; parts of further printers of its counter through theirs."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def sell(self, order: SaleOrder) -> dict[str, Any]:
        """All parts; the stored answer when they exist already. The line is held.

        SAL-06: some parts are made and the next one is not; SAL-07: what was made is taken back. Else as `Desk.sell`.
        Nothing is begun before every printer that is needed says that it could begin.
        """
        split = self._stored(order)
        if split is not None and split.state == ENDED:
            raise UsageError("SAL-07")
        if split is None or split.state == DROPPED:
            self._all_ready(order)
            self._first(order)
        while True:
            split = self._stored(order)
            assert split is not None, "the first part is written with its sale"
            if split.state == MADE:
                return dict(split.answer)
            self._next(order, split)

    def _all_ready(self, order: SaleOrder) -> None:
        """A printer that is off is told before anything is sold; one printer for all of it tells by itself."""
        others = self.desk.part_printers
        if any(others.of_part(name) is not None for name in order.parts):
            others.must_be_ready(order.parts)
            if any(others.of_part(name) is None for name in order.parts):
                self.desk.must_be_ready_here()

    def _first(self, order: SaleOrder) -> None:
        """Price the whole now; its row and the first part's intent are one transaction."""
        made: list[Plan] = []

        def plan() -> Plan:
            made[:] = [order.plan()]
            assert [part["name"] for part in made[0].parts] == [*order.parts], "each part goes to its own printer"
            return cut(made[0], order.sale_id, 1)

        def beside(txn: Txn) -> None:
            whole = made[0]
            register = self.desk.journal.place.register
            figures = order.customer, whole.spent_pt, len(whole.parts), whole.to_json()
            begin_split(txn, Split(order.sale_id, order.content_hash, register, *figures))

        self._sell(order.parts[0], order.part(part_id(order.sale_id, 1), plan, beside))

    def _next(self, order: SaleOrder, split: Split) -> None:
        whole, parts = Plan.from_json(split.plan), self._intents(split)
        made = [one for one in parts if one is not None and one.state == SaleState.REGISTERED]
        number = next(n for n, one in enumerate(parts, 1) if one is None or one.state != SaleState.REGISTERED)
        plan = cut(whole, split.sale_id, number)
        try:
            self._sell(plan.part["name"], order.part(part_id(split.sale_id, number), lambda: plan, None))
        except AgentError as error:
            if error.code in CHECKING or not made:
                raise
            why = str(texts.message(error.code, self.desk.language, **error.params))
            documents = ", ".join(str(one.document) for one in made)
            raise PrinterError("SAL-06", n=number, of=split.parts, made=documents, lines=(why, *error.lines)) from error

    def _sell(self, name: str, part: SaleOrder) -> None:
        """By the printer of that part; the line of the register's own is held."""
        part = replace(part, tlvs=part.tlvs_of.get(name, part.tlvs))
        other = self.desk.part_printers.of_part(name)
        if other is None:
            self.desk.sell_here(part)
        else:
            self.desk.part_printers.sell(other, part)

    def _stored(self, order: SaleOrder) -> Split | None:
        with self.desk.journal.store.reading() as view:
            return view.splits.get(order.sale_id)

    def _intents(self, split: Split) -> tuple[Intent | None, ...]:
        with self.desk.journal.store.reading() as view:
            return view.splits.intents(split)
