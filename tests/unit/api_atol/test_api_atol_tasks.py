"""Tasks read and checked: dotted paths of what is wrong, what is tolerated, what is refused before anything is done."""

import json
from typing import Any

import pytest

from drivers.api import Capabilities, Qr, Refused, Text
from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks.envelope import envelope
from pos_agent.api.atol_tasks.faults import TaskError, of_refusal
from pos_agent.api.atol_tasks.goods import Position
from pos_agent.api.atol_tasks.paper import checked, printable, slip
from pos_agent.api.atol_tasks.receipt import TillReceipt, receipt
from pos_agent.api.atol_tasks.returns import back, named_sale
from pos_agent.api.atol_tasks.selling import sale_id

ITEM = {"type": "position", "name": "Кофе", "price": 100, "quantity": 2, "amount": 200}
SELL = {"type": "sell", "items": [ITEM], "payments": [{"type": "cash", "sum": 200}]}


def taken(task: dict[str, Any]) -> TillReceipt:
    """As it comes: through JSON, with exact decimals."""
    return receipt(numbers.read(json.dumps(task)), "en")


def item(**more: Any) -> dict[str, Any]:
    return {**SELL, "items": [{**ITEM, **more}]}


@pytest.mark.parametrize(
    ("task", "code", "path"),
    [
        ({**SELL, "items": []}, 501, "items"),
        (item(price="x"), 501, "items[0].price"),
        (item(price=None), 501, "items[0].price"),
        (item(price=-1), 501, "items[0].price"),
        (item(price=0.001), 501, "items[0].price"),
        (item(quantity=0), 501, "items[0].quantity"),
        (item(name=5), 501, "items[0].name"),
        (item(amount=400), 501, "items[0].amount"),
        (item(paymentMethod="later"), 501, "items[0].paymentMethod"),
        (item(paymentObject=99), 501, "items[0].paymentObject"),
        (item(tax={"type": "vat18"}), 144, "items[0].tax.type"),
        (item(measurementUnit=77), 501, "items[0].measurementUnit"),
        (item(agentInfo={"agents": ["agent"]}), 11, "items[0].agentInfo"),
        ({**SELL, "operationInfo": {"id": 1}}, 11, "operationInfo"),
        ({**SELL, "clientInfo": {"birthDate": "01.01.2000"}}, 11, "clientInfo.birthDate"),
        ({**SELL, "payments": []}, 501, "payments"),
        ({**SELL, "payments": [{"type": "barter", "sum": 200}]}, 501, "payments[0].type"),
        ({**SELL, "payments": [{"type": "5", "sum": 200}]}, 501, "payments[0].type"),
        ({**SELL, "payments": [{"type": "cash", "sum": 199.99}]}, 66, "199.99"),
        ({**SELL, "payments": [{"type": "electronically", "sum": 201}]}, 501, "201.00"),
        ({**SELL, "total": 150}, 501, "total"),
        ({**SELL, "total": 201}, 501, "total"),
        ({**SELL, "taxationType": "none"}, 501, "taxationType"),
        ({**SELL, "loyalty": {"spend": "all"}}, 501, "loyalty.spend"),
    ],
)
def test_what_is_wrong_is_named(task: dict, code: int, path: str) -> None:
    with pytest.raises(TaskError) as raised:
        taken(task)
    assert raised.value.code == code
    assert path in raised.value.description


@pytest.mark.parametrize(
    ("task", "payments"),
    [
        ({**SELL, "payments": [{"type": "0", "sum": 200}]}, {"cash": 20000}),
        ({**SELL, "payments": [{"type": 1, "sum": 200}, {"type": "0", "sum": 0}]}, {"electronically": 20000}),
        ({**SELL, "payments": [{"type": "cash", "sum": 500}]}, {"cash": 50000}),
        ({**SELL, "positionTax": 1, "deviceID": "x"}, {"cash": 20000}),
    ],
)
def test_what_clients_really_send(task: dict, payments: dict) -> None:
    assert taken(task).payments == payments


def test_words_of_a_position() -> None:
    given = {"paymentMethod": "4", "paymentObject": "service", "tax": {"type": "vat22"}, "measurementUnit": "kilogram"}
    (found,) = taken(item(**given, department=3, infoDiscountAmount=50)).positions
    wanted = Position("Кофе", 10000, 2_000_000, 20000, "vat22", 4, 4, 3, 11)
    assert found == wanted, "the discount is information: price and amount hold it already"
    assert taken(item(measurementUnit="шт")).positions[0].measure is None, "a short name of the older format"
    assert taken(item(paymentMethod="advance")).positions[0].flags == ("no_discount", "no_spend", "no_accrue")


@pytest.mark.parametrize(("given", "code"), [(4.0, 4), ("4", 4), (4, 4), ("fullPayment", 4), ("1", 1)])
def test_numbers_of_an_enumeration_as_clients_write_them(given: Any, code: int) -> None:
    assert taken(item(paymentMethod=given)).positions[0].method == code


@pytest.mark.parametrize("given", [4.5, True, [], "9" * 40, "4.0.0"])
def test_what_is_no_number_of_an_enumeration(given: Any) -> None:
    with pytest.raises(TaskError) as raised:
        taken(item(paymentMethod=given or [1]))
    assert raised.value.code == 501


@pytest.mark.parametrize(
    ("given", "code"), [("796", None), ("л", None), ("11", 11), (11.0, 11), ("0", None), (0, None)]
)
def test_a_measure_of_the_older_format_is_free_text(given: Any, code: int | None) -> None:
    """A code of the trade's own list ("796" is a piece there) costs no sale."""
    assert taken(item(measurementUnit=given)).positions[0].measure == code


def test_a_long_name_costs_no_sale() -> None:
    assert taken(item(name="Ж" * 200)).positions[0].name == "Ж" * 128


@pytest.mark.parametrize(
    ("refused", "vendor", "number"),
    [
        (Refused(0x46), "shtrih-m", 80),
        (Refused(0x2E), "shtrih-m", 80),
        (Refused(0x98), "atol", 80),
        (Refused(0x98), "shtrih-m", 12),
        (Refused(0x9C), "atol", 12),
        (Refused(0x46), "", 12),
        (Refused(44, shown="44 (no paper)"), "atol", 44),
    ],
)
def test_what_the_device_refused_is_no_unknown_outcome(refused: Refused, vendor: str, number: int) -> None:
    """15 tells a till that it may have happened (task reference, section 5)."""
    assert of_refusal(refused, vendor, "x", "en").code == number


def test_dropped_kopecks() -> None:
    task = {**item(price=100.5, amount=201), "total": 200.02, "payments": [{"type": "cash", "sum": 200.02}]}
    assert taken(task).total_kop == 20002


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"{", "JSON"),
        (b"[]", "JSON"),
        (b"\xff\xfe", "JSON"),
        (b'{"request": [{"type": "sell"}]}', "uuid"),
        (b'{"uuid": 5, "request": [{"type": "sell"}]}', "uuid"),
        (b'{"uuid": "", "request": [{"type": "sell"}]}', "uuid"),
        (b'{"uuid": "\\ud800", "request": [{"type": "sell"}]}', "uuid"),
        (b'{"uuid": "a"}', "request"),
        (b'{"uuid": "a", "request": []}', "request"),
        (b'{"uuid": "a", "request": {}}', "request"),
        (b'{"uuid": "a", "request": ["sell"]}', "request"),
        (b'{"uuid": "a", "request": [{"type": "sell"}, {"type": "openShift"}]}', "fiscal"),
    ],
)
def test_bodies_that_are_refused(body: bytes, key: str) -> None:
    with pytest.raises(TaskError) as raised:
        envelope(body, "en")
    assert raised.value.code == 505
    assert key in raised.value.description


def test_bodies_that_are_taken() -> None:
    bare = envelope(b'{"uuid": "qwertyui", "request": {"type": "reportX"}, "callbacks": {}}', "en")
    assert (bare.uuid, bare.tasks) == ("qwertyui", ({"type": "reportX"},))
    two = envelope(b'\xef\xbb\xbf{"uuid": "a", "request": [{"type": "sell"}, {"type": "nonFiscal"}]}', "en")
    assert len(two.tasks) == 2


def test_items_on_paper() -> None:
    paper = Capabilities(columns=10, double_columns=5, native_qr=True)
    items = [
        {"type": "text", "text": "по центру", "alignment": "center", "wrap": "words"},
        {"type": "text", "text": "раз два три", "wrap": "words"},
        {"type": "text", "text": "1234567890ab", "wrap": "chars"},
        {"type": "text", "text": "1234567890ab"},
        {"type": "text", "text": "право", "alignment": "right"},
        {"type": "text", "text": "X", "doubleWidth": True},
        {"type": "barcode", "barcodeType": "QR", "barcode": "https://x", "scale": 20},
    ]
    checked(items, "en")
    texts = ["по центру", "раз два", "три", "1234567890", "ab", "1234567890", "     право"]
    assert slip(items, paper, cut=False) == [*map(Text, texts), Text("X", double=True), Qr("https://x", 8)]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        ({"type": "barcode", "barcodeType": "EAN13", "barcode": "4601546021298"}, 11),
        ({"type": "pixels", "pixels": "", "width": 1}, 11),
        ({"type": "text", "text": 5}, 501),
        ({"type": "text", "text": "x", "alignment": "middle"}, 501),
        ({"type": "barcode", "barcodeType": "QR", "barcode": "x" * 401}, 501),
    ],
)
def test_items_that_cannot_be_printed(one: dict, code: int) -> None:
    with pytest.raises(TaskError) as raised:
        checked([one], "en")
    assert raised.value.code == code
    assert printable([one, {"type": "text", "text": "x"}], "en") == [{"type": "text", "text": "x"}]


def sold(number: int, name: str, list_kop: int, paid_kop: int, pieces: int) -> dict:
    item = {"price_kop": paid_kop, "quantity_micro": pieces * 1_000_000, "sum_kop": paid_kop * pieces}
    return {
        "number": number,
        "name": name,
        "price_kop": list_kop,
        "quantity_micro": pieces * 1_000_000,
        "items": [item],
    }


def test_a_return_finds_its_lines() -> None:
    task = {
        **SELL,
        "type": "sellReturn",
        "items": [{**ITEM, "quantity": 3, "amount": 300}],
        "loyalty": {"receipt": "99/5"},
    }
    task["payments"] = [{"type": "electronically", "sum": 300}]
    asked = taken(task)
    lines = [sold(1, "Кофе", 12000, 11000, 1), sold(2, "Чай", 10000, 9000, 9), sold(3, "Кофе", 10000, 9000, 2)]
    found = back(asked, named_sale(asked, "ИСХОДНЫЙ ЧЕК"), lines, "en")
    assert (str(found.receipt), found.lines, found.payment) == ("99/5", {3: 2_000_000, 1: 1_000_000}, "card")
    with pytest.raises(TaskError):
        back(asked, "99/5", lines[1:], "en")


def test_a_return_may_name_its_sale_in_a_requisite() -> None:
    attribute = {"type": "userAttribute", "name": "исходный чек", "value": "99/5", "print": True}
    asked = taken({**SELL, "type": "sellReturn", "items": [ITEM, attribute]})
    assert named_sale(asked, "ИСХОДНЫЙ ЧЕК") == "99/5"


def test_ids_of_sales() -> None:
    assert sale_id("qwertyui") == "atol:qwertyui"
    assert len(sale_id("ы" * 200)) <= 100
    assert sale_id("ы" * 200) != sale_id("ы" * 199)
