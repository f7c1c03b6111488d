"""kill -9 of the agent at each commit point of a sale of its own: afterwards one document, one event, one answer."""

import signal
from contextlib import suppress

from kit.register import CARD, OPEN, RULES, Register
from kit.waiting import until

from pos_agent import app
from pos_agent.api.table import OPERATIONS
from pos_agent.cli.client import NobodyThereError
from pos_agent.config import load
from pos_agent.errors import AgentError
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent

# Each point in turn; the agent that is killed at the next one first settles what the last one left.
POINTS = ("before:intent", "after:intent", "before:closing", "after:closing")
SETTLING = ("before:settled", "after:settled")  # the sale of the point before, not executed
LAST = ("after:document", "before:document")  # the storage has the receipt when the agent dies
GIFT_PT, SPENT_PT = 10_000, 500


def basket(price_kop: int) -> dict:
    """A coffee, 5.00 of it with points, more cash than it costs."""
    line = {"id": "1", "name": "Кофе", "price_kop": price_kop, "qty": "1"}
    paid = [{"kind": "cash", "sum_kop": price_kop}]
    return {"lines": [line], "spend": "exact", "spend_pt": SPENT_PT, "payments": paid}


def prepared(register: Register) -> None:
    """Rules with spending, one customer with points."""
    customer = register.prepare()
    entry = Entry(f"gift:{customer}:GIFT", EntryKind.GIFT, "test", GIFT_PT, earned="2026-11-21")
    gift = LedgerEvent(
        id=f"gift:{customer}",
        kind=EventKind.GIFT,
        register="till-1",
        at="2026-11-21T10:00:00+03:00",
        business_date="2026-11-21",
        customer=customer,
        entries=(entry,),
    )
    with app.opened(load(register.config), with_printer=False) as parts:
        OPERATIONS["rules.import"].run(parts, {"content": RULES + "[spend]\n"})
        with parts.store.writing("gift") as txn:
            txn.ledger.append(gift)


def sell(register: Register, price_kop: int) -> dict:
    """The price is the sale's id."""
    return register.ask("sell", sale=f"s-{price_kop}", customer=CARD, contact="a@example.org", basket=basket(price_kop))


def die(register: Register, point: str, price_kop: int) -> None:
    """An agent that is killed there, by this sale or by settling what is left of it."""
    register.start_agent(kill_at=point)

    def dead() -> bool:
        if register.agent.poll() is None:
            with suppress(NobodyThereError, AgentError):
                sell(register, price_kop)
        return register.agent.poll() is not None

    assert until(dead, every=0.1)
    assert register.agent.returncode == -signal.SIGKILL


def receipts(register: Register) -> list[tuple[int, int]]:
    """(operation, total) of the receipts in the emulated storage."""
    found = [{tag["tag"]: tag["value"] for tag in one["tags"]} for one in register.documents() if one["form"] == 3]
    return [(one[1054], one[1020]) for one in found]


def test_killed_at_every_commit_point_of_a_sale_and_started_again(register: Register) -> None:
    register.start_printer()
    prepared(register)
    register.till(OPEN)
    prices = []
    for point in (*POINTS, *SETTLING, *LAST):
        if point not in SETTLING:
            prices.append(10_000 + 1_000 * len(prices))
        die(register, point, prices[-1])
        assert len(receipts(register)) == (LAST.index(point) + 1 if point in LAST else 0), point

    register.start_agent()
    register.wait_for_agent()
    until(lambda: register.ask("sale.show")["sale"] is None)
    states = [register.ask("sale.show", sale=f"s-{price}")["state"] for price in prices[1:]]
    assert states == ["not_executed"] * (len(prices) - 3) + ["registered"] * 2

    answers = {price: sell(register, price) for price in prices}
    assert {price: sell(register, price) for price in prices} == answers
    register.settled()
    assert sorted(receipts(register)) == [(1, price - SPENT_PT) for price in prices]
    by_number = {one["fd_number"]: one for one in register.documents()}
    recorded = [one["fd_number"] for one in register.events() if one.get("fd_number")]
    assert recorded == [number for number in sorted(by_number) if number > 2]  # met after registration and shift
    for price, answer in answers.items():
        document = by_number[int(answer["document"].rpartition("/")[2])]
        assert {tag["tag"]: tag["value"] for tag in document["tags"]}[1020] == price - SPENT_PT == answer["total_kop"]
        assert answer["fpd"] == document["fpd"]
        assert (answer["spent_pt"], answer["accrued_pt"], answer["change_kop"]) == (500, (price - 500) // 10, 500)
    assert register.active_pt() == GIFT_PT + sum((price - 500) // 10 - 500 for price in prices)
    assert register.ask("ledger.verify")["ok"]
