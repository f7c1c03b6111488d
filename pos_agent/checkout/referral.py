"""Who brought whom: rewards of both after the newcomer's first paid receipt, taken back when that receipt came back.

Written in the transaction of the document, under ids derived from the newcomer: whatever is killed, each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pos_agent.checkout.limits import is_sale
from pos_agent.ledger import asked
from pos_agent.ledger.asked import Asked
from pos_agent.ledger.order import is_return
from pos_agent.ledger.returned import Pieces, returned_pieces
from pos_agent.model.customer import CARD_ALPHABET
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.model.slip import SlipFacts
from pos_agent.rules.club_terms import ReferralTerms, Reward
from pos_agent.rules.values import Rules
from pos_agent.store.customers_club import Brought
from pos_agent.store.repositories import Txn, View

REASON, OPERATOR = "referral", "program"
CODE_LETTERS = 8
FRIEND, NEWCOMER = "friend", "newcomer"


@dataclass(frozen=True)
class _Given:
    """A reward to write: whose, under which name."""

    name: str
    customer: str
    reward: Reward


def on_slip(txn: Txn, rules: Rules, slip: SlipFacts) -> SlipFacts:
    """The slip with the customer's own code for friends, when the program has a referral and may offer anything."""
    terms = rules.club.referral
    if terms is None or not terms.text or not slip.customer or txn.club.marks(slip.customer).no_offer:
        return slip
    code = txn.club.give_code(slip.customer, code_for(txn, slip.customer))
    return replace(slip, friend_code=code, friend_text=terms.text)


def code_for(view: View, customer: str) -> str:
    """The customer's referral code: derived by the key of this database, so the same again and nobody else's."""
    hashed = view.session.vault.token("friend", customer) or b""
    number = int.from_bytes(hashed[1:], "big")
    letters = []
    for _ in range(CODE_LETTERS):
        number, letter = divmod(number, len(CARD_ALPHABET))
        letters.append(CARD_ALPHABET[letter])
    return "".join(letters)


def follow(txn: Txn, rules: Rules, event: LedgerEvent, merchant: str = "") -> None:
    """What a registered sale or return of a customer means for who brought whom. May be repeated.

    `merchant`: whose the register is.
    """
    terms = rules.club.referral
    if terms is None or event.customer is None or event.kind is not EventKind.RECEIPT:
        return
    history = [chained.event for chained in txn.ledger.by_customer(event.customer)]
    cards = {one.customer or "" for one in history} | {event.customer}
    for card in sorted(cards):
        link = txn.club.brought_by(card)
        if link is None:
            continue
        if is_sale(event):
            _reward(txn, rules, terms, event, link, merchant)
        elif is_return(event):
            _take_back(txn, rules, event, history, card)


def _reward(txn: Txn, rules: Rules, terms: ReferralTerms, sale: LedgerEvent, link: Brought, merchant: str) -> None:
    newcomer, friend = link.newcomer, link.friend
    paid_kop = sale.purchase.net_kop if sale.purchase else 0
    if paid_kop < terms.least_kop or _given(txn, newcomer):
        return
    friends = [chained.event for chained in txn.ledger.by_customer(friend)]
    if sale.customer in {friend, *(one.customer for one in friends)}:
        return  # the two cards turned out to be one person's
    found = []
    if terms.friend.points_pt and not txn.club.marks(friend).blocked and not _full(terms, friends, sale):
        found.append(_Given(FRIEND, friend, terms.friend))
    if terms.newcomer.points_pt and not txn.club.marks(newcomer).blocked:
        found.append(_Given(NEWCOMER, newcomer, terms.newcomer))
    for one in found:
        order = replace(_order(rules, sale, f"{one.name}-{newcomer}", one.customer), merchant=merchant)
        reward = one.reward
        given = asked.gift(order, reward.points_pt, reward.life_days or None, reward.delay_days)
        _write(txn, rules, replace(given, facts={**given.facts, "sale": str(sale.document)}))


def _given(view: View, newcomer: str) -> list[LedgerEvent]:
    """The rewards for this newcomer that are in the ledger."""
    known = (view.ledger.get(f"{EventKind.GIFT.value}:{name}-{newcomer}") for name in (FRIEND, NEWCOMER))
    return [chained.event for chained in known if chained is not None]


def _full(terms: ReferralTerms, friends: Iterable[LedgerEvent], sale: LedgerEvent) -> bool:
    """Was the friend rewarded for as many newcomers this month as the program allows?"""
    month, mark = sale.business_date[:7], f"{EventKind.GIFT.value}:{FRIEND}-"
    had = sum(one.id.startswith(mark) and one.business_date[:7] == month for one in friends)
    return bool(terms.most_month) and had >= terms.most_month


def _take_back(txn: Txn, rules: Rules, event: LedgerEvent, history: Sequence[LedgerEvent], newcomer: str) -> None:
    """The receipt that brought the rewards is back whole: they are taken back, what was spent becomes debt."""
    for given in _given(txn, newcomer):
        sale = next((one for one in history if is_sale(one) and str(one.document) == given.facts.get("sale")), None)
        if sale is None or not _all_back(sale, history):
            continue
        entry = given.entries[0]
        order = _order(rules, event, given.id.partition(":")[2], given.customer or "")
        taken = asked.adjust(order, -(entry.amount_pt or 0))
        lot = replace(taken.entries[0], lot=entry.id)
        _write(txn, rules, replace(taken, entries=(lot,), facts={**taken.facts, "sale": given.facts["sale"]}))


def _all_back(sale: LedgerEvent, history: Iterable[LedgerEvent]) -> bool:
    pieces, named = Pieces(sale), str(sale.document)
    for one in history:
        back = returned_pieces(one) if one.facts.get("original") == named else {}
        if back and pieces.fits(back):
            pieces.give_back(back)
    return pieces.all_back


def _order(rules: Rules, event: LedgerEvent, name: str, customer: str) -> Asked:
    at = datetime.fromisoformat(event.at)
    return Asked(name, customer, rules.program.id, event.register, at, REASON, OPERATOR)


def _write(txn: Txn, rules: Rules, event: LedgerEvent) -> None:
    if txn.ledger.get(event.id) is None:
        txn.ledger.append(event)
        txn.balances.drop(event.customer or "", rules.program.id)
