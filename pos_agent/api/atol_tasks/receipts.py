"""Receipt tasks from reading to result: printable items before and after, loyalty, the sale, the doubt about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pos_agent.api.atol_tasks import faults
from pos_agent.api.atol_tasks.beside import Beside
from pos_agent.api.atol_tasks.blocking import CONNECTION, PAPER
from pos_agent.api.atol_tasks.book import Book
from pos_agent.api.atol_tasks.desk_calls import DeskCalls, DoubtError
from pos_agent.api.atol_tasks.doubts import Doubts
from pos_agent.api.atol_tasks.offer import Offer
from pos_agent.api.atol_tasks.receipt import TillReceipt
from pos_agent.api.atol_tasks.results import Json
from pos_agent.api.atol_tasks.selling import Made, Selling
from pos_agent.errors import AgentError, UsageError
from pos_agent.logs import logger

if TYPE_CHECKING:
    from pos_agent.api.atol_tasks.running import Run

NEEDS_HANDS = ("PRN-01", "PRN-02")
NEXT_PART_S = 10.0  # between tries to make the rest of a sale: each may hold the register's own printer for long
FRESH = timedelta(minutes=10)  # after a longer absence a sale that was not made is not made any more


class Receipts:
    """`sell`, `sellReturn`, `buy`, `buyReturn`."""

    def __init__(self, calls: DeskCalls, book: Book, selling: Selling, beside: Beside, doubts: Doubts) -> None:
        self._calls, self._book, self._selling = calls, book, selling
        self._beside, self._doubts = beside, doubts
        self._log = logger("atol")

    def done(self, run: Run, task: Mapping[str, Any]) -> Json:
        """The result of a registered receipt. TaskError: it was not registered."""
        asked = self._selling.read(task, run.request.device)
        kept = Offer.from_json(run.request.offer) if run.request.offer else None
        found = self._doubts.known(run, lambda: self._fate(run)) if run.resumed else None
        if found is not None:
            return self._over(run, self._selling.made(found, kept, recovered=True))
        if run.resumed and not self._fresh(run):
            raise self._not_done(run)
        offer = self._selling.offer(run.uuid, asked, run.request.offer)
        self._keep(run, offer)
        printing = self._beside.on(asked.device).printing
        printing.beside(asked.before, cut=False)
        result = self._over(run, self._sold(run, asked, offer))
        printing.beside(asked.after, cut=True)
        return result

    def found(self, run: Run) -> Json | None:
        """After something of ours failed: the result of a receipt that is registered all the same."""
        try:
            answer = self._doubts.known(run, lambda: self._fate(run))
        except faults.TaskError:  # it was, and came back
            return None
        return None if answer is None else self._selling.made(answer, None, recovered=True).result

    def _over(self, run: Run, made: Made) -> Json:
        run.made = made
        try:
            self._selling.use_up(made)
        except AgentError as error:  # the receipt is made; the card's time ends by itself
            self._log.warning("armed card not used up", code=error.code)
        return made.result

    def _sold(self, run: Run, asked: TillReceipt, offer: Offer | None) -> Made:
        while True:
            try:
                return self._selling.sell(run.uuid, asked, offer)
            except UsageError as error:  # only of an offer with loyalty: the one after this is without
                offer = self._selling.without_loyalty(asked, error)
                self._keep(run, offer)
            except DoubtError:
                found = self._doubts.known(run, lambda: self._fate(run))
                if found is not None:
                    return self._selling.made(found, offer, recovered=True)
                if self._selling.unfinished(run.uuid) is None and self._selling.begun(run.uuid):
                    raise faults.fault(faults.CONNECTION_LOST, "not_done", self._calls.lang) from None
                # another sale was in doubt and ours is still to be made, or the rest of its parts is
            except faults.TaskError as error:
                if self._selling.unfinished(run.uuid) is None:
                    raise
                if not self._fresh(run):
                    raise self._not_done(run) from error
                self._doubts.stand(run, _reason(error), NEXT_PART_S)

    def _not_done(self, run: Run) -> faults.TaskError:
        """Nothing was made; or some parts were and the rest is given up: SAL-06, told with the documents."""
        left = self._selling.unfinished(run.uuid)
        if left is not None:
            return self._calls.told(left)
        return faults.fault(faults.CONNECTION_LOST, "not_done", self._calls.lang)

    def _fate(self, run: Run) -> Mapping[str, Any] | None:
        """Ask the storage. DoubtError: it does not tell yet."""
        if not self._selling.settle():
            raise DoubtError
        return self._selling.fate(run.uuid)

    def _keep(self, run: Run, offer: Offer | None) -> None:
        kept = offer.to_json() if offer is not None else {}
        run.request = self._book.progress(run.request, run.items, offer=kept) or run.request

    def _fresh(self, run: Run) -> bool:
        age = self._calls.parts.clock.now() - datetime.fromisoformat(run.request.created_at)
        return age <= FRESH


def _reason(error: BaseException) -> str:
    """What the queue stands for: by the error that the others came from."""
    while error.__cause__ is not None:
        error = error.__cause__
    return PAPER if isinstance(error, AgentError) and error.code in NEEDS_HANDS else CONNECTION
