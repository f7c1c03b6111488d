"""Exchange tables, a piece at a time: rows taken in one transaction, rows given out page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pos_agent.api.exchange_rows import Clerk, take_card, take_customer, take_points
from pos_agent.api.operation import Json, Parts, number, text
from pos_agent.api.points import active_rules
from pos_agent.checkout.figures import policy
from pos_agent.errors import AgentError, UsageError
from pos_agent.exchange.kinds import BALANCES, CARDS, COLUMNS, CUSTOMERS, Refused, card_row, customer_row, points_row
from pos_agent.exchange.tables import Row
from pos_agent.ledger.fold import fold
from pos_agent.logs import logger
from pos_agent.money import roubles
from pos_agent.rules.values import Rules
from pos_agent.store.repositories import Txn, View

MOST, PAGE = 500, 500
BALANCE_COLUMNS = ("customer", "active", "pending", "held", "debt", "last_day", "last_day_points")
OPEN_COLUMNS = {
    CUSTOMERS: ("id", "consent", "advertising"),
    CARDS: ("customer", "card_tail"),
    BALANCES: BALANCE_COLUMNS,
}
PERSONAL_COLUMNS = {CUSTOMERS: COLUMNS[CUSTOMERS], CARDS: COLUMNS[CARDS], BALANCES: BALANCE_COLUMNS}
Taken = Callable[[Txn, Row], "str | Refused"]


class _Undo(Exception):  # noqa: N818  # no error: the transaction of a dry run ends here
    """Roll back."""


def take(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{kind, rows: [{number, cells}], dry_run, operator, reason, orders: {number: id}}` -> `{"rows": [...]}`.

    All rows or none are on disk after a crash. A row's answer: `{number, outcome}` with outcome `added`, `changed`,
    `same`, or `{number, outcome: "refused", column, code, what}`. With `dry_run` nothing stays.
    RUL-03: points without rules; API-01.
    """
    kind, rows, dry = text(args, "kind"), _rows(args), args.get("dry_run") is True
    told: list[Json] = []
    taken = _taker(parts, kind, args)
    try:
        with parts.store.writing("exchange rows") as txn:
            for row in rows:
                told.append(_told(row, taken(txn, row)))
            if dry:
                raise _Undo
    except _Undo:
        pass
    refused = sum(one["outcome"] == "refused" for one in told)
    logger("exchange").info("exchange rows", kind=kind, count=len(told), status="dry run" if dry else "taken")
    return {"rows": told, "refused": refused}


def page(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{kind, after, personal}` -> `{"columns", "rows": [[text]], "next"}`; `next` "" = that was all.

    `after`: the last customer of the page before. Personal data is there with `personal` true alone.
    """
    kind, after, personal = text(args, "kind"), text(args, "after", ""), args.get("personal") is True
    columns = (PERSONAL_COLUMNS if personal else OPEN_COLUMNS).get(kind)
    if columns is None:
        raise UsageError("API-01", field="kind")
    with parts.views.reading() as view:
        ids = [one for one in view.customers.ids() if one > after][: PAGE + 1]
        rows = [row for one in ids[:PAGE] for row in _shown(parts, view, kind, one, personal)]
    if personal:
        logger("exchange").info("personal data exported", kind=kind, count=len(rows))
    return {"columns": list(columns), "rows": rows, "next": ids[PAGE - 1] if len(ids) > PAGE else ""}


def _taker(parts: Parts, kind: str, args: Mapping[str, Any]) -> Taken:
    register = parts.config.agent.register_name
    now = parts.clock.now().astimezone(parts.config.zone)
    operator = text(args, "operator", "", limit=64)
    if not operator or not operator.isprintable():
        raise UsageError("API-01", field="operator")
    reason, orders = text(args, "reason", "", limit=300), args.get("orders") or {}
    with parts.views.reading() as view:
        rules = active_rules(view) if kind == BALANCES else None
    clerk = Clerk(parts.ids, register, register, now, operator, parts.config.loyalty.merchant, rules)
    if kind == BALANCES and rules is None:
        raise AgentError("RUL-03")
    if not isinstance(orders, dict):
        raise UsageError("API-01", field="orders")

    def customer(txn: Txn, row: Row) -> str | Refused:
        asked = customer_row(row)
        return asked if isinstance(asked, Refused) else take_customer(txn, clerk, asked)

    def card(txn: Txn, row: Row) -> str | Refused:
        asked = card_row(row)
        return asked if isinstance(asked, Refused) else take_card(txn, asked)

    def points(txn: Txn, row: Row) -> str | Refused:
        asked = points_row(row, reason, str(orders.get(str(row.number), "")))
        return asked if isinstance(asked, Refused) else take_points(txn, clerk, asked)

    takers: dict[str, Taken] = {CUSTOMERS: customer, CARDS: card, BALANCES: points}
    if kind not in takers:
        raise UsageError("API-01", field="kind")
    return takers[kind]


def _rows(args: Mapping[str, Any]) -> list[Row]:
    given = args.get("rows")
    if not isinstance(given, list) or len(given) > MOST:
        raise UsageError("API-01", field="rows")
    found = []
    for one in given:
        cells = one.get("cells") if isinstance(one, dict) else None
        if not isinstance(cells, dict) or not all(isinstance(cell, str) for cell in cells.values()):
            raise UsageError("API-01", field="rows")
        found.append(Row(number(one, "number", None, 1, 10**9), cells))
    return found


def _told(row: Row, outcome: str | Refused) -> Json:
    if isinstance(outcome, Refused):
        refusal = {"column": outcome.column, "code": outcome.code, "what": outcome.what}
        return {"number": row.number, "outcome": "refused", **refusal}
    return {"number": row.number, "outcome": outcome}


def _shown(parts: Parts, view: View, kind: str, customer: str, personal: bool) -> list[list[str]]:
    if kind == BALANCES:
        return _balance(parts, view, customer)
    consent = view.customers.consent(customer)
    if kind == CUSTOMERS and not personal:
        return [[customer, _flag(consent.processing), _flag(consent.advertising)]]
    known = view.customers.get(customer)
    if known is None or (personal and not consent.processing):
        return []  # withdrawn: nothing of this person leaves
    if kind == CARDS:
        shown = [known.card, "active"] if personal else [f"*{known.card[-4:]}"]
        return [[customer, *shown]] if known.card else []
    flags = [_flag(consent.processing), _flag(consent.advertising)]
    return [[customer, known.name, known.phone, known.email, known.card, *flags]]


def _balance(parts: Parts, view: View, customer: str) -> list[list[str]]:
    rules: Rules | None = active_rules(view)
    if rules is None:
        raise AgentError("RUL-03")
    today = parts.clock.now().astimezone(parts.config.zone).date()
    events = [one.event for one in view.ledger.by_customer(customer)]
    state = fold(events, today, policy(rules), customer)
    if state.customer != customer:
        return []  # merged: the survivor's row has it
    ends = sorted((lot.expires, lot.usable_pt) for lot in state.lots if lot.expires is not None and lot.usable_pt)
    first = [pt for expires, pt in ends if expires == ends[0][0]]
    sums = (state.active_pt, state.pending_pt, state.held_pt, state.debt_pt)
    last = [ends[0][0].fromordinal(ends[0][0].toordinal() - 1).isoformat(), roubles(sum(first))] if ends else ["", ""]
    return [[customer, *(roubles(one) for one in sums), *last]]


def _flag(given: bool) -> str:
    return "1" if given else "0"
