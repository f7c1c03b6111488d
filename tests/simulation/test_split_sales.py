"""One basket over two taxation systems: two documents, one price, one loyalty event, and what may come between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.prepaid_story import CREAM, HAIRCUT, back, cash, certificate, holds, left, salon, sold, tags
from kit.sale_register import Killed, SaleRegister
from kit.sale_story import answers_of, at, lost, told

from pos_agent.errors import AgentError

FN = "9999078902001234"
BASKET = (CREAM, HAIRCUT)  # 60.00 of the register's own system, 200.00 of the patent
POINTS = (*(f"{when}:{what}" for what in ("intent", "closing", "document") for when in ("before", "after")),)


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = salon(tmp_path)
    yield made
    made.close()


def events(register: SaleRegister) -> list[tuple[int, str | None]]:
    """(FD, customer) of the receipts' events."""
    rows = register.query("SELECT fd_number, customer_id FROM ledger_event WHERE kind = 'receipt' ORDER BY seq")
    return [(one["fd_number"], one["customer_id"]) for one in rows if one["fd_number"] > 3]


def points(register: SaleRegister) -> int:
    signs = "SUM(CASE kind WHEN 'SPEND' THEN -amount_pt ELSE amount_pt END)"
    rows = register.query(f"SELECT {signs} AS points FROM ledger_entry WHERE customer_id = ?", register.customer)
    return rows[0]["points"] or 0


def state(register: SaleRegister) -> str:
    return register.query("SELECT state FROM split_sale")[0]["state"]


def test_two_documents_one_price_one_loyalty_event(register: SaleRegister) -> None:
    register.give(5_000)
    anna = {"customer": register.customer, "spend": 2_600}
    answer = register.sale("s", *BASKET, payments=[cash(30_000)], **anna)
    assert register.receipts(3) == [(4, 1, 5_400), (5, 1, 18_000)]
    assert tags(register, 4) == {1020: 5_400, 1031: 5_400, 1081: 0, 1215: 0, 1055: 1}
    assert tags(register, 5) == {1020: 18_000, 1031: 18_000, 1081: 0, 1215: 0, 1055: 32}
    assert (answer["total_kop"], answer["change_kop"], answer["accrued_pt"]) == (23_400, 6_600, 2_340)
    assert [(one["part"], one["document"], one["change_kop"]) for one in answer["documents"]] == [
        ("", f"{FN}/4", 0),
        ("patent", f"{FN}/5", 6_600),
    ]
    assert events(register) == [(4, None), (5, register.customer)]
    assert points(register) == 5_000 - 2_600 + 2_340
    with register.store.reading() as view:
        facts = view.ledger.get(f"receipt:{FN}:5").event.facts
    assert facts["documents"] == [{"part": "", "document": f"{FN}/4"}, {"part": "patent", "document": f"{FN}/5"}]
    assert [line["part"] for line in facts["lines"]] == ["", "patent"]
    assert register.sale("s", *BASKET, payments=[cash(30_000)], **anna) == answer
    assert len(register.receipts(3)) == 2


def test_money_of_two_kinds_and_a_certificate_over_the_parts(register: SaleRegister) -> None:
    sold(register, "sell", "G1")
    pay = [certificate("G1"), {"kind": "card", "sum_kop": 6_000}, cash(10_000)]
    register.sale("s", *BASKET, payments=pay)
    assert tags(register, 5) == {1020: 6_000, 1031: 0, 1081: 3_692, 1215: 2_308, 1055: 1}
    assert tags(register, 6) == {1020: 20_000, 1031: 10_000, 1081: 2_308, 1215: 7_692, 1055: 32}
    assert left(register, "certificate:G1") == 0
    back(register, f"{FN}/5", "own")
    assert (tags(register, 7)[1215], left(register, "certificate:G1")) == (2_308, 2_308)
    back(register, f"{FN}/6", "patent")
    assert (tags(register, 8)[1215], tags(register, 8)[1055]) == (7_692, 32)
    assert left(register, "certificate:G1") == 10_000


def test_one_part_alone_is_a_plain_receipt_of_that_system(register: SaleRegister) -> None:
    register.sale("s", HAIRCUT)
    assert tags(register, 4)[1055] == 32
    back(register, f"{FN}/4", "r")
    assert tags(register, 5)[1055] == 32


def test_what_is_no_part(register: SaleRegister) -> None:
    for line in ({**HAIRCUT, "part": "kiosk"}, {key: HAIRCUT[key] for key in HAIRCUT if key != "vat"}):
        with pytest.raises(AgentError) as error:
            register.sale("s", CREAM, line)
        assert error.value.code == "API-01"
    assert register.receipts(3) == []


# ---------------------------------------------------------------------- between the parts


def test_the_second_part_is_refused_and_finished_later(register: SaleRegister) -> None:
    register.give(5_000)
    anna = {"customer": register.customer, "spend": 2_600}
    register.wire.before = second_receipt(register, lambda: register.device.head.paper_out(0))
    with pytest.raises(AgentError) as error:
        register.sale("s", *BASKET, **anna)
    assert (error.value.code, error.value.params["made"], error.value.params["n"]) == ("SAL-06", f"{FN}/4", 2)
    assert any("PRN-01" in line for line in error.value.lines)
    assert (state(register), points(register), events(register)) == ("open", 5_000, [(4, None)])
    register.device.head.paper_in()
    other = register.sale("other", CREAM, customer=register.customer, spend=6_000)
    assert other["spent_pt"] == 2_400  # 26.00 of the 50.00 are reserved
    answer = register.sale("s", *BASKET, **anna)
    assert [one["document"] for one in answer["documents"]] == [f"{FN}/4", f"{FN}/6"]
    assert (state(register), points(register)) == ("made", 5_000 - 2_600 - 2_400 + 2_340 + 360)


def second_receipt(register: SaleRegister, act):
    """When the first document is made and the agent asks how the printer is."""
    done = []

    def before(number: int, message: bytes) -> None:
        if len(register.receipts(3)) == 1 and register.device.receipt is None and not done:
            done.append(number)
            act()

    return before


def test_the_made_part_is_returned_instead(register: SaleRegister) -> None:
    sold(register, "sell", "G1")
    register.give(5_000)
    sale = {"customer": register.customer, "spend": 2_600, "payments": [certificate("G1"), cash(20_000)]}
    stop(register, "s", **sale)
    assert [one[3] for one in holds(register)] == ["held", "recorded"]
    with pytest.raises(AgentError) as error:
        back(register, f"{FN}/5", "half", {1: 500_000})
    assert error.value.code == "RET-03"
    answer = back(register, f"{FN}/5", "back")
    assert (answer["total_kop"], answer["restored_pt"]) == (5_400, 0)
    assert tags(register, 6)[1215] == tags(register, 5)[1215] > 0
    assert (state(register), points(register), left(register, "certificate:G1")) == ("ended", 5_000, 10_000)
    assert [one[3] for one in holds(register)] == ["free", "recorded"]
    assert told(register, "s") == "SAL-05"
    with pytest.raises(AgentError) as error:
        register.sale("s", *BASKET, **sale)
    assert error.value.code == "SAL-07"
    register.sale("new", *BASKET, **sale)
    assert left(register, "certificate:G1") == 0


def stop(register: SaleRegister, sale_id: str, **sale: object) -> None:
    """The printer refuses the second part; paper comes back afterwards."""
    made = len(register.receipts(3))

    def before(number: int, message: bytes) -> None:
        if len(register.receipts(3)) > made and register.device.receipt is None:
            register.device.head.paper_out(0)

    register.wire.before = before
    with pytest.raises(AgentError) as error:
        register.sale(sale_id, *BASKET, **sale)
    assert error.value.code == "SAL-06"
    register.wire.before = None
    register.wire.reset()
    register.device.head.paper_in()


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("part", [1, 2])
def test_killed_at_each_commit_point_of_each_part(register: SaleRegister, point: str, part: int) -> None:
    register.give(5_000)
    sold(register, "sell", "G1")
    sale = {"customer": register.customer, "spend": 2_600, "payments": [certificate("G1"), cash(20_000)]}
    seen = []

    def kill(now: str) -> None:
        seen.append(now)
        if now == point and seen.count(point) == part:
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        register.sale("s", *BASKET, **sale)
    register.reborn()
    register.calm()
    register.sale("other", CREAM)  # nothing is in doubt: others are served
    answer = register.sale("s", *BASKET, **sale)
    assert register.sale("s", *BASKET, **sale) == answer
    register.calm()
    assert sorted(kop for _, _, kop in register.receipts(4)) == [5_400, 6_000, 18_000]
    assert register.recorded() == sorted(register.device.fn.documents)
    assert (points(register), left(register, "certificate:G1")) == (5_000 - 2_600 + 2_340, 0)
    assert [who for _, who in events(register) if who] == [register.customer]


def test_silence_at_the_second_close_is_resolved_by_itself(register: SaleRegister) -> None:
    register.wire.before = None
    register.wire.reset(answers_of("FF45", lost, lost))
    answer = register.sale("s", *BASKET)
    assert [kop for _, _, kop in register.receipts(3)] == [6_000, 20_000]
    assert len(answer["documents"]) == 2


def test_killed_before_the_first_byte_nothing_is_held(register: SaleRegister) -> None:
    sold(register, "sell", "G1")
    pay = [certificate("G1"), cash(20_000)]
    killed_split(register, "s", "8D", payments=pay)
    register.calm()
    assert (state(register), holds(register)[0][3]) == ("dropped", "free")
    register.sale("other", {**CREAM, "price_kop": 10_000}, payments=[certificate("G1")])
    assert told_basket(register, "s", payments=pay) == "PAY-03"


def killed_split(register: SaleRegister, sale_id: str, name: str, **more: object) -> None:
    def kill() -> None:
        raise Killed

    register.wire.before = at(name, kill)
    with pytest.raises(Killed):
        register.sale(sale_id, *BASKET, **more)
    register.wire.reset()
    register.reborn()


def told_basket(register: SaleRegister, sale_id: str, **more: object) -> str:
    with pytest.raises(AgentError) as error:
        register.sale(sale_id, *BASKET, **more)
    return error.value.code


# ---------------------------------------------------------------------- one part comes back


def test_one_part_comes_back_line_by_line_and_points_with_it(register: SaleRegister) -> None:
    register.give(5_000)
    two = {**CREAM, "qty": "2", "price_kop": 3_000}
    register.sale("s", two, HAIRCUT, customer=register.customer, spend=2_600)
    with pytest.raises(AgentError) as error:
        back(register, f"{FN}/4", "foreign", {2: 1_000_000})  # a line of the other receipt
    assert error.value.code == "RET-02"
    answer = back(register, f"{FN}/4", "a", {1: 1_000_000})
    assert (answer["total_kop"], answer["restored_pt"], answer["cancelled_pt"]) == (2_700, 300, 270)
    answer = back(register, f"{FN}/5", "b")
    assert (answer["total_kop"], answer["restored_pt"], answer["cancelled_pt"]) == (18_000, 2_000, 1_800)
    answer = back(register, f"{FN}/4", "c")
    assert (answer["total_kop"], answer["restored_pt"], answer["cancelled_pt"]) == (2_700, 300, 270)
    with register.store.reading() as view:
        history = [one.event for one in view.ledger.by_customer(register.customer)]
    assert [one.facts["original"] for one in history if "original" in one.facts] == [f"{FN}/5"] * 3
