"""Slips that people ask for, from a sale to the paper: why this sum, a note to the owner, a balance, invitations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import pytest
from kit.sale_register import SaleRegister

from pos_agent.api.operation import Parts
from pos_agent.api.slips import ask, today
from pos_agent.config import Config, PrinterSection
from pos_agent.errors import AgentError, PrinterError
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.actor import PrinterActor
from pos_agent.printing.watch import Watch

RULES = """
[program]
id = "test"
name = "Тест"
[program.cards]
claim_days = 3
[accrue]
tiers = [
  { name = "Серебро", from_kop = 0, bp = 500 },
  { name = "Золото", from_kop = 5_000_000, bp = 700 },
]
step_pt = 100
[spend]
cap_bp = 3000
step_pt = 100
[[rule]]
id = "evening"
name = "Вечерняя выпечка, 18:00-20:00"
kind = "item_percent"
bp = 500
scope = { categories = ["bakery"] }
[[rule]]
id = "coupon"
name = "Купон -10 %"
kind = "item_percent"
bp = 1000
when = { codes = ["AUTUMN"] }
[[rule]]
id = "cups"
name = "Шестая чашка"
kind = "punch_card"
every = 6
counter = "cup"
scope = { names = ["Кофе"] }
[[blacklist]]
id = "tobacco"
categories = ["tobacco"]
flags = ["no_discount", "no_spend", "no_accrue"]
"""
CROISSANT = {"id": "1", "name": "Круассан", "price_kop": 9_990, "qty": "3", "category": "bakery"}
COFFEE = {"id": "2", "name": "Кофе", "price_kop": 34_995, "qty": "2"}
MILK = {"id": "3", "name": "Молоко", "price_kop": 9_400, "qty": "1"}
TOBACCO = {"id": "4", "name": "Табак", "price_kop": 23_900, "qty": "1", "category": "tobacco"}


class AtOnce:
    """The printer's thread, here: what it is asked happens now."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def ask(self, work: Callable[[Watch], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(self.watch))
        except AgentError as error:
            done.set_exception(error)
        return done


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path, slips=True)
    with made.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
    made.give(84_000)
    yield made
    made.close()


def parts_of(register: SaleRegister) -> Parts:
    config = Config(printer=PrinterSection(port="/dev/none"))
    actor = cast(PrinterActor, AtOnce(register.watch))
    return Parts(config, register.store, register.clock, register.ids, actor)


def printed(register: SaleRegister, **args: str) -> list[str]:
    """Ask for a slip, let the printer come to rest: its lines on paper."""
    register.step(60)
    before = len(register.tape.marks)
    asked = ask(parts_of(register), args)
    assert isinstance(asked, Future)
    assert asked.result(timeout=0)["slip"].startswith("slip:asked:")
    register.step(60)
    return [line.strip("│") for line in register.tape.text(before).splitlines() if line.startswith("│")]


def evening(register: SaleRegister, sale_id: str = "a") -> dict[str, Any]:
    who = {"customer": register.customer, "spend": 32_300}
    return register.sale(sale_id, CROISSANT, COFFEE, MILK, TOBACCO, **who)


def test_why_can_be_reckoned_again(register: SaleRegister) -> None:
    """The figures of the story: 299.70 less 14.985, less 85.2591 of 323 points, 37.7805 earned."""
    sale = evening(register)
    assert sale["total_kop"] == 99_461
    lines = printed(register, kind="why", document=sale["document"])
    assert [line.strip() for line in lines[:2]] == ["ПОЧЕМУ ТАК", "НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ"]
    assert re.fullmatch(r"Покупка 21\.11\.2026 \d\d:\d\d +правила от \d\d\.\d\d", lines[2])
    at = lines.index("КРУАССАН 3 x 99.90".ljust(42) + "299.70")
    assert [" ".join(line.split()) for line in lines[at : at + 5]] == [
        "КРУАССАН 3 x 99.90 299.70",
        "Вечерняя выпечка, 18:00-20:00 -14.99",
        "5 % от 299.70 = 14.985, до копейки",
        "Баллы, доля этого товара -85.26",
        "323 x 284.71 : 1078.61 = 85.2591",
    ]
    at = next(number for number, line in enumerate(lines) if line.startswith("БАЛЛЫ"))
    assert [" ".join(line.split()) for line in lines[at : at + 9]] == [
        "БАЛЛЫ 323",
        "30 % от 1078.61=323.583, целых 323",
        "просили 323",
        "табак 239.00 не считается",
        "НАЧИСЛЕНО 37",
        "5 % от 755.61 = 37.7805, целых 37",
        "НЕ СРАБОТАЛО",
        "Купон -10 %: не предъявлен",
        "Золото 7 %: вы на уровне Серебро",
    ]
    with register.store.reading() as view:
        (chained,) = view.ledger.by_document(_number(sale["document"]))
    sign = chained.event.facts["hash"].upper()
    assert lines[at + 9].strip() == f"Проверка {sign[:4]}-{sign[4:8]}"
    whole = " ".join(lines).casefold()
    assert not [word for word in ("итог", "ндс", "фн ", "фд ", "фп ") if word in whole]


def test_the_same_points_are_on_the_receipts_own_slip(register: SaleRegister) -> None:
    evening(register)
    register.step(60)
    tape = register.tape.text()
    assert re.search(r"Списано +-323", tape)
    assert re.search(r"Шестая чашка, штампы +2 из 6", tape)
    assert "ещё 3 штампа, и шестой - в подарок" in tape


def test_why_of_a_receipt_that_the_program_did_not_touch(register: SaleRegister) -> None:
    """Nobody's receipt has a price of the agent all the same; of a return there is nothing to tell."""
    bare = register.sale("b", MILK)
    lines = printed(register, kind="why", document=bare["document"])
    assert "Начисление: покупатель не назван" in [line.strip() for line in lines]
    sale = evening(register)
    back = register.desk.sell(register.orders.sale_return("r", _number(sale["document"]), {1: 1_000_000}, "", None))
    with pytest.raises(AgentError) as refused:
        ask(parts_of(register), {"kind": "why", "document": back["document"]})
    assert refused.value.code == "SLP-02"
    with pytest.raises(AgentError) as unknown:
        ask(parts_of(register), {"kind": "why", "document": "9999078902001234/999"})
    assert unknown.value.code == "DOC-02"


def test_a_return_names_what_came_back(register: SaleRegister) -> None:
    sale = evening(register)
    register.step(60)
    before = len(register.tape.marks)
    register.desk.sell(register.orders.sale_return("r", _number(sale["document"]), {1: 1_000_000}, "", None))
    register.step(60)
    tape = register.tape.text(before)
    assert re.search(r"Круассан, вернули +1 из 3", tape)
    assert re.search(r"Вернули списанные ранее +\+28\.42", tape)
    assert "штампы" not in tape, "croissants are on no card"


def test_a_return_takes_stamps_and_says_so(register: SaleRegister) -> None:
    sale = evening(register)
    register.step(60)
    before = len(register.tape.marks)
    register.desk.sell(register.orders.sale_return("r", _number(sale["document"]), {2: 1_000_000}, "", None))
    register.step(60)
    assert re.search(r"Шестая чашка, штампы +1 из 6", register.tape.text(before))


def test_why_and_notes_are_no_slip_of_the_receipt(register: SaleRegister) -> None:
    """Asked for again, a receipt's slip is the receipt's: also when another was printed after it."""
    bare = register.sale("b", MILK)
    printed(register, kind="why", document=bare["document"])
    with pytest.raises(AgentError) as refused:
        ask(parts_of(register), {"document": bare["document"]})
    assert refused.value.code == "SLP-02"
    sale = evening(register)
    printed(register, kind="why", document=sale["document"])
    assert printed(register, document=sale["document"])[0].strip().startswith("ПОВТОР")
    listed = today(parts_of(register), {})["slips"]
    assert sorted(one["kind"] for one in listed) == ["receipt", "receipt", "why", "why"]


def test_the_note_says_how_long_the_storage_lasts(register: SaleRegister) -> None:
    register.sale("b", MILK)
    lines = [" ".join(line.split()) for line in printed(register, kind="note")]
    assert lines[:2] == ["ЗАПИСКА ВЛАДЕЛЬЦУ", "НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ"]
    passport = register.watch.line.printer.passport().reply
    today_ = register.clock.local().date()
    assert f"Накопитель: осталось дней {(passport.expires - today_).days}" in lines
    assert f"до {passport.expires:%d.%m.%Y}" in lines
    assert "Нужна замена накопителя." in lines
    assert [one["kind"] for one in today(parts_of(register), {})["slips"]] == ["note"]


def test_a_note_without_a_printer_is_refused(register: SaleRegister) -> None:
    config = Config(printer=PrinterSection(port="/dev/none"))
    alone = Parts(config, register.store, register.clock, register.ids)
    with pytest.raises(PrinterError) as refused:
        ask(alone, {"kind": "note"})
    assert refused.value.code == "PRN-03"
    register.wire.cut(3600.0)
    asked = ask(parts_of(register), {"kind": "note"})
    assert isinstance(asked, Future)
    assert isinstance(asked.exception(timeout=0), PrinterError)


def test_a_balance_tells_stamps_and_every_lot(register: SaleRegister) -> None:
    evening(register)
    lines = [" ".join(line.split()) for line in printed(register, kind="balance", customer="7Q4M2XKD9W")]
    assert "Шестая чашка, штампы 2 из 6" in lines
    assert "Д О С Т У П Н О 5 5 4" in lines  # 840 - 323 + 37


def test_an_invitation_is_for_its_receipt_and_says_until_when(register: SaleRegister) -> None:
    sale = register.sale("b", COFFEE)
    sold_at = register.clock.local()
    register.clock.advance(3600.0)
    lines = [" ".join(line.split()) for line in printed(register, kind="invitation", document=sale["document"])]
    assert lines[3] == "За эту покупку было бы 34"  # 5 % of 699.90, whole points
    assert f"Покупка {sold_at:%d.%m.%Y %H:%M}" in lines
    assert "и баллы этой покупки ваши:" in lines
    assert "ждём до 24.11.2026" in lines


def _number(document: str) -> DocumentId:
    return DocumentId.parse(document)
