"""The installer's visit on the page: a trial slip and its scan, a code for a page, ports, lines for the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.english import RUSSIAN, english
from browser.fake_agent import CODE, TOKEN, FakeAgent, RefusedError
from browser.installer import (
    BESIDE,
    FOUND,
    FRESH,
    LINES,
    OURS,
    QR,
    SLIP,
    TAKEN,
    Installer,
    at_page,
    listed,
    port,
)
from browser.story import Evening
from browser.test_page_access import INSTALLER, walked
from kit.waiting import until
from playwright.sync_api import Browser

from pos_agent.texts import LANGUAGES, table

LONG = "Очень длинное имя устройства, которое не помещается ни в какую строку " * 3


@pytest.fixture(scope="module")
def desk(browser: Browser, artefacts: Path) -> Iterator[Installer]:
    """One page for all tests: each has an address of its own, so nothing that is kept in the browser is shared."""
    agent = FakeAgent()
    with at_page(browser, ready(agent), artefacts) as made:
        yield made
    agent.close()


@pytest.fixture
def installer(desk: Installer, shop: FakeAgent) -> Iterator[Installer]:
    desk.begin(shop)
    yield desk
    desk.end()


@pytest.fixture
def shop(agent: FakeAgent) -> FakeAgent:
    return ready(agent)


def ready(agent: FakeAgent) -> FakeAgent:
    """Everything in order; a trial slip is printed at once."""
    Evening(agent)
    for path, answer in INSTALLER.items():
        agent.on("GET", path, answer)
    agent.on("GET", "/v1/ports", listed(OURS, BESIDE, FRESH))
    agent.on("POST", "/v1/slips", {"slip": SLIP, "qr": QR})
    agent.on("GET", f"/v1/slips/{SLIP}", {"state": "printed", "minutes": 10, "problem": None})
    agent.on("POST", "/v1/page-codes", {"code": CODE, "minutes": 10})
    return agent


def said(key: str, lang: str = "ru", **words: str) -> str:
    text: str = table("page")[key][lang]
    return text.format(**words)


# ------------------------------------------------------------------ the trial slip


def test_the_trial_slip_is_printed_once_and_its_scan_is_told(installer: Installer, shop: FakeAgent) -> None:
    installer.press("to trial")
    installer.sees("Слип вышел.", "Отсканируйте QR этого слипа")
    assert shop.bodies("POST", "/v1/slips") == [{"kind": "trial"}]
    installer.picture("trial-printed")
    installer.focused("panel")
    assert installer.scan(QR) == 0
    installer.sees("Сканер прочитал QR верно", "Буквы латинские, большие", "В конце шлёт Enter", "12 мс на знак")
    installer.picture("trial-read")
    assert len(shop.bodies("POST", "/v1/slips")) == 1
    installer.press("close")
    installer.focused("to trial")


@pytest.mark.parametrize(
    ("sent", "how", "told"),
    [
        (QR, {"end": ""}, ["Сканер прочитал QR верно", "Сканер не шлёт Enter.", "INS-13"]),
        (QR, {"end": "Tab"}, ["Сканер прочитал QR верно", "В конце шлёт Tab"]),
        (QR, {"layout": "ru"}, ["Сканер прочитал QR верно", "Раскладка русская", "В конце шлёт Enter"]),
        (QR, {"caps": True}, ["Сканер прочитал QR верно", "Выключите Caps Lock."]),
        (QR, {"gap_ms": 90.0}, ["Сканер прочитал QR верно", "Медленно: до 90 мс"]),
        ("]Q1" + QR, {}, ["Сканер прочитал QR верно", "Перед кодом лишнее: «]Q1»."]),
        (QR + "77", {}, ["Сканер прочитал QR верно", "После кода лишнее: «77»."]),
        (QR.replace("ZQWYAM", "YAZYQM"), {}, ["Сканер печатает не те буквы.", "INS-12"]),
        ("4607001234567", {}, ["Это другой код."]),
    ],
)
def test_what_is_wrong_with_the_scanner_is_named(
    installer: Installer, sent: str, how: dict[str, Any], told: list[str]
) -> None:
    installer.press("to trial")
    installer.sees("Отсканируйте QR этого слипа")
    assert installer.scan(sent, **how) == 0
    installer.sees(*told)
    assert sent not in installer.text(), "what was scanned is nobody's business"


def test_the_first_character_is_found_and_kept_for_the_cashiers_page(installer: Installer) -> None:
    installer.press("to trial")
    installer.sees("Отсканируйте QR этого слипа")
    installer.scan("~" + QR)
    installer.sees("Первый знак «~»")
    assert installer.page.locator('[data-key="prefix"]').input_value() == "~"
    assert installer.page.evaluate("localStorage.getItem('pos-agent.prefix')") == "~"
    installer.scan(QR)
    installer.sees("Первого знака «~» нет.")


def test_a_scan_presses_no_button_and_typing_is_no_scan(installer: Installer, shop: FakeAgent) -> None:
    installer.press("to trial")
    installer.sees("Отсканируйте QR этого слипа")
    installer.page.locator('[data-key="again"]').focus()
    assert installer.scan(QR) == 0
    installer.sees("Сканер прочитал QR верно")
    assert len(shop.bodies("POST", "/v1/slips")) == 1, "the scanner's Enter printed nothing"
    installer.page.locator('[data-key="filter"]').fill("")
    installer.page.locator('[data-key="filter"]').type("connected")
    assert installer.page.locator('[data-key="filter"]').input_value() == "connected"


def test_what_cannot_be_read_has_its_advice(installer: Installer) -> None:
    installer.press("to trial")
    installer.sees("Отсканируйте QR этого слипа")
    installer.press("unread")
    installer.sees("QR слипа не читается.", "qr_dots = 7", "INS-14")


def test_a_slip_that_waits_and_one_that_does_not_come(installer: Installer, shop: FakeAgent) -> None:
    shop.on("GET", f"/v1/slips/{SLIP}", {"state": "pending", "minutes": 10, "problem": None})
    installer.press("to trial")
    installer.sees("Печатаем.")
    installer.press("to trial")
    assert len(shop.bodies("POST", "/v1/slips")) == 1, "one is on its way"
    installer.picture("trial-waits")
    shop.on("GET", f"/v1/slips/{SLIP}", {"state": "failed", "minutes": 10, "problem": None})
    installer.sees("Слип не вышел.")
    shop.on("GET", f"/v1/slips/{SLIP}", {"state": "printed", "minutes": 10, "problem": None})
    installer.press("again")
    installer.sees("Слип вышел.")
    assert len(shop.bodies("POST", "/v1/slips")) == 2


# ------------------------------------------------------------------ a code for a page


def test_a_code_is_large_and_its_time_runs(installer: Installer, shop: FakeAgent) -> None:
    installer.press("to code")
    installer.sees("Чья страница?")
    installer.press("cashier")
    installer.sees("482", "916", "Для страницы кассира", shop.address + "/.")
    shown = installer.page.locator(".clock").inner_text()
    assert shown in ("10:00", "9:59")
    until(lambda: installer.page.locator(".clock").inner_text() < shown)
    installer.picture("code")
    assert installer.page.evaluate("Object.values(localStorage).join()").find(CODE) < 0, "kept nowhere"
    installer.press("installer")
    installer.sees("Для страницы установщика", "/page/installer")
    assert shop.bodies("POST", "/v1/page-codes") == [{"role": "cashier"}, {"role": "installer"}]
    installer.page.keyboard.press("Escape")
    assert "482" not in installer.text()
    installer.focused("to code")
    installer.press("to code")
    installer.sees("Чья страница?")
    assert "482" not in installer.text(), "who comes to this screen next does not see it"


def test_a_code_that_is_over_is_not_shown(installer: Installer, shop: FakeAgent) -> None:
    shop.on("POST", "/v1/page-codes", {"code": CODE, "minutes": 0})
    installer.press("to code")
    installer.press("cashier")
    installer.sees("Код больше не действует.")
    assert "482" not in installer.text()


def test_whose_token_is_no_installers_is_told(installer: Installer, shop: FakeAgent) -> None:
    shop.on("POST", "/v1/page-codes", RefusedError(404, code="HTTP-09", what="Такого адреса нет."))
    installer.press("to code")
    installer.press("cashier")
    installer.sees("Нужен код установщика")


# ------------------------------------------------------------------ ports and another printer


def test_ports_are_asked_on_demand_and_the_list_goes_on_by_itself(installer: Installer, shop: FakeAgent) -> None:
    installer.sees("принтер агента, не спрашиваем", "другой порт этого принтера", "ещё не спросили", "на ленте ничего")
    asking = listed(OURS, BESIDE, {**FRESH, "state": "asking"}, left_s=179)
    shop.on("POST", "/v1/ports/search", asking)
    shop.on("GET", "/v1/ports", asking)
    installer.press("ask /dev/ttyUSB0")
    installer.sees("спрашиваем…", "новые порты тоже · 2:5")
    shop.on("GET", "/v1/ports", listed(OURS, BESIDE, FRESH, TAKEN, FOUND))
    installer.sees("АТОЛ 30Ф", "занят другой программой", "Порт держит программа kassa.", "INS-03")
    installer.picture("ports")
    installer.press("ports")
    until(lambda: shop.bodies("POST", "/v1/ports/search") == [{"port": "/dev/ttyUSB0"}, {"port": ""}] or None)
    shop.on("GET", "/v1/ports", listed())
    installer.sees("Портов нет. Включите принтер и вставьте кабель, список обновится.")


def test_the_lines_for_the_settings_are_copied_whole(installer: Installer, shop: FakeAgent) -> None:
    installer.press("to printer")
    installer.sees("Включите новый принтер", "Спросите порты")
    installer.picture("change-empty")
    shop.on("GET", "/v1/ports", listed(OURS, FOUND))
    installer.sees("Остановите агента: sudo systemctl stop pos-agent", *LINES)
    installer.picture("change")
    installer.press("copy /dev/ttyACM2")
    installer.sees("✔ Скопировано")
    assert installer.page.evaluate("navigator.clipboard.readText()") == "\n".join(LINES)


def test_a_browser_that_does_not_copy_says_so(installer: Installer, shop: FakeAgent) -> None:
    shop.on("GET", "/v1/ports", listed(OURS, FOUND))
    installer.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    installer.press("to printer")
    installer.sees(*LINES)
    installer.press("copy /dev/ttyACM2")
    installer.sees("Браузер не дал скопировать.")


# ------------------------------------------------------------------ how it looks, for everybody


def test_it_goes_by_keyboard_alone(installer: Installer, shop: FakeAgent) -> None:
    assert len(set(walked(installer.page))) == len(walked(installer.page))
    installer.page.locator('[data-key="to code"]').focus()
    installer.page.keyboard.press("Enter")
    installer.focused("panel")
    installer.page.keyboard.press("Tab")
    installer.focused("cashier")
    installer.page.keyboard.press("Space")
    installer.sees("482")
    shop.on("GET", "/v1/ports", listed(OURS))
    until(lambda: "ещё не спросили" not in installer.text())
    installer.focused("cashier")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [360, 1024])
def test_every_panel_in_both_languages_on_both_widths(browser: Browser, artefacts: Path, lang: str, width: int) -> None:
    shop = ready(FakeAgent(lang))
    if lang == "en":
        shop.said = english
    busy = {**TAKEN, "answer": "held by another program" if lang == "en" else TAKEN["answer"]}
    busy["told"] = {"code": "INS-03", "what": "Program kassa holds the port.", "action": "Close it or take mode 2."}
    found = {**FOUND, "answer": "v3, ATOL 30F, 5.8.4, FN 2028-03-10" if lang == "en" else LONG}
    notes = ("USB 1FC9:0089: a printer waits for new firmware. Switch it off and on.",)
    shop.on("GET", "/v1/ports", listed(OURS, BESIDE, FRESH, busy, found, left_s=95, notes=notes))
    with at_page(browser, shop, artefacts, lang, {"width": width, "height": 600}) as page:
        page.sees(said("I_ports", lang), "1FC9:0089")
        for name, seen in (("trial", "I_trial_scan"), ("code", "I_code_ask"), ("printer", "I_change_2")):
            page.press(f"to {name}")
            page.sees(said(seen, lang))
            page.picture(f"{name}-{width}")
        page.scan(QR, end="")
        if lang == "en":
            assert not RUSSIAN.search(page.text()), page.text()
    shop.close()


def test_before_the_first_answer_nothing_is_a_zero(browser: Browser, agent: FakeAgent, artefacts: Path) -> None:
    agent.silent.set()
    context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="ru-RU")
    context.add_init_script(f"localStorage.setItem('pos-agent.installer-token', '{TOKEN}')")
    page = Installer(context.new_page(), agent, artefacts, "ru")
    page.page.goto(agent.address + "/page/installer")
    page.sees("Порты этого компьютера", "НЕТ ОТВЕТА ОТ ПРОГРАММЫ")
    page.picture("silent")
    context.close()


def test_a_name_that_is_markup_is_a_name(browser: Browser, shop: FakeAgent, artefacts: Path) -> None:
    evil = "<img src=x onerror=alert(1)>"
    shop.on("GET", "/v1/ports", listed(port("/dev/x", evil, "asked", verdict="silent", answer=evil)))
    with at_page(browser, shop, artefacts) as page:
        page.sees(evil)
        assert page.page.locator("img").count() == 0
