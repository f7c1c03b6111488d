"""The main flow in English before the real agent, with keys alone; what the paper says too. No Russian but the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.cashier import Cashier
from browser.conftest import SCREEN
from browser.english import RUSSIAN
from browser.real_agent import PIN, SENIOR, LivingRegister, RealAgent, Till
from kit.waiting import until
from playwright.sync_api import Browser

PHONE = "9160000042"
DATA = ("Анна К.", "Кофе", "Старт", "Серебро", SENIOR)  # names of people, goods and levels are the shop's own


class EnglishRegister(LivingRegister):
    language = "en"


class EnglishAgent(RealAgent):
    makes, language = EnglishRegister, "en"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EnglishAgent]:
    made = EnglishAgent(tmp_path_factory.mktemp("english"))
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser, real: EnglishAgent, artefacts: Path) -> Iterator[Cashier]:
    context = browser.new_context(**{**SCREEN, "locale": "en-GB"})
    context.add_init_script(f"localStorage.setItem('pos-agent.token', '{real.tokens['cashier']}')")
    made = Cashier(context.new_page(), real.address, artefacts)
    made.open()
    made.screen("S1")
    made.sees("Printer")
    yield made
    shown: dict[str, list[str]] = made.page.evaluate("window.seen")
    real.calm()
    made.end()
    context.close()
    russian = {name: one for name, texts in shown.items() for one in texts if RUSSIAN.search(without_data(one))}
    assert shown
    assert not russian, russian


def without_data(text: str) -> str:
    for one in DATA:
        text = text.replace(one, "")
    return text


def till(page: Cashier, real: RealAgent, sale_id: str) -> Till:
    asked = Till(real, sale_id)
    page.sees("1 item", "200.00")
    return asked


def test_found_by_phone_spent_paid_and_the_slip_comes_out(page: Cashier, real: EnglishAgent) -> None:
    paper = len(real.paper_text())
    asked = till(page, real, "spent")
    page.digits(PHONE)
    page.screen("S4")
    page.sees("AVAILABLE 50", "EARN +20", "SPEND up to 50", "To pay")
    page.picture("en-real-S4")
    page.keys("F9")
    page.screen("why")
    page.sees("Why this sum", "We add", "the receipt is not made yet")
    page.picture("en-real-why")
    page.keys("Escape")
    page.screen("S4")
    page.keys("NumpadMultiply")
    page.screen("S5")
    page.digits("30")
    page.sees("SPEND 30", "WILL PAY", "170.00")
    page.picture("en-real-S5")
    page.enter()
    page.saw("S8", "RECEIPT 170.00", "DONE", "spent 30, earned 17", "Say:")
    assert asked.done()["answer"]["spent_pt"] == 3000
    until(lambda: "NOT A FISCAL RECEIPT" in real.paper_text()[paper:].upper())
    until(real.at_rest)
    slip = without_data(real.paper_text()[paper:].partition("NOT A FISCAL RECEIPT")[2])
    assert not RUSSIAN.search(slip), slip


def test_paper_ends_while_the_receipt_is_printed_and_comes_back(page: Cashier, real: EnglishAgent) -> None:
    before = len(real.receipts())
    asked = till(page, real, "paper")
    page.digits(PHONE)
    page.screen("S4")
    real.register.device.paper_out(3)
    page.enter()
    page.screen("S13")
    page.sees(
        "OUT OF PAPER", "already in the fiscal storage", "Do not ring it up again.", "Close it, we print the rest"
    )
    page.picture("en-real-S13")
    real.register.device.paper_in()
    page.page.wait_for_selector(".screen.S8, .screen.S1")
    assert asked.done()["state"] == "registered"
    assert real.receipts()[before:] == [20_000]


def test_an_unknown_outcome_is_settled_by_the_storage_and_by_a_senior(page: Cashier, real: EnglishAgent) -> None:
    before, device = len(real.receipts()), real.register.device
    asked = till(page, real, "two")
    page.digits(PHONE)
    page.screen("S4")
    real.register.cut_power_at("after-commit", None)
    page.enter()
    page.screen("S11")
    page.sees("Checking whether the receipt 200.00", "DO NOT RING IT UP AGAIN", "Do not take the money twice.")
    page.picture("en-real-S11")
    device.power_on()  # on the other port the till sells the same before we can ask
    device.head.drop()
    theirs = real.sold_past_us(20_000)
    real.register.power_on()
    page.screen("S12")
    page.sees("The program cannot decide itself", "OUR SALE", f"Ours — document {theirs}", "There is an equal document")
    page.picture("en-real-S12")
    page.digits("1")
    page.sees(f"Senior: {SENIOR}")
    page.digits("1111")
    page.enter()
    page.sees("COD-06")
    page.digits(PIN)
    page.picture("en-real-S12-chosen")
    page.enter()
    page.saw("S8", "DONE")
    asked.done()
    told = real.client().get("/v1/sales/two").json()
    assert (told["state"], told["answer"]["document"].split("/")[1]) == ("registered", str(theirs - 1))
    assert real.receipts()[before:] == [20_000, 20_000]
