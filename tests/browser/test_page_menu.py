"""Menu, slips, returns, help, the strip, keys that mean nothing; the narrow strip beside the till."""

from __future__ import annotations

import pytest
from browser import looks
from browser.cashier import Cashier
from browser.fake_agent import CODE, TOKEN
from browser.story import ANNA, FN, WITH_ANNA, Evening
from playwright.sync_api import Browser

LEFT = [
    {"number": 1, "name": "Кофе", "qty": "2", "left": "2", "sum_kop": 52764},
    {"number": 2, "name": "Круассан", "qty": "3", "left": "3", "sum_kop": 19945},
    {"number": 3, "name": "Молоко", "qty": "1", "left": "1", "sum_kop": 6648},
]
RETURNED = {
    "sale": "",
    "kind": "return",
    "state": "registered",
    "final": True,
    "running": False,
    "customer_id": None,
    "error": None,
}


def receipt_scanned(cashier: Cashier, evening: Evening) -> None:
    agent = evening.agent
    agent.on("POST", "/v1/scans", {"kind": "receipt", "receipt": f"{FN}/1042", "known": True, "total_kop": 99461})
    agent.on("GET", f"/v1/receipts/{FN}/1042", {"document": f"{FN}/1042", "at": "2026-11-21T18:05", "total_kop": 99461})
    quote = {
        "receipt": f"{FN}/1042",
        "money_kop": 6648,
        "total_kop": 6648,
        "restored_pt": 2842,
        "lives": [{"points_pt": 2842, "last_day": "2027-01-31"}],
        "cancelled_pt": 325,
        "left": LEFT,
    }
    agent.on("POST", "/v1/returns/quote", quote)
    answer = {
        "document": f"{FN}/1043",
        "total_kop": 6648,
        "spent_pt": 0,
        "accrued_pt": 0,
        "restored_pt": 2842,
        "cancelled_pt": 325,
        "customer": "c-anna",
    }
    agent.on("POST", "/v1/returns", lambda body: {**RETURNED, "sale": body["return"], "answer": answer})
    cashier.scan("t20261121t1805s99461")
    cashier.screen("S9")


def test_one_croissant_comes_back(cashier: Cashier, evening: Evening) -> None:
    receipt_scanned(cashier, evening)
    cashier.sees("Чек 21.11.2026 18:05", "994,61", "Кофе", "Круассан", "Молоко")
    cashier.digits("2")
    cashier.page.wait_for_selector(".good.at >> text=Круассан")
    cashier.keys("NumpadAdd")
    cashier.sees("ДЕНЬГАМИ", "66,48", "ВЕРНУТЬ 66,48")
    cashier.sees("Вернём баллов 28,42 (до 31.01.2027 вкл.)", "Отменим начисление 3,25")
    cashier.picture("S9")
    cashier.enter()
    cashier.screen("S8")
    cashier.picture("S8-return")
    cashier.saw("S8", "ЧЕК ВОЗВРАТА 66,48", "возвращено 28,42, отменено начисление 3,25")
    (sent,) = evening.agent.bodies("POST", "/v1/returns")
    assert (sent["receipt"], sent["lines"]) == (f"{FN}/1042", {"2": "1"})
    assert sent["return"].startswith("return-")


def test_the_menu_by_numbers(cashier: Cashier, evening: Evening) -> None:
    cashier.keys("NumpadDivide")
    cashier.screen("S10")
    cashier.sees("1", "Баланс: сканируйте карту", "Состояние кассы", "Помощь")
    cashier.picture("S10")
    cashier.digits("4")
    cashier.sees("Сегодня слипов ещё нет")
    cashier.keys("Escape")
    cashier.digits("1")
    cashier.sees("Баланс: сканируйте карту")
    cashier.scan("7q4m2xkd9w")
    cashier.sees("Анна К.", "Доступно 840", "Сгорит 120")
    cashier.picture("S10-balance")
    assert evening.agent.bodies("PUT", "/v1/sales/order-1/customer") == [], "looking sells nothing to anybody"
    cashier.keys("Escape", "Escape")
    cashier.screen("S1")


def test_the_last_slip_again(cashier: Cashier, evening: Evening) -> None:
    cashier.keys("F7")
    cashier.sees("Слип поставлен в очередь")
    assert evening.agent.bodies("POST", "/v1/slips") == [{"kind": "receipt", "receipt": f"{FN}/1042"}]


def test_goods_are_for_the_till(cashier: Cashier) -> None:
    cashier.scan("4607001234567")
    cashier.sees("Это товар. Сканируйте его в кассовой программе.")
    cashier.screen("S1")
    cashier.scan("zzzzzz99")
    cashier.sees("CUS-03")
    cashier.picture("S1-unknown-code")


def test_the_same_code_twice_at_once_is_one_scan(cashier: Cashier, evening: Evening) -> None:
    cashier.scan("4607001234567")
    cashier.scan("4607001234567")
    cashier.sees("Это товар.")
    assert len(evening.agent.bodies("POST", "/v1/scans")) == 1


def test_a_person_typing_is_no_scanner(cashier: Cashier, evening: Evening) -> None:
    cashier.scan("916123", gap_ms=110)
    cashier.sees("+7 916 123-__-__")
    assert evening.agent.bodies("POST", "/v1/scans") == []


def test_the_entrance(browser: Browser, evening: Evening, cashier: Cashier) -> None:
    context = browser.new_context(viewport={"width": 1024, "height": 600})
    fresh = Cashier(context.new_page(), evening.agent.address, cashier.artefacts)
    fresh.open()
    fresh.screen("S0")
    fresh.digits("111111")
    fresh.enter()
    fresh.sees("TOK-04")
    fresh.picture("S0")
    fresh.keys(*["Backspace"] * 6)
    fresh.digits(CODE)
    fresh.enter()
    fresh.screen("S1")
    assert TOKEN not in fresh.page.url
    assert fresh.page.evaluate("localStorage.getItem('pos-agent.token')") == TOKEN
    fresh.picture("S1")
    context.close()


def test_training_and_sales_without_loyalty_are_on_every_screen(cashier: Cashier, evening: Evening) -> None:
    evening.status["training"] = True
    evening.agent.say("state", {"warnings": ["X"]})
    cashier.sees("ОБУЧЕНИЕ — чеки ненастоящие")
    cashier.picture("S1-training")


def test_focus_walks_the_buttons_and_space_presses(cashier: Cashier) -> None:
    cashier.keys("ArrowRight")
    assert cashier.page.evaluate("document.activeElement.dataset.key") in ("F4", "+", "/")
    while cashier.page.evaluate("document.activeElement.dataset.key") != "/":
        cashier.keys("ArrowRight")
    ring = cashier.page.evaluate("getComputedStyle(document.activeElement).outline")
    assert "rgb(17, 17, 17)" in ring
    assert "4px" in ring
    cashier.keys("Space")
    cashier.screen("S10")


def test_what_is_typed_survives_an_error_and_words_come_with_the_wait(cashier: Cashier, evening: Evening) -> None:
    cashier.digits("9990")
    cashier.enter()
    cashier.sees("CUS-01", "+7 999 0__-__-__")
    cashier.picture("S2-unknown")


@pytest.mark.parametrize(("width", "height"), [(360, 640), (512, 300)])
def test_narrow_screens_scroll_down_only(
    browser: Browser, evening: Evening, cashier: Cashier, width: int, height: int
) -> None:
    """The strip beside the till, and 1024x600 at 200 %."""
    anna = {
        **ANNA,
        "name": "Константинопольская-Преображенская А.",
        "balance": {**ANNA["balance"], "active_pt": 1234567},
    }
    evening.agent.on("PUT", "/v1/sales/order-1/customer", {**WITH_ANNA, "customer": anna})
    cashier.page.set_viewport_size({"width": width, "height": height})
    cashier.picture(f"S1-{width}", fixed=False)
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.sees("12 345,67")
    cashier.picture(f"S4-{width}", fixed=False)
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.sees("994,61")
    cashier.picture(f"S5-{width}", fixed=False)


def test_a_very_long_name_and_many_points_fit(cashier: Cashier, evening: Evening) -> None:
    anna = {
        **ANNA,
        "name": "Константинопольская-Преображенская А.",
        "balance": {**ANNA["balance"], "active_pt": 1234567},
    }
    evening.agent.on("PUT", "/v1/sales/order-1/customer", {**WITH_ANNA, "customer": anna})
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.sees("ДОСТУПНО 12 345,67")
    cashier.picture("S4-long")
    assert looks.complaints(cashier.page) == []


def test_an_unknown_balance_is_a_grey_bar_and_no_zero(cashier: Cashier, evening: Evening) -> None:
    unknown = {name: one for name, one in ANNA.items() if name != "balance"}
    evening.agent.on("PUT", "/v1/sales/order-1/customer", {**WITH_ANNA, "customer": unknown})
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.page.locator(".big .bar").wait_for(timeout=10_000)
    cashier.not_sees("ДОСТУПНО 0")


def test_a_customer_who_stays_silent_is_asked_and_taken_off(patient: Cashier, evening: Evening) -> None:
    patient.page.clock.run_for(1000)
    patient.scan("7q4m2xkd9w")
    patient.page.clock.run_for(1000)
    patient.screen("S4")
    silent(patient, evening, 184)
    patient.sees("Клиент ещё здесь?")
    patient.screen("S4")
    silent(patient, evening, 30)
    patient.screen("S1")
    assert evening.agent.bodies("PUT", "/v1/sales/order-1/customer")[-1] == {"customer": None}


def silent(cashier: Cashier, evening: Evening, seconds: int) -> None:
    """So long nobody touches anything; the agent lives."""
    for _ in range(seconds // 2):
        evening.agent.say("state", {})
        cashier.page.clock.run_for(2000)


def test_a_receipt_of_the_till_with_an_armed_card(cashier: Cashier, evening: Evening) -> None:
    evening.status["mode"] = "tap"
    evening.agent.say("state", {"mode": "tap"})
    cashier.page.wait_for_timeout(300)
    evening.agent.on("POST", "/v1/cards/arm", {"armed": "arm-1"})
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.sees("Следующий чек — этому клиенту")
    cashier.picture("S4-tap")
    cashier.enter()
    cashier.screen("S1")
    assert evening.agent.bodies("POST", "/v1/cards/arm") == [{"text": "c-anna"}]
    done = {"document": f"{FN}/1042", "total_kop": 131761, "at": "2026-11-21T18:05:00", "claim": False}
    whose = {"customer": {"id": "c-anna", "name": "Анна К."}, "earned_pt": 5300}
    evening.agent.on("GET", f"/v1/receipts/{FN}/1042/customer", whose)
    evening.agent.say("receipt", {**done, "named": True})
    cashier.screen("S20")
    cashier.sees("1 317,61", "18:05", "Анна К.: начислим 53", "Скидку в пробитый чек внести нельзя")
    cashier.picture("S20")


def test_a_receipt_of_nobody_is_claimed_by_a_scan_and_enter(cashier: Cashier, evening: Evening) -> None:
    evening.status["mode"] = "tap"
    evening.agent.say("state", {"mode": "tap"})
    cashier.page.wait_for_timeout(300)
    asked = ("POST", f"/v1/receipts/{FN}/1042/customer")
    evening.agent.on("GET", asked[1], {"customer": {"id": "c-anna", "name": "Анна К."}, "earned_pt": 5300})
    evening.agent.on(*asked, {"customer": "c-anna", "amount_pt": 5300})
    done = {"document": f"{FN}/1042", "total_kop": 131761, "at": "2026-11-21T18:05:00", "claim": True}
    evening.agent.say("receipt", {**done, "named": False})
    cashier.screen("S20")
    cashier.sees("Чей он? Сканируйте карту")
    cashier.picture("S20-whose")
    cashier.scan("7q4m2xkd9w")
    cashier.sees("Анна К.: начислим 53", "НАЧИСЛИТЬ 53")
    assert evening.agent.bodies(*asked) == [], "a scan gives nothing yet"
    cashier.enter()
    cashier.screen("S1")
    assert evening.agent.bodies(*asked) == [{"customer": "c-anna"}]
