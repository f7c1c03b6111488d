"""Sales and returns that the agent registers, and what to do with one in doubt."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from decimal import Decimal, InvalidOperation
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
from pos_agent.errors import PrinterError, UsageError
from pos_agent.money import MICRO
from pos_agent.store.intents import Intent
from pos_agent.store.repositories import View

ID_ALPHABET = "0123456789abcdef"
QUANTITY_LIMIT = 18  # characters; more is a mistake, not goods


def sell(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{basket, sale, customer, contact}` -> the registered receipt. `sale` is the caller's id; made when absent.

    `cashier`, `manual`, `late`, `code`, `senior`, `pin`: see `at_register`; COD-01, COD-02, COD-04, COD-05, COD-06.

    The same id with the same content gives the stored result, however often it is asked.
    """
    desk, orders = _counter(parts)
    basket = args.get("basket")
    if not isinstance(basket, dict):
        raise UsageError("API-01", field="basket")
    customer = _customer(parts, args)
    sale_id, said = _sale_id(parts, args), at_register(args)
    order = orders.sale(sale_id, basket, customer, text(args, "contact", ""), said=said)
    return _on_printer(parts, desk, order)


def take_back(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{receipt: FN/FD, lines: {number: quantity}, payment, marks: {number: code}, sale}` -> the registered return.

    `{basket, customer, payment, sale}` instead: the receipt is not there (see `unseen`); RET-05, PRC-01.
    No lines: all that is left of the receipt. `payment`: cash, card, or "" = as the sale was paid. `marks`: codes of
    marked goods as in a basket, scanned again.
    """
    desk, orders = _counter(parts)
    lines, payment, marks = return_wanted(args)
    if isinstance(basket := args.get("basket"), dict):
        order = unseen.order(orders, _sale_id(parts, args), basket, _customer(parts, args), payment)
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


def _customer(parts: Parts, args: Mapping[str, Any]) -> str | None:
    wanted = text(args, "customer", "")
    if not wanted:
        return None
    with parts.views.reading() as view:
        return find_one(view, wanted).id


def _sale_id(parts: Parts, args: Mapping[str, Any]) -> str:
    return text(args, "sale", "", limit=100) or "sale-" + parts.ids.token(ID_ALPHABET, 32)


def _line(number: object) -> int:
    if not isinstance(number, str) or not number.isdigit():
        raise UsageError("API-01", field=f"lines: {number}")
    return int(number)


def _micro(quantity: object) -> int:
    """`"0.5"` -> millionths. API-01: no number, not above 0, or finer than millionths."""
    try:
        exact = Decimal(str(quantity)) * MICRO
    except InvalidOperation:
        raise UsageError("API-01", field=f"lines: {quantity}") from None
    if len(str(quantity)) > QUANTITY_LIMIT or not exact.is_finite() or exact <= 0 or exact != int(exact):
        raise UsageError("API-01", field=f"lines: {quantity}")
    return int(exact)


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
