"""Every kind of slip that the agent prints, with the figures of one shop's evening (Anna K. and her croissants)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from unit.slip.slip_story import ANNA, BALANCE, RETURN, SALE

from drivers.api import Capabilities, SlipPart
from pos_agent.model.customer import Customer
from pos_agent.model.slip import SlipFacts, SlipKind
from pos_agent.printing.slip import SlipStyle, lay_out
from pos_agent.printing.slip_note import told
from pos_agent.texts import phrase

STYLE = SlipStyle(heading="ЗЕРНО+", qr_prefix="HTTPS://EXAMPLE.ORG/C/", join_url="HTTPS://EXAMPLE.ORG/JOIN")
STAMPS = (("Круассан", 4, 6),)
COUPON = {"code": "KW7P2M9X4", "text": "-10 % НА ВЫПЕЧКУ", "from": "2026-11-22", "last": "2026-12-05"}
CERTIFICATE = {
    "kind": "certificate", "account": "C4RT9HXD2MPQ", "name": "", "rest_kop": 200_000, "rest_micro": 0,
    "value_kop": 200_000, "units_micro": 0, "sold": True, "rest": "keep", "personal": False, "last": "2027-11-20",
}  # fmt: skip
ABONEMENT = {
    **CERTIFICATE, "kind": "abonement", "account": "M7788", "name": "Массаж спины", "rest_kop": 0, "value_kop": 0,
    "rest_micro": 6_000_000, "units_micro": 10_000_000, "sold": False,
}  # fmt: skip
DEPOSIT = {**CERTIFICATE, "kind": "deposit", "account": "", "rest_kop": 150_050, "sold": False, "last": ""}
CROISSANTS = {
    "name": "Круассан", "quantity_micro": 3_000_000, "price_kop": 9_990, "gross_kop": 29_970,
    "off": [{"name": "Вечерняя выпечка, 18:00-20:00", "kop": 1_499, "bp": 500, "base_kop": 29_970,
             "exact_kop": "2997/2"}],
    "points": [{"kop": 8_526, "amount_kop": 32_300, "weight_kop": 28_471, "whole_kop": 107_861,
                "exact_kop": "919613300/107861"}],
}  # fmt: skip
WHY = SlipFacts(
    SlipKind.WHY,
    at="2026-11-21T18:05",
    customer="c-1",
    why={
        "rules_day": "2026-11-01",
        "lines": [CROISSANTS],
        "spent": [{"pt": 32_300, "kop": 32_300, "step_pt": 100, "program": "", "cap_bp": 3_000, "base_kop": 107_861,
                   "cap_kop": "323583000/10000", "by_cap": True, "barred": [{"name": "Табак", "kop": 23_900}]}],
        "earned": [{"pt": 3_700, "program": "", "exact_pt": "377805/100", "step_pt": 100, "bp": 500,
                    "base_kop": 75_561}],
        "lost": [{"name": "Купон -10 %", "reason": "condition", "condition": "codes"},
                 {"tier": "Золото", "bp": 700, "level": "Серебро"}],
        "check": "9C47A7E3",
    },
)  # fmt: skip
NOTE = SlipFacts(
    SlipKind.NOTE,
    at="2026-11-21T18:05",
    note={"register": "Касса 1", "days": 9, "until": "2026-11-30", "unsent": 14, "oldest_days": 2},
)
TRIAL = SlipFacts(SlipKind.TRIAL, at="2026-11-21T18:05", note={"register": "Касса 1", "code": "ZQWYAM4829"})
INVITATION = SlipFacts(SlipKind.INVITATION, at="2026-11-21T18:05", earned_pt=3_200, point_kop=100, cap_bp=3_000)
ALONE = SlipFacts(SlipKind.RECEIPT, at="2026-11-21T18:05")
DEBT = replace(
    SALE, before_pt=0, spent_pt=0, available_pt=0, earned_pt=1_500, earned_from="", pending_pt=0, pending_from="",
    debt_pt=8_500, expiry_day="", expiry_pt=0,
)  # fmt: skip
FACTS: dict[str, SlipFacts] = {
    "receipt": replace(SALE, stamps=STAMPS),
    "receipt_debt": DEBT,
    "receipt_offers": replace(
        SALE, coupons=(COUPON,), friend_code="FR-ANNA-7", friend_text="Приведите друга: вам 300, ему 200"
    ),
    "return": replace(RETURN, returned=(("Круассан", 1_000_000, 3_000_000),), stamps=(("Круассан", 3, 6),)),
    "balance": replace(BALANCE, stamps=STAMPS, burns=(("2027-03-15", 42_000),)),
    "balance_offline": replace(BALANCE, stamps=STAMPS, as_of="2026-11-21T14:20", here_pt=20_000),
    "invitation": INVITATION,
    "invitation_claim": replace(INVITATION, claim_until="2026-11-24"),
    "coupon": replace(ALONE, coupons=(COUPON,)),
    "certificate": replace(ALONE, prepaid=(CERTIFICATE,)),
    "certificate_used": replace(SALE, prepaid=({**CERTIFICATE, "rest_kop": 40_050, "sold": False},)),
    "abonement": replace(ALONE, prepaid=(ABONEMENT,)),
    "deposit": replace(SALE, prepaid=(DEPOSIT,)),
    "why": WHY,
    "note": NOTE,
    "trial": TRIAL,
    "copy": SALE,
}
COPY_AT = "2026-11-21T18:20:07"


def _laid(facts: SlipFacts, copy_at: str = "") -> Callable[[Capabilities, str], list[SlipPart]]:
    who: Customer | None = ANNA if facts.customer else None
    return lambda device, lang: lay_out(facts, who, replace(STYLE, lang=lang), device, copy_at)


def _code(device: Capabilities, lang: str) -> list[SlipPart]:
    sentences: Sequence[str] = (
        phrase("slip", "not_fiscal", lang),
        phrase("confirmation", "code", lang, code="4829"),
        phrase("confirmation", "amount", lang, n="323"),
        phrase("confirmation", "minutes", lang),
    )
    return told(STYLE.heading, sentences, device)


KINDS: dict[str, Callable[[Capabilities, str], list[SlipPart]]] = {
    name: _laid(facts, COPY_AT if name == "copy" else "") for name, facts in FACTS.items()
} | {"confirmation": _code}
