"""The agent's own ledger for a report: read as it is, one person at a time, whoever is writing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pos_agent.checkout.figures import policy
from pos_agent.checkout.standing import ladder, snapshot
from pos_agent.cli.past_ledger import database, rules_of
from pos_agent.errors import AgentError
from pos_agent.ledger.persons import last_survivor
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.reports.report import Trait
from pos_agent.rules.levels import level_of
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import View


@dataclass(frozen=True)
class Source:
    """One snapshot of the ledger. `store`: of the register whose database it is; `rules`: in force, if there are."""

    view: View
    store: str
    rules: Rules | None

    @property
    def policy(self) -> FoldPolicy:
        """Of the program in force. RUL-03: there is none."""
        if self.rules is None:
            raise AgentError("RUL-03")
        return policy(self.rules)

    def people(self) -> Iterator[tuple[str, tuple[LedgerEvent, ...]]]:
        """(the customer that is left of all merges, events of the person) for everybody."""
        for rows in self.view.ledger.people():
            events = tuple(chained.event for chained in rows)
            yield last_survivor(events) or events[0].customer or "", events

    def strangers(self) -> Iterator[LedgerEvent]:
        """Events without a customer, in the order they were written."""
        return (one.event for one in self.view.ledger.of_nobody())

    def sale_of(self, document: DocumentId) -> LedgerEvent | None:
        """The event of a sale by its document."""
        found = self.view.ledger.by_document(document) if document.fn_serial else ()
        return found[0].event if found else None

    def days(self) -> tuple[date, date] | None:
        """The first and the last business date; None of an empty ledger."""
        known = self.view.ledger.days()
        return None if known is None else (date.fromisoformat(known[0]), date.fromisoformat(known[1]))

    def cashiers(self, named: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Number and code of a cashier -> the name, of (name, number or "") as the owner lists them."""
        codes = [(self.view.documents.cashier_code(name), number, name) for name, number in named]
        return {known: name for code, number, name in codes for known in (code, number) if known}

    def level_on(self, day: date) -> Trait:
        """The level of a customer on a day; "" below the ladder. RUL-03: there are no rules."""
        if self.rules is None:
            raise AgentError("RUL-03")
        rules, tiers = self.rules, ladder(self.rules)

        def level(customer: str, events: Sequence[LedgerEvent]) -> str:
            found = level_of(tiers, snapshot(events, customer, day, rules)) if tiers else None
            return found.name if found is not None else ""

        return level

    def segments_on(self, day: date) -> Trait:
        """Segments that a customer is put into on a day, joined; "" for none."""
        return lambda customer, events: ", ".join(sorted(self.view.club.segments(customer, day.isoformat())))


@contextmanager
def opened(ledger: Path | None, config_file: Path) -> Iterator[Source]:
    """The configured agent's database, or the named one. AGT-05: there is none; RUL-01: its rules do not parse."""
    reader, store = database(ledger, config_file)
    with reader, reader.reading() as view:
        yield Source(view, store, rules_of(view))
