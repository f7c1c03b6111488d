"""What one receipt of the comparison has proven: kinds that gave something, conditions that held, and all the rest."""

from typing import Any

from oracle.plain_goods import limits
from oracle.plain_when import Facts, RefusedError, moment


def tally(rules: dict[str, Any], basket: dict[str, Any], plain: dict[str, Any], visit: int) -> set[str]:
    """Names of the table, each once a receipt."""
    if plain.get("refused"):
        return {"basket refused: " + ("clock" if _no_such_hour(basket) else "price above the highest")}
    found = {"receipt"}
    gave = set(plain["applied"]) | set(plain["held"])
    for rule in rules.get("rule", []):
        if rule["id"] in gave:
            found.add(f"kind {rule['kind']}" + (f" {rule.get('mode', 'add')}" if rule["kind"] == "cashback" else ""))
            found |= {f"when {key}" for key, said in rule.get("when", {}).items() if said}
            found |= {f"scope {key}" for key, said in rule.get("scope", {}).items() if said}
            found |= {f"rule {key}" for key in ("exclusive", "base", "program") if key in rule}
            if rule.get("group"):
                found.add(f"group {rule.get('group_policy', 'all')}")
    return found | _goods(rules, basket) | _codes(basket) | _sums(rules, basket, plain, visit)


def _no_such_hour(basket: dict[str, Any]) -> bool:
    try:
        moment(basket)
    except RefusedError:
        return True
    return False


def _goods(rules: dict[str, Any], basket: dict[str, Any]) -> set[str]:
    found = set()
    facts = Facts({**rules, "blacklist": []}, basket, moment(basket))
    for entry in rules.get("blacklist", []):
        facts.rules["blacklist"] = [entry]
        for line in basket["lines"]:
            bare = {key: said for key, said in line.items() if key not in ("flags", "floor_kop")}
            flags, floor = limits(bare, 1, facts)
            if flags or floor > rules["program"].get("min_unit_kop", 0):
                found.add(f"blacklist {entry.get('preset', 'own entry')}")
    return found


def _codes(basket: dict[str, Any]) -> set[str]:
    return {f"code state {key}" for key in ("revoked", "online", "register", "customer", "from", "to") if any(
        key in state for code, state in basket.get("code_states", {}).items() if code in basket.get("codes", ())
    )}  # fmt: skip


def _sums(rules: dict[str, Any], basket: dict[str, Any], plain: dict[str, Any], visit: int) -> set[str]:
    told = {
        "ceiling of all discounts": "max_discount_bp" in rules["program"] and plain["totals"]["discount_kop"] > 0,
        "points spent": plain["totals"]["points_pt"] > 0,
        "points earned": plain["totals"]["accrued_pt"] > 0,
        "points spent, further program": any(one["points_pt"] for one in plain["programs"]),
        "points earned, further program": any(one["accrued_pt"] for one in plain["programs"]),
        "confirmation asked": plain["confirm"],
        "level kept": bool(basket.get("customer", {}).get("level")),
        "tiers of two thresholds": any("need" in one for rule in rules["rule"] for one in rule.get("tiers", ())),
        "migration": bool(rules.get("migration")),
        "parts": len(plain["parts"]) > 1,
        "parts, too little money": any("short_kop" in one for one in plain["parts"]),
        "no moment": "at" not in basket,
        "zone": "zone" in basket,
        "zone, hour that comes twice": basket.get("at", "")[:13] == "2026-10-25T02",
        "stamps moved": plain["stamps_after"] != basket.get("customer", {}).get("stamps", {}),
        "stamps of an earlier receipt": visit > 0,
        "accrue_on sale": rules.get("accrue", {}).get("accrue_on") == "sale" and bool(plain["offsets"]),
    }
    found = {name for name, true in told.items() if true}
    return found | {f"paid by {one['kind']}" for one in plain["offsets"] if one["sum_kop"]}
