"""What the command line of a report says, as values. UsageError REP-01 names what cannot be meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from pos_agent.cli.report_options import By
from pos_agent.errors import UsageError
from pos_agent.exchange.tables import read_table
from pos_agent.money import hundredths
from pos_agent.reports.metrics import Offer
from pos_agent.simulate.holdout import Design

PREVIOUS = "previous"
BEST_SCORE = 10


def one_of(asked: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """Names of metrics, each once."""
    names = list(known)
    unknown = [one for one in asked if one not in names]
    if unknown:
        raise UsageError("REP-01", lines=(", ".join(names),), why=unknown[0])
    return tuple(dict.fromkeys(asked))


def day_of(text: str, name: str) -> date | None:
    """YYYY-MM-DD; None when nothing is said."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("REP-01", why=f"{name} {text}: YYYY-MM-DD") from error
    if day.isoformat() != text:
        raise UsageError("REP-01", why=f"{name} {text}: YYYY-MM-DD")
    return day


def previous_of(against: str, by: By | None) -> bool:
    """Is the period before asked for? It stands beside one period, not beside days, weeks or months."""
    if against not in ("", PREVIOUS) or (against and by in (By.DAY, By.WEEK, By.MONTH)):
        raise UsageError("REP-01", why=f"--against {against}")
    return bool(against)


def stores_of(pairs: Sequence[str]) -> dict[str, str]:
    """`till-1=shop-1`."""
    found = {}
    for pair in pairs:
        register, equals, store = pair.partition("=")
        if not (equals and register.strip() and store.strip()):
            raise UsageError("REP-01", why=f"--store-of {pair}")
        found[register.strip()] = store.strip()
    return found


def design_of(salt: str, treated_bp: int, seed: int, draws: int) -> Design | None:
    """Both or neither."""
    if bool(salt) != bool(treated_bp):
        raise UsageError("REP-01", why="--salt, --treated: 2")
    return Design(salt, treated_bp, seed, draws) if salt else None


def offer_of(text: str) -> Offer | None:
    """Roubles by commas; what is not said is 0."""
    if not text:
        return None
    sums = [hundredths(one.strip()) for one in text.split(",")]
    known = [one for one in sums if one is not None and one >= 0]
    if len(known) != len(sums) or not 2 <= len(known) <= 5:
        raise UsageError("REP-01", why=f"--offer {text}")
    return Offer(*known)


def scores_of(file: Path) -> list[int]:
    """Answers 0..10; rows without one are passed over. EXC-01, EXC-02: the file."""
    table = read_table(file)
    if "score" not in table.columns:
        raise UsageError("REP-01", why=f"{file.name}: score")
    texts = [(row.number, row.cells["score"]) for row in table.rows if row.cells["score"]]
    wrong = [number for number, text in texts if not (text.isascii() and text.isdigit() and int(text) <= BEST_SCORE)]
    if wrong:
        raise UsageError("REP-01", why=f"{file.name}:{wrong[0]}: score 0..{BEST_SCORE}")
    return [int(text) for _, text in texts]


def segments_of(file: Path) -> dict[str, str]:
    """Customer's id -> segment."""
    table = read_table(file)
    if not {"customer", "segment"} <= set(table.columns):
        raise UsageError("REP-01", why=f"{file.name}: customer, segment")
    return {row.cells["customer"]: row.cells["segment"] for row in table.rows}


def cashiers_of(file: Path) -> tuple[tuple[str, str], ...]:
    """(name, the till's number or "") of the owner's own list."""
    table = read_table(file)
    if "name" not in table.columns:
        raise UsageError("REP-01", why=f"{file.name}: name[, number]")
    rows = ((row.cells["name"].strip(), row.cells.get("number", "").strip()) for row in table.rows)
    return tuple((name, number) for name, number in rows if name)
