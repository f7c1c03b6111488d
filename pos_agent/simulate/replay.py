"""Past receipts through two sets of rules at once, one receipt at a time, and the report of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_agent.model.canonical import canonical_json, sha256_hex
from pos_agent.rules.values import Program, Rules
from pos_agent.simulate.figures import Comparison
from pos_agent.simulate.needs import not_known
from pos_agent.simulate.past import Past, PastKind
from pos_agent.simulate.raising import Raiser, Raising
from pos_agent.simulate.world import Effect, Spending, World

NOTHING = Rules(hash="", program=Program("none", "-"))  # no program at all: everybody pays the price on the shelf


@dataclass(frozen=True)
class Question:
    """What is asked. `first` and `last`: ISO days whose receipts are counted, "" = no bound; earlier ones still make
    the customers what they are. `named`: id of a sale -> how many returns name it; after the last it is forgotten.
    """

    new: Rules
    old: Rules = NOTHING
    spending: Spending = Spending.AS_WAS
    raising: Raising = field(default_factory=Raising)
    first: str = ""
    last: str = ""
    named: Mapping[str, int] = field(default_factory=dict)


def replay(question: Question, history: Iterable[Past], step: Callable[[], object] = lambda: None) -> dict[str, Any]:
    """The report: JSON values with `hash`, equal for equal input. `history` in business order; `step` after each."""
    run = _Replay(question)
    for past in history:
        run.take(past)
        step()
    return run.report()


class _Replay:
    def __init__(self, question: Question) -> None:
        self._question = question
        named = frozenset(question.named)
        self._new = World(question.new, named, question.spending)
        self._old = World(question.old, named, question.spending)
        self._to_come = dict(question.named)
        self._raiser = Raiser(question.raising, question.new, question.old) if question.raising.wanted else None
        self._found = Comparison(question.new.program, question.old.program)
        self._seen: set[str] = set()
        self._waiting: dict[str, list[Past]] = {}
        self._days = ["", ""]
        self._lacking: Counter[str] = Counter()

    def take(self, past: Past) -> None:
        """One thing that happened. A return waits for its sale (ledger, section 10)."""
        if past.kind is PastKind.GIFT:
            self._new.gift(past)
            self._old.gift(past)
        elif past.kind is PastKind.SALE:
            self._sale(past)
            if past.id in self._question.named:
                self._seen.add(past.id)
                for waiting in self._waiting.pop(past.id, ()):
                    self._return(waiting)
        elif past.original and past.original not in self._seen:
            self._waiting.setdefault(past.original, []).append(past)
        else:
            self._return(past)

    def _sale(self, past: Past) -> None:
        old = self._old.sale(past)
        new = self._new_sale(past)
        if self._counted(past):
            self._found.sale(new, old, past.day, past.store, past.customer)
            self._lacking.update(past.lacks)

    def _new_sale(self, past: Past) -> Effect:
        if self._raiser is None or not self._counted(past):
            return self._new.sale(past)
        basket = self._new.basket(past)
        priced = self._new.priced(basket)
        raised = self._raiser.raised(self._new, past, basket, priced) if priced is not None else None
        return self._new.sale(past, *(raised or (basket, priced)))

    def _return(self, past: Past) -> None:
        new, old = self._new.sale_return(past), self._old.sale_return(past)
        if self._counted(past):
            self._found.sale_return(new, old)
        self._one_return_less(past.original)

    def _one_return_less(self, sale: str) -> None:
        """Memory is that of sales between their first and their last return, not of all that ever came back."""
        left = self._to_come.get(sale, 0) - 1
        if left > 0:
            self._to_come[sale] = left
        elif self._to_come.pop(sale, None) is not None:
            self._seen.discard(sale)
            self._new.forget(sale)
            self._old.forget(sale)

    def _counted(self, past: Past) -> bool:
        first, last = self._question.first, self._question.last
        counted = (not first or past.day >= first) and (not last or past.day <= last)
        if counted:
            self._days = [min(self._days[0] or past.day, past.day), max(self._days[1], past.day)]
        return counted

    def report(self) -> dict[str, Any]:
        """All figures; returns whose sale never came are counted apart and change nothing."""
        question = self._question
        found: dict[str, Any] = {
            "rules": {"new": question.new.hash, "old": question.old.hash or None},
            "spending": question.spending.value,
            "period": {"first": self._days[0] or None, "last": self._days[1] or None},
            **self._found.to_json(),
            "returns_without_sale": sum(len(found) for found in self._waiting.values()),
            "not_known": not_known(self._lacking, (question.new, question.old)),
        }
        if self._raiser is not None:
            found["raising"] = {"supposed": vars(question.raising).copy()}
            found["raising"] |= {kind: tally.to_json() for kind, tally in self._raiser.uplift.items()}
        return {**found, "hash": sha256_hex(canonical_json(found))}
