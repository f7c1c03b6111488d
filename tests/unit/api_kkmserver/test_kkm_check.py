"""`RegisterCheck` read: goods, sums, tenders, tags, print (`kkmserver.md`, section 5.1)."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.fiscal.tlv import decode
from pos_agent.api.kkmserver.check import Check, read_check
from pos_agent.api.kkmserver.fields import WrongFieldError, parse
from pos_agent.api.kkmserver.goods import divided
from pos_agent.api.kkmserver.markup import laid_out
from pos_agent.money import MICRO, line_sum_kop


def read(*registers: dict, **more: object) -> Check:
    rows = [{"Register": {"Name": "Чай", "Quantity": 1, **one}} for one in registers]
    body = {"IsFiscalCheck": True, "CheckStrings": rows, **more}
    fields = parse(json.dumps(body).encode())
    assert fields is not None
    return read_check(fields, 48)


@given(st.integers(0, 10**8), st.integers(1, 10**6).map(lambda thousandths: thousandths * 1000))
def test_pieces_add_up_to_the_sum_and_the_quantity(total: int, micro: int) -> None:
    pieces = divided(total, micro)
    assert sum(line_sum_kop(price, quantity) for price, quantity in pieces) == total
    assert sum(quantity for _, quantity in pieces) == micro
    assert all(price >= 0 and quantity > 0 for price, quantity in pieces)
    assert len(pieces) <= 2


def test_whole_units_differ_by_a_kopeck_at_most() -> None:
    assert divided(10000, 3 * MICRO) == [(3334, MICRO), (3333, 2 * MICRO)]


def test_the_tills_own_price_stays_when_it_gives_the_sum() -> None:
    check = read({"Price": 459.90, "Amount": 159.59, "Quantity": 0.347}, Cash=159.59)
    assert check.lines == [{"id": "1", "price_kop": 45990, "qty": "0.347", "name": "Чай"}]


def test_discount_and_markup_of_the_till() -> None:
    assert read({"Price": 50, "Amount": 40}, Cash=40).goods[0].discount_kop == 1000
    assert read({"Price": 50, "Amount": 60}, Cash=60).goods[0].discount_kop == -1000
    assert read({"Amount": 60}, Cash=60).goods[0].discount_kop == 0


def test_a_mark_passes_byte_for_byte() -> None:
    code = "0104603934000793215uXqJx9aPb6YQ\u001d93abcd"
    check = read({"Price": 5, "Amount": 5, "GoodCodeData": {"BarCode": code, "AcceptOnBad": True}}, Cash=5)
    assert base64.b64decode(check.lines[0]["mark"]["base64"]) == code.encode()
    assert check.sell_bad_marks


def test_a_part_of_a_pack_is_one_item_of_its_own_price() -> None:
    part = {"Price": 10, "Quantity": 3, "Amount": 30, "PackageQuantity": 20, "GoodCodeData": {"BarCode": "01" * 10}}
    line = read(part, Cash=30).lines[0]
    assert (line["qty"], line["price_kop"], line["mark"]["part"]) == ("1", 3000, "3/20")


def test_tags_of_the_receipt() -> None:
    more = {"CashierName": "Иванова", "ClientInfo": "ООО", "ClientINN": "7707083893", "AdditionalAttribute": "7Q4M"}
    check = read({"Price": 5, "Amount": 5}, Cash=5, UserAttribute={"Name": "Заказ", "Value": "12"}, **more)
    tags = [tag for one in check.tlvs(ffd=4) for tag in decode(one)]
    assert [tag.tag for tag in tags] == [1021, 1256, 1192, 1084]
    assert [tag.value for tag in tags[-1].tags] == ["Заказ", "12"]
    assert [(tag.tag, tag.value) for tag in tags[1].tags] == [(1227, "ООО"), (1228, "7707083893")]


@pytest.mark.parametrize("ffd", [None, 2, 3])
def test_before_format_1_2_the_buyer_stands_in_the_receipt_itself(ffd: int | None) -> None:
    check = read({"Price": 5, "Amount": 5}, Cash=5, ClientInfo="ООО", ClientINN="7707083893")
    tags = [tag for one in check.tlvs(ffd) for tag in decode(one)]
    assert [(tag.tag, tag.value) for tag in tags] == [(1227, "ООО"), (1228, "7707083893")]


@pytest.mark.parametrize("nothing", [0, 0.0, "0.00", "", None])
@pytest.mark.parametrize("name", ["ExciseAmount", "CountryOfOrigin", "CustomsDeclaration"])
def test_a_member_that_says_nothing_stops_nothing(name: str, nothing: object) -> None:
    assert read({"Amount": 5, name: nothing}, Cash=5).total_kop == 500


@pytest.mark.parametrize("excise", [0.01, "0.5", 10])
def test_an_excise_is_not_left_out(excise: object) -> None:
    with pytest.raises(WrongFieldError, match="ExciseAmount"):
        read({"Amount": 5, "ExciseAmount": excise}, Cash=5)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"TypeCheck": 8}, "TypeCheck"),
        ({"TypeCheck": 2}, "коррекции"),
        ({"TaxVariant": 9}, "TaxVariant"),
        ({"Cash": -1}, "Cash"),
        ({"ElectronicPayment": 6, "Cash": 0}, "Безналичных"),
        ({"NotPrint": True}, "ClientAddress"),
        ({"PayByProcessing": True}, "PayByProcessing"),
        ({"CashierVATIN": "1" * 300}, "CashierVATIN"),
        ({"AgentSign": 0}, "AgentSign"),
    ],
)
def test_what_is_refused_names_itself(more: dict, named: str) -> None:
    with pytest.raises(WrongFieldError, match=named):
        read({"Price": 5, "Amount": 5}, **{"Cash": 5, **more})


@pytest.mark.parametrize(
    "line",
    [
        {"Amount": 5, "Tax": 21},
        {"Amount": 5, "Quantity": 0},
        {"Amount": 5, "Quantity": 1.0005},
        {"Amount": -5},
        {"Amount": 5, "Name": "  "},
        {"Amount": 5, "AgentSign": 0},
        {"Amount": 5, "CountryOfOrigin": "643"},
        {"Amount": 5, "SignMethodCalculation": 8},
        {"Amount": 5, "SignCalculationObject": 28},
        {"Amount": 5, "MeasureOfQuantity": 1},
        {"Amount": 5, "Quantity": 2, "GoodCodeData": {"BarCode": "01" * 10}},
        {"Amount": 5, "GoodCodeData": {"BarCode": "4601234567893", "ContainsSerialNumber": False}},
        {},
    ],
)
def test_a_line_that_cannot_be_made_is_refused_whole(line: dict) -> None:
    with pytest.raises(WrongFieldError):
        read(line, Cash=5)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (">#0#<АБВ", "   АБВ"),
        (">#4#<АБ", "  АБ"),
        ("л<#0#>п", "л        п"),
        ("л<#2#>п", "л      п"),
        ("л<#3#>>п", "      л  п"),
        ("<<->>", "----------"),
        ("как есть", "как есть"),
    ],
)
def test_markup(text: str, line: str) -> None:
    assert laid_out(text, 10) == line


@given(st.text(max_size=40))
def test_any_text_is_laid_out(text: str) -> None:
    assert isinstance(laid_out(text, 32), str)
