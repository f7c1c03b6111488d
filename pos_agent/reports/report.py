"""A whole report: people and documents in, rows of figures out; the period before and the other stores beside. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import LedgerEvent
from pos_agent.reports.figure import Figure, shown
from pos_agent.reports.metrics import METRICS, Given, Sums
from pos_agent.reports.people import UNKNOWN, Documents, Place, SaleOf, place_of, read_person
from pos_agent.reports.periods import DAYS, MONTHS, WEEKS, Calendar, Period
from pos_agent.reports.points import Points, PointsTally
from pos_agent.reports.tally import Cell, Slice, Tally

TIME = (DAYS, WEEKS, MONTHS)
PLACES = ("store", "register", "cashier")
TRAITS = ("segment", "level")
AXES = (*PLACES, *TRAITS, *TIME)
PILOT, OTHERS, DIFFERENCE = "pilot", "others", "difference"
WITH_POINTS = frozenset({"redemption", "cohort", "liability", "roi"})

Trait = Callable[[str, Sequence[LedgerEvent]], str]  # (customer, its events) -> segment or level


@dataclass(frozen=True)
class Question:
    """What is asked. `by`: one of AXES or "". `pilot`: stores set beside all others, none = no such split.

    `active_days`: how long a purchase keeps a customer active (A of section 12). `as_of`: report date of cohorts of
    points, None = the last day of each period. `stores`: register -> store, "" = of all others.
    `cashiers`: number or code of a cashier -> what the owner calls them.
    """

    metrics: tuple[str, ...]
    period: Period
    by: str = ""
    previous: bool = False
    pilot: frozenset[str] = frozenset()
    active_days: int = 90
    as_of: date | None = None
    stores: dict[str, str] = field(default_factory=dict)
    cashiers: dict[str, str] = field(default_factory=dict)
    given: Given = field(default_factory=Given)

    @property
    def periods(self) -> list[Period]:
        """All that are reckoned, in order."""
        if self.by in TIME:
            return list(self.period.parts(self.by))
        return [self.period.before(), self.period] if self.previous else [self.period]


@dataclass(frozen=True)
class Row:
    """A figure of a slice of a period, and the same of the period before when that was asked for."""

    slice: Slice
    period: Period
    figure: Figure
    previous: Figure | None = None

    def to_json(self) -> dict[str, Any]:
        """Texts as they are printed."""
        told: dict[str, Any] = {"slice": list(self.slice), "from": self.period.first.isoformat()}
        told |= {"to": self.period.last.isoformat(), **self.figure.to_json()}
        if self.previous is not None:
            ours, theirs = self.figure.value, self.previous.value
            change = None if ours is None or theirs is None else ours - theirs
            told |= {"previous": self.previous.to_json()["value"], "change": shown(change, self.figure.unit)}
        return told


class Gathering:
    """Takes people and documents in, one at a time; asks of each only once. Then `rows`."""

    def __init__(self, question: Question, policy: FoldPolicy, sale_of: SaleOf, trait: Trait | None = None) -> None:
        self.question, self._sale_of, self._trait = question, sale_of, trait
        calendar = Calendar(question.periods)
        self._traits: dict[str, str] = {}
        self._tally = Tally(calendar, self._slice, question.active_days)
        self._points = PointsTally(calendar, self._slice, policy, question.as_of)
        self._with_points = bool(WITH_POINTS & set(question.metrics))

    def strangers(self, events: Iterable[LedgerEvent]) -> None:
        """Documents without a customer, in the order they were written."""
        self._tally.strangers(events, self._documents())

    def person(self, name: str, events: Sequence[LedgerEvent]) -> None:
        """All events of one person: a customer, or customers whose cards were merged, under the name that is left."""
        if self._trait is not None:
            self._traits[name] = self._trait(name, events)
        self._tally.person(read_person(name, events, self._documents()))
        if self._with_points:
            places = {event.id: place_of(event, self.question.stores) for event in events}
            self._points.person(name, events, places)

    def rows(self) -> Iterator[Row]:
        """By metric, then slice, then period."""
        self._points.finish()
        for metric in self.question.metrics:
            rows = [row for one in self._slices() for row in self._of_slice(metric, one)]
            yield from rows
            if self.question.pilot:
                yield from _differences(rows)

    def _documents(self) -> Documents:
        return Documents(self.question.stores, self._sale_of)

    def _slice(self, place: Place, person: str) -> Slice:
        by = self.question.by
        part = (PILOT if place.store in self.question.pilot else OTHERS,) if self.question.pilot else ()
        if by == "cashier":
            return (*part, self.question.cashiers.get(place.cashier, place.cashier))
        if by in PLACES:
            return (*part, str(getattr(place, by)))
        return (*part, self._traits.get(person, UNKNOWN) or UNKNOWN) if by in TRAITS else part

    def _slices(self) -> list[Slice]:
        found = {one for _, one in (*self._tally.cells, *self._points.cells)}
        pilot = {(PILOT,), (OTHERS,)} if self.question.pilot and self.question.by not in (*PLACES, *TRAITS) else set()
        return sorted(found | pilot, key=lambda one: (one[:1] != (PILOT,), one)) or [()]

    def _of_slice(self, metric: str, one: Slice) -> Iterator[Row]:
        periods = self._tally.calendar.periods
        shown = range(len(periods)) if self.question.by in TIME else [len(periods) - 1]
        for number in shown:
            before = self._figures(metric, number - 1, one) if self.question.previous else {}
            for part, figure in self._figures(metric, number, one).items():
                none = replace(figure, value=None, numerator=None, denominator=None)
                earlier = before.get(part, none) if self.question.previous else None
                yield Row(one, periods[number], figure, earlier)

    def _figures(self, metric: str, number: int, one: Slice) -> dict[str, Figure]:
        last = number == len(self._tally.calendar.periods) - 1
        sums = Sums(
            cell=self._tally.cells.get((number, one), Cell()),
            points=self._points.cells.get((number, one), Points()),
            given=self.question.given,
            cohorts=self._tally.cohorts.get(one, {}) if last else {},
        )
        return {figure.part: figure for figure in METRICS[metric](sums)}


def _differences(rows: Sequence[Row]) -> Iterator[Row]:
    """Pilot less the others, of everything that both have."""
    others = {(row.slice[1:], row.period, row.figure.part): row for row in rows if row.slice[:1] == (OTHERS,)}
    for row in rows:
        other = others.get((row.slice[1:], row.period, row.figure.part))
        if row.slice[:1] == (PILOT,) and other is not None:
            yield Row((DIFFERENCE, *row.slice[1:]), row.period, _less(row.figure, other.figure))


def _less(ours: Figure, theirs: Figure) -> Figure:
    value = None if ours.value is None or theirs.value is None else ours.value - theirs.value
    return replace(ours, value=value, numerator=None, denominator=None)
