"""How a screen must look whatever it says: sizes, gaps, contrast, labels, nothing cut off, nothing sideways."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

TARGET, GAP, SMALLEST, TEXT, MONEY = 72, 12, 18, 4.5, 7.0
AUDIT = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")


def complaints(page: Page, fixed: bool = True, target: int = TARGET) -> list[str]:
    """What is wrong with the screen as it is drawn; `fixed`: it must fit without any scrolling; `target`: pixels."""
    found: list[str] = page.evaluate(AUDIT, [target, GAP, SMALLEST, TEXT, fixed])
    return found
