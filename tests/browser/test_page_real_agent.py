"""The page before the real agent: real desk, driver, emulator, database; the till is another client of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.cashier import Cashier
from kit.http_agent import BASKET, CARD, HttpAgent
from kit.waiting import until
from playwright.sync_api import Browser


@pytest.fixture
def real(tmp_path: Path) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser, real: HttpAgent, artefacts: Path) -> Iterator[Cashier]:
    context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="ru-RU", timezone_id="Europe/Moscow")
    context.add_init_script(f"localStorage.setItem('pos-agent.token', '{real.tokens['cashier']}')")
    made = Cashier(context.new_page(), real.address, artefacts)
    made.open()
    yield made
    complaints = made.complaints
    context.close()
    assert not complaints, complaints


class Till:
    """Asks for the cashier's choice, then has the receipt printed, as a till does."""

    def __init__(self, agent: HttpAgent) -> None:
        self.agent, self.answers = agent, []
        self.thread = threading.Thread(target=self._sell, daemon=True)
        self.thread.start()

    def _sell(self) -> None:
        client = self.agent.client("till")
        draft = client.post("/v1/sales", json={"sale": "order-1", "basket": BASKET, "ask": True, "wait_s": 25}).json()
        payments = [{"kind": "card", "sum_kop": draft["told"]["payable_kop"]}]
        self.answers.append(client.post("/v1/sales/order-1/fiscalise", json={"payments": payments}).json())


def test_the_till_asks_the_cashier_chooses_the_receipt_is_made_once(page: Cashier, real: HttpAgent) -> None:
    page.screen("S1")
    page.page.wait_for_timeout(1200)  # the stream is there: the draft comes by itself
    till = Till(real)
    page.sees("В чеке 1 товар", "200,00")
    page.scan(CARD)
    page.screen("S4")
    page.sees("Анна К.", "ДОСТУПНО 50", "НАЧИСЛИТЬ +20", "СПИСАТЬ до 50")
    page.picture("real-S4")
    page.keys("NumpadMultiply")
    page.screen("S5")
    page.sees("150,00", "Начислим 15")
    page.picture("real-S5")
    page.digits("30")
    page.sees("СПИСАТЬ 30", "170,00")
    page.enter()
    page.screen("S8")
    page.sees("ЧЕК 170,00", "списано 30, начислено 17", "Доступно")
    page.picture("real-S8")
    until(lambda: bool(till.answers))
    assert (till.answers[0]["state"], till.answers[0]["answer"]["total_kop"]) == ("registered", 17_000)
    assert [total for _, _, total in real.register.receipts()] == [17_000]


def test_a_sale_without_a_card_is_one_key(page: Cashier, real: HttpAgent) -> None:
    page.screen("S1")
    page.page.wait_for_timeout(1200)
    till = Till(real)
    page.sees("В чеке 1 товар")
    page.keys("F4")
    page.screen("S8")
    until(lambda: bool(till.answers))
    assert till.answers[0]["answer"]["customer"] is None
    assert real.printed() == 1


def test_a_reload_in_the_middle_comes_back_to_the_customer(page: Cashier, real: HttpAgent) -> None:
    real.sale("order-1")
    page.open()
    page.sees("В чеке 1 товар")
    page.scan(CARD)
    page.screen("S4")
    page.open()
    page.screen("S4")
    page.sees("Анна К.", "ДОСТУПНО 50")
    assert real.printed() == 0


def test_the_installers_page_asks_the_agent(browser: Browser, real: HttpAgent, artefacts: Path) -> None:
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
