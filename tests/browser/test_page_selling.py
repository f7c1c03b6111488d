"""From the customer to the receipt with nothing but keys: find, earn or spend, wait for the till, say the balance."""

from __future__ import annotations

from copy import deepcopy
from threading import Event

from browser.cashier import Cashier
from browser.story import WITH_ANNA, Evening, registered, told
from kit.waiting import until

ANNA_PHONE, ANNA_CARD = "9161234417", "7q4m2xkd9w"
CONFIRM = ("POST", "/v1/sales/order-1/confirm")


def identified(cashier: Cashier) -> None:
    cashier.screen("S1")
    cashier.sees("В чеке 4 товара", "1 317,61")
    cashier.scan(ANNA_CARD)
    cashier.screen("S4")
    cashier.sees("Анна К.", "ДОСТУПНО 840", "Сгорит 120 · последний день 30.11", "НАЧИСЛИТЬ +53", "СПИСАТЬ до 323")
    cashier.sees("Серебро · 5 %", "До уровня Золото 11 588,00", "Круассан: 1 штамп из 6 · купонов нет")


def test_a_scan_finds_the_customer_whatever_the_keyboards_layout(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    assert evening.agent.bodies("POST", "/v1/scans") == [{"text": ANNA_CARD}]
    assert evening.agent.bodies(*CONFIRM) == [], "the scanner's Enter presses nothing"
    cashier.picture("S4")


def test_the_phone_is_searched_at_its_tenth_digit(cashier: Cashier, evening: Evening) -> None:
    cashier.digits(ANNA_PHONE[:9])
    cashier.screen("S2")
    cashier.sees("+7 916 123-44-1_", "С десятой цифры ищем сами.")
    cashier.picture("S2")
    assert evening.agent.bodies("GET", "/v1/customers") == []
    cashier.digits(ANNA_PHONE[9:])
    cashier.screen("S4")
    assert evening.agent.bodies("GET", "/v1/customers") == [{"find": "+79161234417"}]


def test_the_last_four_digits_and_enter(cashier: Cashier) -> None:
    cashier.digits("4417")
    cashier.enter()
    cashier.screen("S4")


def test_several_people_under_the_same_digits(cashier: Cashier) -> None:
    cashier.digits("0000")
    cashier.enter()
    cashier.sees("Кто из них?", "Анна К.", "Анна Л.", "Анна М.")
    cashier.picture("S2-several")
    cashier.keys("Escape")
    cashier.sees("С десятой цифры ищем сами.")


def test_earning_is_a_scan_and_one_key(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    cashier.enter()
    cashier.screen("S7")
    assert evening.agent.bodies(*CONFIRM) == [{"spend": "none"}]


def test_spending_the_maximum_paying_and_saying_the_balance(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.sees("Лимит 323: 30 % от 1 078,61 ₽, без табака", "994,61", "Начислим 37 · останется 517")
    cashier.picture("S5")
    cashier.enter()
    cashier.screen("S7")
    cashier.sees("Ждём оплату в кассовой программе")
    cashier.picture("S7-waiting")
    evening.stands({**WITH_ANNA, "state": "checking", "running": True, "told": told()})
    cashier.sees("Чек передан в принтер", "Принтер регистрирует чек…", "Принтер не выключайте.")
    cashier.picture("S7")
    evening.stands(registered())
    cashier.screen("S8")
    cashier.picture("S8")
    cashier.saw("S8", "ПРОБИТ", "Анна К.: списано 323, начислено 37", "Доступно 517 · новые 37 — с 05.12")
    cashier.saw("S8", "Скажите: «Осталось 517 баллов, из них 97 — до 31 января включительно»")
    assert evening.agent.bodies(*CONFIRM) == [{"spend": "max"}]
    cashier.screen("S1")  # by itself after four seconds


def test_a_preset_an_exact_sum_and_one_too_high(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.digits("2")
    cashier.sees("СПИСАТЬ 200", "1 117,61", "Начислим 43 · останется 640")
    cashier.digits("50")
    cashier.sees("СПИСАТЬ 250", "1 067,61")
    cashier.keys("Backspace", "Backspace", "Backspace")
    cashier.digits("400")
    cashier.sees("Больше 323 списать нельзя. Введите меньше.", "PTS-02")
    cashier.picture("S5-too-much")
    cashier.enter()
    cashier.screen("S5")
    assert evening.agent.bodies(*CONFIRM) == []
    cashier.keys("Backspace", "Backspace", "Backspace")
    cashier.digits("250")
    cashier.sees("СПИСАТЬ 250", "1 067,61")
    cashier.enter()
    cashier.screen("S7")
    assert evening.agent.bodies(*CONFIRM) == [{"spend": "exact", "spend_pt": 25000}]


def test_a_rising_limit_raises_no_sum_and_a_falling_one_lowers_it(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    cashier.keys("NumpadMultiply")
    cashier.sees("СПИСАТЬ 323")
    for limit, shown in ((50000, "СПИСАТЬ 323"), (20000, "СПИСАТЬ 200")):
        spend = {**WITH_ANNA["choices"]["spend"], "max_pt": limit, "payable_kop": 131761 - limit}
        evening.cart = {**WITH_ANNA, "choices": {**WITH_ANNA["choices"], "spend": spend}}
        evening.agent.say("state", {"cart": {"sale": "order-1", "state": "draft", "seen": limit}})
        cashier.sees(f"Лимит {limit // 100}", shown)


def test_nothing_to_spend_is_said_and_nothing_is_hidden(cashier: Cashier, evening: Evening) -> None:
    reason = "доступных нет"
    none = {**WITH_ANNA["choices"]["spend"], "max_pt": 0, "limit": reason}
    evening.agent.on(
        "PUT", "/v1/sales/order-1/customer", {**WITH_ANNA, "choices": {**WITH_ANNA["choices"], "spend": none}}
    )
    cashier.scan(ANNA_CARD)
    cashier.screen("S4")
    cashier.sees("СПИСАТЬ")
    cashier.keys("NumpadMultiply")
    cashier.sees("Списать нечего: доступных нет. Начислите за чек.", "PTS-01")
    cashier.screen("S4")
    cashier.picture("S4-nothing-to-spend")


def test_a_double_enter_confirms_once(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    cashier.enter()
    cashier.keys("Enter", "Enter")
    cashier.screen("S7")
    assert len(evening.agent.bodies(*CONFIRM)) == 1


def test_an_enter_within_a_blink_of_the_screen_is_not_meant_for_it(cashier: Cashier, evening: Evening) -> None:
    with cashier.enter_with("S4"):
        cashier.scan(ANNA_CARD)
        cashier.screen("S4")
    cashier.sees("НАЧИСЛИТЬ +53")
    assert evening.agent.bodies(*CONFIRM) == []
    cashier.enter()
    cashier.screen("S7")
    assert len(evening.agent.bodies(*CONFIRM)) == 1, "the next one is meant"


def test_without_a_card_is_one_key_from_anywhere_before_printing(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.keys("F4")
    cashier.screen("S7")
    assert evening.agent.bodies("PUT", "/v1/sales/order-1/customer")[-1] == {"customer": None}
    assert evening.agent.bodies(*CONFIRM) == [{"spend": "none"}]


def test_minus_takes_the_customer_away(cashier: Cashier, evening: Evening) -> None:
    identified(cashier)
    cashier.keys("NumpadSubtract")
    cashier.screen("S1")
    assert evening.agent.bodies("PUT", "/v1/sales/order-1/customer") == [{"customer": "c-anna"}, {"customer": None}]


def test_a_new_card_is_four_keys_after_the_phone(cashier: Cashier, evening: Evening) -> None:
    cashier.digits("9160000001")
    cashier.screen("S3")
    cashier.sees("Номера *00-01 в программе нет", "Спросите вслух:", "(без этого карту не выдаём)")
    cashier.picture("S3")
    cashier.enter()
    cashier.sees("Отметьте согласие", "CUS-08")
    assert evening.agent.bodies("POST", "/v1/customers") == []
    cashier.digits("12")
    cashier.picture("S3-agreed")
    cashier.enter()
    cashier.screen("S4")
    asked = evening.agent.bodies("POST", "/v1/customers")
    assert asked == [{"name": "", "phone": "+79160000001", "consent": True, "advertising": True}]


def test_the_code_of_the_customer(cashier: Cashier, evening: Evening) -> None:
    asking = {**WITH_ANNA["choices"]["spend"], "confirm": True}
    evening.agent.on(
        "PUT", "/v1/sales/order-1/customer", {**WITH_ANNA, "choices": {**WITH_ANNA["choices"], "spend": asking}}
    )
    evening.agent.on("POST", "/v1/sales/order-1/code", {"customer": "c-anna", "amount_pt": 32300, "tries": 3})
    identified(cashier)
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.enter()
    cashier.screen("S6")
    cashier.sees("Чтобы списать 323, нужен код", "Отправлен на *17", "Осталось попыток: 3")
    cashier.picture("S6")
    cashier.digits("4821")
    cashier.screen("S7")
    assert evening.agent.bodies("POST", "/v1/sales/order-1/code") == [{"amount_pt": 32300}]
    assert evening.agent.bodies(*CONFIRM) == [{"spend": "max", "code": "4821"}]


def test_who_goes_back_and_scans_again_stays_at_the_customer(cashier: Cashier, evening: Evening) -> None:
    """The first choice is undone by the scan; news of that throws nobody off the screen."""
    cashier.keys("F4")
    cashier.screen("S7")
    cashier.keys("Escape")
    cashier.screen("S1")
    cashier.scan(ANNA_CARD)
    cashier.screen("S4")
    cashier.page.evaluate("window.seen = {}")
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.digits("250")
    cashier.page.wait_for_timeout(1200)  # longer than the page waits before it asks for the sale again
    cashier.sees("СПИСАТЬ 250")
    assert "S1" not in cashier.page.evaluate("Object.keys(seen)")


def test_a_late_answer_about_the_draft_does_not_take_the_customer_away(cashier: Cashier, evening: Evening) -> None:
    """The page asked before the scan and is told after it: what it hears is out of date by then."""
    cashier.sees("1 317,61")
    before, may_answer = deepcopy(evening.cart), Event()
    late = [lambda: may_answer.wait(10) and {"cart": before}]
    evening.agent.on("GET", "/v1/cart", lambda _: late.pop()() if late else {"cart": evening.cart})
    evening.agent.say("state", {"cart": {"sale": "order-1", "state": "draft", "seen": 2}})
    until(lambda: not late)
    cashier.scan(ANNA_CARD)
    cashier.screen("S4")
    cashier.sees("НАЧИСЛИТЬ +53")
    cashier.page.evaluate("window.seen = {}")
    may_answer.set()
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.page.wait_for_timeout(300)
    assert evening.agent.bodies("PUT", "/v1/sales/order-1/customer") == [{"customer": "c-anna"}]
    cashier.sees("СПИСАТЬ 323", "994,61")
