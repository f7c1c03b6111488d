"""The shape of answers, and the words that tills act upon (`kkmserver.md`, sections 3 and 4)."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.api.kkmserver.answers import DONE, FAILED, RUNNING, FailedError, Name, answer, sentence
from pos_agent.api.kkmserver.fields import parse
from pos_agent.api.kkmserver.logins import spelled
from pos_agent.api.kkmserver.sale import sale_id, sale_of
from pos_agent.api.kkmserver.units import choose, devices, tax_variants
from pos_agent.api.kkmserver.works import document
from pos_agent.config_parts import PartsSection
from pos_agent.errors import PrinterError
from pos_agent.store.splits import part_id

UNKNOWN = ("SAL-01", "SAL-02", "CSH-01", "AGT-01", "AGT-04", "PRN-03")


@pytest.mark.parametrize("code", UNKNOWN)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_unknown_outcome_never_has_words_that_make_a_till_ring_it_up_again(code: str, language: str) -> None:
    error = PrinterError(code, lines=("Смена больше 24 часов", "Нет лицензии"), trace="abc")
    told = sentence(error, language, unknown=True).casefold()
    assert "смен" not in told
    assert "лиценз" not in told
    assert code.casefold() in told


def test_a_shift_over_24_hours_is_told_as_the_original_tells_it() -> None:
    told = sentence(PrinterError("SHF-01"), "ru")
    assert "( 61 : ККТ: " in told
    assert "смен" in told.casefold()


def test_a_refusal_carries_the_devices_own_code() -> None:
    told = sentence(PrinterError("SAL-03", lines=("Нет ставки.", "FF46h refused with 33h")), "ru")
    assert told.startswith("Ошибка регистрации ( 33h : ККТ: Нет ставки )")
    refused = PrinterError("PRN-09")
    refused.params = {"code": "46h", "text": "Мало денег."}
    assert sentence(refused, "ru").startswith("Ошибка регистрации ( 46h : ККТ: Мало денег )")


@pytest.mark.parametrize("status", [FAILED, RUNNING])
def test_members_of_the_result_are_there_only_when_it_is_done(status: int) -> None:
    assert "CheckNumber" in answer(Name("RegisterCheck"), DONE, CheckNumber=1)
    assert "CheckNumber" not in answer(Name("RegisterCheck"), status, "x", CheckNumber=1)


def test_a_sale_has_one_name_for_one_command() -> None:
    assert sale_id("abc") == "kkm-abc"
    odd = [sale_id(text) for text in ("x" * 128, "y" * 128, "ы", "э")]
    assert len(set(odd)) == len(odd)
    assert all(len(one) <= 100 and one.isascii() for one in odd)


@pytest.mark.parametrize("length", range(92, 99))
def test_a_sale_id_leaves_room_for_the_numbers_of_its_parts(length: int) -> None:
    name = sale_id("i" * length)
    assert len(part_id(name, 9)) <= 100
    assert (name == "kkm-" + "i" * length) is (length <= 93), "shorter ones are as they always were"
    assert len({sale_id("i" * length), sale_id("j" * length), sale_id("i" * (length + 1))}) == 3


@pytest.mark.parametrize("length", range(92, 99))
def test_a_command_begun_before_its_sale_was_written_down_finds_the_sale(length: int) -> None:
    """Of an id that had the readable name then and would get another one now."""
    key = "i" * length
    old: Any = SimpleNamespace(key=key, content={"offer": {}})
    assert (sale_of(old) == f"kkm-{key}") is (length <= 96)
    begun: Any = SimpleNamespace(key=key, content={"offer": {}, "sale": sale_id(key)})
    assert sale_of(begun) == sale_id(key)


def parts() -> Any:
    identity = SimpleNamespace(serial="0017", inn="7707083893")
    watch = SimpleNamespace(line=SimpleNamespace(state=SimpleNamespace(identity=identity)))
    agent = SimpleNamespace(register_name="till-1")
    config = SimpleNamespace(agent=agent, stations=("till-1",), parts=PartsSection())
    return SimpleNamespace(actor=SimpleNamespace(watch=watch), config=config)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, True),
        ({"NumDevice": 0, "KktNumber": "", "InnKkm": "", "TaxVariant": ""}, True),
        ({"NumDevice": 1, "KktNumber": "0017"}, True),
        ({"IdDevice": devices(parts())[0].id.upper()}, True),
        ({"IdDevice": "other"}, False),
        ({"NumDevice": 2}, False),
        ({"NumDevice": -1}, False),
        ({"NumDevice": 1, "KktNumber": "0018"}, False),
        ({"InnKkm": "1"}, False),
        ({"NumDevice": 1, "InnKkm": "1"}, True),
    ],
)
def test_the_choice_of_the_device(asked: dict, found: bool) -> None:
    fields = parse(json.dumps(asked).encode())
    assert fields is not None
    if found:
        choose(fields, parts())
        return
    with pytest.raises(FailedError, match=r"^Устройство \(с параметрами .+\) не найдено") as caught:
        choose(fields, parts())
    assert caught.value.status == 3


def test_logins_without_case() -> None:
    known = dict(spelled((("Admin", "x"), ("касса", ""))))
    assert known["admin"] == known["ADMIN"] == known["Admin"] == "x"
    assert known["КАССА"] == ""


def test_tax_variants_of_the_bits() -> None:
    assert tax_variants({"tax_systems": 0b101001}) == "0,3,5"
    assert tax_variants({}) == ""


def test_a_document_that_cannot_be_printed_whole_is_not_begun() -> None:
    fields = parse(json.dumps({"CheckStrings": [{"PrintText": {"Text": "a\r\nb"}}, {"PrintImage": {}}]}).encode())
    assert fields is not None
    with pytest.raises(ValueError, match="PrintImage"):
        document(fields, 32)
