"""How soon: a page that nobody has opened before is usable within two seconds, a key is answered within a tenth.

Measured inside the browser, from the navigation's start and from the key's own time, to the frame that shows it. A
machine that is busy with other work may miss a deadline once: the best of a few rounds has to keep it.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from browser.cashier import Cashier
from browser.conftest import SCREEN
from browser.fake_agent import TOKEN, FakeAgent
from browser.story import Evening
from kit.waiting import until
from playwright.sync_api import Browser, Page

OPENED_MS, ANSWERED_MS, ROUNDS = 2000, 100, 3
LONG_S = 0.3  # below the 400 ms after which the page says in words that it waits
USABLE = """
window.usable = 0;
new MutationObserver(() => {
  const shown = document.querySelector('.S1 .row .figure, .S0 .field') && document.querySelector('.actions button');
  if (shown && !window.usable) requestAnimationFrame(() => { window.usable = window.usable || performance.now(); });
}).observe(document, {childList: true, subtree: true});
"""
ANSWERED = """
window.answers = [];
for (const kind of ['keydown', 'click']) window.addEventListener(kind, (event) => {
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => answers.push(Math.round(performance.now() - event.timeStamp)), 0));
  });
  seen.observe(document.getElementById('page'), {subtree: true, childList: true, attributes: true});
}, true);
"""


def best(measure: Callable[[], float], most: float) -> list[float]:
    """What each round took; the first that keeps the deadline is the last."""
    taken: list[float] = []
    while len(taken) < ROUNDS and (not taken or taken[-1] > most):
        taken.append(measure())
    return taken


def opened(browser: Browser, address: str, token: str = TOKEN) -> float:
    """Milliseconds until the goods of the receipt and the keys are there, in a browser with nothing in its cache."""
    context = browser.new_context(**SCREEN)
    context.add_init_script(f"{USABLE}if ('{token}') localStorage.setItem('pos-agent.token', '{token}')")
    page = context.new_page()
    page.goto(address + "/")
    until(lambda: page.evaluate("window.usable > 0"))
    taken: float = page.evaluate("window.usable")
    context.close()
    return taken


def test_the_page_is_usable_in_two_seconds_with_nothing_but_the_agent(browser: Browser, agent: FakeAgent) -> None:
    Evening(agent)
    taken = best(lambda: opened(browser, agent.address), OPENED_MS)
    assert taken[-1] <= OPENED_MS, taken


def test_the_entrance_too(browser: Browser, agent: FakeAgent) -> None:
    Evening(agent)
    taken = best(lambda: opened(browser, agent.address, ""), OPENED_MS)
    assert taken[-1] <= OPENED_MS, taken


def answered(page: Page, number: int) -> None:
    """So many presses have been shown."""
    until(lambda: page.evaluate("answers.length") >= number)


def worst_answer(page: Page, *keys: str) -> float:
    """The slowest of the keys, from the press to the frame that shows it."""
    page.evaluate("answers.length = 0")
    for number, key in enumerate(keys, 1):
        page.keyboard.press(key)
        answered(page, number)
        page.wait_for_timeout(90)  # a person's pace: a scanner's is another matter
    answers: list[float] = page.evaluate("answers")
    return max(answers)


def test_a_key_is_answered_in_a_tenth_of_a_second(cashier: Cashier) -> None:
    page = cashier.page
    cashier.sees("1 317,61")
    page.evaluate(ANSWERED)

    def searched() -> float:
        taken = worst_answer(page, "Numpad9", "Numpad1", "Numpad6", "Backspace", "Numpad6", "Numpad1", "Escape")
        cashier.screen("S1")
        return taken

    taken = best(searched, ANSWERED_MS)
    assert taken[-1] <= ANSWERED_MS, taken
    cashier.scan("7q4m2xkd9w")
    cashier.screen("S4")
    cashier.sees("+53")

    def spent() -> float:
        page.wait_for_timeout(450)  # an Enter that comes with a screen is not taken
        taken = worst_answer(page, "NumpadMultiply", "Numpad2", "Numpad5", "Backspace", "Escape")
        cashier.screen("S4")
        return taken

    taken = best(spent, ANSWERED_MS)
    assert taken[-1] <= ANSWERED_MS, taken


def test_an_enter_that_begins_long_work_is_answered_at_once(cashier: Cashier, evening: Evening) -> None:
    """What the agent takes its time for, the button shows to be pressed."""
    page = cashier.page
    cashier.sees("1 317,61")
    page.evaluate(ANSWERED)
    found = {"customers": [], "more": False}
    evening.agent.on("GET", "/v1/customers", lambda _: Event().wait(LONG_S) or found)

    def asked() -> float:
        cashier.digits("4417")
        page.wait_for_timeout(450)
        taken = worst_answer(page, "Enter")
        cashier.keys("Escape")
        cashier.open()
        cashier.sees("1 317,61")
        page.evaluate(ANSWERED)
        return taken

    taken = best(asked, ANSWERED_MS)
    assert taken[-1] <= ANSWERED_MS, taken


def test_a_touch_is_answered_in_a_tenth_of_a_second(cashier: Cashier) -> None:
    page = cashier.page
    cashier.keys("F2")
    cashier.screen("S2")
    page.evaluate(ANSWERED)

    def touched() -> float:
        page.evaluate("answers.length = 0")
        for number, digit in enumerate("916", 1):
            page.click(f'[data-pad="{digit}"]')
            answered(page, number)
        taken: float = max(page.evaluate("answers"))
        cashier.keys("Backspace", "Backspace", "Backspace")
        return taken

    taken = best(touched, ANSWERED_MS)
    assert taken[-1] <= ANSWERED_MS, taken
