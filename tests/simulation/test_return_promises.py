"""Returns, one promise of the rules' section 9 after another, through the agent's own sales.

A full return leaves the customer as if the sale had not been: balance, level metric, visits, stamps, codes, accounts.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from kit.club_story import COFFEE, active_pt, asked, back, balance, history, last_event, opened, sold
from kit.prepaid_story import ABONEMENT, CERTIFICATE, MASSAGE, abonement, cash, certificate, left, salon
from kit.sale_register import SaleRegister

from emulator.tlv import number
from pos_agent.checkout import unseen
from pos_agent.checkout.standing import standing
from pos_agent.errors import UsageError
from pos_agent.ledger.fold import fold
from pos_agent.ledger.stamps import stamps
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import EntryKind

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
tiers = [{ name = "Старт", from_kop = 0, bp = 300 }, { name = "Золото", from_kop = 50000, bp = 1000 }]
[[accrue.multipliers]]
num = 2
scope = { names = ["Кофе*"] }
[spend]
[[codes]]
id = "spring"
kind = "once"
offline = "allow"
codes = ["SPRING-1"]
[[rule]]
id = "spring"
kind = "receipt_amount"
kop = 1000
when = { batches = ["spring"] }
[[rule]]
id = "sixth"
kind = "punch_card"
every = 6
counter = "cup"
scope = { names = ["Кофе*"] }
"""
CUPS = {**COFFEE, "qty": "3"}
CAKE = {"id": "2", "name": "Торт", "price_kop": 60_000, "qty": "1"}
TWO_LINES = (CUPS, CAKE)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, program=RULES)
    made.give(20_000)
    yield made
    made.close()


def picture(register: SaleRegister) -> dict[str, Any]:
    """Everything that a full return must put back, seen from tomorrow."""
    events, today = history(register), register.clock.local().date()
    tomorrow = date.fromordinal(today.toordinal() + 1)
    with register.store.reading() as view:
        rules = register.orders.journal.rules(view)
        code = [one["state"] for one in register.query("SELECT state FROM code_use")]
    now, level = balance(register), standing(events, register.customer, tomorrow, rules)
    return {
        "points": (now.active_pt, now.pending_pt, now.debt_pt),
        "level": (level.who.metric_kop, level.who.visits, level.level.name if level.level else ""),
        "stamps": stamps(events).get("cup", 0),
        "codes": code,
    }


def test_a_full_return_leaves_the_customer_as_if_nothing_was_sold(register: SaleRegister) -> None:
    sold(register, "before", CUPS)
    was = picture(register)
    answer = sold(register, "a", *TWO_LINES, codes=["SPRING-1"], spend="exact", spend_pt=15_000)
    assert (answer["spent_pt"], answer["stamps"]) == (15_000, {"cup": 0})  # the sixth cup was free
    changed = picture(register)
    assert changed["codes"] == ["used"]
    assert all(changed[name] != was[name] for name in ("level", "points", "stamps"))
    back(register, answer, "r")
    assert picture(register) == {**was, "codes": ["issued"]}
    assert sold(register, "b", CAKE, codes=["SPRING-1"])["codes"] == {"SPRING-1": True}


@pytest.mark.parametrize("order", [((1, 1), (1, 2), (2, 1)), ((2, 1), (1, 3)), ((1, 2), (2, 1), (1, 1))])
def test_any_parts_in_any_order_end_where_the_whole_return_does(
    register: SaleRegister, order: tuple[tuple[int, int], ...]
) -> None:
    was = picture(register)
    answer = sold(register, "a", *TWO_LINES, codes=["SPRING-1"], spend="exact", spend_pt=1_667)
    made = [back(register, answer, f"r{n}", {line: units * 10**6}) for n, (line, units) in enumerate(order)]
    assert sum(one["total_kop"] for one in made) == answer["total_kop"]
    assert sum(one["restored_pt"] for one in made) == 1_667
    assert sum(one["cancelled_pt"] for one in made) == answer["accrued_pt"]
    assert picture(register) == {**was, "codes": ["issued"]}


def test_a_part_returns_no_code(register: SaleRegister) -> None:
    answer = sold(register, "a", *TWO_LINES, codes=["SPRING-1"])
    back(register, answer, "r", {2: 10**6})
    assert picture(register)["codes"] == ["used"]


def test_spent_accrual_becomes_debt_and_money_is_never_held_back(register: SaleRegister) -> None:
    answer = sold(register, "a", CAKE)
    everything = active_pt(register)
    assert sold(register, "b", CAKE, spend="exact", spend_pt=everything)["spent_pt"] == everything
    earned = sum(entry.amount_pt or 0 for entry in history(register)[-1].entries if entry.kind is EntryKind.ACCRUE)
    given = back(register, answer, "r")
    assert given["total_kop"] == 60_000
    assert balance(register).debt_pt == max(0, answer["accrued_pt"] - earned)


def test_two_registers_that_returned_the_same_pieces_unseen(register: SaleRegister) -> None:
    """The fold takes the set: what together exceeds the sale moves no points and is set aside."""
    answer = sold(register, "a", CUPS)
    back(register, answer, "r1", {1: 2 * 10**6})
    mine = history(register)[-1]
    fn_serial = "9999078902005678"
    other_document = replace(mine.document, fn_serial=fn_serial, fd_number=7)
    entries = tuple(replace(one, id=one.id.replace(mine.id, f"receipt:{fn_serial}:7")) for one in mine.entries)
    other = replace(mine, id=f"receipt:{fn_serial}:7", register="till-2", document=other_document, entries=entries)
    events, day = history(register), register.clock.local().date()
    both = fold([*events, other], day, FoldPolicy("test", 0))
    assert [one.reason for one in both.quarantined] == ["too much returned"]
    turned = fold([other, *reversed(events)], day, FoldPolicy("test", 0))
    assert (turned.active_pt, turned.quarantined) == (both.active_pt, both.quarantined)
    assert both.active_pt == fold(events, day, FoldPolicy("test", 0)).active_pt
    one_piece = replace(other, facts={**other.facts, "returned": [{"number": 1, "quantity_micro": 10**6}]})
    whole = fold([*events, one_piece], day, FoldPolicy("test", 0))
    assert (whole.quarantined, whole.active_pt) == ((), 20_000)  # as if the three cups had not been sold


def test_without_its_receipt_money_goes_by_price_and_the_accrual_at_the_lowest_rate(register: SaleRegister) -> None:
    sold(register, "a", CUPS, spend="exact", spend_pt=1_000)
    had = active_pt(register)
    basket = {"lines": [{**COFFEE, "qty": "2"}]}
    given = register.desk.sell(unseen.order(register.orders, "r", basket, register.customer, ""))
    assert (given["total_kop"], given["restored_pt"], given["cancelled_pt"]) == (20_000, 0, 600)  # 3 %, no multiplier
    assert active_pt(register) == had - 600
    event = last_event(register, given)
    assert event.facts["flags"] == ["no_original"]
    assert (event.purchase.net_kop, event.purchase.original) == (-20_000, None)
    assert asked(register, "ledger.verify")["ok"] is True


def test_without_its_receipt_and_without_a_customer(register: SaleRegister) -> None:
    given = register.desk.sell(unseen.order(register.orders, "r", {"lines": [COFFEE]}, None, "card"))
    assert (given["total_kop"], given["cancelled_pt"]) == (10_000, 0)
    document = max(register.device.fn.documents.values(), key=lambda one: one.fd)
    assert (number(document.tags, 1054), number(document.tags, 1081)) == (2, 10_000)
    assert register.desk.sell(unseen.order(register.orders, "r", {"lines": [COFFEE]}, None, "card")) == given


def test_marked_goods_need_their_receipt(register: SaleRegister) -> None:
    marked = {**COFFEE, "mark": "010460393400025021ABC1234567890\x1d93abcd"}
    with pytest.raises(UsageError, match="RET-05"):
        unseen.order(register.orders, "r", {"lines": [marked]}, None, "")


def test_certificates_and_abonements_get_back_what_they_paid(tmp_path: Path) -> None:
    shop = salon(tmp_path)
    shop.sale("c", {**CERTIFICATE, "account": "G-1"})
    paid = shop.sale("a", {**MASSAGE, "qty": "2"}, payments=[certificate("G-1"), cash(10_000)])
    assert left(shop, "certificate:G1") == 0
    back(shop, paid, "r1", {1: 10**6})
    back(shop, paid, "r2")
    assert left(shop, "certificate:G1") == 10_000
    shop.sale("b", {**ABONEMENT, "account": "M-1"})
    visit = shop.sale("v", MASSAGE, payments=[abonement("M-1")], store="salon-1")
    assert left(shop, "abonement:M1") == 4
    back(shop, visit, "r3")
    assert left(shop, "abonement:M1") == 5
    shop.close()
