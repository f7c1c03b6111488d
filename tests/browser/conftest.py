"""A browser that has nothing but loopback, a page in the register's size, the evening behind it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.cashier import Cashier
from browser.fake_agent import TOKEN, FakeAgent
from browser.story import Evening
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
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


@pytest.fixture
def cashier(browser: Browser, evening: Evening, artefacts: Path) -> Iterator[Cashier]:
    """At S1 with four goods in the receipt, entered already."""
    context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="ru-RU", timezone_id="Europe/Moscow")
    context.add_init_script(f"localStorage.setItem('pos-agent.token', '{TOKEN}')")
    made = Cashier(context.new_page(), evening.agent.address, artefacts)
    made.open()
    yield made
    complaints = made.complaints
    context.close()
    assert not complaints, complaints
