"""What a cashier does and sees: keys, scans, the screen's code and words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser import looks
from kit.waiting import until
from playwright.sync_api import Page, TimeoutError, ViewportSize, expect

SCAN = (Path(__file__).parent / "scan.js").read_text(encoding="utf-8")
SEEN = """
window.seen = {};
new MutationObserver(() => {
  const screen = document.querySelector("#page > .screen");
  if (!screen) return;
  const name = screen.dataset.screen;
  (seen[name] = seen[name] || []).push(screen.textContent.replace(/\\s+/g, " "));
}).observe(document, { childList: true, subtree: true });
"""
SAW = "([name, texts]) => (seen[name] || []).some((one) => texts.every((text) => one.includes(text)))"
SHOWN = "Object.fromEntries(Object.entries(seen).map(([name, all]) => [name, all.length]))"
BLINK = (Path(__file__).parent / "blink.js").read_text(encoding="utf-8")
SETTLED = 450  # milliseconds: a second Enter sooner than that is not taken
SIZE: ViewportSize = {"width": 1024, "height": 600}
PATIENCE_S = 30.0  # a busy machine; the page's own times are tested by its clock
PERSON_MS = 70  # between two keys; a scanner leaves 7 to 16


def all_in(wanted: list[str], shown: str) -> bool:
    return all(one in shown for one in wanted)


class Cashier:
    """Keys go to the page as a keyboard's; `screen` waits for one."""

    def __init__(self, page: Page, address: str, artefacts: Path) -> None:
        self.page, self.address, self.artefacts = page, address, artefacts
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_S * 1000)
        page.add_init_script(SEEN)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    def begin(self, address: str) -> None:
        """A test of its own: another agent, the register's size, no complaints yet."""
        self.address = address
        self.complaints.clear()
        if self.page.viewport_size != SIZE:
            self.page.set_viewport_size(SIZE)

    def end(self) -> None:
        """Nothing goes on behind the next test; the page said nothing wrong."""
        complaints = [*self.complaints]
        self.page.goto("about:blank")
        assert not complaints, complaints

    def open(self) -> None:
        self.page.goto(self.address + "/")
        self.page.wait_for_selector("[data-screen]")

    def screen(self, name: str) -> None:
        try:
            self.page.wait_for_selector(f'.screen[data-screen="{name}"]')
        except TimeoutError:
            raise AssertionError(f"no screen {name}: {self.text()}; {self.complaints}") from None

    def sees(self, *texts: str) -> None:
        """All of them on the screen at one moment."""
        wanted = [" ".join(one.split()) for one in texts]
        try:
            until(lambda: all_in(wanted, self.text()), PATIENCE_S)
        except AssertionError:
            shown = self.text()
            raise AssertionError(f"not there: {[one for one in wanted if one not in shown]}\n{shown}") from None

    def saw(self, name: str, *texts: str) -> None:
        """That screen said all of it since the page was opened; it may be gone by now, as S8 after four seconds."""
        wanted = [" ".join(one.split()) for one in texts]
        until(lambda: self.page.evaluate(SAW, [name, wanted]), PATIENCE_S)

    def shown(self) -> dict[str, int]:
        """How often each screen came up since the page was opened."""
        counted: dict[str, int] = self.page.evaluate(SHOWN)
        return counted

    def text(self) -> str:
        """What is on the screen, in one line."""
        shown: str = self.page.evaluate("document.getElementById('page').innerText")
        return " ".join(shown.split())

    def not_sees(self, text: str) -> None:
        expect(self.page.locator("#page")).not_to_contain_text(text, use_inner_text=True)

    def keys(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)

    def enter(self) -> None:
        """After the screen has settled: an Enter that comes with a screen's change is not meant for it."""
        self.page.wait_for_timeout(SETTLED)
        self.page.keyboard.press("Enter")

    @contextmanager
    def enter_with(self, name: str) -> Iterator[None]:
        """An Enter 0.3 s after this screen has come up, by the page's own clock, however slow the machine is."""
        self.page.evaluate(BLINK, name)
        yield
        until(lambda: self.page.evaluate("Boolean(window.blinked)"), PATIENCE_S)

    def digits(self, text: str) -> None:
        for digit in text:
            self.page.keyboard.press(f"Numpad{digit}", delay=PERSON_MS)

    def scan(self, text: str, gap_ms: float = 12.0) -> None:
        """As a keyboard wedge types it under a Russian layout, Enter at the end."""
        self.page.evaluate(SCAN, [text, gap_ms])

    def picture(self, name: str, fixed: bool = True) -> Path:
        """Leaves a picture and checks the looks of what is on it; `fixed`: nothing scrolls."""
        path = self.artefacts / f"{name}.png"
        self.page.screenshot(path=path, full_page=not fixed)
        found = looks.complaints(self.page, fixed)
        assert not found, f"{name}: {found}"
        return path
