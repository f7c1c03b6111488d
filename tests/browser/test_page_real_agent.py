"""The page before the real agent: real desk, driver, emulator, database; the till is another client of it.

One agent sells for the whole file, so each test counts what it adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.cashier import PERSON_MS, SETTLED, Cashier
from browser.conftest import SCREEN
from browser.installer import WEDGE
from browser.real_agent import PIN, SENIOR, RealAgent, Till
from kit.http_agent import BASKET, CARD
from kit.sale_story import at
from kit.waiting import until
from playwright.sync_api import Browser

from emulator.marks import QrMark

PHONE, LAST = "9160000042", "0042"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAgent]:
    made = RealAgent(tmp_path_factory.mktemp("real"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def at_the_till(browser: Browser, real: RealAgent, artefacts: Path) -> Iterator[Cashier]:
    """One page for the whole file."""
    context = browser.new_context(**SCREEN)
    context.add_init_script(f"localStorage.setItem('pos-agent.token', '{real.tokens['cashier']}')")
    yield Cashier(context.new_page(), real.address, artefacts)
    context.close()


@pytest.fixture
def page(at_the_till: Cashier, real: RealAgent) -> Iterator[Cashier]:
    at_the_till.begin(real.address)
    at_the_till.open()
    at_the_till.screen("S1")
    at_the_till.sees("Принтер")
    yield at_the_till
    real.calm()
    at_the_till.end()


def till(page: Cashier, real: RealAgent, sale_id: str) -> Till:
    """A till asks, the page shows it."""
    asked = Till(real, sale_id)
    page.sees("В чеке 1 товар", "200,00")
    return asked


def test_scanned_spent_paid_and_the_slip_comes_out(page: Cashier, real: RealAgent) -> None:
    before, paper = len(real.receipts()), len(real.paper_text())
    asked = till(page, real, "spent")
    page.scan(CARD)
    page.screen("S4")
    page.sees("Анна К.", "Старт · 10 %", "До уровня Серебро", "ДОСТУПНО 50", "НАЧИСЛИТЬ +20", "СПИСАТЬ до 50")
    page.picture("real-S4")
    page.keys("NumpadMultiply")
    page.screen("S5")
    page.sees("150,00", "Начислим 15")
    page.picture("real-S5")
    page.digits("30")
    page.sees("СПИСАТЬ 30", "170,00")
    page.enter()
    page.saw("S8", "ЧЕК 170,00", "списано 30, начислено 17", "Доступно")
    done = asked.done()
    assert (done["state"], done["answer"]["total_kop"], done["answer"]["spent_pt"]) == ("registered", 17_000, 3000)
    assert real.receipts()[before:] == [17_000]
    until(lambda: all(one in real.paper_text()[paper:] for one in ("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ", "Анна К.", "-30")))


def test_the_phone_finds_and_one_key_earns(page: Cashier, real: RealAgent) -> None:
    before = len(real.receipts())
    asked = till(page, real, "phone")
    page.digits(PHONE)
    page.screen("S4")
    page.sees("Анна К.", "*42", "Кофе: 2 штампа из 60")
    page.enter()
    page.saw("S8", "начислено 20")
    assert asked.done()["answer"]["customer"] == real.register.customer
    assert real.receipts()[before:] == [20_000]


def test_the_last_four_digits_find_and_the_customer_is_taken_off_again(page: Cashier, real: RealAgent) -> None:
    before = len(real.receipts())
    asked = till(page, real, "digits")
    page.digits(LAST)
    page.enter()
    page.screen("S4")
    page.sees("Анна К.")
    page.keys("F4")
    page.saw("S8", "ПРОБИТ")
    assert asked.done()["answer"]["customer"] is None
    assert real.receipts()[before:] == [20_000]


def test_a_reload_in_the_middle_comes_back_to_the_customer(page: Cashier, real: RealAgent) -> None:
    before = len(real.receipts())
    real.sale("reload")
    page.sees("В чеке 1 товар")
    page.scan(CARD)
    page.screen("S4")
    page.open()
    page.screen("S4")
    page.sees("Анна К.", "ДОСТУПНО")
    assert real.client().request("DELETE", "/v1/sales/reload", json={}).status_code == 200
    page.screen("S1")
    assert len(real.receipts()) == before


def test_paper_ends_while_the_receipt_is_printed(page: Cashier, real: RealAgent) -> None:
    before = len(real.receipts())
    asked = till(page, real, "paper")
    page.scan(CARD)
    page.screen("S4")
    real.register.device.paper_out(3)
    page.enter()
    page.screen("S13")
    page.sees("КОНЧИЛАСЬ БУМАГА", "уже записан в накопителе", "Не пробивайте заново.")
    page.picture("real-S13")
    real.register.device.paper_in()
    page.page.wait_for_selector(".screen.S8, .screen.S1")  # S8 was seen before, or is seen now
    assert asked.done()["state"] == "registered"
    assert real.receipts()[before:] == [20_000]


def test_without_paper_no_receipt_is_begun_and_it_is_said(page: Cashier, real: RealAgent) -> None:
    until(real.at_rest)
    before = len(real.receipts())
    asked = till(page, real, "no-paper")
    real.register.device.paper_out()
    page.screen("S13")
    page.sees("Чек не пробит, деньги и баллы не тронуты.")
    page.picture("real-S13-before")
    real.register.device.paper_in()
    page.screen("S1")
    page.keys("F4")
    page.saw("S8", "ПРОБИТ")
    assert asked.done()["state"] == "registered"
    assert real.receipts()[before:] == [20_000]


def test_paper_ends_inside_a_receipt_and_the_till_repeats_it(page: Cashier, real: RealAgent) -> None:
    until(real.at_rest)
    before = len(real.receipts())
    asked = till(page, real, "inside")
    real.register.wire.before = at("FF46", real.register.device.paper_out)
    page.keys("F4")
    page.screen("S13")
    page.sees("КОНЧИЛАСЬ БУМАГА", "Проверяем. Не пробивайте заново.")
    page.not_sees("уже записан")
    page.picture("real-S13-inside")
    asked_already, checking = real.register.wire.count["host"], page.shown().get("S11", 0)
    until(lambda: real.register.wire.count["host"] > asked_already + 40)  # looked and tried to cancel, again and again
    assert page.shown().get("S11", 0) == checking, "the screen does not jump between paper and checking"
    real.register.device.paper_in()
    assert asked.done()["error"]["code"] == "SAL-03"
    until(lambda: real.client().get("/v1/sales/inside").json()["state"] == "not_executed")
    assert real.receipts()[before:] == []
    page.screen("S1")
    page.sees("Принтер отказал в чеке.", "Чек не пробит, деньги и баллы не тронуты.")
    page.picture("real-S1-not-made")
    again = till(page, real, "inside")
    page.keys("F4")
    page.saw("S8", "ЧЕК 200,00", "ПРОБИТ")
    assert again.done()["state"] == "registered"
    assert real.receipts()[before:] == [20_000]


def test_the_power_goes_after_the_receipt_was_made(page: Cashier, real: RealAgent) -> None:
    before = len(real.receipts())
    asked = till(page, real, "power")
    page.scan(CARD)
    page.screen("S4")
    real.register.cut_power_at("after-commit", None)
    page.enter()
    page.screen("S11")
    page.sees("Проверяем, пробит ли чек 200,00", "НЕ ПРОБИВАЙТЕ ЕГО ЗАНОВО", "Второй раз деньги не берите.")
    page.picture("real-S11")
    page.open()
    page.screen("S11")
    real.register.power_on()
    page.saw("S8", "ЧЕК 200,00", "ПРОБИТ")
    asked.done()
    assert real.client().get("/v1/sales/power").json()["state"] == "registered"
    assert real.receipts()[before:] == [20_000]


def test_a_senior_says_which_of_two_equal_documents_is_ours(page: Cashier, real: RealAgent) -> None:
    before, device = len(real.receipts()), real.register.device
    asked = till(page, real, "two")
    page.scan(CARD)
    page.screen("S4")
    real.register.cut_power_at("after-commit", None)
    page.enter()
    page.screen("S11")
    device.power_on()  # on the other port the till sells the same before we can ask
    device.head.drop()
    theirs = real.sold_past_us(20_000)
    real.register.power_on()
    page.screen("S12")
    page.sees("Программа не может решить сама", "НАША ПРОДАЖА", f"Наша — ФД {theirs - 1}", f"Наша — ФД {theirs}")
    page.sees("Есть такой же документ: сначала решите, чей он.")
    page.picture("real-S12")
    page.digits("3")
    page.digits("1")
    page.page.wait_for_selector("[aria-pressed=true]")
    page.sees(f"Старший: {SENIOR}")
    page.digits("1111")
    page.enter()
    page.sees("COD-06")
    page.digits(PIN)
    page.picture("real-S12-chosen")
    page.enter()
    page.saw("S8", "ПРОБИТ")
    asked.done()
    told = real.client().get("/v1/sales/two").json()
    assert (told["state"], told["answer"]["document"].split("/")[1]) == ("registered", str(theirs - 1))
    assert real.receipts()[before:] == [20_000, 20_000]


def test_without_rules_the_page_says_so_and_the_sale_goes_through(page: Cashier, real: RealAgent) -> None:
    before = len(real.receipts())
    with real.register.store.writing("no rules") as txn:
        active = txn.rules.active()
        assert active is not None
        txn.session.connection.exec_driver_sql("UPDATE rules_version SET active = 0")
    asked = Till(real, "no-rules", basket=BASKET)
    page.screen("S18")
    page.sees("КАРТЫ И БАЛЛЫ СЕЙЧАС НЕ РАБОТАЮТ", "RUL-03", "ПРОДАТЬ БЕЗ КАРТЫ 200,00")
    page.picture("real-S18")
    page.enter()
    page.saw("S8", "ПРОБИТ")
    assert asked.done()["state"] == "registered"
    assert real.receipts()[before:] == [20_000]
    with real.register.store.writing("rules again") as txn:
        txn.rules.activate(active.version)


def test_the_installers_page_asks_the_agent(browser: Browser, real: RealAgent, artefacts: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ru-RU", accept_downloads=True)
    page = context.new_page()
    page.goto(real.address + "/page/installer")
    page.screenshot(path=artefacts / "installer-entrance.png")
    assert real.parts.entry is not None
    page.get_by_role("textbox").fill(real.parts.entry.issue("installer", "installer"))
    page.get_by_role("button", name="Войти").click()
    page.wait_for_selector("text=Устройства")
    page.get_by_role("button", name="Проверить связь").click()
    page.wait_for_selector("text=отвечает")
    with page.expect_download() as wanted:
        page.get_by_role("button", name="Отчёт для помощи").click()
    assert wanted.value.suggested_filename == "pos-agent-bundle.zip"
    assert Path(wanted.value.path()).read_bytes()[:2] == b"PK"
    page.wait_for_selector("text=Журнал программы")
    page.screenshot(path=artefacts / "installer.png", full_page=True)
    context.close()


def test_a_trial_slip_is_scanned_and_a_code_lets_the_cashier_in(
    browser: Browser, real: RealAgent, artefacts: Path
) -> None:
    before, marks = len(real.receipts()), len(real.register.tape.marks)
    context = browser.new_context(**SCREEN)
    context.add_init_script(f"localStorage.setItem('pos-agent.installer-token', '{real.tokens['installer']}')")
    page = context.new_page()
    page.goto(real.address + "/page/installer")
    page.click('[data-key="to trial"]')
    page.wait_for_selector("text=Слип вышел.")
    (code,) = [mark.text for mark in real.register.tape.marks[marks:] if isinstance(mark, QrMark)]
    page.evaluate(WEDGE, [code, 12.0, {"end": "Enter"}])
    page.wait_for_selector("text=Сканер прочитал QR верно")
    page.screenshot(path=artefacts / "real-installer-trial.png", full_page=True)
    assert "ПРОБНЫЙ СЛИП" in real.paper_text()
    assert len(real.receipts()) == before, "no receipt came of it"
    page.click('[data-key="to code"]')
    page.click('[data-key="cashier"]')
    digits = "".join(sign for sign in page.locator(".code").inner_text() if sign.isdigit())
    context.close()
    beside = browser.new_context(**SCREEN)
    cashier = beside.new_page()
    cashier.goto(real.address + "/")
    cashier.wait_for_selector('[data-screen="S0"]')
    for digit in digits:
        cashier.keyboard.press(f"Numpad{digit}", delay=PERSON_MS)
    cashier.wait_for_timeout(SETTLED)
    cashier.keyboard.press("Enter")
    cashier.wait_for_selector('[data-screen="S1"]')
    beside.close()
