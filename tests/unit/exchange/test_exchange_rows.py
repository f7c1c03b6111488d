"""Rows taken by the agent: once, with consents respected, refused by name, the same after a crash in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kit.sale_register import Killed, SaleRegister

from pos_agent.api import exchange
from pos_agent.api.operation import Parts
from pos_agent.checkout.verify import verify_ledger
from pos_agent.config import Config
from pos_agent.config_printer import PrinterSection
from pos_agent.errors import UsageError
from pos_agent.exchange.kinds import orders
from pos_agent.exchange.tables import Row

PHONE = "+79160000042"  # of the customer that the register has
PEOPLE = [
    {"name": "Анна К.", "phone": "8 916 111-22-33", "consent": "да", "advertising": "нет"},
    {"name": "Борис", "email": "B@Example.org", "card": "CARD-0001", "consent": "1", "advertising": "1"},
]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path)
    yield made
    made.close()


@pytest.fixture
def take(register: SaleRegister) -> Callable[..., list[str]]:
    """Rows -> what became of each: an outcome, or `column code`."""

    def taken(kind: str, rows: list[dict[str, str]], **more: Any) -> list[str]:
        parts = Parts(Config(printer=PrinterSection(port="/dev/none")), register.store, register.clock, register.ids)
        numbered = [Row(number, cells) for number, cells in enumerate(rows, 2)]
        ids = {str(number): order for number, order in orders(numbered, more.pop("batch", ""), "перенос").items()}
        asked = {"kind": kind, "rows": [vars(row) for row in numbered], "operator": "Иванова", "reason": "перенос"}
        answer = exchange.take(parts, {**asked, "orders": ids if kind == "balances" else {}, **more})
        return [f"{one['column']} {one['code']}" if "code" in one else one["outcome"] for one in answer["rows"]]

    return taken


def page(register: SaleRegister, kind: str, personal: bool = False) -> dict[str, Any]:
    parts = Parts(Config(printer=PrinterSection(port="/dev/none")), register.store, register.clock, register.ids)
    return exchange.page(parts, {"kind": kind, "personal": personal})


def everything(register: SaleRegister) -> tuple:
    with register.store.reading() as view:
        assert verify_ledger(view).breaches == ()
        people = sorted((one.name, one.phone, one.email) for one in map(view.customers.get, view.customers.ids()))
        return people, view.ledger.head().seq, sorted((row[1:]) for row in page(register, "balances")["rows"])


def test_customers_once_changed_and_the_same(take, register) -> None:
    assert take("customers", PEOPLE) == ["added", "added"]
    before = everything(register)
    assert take("customers", PEOPLE) == ["same", "same"]
    assert everything(register) == before
    assert take("customers", [{"phone": "9161112233", "name": "Анна Козлова"}]) == ["changed"]
    with register.store.reading() as view:
        anna = view.customers.find_by_phone("+79161112233")
        assert (anna.name, view.customers.consent(anna.id).advertising) == ("Анна Козлова", False)
        assert view.customers.find_by_card("CARD0001").email == "b@example.org"


def test_a_dry_run_says_the_same_and_changes_nothing(take, register) -> None:
    before = everything(register)
    assert take("customers", PEOPLE, dry_run=True) == ["added", "added"]
    assert take("balances", [{"customer": PHONE, "points": "10"}], dry_run=True) == ["added"]
    assert everything(register) == before


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"name": "Никто", "consent": "1"}, "phone CUS-07"),
        ({"phone": "12", "consent": "1"}, "phone CUS-07"),
        ({"email": "x", "consent": "1"}, "email CUS-07"),
        ({"phone": "9161112233"}, "consent CUS-08"),
        ({"phone": "9161112233", "consent": "нет"}, "consent CUS-08"),
        ({"phone": "9161112233", "consent": "может"}, "consent EXC-07"),
        ({"phone": PHONE, "email": "b@example.org"}, "phone EXC-08"),
        ({"id": "c-other", "phone": PHONE}, "id EXC-08"),
        ({"id": "ИД", "phone": PHONE}, "id EXC-07"),
        ({"phone": PHONE, "name": "a" * 1001}, "name EXC-10"),
    ],
)
def test_rows_of_customers_that_are_refused(take, register, row, told) -> None:
    take("customers", PEOPLE[1:])
    before = everything(register)
    assert take("customers", [row]) == [told]
    assert everything(register) == before


def test_a_withdrawn_consent_does_not_come_back_by_a_file(take, register) -> None:
    take("customers", PEOPLE[1:])
    assert take("customers", [{"card": "CARD0001", "advertising": "нет"}]) == ["changed"]
    assert take("customers", PEOPLE[1:]) == ["advertising EXC-09"]
    assert take("customers", [{"card": "CARD0001", "consent": "0"}]) == ["changed"]
    assert take("customers", [{"card": "CARD0001", "name": "Новое"}]) == ["consent EXC-09"]
    assert take("cards", [{"customer": "b@example.org", "card": "CARD0002"}]) == ["customer EXC-09"]
    names = [row[1] for row in page(register, "customers", personal=True)["rows"]]
    assert "Борис" not in names, "withdrawn: nothing of this person leaves"


def test_cards_added_blocked_and_somebody_elses(take, register) -> None:
    take("customers", PEOPLE)
    rows = [{"customer": PHONE, "card": "NEWCARD1"}, {"customer": PHONE, "card": "NEWCARD2", "state": "blocked"}]
    assert take("cards", rows) == ["added", "added"]
    assert take("cards", rows) == ["same", "same"]
    assert take("cards", [{"customer": PHONE, "card": "NEWCARD2"}]) == ["changed"]
    assert take("cards", [{"customer": "b@example.org", "card": "NEWCARD1", "state": "blocked"}]) == ["card CUS-06"]
    assert take("cards", [{"customer": "+79990000000", "card": "NEWCARD3"}]) == ["customer CUS-01"]
    with register.store.reading() as view:
        assert [view.customers.card_state(one) for one in ("NEWCARD1", "NEWCARD2")] == ["active", "active"]


def test_points_once_for_a_row_and_twice_for_two(take, register) -> None:
    gift = {"customer": PHONE, "kind": "gift", "points": "100,50", "last_day": "31.12.2027"}
    rows = [gift, gift, {"customer": PHONE, "points": "-20"}]
    assert take("balances", rows) == ["added", "added", "added"]
    before = everything(register)
    register.clock.advance(86_400)
    assert take("balances", rows) == ["same", "same", "same"]
    assert everything(register)[:2] == before[:2]
    assert page(register, "balances")["rows"][0][1:5] == ["181.00", "0.00", "0.00", "0.00"]
    assert take("balances", [gift], batch="december") == ["added"]
    with register.store.reading() as view:
        events = [one.event for one in view.ledger.range()]
    assert {event.facts["reason"] for event in events} == {"перенос"}
    assert {event.facts["operator"] for event in events} == {"Иванова"}
    assert all(event.id.startswith(("gift:file-", "adjust:file-")) for event in events)


def test_points_that_are_refused(take, register) -> None:
    rows = [
        {"customer": PHONE, "points": "-1"},
        {"customer": PHONE, "points": "0"},
        {"customer": PHONE, "points": "1.234"},
        {"customer": PHONE, "kind": "gift", "points": "-5"},
        {"customer": PHONE, "points": "5", "last_day": "2027-01-01"},
        {"customer": PHONE, "kind": "gift", "points": "5", "last_day": "2020-01-01"},
        {"customer": "0000000000000", "points": "5"},
    ]
    told = ["points PTS-05", "points EXC-07", "points EXC-07", "points EXC-07", "last_day EXC-07", "last_day EXC-07"]
    assert take("balances", rows) == [*told, "customer CUS-01"]
    assert take("balances", [{"customer": PHONE, "points": "5", "id": "x-1"}]) == ["added"]
    assert take("balances", [{"customer": PHONE, "points": "6", "id": "x-1"}]) == ["id PTS-04"]
    everything(register)


@pytest.mark.parametrize("point", ["before:exchange rows", "after:exchange rows"])
def test_a_kill_in_the_middle_and_a_second_run_end_the_same(take, register, point) -> None:
    rows = [{"customer": PHONE, "points": str(number)} for number in (5, 6, 7)]

    def kill(reached: str) -> None:
        if reached == point:
            register.at_point = lambda point: None
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        take("balances", rows)
    with register.store.reading() as view:
        assert view.ledger.head().seq == (0 if point.startswith("before") else 3), "all rows of a piece or none"
    take("balances", rows)
    assert everything(register)[1] == 3
    assert page(register, "balances")["rows"][0][1] == "18.00"


def test_personal_data_leaves_only_when_asked(take, register) -> None:
    take("customers", PEOPLE)
    for kind in ("customers", "cards", "balances"):
        text = str(page(register, kind))
        assert not any(secret in text for secret in ("Анна", "9161112233", "example.org", "CARD0001"))
    full = page(register, "customers", personal=True)
    assert ["Борис", "", "b@example.org", "CARD0001", "1", "1"] in [row[1:] for row in full["rows"]]
    again = [dict(zip(full["columns"], row, strict=True)) for row in full["rows"]]
    assert set(take("customers", again)) == {"same"}


def test_logs_hold_nothing_personal(take, register, capfd) -> None:
    take("customers", PEOPLE)
    page(register, "customers", personal=True)
    out = "".join(capfd.readouterr())
    assert not any(secret in out for secret in ("Анна", "Борис", "1112233", "xample.org", "CARD"))


@pytest.mark.parametrize("args", [{"kind": "x"}, {"operator": ""}, {"rows": {}}, {"rows": [{"number": 1}]}])
def test_a_wrong_request(register, take, args) -> None:
    parts = Parts(Config(printer=PrinterSection(port="/dev/none")), register.store, register.clock, register.ids)
    with pytest.raises(UsageError, match="API-01"):
        exchange.take(parts, {"kind": "customers", "operator": "И", "rows": [], **args})
