"""Which columns tables of a kind have, and rows of texts -> what they ask for. Pure.

A row that cannot be taken is a `Refused` with its column and the code of its sentence; nothing of the row's text is in
it, since that may be personal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pos_agent.errors import UsageError
from pos_agent.exchange.tables import MOST_TEXT, Row, Table
from pos_agent.exchange.words import day, flag
from pos_agent.money import hundredths

CUSTOMERS, CARDS, BALANCES, GOODS = "customers", "cards", "balances", "goods"
COLUMNS = {
    CUSTOMERS: ("id", "name", "phone", "email", "card", "consent", "advertising"),
    CARDS: ("customer", "card", "state"),
    BALANCES: ("customer", "kind", "points", "last_day", "reason", "id"),
    GOODS: ("sku", "gtin", "name", "category", "floor", "no_discount", "no_spend", "no_accrue"),
}
NEEDED = {CUSTOMERS: (), CARDS: ("customer", "card"), BALANCES: ("customer", "points"), GOODS: ("sku",)}
WHY = "refused_"  # columns that a file of refused rows has beside its own
GIFT, ADJUST = "gift", "adjust"
STATES = {"": True, "active": True, "активна": True, "blocked": False, "заблокирована": False}
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")
ORDER = re.compile(r"[!-~]{1,60}")
MOST_PT = 10**12
UNFIT, TWO, WITHDRAWN, LONG = "EXC-07", "EXC-08", "EXC-09", "EXC-10"


@dataclass(frozen=True)
class Refused:
    """Why a row is not taken. `what` fills the sentence's word, a name of ours and never a value."""

    number: int
    column: str
    code: str
    what: str = ""


@dataclass(frozen=True)
class CustomerRow:
    """Empty texts and None: nothing is said, what is known stays."""

    number: int
    id: str
    name: str
    phone: str
    email: str
    card: str
    consent: bool | None
    advertising: bool | None


@dataclass(frozen=True)
class CardRow:
    """`active` False: the card is to be blocked."""

    number: int
    customer: str
    card: str
    active: bool


@dataclass(frozen=True)
class PointsRow:
    """Hundredths; `order`: the same row always has the same one, so that a file taken twice changes nothing."""

    number: int
    customer: str
    gift: bool
    amount_pt: int
    last_day: date | None
    reason: str
    order: str


def check_columns(kind: str, table: Table) -> None:
    """UsageError EXC-04: a needed column is missing, or one is unknown."""
    known = COLUMNS[kind]
    missing = [one for one in NEEDED[kind] if one not in table.columns]
    unknown = [one for one in table.columns if one not in known and not one.startswith(WHY)]
    if missing or unknown or not set(known) & set(table.columns):
        raise UsageError("EXC-04", lines=(", ".join(known),), column=(missing or unknown or list(known))[0])


def customer_row(row: Row) -> CustomerRow | Refused:
    """One of `customers`."""
    said = row_texts(row, CUSTOMERS)
    if isinstance(said, Refused):
        return said
    flags: dict[str, bool | None] = {}
    for column in ("consent", "advertising"):
        flags[column] = flag(said[column]) if said[column] else None
        if said[column] and flags[column] is None:
            return Refused(row.number, column, UNFIT)
    if said["id"] and not ID.fullmatch(said["id"]):
        return Refused(row.number, "id", UNFIT)
    texts = {name: said[name] for name in ("id", "name", "phone", "email", "card")}
    return CustomerRow(row.number, **texts, consent=flags["consent"], advertising=flags["advertising"])


def card_row(row: Row) -> CardRow | Refused:
    """One of `cards`."""
    said = row_texts(row, CARDS)
    if isinstance(said, Refused):
        return said
    for column in NEEDED[CARDS]:
        if not said[column]:
            return Refused(row.number, column, UNFIT)
    active = STATES.get(said["state"].casefold())
    if active is None:
        return Refused(row.number, "state", UNFIT)
    return CardRow(row.number, said["customer"], said["card"], active)


def points_row(row: Row, reason: str, order: str) -> PointsRow | Refused:
    """One of `balances`. `reason`, `order`: of a row that says none."""
    said = row_texts(row, BALANCES)
    if isinstance(said, Refused):
        return said
    amount_pt, gift = hundredths(said["points"]), said["kind"].casefold() == GIFT
    last_day, wanted = day(said["last_day"]) if said["last_day"] else None, said["id"] or order
    checks = (
        ("customer", bool(said["customer"])),
        ("kind", said["kind"].casefold() in ("", GIFT, ADJUST)),
        ("points", bool(amount_pt) and abs(amount_pt or 0) <= MOST_PT and not (gift and (amount_pt or 0) < 0)),
        ("last_day", not said["last_day"] or (gift and last_day is not None)),
        ("reason", bool(said["reason"] or reason) and (said["reason"] or reason).isprintable()),
        ("id", bool(ORDER.fullmatch(wanted))),
    )
    wrong = next((column for column, good in checks if not good), None)
    if wrong is not None or amount_pt is None:
        return Refused(row.number, wrong or "points", UNFIT)
    return PointsRow(row.number, said["customer"], gift, amount_pt, last_day, said["reason"] or reason, wanted)


def orders(rows: Iterable[Row], batch: str, reason: str) -> dict[int, str]:
    """Row number -> the order's id: a hash of what the row says and how many like it stand above it in the file.

    `batch`: files that may say the same again are told apart by it.
    """
    found: dict[int, str] = {}
    seen: dict[str, int] = {}
    for row in rows:
        said = {column: row.cells.get(column, "") for column in COLUMNS[BALANCES]}
        amount, last = hundredths(said["points"]), day(said["last_day"])
        told = (
            "".join(said["customer"].split()).upper(),
            said["kind"].casefold() or ADJUST,
            said["points"] if amount is None else str(amount),
            last.isoformat() if last else "",
            said["reason"] or reason,
        )
        text = "\x1f".join((batch, *told))
        seen[text] = seen.get(text, 0) + 1
        found[row.number] = "file-" + hashlib.sha256(f"{text}\x1f{seen[text]}".encode()).hexdigest()[:24]
    return found


def row_texts(row: Row, kind: str) -> Mapping[str, str] | Refused:
    said = {column: row.cells.get(column, "") for column in COLUMNS[kind]}
    for column, text in said.items():
        if len(text) > MOST_TEXT or "\0" in text or "\n" in text:
            return Refused(row.number, column, LONG)
    return said
