"""Shadow rules at work: the sales of the ledger that are over, one turn at a time, on a thread that sells nothing.

A turn reads what was sold since the last one, prices it again and writes down what differs. The price itself is made
in a thread of its own: whatever it raises is an answer here, and one that takes too long is not waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from pos_agent.checkout.baskets import RecentBaskets
from pos_agent.checkout.orders import Orders
from pos_agent.errors import AgentError
from pos_agent.logs import logger
from pos_agent.model.canonical import sha256_hex
from pos_agent.model.events import LedgerEvent
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Rules
from pos_agent.shadow.difference import Compared, of_basket, of_event, sale_of
from pos_agent.store.repositories import View
from pos_agent.store.shadow import Looked, ShadowDifference
from pos_agent.store.store import Store

MOST = 20  # sales in one turn
LIMIT_S = 1.0  # for one sale; usual is a millisecond
SLOW = "slow"
NOT_READ, NOT_ACCEPTED = "not read", "not accepted"
Compare = Callable[[], Compared]


class ShadowPricing:
    """`file`: the shadow rules; they may come, change and go while the agent runs. `live`: the rules in force."""

    def __init__(
        self, store: Store, file: Path, baskets: RecentBaskets, live: Callable[[View], Rules], place: str
    ) -> None:
        self.store, self.file, self.baskets, self.place = store, file, baskets, place
        self.problem = ""  # of the file itself: NOT_READ, NOT_ACCEPTED
        self.limit_s = LIMIT_S
        self._live = live
        self._rules: Rules | None = None
        self._text = ""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="shadow")
        self._stuck: Future[Compared] | None = None
        self._log = logger("shadow")

    def turn(self) -> int:
        """Price what was sold since; how many sales. AgentError of the store; nothing else leaves this method."""
        if self._stuck is not None and not self._stuck.done():
            return 0
        self._stuck = None
        rules = self._current()
        if rules is None:
            return 0
        with self.store.reading() as view:
            run = view.shadow.run(rules.hash)
            if run is not None:
                sales = self._sales(view, rules, run.through_seq)
            head = view.ledger.head().seq
        if run is None:
            with self.store.writing("shadow begins") as txn:
                txn.shadow.begin(rules.hash, head)
            return 0
        if not sales and run.through_seq == head:
            return 0
        found = self._look(sales, run.through_seq)
        with self.store.writing("shadow") as txn:
            txn.shadow.go_on(rules.hash, found)
        return found.priced + found.failed

    def look(self) -> None:
        """A turn for the main loop: trouble of the store is logged, the next turn tries again."""
        try:
            self.turn()
        except AgentError as error:
            self._log.error("shadow rules wait", code=error.code)

    def close(self) -> None:
        """No more turns; a price under way is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _current(self) -> Rules | None:
        """The rules of the file as it is now; None, and `problem`, when there are none to price by."""
        try:
            text = self.file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            self._trouble(NOT_READ, str(error))
            return None
        if self._rules is None or text != self._text:
            try:
                made = parse(text, "json" if self.file.suffix == ".json" else "toml")
            except RulesError as error:
                self._trouble(NOT_ACCEPTED, str(error))
                return None
            self._rules, self._text = replace(made, hash=sha256_hex(text)), text
        self.problem = ""
        return self._rules

    def _trouble(self, problem: str, why: str) -> None:
        if self.problem != problem:
            self._log.warning("no shadow rules", path=self.file, reason=problem, why=why[:200])
        self.problem, self._rules = problem, None

    def _sales(self, view: View, rules: Rules, after_seq: int) -> list[tuple[int, LedgerEvent, Compare | None]]:
        """(sequence, event, how to compare it; None = no sale) of the next events."""
        found: list[tuple[int, LedgerEvent, Compare | None]] = []
        for chained in view.ledger.range(after_seq + 1, after_seq + MOST):
            compare = self._compare(view, chained.event, chained.seq, rules) if sale_of(chained.event) else None
            found.append((chained.seq, chained.event, compare))
        return found

    def _compare(self, view: View, event: LedgerEvent, seq: int, shadow: Rules) -> Compare:
        kept = self.baskets.take(str(event.facts.get("sale", "")))
        if kept is not None:
            return partial(of_basket, kept.basket, kept.priced, shadow, kept.secrets)
        known = view.ledger.by_customer(event.customer) if event.customer else ()
        history = [one.event for one in known if one.seq < seq]
        return partial(of_event, event, history, self._live(view), shadow, self.place)

    def _look(self, sales: list[tuple[int, LedgerEvent, Compare | None]], through_seq: int) -> Looked:
        """Until one is too slow: the rest waits for the next turn."""
        priced = failed = 0
        problem = ""
        differing: list[ShadowDifference] = []
        for seq, event, compare in sales:
            through_seq = seq
            if compare is None:
                continue
            compared, why = self._priced(compare)
            if compared is None:
                failed, problem = failed + 1, why
                self._log.warning("shadow rules could not price a sale", event_id=event.id, reason=why)
                if self._stuck is not None:
                    break
                continue
            priced += 1
            if compared.body:
                body: Mapping[str, object] = compared.body
                differing.append(ShadowDifference(seq, event.id, event.business_date, compared.source, body))
        return Looked(through_seq, priced, failed, problem, differing)

    def _priced(self, compare: Compare) -> tuple[Compared | None, str]:
        """The comparison, or None and why not."""
        future = self._pool.submit(compare)
        try:
            error = future.exception(timeout=self.limit_s)
        except TimeoutError:
            self._stuck = future
            return None, SLOW
        return (future.result(), "") if error is None else (None, type(error).__name__)


def beside(orders: Orders, store: Store, file: Path | None, place: str) -> ShadowPricing | None:
    """Shadow rules beside this register's orders, which from now on keep their last baskets; None without a file."""
    if file is None:
        return None
    orders.baskets = RecentBaskets()
    return ShadowPricing(store, file, orders.baskets, orders.journal.rules, place)
