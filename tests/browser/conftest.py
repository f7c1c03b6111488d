"""A browser that has nothing but loopback, a page in the register's size, the evening behind it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.cashier import Cashier
from browser.fake_agent import TOKEN, FakeAgent
from browser.story import Evening
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
SCREEN: dict[str, Any] = {
    "viewport": {"width": 1024, "height": 600},
    "locale": "ru-RU",
    "timezone_id": "Europe/Moscow",
}
# A window of its own for each page would load the browser's tabs and buttons as pages too: a second of processor time
# each. The last such flag counts, so it repeats what playwright switches off.
NOT_TESTED = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "PreloadTopChromeWebUI,InitialWebUI,WebUIReloadButton"
)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic", f"--disable-features={NOT_TESTED}",
]  # fmt: skip


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where pictures of the screens are left to be looked at."""
    folder = Path(os.environ.get("PAGE_PICTURES") or Path(tempfile.gettempdir()) / "pos-agent-pages")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def agent() -> Iterator[FakeAgent]:
    made = FakeAgent()
    yield made
    made.close()


@pytest.fixture
def evening(agent: FakeAgent) -> Evening:
    return Evening(agent)


@pytest.fixture(scope="session")
def at_the_till(browser: Browser, artefacts: Path) -> Iterator[Cashier]:
    """One page for all tests: each has an address of its own, so nothing that is kept in the browser is shared."""
    context = browser.new_context(**SCREEN)
    context.add_init_script(f"localStorage.setItem('pos-agent.token', '{TOKEN}')")
    yield Cashier(context.new_page(), "", artefacts)
    context.close()


@pytest.fixture
def cashier(at_the_till: Cashier, evening: Evening) -> Iterator[Cashier]:
    """At S1 with four goods in the receipt, entered already."""
    made = at_the_till
    made.begin(evening.agent.address)
    made.open()
    made.page.wait_for_selector(".middle .row .figure")  # the goods are there: a key is meant for this receipt
    yield made
    made.end()


@pytest.fixture
def patient(browser: Browser, evening: Evening, artefacts: Path) -> Iterator[Cashier]:
    """The same in a page whose clock the test moves."""
    context = browser.new_context(**SCREEN)
    context.add_init_script(f"localStorage.setItem('pos-agent.token', '{TOKEN}')")
    made = Cashier(context.new_page(), "", artefacts)
    made.begin(evening.agent.address)
    made.page.clock.install()
    made.open()
    yield made
    made.end()
    context.close()
