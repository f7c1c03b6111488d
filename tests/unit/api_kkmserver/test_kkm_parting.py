"""Lines of `RegisterCheck` find their part; without parts in the settings nothing of it is read."""

from __future__ import annotations

import json

import pytest

from pos_agent.api.kkmserver.check import Check, read_check
from pos_agent.api.kkmserver.fields import WrongFieldError, parse
from pos_agent.checkout.part_words import NO_PARTS, PartWords
from pos_agent.checkout.split_plan import TAX_SYSTEMS

OWNER = "770000000021"
WORDS = PartWords({**TAX_SYSTEMS, "ip": 2}, 1, {2: "ip"}, {2: "ip"}, {OWNER: "ip"}, used=True)
SOMEBODYS = {"AgentSign": 5, "PurveyorData": {"PurveyorVATIN": OWNER}}


def read(*registers: dict, words: PartWords = WORDS, device: str = "", **more: object) -> Check:
    rows = [{"Register": {"Name": "Чай", "Quantity": 1, "Amount": 10, **one}} for one in registers]
    body = {"IsFiscalCheck": True, "CheckStrings": rows, "Cash": 10 * len(rows), **more}
    fields = parse(json.dumps(body).encode())
    assert fields is not None
    return read_check(fields, 48, words, device)


@pytest.mark.parametrize(
    ("registers", "more", "parts"),
    [
        ([{}], {}, ("",)),
        ([{}, {"Department": 2}, {"department": "2"}], {}, ("", "ip")),
        ([{"PART": "patent"}, {"Part": ""}], {"Part": "ip"}, ("patent", "")),
        ([{"TaxVariant": 1}, {"TaxVariant": "5"}], {}, ("ip", "patent")),
        ([{}], {"TaxVariant": 1}, ("ip",)),
        ([SOMEBODYS, {}], {}, ("ip", "")),
        ([{}], SOMEBODYS, ("ip",)),
    ],
)
def test_by_what_the_request_says(registers: list[dict], more: dict, parts: tuple[str, ...]) -> None:
    check = read(*registers, **more)
    assert check.parts == parts
    assert [line.get("part", "") for line in check.lines] == [one.part for one in check.goods]


def test_a_device_that_is_named_takes_every_line() -> None:
    assert read({}, {"Department": 5}, device="ip").parts == ("ip",)
    assert read({"Part": "ip"}, device="ip").parts == ("ip",)
    with pytest.raises(WrongFieldError, match="другое устройство"):
        read({"Part": "patent"}, device="ip")


@pytest.mark.parametrize(
    ("register", "more", "told"),
    [
        ({"Part": "kiosk"}, {}, "Строка 1: нет такой части: kiosk"),
        ({"TaxVariant": 0, "Department": 2}, {}, "Строка 1: TaxVariant"),
        ({"TaxVariant": 9}, {}, "TaxVariant = 9"),
        ({"AgentSign": 5, "PurveyorData": {"PurveyorVATIN": "7700000001"}}, {}, "AgentSign"),
        ({}, {"AgentSign": 5}, "AgentSign"),
    ],
)
def test_what_cannot_be_sorted_is_refused(register: dict, more: dict, told: str) -> None:
    with pytest.raises(WrongFieldError, match=told):
        read(register, **more)


@pytest.mark.parametrize("kind", [1, 10, 11])
def test_what_is_one_document_is_of_one_part(kind: int) -> None:
    assert read({"Department": 2}, TypeCheck=kind).parts == ("ip",)
    with pytest.raises(WrongFieldError, match="разных частей: -, ip"):
        read({}, {"Department": 2}, TypeCheck=kind)


def test_without_settings_it_is_as_if_these_members_were_not_there() -> None:
    plain = read({}, {"Department": 2}, words=NO_PARTS)
    assert read({"Part": "ip", "TaxVariant": 9}, {"Department": 2}, words=NO_PARTS, Part="kiosk") == plain
    assert [sorted(line) for line in plain.lines] == [["id", "name", "price_kop", "qty"]] * 2
    for register, more in ((SOMEBODYS, {}), ({}, SOMEBODYS)):
        with pytest.raises(WrongFieldError, match="AgentSign"):
            read(register, words=NO_PARTS, **more)
