"""The sale, return and balance of one customer that the slip tests lay out, and paper of the usual widths."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.api import Capabilities, Qr, SlipPart, Text
from pos_agent.model.customer import Customer
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.slip import SlipStyle

STYLE = SlipStyle(heading="ЗЕРНО+", qr_prefix="HTTPS://EXAMPLE.ORG/C/")
ANNA = Customer("c-1", "Анна Козлова", "+79161234417", "anna@example.org", "7Q4M2XKD9W")
NOT_FISCAL = "НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ"

SALE = SlipFacts(
    SlipKind.RECEIPT,
    at="2026-11-21T18:05",
    customer="c-1",
    document="9999078902001234/1042",
    before_pt=84000,
    spent_pt=32300,
    available_pt=51700,
    earned_pt=3700,
    earned_from="2026-12-05",
    pending_pt=3700,
    pending_from="2026-12-05",
    expiry_day="2027-01-31",
    expiry_pt=9700,
    level="Серебро",
    level_bp=500,
    next_level="Золото",
    next_level_bp=700,
    next_left_kop=1059339,
)
BALANCE = SlipFacts(
    SlipKind.BALANCE,
    at="2026-11-21T18:06",
    customer="c-1",
    available_pt=51700,
    pending_pt=3700,
    pending_from="2026-12-05",
    expiry_day="2027-01-31",
    expiry_pt=9700,
    level="Серебро",
    level_bp=500,
    next_level="Золото",
    next_level_bp=700,
    next_left_kop=1059339,
)
RETURN = SlipFacts(
    SlipKind.RETURN,
    at="2026-11-21T18:40",
    customer="c-1",
    document="9999078902001234/1043",
    original_at="2026-11-21T18:05",
    before_pt=51700,
    restored_pt=2842,
    available_pt=54542,
    pending_before_pt=3700,
    cancelled_pending_pt=325,
    pending_pt=3375,
    pending_from="2026-12-05",
    expiry_day="2027-01-31",
    expiry_pt=12542,
    next_level="Золото",
    next_level_bp=700,
    next_left_kop=1065987,
)


def paper(columns: int) -> Capabilities:
    return Capabilities(columns=columns, double_columns=columns // 2, native_qr=True)


def texts(parts: Sequence[SlipPart]) -> list[Text]:
    return [part for part in parts if isinstance(part, Text)]


def seen(parts: Sequence[SlipPart], columns: int) -> list[str]:
    """Lines as a reader sees them: the double line drawn out over the whole width, the QR as its text."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Qr):
            lines.append(f"<QR {part.text}>")
        elif isinstance(part, Text) and part.double:
            left, right = part.text.split()
            lines.append(left.ljust(columns - len(right)) + right)
        elif isinstance(part, Text):
            lines.append(part.text)
    return lines
