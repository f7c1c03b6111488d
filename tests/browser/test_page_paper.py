"""S13: paper and the lid; what is said of the receipt is true in each of the states it may be in."""

from __future__ import annotations

from copy import deepcopy

from browser.cashier import Cashier
from browser.story import DRAFT, Evening, registered, told
from browser.test_page_trouble import CHECKING, SAFE, confirmed


def test_paper_runs_out_after_the_receipt_was_made_and_comes_back(cashier: Cashier, evening: Evening) -> None:
    confirmed(cashier)
    evening.stands({**CHECKING, "running": True})
    cashier.sees("Принтер регистрирует чек…")
    evening.problem("PRN-01", SAFE["R"])
    cashier.screen("S13")
    cashier.sees("КОНЧИЛАСЬ БУМАГА", "уже записан в накопителе.", "Не пробивайте заново.", "Закройте — допечатаем сами")
    cashier.picture("S13")
    evening.stands(registered())
    evening.calm()
    cashier.screen("S8")


def test_paper_runs_out_before_the_receipt(cashier: Cashier, evening: Evening) -> None:
    confirmed(cashier)
    evening.stands({**CHECKING, "running": True})
    cashier.sees("Принтер регистрирует чек…")
    evening.problem("PRN-01", SAFE["N"])
    cashier.screen("S13")
    cashier.sees("Чек ещё не пробит. После бумаги начнём его заново сами.")
    cashier.not_sees("уже записан")
    cashier.picture("S13-not-made")


def test_paper_ends_inside_a_receipt_and_the_printer_refuses_it(cashier: Cashier, evening: Evening) -> None:
    """A receipt before it was made: that one is not taken for this one."""
    confirmed(cashier)
    evening.stands(registered())
    cashier.screen("S8")
    evening.cart = deepcopy(DRAFT) | {"sale": "order-2"}
    evening.sale = evening.cart
    evening.agent.on("GET", "/v1/sales/order-2", lambda _: evening.sale)
    cashier.enter()
    cashier.screen("S1")
    cashier.sees("В чеке 4 товара")
    chosen = {**evening.cart, "state": "confirmed", "told": told(131761, 0)}
    evening.agent.on("POST", "/v1/sales/order-2/confirm", lambda _: evening.stands(chosen) or chosen)
    cashier.keys("F4")
    cashier.screen("S7")
    refusal = {"code": "SAL-03", "what": "Принтер отказал в чеке.", "action": "Исправьте.", "safe": SAFE["N"]}
    evening.problem("PRN-01", SAFE["W"])
    evening.stands({**evening.cart, "state": "not_executed", "told": told(131761, 0), "error": refusal})
    cashier.sees("Чек 1 317,61 ₽ не пробит, деньги и баллы не тронуты.")
    cashier.sees("После бумаги повторите его в кассовой программе.", "2. Закройте до щелчка")
    cashier.not_sees("уже записан")
    cashier.not_sees("допечатаем")
    cashier.picture("S13-refused")
    evening.calm()
    cashier.screen("S1")
    cashier.sees("Принтер отказал в чеке.", "SAL-03")


def test_paper_ends_while_a_sale_is_read_from_the_storage(cashier: Cashier, evening: Evening) -> None:
    confirmed(cashier)
    evening.stands({**CHECKING, "running": False})
    cashier.screen("S11")
    evening.problem("PRN-01", SAFE["C"])
    cashier.screen("S13")
    cashier.sees(SAFE["C"], "2. Закройте до щелчка")
    cashier.not_sees("допечатаем")
    cashier.keys("F10")
    cashier.screen("help")
    cashier.sees("НЕ ПРОБИВАЙТЕ ЕГО ЗАНОВО", "SAL-01")
    cashier.not_sees("Всё в порядке")
    cashier.not_sees("Продавать можно")


def test_the_lid(cashier: Cashier, evening: Evening) -> None:
    evening.problem("PRN-02", SAFE["N"])
    cashier.screen("S13")
    cashier.sees("ОТКРЫТА КРЫШКА ПРИНТЕРА", SAFE["N"], "Закройте крышку до щелчка", "Ждём, пока закроют")
    cashier.not_sees("рулон")
    cashier.picture("S13-lid")
