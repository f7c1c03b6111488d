"""«Почему»: what a price comes from, before the receipt and after it; the buyer who comes back with an invitation."""

from __future__ import annotations

from browser.cashier import Cashier
from browser.story import ANNA, FN, WHY, Evening, registered
from kit.waiting import until

DRAFT_WHY, RECEIPT_WHY = ("GET", "/v1/sales/order-1/why"), ("GET", f"/v1/receipts/{FN}/1042/why")
INVITATION = {"kind": "invitation", "document": f"{FN}/1041", "at": "2026-11-21T17:20", "total_kop": 131761}


def named(cashier: Cashier) -> None:
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.sees("НАЧИСЛИТЬ +53")


def test_why_of_a_draft_says_each_discount_and_goes_back_to_the_customer(cashier: Cashier, evening: Evening) -> None:
    named(cashier)
    cashier.keys("F9")
    cashier.screen("why")
    cashier.sees("Почему такая сумма", "чек ещё не пробит", "Круассан 3 × 99,90 ₽", "299,70 ₽")
    cashier.sees("Вечерняя выпечка, 18:00-20:00", "−14,99 ₽", "5 % от 299,70 ₽ = 14,985, до копейки")
    cashier.sees("Баллы, доля этого товара", "−85,26 ₽", "323 × 284,71 ₽ : 1 078,61 ₽ = 85,2591")
    cashier.sees("Молоко 0,5 × 189,80 ₽", "94,90 ₽", "−28,42 ₽")
    cashier.sees("Спишем", "30 % от 1 078,61 ₽ = 323,583, целых 323", "Табак 239,00 ₽ не считается")
    cashier.sees("Начислим", "5 % от 755,61 ₽ = 37,7805, целых 37", "Не сработало", "Купон -10 %: не предъявлен")
    cashier.not_sees("Напечатать")
    cashier.picture("why-draft")
    cashier.sees("▼ Дальше")
    before = cashier.page.evaluate("document.querySelector('.reasons').scrollTop")
    cashier.keys("ArrowDown")
    assert cashier.page.evaluate("document.querySelector('.reasons').scrollTop") > before == 0
    cashier.enter()
    cashier.screen("S4")
    cashier.keys("F9")
    cashier.screen("why")
    cashier.keys("Escape")
    cashier.screen("S4")
    assert evening.agent.bodies(*DRAFT_WHY) == [{"spend": "none"}] * 2


def test_why_while_a_sum_is_chosen_is_of_that_sum(cashier: Cashier, evening: Evening) -> None:
    named(cashier)
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.keys("F9")
    cashier.screen("why")
    cashier.keys("Escape")
    cashier.screen("S5")
    cashier.digits("250")
    cashier.sees("СПИСАТЬ 250", "1 067,61")
    cashier.keys("F9")
    cashier.screen("why")
    cashier.keys("Escape")
    cashier.sees("СПИСАТЬ 250")
    assert evening.agent.bodies(*DRAFT_WHY) == [{"spend": "max"}, {"spend": "exact", "spend_pt": "25000"}]


def test_why_of_a_receipt_can_be_printed(cashier: Cashier, evening: Evening) -> None:
    named(cashier)
    cashier.enter()
    cashier.screen("S7")
    evening.stands(registered(131761, 0, 5300))
    cashier.screen("S8")
    cashier.keys("F9")
    cashier.screen("why")
    cashier.sees("21.11.2026 18:05", "Списано", "Начислено", "Проверка 9C47-A7E3")
    cashier.picture("why-receipt")
    cashier.keys("F6")
    cashier.sees("Слип поставлен в очередь")
    assert evening.agent.bodies("POST", "/v1/slips") == [{"kind": "why", "receipt": f"{FN}/1042"}]
    cashier.keys("Escape")
    cashier.screen("S8")
    assert len(evening.agent.bodies(*RECEIPT_WHY)) == 1


def test_a_receipt_without_discounts_says_so(cashier: Cashier, evening: Evening) -> None:
    bare = {key: [] for key in ("lines", "spent", "earned", "lost")}
    evening.agent.on(*DRAFT_WHY, {**WHY, **bare})
    cashier.keys("NumpadDivide")
    cashier.screen("S10")
    cashier.digits("7")
    cashier.screen("why")
    cashier.sees("Этот чек без баллов и скидок")
    cashier.picture("why-nothing")
    cashier.keys("Escape")
    cashier.screen("S1")


def test_the_buyer_of_an_earlier_receipt_shows_its_invitation(cashier: Cashier, evening: Evening) -> None:
    claim = ("POST", f"/v1/receipts/{FN}/1041/customer")
    evening.cart = None
    evening.agent.on("POST", "/v1/scans", {**INVITATION, "named": False, "claim": True})
    evening.agent.on("GET", claim[1], {"customer": {"id": "c-anna", "name": "Анна К."}, "earned_pt": 3200})
    evening.agent.on(*claim, {"customer": "c-anna", "amount_pt": 3200})
    evening.agent.say("state", {"cart": None})
    cashier.open()
    cashier.screen("S1")
    cashier.scan("https://example.org/join/1")
    cashier.screen("S20")
    cashier.sees("1 317,61", "Чей он? Сканируйте карту")
    cashier.digits("9161234417")
    cashier.sees("Анна К.: начислим 32")
    cashier.picture("S20-invited")
    assert evening.agent.bodies(*claim) == [], "nothing is given before Enter"
    cashier.enter()
    cashier.screen("S1")
    assert evening.agent.bodies(*claim) == [{"customer": ANNA["id"]}]


def test_an_invitation_that_is_over_says_so(cashier: Cashier, evening: Evening) -> None:
    evening.agent.on("POST", "/v1/scans", {**INVITATION, "named": True, "claim": False})
    cashier.scan("https://example.org/join/1")
    cashier.sees("Баллы по нему не начислить.")
    cashier.screen("S1")


def test_a_slip_that_failed_is_told_and_the_receipt_is_fine(cashier: Cashier, evening: Evening) -> None:
    until(lambda: evening.agent.heard)
    evening.agent.say("slip", {"slip": "slip:1", "kind": "receipt", "state": "failed"})
    cashier.sees("Слип не напечатан, чек в порядке.", "F7 — ещё раз.", "Продажа записана.", "SLP-01")
    cashier.picture("S1-slip-failed")


def test_a_number_that_was_typed_is_said_to_have_been(cashier: Cashier, evening: Evening) -> None:
    cashier.digits("9161234417")
    cashier.screen("S4")
    cashier.enter()
    cashier.screen("S7")
    assert evening.agent.bodies("POST", "/v1/sales/order-1/confirm") == [{"spend": "none", "manual": True}]


def test_a_card_is_never_shown_whole(cashier: Cashier, evening: Evening) -> None:
    evening.anna.update(phone="", card="7Q4M-2XKD-9W")
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.sees("Анна К. *KD9W")
    cashier.not_sees("7Q4M")
