"""Allowances: points kept for a register, so that it can spend without a connection (loyalty rules, section 10)."""

from __future__ import annotations

from pos_agent.ledger.accounts import hold_account
from pos_agent.ledger.lots import HoldKey, OpenLot, consumption_order
from pos_agent.ledger.wallet import Wallet
from pos_agent.model.events import EntryKind


def hold(wallet: Wallet, register: str, customer: str, amount_pt: int) -> None:
    """HOLD: usable lots in consumption order; which were taken is kept. A poorer fold takes what is there."""
    key = (register, customer)
    for lot in wallet.usable(wallet.owner(customer)):
        taken = wallet.draw(EntryKind.HOLD, hold_account(*key), lot, amount_pt)
        amount_pt -= taken
        if taken:
            lot.held[key] = lot.held.get(key, 0) + taken


def unhold(wallet: Wallet, register: str, customer: str, amount_pt: int) -> None:
    """UNHOLD: back to the lots they came from, last in consumption order first; to whoever has the lots now.

    What the register has spent meanwhile does not come back.
    """
    key = (register, customer)
    for lot in reversed(consumption_order(lot for lot in wallet.lots.values() if key in lot.held)):
        back = wallet.release(EntryKind.UNHOLD, wallet.account_of(lot), lot, key, amount_pt)
        amount_pt -= back
        lot.left_pt += back
        wallet.repay(lot, back)


def held_here(wallet: Wallet, register: str, owner: str) -> list[tuple[OpenLot, HoldKey]]:
    """What a register may spend first: its holds on the owner's lots, in consumption order, then by holder."""
    lots = consumption_order(lot for lot in wallet.lots.values() if lot.owner == owner)
    return [(lot, key) for lot in lots for key in sorted(lot.held) if key[0] == register]
