"""Every bad value at every member that counts, to the readers of the foreign protocols and of returns."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest
from kit.bad_input import ANYTHING, KINDS, no_documents, spoiled, written
from kit.kkm_till import check, line
from kit.till_atol import position
from kit.till_atol import sell as atol_sale

from pos_agent.api.atol_tasks import numbers
from pos_agent.api.atol_tasks.envelope import envelope
from pos_agent.api.atol_tasks.faults import TaskError
from pos_agent.api.atol_tasks.receipt import receipt
from pos_agent.api.kkmserver.check import read_check
from pos_agent.api.kkmserver.fields import WrongFieldError, parse
from pos_agent.api.sales import return_wanted
from pos_agent.checkout.contact import contact_tlvs
from pos_agent.errors import UsageError
from pos_agent.model.strict_json import NO_NUMBER, TwinKeyError, decimal, read

At = tuple[str | int, ...]
AT_ONCE_S = 5.0  # of this process: the machine may be busy with others
ITEM = {**position("Кофе", 100, 1), "paymentMethod": "fullPayment", "department": 1}
TASK = atol_sale(ITEM, card=100, clientInfo={"name": "ООО", "emailOrPhone": "a@example.org"}, loyalty={"spend": "none"})
ATOL_MEMBERS: dict[At, str] = {
    ("items",): "list",
    ("items", 0, "name"): "text",
    ("items", 0, "price"): "amount",
    ("items", 0, "quantity"): "amount",
    ("items", 0, "amount"): "amount",
    ("items", 0, "department"): "whole",
    ("items", 0, "tax"): "table",
    ("payments",): "list",
    ("payments", 1, "sum"): "amount",
    ("operator", "name"): "text",
    ("clientInfo", "name"): "text",
    ("clientInfo", "emailOrPhone"): "text",
    ("loyalty",): "table",
    ("loyalty", "spend"): "text",
}
CHECK = {
    "Command": "RegisterCheck",
    **check(
        line("Кофе", 100, 100, Tax=20), ElectronicPayment=100, CashierName="Иванова", ClientAddress="a@example.org"
    ),
    "ClientInfo": "ООО",
    "TaxVariant": 0,
    "UserAttribute": {"Name": "a", "Value": "b"},
}
ROW: At = ("CheckStrings", 0, "Register")
KKM_MEMBERS: dict[At, str] = {
    ("CheckStrings",): "list",
    ROW: "table",
    (*ROW, "Name"): "text",
    (*ROW, "Price"): "amount",
    (*ROW, "Quantity"): "amount",
    (*ROW, "Amount"): "amount",
    (*ROW, "Tax"): "amount",
    ("ElectronicPayment",): "amount",
    ("TypeCheck",): "amount",
    ("TaxVariant",): "amount",
    ("CashierName",): "text",
    ("ClientAddress",): "text",
    ("ClientInfo",): "text",
    ("UserAttribute",): "table",
    ("UserAttribute", "Value"): "text",
}
NUMBERS_ARE_TEXT = ("number",)  # to KkmServer's clients
WHOLE_AS_TEXT = ("digits in a text",)  # of both protocols
GOOD_HERE = {(*ROW, "Tax"): ("negative",)}  # without tax


def of_atol(content: bytes) -> None:
    receipt(envelope(b'{"uuid": "u", "request": [' + content + b"]}", "ru").tasks[0], "ru")


def of_kkm(content: bytes) -> None:
    given = parse(content)
    if given is None:
        raise WrongFieldError("no JSON")
    given.must_be_readable()
    read_check(given, 48)


def refused(reader: Callable[[bytes], None], content: bytes) -> str:
    """What is told. A traceback, a hang or an acceptance fails the test."""
    begun = time.process_time()
    with pytest.raises((TaskError, WrongFieldError)) as caught:
        reader(content)
    assert time.process_time() - begun < AT_ONCE_S
    return str(caught.value)


@pytest.mark.parametrize("path", ATOL_MEMBERS, ids=map(written, ATOL_MEMBERS))
def test_a_bad_member_of_an_atol_task(path: At) -> None:
    of_atol(json.dumps(TASK).encode())
    for name, raw in KINDS[ATOL_MEMBERS[path]].items():
        if name not in WHOLE_AS_TEXT:
            told = refused(of_atol, spoiled(TASK, path, raw))
            word = str(path[-1])
            assert word in told or (word in ("items", "price", "quantity", "sum") and name not in ANYTHING), (
                name,
                told,
            )


@pytest.mark.parametrize("path", KKM_MEMBERS, ids=map(written, KKM_MEMBERS))
def test_a_bad_member_of_a_kkmserver_check(path: At) -> None:
    of_kkm(json.dumps(CHECK).encode())
    for name, raw in KINDS[KKM_MEMBERS[path]].items():
        if name not in (NUMBERS_ARE_TEXT if KKM_MEMBERS[path] == "text" else GOOD_HERE.get(path, ())):
            told = refused(of_kkm, spoiled(CHECK, path, raw))
            assert str(path[-1]) in told or (str(path[0]) in told and name not in ANYTHING), (name, told)


@pytest.mark.parametrize("reader", [of_atol, of_kkm])
def test_bodies_that_are_none(reader: Callable[[bytes], None]) -> None:
    good = TASK if reader is of_atol else CHECK
    for content in no_documents(good).values():
        refused(reader, content)


def test_a_member_twice_in_letters_of_another_case() -> None:
    body = json.dumps(CHECK).encode()
    assert "'amount'" in refused(of_kkm, body.replace(b'"Amount": 100', b'"Amount": 100, "amount": 1'))


@pytest.mark.parametrize(("name", "raw"), ANYTHING.items(), ids=ANYTHING)
def test_what_nobody_can_read_is_told_by_its_path_wherever_it_stands(name: str, raw: str) -> None:
    """Also in members that are not looked at."""
    foreign = {**TASK, "foreign": [{"deep": 0}, 0]}
    for path in (("foreign", 0, "deep"), ("foreign", 1), ("items", 0, "price")):
        assert f"request[0].{written(path)}." in refused(of_atol, spoiled(foreign, path, raw)), name
    own = {**CHECK, "Foreign": [{"Deep": 0}, 0]}
    for path, told in (
        (("Foreign", 0, "Deep"), "Foreign[1].Deep"),
        (("Foreign", 1), "Foreign[2]"),
        (("Cash",), "Cash"),
    ):
        assert refused(of_kkm, spoiled(own, path, raw)) == f"Не принято поле {told}", name


def test_half_a_pair_in_a_name() -> None:
    assert "\\ud800" in refused(of_atol, json.dumps({**TASK, "\ud800": 1}).encode())
    assert "\\ud800" in refused(of_kkm, json.dumps({**CHECK, "\ud800": 1}).encode())


def test_exponents_beyond_floats_are_no_numbers() -> None:
    for text in ("1e9999999999999999999", "-1e-9999999999999999999", "1e309", "1e-309", "0e999999999"):
        assert decimal(text) is NO_NUMBER, text
    assert [str(decimal(text)) for text in ("1e308", "-1e-308", "0.1")] == ["1E+308", "-1E-308", "0.1"]
    assert numbers.kop(numbers.read("1e15")) is None
    assert [numbers.kop(text) for text in ("1_0", "\u0663", "１", " 1", "1")] == [None, None, None, 100, 100]


def test_a_number_that_would_fill_the_memory_is_not_written_out() -> None:
    """Beside a surrogate pair, which made the whole request be written again."""
    assert "request[0].x" in refused(of_atol, b'{"type": "sell", "y": "\\ud83d\\ude00", "x": 1e99999999}')


def test_json_reads_one_way_only() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert read('{"a": ' + "9" * 5000 + "}") == {"a": float("inf")}
    with pytest.raises(TwinKeyError) as caught:
        read('{"b": {"a": 1, "a": 1}}')
    assert caught.value.key == "a"
    for content in ('{"a": 1}'.encode("utf-16"), '{"a": 1}'.encode("utf-32"), b"\xff", b"[" * 100_000):
        with pytest.raises((ValueError, RecursionError)):
            read(content)


@pytest.mark.parametrize("number", ["\u0663", "\u00b2", "1" * 5000, "-1", "1.5", "", " 1", "10000"])
def test_a_line_of_a_return_is_a_plain_number(number: str) -> None:
    with pytest.raises(UsageError, match="API-01"):
        return_wanted({"lines": {number: "1"}})


NO_QUANTITIES = (1.5, 1e30, True, None, [], "\u0663", "1e3", "1_0", "-1", "0", "NaN", "1" * 5000, "0.0000001")
NO_CONTACTS = ("\x1b@", "a\nb", "a\0", "\u0663", "\U0001f600", "x" * 65, "\u202ea@example.org", "\ud800")


@pytest.mark.parametrize("quantity", NO_QUANTITIES)
def test_a_quantity_of_a_return_is_a_plain_number(quantity: object) -> None:
    with pytest.raises(UsageError, match="API-01"):
        return_wanted({"lines": {"1": quantity}})


def test_a_good_return() -> None:
    assert return_wanted({"lines": {"1": "0.5", "12": "2"}})[0] == {1: 500_000, 12: 2_000_000}


@pytest.mark.parametrize("contact", NO_CONTACTS, ids=ascii)
def test_a_contact_that_no_document_can_hold(contact: str) -> None:
    with pytest.raises(UsageError, match="API-01"):
        contact_tlvs(contact)


def test_contacts_as_they_are() -> None:
    assert contact_tlvs("") == ()
    assert contact_tlvs("+79160000042")[0].endswith(b"+79160000042")
    assert contact_tlvs("анна@пример.рф")
