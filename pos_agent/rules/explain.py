"""The trace of a priced basket as sentences for the cashier and the customer (loyalty rules, section 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.money import points, roubles
from pos_agent.rules.explain_words import TEXTS
from pos_agent.rules.explain_words import say as _say

__all__ = ["TEXTS", "explain"]
Entry = Mapping[str, Any]


def explain(trace: Sequence[Entry], lang: str = "ru") -> list[str]:
    """One sentence per thing worth telling, in the order in which it happened. `lang`: ru or en."""
    return [sentence for entry in trace for sentence in sentences(entry, lang)]


def sentences(entry: Entry, lang: str) -> list[str]:
    """What one entry of the trace says; entries of further programs name theirs."""
    told = _TELL[entry["step"]](entry, lang)
    program = entry.get("program") if entry["step"] in ("spend", "accrual") else None
    return [_say("program", lang, program=program, sentence=one) for one in told] if program else told


def _discount(entry: Entry, lang: str) -> list[str]:
    rate = level = cut = ""
    if "bp" in entry:
        rate = _say("rate", lang, bp=points(entry["bp"]), base=_say(entry["base"], lang))
    if entry.get("level"):
        level = _say("level", lang, level=entry["level"])
    if "wanted_kop" in entry:
        cut = _say("cut", lang, wanted=roubles(entry["wanted_kop"]))
    elif "no_room_kop" in entry:
        cut = _say("no room", lang, amount=roubles(entry["no_room_kop"]))
    lines = ", ".join(f"{line}: {roubles(kop)}" for line, kop in entry["lines"].items())
    total = roubles(entry["total_kop"])
    return [_say("discount", lang, rule=_name(entry), total=total, rate=rate, level=level, lines=lines, cut=cut)]


def _skip(entry: Entry, lang: str) -> list[str]:
    words = {key: entry.get(key, "") for key in ("to", "by")}
    condition = _say(f"when.{entry['condition']}", lang) if "condition" in entry else ""
    reason = _say(f"reason.{entry['reason']}", lang, condition=condition, **words)
    return [_say("skip", lang, rule=_name(entry), reason=reason)]


def _line(entry: Entry, lang: str) -> list[str]:
    flags = [_say(f"flag.{flag}", lang) + _listed(who, lang) for flag, who in entry["barred"].items()]
    return [_say("barred", lang, line=entry["line"], flags=", ".join(flags))] if flags else []


def _listed(who: str, lang: str) -> str:
    """Named only when a list of the program says it: the till knows its own flags."""
    _, listed, entry = who.partition("blacklist:")
    return _say("listed", lang, entry=entry) if listed else ""


def _code(entry: Entry, lang: str) -> list[str]:
    if "reason" in entry:
        return [_say("code refused", lang, code=entry["code"], why=_say(f"code.{entry['reason']}", lang))]
    return [] if entry["rules"] or "batch" in entry else [_say("code", lang, code=entry["code"])]


def _spend(entry: Entry, lang: str) -> list[str]:
    if "asked_pt" not in entry:
        return [_say("not spent", lang, why=_say(f"none.{entry['reason']}", lang))] if _dated(entry) else []
    lowered = ""
    if "lowered_by" in entry:
        lowered = _say("lowered", lang, asked=points(entry["asked_pt"]), why=_say(f"why.{entry['lowered_by']}", lang))
    spent, money = points(entry["spent_pt"]), roubles(entry["spent_kop"])
    told = [_say("spent", lang, spent=spent, money=money, lowered=lowered)]
    return [*told, _say("confirm", lang)] if entry["confirm"] else told


def _accrual(entry: Entry, lang: str) -> list[str]:
    found = next((step for step in entry["steps"] if step["step"] == "rate"), None)
    if found is None:
        why = entry["steps"][0]["reason"]
        return [_say("not earned", lang, why=_say(f"none.{why}", lang))] if _dated(entry["steps"][0]) else []
    level = _say("level", lang, level=found["level"]) if found["level"] else ""
    rate = f", {points(found['bp'])} %{level}"
    return [_say("earned", lang, earned=points(entry["accrued_pt"]), rate=rate)]


def _dated(entry: Entry) -> bool:
    """Worth telling: the program is there, this day is not one of its days."""
    return entry["reason"] in ("not begun", "over")


def _points(entry: Entry, lang: str) -> list[str]:
    if "bp" in entry:
        rate = _say(f"points.{entry['mode']}", lang, bp=points(entry["bp"]), base=roubles(entry["base_kop"]))
    else:
        form = "parts" if entry["kind"] == "points_per_full" else "once"
        rate = _say(f"points.{form}", lang, pt=points(entry["pt"]), parts=entry["parts"])
    return [_say("points", lang, rule=_name(entry), rate=rate)]


def _coupon(entry: Entry, lang: str) -> list[str]:
    return [_say("coupon", lang, rule=_name(entry), code=entry["code"])]


def _note(entry: Entry, lang: str) -> list[str]:
    return [_say("note", lang, rule=_name(entry), text=entry["text"])]


def _experiment(entry: Entry, lang: str) -> list[str]:
    group = entry["group"] or _say("no group", lang)
    return [_say("experiment", lang, experiment=entry["experiment"], group=group)]


def _payment(entry: Entry, lang: str) -> list[str]:
    told = [
        _say(f"offset.{one['kind']}", lang, name=f" {one['id']}" if one["id"] else "", sum=roubles(one["sum_kop"]))
        for one in entry["offsets"]
    ]
    return [*told, _say("due", lang, sum=roubles(entry["due_kop"]))]


def _name(entry: Entry) -> str:
    name = entry.get("name")
    return f"«{name}» ({entry['rule']})" if name else str(entry["rule"])


_TELL = {
    "line": _line,
    "code": _code,
    "discount": _discount,
    "skip": _skip,
    "spend": _spend,
    "accrual": _accrual,
    "points": _points,
    "coupon": _coupon,
    "note": _note,
    "experiment": _experiment,
    "payment": _payment,
}
