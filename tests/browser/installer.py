"""The installer's page before an agent of canned answers: what is plugged in, who answers there, a slip's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import looks
from browser.cashier import PATIENCE_S
from browser.fake_agent import TOKEN, FakeAgent
from kit.waiting import until
from playwright.sync_api import Browser, Page, ViewportSize

WEDGE = (Path(__file__).parent / "wedge.js").read_text(encoding="utf-8")
FOCUS = "document.activeElement.dataset.key || document.activeElement.tagName"
FINGER = 44  # pixels
QR, SLIP = "HTTPS://EXAMPLE.ORG/C/ZQWYAM4829", "trial-1"
WHO = "v3, АТОЛ 30Ф, 5.8.4, заводской …5412, ФН до 2028-03-10"
LINES = [
    "[printer]",
    'vendor = "atol"',
    'protocol = "v3"',
    'port = "/dev/serial/by-id/usb-ATOL_30F-if00"',
    "baud = 115200",
]
BUSY = {"code": "INS-03", "what": "Порт держит программа kassa.", "action": "Закройте её или выберите режим 2."}


def port(name: str, label: str, state: str, **more: Any) -> dict[str, Any]:
    blank = {"verdict": None, "answer": "", "speed": "", "told": None, "settings": []}
    return {"port": name, "label": label, "state": state, **blank, **more}


OURS = port("/dev/ttyACM0", "COM 1FC9:0083", "held")
BESIDE = port("/dev/ttyACM1", "COM 1FC9:0083 #2", "beside")
FRESH = port("/dev/ttyUSB0", "COM 0403:6001", "new")
FOUND = port("/dev/ttyACM2", "COM 2912:0005", "asked", verdict="ready", answer=WHO, speed="115200", settings=LINES)
TAKEN = port("/dev/ttyUSB1", "COM 0403:6001 #2", "asked", verdict="busy", answer="занят другой программой", told=BUSY)


def listed(*ports: dict[str, Any], left_s: int = 0, notes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"searching": left_s > 0, "left_s": left_s, "notes": [*notes], "ports": [*ports]}


class Installer:
    """The page as an installer sees it; `picture` checks how it looks."""

    def __init__(self, page: Page, agent: FakeAgent, artefacts: Path, lang: str) -> None:
        self.page, self.agent, self.artefacts, self.lang = page, agent, artefacts, lang
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_S * 1000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def begin(self, agent: FakeAgent) -> None:
        """A test of its own on the page of the one before: another agent, no complaints yet."""
        self.agent = agent
        self.complaints.clear()
        self.open()

    def end(self) -> None:
        """Nothing goes on behind the next test; the page said nothing wrong."""
        complaints = [*self.complaints]
        self.page.goto("about:blank")
        self.complaints.clear()  # an empty page keeps nothing and says so
        assert not complaints, complaints

    def open(self) -> None:
        self.page.goto(self.agent.address + "/page/installer")
        self.page.wait_for_selector(".ports, .tail")

    def press(self, name: str) -> None:
        self.page.locator(f'[data-key="{name}"]').click()

    def text(self) -> str:
        shown: str = self.page.evaluate("document.getElementById('page').innerText")
        return " ".join(shown.split())

    def sees(self, *texts: str) -> None:
        try:
            until(lambda: all(one in self.text() for one in texts), PATIENCE_S)
        except AssertionError:
            shown = self.text()
            raise AssertionError(f"not there: {[one for one in texts if one not in shown]}\n{shown}") from None

    def scan(self, text: str, gap_ms: float = 12.0, layout: str = "us", end: str = "Enter", caps: bool = False) -> int:
        """Times that its Enter pressed what had the focus: 0 is right."""
        pressed: int = self.page.evaluate(WEDGE, [text, gap_ms, {"layout": layout, "end": end, "caps": caps}])
        return pressed

    def focused(self, name: str) -> None:
        """The focus comes to the control of this name."""
        until(lambda: self.page.evaluate(FOCUS) == name or None, PATIENCE_S)

    def picture(self, name: str) -> None:
        self.page.screenshot(path=self.artefacts / f"{self.lang}-installer-{name}.png", full_page=True)
        found = looks.complaints(self.page, False, FINGER)
        assert not found, f"{name}: {found}"


@contextmanager
def at_page(
    browser: Browser, agent: FakeAgent, artefacts: Path, lang: str = "ru", size: ViewportSize | None = None
) -> Iterator[Installer]:
    """Inside already, nothing wrong said by the page at the end."""
    context = browser.new_context(viewport=size or {"width": 1024, "height": 600}, locale="ru-RU")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(f"localStorage.setItem('pos-agent.installer-token', '{TOKEN}')")
    made = Installer(context.new_page(), agent, artefacts, lang)
    made.open()
    yield made
    complaints = [*made.complaints]
    context.close()
    assert not complaints, complaints
