"""All repositories of one transaction: `View` reads, `Txn` reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from pos_agent.store.arming import Arming, ArmingView
from pos_agent.store.balances import Balances, BalancesView
from pos_agent.store.codes import Codes, CodesView
from pos_agent.store.customers import Customers, CustomersView
from pos_agent.store.customers_club import Club, ClubView
from pos_agent.store.customers_codes import Confirmations, ConfirmationsView
from pos_agent.store.documents import Documents, DocumentsView
from pos_agent.store.holds import Holds, HoldsView
from pos_agent.store.intents import Intents, IntentsView
from pos_agent.store.ledger import Ledger, LedgerView
from pos_agent.store.meta import Meta, MetaView
from pos_agent.store.points import PointsOrders, PointsOrdersView
from pos_agent.store.prepaid import Prepaid, PrepaidView
from pos_agent.store.rules import Rules, RulesView
from pos_agent.store.series import SeriesBook, SeriesView
from pos_agent.store.session import Session
from pos_agent.store.shadow import ShadowBook, ShadowView
from pos_agent.store.slips import Slips, SlipsView
from pos_agent.store.splits import Splits, SplitsView
from pos_agent.store.sync import SyncBook, SyncView
from pos_agent.store.till_requests import TillRequests, TillRequestsView


@dataclass(frozen=True)
class View:
    """One snapshot, no writes. `session` gives the connection to checks of the store itself."""

    session: Session
    meta: MetaView
    documents: DocumentsView
    ledger: LedgerView
    customers: CustomersView
    balances: BalancesView
    series: SeriesView
    slips: SlipsView
    arming: ArmingView
    rules: RulesView
    intents: IntentsView
    codes: CodesView
    prepaid: PrepaidView
    splits: SplitsView
    sync: SyncView
    points_orders: PointsOrdersView
    shadow: ShadowView
    till_requests: TillRequestsView
    club: ClubView
    confirmations: ConfirmationsView
    holds: HoldsView


@dataclass(frozen=True)
class Txn(View):
    """One write transaction: every method of a View and the writes. Usable wherever a View is asked for."""

    meta: Meta
    documents: Documents
    ledger: Ledger
    customers: Customers
    balances: Balances
    series: SeriesBook
    slips: Slips
    arming: Arming
    rules: Rules
    intents: Intents
    codes: Codes
    prepaid: Prepaid
    splits: Splits
    sync: SyncBook
    points_orders: PointsOrders
    shadow: ShadowBook
    till_requests: TillRequests
    club: Club
    confirmations: Confirmations
    holds: Holds


def view_of(session: Session) -> View:
    """Reading repositories on one session."""
    return View(
        session=session,
        meta=MetaView(session),
        documents=DocumentsView(session),
        ledger=LedgerView(session),
        customers=CustomersView(session),
        balances=BalancesView(session),
        series=SeriesView(session),
        slips=SlipsView(session),
        arming=ArmingView(session),
        rules=RulesView(session),
        intents=IntentsView(session),
        codes=CodesView(session),
        prepaid=PrepaidView(session),
        splits=SplitsView(session),
        sync=SyncView(session),
        points_orders=PointsOrdersView(session),
        shadow=ShadowView(session),
        till_requests=TillRequestsView(session),
        club=ClubView(session),
        confirmations=ConfirmationsView(session),
        holds=HoldsView(session),
    )


def txn_of(session: Session) -> Txn:
    """Writing repositories on one session."""
    return Txn(
        session=session,
        meta=Meta(session),
        documents=Documents(session),
        ledger=Ledger(session),
        customers=Customers(session),
        balances=Balances(session),
        series=SeriesBook(session),
        slips=Slips(session),
        arming=Arming(session),
        rules=Rules(session),
        intents=Intents(session),
        codes=Codes(session),
        prepaid=Prepaid(session),
        splits=Splits(session),
        sync=SyncBook(session),
        points_orders=PointsOrders(session),
        shadow=ShadowBook(session),
        till_requests=TillRequests(session),
        club=Club(session),
        confirmations=Confirmations(session),
        holds=Holds(session),
    )
