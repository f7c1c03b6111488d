"""What entries do to a wallet (loyalty rules, sections 9 and 10). Amounts are hundredths >= 0 unless stated."""

from __future__ import annotations

from datetime import date, timedelta

from pos_agent.ledger.holds import held_here
from pos_agent.ledger.lots import OpenLot
from pos_agent.ledger.wallet import Spend, Take, Wallet
from pos_agent.model.events import Entry, EntryKind, LedgerEvent


def issue(wallet: Wallet, event: LedgerEvent, entry: Entry, amount_pt: int, day: date) -> None:
    """ACCRUE from `issued`, GIFT (and ADJUST upwards) from `adjust`: opens a lot, unless there is nothing in it."""
    if not amount_pt:
        return
    source = wallet.common.issued if entry.kind is EntryKind.ACCRUE else wallet.common.adjust
    customer = event.customer or ""
    earned = date.fromisoformat(entry.earned) if entry.earned else day
    lot = OpenLot(
        id=lot_id(entry),
        event=event.id,
        owner=wallet.owner(customer),
        customer=customer,
        merchant=entry.merchant,
        amount_pt=amount_pt,
        earned=earned,
        active_from=date.fromisoformat(entry.active_from) if entry.active_from else earned,
        expires=date.fromisoformat(entry.expires) if entry.expires else None,
    )
    wallet.open_lot(entry.kind, source, lot, day)


def lot_id(entry: Entry) -> str:
    """Id of the lot an entry opens. An adjustment names in `lot` what it touches, so its own lot is the entry's."""
    return entry.id if entry.kind is EntryKind.ADJUST else entry.lot or entry.id


def spend(wallet: Wallet, event: LedgerEvent, entry: Entry, amount_pt: int) -> None:
    """SPEND: what is held for the register, then usable lots, both in consumption order; a shortfall becomes debt.

    A registered document is never refused: whether a register without a connection may go beyond its hold is decided
    before printing (`ledger.allowance`).
    """
    record = wallet.spends.setdefault(event.id, Spend(merchant=entry.merchant))
    record.amount_pt += amount_pt
    owner, redeemed = wallet.owner(event.customer or ""), wallet.common.redeemed
    for lot, key in held_here(wallet, event.register, owner):
        taken = wallet.release(EntryKind.SPEND, redeemed, lot, key, amount_pt)
        wallet.take(record, lot, taken)
        amount_pt -= taken
    for lot in wallet.usable(owner):
        taken = wallet.draw(EntryKind.SPEND, redeemed, lot, amount_pt)
        wallet.take(record, lot, taken)
        amount_pt -= taken
    wallet.owe(EntryKind.SPEND, redeemed, owner, amount_pt, record)


def restore(wallet: Wallet, entry_id: str, record: Spend, amount_pt: int, day: date, grace_days: int) -> None:
    """RESTORE: what the spend still owes is forgiven, then lots get back, last consumed first."""
    redeemed = wallet.common.redeemed
    record.restored_pt += amount_pt
    amount_pt -= _forgive(wallet, record, amount_pt)
    for take in list(reversed(record.takes)):
        back = min(amount_pt, take.amount_pt - take.back_pt)
        if not back:
            continue
        take.back_pt += back
        amount_pt -= back
        wallet.settle(record, take.lot, -back)
        if take.lot.expires is None or take.lot.expires > day:
            wallet.put(EntryKind.RESTORE, redeemed, take.lot, back)
        elif grace_days:
            lot = _grace(wallet, entry_id, take, back, day + timedelta(days=grace_days))
            wallet.open_lot(EntryKind.RESTORE, redeemed, lot, day)
        else:
            wallet.book.transfer(EntryKind.RESTORE, redeemed, wallet.common.breakage, back, take.lot.id)
            take.lot.expired_pt += back


def _forgive(wallet: Wallet, record: Spend, amount_pt: int) -> int:
    forgiven = 0
    for debt in [debt for debt in wallet.debts if debt.spend is record]:
        part = min(debt.amount_pt, amount_pt - forgiven)
        wallet.book.transfer(EntryKind.RESTORE, wallet.common.redeemed, wallet.accounts(debt.owner).debt, part)
        debt.amount_pt -= part
        forgiven += part
    wallet.debts = [debt for debt in wallet.debts if debt.amount_pt]
    return forgiven


def _grace(wallet: Wallet, entry_id: str, take: Take, back_pt: int, last_day: date) -> OpenLot:
    """A lot of its own: earned as the old one, active at once, usable through `last_day`.

    A spend can have taken twice from one lot (once by repaying its debt), hence the count in the id.
    """
    stem = f"{entry_id}/{take.lot.id}"
    twins = sum(1 for known in wallet.lots if known == stem or known.startswith(f"{stem}#"))
    return OpenLot(
        id=f"{stem}#{twins}" if twins else stem,
        event=wallet.book.event,
        owner=take.lot.owner,
        customer=take.lot.customer,
        merchant=take.lot.merchant,
        amount_pt=back_pt,
        earned=take.lot.earned,
        active_from=wallet.book.day,
        expires=last_day + timedelta(days=1),
    )


def reverse(wallet: Wallet, owner: str, own: list[OpenLot], amount_pt: int) -> None:
    """REVERSE: own lots (pending or active), their breakage, other active lots in consumption order, then debt.

    What is held for registers is not touched.
    """
    target = wallet.common.issued
    _count_reversed(own, amount_pt)
    for lot in own:
        amount_pt -= wallet.draw(EntryKind.REVERSE, target, lot, amount_pt)
    for lot in own:
        unused = min(amount_pt, lot.expired_pt)
        wallet.book.transfer(EntryKind.REVERSE, wallet.common.breakage, target, unused, lot.id)
        lot.expired_pt -= unused
        amount_pt -= unused
    _from_others(wallet, EntryKind.REVERSE, target, owner, amount_pt)


def _count_reversed(own: list[OpenLot], amount_pt: int) -> None:
    for lot in own:
        part = min(amount_pt, lot.amount_pt - lot.reversed_pt)
        lot.reversed_pt += part
        amount_pt -= part


def adjust_down(wallet: Wallet, owner: str, own: list[OpenLot], amount_pt: int) -> None:
    """ADJUST below zero: the named lot, other active lots, debt."""
    for lot in own:
        amount_pt -= wallet.draw(EntryKind.ADJUST, wallet.common.adjust, lot, amount_pt)
    _from_others(wallet, EntryKind.ADJUST, wallet.common.adjust, owner, amount_pt)


def _from_others(wallet: Wallet, kind: EntryKind, target: str, owner: str, amount_pt: int) -> None:
    for lot in wallet.usable(owner):
        amount_pt -= wallet.draw(kind, target, lot, amount_pt)
    wallet.owe(kind, target, owner, amount_pt)
