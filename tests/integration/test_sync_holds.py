"""Two registers of one shop and their cloud: what one keeps, the other may not spend once both have synced."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from kit import cloud_world as cw

from cloud import access
from cloud.clock import system_now
from pos_agent.api.operation import Parts
from pos_agent.api.points import active_rules
from pos_agent.api.table import OPERATIONS
from pos_agent.checkout.member import before_receipt
from pos_agent.config import Config
from pos_agent.config_printer import PrinterSection
from pos_agent.errors import AgentError
from pos_agent.model.customer import Customer
from pos_agent.store.store import Store
from pos_agent.sync.client import CloudClient
from pos_agent.sync.holds import PullHolds
from pos_agent.sync.pull import Pull
from pos_agent.sync.push import Push
from pos_agent.sync.worker import HOLDS_S, SyncWorker

ZONE = ZoneInfo("Europe/Moscow")
RULES = '[program]\nid = "coffee"\nname = "Кофе"\n[accrue]\nbp = 500\n[spend]\n'
OFFLINE = RULES + "[spend.offline]\n"
ORDER = {"customer": "c-1", "reason": "выезд", "operator": "Иванова"}


class Till:
    """A register's store with one customer whom the whole shop knows, and its worker."""

    def __init__(self, name: str, folder: Path, cloud: cw.CloudServer) -> None:
        folder.mkdir()
        self.name, self.clock, self.ids = name, cw.VirtualClock(), cw.SeededIds(name)
        self.store = Store.open(folder / "agent.db", cw.KEYS, self.clock, self.ids)
        self.rules(RULES)
        with self.store.writing("customer") as txn:
            txn.customers.add(Customer("c-1", "Анна К", "+79161234417", "", "7Q4M2XKD9W"), processing=True)
        config = Config(agent={"register": name}, printer=PrinterSection(port="/dev/none"))
        self.parts = Parts(config, self.store, self.clock, self.ids)
        with cloud.database.writing() as connection:
            self.token = access.create(connection, "main", name, system_now)
        self.client = CloudClient(cloud.endpoint, name, lambda: self.token, time.monotonic)
        push, pull, holds = (made(self.store, self.client) for made in (Push, Pull, PullHolds))
        self.worker = SyncWorker(push, pull, self.clock, self.ids, push_s=2.0, pull_s=1e9, holds=holds)

    def rules(self, text: str) -> None:
        with self.store.writing("rules") as txn:
            txn.rules.activate(txn.rules.add(text, "test", "toml").version)

    def ask(self, operation: str, **args: object) -> dict:
        return OPERATIONS[operation].run(self.parts, {**ORDER, **args})

    def sync(self) -> None:
        assert self.worker.hurry(lambda: True).settled

    def local(self) -> datetime:
        return self.clock.now().astimezone(ZONE)

    def may_spend(self) -> int:
        with self.store.reading() as view:
            rules = active_rules(view)
            return before_receipt(view, rules, "c-1", self.name, self.local(), {})["balance_pt"]

    def close(self) -> None:
        self.client.close()
        self.store.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Till, Till, cw.CloudServer]]:
    cloud = cw.CloudServer(tmp_path)
    one, two = (Till(name, tmp_path / name, cloud) for name in ("till-1", "till-2"))
    one.ask("points.gift", amount_pt=50_000, id="g1")
    two.ask("points.gift", amount_pt=30_000, life_days=10, id="g2")
    yield one, two, cloud
    one.close()
    two.close()
    cloud.close()


def both(*tills: Till) -> None:
    """All up, then all down."""
    for till in (*tills, *tills):
        till.sync()


def test_what_one_keeps_the_other_may_not_spend_once_both_have_synced(shop) -> None:
    one, two, _ = shop
    one.ask("points.hold", amount_pt=20_000, register="till-1", id="h1")
    assert two.may_spend() == 30_000, "it cannot know yet"
    one.sync()
    assert two.may_spend() == 30_000
    two.sync()
    assert two.may_spend() == 10_000
    assert one.may_spend() == 50_000, "its own hold is its to spend"
    shown = two.ask("points.show")
    assert shown["elsewhere"] == [{"register": "till-1", "amount_pt": 20_000}]
    assert (shown["holds"], shown["balance"]["active_pt"], shown["balance"]["debt_pt"]) == ([], 30_000, 0)


def test_points_that_are_kept_elsewhere_are_not_given_away_or_kept_twice(shop) -> None:
    one, two, _ = shop
    one.ask("points.hold", amount_pt=20_000, register="till-1", id="h1")
    both(one, two)
    for operation, more in (("points.hold", {"register": "till-2"}), ("points.adjust", {})):
        sign = -1 if operation == "points.adjust" else 1
        with pytest.raises(AgentError, match="PTS-05"):
            two.ask(operation, amount_pt=sign * 10_001, id=f"x-{operation}", **more)
    two.ask("points.hold", amount_pt=10_000, register="till-2", id="h2")
    assert two.may_spend() == 10_000
    both(two, one)
    assert one.may_spend() == 40_000, "50 000 less what till-2 keeps"


def test_what_is_let_go_may_be_spent_again(shop) -> None:
    one, two, _ = shop
    one.ask("points.hold", amount_pt=20_000, register="till-1", id="h1")
    both(one, two)
    one.ask("points.unhold", amount_pt=5_000, register="till-1", id="u1")
    both(one, two)
    assert two.may_spend() == 15_000
    one.ask("points.unhold", register="till-1", id="u2")
    both(one, two)
    assert two.may_spend() == 30_000
    assert two.ask("points.show")["elsewhere"] == []


def test_a_hold_ends_with_the_points_that_it_keeps(shop) -> None:
    one, two, _ = shop
    one.ask("points.hold", amount_pt=20_000, register="till-1", id="h1")
    both(one, two)
    for till in (one, two):
        till.clock.seconds += 11 * 86_400.0
    two.ask("points.gift", amount_pt=7_000, id="later")
    assert two.may_spend() == 7_000, "the hold took the lot that is over"


def test_an_allowance_given_at_another_register_is_spent_without_a_connection(shop) -> None:
    one, two, _ = shop
    two.rules(OFFLINE)
    one.ask("points.hold", amount_pt=12_000, register="till-2", id="h1")
    both(one, two)
    assert two.may_spend() == 30_000
    two.ask("points.gift", amount_pt=1, id="unsent")
    two.clock.seconds += 600.0
    assert two.may_spend() == 12_000


def test_the_chain_and_its_check_know_nothing_of_it(shop) -> None:
    one, two, cloud = shop
    one.ask("points.hold", amount_pt=20_000, register="till-1", id="h1")
    both(one, two)
    for till in (one, two):
        with till.store.reading() as view:
            assert [row.event.register for row in view.ledger.range()] == [till.name] * view.ledger.head().seq
        assert till.ask("ledger.verify")["ok"] is True
    assert cloud.rows("SELECT count(*) FROM alarm") == [(0,)]


def test_it_comes_by_itself_and_again_after_the_cloud_was_set_up_anew(shop, tmp_path: Path) -> None:
    one, two, _ = shop
    one.ask("points.hold", amount_pt=20_000, register="till-1", id="h1")
    one.sync()
    two.sync()
    one.ask("points.hold", amount_pt=1_000, register="till-1", id="h2")
    one.sync()
    until = two.clock.seconds + HOLDS_S + 1
    while two.clock.seconds < until:
        two.clock.seconds += two.worker.tick(two.clock.monotonic())
    assert two.may_spend() == 9_000
    with two.store.reading() as view:
        cursor = view.holds.cursor()
    with two.store.writing("another cloud") as txn:
        txn.holds.take((), type(cursor)(77, "hold:of-another-cloud"))
    two.sync()
    with two.store.reading() as view:
        assert view.holds.cursor() == cursor
    assert two.may_spend() == 9_000


@pytest.mark.parametrize("answer", ["none", "old", "mad", "more"])
def test_a_cloud_that_tells_nothing_or_nonsense_changes_nothing(shop, monkeypatch, answer) -> None:
    _, two, _ = shop
    told = {
        "none": {"holds": [], "number": 0, "event": "", "more": False},
        "old": None,
        "mad": {"holds": ["{}", 7, "[" * 9000], "number": 3, "event": "hold:3", "more": False},
        "more": {"holds": [], "number": 0, "event": "", "more": True},
    }[answer]
    monkeypatch.setattr(two.client, "holds", lambda number, event: told)
    state = two.worker.hurry(lambda: True)
    assert bool(state.cause) == (answer == "more")
    assert two.may_spend() == 30_000
