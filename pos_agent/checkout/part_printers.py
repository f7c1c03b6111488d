"""Further printers at the register's counter: each sells its own part of a basket, on its own thread.

The register's own desk asks them one at a time and waits; they never ask it. So all that is sold at the counter is
begun in one order, and what is in doubt on one printer keeps only that printer from its next receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from pos_agent import texts
from pos_agent.checkout.journal import StoreJournal
from pos_agent.errors import AgentError, PrinterError, UsageError

if TYPE_CHECKING:
    from pos_agent.checkout.desk import Desk, SaleOrder
    from pos_agent.checkout.reconcile import Reconciler
    from pos_agent.model.receipt import DocumentId
    from pos_agent.printing.watch import Watch
    from pos_agent.store.intents import Intent
    from pos_agent.store.repositories import View

Reply = TypeVar("Reply")

ASKED_S = 150  # the longest call of a desk (90 s), or command of a driver (120 s), and a margin
READY_S = 45  # a desk waits 30 s for its printer to end what it prints: longer it only hangs
PIECE_S = 5  # who waits so long shows that he lives


class Thread(Protocol):
    """The printer's own thread, see `PrinterActor`."""

    def ask(self, work: Callable[[Watch], Any]) -> Future[Any]:
        """Have `work` done there."""


@dataclass(frozen=True)
class PartPrinter:
    """One of them. `register`: the name of its storages and of its sales in doubt; `tax_system`: tag 1055."""

    part: str
    register: str
    port: str
    tax_system: int
    desk: Desk
    reconciler: Reconciler
    thread: Thread

    def compare(self) -> Future[Any]:
        """Begin a comparison of its archive with the ledger, or join the one under way."""
        return self.thread.ask(lambda watch: self.reconciler.start())


class PartJournal(StoreJournal):
    """Records as any; slips of the counter come out of the register's own printer."""

    def slip_due(self) -> bool:
        return False


class PartPrinters:
    """The further printers of one counter. `alive` is called while one of them is waited for."""

    def __init__(self, printers: Sequence[PartPrinter] = (), alive: Callable[[], object] = lambda: None) -> None:
        self.all = tuple(printers)
        self._alive = alive

    def of_part(self, name: str) -> PartPrinter | None:
        """None: the register's own printer sells that part."""
        return next((one for one in self.all if one.part == name), None)

    def of_register(self, name: str) -> PartPrinter | None:
        """By the name of its storages; None: the register's own printer, or none of this counter."""
        return next((one for one in self.all if one.register == name), None)

    def seller(self, view: View, order: SaleOrder) -> PartPrinter | None:
        """Who makes the only receipt of this order: the part's printer, or the one that sold what comes back."""
        if order.receipt is not None:
            series = view.series.get(order.receipt.fn_serial)
            return self.of_register(series.register) if series is not None else None
        return self.of_part(order.parts[0]) if len(order.parts) == 1 else None

    def sell(self, printer: PartPrinter, order: SaleOrder) -> dict[str, Any]:
        """One receipt there, as `Desk.sell`. SAL-01 also when nothing is heard of it for too long."""
        return self._do(printer, lambda desk: desk.sell(order), "SAL-01")

    def must_be_ready(self, names: Sequence[str]) -> None:
        """As the first question of `Desk.sell`, of each of these parts' printers: SAL-01, SAL-02, SHF-01, PRN-..

        One that hangs is not waited for as long as a sale would be: the register's own has other buyers.
        """
        for name in names:
            if (printer := self.of_part(name)) is not None:
                self._do(printer, lambda desk: desk.must_be_ready(), "PRN-03", READY_S)

    def nothing_in_doubt(self, names: Sequence[str]) -> None:
        """SAL-01, SAL-02: a receipt of one of these parts' printers may be a document."""
        for name in names:
            if (printer := self.of_part(name)) is not None:
                self._do(printer, lambda desk: desk.must_not_doubt(), "SAL-01")

    def everywhere(self, own: Callable[[], Reply], there: Callable[[Desk], object]) -> Reply:
        """`own` on the register's printer, the same on all others. One that cannot does not keep the others from it:
        the first error comes after."""
        done: list[Any] = []
        errors: list[AgentError] = []
        others = [partial(self._do, printer, there, "PRN-03") for printer in self.all]
        works: list[Callable[[], object]] = [own, *others]
        for work in works:
            try:
                done.append(work())
            except AgentError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return cast(Reply, done[0])

    def by_word(
        self, own: Desk, decision: str, number: DocumentId | None, reason: str, sale: str = ""
    ) -> dict[str, Any]:
        """`Settler.by_word` of the printer where `sale` is in doubt, "" = of the first with any: see `in_doubt`.

        UsageError API-01: another sale is in doubt, not this one.
        """
        stations = [own.journal.place.station, *(one.register for one in self.all)]
        with own.journal.store.reading() as view:
            intent = in_doubt(view, stations, sale)
        if intent is not None and sale and not _is_of(intent, sale):
            raise UsageError("API-01", field=f"sale: {sale}")
        other = self.of_register(intent.register) if intent is not None else None
        if other is None:
            return own.settler.by_word(decision, number, reason)
        return self._do(other, lambda desk: desk.settler.by_word(decision, number, reason), "SAL-01")

    def _do(self, printer: PartPrinter, work: Callable[[Desk], Reply], late: str, wait_s: int = ASKED_S) -> Reply:
        """On its thread. `late`: the code when it was begun and does not end. PRN-03: it was not begun at all."""
        with _named(printer):
            asked = printer.thread.ask(lambda watch: work(printer.desk))
            for _ in range(wait_s // PIECE_S):
                self._alive()
                try:
                    done: Reply = asked.result(PIECE_S)
                except CancelledError:
                    raise PrinterError("PRN-03") from None
                except TimeoutError:
                    if asked.done():
                        raise
                else:
                    return done
            raise PrinterError("PRN-03" if asked.cancel() else late)


NO_PART_PRINTERS = PartPrinters()


def in_doubt(view: View, stations: Sequence[str], sale: str = "") -> Intent | None:
    """That sale or the part of it which is in doubt; else the one of the first of these printers that has any."""
    found = [one for one in map(view.intents.unsettled, stations) if one is not None]
    return next((one for one in found if _is_of(one, sale)), next(iter(found), None))


def _is_of(intent: Intent, sale: str) -> bool:
    return sale in (intent.sale_id, intent.sale_id.rpartition("/")[0])


@contextmanager
def _named(printer: PartPrinter) -> Iterator[None]:
    """Whatever is wrong there is told with the printer's name."""
    try:
        yield
    except AgentError as error:
        named = {"part": printer.part, "port": printer.port}
        error.lines = (texts.phrase("reasons", "part_printer", printer.desk.language, **named), *error.lines)
        raise
