"""Confirmation of a sale by the customer's code or by a senior, before anything is sent to the printer.

A code is one-time: it confirms one sale. When that sale turned out not to be, the same code may confirm another within
its five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pos_agent.checkout.at_register import AtRegister
from pos_agent.checkout.lifecycle import SaleState
from pos_agent.errors import UsageError
from pos_agent.money import points
from pos_agent.rules.limit_terms import CODE, SENIOR
from pos_agent.rules.price import Priced
from pos_agent.store.customers_codes import SENIOR as WRONG_PIN
from pos_agent.store.customers_codes import Confirmation
from pos_agent.store.repositories import View
from pos_agent.store.session import stamp
from pos_agent.store.store import Store

PIN_TRIES = 5  # wrong PINs on a register, then all PINs wait
PIN_WAIT = timedelta(minutes=5)


@dataclass(frozen=True)
class Confirmed:
    """`by`: CODE, SENIOR or "". `most_pt`: hundredths it allows to spend, None = any."""

    by: str = ""
    most_pt: int | None = 0


NOT_CONFIRMED = Confirmed()


def confirmed(store: Store, said: AtRegister, sale_id: str, customer: str | None, register: str) -> Confirmed:
    """What was said, checked. UsageError COD-01: wrong, so many tries left; COD-02: expired, used up or none sent.

    COD-06: the senior's PIN is wrong, or too many were. Wrong tries are noted, whatever becomes of the sale.
    """
    if said.senior:
        _senior(store, said, register)
        return Confirmed(SENIOR, None)
    if said.code and customer is not None:
        return Confirmed(CODE, _code(store, said.code, sale_id, customer, register))
    return NOT_CONFIRMED


def must_be_confirmed(priced: Priced, yes: Confirmed) -> None:
    """UsageError COD-04: so many points need a code; COD-05: the code is for fewer."""
    if not priced.confirm:
        return
    if not yes.by:
        raise UsageError("COD-04", n=points(priced.totals.points_pt))
    if yes.most_pt is not None and priced.totals.points_pt > yes.most_pt:
        raise UsageError("COD-05", n=points(yes.most_pt))


def _code(store: Store, code: str, sale_id: str, customer: str, register: str) -> int:
    left = None
    with store.writing("confirmation code") as txn:
        known = txn.confirmations.last(customer, register)
        over = known is None or not known.tries or known.expires_at <= txn.session.stamp()
        if known is None or (known.sale_id != sale_id and (over or _spent(txn, known))):
            raise UsageError("COD-02")
        if not txn.confirmations.fits(known, code):
            left = txn.confirmations.wrong(known)
        elif known.sale_id != sale_id:
            txn.confirmations.use(known.id, sale_id)
    if left is not None:
        raise UsageError("COD-01", n=left)
    return known.amount_pt


def _spent(view: View, known: Confirmation) -> bool:
    """The code confirmed a sale that is there, or may be."""
    intent, split = view.intents.get(known.sale_id), view.splits.get(known.sale_id)
    return split is not None or (intent is not None and intent.state != SaleState.NOT_EXECUTED)


def _senior(store: Store, said: AtRegister, register: str) -> None:
    with store.writing("senior") as txn:
        since = stamp(txn.session.clock.now() - PIN_WAIT)
        open_ = txn.confirmations.wrong_pins_since(since, register) < PIN_TRIES
        right = open_ and txn.confirmations.senior_fits(said.senior, said.pin)
        if open_ and not right:
            txn.confirmations.note_wrong(WRONG_PIN, register, said.senior)
    if not right:
        raise UsageError("COD-06")
