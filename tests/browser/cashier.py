"""What a cashier does and sees: keys, scans, the screen's code and words."""

from __future__ import annotations

from pathlib import Path

from browser import looks
from playwright.sync_api import Page, expect

SCAN = (Path(__file__).parent / "scan.js").read_text(encoding="utf-8")
SETTLED = 450  # milliseconds: a second Enter sooner than that is not taken
PERSON_MS = 70  # between two keys; a scanner leaves 7 to 16


class Cashier:
    """Keys go to the page as a keyboard's; `screen` waits for one."""

    def __init__(self, page: Page, address: str, artefacts: Path) -> None:
        self.page, self.address, self.artefacts = page, address, artefacts
        self.complaints: list[str] = []
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    def open(self) -> None:
        self.page.goto(self.address + "/")
        self.page.wait_for_selector("[data-screen]")

    def screen(self, name: str) -> None:
        self.page.wait_for_selector(f'.screen[data-screen="{name}"]')

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#page")).to_contain_text(text, use_inner_text=True)

    def not_sees(self, text: str) -> None:
        expect(self.page.locator("#page")).not_to_contain_text(text, use_inner_text=True)

    def keys(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)

    def enter(self) -> None:
        """After the screen has settled: an Enter that comes with a screen's change is not meant for it."""
        self.page.wait_for_timeout(SETTLED)
        self.page.keyboard.press("Enter")

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
