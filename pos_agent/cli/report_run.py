"""A report over the ledger: the question completed from what the database knows, then people read one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from pos_agent.cli.report_source import Source, opened
from pos_agent.errors import AgentError, UsageError
from pos_agent.ledger.state import FoldPolicy
from pos_agent.reports.metrics import Given
from pos_agent.reports.periods import Period
from pos_agent.reports.report import TIME, WITH_POINTS, Gathering, Question, Row, Trait

MOST_PERIODS = 800


@dataclass(frozen=True)
class Wanted:
    """What the command line asks; days not said are the ends of the ledger. See `Question`."""

    metrics: tuple[str, ...]
    first: date | None
    last: date | None
    by: str
    previous: bool
    pilot: frozenset[str]
    active_days: int
    as_of: date | None
    stores: Mapping[str, str]
    segments: Mapping[str, str] | None
    cashiers: tuple[tuple[str, str], ...]
    given: Given


def run(wanted: Wanted, ledger: Path | None, config_file: Path) -> tuple[Question, list[Row]]:
    """REP-01: the question is wrong; REP-02: nothing is recorded yet; RUL-03: points without rules; AGT-05."""
    with opened(ledger, config_file) as source:
        question = _question(wanted, source)
        policy = source.policy if WITH_POINTS & set(question.metrics) else FoldPolicy("")
        gathering = Gathering(question, policy, source.sale_of, _trait(wanted, question, source))
        gathering.strangers(source.strangers())
        for name, events in source.people():
            gathering.person(name, events)
        return question, list(gathering.rows())


def _question(wanted: Wanted, source: Source) -> Question:
    known = source.days()
    if known is None:
        raise AgentError("REP-02")
    first, last = wanted.first or known[0], wanted.last or known[1]
    if last < first:
        raise UsageError("REP-01", why=f"{first} > {last}")
    given = wanted.given
    if source.rules is not None:
        given = replace(given, kop_per_pt=source.rules.program.kop_per_pt)
    question = Question(
        metrics=wanted.metrics,
        period=Period(first, last),
        by=wanted.by,
        previous=wanted.previous,
        pilot=wanted.pilot,
        active_days=wanted.active_days,
        as_of=wanted.as_of,
        stores={"": source.store, **wanted.stores},
        cashiers=source.cashiers(wanted.cashiers),
        given=given,
    )
    if wanted.by in TIME and len(question.periods) > MOST_PERIODS:
        raise UsageError("REP-01", why=f"--by {wanted.by}: {len(question.periods)} > {MOST_PERIODS}")
    return question


def _trait(wanted: Wanted, question: Question, source: Source) -> Trait | None:
    if wanted.by == "level":
        return source.level_on(question.period.last + timedelta(days=1))
    if wanted.by != "segment":
        return None
    segments = wanted.segments
    if segments is None:
        return source.segments_on(question.period.last)
    return lambda customer, events: segments.get(customer, "")
