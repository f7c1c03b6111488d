"""A receipt rounded up in points for a fund: what the tail is worth, once, never into debt, back with the receipt."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.club_story import active_pt, asked, back, balance, history, opened, sold
from kit.sale_register import Killed, SaleRegister

from pos_agent.checkout.figures import policy
from pos_agent.errors import AgentError, UsageError
from pos_agent.ledger.fold import fold
from pos_agent.model.events import EventKind

ROUNDING = """
[donation]
round_up_kop = 1000
funds = [{ id = "dogs", name = "Приют", segment = "за приют" }, { id = "trees", name = "Лес" }]
"""
TEA = {"id": "1", "name": "Чай", "price_kop": 12_337, "qty": "1"}
ORDER = {"reason": "просьба клиента", "operator": "Иванова"}


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = opened(tmp_path, ROUNDING)
    asked(made, "points.gift", customer=made.customer, amount_pt=5_000, id="start", **ORDER)
    yield made
    made.close()


def wishes(register: SaleRegister, segment: str = "за приют") -> None:
    asked(register, "customer.segment", customer=register.customer, segment=segment)


def donations(register: SaleRegister) -> list[tuple[str, int, str]]:
    events = [one for one in history(register) if "fund" in one.facts]
    return [(one.id, one.entries[0].amount_pt or 0, str(one.facts["fund"])) for one in events]


def test_nobody_who_did_not_wish_it_gives(register: SaleRegister) -> None:
    sold(register, "a", TEA)
    assert donations(register) == []


def test_the_tail_of_every_receipt_is_given_and_the_receipt_is_not_touched(register: SaleRegister) -> None:
    wishes(register)
    answer = sold(register, "a", TEA)
    assert answer["total_kop"] == 12_337
    name = f"adjust:round-up-{answer['document'].replace('/', '-')}"
    assert donations(register) == [(name, -663, "dogs")]
    assert active_pt(register) == 5_000 + 1_233 - 663
    sold(register, "b", {**TEA, "price_kop": 20_000})  # round already
    assert len(donations(register)) == 1
    assert asked(register, "ledger.verify")["ok"] is True


def test_the_slip_tells_it_and_its_figures_add_up(register: SaleRegister) -> None:
    wishes(register)
    answer = sold(register, "a", TEA)
    rows = register.query("SELECT facts FROM slip_job WHERE customer_id = ? ORDER BY rowid DESC", register.customer)
    told = rows[0]["facts"].replace(" ", "")
    assert '"donated_pt":663' in told
    assert '"donated_to":"Приют"' in told
    assert f'"available_pt":{5_000 + answer["accrued_pt"] - 663}' in told


def test_what_the_receipt_earned_may_pay_for_its_rounding(register: SaleRegister) -> None:
    wishes(register)
    register.clock.advance(120)  # documents know minutes alone
    asked(register, "points.adjust", customer=register.customer, amount_pt=-5_000, id="poor", **ORDER)
    register.clock.advance(120)
    sold(register, "a", TEA)  # earns 1233, lacks 663
    assert active_pt(register) == 1_233 - 663
    with register.store.reading() as view:
        rules = register.orders.journal.rules(view)
    state = fold(history(register), register.clock.local().date(), policy(rules))
    assert "REPAY" not in {posting.kind for posting in state.postings}


def test_too_few_points_give_nothing_and_never_make_a_debt(register: SaleRegister) -> None:
    wishes(register)
    asked(register, "points.adjust", customer=register.customer, amount_pt=-4_999, id="poor", **ORDER)
    sold(register, "a", {**TEA, "price_kop": 101})  # earns 10, lacks 899
    assert donations(register) == []
    assert balance(register).debt_pt == 0


def test_what_an_unfinished_sale_or_a_hold_keeps_is_not_given(register: SaleRegister) -> None:
    wishes(register)
    asked(register, "points.hold", customer=register.customer, amount_pt=5_000, id="h", **ORDER)
    sold(register, "a", {**TEA, "price_kop": 101})
    assert donations(register) == []


def test_a_blocked_customer_gives_nothing(register: SaleRegister) -> None:
    wishes(register)
    asked(register, "customer.mark", customer=register.customer, blocked=True)
    sold(register, "a", TEA)
    assert donations(register) == []


def test_a_whole_return_gives_it_back_and_a_part_does_not(register: SaleRegister) -> None:
    wishes(register)
    had = active_pt(register)
    answer = sold(register, "a", {**TEA, "qty": "2"})
    assert donations(register)[0][1] == -326
    back(register, answer, "r1", {1: 1_000_000})
    assert len(donations(register)) == 1
    back(register, answer, "r2")
    assert [one[1] for one in donations(register)] == [-326, 326]
    assert active_pt(register) == had
    assert asked(register, "ledger.verify")["ok"] is True


@pytest.mark.parametrize("point", ["before:document", "after:document"])
def test_killed_around_the_document_it_is_given_once(register: SaleRegister, point: str) -> None:
    wishes(register)

    def kill(now: str) -> None:
        if now == point:
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        sold(register, "a", TEA)
    register.reborn()
    register.calm()
    sold(register, "a", TEA)
    assert [one[1] for one in donations(register)] == [-663]


def test_asked_for_at_the_counter_once_for_a_receipt(register: SaleRegister) -> None:
    answer = sold(register, "a", TEA)
    order = {"receipt": answer["document"], "fund": "trees", **ORDER}
    first = asked(register, "points.round_up", **order)
    assert (first["again"], first["donated_pt"]) == (False, 663)
    again = asked(register, "points.round_up", **{**order, "fund": "dogs"})
    assert (again["again"], again["event"]) == (True, first["event"])
    assert [one[1:] for one in donations(register)] == [(-663, "trees")]
    event = history(register)[-1]
    assert (event.kind, event.facts["operator"], event.facts["sale"]) == (
        EventKind.ADJUST,
        "Иванова",
        answer["document"],
    )


@pytest.mark.parametrize(
    ("sale", "fund", "code"),
    [
        ("", "cats", "PTS-08"),
        ("9999078902001234/77", "dogs", "PTS-09"),
        ("round", "dogs", "PTS-09"),
        ("nobody", "dogs", "PTS-09"),
        ("back", "dogs", "PTS-09"),
    ],
)
def test_what_cannot_be_rounded_is_said(register: SaleRegister, sale: str, fund: str, code: str) -> None:
    made = sold(register, "a", {**TEA, "price_kop": 20_000} if sale == "round" else TEA)
    if sale == "nobody":
        made = register.desk.sell(register.orders.sale("n", {"lines": [TEA]}, None, ""))
    if sale == "back":
        back(register, made, "r")
    receipt = sale if "/" in sale else made["document"]
    with pytest.raises(UsageError, match=code):
        asked(register, "points.round_up", receipt=receipt, fund=fund, **ORDER)
    assert donations(register) == []


def test_fewer_points_than_the_tail_are_refused_at_the_counter(register: SaleRegister) -> None:
    asked(register, "points.adjust", customer=register.customer, amount_pt=-5_000, id="poor", **ORDER)
    answer = sold(register, "a", {**TEA, "price_kop": 101})
    with pytest.raises(AgentError, match="PTS-05"):
        asked(register, "points.round_up", receipt=answer["document"], fund="dogs", **ORDER)


def test_a_program_without_rounding_says_so(tmp_path: Path) -> None:
    plain = opened(tmp_path, '[donation]\nfunds = [{ id = "dogs", name = "Приют" }]\n')
    answer = sold(plain, "a", TEA)
    with pytest.raises(UsageError, match="PTS-09"):
        asked(plain, "points.round_up", receipt=answer["document"], fund="dogs", **ORDER)
    plain.close()


def test_the_owner_is_told_what_funds_and_partners_are_due(register: SaleRegister) -> None:
    wishes(register)
    sold(register, "a", TEA)
    asked(register, "points.donate", customer=register.customer, amount_pt=200, fund="trees", id="d", **ORDER)
    told = asked(register, "points.settle", **{"from": "2026-11-01", "to": "2026-12-01"})
    assert told["funds"] == [
        {"fund": "dogs", "name": "Приют", "amount_pt": 663, "sum_kop": 663},
        {"fund": "trees", "name": "Лес", "amount_pt": 200, "sum_kop": 200},
    ]
    assert told["partners"] == []
    earlier = asked(register, "points.settle", **{"from": "2026-10-01", "to": "2026-11-01"})
    assert earlier["funds"] == []


def test_what_was_exchanged_is_summed_by_partner_and_way(tmp_path: Path) -> None:
    made = opened(tmp_path, '[[partner]]\nid = "air"\nrate = [10, 3]\nways = ["out", "in"]\n')
    asked(made, "points.gift", customer=made.customer, amount_pt=5_000, id="start", **ORDER)
    for number, (way, amount) in enumerate([("out", 1000), ("out", 500), ("in", 100)]):
        more = {"partner": "air", "way": way, "amount_pt": amount, "id": f"x{number}"}
        asked(made, "points.exchange", customer=made.customer, **more, **ORDER)
    told = asked(made, "points.settle", **{"from": "2026-11-01", "to": "2026-12-01"})
    assert told["partners"] == [
        {"partner": "air", "way": "in", "amount_pt": 100, "partner_pt": 30},
        {"partner": "air", "way": "out", "amount_pt": 1500, "partner_pt": 450},
    ]
    made.close()
