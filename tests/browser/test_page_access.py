"""Who does not see well, has no mouse or only a finger: order and sight of the focus, a whole sale by touch alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import looks
from browser.cashier import SETTLED, Cashier
from browser.conftest import SCREEN
from browser.english import RUSSIAN, english
from browser.fake_agent import CODE, TOKEN, FakeAgent
from browser.story import Evening, registered
from browser.test_page_menu import receipt_scanned
from browser.test_page_trouble import CHECKING, OTHER, RESOLVE, SAFE, doubt, in_doubt
from kit.waiting import until
from playwright.sync_api import Browser, Page

from pos_agent.texts import LANGUAGES

FINGER = 44  # pixels, of the installer's page; the cashier's is held to 72 by every picture
WALK = """
(go) => {
  const all = [...document.querySelectorAll('button, input, [tabindex="0"]')].filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && e.tabIndex >= 0;
  });
  if (go) all[0].focus();
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const seen = r.top >= 0 && r.bottom <= innerHeight + 1 && r.left >= 0 && r.right <= innerWidth + 1;
  const ring = s.outlineStyle + ' ' + s.outlineWidth + ' ' + s.outlineColor;
  return {names: all.map((one) => one.dataset.key || one.tagName), place: all.indexOf(e), ring, seen};
}
"""


def walked(page: Page) -> list[str]:
    """Tab from the first control to the last: each in the order of the document, in sight and with its ring."""
    found: dict[str, Any] = page.evaluate(WALK, True)
    names: list[str] = found["names"]
    for place, name in enumerate(names):
        assert found["place"] == place, f"{name}: the focus is on {found['place']} of {names}"
        assert found["ring"].startswith("solid 4px rgb(17, 17, 17)"), f"{name}: {found['ring']}"
        assert found["seen"], f"{name} has the focus out of sight"
        page.keyboard.press("Tab")
        found = page.evaluate(WALK, False)
    return names


def test_tab_reaches_every_control_in_order_with_a_visible_ring(cashier: Cashier, evening: Evening) -> None:
    page = cashier.page
    cashier.sees("1 317,61")
    assert walked(page) == ["F4", "+", "/"]
    cashier.keys("F2")
    cashier.screen("S2")
    assert walked(page) == ["field", "Enter", "Escape", "F4"], "the pad repeats keys that are at hand"
    cashier.keys("Escape", "NumpadAdd")
    cashier.screen("S3")
    assert walked(page) == ["field", "name", "1", "2", "Enter", "Escape", "F4"]
    cashier.keys("F4")
    cashier.screen("S7")
    cashier.keys("Escape")
    cashier.screen("S1")
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.sees("+53")
    assert walked(page) == ["Enter", "*", "-", "F6", "F9", "F4"]
    cashier.keys("NumpadMultiply")
    cashier.screen("S5")
    assert walked(page) == ["1", "2", "3", "4", "field", "Enter", "Escape", "F4"]
    cashier.keys("F9")
    cashier.screen("why")
    assert walked(page) == ["told", "Enter", "2"]
    cashier.keys("Escape", "Escape", "NumpadDivide")
    cashier.screen("S10")
    assert walked(page) == [*"123456789", "Escape", "0", "F4"]
    receipt_scanned(cashier, evening)
    page.wait_for_selector(".good")
    assert walked(page) == ["−0", "+0", "−1", "+1", "−2", "+2", "Enter", "Escape"]


def test_tab_in_a_doubt(cashier: Cashier, evening: Evening) -> None:
    in_doubt(cashier, evening, OTHER)
    evening.stands({**CHECKING, "state": "needs_operator"})
    cashier.screen("S12")
    cashier.sees("1042")
    assert walked(cashier.page) == ["1", "2", "Enter", "F10"]
    cashier.digits("1")
    cashier.sees("Старший: Ольга")
    assert walked(cashier.page) == ["1", "*", "field", "Enter", "Escape", "F10"]


def test_urgent_screens_are_announced_at_once_and_others_politely(cashier: Cashier, evening: Evening) -> None:
    said = "document.getElementById('{}').textContent".format
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    assert "ДОСТУПНО 840" in cashier.page.evaluate(said("polite"))
    evening.problem("PRN-01", SAFE["N"])
    cashier.screen("S13")
    assert cashier.page.evaluate(said("assertive")) == "КОНЧИЛАСЬ БУМАГА"
    assert cashier.page.evaluate(said("polite")) == ""


class Finger:
    """Touches what is on the screen; there is no keyboard."""

    def __init__(self, cashier: Cashier) -> None:
        self.cashier, self.page = cashier, cashier.page

    def tap(self, key: str) -> None:
        self.page.wait_for_timeout(SETTLED)  # a touch that comes with a screen's change is not meant for it
        self.page.tap(f'.actions [data-key="{key}"], .content button[data-key="{key}"]')

    def digits(self, text: str) -> None:
        for digit in text:
            self.page.tap(f'[data-pad="{digit}"]')


@pytest.fixture
def finger(browser: Browser, evening: Evening, artefacts: Path) -> Iterator[Finger]:
    context = browser.new_context(**SCREEN, has_touch=True)
    made = Finger(Cashier(context.new_page(), evening.agent.address, artefacts))
    made.page.goto(evening.agent.address + "/")
    yield made
    made.cashier.end()
    context.close()


def test_a_whole_sale_and_a_decision_by_touch_alone(finger: Finger, evening: Evening) -> None:
    cashier = finger.cashier
    cashier.screen("S0")
    finger.digits(CODE)
    finger.tap("Enter")
    cashier.screen("S1")
    cashier.sees("1 317,61")
    finger.tap("+")
    cashier.screen("S3")
    finger.digits("9160000001")
    finger.tap("1")
    finger.tap("Enter")
    cashier.screen("S4")
    cashier.sees("СПИСАТЬ до 323")
    finger.tap("*")
    cashier.screen("S5")
    finger.tap("2")
    cashier.sees("СПИСАТЬ 200", "1 117,61")
    finger.tap("F4")
    cashier.screen("S7")
    finger.tap("Escape")
    cashier.screen("S1")
    finger.tap("/")
    cashier.screen("S10")
    finger.tap("4")
    cashier.sees("Сегодня слипов ещё нет")
    finger.tap("Escape")
    finger.tap("Escape")
    cashier.screen("S1")
    doubt(evening, OTHER)
    evening.agent.say("sale", {"sale": "order-1", "state": "checking"})
    evening.stands({**CHECKING, "state": "needs_operator"})
    cashier.screen("S12")
    finger.tap("1")
    cashier.page.wait_for_selector("[aria-pressed=true]")
    finger.tap("*")
    cashier.sees("Старший: Пётр")
    finger.digits("2468")
    evening.agent.on(*RESOLVE, lambda _: evening.stands(registered()) or {})
    finger.tap("Enter")
    cashier.saw("S8", "ПРОБИТ")
    (sent,) = evening.agent.bodies(*RESOLVE)
    assert (sent["decision"], sent["senior"], sent["pin"]) == ("registered", "Пётр", "2468")


def test_a_return_by_touch(finger: Finger, evening: Evening) -> None:
    cashier = finger.cashier
    finger.page.evaluate(f"localStorage.setItem('pos-agent.token', '{TOKEN}')")
    cashier.open()
    cashier.screen("S1")
    receipt_scanned(cashier, evening)
    finger.page.wait_for_selector(".good")
    finger.page.tap(".good:nth-of-type(3) button[aria-label*='+']")
    cashier.sees("ВЕРНУТЬ 66,48")
    finger.tap("Enter")
    cashier.saw("S8", "ЧЕК ВОЗВРАТА 66,48")
    (sent,) = evening.agent.bodies("POST", "/v1/returns")
    assert sent["lines"] == {"2": "1"}


TOLD = ("Clocks differ by 7 min.", "Turn on time sync.", "Sell as usual.")
INSTALLER = {
    "/v1/devices": {
        "printer": {"connected": True, "vendor": "atol", "model": "АТОЛ 30Ф", "serial": "00106412", "port": "COM3"},
        "storage": {"fn_serial": "9999078902001234", "recorded_fd": 1041, "last_fd": 1041},
        "tap": {"port": "/dev/ttyS9", "waited": 2},
        "sync": {"url": "https://cloud.example", "waiting": 38, "last_success": "2026-11-21T14:20:00", "cause": ""},
    },
    "/v1/config/problems": {
        "problems": [
            {"code": "INS-09", "severity": "warns", "what": TOLD[0], "action": TOLD[1], "safe": TOLD[2]},
            {"code": "PRN-03", "severity": "blocks", "what": TOLD[0], "action": TOLD[1], "safe": TOLD[2]},
        ]
    },
    "/v1/exchange": {
        "recording": True,
        "lines": [{"at_s": 1.25, "direction": ">", "bytes": 12, "begins": "02 05 11 00"}] * 40,
    },
    "/v1/ports": {"searching": False, "left_s": 0, "notes": [], "ports": []},
    "/v1/log": {"lines": [{"timestamp": "2026-11-21T18:05:00", "level": "info", "event": "connected"}] * 40},
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_installers_page(browser: Browser, artefacts: Path, lang: str) -> None:
    agent = FakeAgent(lang)
    agent.said = english if lang == "en" else agent.said
    Evening(agent)
    agent.on("POST", "/v1/enter", {"role": "installer", "token": TOKEN})
    for path, answer in INSTALLER.items():
        agent.on("GET", path, answer)
    context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="ru-RU")
    page = context.new_page()
    page.goto(agent.address + "/page/installer")
    page.wait_for_selector("form")
    page.screenshot(path=artefacts / f"{lang}-installer-entrance.png")
    assert looks.complaints(page, False, FINGER) == []
    page.keyboard.type("482916")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tail")
    until(lambda: "INS-09" in page.inner_text("body"))
    page.screenshot(path=artefacts / f"{lang}-installer.png", full_page=True)
    assert looks.complaints(page, False, FINGER) == []
    if lang == "en":
        assert not RUSSIAN.search(page.inner_text("body")), page.inner_text("body")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement !== document.body")
    context.close()
    agent.close()
