"""An invented customer's evening: one sample of each slip that a template can describe, for trying it."""

from __future__ import annotations

from dataclasses import replace

from pos_agent.model.customer import Customer
from pos_agent.model.slip import SlipFacts, SlipKind

WHO = Customer("sample", "Анна Клиентова", card="7Q4M2XKD9W")
SALE = SlipFacts(
    SlipKind.RECEIPT,
    at="2026-11-21T18:05",
    customer="sample",
    before_pt=84_000,
    spent_pt=32_300,
    available_pt=51_700,
    earned_pt=3_700,
    earned_from="2026-12-05",
    pending_pt=3_700,
    pending_from="2026-12-05",
    expiry_day="2027-01-31",
    expiry_pt=9_700,
    level="Серебро",
    level_bp=500,
    next_level="Золото",
    next_level_bp=700,
    next_left_kop=1_059_339,
    stamps=(("Кофе", 4, 6),),
)
RETURN = replace(
    SALE,
    kind=SlipKind.RETURN,
    original_at="2026-11-20T12:00",
    before_pt=51_700,
    spent_pt=0,
    restored_pt=2_842,
    available_pt=54_542,
    earned_pt=0,
    earned_from="",
    pending_before_pt=3_700,
    cancelled_pending_pt=325,
    pending_pt=3_375,
    returned=(("Круассан", 1_000_000, 3_000_000),),
)
INVITATION = SlipFacts(SlipKind.INVITATION, at=SALE.at, earned_pt=3_200, point_kop=100, cap_bp=3_000)
SAMPLES = {
    "receipt": SALE,
    "return": RETURN,
    "balance": replace(SALE, kind=SlipKind.BALANCE, before_pt=0, spent_pt=0, earned_pt=0, earned_from=""),
    "invitation": INVITATION,
}
