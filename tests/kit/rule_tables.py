"""A rules file with every table of programs, clubs and limits in it, and what is told when one key is another."""

from __future__ import annotations

import copy
import json
from functools import reduce
from typing import Any

from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.rules.values import Rules

TIER = {"name": "t", "from_kop": 0, "bp": 1}
QUESTION = {"id": "pet", "kind": "choice", "options": ["cat", "dog"]}
FUND = {"id": "dogs", "name": "Shelter"}
FILE: dict[str, Any] = {
    "program": {
        "id": "p",
        "name": "P",
        "level": {"window": "days", "days": 1, "policy": "hold", "hold_days": 1},
        "cards": {},
        "questionnaire": {"fields": [QUESTION]},
    },
    "accrue": {"tiers": [TIER], "multipliers": [{"num": 1}]},
    "spend": {"offline": {}},
    "referral": {"friend_pt": 1, "newcomer_pt": 1},
    "action": [{"id": "a", "pt": 1}],
    "subscription": [{"id": "s", "segment": "x", "days": 1, "sold": {"skus": ["1"]}}],
    "partner": [{"id": "air", "ways": ["in"]}],
    "donation": {"round_up_kop": 100, "funds": [FUND]},
    "programs": [{"id": "q", "name": "Q", "accrue": {"bp": 1}, "spend": {}}],
    "experiment": [{"id": "e", "groups": [{"name": "A", "bp": 1}]}],
    "codes": [{"id": "c", "kind": "times", "times": 1}, {"id": "d"}],
    "prepaid": [{"id": "g", "kind": "certificate"}],
    "blacklist": [{"id": "b", "skus": ["1"], "flags": ["no_discount"]}],
    "calendar": [{"id": "k", "yearly": ["12-31"]}],
    "rule": [
        {"id": "r", "kind": "item_percent", "bp": 1, "when": {}},
        {"id": "x", "kind": "cashback", "bp": 1},
        {"id": "y", "kind": "points_amount", "pt": 1},
        {"id": "z", "kind": "coupon", "batch": "d"},
    ],
    "limits": {
        "accruals_day": {"most": 1},
        "receipts_hour": {"most": 1},
        "cashier_share": {"most_bp": 1},
        "quick_return": {},
        "code_attempts": {"most": 1},
    },
}


def steps(path: str) -> list[str | int]:
    """`rule[0].bp` -> ["rule", 0, "bp"]."""
    return [int(one) if one.isdigit() else one for one in path.replace("[", ".").replace("]", "").split(".")]


def changed(path: str, value: object = None) -> dict[str, Any]:
    """The file with this key; without it when there is no value."""
    file = copy.deepcopy(FILE)
    *way, key = steps(path)
    table: Any = reduce(lambda box, step: box[step], way, file)
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
    return file


def alone(path: str, value: object = None) -> dict[str, Any]:
    """The same of the one table and what it cannot do without: quicker to read."""
    head = steps(path)[0]
    file = {key: table for key, table in changed(path, value).items() if key in ("program", "codes", head)}
    if head != "program":
        file["program"] = {"id": "p", "name": "P"}
    return file


def read(file: dict[str, Any]) -> Rules:
    """RulesError when something is wrong with it."""
    return parse(json.dumps(file), "json")


def told(file: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(path, code, English text) of everything that is wrong with it; AssertionError when nothing is."""
    try:
        read(file)
    except RulesError as error:
        return [(one.path, one.code, one.message_en) for one in error.problems]
    raise AssertionError("nothing was told")
