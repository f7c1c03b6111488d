"""One Saturday evening: Anna with 840 points, a basket of four lines, and how the register stands."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from browser.fake_agent import FakeAgent

Json = dict[str, Any]
FN = "9999078902001234"
READY: Json = {
    "ok": True,
    "running": True,
    "register": "Касса 1",
    "store": "Мост",
    "printer": {"connected": True, "port": "/dev/ttyACM0", "vendor": "atol", "model": "АТОЛ 30Ф", "serial": "00106412"},
    "tap": None,
    "storage": {"fn_serial": FN, "recorded_fd": 1041, "last_fd": 1041, "warnings": []},
    "ledger": {"events": 412, "head": "9c47"},
    "quarantined": 0,
    "rules": {"version": 14, "imported_at": "2026-11-01T00:00:00Z"},
    "slips": {"waiting": 0, "printing": 0, "failed": 0},
    "customers": 830,
    "in_doubt": None,
    "sync": None,
    "reconcile": None,
    "unread": [],
    "messages": [],
    "warnings": [],
    "mode": "gateway",
    "training": False,
    "device": {"paper": "present", "fn_days": 410, "fn_expires": "2028-01-05", "shift_open": True},
    "without_loyalty": 0,
}
LIVE: Json = {
    "ok": True,
    "printer": {"connected": True, "port": "/dev/ttyACM0", "model": "АТОЛ 30Ф"},
    "paper": "present",
    "shift_open": False,
    "shift_since": None,
    "fn_days": 410,
    "cloud": {"ok": True, "last_success": "2026-11-21T15:05:00+00:00"},
    "unsent": 0,
    "in_doubt": None,
    "messages": [],
    "warnings": [],
    "without_loyalty": 0,
    "mode": "gateway",
    "cart": None,
}
ANNA: Json = {
    "id": "c-anna",
    "name": "Анна К.",
    "card": "**** 8052",
    "phone": "*17",
    "email": False,
    "stamps": {"croissant": 1},
    "punch_cards": [{"name": "Круассан", "have": 1, "every": 6}],
    "coupons": [],
    "balance": {
        "on": "2026-11-21", "active_pt": 84000, "pending_pt": 0, "pending_from": "", "debt_pt": 0,
        "expiry_day": "2026-11-30", "expiry_pt": 12000, "metric_kop": 3841200, "visits": 40, "level": "Серебро",
    },
    "lots": [],
    "level": {"name": "Серебро", "rate_bp": 500, "next": "Золото", "next_left_kop": 1158800, "next_left_visits": 0},
}  # fmt: skip
AFTER: Json = {**ANNA, "balance": {
    **ANNA["balance"], "active_pt": 51700, "pending_pt": 3700, "pending_from": "2026-12-05",
    "expiry_day": "2027-01-31", "expiry_pt": 9700,
}}  # fmt: skip
BASKET: Json = {"lines": [
    {"id": "1", "name": "Кофе", "price_kop": 34950, "qty": "2"},
    {"id": "2", "name": "Круассан", "price_kop": 9990, "qty": "3"},
    {"id": "3", "name": "Молоко", "price_kop": 9490, "qty": "1"},
    {"id": "4", "name": "Табак", "price_kop": 23900, "qty": "1"},
]}  # fmt: skip
QUOTE: Json = {
    "lines": [{"id": str(number)} for number in range(1, 5)],
    "totals": {"gross_kop": 133260, "discount_kop": 1499, "points_pt": 0, "payable_kop": 131761, "accrued_pt": 0},
    "applied": [],
    "trace": [],
}
CHOICES: Json = {
    "accrue": {"payable_kop": 131761, "earned_pt": 5300},
    "spend": {
        "max_pt": 32300, "limit": "30 % от 1078.61 ₽, без табака", "payable_kop": 99461, "earned_pt": 3700,
        "may_pt": 84000, "left_pt": 51700, "confirm": False,
    },
}  # fmt: skip
DRAFT: Json = {
    "sale": "order-1", "kind": "sale", "state": "draft", "final": False, "running": False, "ask": True,
    "customer_id": None, "told": None, "by": "", "loyalty": "ok", "why": None, "answer": None, "error": None,
    "list_price": False, "quote": QUOTE, "customer": None, "choices": None, "basket": BASKET,
}  # fmt: skip
WITH_ANNA: Json = {**DRAFT, "customer_id": "c-anna", "customer": ANNA, "choices": CHOICES}


WHY: Json = {
    "document": "", "at": "", "slip": False, "rules_day": "2026-11-01", "check": "",
    "lines": [
        {
            "name": "Круассан", "quantity_micro": 3_000_000, "price_kop": 9990, "gross_kop": 29970,
            "off": [{"name": "Вечерняя выпечка, 18:00-20:00", "kop": 1499, "bp": 500, "base_kop": 29970,
                     "exact_kop": "2997/2"}],
            "points": [{"kop": 8526, "amount_kop": 32300, "weight_kop": 28471, "whole_kop": 107861,
                        "exact_kop": "919613300/107861"}],
        },
        {
            "name": "Молоко", "quantity_micro": 500_000, "price_kop": 18980, "gross_kop": 9490, "off": [],
            "points": [{"kop": 2842, "amount_kop": 32300, "weight_kop": 9490, "whole_kop": 107861,
                        "exact_kop": "306527000/107861"}],
        },
    ],
    "spent": [{"pt": 32300, "kop": 32300, "step_pt": 100, "program": "", "cap_bp": 3000, "base_kop": 107861,
               "cap_kop": "323583000/10000", "by_cap": True, "barred": [{"name": "Табак", "kop": 23900}]}],
    "earned": [{"pt": 3700, "program": "", "exact_pt": "377805/100", "step_pt": 100, "bp": 500, "base_kop": 75561}],
    "lost": ["Купон -10 %: не предъявлен", "Золото 7 %: вы на уровне Серебро"],
}  # fmt: skip


def told(payable_kop: int = 99461, spent_pt: int = 32300, earned_pt: int = 3700) -> Json:
    return {"payable_kop": payable_kop, "spent_pt": spent_pt, "earned_pt": earned_pt}


def registered(payable_kop: int = 99461, spent_pt: int = 32300, earned_pt: int = 3700) -> Json:
    """The sale as it stands when its receipt is made."""
    answer = {
        "sale": "order-1", "state": "registered", "document": f"{FN}/1042", "fpd": 1,
        "total_kop": payable_kop, "change_kop": 0,
        "spent_pt": spent_pt, "accrued_pt": earned_pt, "restored_pt": 0, "cancelled_pt": 0, "customer": "c-anna",
    }  # fmt: skip
    return {
        **WITH_ANNA,
        "state": "registered",
        "final": True,
        "told": told(payable_kop),
        "answer": answer,
        "customer": None,
    }


class Evening:
    """The fake agent with the story in it."""

    def __init__(self, agent: FakeAgent) -> None:
        self.agent = agent
        self.status, self.cart, self.sale = deepcopy(READY), deepcopy(DRAFT), deepcopy(WITH_ANNA)
        self.anna = deepcopy(ANNA)
        agent.state = deepcopy(LIVE)
        on = agent.on
        on("GET", "/v1/status", lambda _: self.status)
        on("GET", "/v1/cart", lambda _: {"cart": self.cart})
        on("GET", "/v1/customers", self._find)
        on("GET", "/v1/customers/c-anna", lambda _: self.anna)
        on("POST", "/v1/customers", self._add)
        on("POST", "/v1/scans", self._scan)
        on("PUT", "/v1/sales/order-1/customer", self._name)
        on("POST", "/v1/sales/order-1/confirm", self._confirm)
        on("GET", "/v1/sales/order-1", lambda _: self.sale)
        on("POST", "/v1/quote", self._quote)
        on("GET", "/v1/sales/order-1/why", WHY)
        made = {"document": f"{FN}/1042", "at": "2026-11-21T18:05", "slip": True, "check": "9C47A7E3"}
        on("GET", f"/v1/receipts/{FN}/1042/why", {**WHY, **made})
        on("POST", "/v1/slips", {"slip": "slip:1"})
        on("GET", "/v1/seniors", {"seniors": ["Ольга", "Пётр"]})
        on("GET", "/v1/slips", {"slips": []})
        on("GET", "/v1/receipts", {"documents": [{"document": f"{FN}/1042", "form": 3}]})

    def problem(self, code: str, safe: str, what: str = "Так вышло.", action: str = "Сделайте так.") -> None:
        """The printer tells of it; `calm` takes it back."""
        self.status["messages"] = [{"code": code, "what": what, "action": action, "safe": safe}]
        self.agent.say("state", {"messages": [code]})

    def calm(self) -> None:
        self.status["messages"] = []
        self.agent.say("state", {"messages": []})

    def stands(self, sale: Json) -> None:
        """The sale moves on at the till's side."""
        self.sale = sale
        if sale["state"] == "registered":
            self.cart, self.anna = None, deepcopy(AFTER)

    def _find(self, asked: Json) -> Json:
        if asked["find"] in ("+79161234417", "4417"):
            return {"customers": [self.anna], "more": False}
        if asked["find"] == "0000":
            people = [{**self.anna, "id": f"c-{n}", "name": f"Анна {one}."} for n, one in enumerate("КЛМ", 1)]
            return {"customers": people, "more": False}
        return {"customers": [], "more": False}

    def _add(self, asked: Json) -> Json:
        self.agent.on("GET", "/v1/customers/c-new", {**ANNA, "id": "c-new", "name": ""})
        return {"id": "c-new", "name": asked["name"], "card": "**** 1111", "phone": "*17"}

    def _scan(self, asked: Json) -> Json:
        kinds = {"7Q4M2XKD9W": {"kind": "customer", "customer": self.anna}, "4607001234567": {"kind": "goods"}}
        return kinds.get(asked["text"].upper(), {"kind": "unknown"})

    def _name(self, asked: Json) -> Json:
        named = deepcopy(WITH_ANNA if asked["customer"] else DRAFT)
        self.cart = self.sale = {**named, "customer": self.anna if asked["customer"] else None}
        if asked["customer"] == "c-new":
            self.cart["customer"] = {**ANNA, "id": "c-new", "name": ""}
        return self.cart

    def _confirm(self, asked: Json) -> Json:
        pt = {"none": 0, "max": 32300}.get(asked["spend"], asked.get("spend_pt", 0))
        self.sale = {**WITH_ANNA, "state": "confirmed", "told": told(131761 - pt, pt)}
        return self.sale

    def _quote(self, asked: Json) -> Json:
        pt = asked["basket"]["spend_pt"]
        totals = {
            **QUOTE["totals"],
            "points_pt": pt,
            "payable_kop": 131761 - pt,
            "accrued_pt": (107861 - pt) * 5 // 10000 * 100,
        }
        return {"loyalty": "ok", "quote": {**QUOTE, "totals": totals}}
