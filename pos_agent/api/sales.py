"""Sales and returns that the agent registers, and what to do with one in doubt."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any

from pos_agent.api.confirmations import at_register
from pos_agent.api.customers import find_one
from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.receipts import document_id
from pos_agent.api.split_shown import split_shown
from pos_agent.checkout import unseen
from pos_agent.checkout.desk import Desk, SaleOrder
from pos_agent.checkout.lifecycle import UNSETTLED
from pos_agent.checkout.marks import Mark, read_marks
from pos_agent.checkout.orders import Orders
from pos_agent.checkout.part_printers import in_doubt
from pos_agent.errors import AgentError, PrinterError, UsageError
from pos_agent.rules.problems import plain
from pos_agent.rules.quantities import micro_of
from pos_agent.store.intents import Intent
from pos_agent.store.repositories import View

ID_ALPHABET = "0123456789abcdef"
NO_RULES = "RUL-03"
MOST_LINES = 1000  # as through HTTP
LINE = re.compile(r"[0-9]{1,4}")


def sell(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{basket, sale, customer, contact}` -> the registered receipt. `sale` is the caller's id; made when absent.

    `cashier`, `manual`, `late`, `code`, `senior`, `pin`: see `at_register`; COD-01, COD-02, COD-04, COD-05, COD-06.

    The same id with the same content gives the stored result, however often it is asked. Without rules that can be
    read it is sold at list price to nobody: `list_price` is true then and `why` the code, RUL-03 or RUL-01.
    """
    desk, orders = _counter(parts)
    basket = _basket(args)
    customer = _customer(parts, args)
    sale_id, said = _sale_id(parts, args), at_register(args)
    make = partial(orders.sale, sale_id, basket, customer, text(args, "contact", ""), said=said)
    why = _no_rules(parts, orders)
    listed = _begun_at_list_price(parts, sale_id, make, otherwise=bool(why))
    order = make(at_list_price=listed)
    told: Json = {"list_price": True, "why": why or NO_RULES} if listed else {}
    assert parts.actor is not None, "the desk has a thread"
    return parts.actor.ask(lambda watch: {**desk.sell(order), **told})


def _no_rules(parts: Parts, orders: Orders) -> str:
    """The code of why there are no rules to sell by; "" when there are."""
    try:
        with parts.views.reading() as view:
            orders.journal.rules(view)
    except AgentError as error:
        return error.code
    return ""


def _begun_at_list_price(parts: Parts, sale_id: str, make: Callable[..., SaleOrder], *, otherwise: bool) -> bool:
    """Of a sale that was begun: rules may have come or gone since, its content is what it was."""
    with parts.views.reading() as view:
        known = view.intents.get(sale_id) or view.splits.get(sale_id)
    if known is None:
        return otherwise
    ways = (one for one in (False, True) if make(at_list_price=one).content_hash == known.content_hash)
    return next(ways, otherwise)


def take_back(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{receipt: FN/FD, lines: {number: quantity}, payment, marks: {number: code}, sale}` -> the registered return.

    `{basket, customer, payment, sale}` instead: the receipt is not there (see `unseen`); RET-05, PRC-01.
    No lines: all that is left of the receipt. `payment`: cash, card, or "" = as the sale was paid. `marks`: codes of
    marked goods as in a basket, scanned again.
    """
    desk, orders = _counter(parts)
    lines, payment, marks = return_wanted(args)
    if args.get("basket") is not None:
        order = unseen.order(orders, _sale_id(parts, args), _basket(args), _customer(parts, args), payment)
        return _on_printer(parts, desk, order)
    order = orders.sale_return(_sale_id(parts, args), document_id(text(args, "receipt")), lines, payment, marks)
    return _on_printer(parts, desk, order)


def return_wanted(args: Mapping[str, Any]) -> tuple[dict[int, int], str, dict[int, Mark]]:
    """Lines, payment and marking codes of a return. API-01, MRK-01."""
    given = args.get("lines") or {}
    if not isinstance(given, dict):
        raise UsageError("API-01", field="lines")
    lines = {_line(number): _micro(quantity) for number, quantity in given.items()}
    payment = text(args, "payment", "")
    if payment not in ("", "cash", "card"):
        raise UsageError("API-01", field="payment")
    codes = args.get("marks") or {}
    if not isinstance(codes, dict):
        raise UsageError("API-01", field="marks")
    return lines, payment, read_marks({_line(number): code for number, code in codes.items()})


def show(parts: Parts, args: Mapping[str, Any]) -> Json:
    """`{sale}` -> where it stands; without it the sale in doubt: `{"sale": null}` when there is none.

    `doubt`, without a sale: which of several is meant, when further printers at the counter have theirs.

    `unfinished`, without a sale: sales in parts of which only some are made; absent when there are none.
    """
    wanted, register = text(args, "sale", ""), parts.config.agent.register_name
    with parts.views.reading() as view:
        split = view.splits.get(wanted) if wanted else None
        if split is not None:
            return split_shown(view, split)
        intent = view.intents.get(wanted) if wanted else in_doubt(view, parts.config.stations, text(args, "doubt", ""))
        shown = {"sale": None} if intent is None else _shown(view, intent)
        unfinished = [] if wanted else [split_shown(view, one) for one in view.splits.unfinished(register)]
        return {**shown, "unfinished": unfinished} if unfinished else shown


def resolve(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{decision, document, reason, sale}`: look again at the sale in doubt; `registered` or `absent` is a person's
    word. With further printers at the counter there may be several: `sale` names one, else it is the one `show` tells.
    The word counts only when the storage could not decide, and needs a reason. SAL-01, SAL-02: still in doubt.
    """
    desk, _ = _counter(parts)
    decision, reason, document = text(args, "decision", ""), text(args, "reason", ""), text(args, "document", "")
    if decision not in ("", "registered", "absent") or (decision and not reason):
        raise UsageError("API-01", field="decision, reason")
    if decision == "registered" and not document:
        raise UsageError("API-01", field="document")
    number, sale = document_id(document) if document else None, text(args, "sale", "", limit=100)
    assert parts.actor is not None, "the desk has a thread"
    return parts.actor.ask(lambda watch: desk.part_printers.by_word(desk, decision, number, reason, sale))


def _on_printer(parts: Parts, desk: Desk, order: SaleOrder) -> Future[Json]:
    assert parts.actor is not None, "the desk has a thread"
    return parts.actor.ask(lambda watch: desk.sell(order))


def _counter(parts: Parts) -> tuple[Desk, Orders]:
    if parts.desk is None or parts.orders is None or parts.actor is None:
        raise PrinterError("PRN-03")
    return parts.desk, parts.orders


def _basket(args: Mapping[str, Any]) -> Json:
    basket = args.get("basket")
    if not isinstance(basket, dict):
        raise UsageError("API-01", field="basket")
    if isinstance(lines := basket.get("lines"), list) and len(lines) > MOST_LINES:
        raise UsageError("API-01", field=f"basket.lines > {MOST_LINES}")
    return basket


def _customer(parts: Parts, args: Mapping[str, Any]) -> str | None:
    wanted = text(args, "customer", "")
    if not wanted:
        return None
    with parts.views.reading() as view:
        return find_one(view, wanted).id


def _sale_id(parts: Parts, args: Mapping[str, Any]) -> str:
    named = text(args, "sale", "", limit=100)
    if not named.isprintable():
        raise UsageError("API-01", field="sale")
    return named or "sale-" + parts.ids.token(ID_ALPHABET, 32)


def _line(number: object) -> int:
    if not isinstance(number, str) or not LINE.fullmatch(number):
        raise UsageError("API-01", field=plain(f"lines: {number}"))
    return int(number)


def _micro(quantity: object) -> int:
    """`"0.5"` -> millionths. API-01: no text of a number, not above 0, or finer than millionths."""
    micro = micro_of(quantity)
    if micro is None:
        raise UsageError("API-01", field=plain(f"lines: {quantity}"))
    return micro


def _shown(view: View, intent: Intent) -> Json:
    """Both sides, for a person: what was going to be registered, and every document since that is recorded."""
    since = [
        {"document": str(one.id), "form": one.form, "at": one.at, "total_kop": one.total_kop}
        for one in view.documents.recent(20, intent.fn_serial)
        if one.id.fd_number > intent.fd_before
    ]
    return {
        "sale": intent.sale_id,
        "state": intent.state,
        "unsettled": intent.state in UNSETTLED,
        "reason": intent.reason,
        "attempt": intent.attempt,
        "begun_at": intent.created_at,
        "customer": intent.customer_id,
        "reserved_pt": intent.points_pt,
        "fn_serial": intent.fn_serial,
        "after_fd": intent.fd_before,
        "total_kop": intent.total_kop,
        "expected": dict(intent.expected),
        "lines": list(intent.plan["lines"]),
        "documents": since,
        "answer": dict(intent.answer),
    }
