"""`python -m oracle.digests` (from tests/) writes golden/pricing/digests.json anew: when answers are meant to change.

A digest is of everything that is told about one basket: the answer with its trace, the derived figures, both
languages, short and long, and the remarks on its rules. The same input must give the same bytes on every machine.
"""

import hashlib
import json
import random
import sys
from datetime import date
from pathlib import Path
from typing import Any

from oracle.random_receipts import case
from pos_agent.rules import answer
from pos_agent.rules.basket import read
from pos_agent.rules.check import inspect
from pos_agent.rules.detail import detail
from pos_agent.rules.explain import explain
from pos_agent.rules.price import price
from pos_agent.rules.selection import select
from pos_agent.rules.why import why

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests/golden/pricing/digests.json"
SEEDS = range(150)
SECRETS = {"drop": b"0123456789abcdef0123456789abcdef"}


def names() -> list[str]:
    """Examples of the documents, then random receipts with everything on top that those do not have."""
    examples = sorted(str(path.relative_to(ROOT))[:-5] for path in (ROOT / "docs/examples").glob("*s/*.toml"))
    examples = [name for name in examples if (ROOT / f"{name}.out.json").exists()]
    examples += [f"docs/examples/pricing/{path.stem}" for path in (ROOT / "docs/examples/pricing").glob("*.toml")]
    return sorted(set(examples)) + [f"seed {seed}" for seed in SEEDS]


def digest(name: str) -> str:
    """SHA-256 (the first 16 hex digits) of all that is told."""
    if name.startswith("seed "):
        rules, offered = richer(int(name[5:]))
        text, fmt = json.dumps(rules), "json"
    else:
        text, fmt = (ROOT / f"{name}.toml").read_text(encoding="utf-8"), "toml"
        offered = json.loads((ROOT / f"{name}.json").read_text(encoding="utf-8"))
    parsed, remarks = inspect(text, fmt, date(2026, 11, 21))
    basket = read(offered)
    priced = price(parsed, basket, SECRETS)
    told = answer.to_json(priced)
    everything = [
        told,
        detail(basket, priced),
        [[explain(priced.trace, lang), why(basket, priced, told["hash"], lang)] for lang in ("ru", "en")],
        [[one.names, one.best_bp] for one in select(parsed, basket, SECRETS)],
        [[one.code, one.path, one.line, one.message_ru, one.message_en] for one in remarks],
        parsed.hash,
    ]
    return hashlib.sha256(json.dumps(everything, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def richer(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A random case with rules of phase 8, lists, further programs, experiments, codes and prepayments."""
    rules, offered = case(seed)
    chance = random.Random(f"richer {seed}")
    more: dict[str, list[dict[str, Any]]] = {
        "blacklist": [
            {"id": "l", "skus": ["46*"], "flags": [chance.choice(["no_discount", "no_spend", "no_accrue"])]},
            {"id": "f", "categories": ["tea"], "floor_kop": chance.choice([1, 900]), "flags": ["no_spend"]},
            {
                "id": "v",
                "names": ["*сыр*"],
                "floor_per_litre_kop": 100,
                "to": chance.choice(["2026-11-21", "2027-01-01"]),
            },
        ],
        "programs": [{"id": "q", "name": "Q", "kop_per_pt": [3, 2], "spend": {"cap_bp": 3000}, "accrue": {"bp": 77}}],
        "experiment": [{"id": "e", "groups": [{"name": "a", "bp": 4000}, {"name": "b", "bp": 4000}]}],
        "calendar": [{"id": "k", "weekdays": [6, 7], "hours": ["09:00", "19:00"]}],
        "codes": [{"id": "drop", "prefix": "D"}, {"id": "list", "kind": "times", "times": 2, "codes": ["A-1", "A-2"]}],
    }
    extra = [
        {"id": "m1", "kind": "cashback", "bp": 300, "mode": chance.choice(["add", "replace"])},
        {"id": "m2", "kind": "cashback", "bp": 100, "program": "q", "scope": {"categories": ["drinks"]}},
        {"id": "m3", "kind": "points_per_full", "pt": 250, "per_kop": 10_000},
        {"id": "m4", "kind": "points_amount", "pt": 300, "when": {"min_total_kop": 20_000}},
        {"id": "m5", "kind": "coupon", "batch": "drop", "valid_days": 9, "from_days": 1, "text": "T"},
        {"id": "m6", "kind": "hint", "text": "ещё {left}", "up_to_kop": 100_000},
        {"id": "m7", "kind": "privilege", "text": "кофе"},
        {"id": "m8", "kind": "item_percent", "bp": 150, "when": {"variants": ["e:a"]}, "name": "Опыт"},
        {"id": "m9", "kind": "item_amount", "kop": 20, "when": {"batches": ["list"]}},
        {"id": "m10", "kind": "receipt_amount", "kop": 30, "when": {"calendars": ["k"], "max_total_kop": 90_000}},
        {"id": "m11", "kind": "item_percent", "bp": 50, "when": {"payments": ["card"], "max_qty": "9"}},
        {"id": "m12", "kind": "item_percent", "bp": 60, "when": {"nth_receipt": 3}, "scope": {"min_qty": "2"}},
    ]
    rules["rule"] += [one for one in extra if chance.random() < 0.6]
    rules |= more
    offered |= {
        "receipts_today": chance.choice([1, 2]),
        "draft": "d",
        "codes": [*offered.get("codes", ()), "A-1", "ZZ"],
    }
    if chance.random() < 0.6:
        use = {"draft": "till-1:x", "state": chance.choice(["used", "reserved"]), "until": "2026-11-21T18:15:00+03:00"}
        offered["code_states"] = {"A-1": {"uses": [use] * chance.randrange(3), "online": True}}
    if "customer" in offered:
        offered["customer"]["id"] = f"c-{seed}"
        offered["customer"]["programs"] = {"q": {"balance_pt": 501, "spend": chance.choice(["max", "none"])}}
    offered["payments"] = chance.choice([
        [], [{"kind": "card", "sum_kop": 5}], [{"kind": "deposit", "id": "s", "sum_kop": 777}],
        [{"kind": "certificate", "id": "z", "sum_kop": 5_000}, {"kind": "abonement", "id": "y", "units": "2"}],
    ])  # fmt: skip
    if chance.random() < 0.3:
        for number, line in enumerate(offered["lines"]):
            line["part"] = "xy"[number % 2]
    return rules, offered


def main() -> int:
    """Writes the file."""
    found = {name: digest(name) for name in names()}
    FILE.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(found)} digests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
