"""Past receipts for the commands that reckon over them: which source, a bar on stderr while they are read, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pos_agent import texts
from pos_agent.cli.output import language
from pos_agent.errors import UsageError
from pos_agent.past_receipts.fiscal import Reading
from pos_agent.past_receipts.intake import Intake
from pos_agent.past_receipts.sources import of_archive, of_tax_json
from pos_agent.past_receipts.spool import Spool
from pos_agent.simulate.past import Past, PastKind
from pos_agent.tax_receipts.refusal import Refusal

REFUSALS_TOLD = 20
EVERY = 64  # receipts between two moves of the bar


@dataclass(frozen=True)
class Wanted:
    """What the command line asks for; at most one source, none = the configured agent's own ledger."""

    receipts: Path | None
    ledger: Path | None
    archive: Path | None
    timezone: str
    contacts: bool
    skip_refused: bool
    first: str
    last: str
    config_file: Path
    quiet: bool


@dataclass
class Found:
    """Receipts in business order, and what did not become one."""

    spool: Spool
    intake: Intake
    quiet: bool

    def told(self) -> dict[str, Any]:
        """For the report."""
        intake = self.intake
        return {
            "receipts": self.spool.count,
            "twice": intake.twice,
            "refused": intake.refused_count,
            "refusals": [one.to_json() for one in intake.refused],
        }

    @contextmanager
    def progress(self, name: str, total: int | None) -> Iterator[Callable[[], None]]:
        """A bar on stderr; nothing of it with --json or where stderr is no terminal."""
        yield from _bar(name, total, self.quiet)


@contextmanager
def past_receipts(wanted: Wanted) -> Iterator[Found]:
    """All receipts of the source. SIM-01: some are refused; SIM-02: there is none; SIM-03: the question is wrong."""
    _check_days(wanted)
    with ExitStack() as opened:
        source = _source(wanted, opened)
        spool = opened.enter_context(Spool())
        found = Found(spool, Intake(unique=not (wanted.receipts or wanted.archive)), wanted.quiet)
        with found.progress("read", None) as step:
            found.intake.take(source, spool, step)
        if found.intake.refused_count and not wanted.skip_refused:
            lines = tuple(refusal_told(one) for one in found.intake.refused[:REFUSALS_TOLD])
            raise UsageError("SIM-01", lines=lines, count=found.intake.refused_count)
        if not found.intake.sales:
            raise UsageError("SIM-02")
        yield found


def _check_days(wanted: Wanted) -> None:
    for day in (wanted.first, wanted.last):
        try:
            fits = not day or date.fromisoformat(day).isoformat() == day
        except ValueError:
            fits = False
        if not fits:
            raise UsageError("SIM-03", why=f"{day}: YYYY-MM-DD")


def _source(wanted: Wanted, opened: ExitStack) -> Iterable[Past | Refusal]:
    named = [one for one in (wanted.receipts, wanted.ledger, wanted.archive) if one is not None]
    if len(named) > 1:
        raise UsageError("SIM-03", why="--receipts, --ledger, --archive: 1")
    if named and not named[0].exists():
        raise UsageError("CFG-03", path=named[0], why="no such file or folder")
    if wanted.receipts or wanted.archive:
        try:
            reading = replace(Reading(ZoneInfo(wanted.timezone)), by_contact=wanted.contacts)
        except (KeyError, ValueError, OSError) as error:
            raise UsageError("SIM-03", why=f"--timezone {wanted.timezone}") from error
        return of_tax_json(wanted.receipts, reading) if wanted.receipts else of_archive(named[0], reading)
    from pos_agent.cli.past_ledger import events  # with the database; files are read without it

    return events(wanted.ledger, wanted.config_file, opened)


def money_by_customer(history: Iterable[Past], first: str, last: str, step: Callable[[], object]) -> dict[str, int]:
    """Net money in kopecks of every customer with a purchase in the period; a return counts on its own date."""
    money: dict[str, int] = {}
    bought: set[str] = set()
    for past in history:
        step()
        if not past.customer or past.kind is PastKind.GIFT:
            continue
        if (first and past.day < first) or (last and past.day > last):
            continue
        if past.kind is PastKind.SALE:
            bought.add(past.customer)
        sign = 1 if past.kind is PastKind.SALE else -1
        money[past.customer] = money.get(past.customer, 0) + sign * past.paid_kop
    return {customer: kop for customer, kop in money.items() if customer in bought}


def refusal_told(one: Refusal) -> str:
    """`03.json: [1].totalSum: Чек не сходится: ... [TAX-05]`."""
    told = texts.message(one.code, language(), None, **one.params)
    place = ": ".join(part for part in (one.file, one.path) if part)
    return f"{place}: {told.what} [{one.code}]" if place else f"{told.what} [{one.code}]"


def _bar(name: str, total: int | None, quiet: bool) -> Iterator[Callable[[], None]]:
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=total)
        count = 0

        def step() -> None:
            nonlocal count
            count += 1
            if count % EVERY == 0:
                bar.update(task, completed=count)

        yield step
        bar.update(task, completed=count)
