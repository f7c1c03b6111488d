"""Positions of an ATOL task find their part; without parts in the settings nothing of it is read."""

import json
from typing import Any

import pytest

from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks.faults import TaskError
from pos_agent.api.atol_tasks.offer import goods
from pos_agent.api.atol_tasks.parting import one_part
from pos_agent.api.atol_tasks.plans import dressed
from pos_agent.api.atol_tasks.receipt import TillReceipt, receipt
from pos_agent.checkout.desk import SaleOrder
from pos_agent.checkout.part_words import NO_PARTS, PartWords
from pos_agent.checkout.plan import Plan
from pos_agent.checkout.split_plan import TAX_SYSTEMS

OWNER = "770000000021"
WORDS = PartWords({**TAX_SYSTEMS, "ip": 2}, 1, {2: "ip"}, {2: "ip"}, {OWNER: "ip"}, used=True)
ITEM = {"type": "position", "name": "Кофе", "price": 100, "quantity": 1, "amount": 100}
TWO = {"agentInfo": {"agents": ["another"]}, "supplierInfo": {"vatin": OWNER}}


def taken(*items: dict[str, Any], words: PartWords = WORDS, **more: Any) -> TillReceipt:
    given = [{**ITEM, **one} for one in items] or [ITEM]
    task = {"type": "sell", "items": given, "payments": [{"type": "cash", "sum": 100 * len(given)}], **more}
    return receipt(numbers.read(json.dumps(task)), "en", words)


@pytest.mark.parametrize(
    ("items", "more", "parts"),
    [
        ([{}], {}, ("",)),
        ([{}, {"department": 2}, {"department": 1}, {"department": "2"}], {}, ("", "ip")),
        ([{"part": "patent"}, {"part": ""}], {"part": "ip"}, ("patent", "")),
        ([{}, {"department": 3}], {"part": "ip"}, ("ip",)),
        ([{"taxationType": "usnIncome"}, {"taxationType": 32}], {}, ("ip", "patent")),
        ([{}], {"taxationType": "usnIncome"}, ("ip",)),
        ([TWO, {}], {}, ("ip", "")),
        ([{}], TWO, ("ip",)),
    ],
)
def test_by_what_the_task_says(items: list[dict], more: dict, parts: tuple[str, ...]) -> None:
    asked = taken(*items, **more)
    assert asked.parts == parts
    assert [line.get("part", "") for line in goods(asked)["lines"]] == [one.part for one in asked.positions]


@pytest.mark.parametrize(
    ("item", "more", "code", "path"),
    [
        ({"part": "kiosk"}, {}, 501, "items[0].part"),
        ({}, {"part": "kiosk"}, 501, " part"),
        ({"part": 5}, {}, 501, "items[0].part"),
        ({"taxationType": "osn", "department": 2}, {}, 501, "items[0].taxationType"),
        ({"taxationType": "none"}, {}, 501, "items[0].taxationType"),
        ({"supplierInfo": {"vatin": "7700000001"}}, {}, 11, "items[0].supplierInfo"),
        ({"agentInfo": {"agents": ["another"]}}, {}, 11, "items[0].agentInfo"),
        ({}, {"supplierInfo": {"vatin": "7700000001"}}, 11, "supplierInfo"),
    ],
)
def test_what_cannot_be_sorted_is_told_by_its_path(item: dict, more: dict, code: int, path: str) -> None:
    with pytest.raises(TaskError) as raised:
        taken(item, **more)
    assert raised.value.code == code
    assert path in f" {raised.value.description}"


def test_without_settings_it_is_as_if_these_members_were_not_there() -> None:
    plain = taken({}, {"department": 2}, words=NO_PARTS)
    said = taken({"part": "ip", "taxationType": "patent"}, {"department": 2}, words=NO_PARTS, part="kiosk")
    assert said == plain
    assert [sorted(line) for line in goods(said)["lines"]] == [["id", "name", "price_kop", "qty"]] * 2
    for item, more in ((TWO, {}), ({}, TWO)):
        with pytest.raises(TaskError) as raised:
            taken(item, words=NO_PARTS, **more)
        assert raised.value.code == 11


def test_pieces_of_one_position_stay_together() -> None:
    asked = taken({"price": 33.33, "quantity": 3, "amount": 100, "department": 2})
    assert [one.part for one in asked.positions] == ["ip", "ip"]


def test_what_is_one_document_is_of_one_part() -> None:
    assert one_part(("ip",), "en") == "ip"
    with pytest.raises(TaskError) as raised:
        one_part(("", "ip"), "en")
    assert raised.value.code == 501


def planned(asked: TillReceipt, **more: Any) -> Plan:
    lines = [{"items": [1]} for _ in asked.positions]
    made = Plan(1, [{} for _ in lines], lines, {}, tax_system=1, total_kop=0, **more)
    return dressed(SaleOrder("s", "", None, lambda: made), asked).plan()


def test_the_taxation_of_the_task_is_of_the_usual_receipt() -> None:
    assert planned(taken({}, taxationType="patent")).tax_system == 32
    assert planned(taken({"part": "ip"}, taxationType="patent")).tax_system == 1, "the plan has the part's own"
    two = [{"name": "", "tax_system": 1}, {"name": "ip", "tax_system": 2}]
    made = planned(taken({}, {"part": "ip"}, taxationType="patent"), parts=two)
    assert [one["tax_system"] for one in made.parts] == [32, 2]
    assert [one["tax_system"] for one in planned(taken({}, {"part": "ip"}), parts=two).parts] == [1, 2]
