"""The figures of the slip "why": what the price and the points of one recorded receipt came from. Pure.

Only what took something off, what earned and what did not hold is told: a customer asks about those. JSON values; money
in kopecks, points in hundredths, exact figures as texts `n/d` in the same units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.checkout.explained import retold
from pos_agent.model.events import ChainedEvent
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.detail import detail
from pos_agent.rules.price import Priced
from pos_agent.rules.values import Rules

Entry = Mapping[str, Any]
Figures = dict[str, Any]
NOT_TOLD = ("not in scope", "nothing to give")  # no answer to "why was this not cheaper"
CHECK_SIGNS = 8


def why_figures(chained: ChainedEvent, rules: Rules | None, rules_day: str = "") -> Figures:
    """`{rules_day, lines, spent, earned, lost, check}`.

    `rules`: the version that the receipt was priced by, None when it is not here (then the cap and the next level are
    left out); `rules_day`: the day it came into force, ISO. A receipt that the till priced itself has no lines.
    """
    facts = chained.event.facts
    whole = retold(facts)
    told: list[Entry] = list(facts.get("trace", ()))
    if whole is None:
        told = [{"step": "accrual", "accrued_pt": _accrued_pt(facts), "steps": told}] if told else []
    else:
        told = list(detail(*whole))
    check = str(facts.get("hash", "") or chained.hash)[:CHECK_SIGNS].upper()
    return {"rules_day": rules_day[:10], **_figures(told, whole, rules), "check": check}


def price_figures(basket: Basket, priced: Priced, rules: Rules) -> Figures:
    """`{lines, spent, earned, lost}` of a price that is not registered yet."""
    return _figures(detail(basket, priced), (basket, priced), rules)


def _figures(told: Sequence[Entry], whole: tuple[Basket, Priced] | None, rules: Rules | None) -> Figures:
    names = {str(entry["rule"]): str(entry.get("name") or entry["rule"]) for entry in told if "rule" in entry}
    lost = [_lost(entry, names) for entry in told if entry["step"] == "skip" and entry["reason"] not in NOT_TOLD]
    return {
        "lines": [] if whole is None else _lines(*whole, told),
        "spent": [_spent(entry, rules, whole) for entry in told if entry["step"] == "spend" and entry["spent_pt"]],
        "earned": [_earned(entry) for entry in told if entry["step"] == "accrual" and entry["accrued_pt"]],
        "lost": [*lost, *_not_earned(told), *_next_level(told, rules)],
    }


def _accrued_pt(facts: Mapping[str, Any]) -> int:
    return sum(line.get("accrued_pt", 0) for line in facts.get("lines", ()))


def _lines(basket: Basket, priced: Priced, told: Sequence[Entry]) -> list[Figures]:
    """Goods that cost less than at the shelf, in the receipt's order."""
    found = []
    for line, shelf in zip(priced.lines, basket.lines, strict=True):
        off = [one for entry in told if entry["step"] == "discount" for one in _off(entry, line.id)]
        points = [one for entry in told if entry["step"] == "spend" for one in _share_of_points(entry, line.id)]
        if off or points:
            found.append(
                {
                    "name": shelf.name or shelf.sku or shelf.id,
                    "quantity_micro": shelf.quantity_micro,
                    "price_kop": shelf.price_kop,
                    "gross_kop": line.gross_kop,
                    "off": off,
                    "points": points,
                }
            )
    return found


def _off(entry: Entry, line: str) -> list[Figures]:
    """What one rule took off this line, and out of what."""
    given_kop = entry["lines"].get(line, 0)
    if not given_kop:
        return []
    figures: Figures = {"name": str(entry.get("name") or entry["rule"]), "kop": given_kop}
    if "shares" in entry:
        figures |= _share(entry["shares"], line, entry["amount_kop"])
    elif "by_line" in entry:
        one = next(figure for figure in entry["by_line"] if figure["line"] == line)
        if "bp" in entry and "exact_kop" in one and "units" not in entry:
            figures |= {"bp": entry["bp"], "base_kop": one["base_kop"], "exact_kop": one["exact_kop"]}
        if "units" in entry:
            figures["units"] = entry["units"].get(line, 0)
        if one.get("rounded_kop", given_kop) != given_kop:
            figures["cut"] = True
    return [figures]


def _share_of_points(entry: Entry, line: str) -> list[Figures]:
    given_kop = entry.get("lines", {}).get(line, 0)
    return [{"kop": given_kop, **_share(entry["shares"], line, entry["spent_kop"])}] if given_kop else []


def _share(shares: Sequence[Entry], line: str, amount_kop: int) -> Figures:
    """This line's part of an amount that several share by weight."""
    mine = next(one for one in shares if one["line"] == line)
    if len(shares) < 2:
        return {}
    whole_kop = sum(one["weight_kop"] for one in shares)
    return {"amount_kop": amount_kop, "weight_kop": mine["weight_kop"], "whole_kop": whole_kop,
            "exact_kop": mine["exact_kop"]}  # fmt: skip


def _spent(entry: Entry, rules: Rules | None, whole: tuple[Basket, Priced] | None) -> Figures:
    """How many points, and the share of the receipt that they may pay."""
    spent = {"pt": entry["spent_pt"], "kop": entry["spent_kop"], "step_pt": entry["step_pt"],
             "program": entry.get("program", "")}  # fmt: skip
    limits, base_kop = entry["limits_kop"], entry["base_kop"]
    if rules is not None and rules.spend is not None and not spent["program"]:
        cap_bp, (a, b) = rules.spend.cap_bp, rules.program.kop_per_pt
        spent |= {"cap_bp": cap_bp, "base_kop": base_kop, "cap_kop": f"{cap_bp * base_kop}/10000"}
        by_cap_pt = limits["cap"] * b // a // entry["step_pt"] * entry["step_pt"]
        spent["by_cap"] = limits["cap"] == min(limits.values()) and by_cap_pt == spent["pt"]
    if entry["asked_pt"] != "max":
        spent["asked_pt"] = entry["asked_pt"]
    if whole is not None:
        basket, priced = whole
        spent["barred"] = [
            {"name": shelf.name or shelf.id, "kop": line.net_kop + line.points_kop}
            for line, shelf in zip(priced.lines, basket.lines, strict=True)
            if line.id in entry["barred"]
        ]
    return spent


def _earned(entry: Entry) -> Figures:
    """`bp` and `base_kop` only when every line earned by the one rate: else the exact sum alone tells the truth."""
    steps: Sequence[Entry] = entry["steps"]
    rate = next((one for one in steps if one["step"] == "rate"), None)
    total = next((one for one in steps if one["step"] == "total"), None)
    lines = [one for one in steps if one["step"] == "line"]
    earned: Figures = {"pt": entry["accrued_pt"], "program": entry.get("program", "")}
    if rate is None or total is None:
        return earned
    earned |= {"exact_pt": total["exact_pt"], "step_pt": total["step_pt"]}
    plain = not any(one["multipliers"] or "bp" in one for one in lines)
    if plain and not any(one["step"] == "full_parts" for one in steps):
        earned |= {"bp": rate["bp"], "base_kop": sum(one["net_kop"] for one in lines)}
    return earned


def _lost(entry: Entry, names: Mapping[str, str]) -> Figures:
    """A rule that did not hold. Rules are named as people know them."""
    found: Figures = {"name": names[str(entry["rule"])], "reason": entry["reason"]}
    for key in ("to", "by"):
        if entry.get(key):
            found[key] = names.get(str(entry[key]), str(entry[key]))
    return found | ({"condition": entry["condition"]} if "condition" in entry else {})


def _not_earned(told: Sequence[Entry]) -> list[Figures]:
    """Nothing was earned, and the program says why."""
    steps = [entry["steps"] for entry in told if entry["step"] == "accrual" and not entry["accrued_pt"]]
    nothing = [one for few in steps for one in few if one["step"] == "nothing"]
    return [{"accrual": one["reason"]} for one in nothing[:1]]


def _next_level(told: Sequence[Entry], rules: Rules | None) -> list[Figures]:
    """The level above the one that was used."""
    steps = [one for entry in told if entry["step"] == "accrual" and not entry.get("program") for one in entry["steps"]]
    rate = next((one for one in steps if one["step"] == "rate"), None)
    tiers = rules.accrue.tiers if rules is not None and rules.accrue is not None else ()
    if rate is None or not tiers:
        return []
    held = [tier.name for tier in tiers]
    at = held.index(rate["level"]) + 1 if rate["level"] in held else 0
    return [{"tier": tiers[at].name, "bp": tiers[at].bp, "level": rate["level"]}] if at < len(tiers) else []
