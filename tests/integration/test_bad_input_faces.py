"""Bad members and bad bodies through every face of one register: a code and the member, 4xx, no byte to the printer.

The tables are in kit.bad_input; here is only how each face is spoken to. What the readers of the foreign protocols make
of every value is tried without a register in tests/unit/bad_input.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from kit.bad_input import KINDS, no_documents, spoiled
from kit.every_face import EveryFace
from kit.http_agent import CARD
from kit.kkm_till import check, line
from kit.till_atol import position
from kit.till_atol import sell as atol_sale

Path = tuple[str | int, ...]
AT_ONCE_S = 5.0
LINE = {"id": "1", "name": "Кофе", "price_kop": 10_000, "qty": "2", "flags": []}
PAID = {"kind": "card", "sum_kop": 20_000}
BASKET = {"lines": [LINE], "at": "2026-11-21T18:05:00+03:00", "codes": [], "payments": [PAID], "spend_pt": 0}
IN_BASKET: dict[Path, str] = {
    ("basket",): "table",
    ("basket", "lines"): "list",
    ("basket", "lines", 0, "price_kop"): "whole",
    ("basket", "lines", 0, "qty"): "quantity",
    ("basket", "lines", 0, "name"): "text",
    ("basket", "at"): "moment",
    ("basket", "codes"): "list",
    ("basket", "payments", 0, "sum_kop"): "whole",
}
NUMBERS = count(1)
UNLIKE = ("line feed", "control", "escape")  # of a customer, who is then nobody: no part of the receipt


@dataclass(frozen=True)
class Face:
    """`own` names the member that is new in every request. `few`: of each table so many values, where it takes long."""

    name: str
    path: str
    body: dict[str, Any]
    members: dict[Path, str]
    own: str = ""
    few: int = 100


def answered(status: int, told: Any) -> str:
    """The code of a refusal; "" of anything else."""
    return str(told["error"]["code"]) if 400 <= status < 500 and "error" in told else ""


FACES = [
    Face("own", "/v1/quote", {"basket": BASKET, "customer": CARD}, IN_BASKET, few=8),
    Face(
        "own",
        "/v1/sales",
        {"sale": "s", "basket": BASKET, "contact": "", "ask": False, "wait_s": 0},
        {
            ("sale",): "text",
            ("contact",): "text",
            ("ask",): "flag",
            ("wait_s",): "amount",
            ("basket", "lines", 0, "price_kop"): "whole",
        },
        own="sale",
    ),
    Face(
        "own",
        "/v1/sales/s-1/confirm",
        {"spend": "exact", "spend_pt": 100, "manual": False},
        {("spend",): "text", ("spend_pt",): "whole", ("manual",): "flag"},
    ),
    Face(
        "own",
        "/v1/sales/s-1/fiscalise",
        {"payments": [PAID], "wait_s": 5},
        {("payments",): "list", ("payments", 0, "sum_kop"): "whole", ("payments", 0, "kind"): "text"},
    ),
    Face(
        "own",
        "/v1/returns",
        {"return": "r", "receipt": "9999078902001234/3", "lines": {"1": "1"}, "payment": "card"},
        {("return",): "text", ("lines",): "table", ("lines", "1"): "quantity", ("payment",): "text"},
        own="return",
    ),
    Face(
        "own",
        "/v1/customers",
        {"name": "Анна", "phone": "+79161112233", "consent": True, "answers": {"кофе": "да"}},
        {("consent",): "flag", ("answers",): "table"},
    ),
    Face(
        "socket",
        "/private/sell",
        {"sale": "s", "basket": BASKET, "contact": "", "cashier": "", "manual": False},
        {**IN_BASKET, ("sale",): "text", ("contact",): "text", ("manual",): "flag"},
        own="sale",
    ),
    Face(
        "socket",
        "/private/return",
        {"sale": "r", "receipt": "9999078902001234/3", "lines": {"1": "1"}, "payment": "card"},
        {("lines", "1"): "quantity", ("payment",): "text"},
        own="sale",
    ),
    Face("socket", "/private/return", {"sale": "r", "basket": BASKET}, IN_BASKET, own="sale", few=6),
    Face("socket", "/private/rules.import", {"content": "[program]", "format": "toml"}, {("format",): "text"}),
    Face(
        "atol",
        "/api/v2/requests",
        {"uuid": "u", "request": [atol_sale(position(), card=100)]},
        {
            ("uuid",): "text",
            ("request", 0, "items", 0, "price"): "amount",
            ("request", 0, "items", 0, "name"): "text",
            ("request", 0, "operator", "name"): "text",
            ("request", 0, "payments", 1, "sum"): "amount",
        },
        own="uuid",
        few=5,
    ),
    Face(
        "kkm",
        "/Execute",
        {"Command": "RegisterCheck", "IdCommand": "i", "Timeout": 20}
        | check(line("Кофе", 100, 100, Tax=20), ElectronicPayment=100, CashierName="Иванова"),
        {
            ("CheckStrings",): "list",
            ("CheckStrings", 0, "Register", "Amount"): "amount",
            ("CheckStrings", 0, "Register", "Quantity"): "amount",
            ("ElectronicPayment",): "amount",
            ("CashierName",): "text",
        },
        own="IdCommand",
    ),
]
AS_TEXT = {"kkm": ("number",), "atol": ()}  # there a number is a text as well
NOT_BAD = {("wait_s",): ("fraction",), ("payment",): ()}


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EveryFace]:
    made = EveryFace(tmp_path_factory.mktemp("faces"))
    made.sale("s-1")
    yield made
    made.close()


def told(register: EveryFace, face: Face, body: bytes) -> tuple[str, str]:
    """(code of the refusal, "" when it was none; the whole answer as text)."""
    register.register.wire.reset()
    begun = time.monotonic()
    answer = register.send(face.name, face.path, body)
    if face.name == "atol" and answer.status_code == 201:
        (result,) = register.results(json.loads(body)["uuid"])
        code, text = (str(result["error"]["code"]) if result["status"] == "error" else ""), json.dumps(result)
    elif face.name == "kkm" and answer.status_code == 200:
        code, text = ("refused" if answer.json()["Status"] in (2, 3) else ""), answer.json()["Error"]
    elif face.name == "kkm":
        code, text = ("refused" if 400 <= answer.status_code < 500 else ""), answer.text
    else:
        code, text = answered(answer.status_code, answer.json()), json.dumps(answer.json(), ensure_ascii=False)
    assert time.monotonic() - begun < AT_ONCE_S
    assert answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text
    assert "AGT-04" not in answer.text
    return code, text


def once(face: Face, body: dict[str, Any]) -> dict[str, Any]:
    return {**body, face.own: f"n-{next(NUMBERS)}"} if face.own else body


def by_name(face: Face) -> str:
    return f"{face.name}{face.path}"


def values(face: Face, path: Path, kind: str) -> list[tuple[str, str]]:
    """Those of the table that are bad here; of a slow face some, others for each member."""
    left_out = AS_TEXT.get(face.name, ()) if kind == "text" else NOT_BAD.get(path, ())
    found = [(name, raw) for name, raw in KINDS[kind].items() if name not in left_out]
    first = sum(map(len, map(str, path))) % len(found)
    return (found[first:] + found[:first])[: face.few]


@pytest.mark.parametrize("face", FACES, ids=by_name)
def test_a_bad_member_is_refused_by_its_name(register: EveryFace, face: Face) -> None:
    for path, kind in face.members.items():
        for name, raw in values(face, path, kind):
            code, text = told(register, face, spoiled(once(face, face.body), path, raw))
            assert code, (path, name, text)
            word = next(str(key) for key in reversed(path) if isinstance(key, str) and not key.isdigit())
            assert word in text, (path, name, text)
            assert register.register.wire.frames == [], (path, name)


@pytest.mark.parametrize("face", FACES, ids=by_name)
def test_what_is_no_request_at_all(register: EveryFace, face: Face) -> None:
    for name, body in no_documents(once(face, face.body)).items():
        code, text = told(register, face, body)
        assert code, (name, text)
        assert register.register.wire.frames == [], name


@pytest.mark.parametrize("face", FACES, ids=by_name)
def test_ten_megabytes(register: EveryFace, face: Face) -> None:
    code, text = told(register, face, b'{"a": "' + b"x" * 10_000_000 + b'"}')
    assert code, text


def test_a_price_said_twice_sells_nothing(register: EveryFace) -> None:
    """The last of the two would have been taken."""
    for face in FACES:
        body = json.dumps(once(face, face.body), ensure_ascii=False)
        for price in ('"price_kop": 10000', '"price": 100', '"Price": 100'):
            if price in body:
                code, text = told(register, face, body.replace(price, f"{price}, {price[:-1]}", 1).encode())
                assert (bool(code), price.split('"')[1].casefold() in text.casefold()) == (True, True), text
                assert register.register.wire.frames == []


def test_a_basket_of_very_many_lines(register: EveryFace) -> None:
    many = [{"id": str(number), "price_kop": 100, "qty": "1"} for number in range(1_001)]
    for face in FACES:
        if "basket" in face.body:
            code, text = told(register, face, json.dumps({**once(face, face.body), "basket": {"lines": many}}).encode())
            assert (code, "basket" in text) == ("API-01", True), text
            assert register.register.wire.frames == []


ODD: dict[str, tuple[Callable[[dict], dict], int]] = {
    "names of every kind": (lambda one: {**one, "name": "\u202eфеоК \u200b👩‍👩‍👧"}, 20_000),
    "the least quantity": (lambda one: {**one, "qty": "0.000001"}, 0),
    "a third": (lambda one: {**one, "qty": "0.333333"}, 3_333),
    "zeros before": (lambda one: {**one, "qty": "0002.5"}, 25_000),
    "the dearest": (lambda one: {**one, "price_kop": 10**12, "qty": "1"}, 10**12),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_and_right_costs_what_it_costs(register: EveryFace, name: str) -> None:
    change, gross = ODD[name]
    body = {"basket": {"lines": [change(LINE)]}}
    answer = register.send("own", "/v1/quote", json.dumps(body).encode())
    assert answer.json()["quote"]["totals"]["payable_kop"] == gross


def test_after_all_this_it_sells(register: EveryFace) -> None:
    before = register.printed()
    for face in FACES:
        if face.path in ("/private/sell", "/api/v2/requests", "/Execute"):
            code, text = told(register, face, json.dumps(once(face, face.body)).encode())
            assert code == "", text
    assert register.printed() == before + 3
    assert {total for _, _, total in register.register.receipts()[-3:]} == {20_000, 10_000}
