"""What stops the queue: shift, printer, doubt, no link, no loyalty, no answer. Each says what to do."""

from __future__ import annotations

from browser.cashier import Cashier
from browser.fake_agent import RefusedError
from browser.story import FN, READY, WITH_ANNA, Evening, registered, told

from pos_agent.texts import VERDICTS

SAFE = {letter: words["ru"] for letter, words in VERDICTS.items()}
RESOLVE = ("POST", "/v1/sales/order-1/resolve")
CHECKING = {**WITH_ANNA, "state": "checking", "told": told()}


def confirmed(cashier: Cashier) -> None:
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.enter()
    cashier.screen("S7")


def doubt(evening: Evening, *documents: dict, cash: int = 0) -> None:
    """Both sides: ours is 994.61 by card."""
    told_by_agent = {
        "sale": "order-1", "after_fd": 1041, "total_kop": 99461, "begun_at": "2026-11-21T18:05:00+03:00",
        "expected": {"operation": 1, "payments_kop": [cash, 99461 - cash, 0, 0, 0]}, "lines": [{}, {}, {}, {}, {}],
        "unsettled": True, "read": True,
        "documents": [
            {
                "document": f"{FN}/{one['fd']}", "at": one["at"], "total_kop": one["total"], "items": 5,
                "paid": {one["paid"]: one["total"]}, "equal": one is SAME or one["fd"] == 1043,
            }
            for one in documents
        ],
    }  # fmt: skip
    evening.agent.on("GET", "/v1/sales/order-1/doubt", told_by_agent)


def in_doubt(cashier: Cashier, evening: Evening, *documents: dict) -> None:
    doubt(evening, *documents)
    confirmed(cashier)
    evening.stands({**CHECKING, "running": False})
    cashier.screen("S11")


OTHER = {"fd": 1042, "at": "2026-11-21T18:09:00", "total": 99461, "paid": "cash_kop"}
SAME = {"fd": 1042, "at": "2026-11-21T18:05:00", "total": 99461, "paid": "cashless_kop"}


def test_a_shift_over_24_hours_is_closed_and_opened(cashier: Cashier, evening: Evening) -> None:
    evening.problem("SHF-01", SAFE["N"])
    evening.agent.on("POST", "/v1/shift/close", {})
    evening.agent.on("POST", "/v1/shift/open", lambda _: evening.calm() or {})
    cashier.screen("S14")
    cashier.sees("СМЕНЕ БОЛЬШЕ 24 ЧАСОВ", "Закройте смену — продолжим с этого чека.")
    cashier.picture("S14")
    cashier.enter()
    cashier.screen("S1")
    assert [path for _, path, _ in evening.agent.asked if "shift" in path] == ["/v1/shift/close", "/v1/shift/open"]


def test_a_silent_printer(cashier: Cashier, evening: Evening) -> None:
    evening.problem("PRN-03", SAFE["N"])
    cashier.screen("S15")
    cashier.sees(
        "ПРИНТЕР НЕ ОТВЕЧАЕТ", "Кабель: с обеих сторон до упора", "Начатый чек проверим — заново не пробивайте."
    )
    cashier.picture("S15")
    evening.calm()
    cashier.screen("S1")


def test_a_doubt_is_told_while_it_is_read(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening)
    cashier.sees("Проверяем, пробит ли чек", "НЕ ПРОБИВАЙТЕ ЕГО ЗАНОВО", "Второй раз деньги не берите.")
    cashier.sees("Перед продажей последним был ФД 1041", "Читаем ФД 1042 из накопителя")
    cashier.picture("S11")
    cashier.scan("4607001234567")
    cashier.sees("Сейчас печатается чек. Сканируйте после него.", "CUS-05")
    cashier.keys("F10")
    cashier.screen("help")
    cashier.sees("Позовите старшего или установщика.")
    cashier.picture("help")
    cashier.keys("Escape")
    cashier.screen("S11")
    evening.stands(registered())
    cashier.screen("S8")


def test_a_senior_decides_that_it_is_ours(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening, OTHER)
    evening.stands({**CHECKING, "state": "needs_operator"})
    cashier.screen("S12")
    cashier.sees("Программа не может решить сама", "НАША ПРОДАЖА", "ФД 1042", "994,61", "наличные", "карта", "≠")
    focused = cashier.page.evaluate("document.activeElement.dataset.key || ''")
    assert focused == "", "no choice has the focus"
    cashier.picture("S12")
    cashier.enter()
    cashier.sees("Решает старший (PIN)")
    assert evening.agent.bodies(*RESOLVE) == []
    evening.agent.on(*RESOLVE, lambda _: evening.stands(registered()) or {})
    cashier.digits("1")
    cashier.page.wait_for_selector("[aria-pressed=true]")
    cashier.sees("Старший: Ольга")
    cashier.keys("NumpadMultiply")
    cashier.sees("Старший: Пётр")
    cashier.keys("Escape")
    cashier.not_sees("Старший:")
    cashier.digits("1")
    cashier.sees("Старший: Пётр")
    cashier.digits("2468")
    cashier.picture("S12-chosen")
    cashier.enter()
    cashier.screen("S8")
    word = {"decision": "registered", "document": f"{FN}/1042", "senior": "Пётр", "pin": "2468"}
    (sent,) = evening.agent.bodies(*RESOLVE)
    assert {name: sent[name] for name in word} == word
    assert sent["reason"]


def test_ours_is_absent_only_while_no_equal_document_is_there(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening, SAME)
    evening.stands({**CHECKING, "state": "needs_operator"})
    cashier.screen("S12")
    cashier.sees("Есть такой же документ: сначала решите, чей он.")
    cashier.digits("2")
    cashier.page.wait_for_timeout(150)
    assert cashier.page.locator("[aria-pressed=true]").count() == 0


def test_ours_is_absent_only_while_the_printer_is_read(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening, OTHER)
    evening.status["printer"] = {**READY["printer"], "connected": False}
    evening.agent.say("state", {"printer": {"connected": False}})
    evening.stands({**CHECKING, "state": "needs_operator"})
    cashier.screen("S12")
    cashier.sees("Принтер не читается: отсутствие не доказать.")
    cashier.picture("S12-unread")


def test_two_equal_documents_are_two_options(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening, SAME, {**SAME, "fd": 1043})
    evening.stands({**CHECKING, "state": "needs_operator"})
    cashier.screen("S12")
    cashier.sees("Наша — ФД 1042", "Наша — ФД 1043", "НАШЕЙ НЕТ")
    cashier.picture("S12-two")


def test_a_wrong_pin_decides_nothing(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening, OTHER)
    evening.stands({**CHECKING, "state": "needs_operator"})
    evening.agent.on(*RESOLVE, RefusedError(422, code="COD-06", what="PIN старшего не подошёл."))
    cashier.screen("S12")
    cashier.digits("1")
    cashier.digits("1111")
    cashier.enter()
    cashier.sees("PIN старшего не подошёл.", "COD-06")
    cashier.screen("S12")


def test_a_reload_during_a_doubt_comes_back_to_it(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening, OTHER)
    evening.status["in_doubt"] = {"sale": "order-1", "state": "checking", "reason": ""}
    cashier.open()
    cashier.screen("S11")
    cashier.sees("НЕ ПРОБИВАЙТЕ ЕГО ЗАНОВО")


def test_without_a_link_the_figures_have_their_hour(patient: Cashier, evening: Evening) -> None:
    cashier = patient
    cashier.page.clock.set_system_time("2026-11-21T18:05:00+03:00")
    here = {**WITH_ANNA["choices"]["spend"], "max_pt": 20000, "payable_kop": 111761, "earned_pt": 4300}
    evening.agent.on(
        "PUT", "/v1/sales/order-1/customer", {**WITH_ANNA, "choices": {**WITH_ANNA["choices"], "spend": here}}
    )
    evening.agent.say("state", {"cloud": {"ok": False, "last_success": "2026-11-21T11:20:00+00:00"}})
    cashier.sees("○ Нет связи")
    cashier.scan("7q4m2xkd9w")
    cashier.page.clock.run_for(1000)
    cashier.screen("S4")
    cashier.sees(
        "Нет связи с 14:20 (3 ч 45 мин)",
        "НА СЧЁТЕ 840 — на 14:20",
        "МОЖНО СПИСАТЬ ЗДЕСЬ 200",
        "Остальное — когда вернётся связь",
    )
    cashier.sees("СПИСАТЬ до 200")
    cashier.picture("S16")
    cashier.page.clock.set_system_time("2026-11-24T09:05:00+03:00")
    evening.agent.say("state", {"unsent": 1})
    cashier.sees("Нет связи с 21.11 14:20 (2 дня)", "НА СЧЁТЕ 840 — на 21.11 14:20")
    cashier.picture("S16-days")


def test_a_storage_that_ends_is_told_once_a_day(cashier: Cashier, evening: Evening) -> None:
    evening.status["device"] = {**READY["device"], "fn_days": 9, "fn_expires": "2026-11-30"}
    evening.agent.say("state", {"fn_days": 9, "warnings": ["FN-01"]})
    cashier.screen("S17")
    cashier.sees("ФН: осталось 9 дней — до 30.11.2026", "Продавать можно. Скажите владельцу: нужна замена накопителя.")
    cashier.picture("S17")
    cashier.enter()
    cashier.screen("S1")
    cashier.open()
    cashier.screen("S1")


def test_loyalty_that_is_off_never_stops_a_sale(cashier: Cashier, evening: Evening) -> None:
    why = {"code": "RUL-01", "what": "Правила программы не читаются.", "action": "Продавайте без карты.", "safe": ""}
    evening.cart = {**evening.cart, "loyalty": "off", "why": why}
    evening.agent.say("state", {"cart": {"sale": "order-1", "state": "draft", "seen": 2}})
    cashier.screen("S18")
    cashier.sees("КАРТЫ И БАЛЛЫ СЕЙЧАС НЕ РАБОТАЮТ", "RUL-01", "Продавайте как обычно.", "ПРОДАТЬ БЕЗ КАРТЫ")
    cashier.picture("S18")
    cashier.enter()
    cashier.screen("S7")
    assert evening.agent.bodies("POST", "/v1/sales/order-1/confirm") == [{"spend": "none"}]


def test_silence_is_told_within_seconds_and_ends_by_itself(cashier: Cashier, evening: Evening) -> None:
    evening.agent.silent.set()
    cashier.screen("S19")
    cashier.sees("НЕТ ОТВЕТА ОТ ПРОГРАММЫ", "Продавайте в кассовой программе.", "Чек, начатый здесь, не повторяйте")
    cashier.picture("S19")
    evening.agent.silent.clear()
    cashier.screen("S1")
