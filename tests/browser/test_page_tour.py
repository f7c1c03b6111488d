"""Every screen at the register's size: nothing cut, all labelled, no Russian on an English page.

Russian every time, both languages with `make kills`. One walk through an evening's screens; `Cashier.picture` checks
the looks of each and leaves a picture of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.cashier import Cashier
from browser.conftest import SCREEN
from browser.english import RUSSIAN, english
from browser.fake_agent import TOKEN, FakeAgent
from browser.story import ANNA, FN, READY, WITH_ANNA, Evening, registered
from browser.test_page_menu import receipt_scanned
from browser.test_page_trouble import CHECKING, OTHER, doubt
from kit.often import often
from kit.waiting import until
from playwright.sync_api import Browser

from pos_agent.texts import LANGUAGES, VERDICTS, message

ANNA_CARD = "7q4m2xkd9w"


@pytest.fixture(params=often(LANGUAGES))
def guide(request: pytest.FixtureRequest, browser: Browser, artefacts: Path) -> Iterator[Guide]:
    agent = FakeAgent(request.param)
    if request.param == "en":
        agent.said = english
    evening = Evening(agent)
    context = browser.new_context(**SCREEN)
    context.add_init_script(f"localStorage.setItem('pos-agent.token', '{TOKEN}')")
    made = Guide(Cashier(context.new_page(), agent.address, artefacts), evening, request.param)
    yield made
    made.cashier.end()
    context.close()
    agent.close()


class Guide:
    """Walks; `at` waits for a screen, looks at it and leaves its picture."""

    def __init__(self, cashier: Cashier, evening: Evening, lang: str) -> None:
        self.cashier, self.evening, self.lang = cashier, evening, lang

    def open(self) -> None:
        self.cashier.open()
        self.cashier.screen("S1")
        self.cashier.page.wait_for_selector(".middle .row .figure")

    def at(self, screen: str, name: str = "") -> None:
        self.cashier.screen(screen)
        self.cashier.picture(f"{self.lang}-{name or screen}")
        self.understood()

    def understood(self) -> None:
        """No Russian letter on an English page; the page says its language."""
        assert self.cashier.page.evaluate("document.documentElement.lang") == self.lang
        if self.lang == "en":
            said = self.cashier.page.evaluate(
                "[document.body.innerText, document.body.innerHTML.replace(/<script[^]*?<\\/script>/g, '')].join(' ')"
            )
            assert not RUSSIAN.search(said), [one for one in said.split("\n") if RUSSIAN.search(one)]

    def problem(self, code: str, letter: str) -> None:
        what = message(code, self.lang)
        self.evening.problem(code, VERDICTS[letter][self.lang], what.what, what.action)

    def named(self) -> None:
        self.cashier.scan(ANNA_CARD)
        self.cashier.screen("S4")
        self.cashier.sees("+53")


def test_entrance_search_and_a_new_card(guide: Guide) -> None:
    cashier = guide.cashier
    guide.open()
    guide.at("S1")
    cashier.digits("916")
    guide.at("S2")
    cashier.keys(*["Backspace"] * 3)
    cashier.digits("0000")
    cashier.enter()
    cashier.sees("3", "*17")
    guide.at("S2", "S2-several")
    cashier.keys("Escape", "Escape")
    cashier.screen("S1")
    cashier.keys("NumpadAdd")
    cashier.screen("S3")
    guide.at("S3", "S3-empty")
    cashier.digits("9160000001")
    cashier.digits("12")
    guide.at("S3")


def test_a_sale_from_the_customer_to_the_balance(guide: Guide) -> None:
    cashier, evening = guide.cashier, guide.evening
    guide.open()
    guide.named()
    guide.at("S4")
    cashier.keys("F9")
    guide.at("why")
    cashier.keys("Escape")
    cashier.keys("NumpadMultiply")
    cashier.sees("994")
    guide.at("S5")
    cashier.enter()
    guide.at("S7", "S7-waiting")
    evening.stands({**CHECKING, "running": True})
    cashier.page.wait_for_selector(".S7 .step:nth-of-type(4)")
    guide.at("S7")
    evening.stands(registered())
    cashier.screen("S8")
    cashier.page.wait_for_selector(".say")
    guide.at("S8")


def test_the_code_of_the_customer_and_the_senior(guide: Guide) -> None:
    cashier, agent = guide.cashier, guide.evening.agent
    asking = {**WITH_ANNA["choices"], "spend": {**WITH_ANNA["choices"]["spend"], "confirm": True}}
    agent.on("PUT", "/v1/sales/order-1/customer", {**WITH_ANNA, "choices": asking})
    agent.on("POST", "/v1/sales/order-1/code", {"customer": "c-anna", "amount_pt": 32300, "tries": 3})
    guide.open()
    guide.named()
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    cashier.enter()
    guide.at("S6")
    cashier.keys("F10")
    cashier.page.wait_for_selector("[data-key='*']")
    guide.at("S6", "S6-senior")


def test_menu_return_and_help(guide: Guide) -> None:
    cashier = guide.cashier
    guide.open()
    cashier.keys("NumpadDivide")
    guide.at("S10")
    cashier.digits("4")
    guide.at("S10", "S10-slips")
    cashier.keys("Escape")
    cashier.digits("8")
    guide.at("S10", "S10-state")
    cashier.keys("Escape")
    cashier.digits("9")
    guide.at("help")
    cashier.keys("Escape", "Escape")
    cashier.screen("S1")
    cashier.keys("F8")
    guide.at("S9", "S9-empty")
    receipt_scanned(cashier, guide.evening)
    cashier.page.wait_for_selector(".good")
    cashier.keys("NumpadAdd")
    cashier.sees("66", "28", "3")
    guide.at("S9")
    cashier.enter()
    cashier.screen("S8")
    guide.at("S8", "S8-return")


def test_paper_shift_and_printer(guide: Guide) -> None:
    cashier, evening = guide.cashier, guide.evening
    guide.open()
    for code, screen in (("PRN-01", "S13"), ("PRN-02", "S13"), ("SHF-01", "S14"), ("PRN-03", "S15")):
        guide.problem(code, "N")
        cashier.sees(code)
        guide.at(screen, f"{screen}-{code}")
        evening.calm()
        cashier.screen("S1")
    guide.named()
    cashier.enter()
    cashier.screen("S7")
    evening.stands({**CHECKING, "running": True})
    cashier.page.wait_for_selector(".S7 .step:nth-of-type(4)")
    guide.problem("PRN-01", "R")
    cashier.sees("994")
    guide.at("S13", "S13-recorded")


def test_a_doubt_and_the_senior_who_ends_it(guide: Guide) -> None:
    cashier, evening = guide.cashier, guide.evening
    guide.open()
    guide.named()
    doubt(evening, OTHER, {**OTHER, "fd": 1043})
    cashier.enter()
    cashier.screen("S7")
    evening.stands({**CHECKING, "running": False})
    guide.at("S11")
    cashier.keys("F10")
    guide.at("help", "help-doubt")
    cashier.keys("Escape")
    evening.stands({**CHECKING, "state": "needs_operator"})
    cashier.screen("S12")
    cashier.sees("1042", "1043")
    guide.at("S12")
    cashier.digits("1")
    cashier.page.wait_for_selector("[aria-pressed=true]")
    cashier.digits("24")
    guide.at("S12", "S12-chosen")


def test_what_is_told_and_does_not_stop(guide: Guide) -> None:
    cashier, evening = guide.cashier, guide.evening
    told_of = message("RUL-01", guide.lang)
    guide.open()
    evening.agent.say("state", {"cloud": {"ok": False, "last_success": "2026-11-21T11:20:00+00:00"}})
    guide.named()
    guide.at("S4", "S16")
    cashier.keys("NumpadSubtract")
    cashier.screen("S1")
    device = {
        **READY["device"],
        "fn_days": 9,
        "fn_expires": "2026-11-30",
        "ofd_unsent": 14,
        "ofd_first_at": "2026-11-19",
    }
    evening.status["device"] = device
    evening.agent.say("state", {"fn_days": 9, "warnings": ["FN-01"]})
    guide.at("S17")
    cashier.enter()
    cashier.screen("S1")
    why = {"code": "RUL-01", "what": told_of.what, "action": told_of.action, "safe": ""}
    evening.cart = {**evening.cart, "loyalty": "off", "why": why}
    evening.agent.say("state", {"cart": {"sale": "order-1", "state": "draft", "seen": 2}})
    guide.at("S18")
    evening.agent.silent.set()
    guide.at("S19")
    evening.agent.silent.clear()


@pytest.mark.parametrize("claim", [False, True])
def test_a_receipt_of_the_till(guide: Guide, claim: bool) -> None:
    cashier, evening = guide.cashier, guide.evening
    evening.status["mode"] = "tap"
    evening.agent.state["mode"] = "tap"
    cashier.open()
    cashier.screen("S1")
    until(lambda: evening.agent.heard)
    if not claim:
        cashier.scan(ANNA_CARD)
        guide.at("S4", "S4-tap")
        cashier.keys("Escape")
        cashier.screen("S1")
    whose = {"customer": {"id": "c-anna", "name": ANNA["name"]}, "earned_pt": 5300}
    evening.agent.on("GET", f"/v1/receipts/{FN}/1042/customer", whose)
    done = {"document": f"{FN}/1042", "total_kop": 131761, "at": "2026-11-21T18:05:00", "named": not claim}
    evening.agent.say("receipt", {**done, "claim": claim})
    guide.at("S20", "S20-whose" if claim else "S20")
