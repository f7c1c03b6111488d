"""The long explanation: for every line and kopeck which rule, from what, by what rate, how rounded (section 13).

Text for people, Russian or English; the same basket and rules give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from pos_agent.money import points, roubles
from pos_agent.rules.basket_values import Basket
from pos_agent.rules.detail import detail
from pos_agent.rules.explain import sentences
from pos_agent.rules.price import Priced
from pos_agent.rules.quantities import quantity
from pos_agent.rules.why_words import say as _say

Entry = Mapping[str, Any]


def why(basket: Basket, priced: Priced, answer_hash: str, lang: str = "ru") -> list[str]:
    """One screen from the shelf price to what is registered."""
    names = {line.id: line.name or line.sku or line.id for line in basket.lines}
    told: list[str] = []
    for entry in detail(basket, priced):
        told += _TELL.get(entry["step"], sentences)({**entry, "names": names}, lang)
    for line in priced.lines:
        items = " + ".join(f"{quantity(item.quantity_micro)} x {roubles(item.price_kop)}" for item in line.items)
        told.append(_say("items", lang, line=line.id, items=items, net=roubles(line.net_kop)))
    totals = priced.totals
    payable, accrued = roubles(totals.payable_kop), points(totals.accrued_pt)
    return [*told, _say("total", lang, payable=payable, accrued=accrued, hash=answer_hash)]


def exact(text: str) -> str:
    """`n/d` kopecks or hundredths as roubles or points: a decimal when it ends, else whole part and fraction."""
    value = Fraction(text) / 100
    den, twos, fives = value.denominator, 0, 0
    while den % 2 == 0:
        den, twos = den // 2, twos + 1
    while den % 5 == 0:
        den, fives = den // 5, fives + 1
    if den == 1:
        places = max(twos, fives, 2)
        whole, rest = divmod(value.numerator * 10**places // value.denominator, 10**places)
        return f"{whole}.{rest:0{places}d}"
    kopecks, rest_kop = divmod(Fraction(text).numerator, Fraction(text).denominator)
    return f"{roubles(kopecks)} + 0.01 x {rest_kop}/{Fraction(text).denominator}"


def _line(entry: Entry, lang: str) -> list[str]:
    words = {"qty": entry["qty"], "price": roubles(entry["price_kop"]), "exact": exact(entry["exact_kop"])}
    name = entry["names"][entry["line"]]
    told = [_say("line", lang, line=entry["line"], name=name, gross=roubles(entry["gross_kop"]), **words)]
    if entry["floor_kop"]:
        told.append(_say("floor", lang, floor=roubles(entry["floor_kop"])))
    return [*told, *(f"  {sentence}" for sentence in sentences(entry, lang))]


def _discount(entry: Entry, lang: str) -> list[str]:
    rule = f"«{entry['name']}» {entry['rule']}" if entry.get("name") else entry["rule"]
    total = roubles(entry["total_kop"])
    told = [_say("head", lang, phase=entry["phase"], rule=rule, kind=entry["kind"], total=total)]
    if entry.get("when"):
        told.append(_say("conditions", lang, keys=", ".join(entry["when"])))
    if entry.get("group"):
        told.append(_say("group", lang, group=entry["group"]))
    told += _amount(entry, lang) if "amount_kop" in entry else [_rated(one, entry, lang) for one in entry["by_line"]]
    if "cut" in entry:
        cut = entry["cut"]
        told.append(_say("cut", lang, wanted=roubles(cut["wanted_kop"]), left=roubles(cut["left_kop"])))
    return [*told, _say("exclusive", lang)] if entry.get("exclusive") else told


def _rated(figure: Entry, entry: Entry, lang: str) -> str:
    rate = _say("units", lang, units=entry["units"][figure["line"]]) if "units" in entry else ""
    if "bp" in entry:
        rate += _say("rate", lang, bp=points(entry["bp"]))
    money = {key: roubles(figure[f"{key}_kop"]) for key in ("base", "rounded", "given", "net")}
    return _say("rated", lang, line=figure["line"], rate=rate, exact=exact(figure["exact_kop"]), **money)


def _amount(entry: Entry, lang: str) -> list[str]:
    from_base = ""
    if "exact_kop" in entry:
        base, precise = roubles(entry["base_kop"]), exact(entry["exact_kop"])
        from_base = _say("from base", lang, bp=points(entry["bp"]), base=base, exact=precise)
    head = _say("amount", lang, amount=roubles(entry["amount_kop"]), from_base=from_base)
    return [head, *_shares(entry.get("shares", ()), lang)]


def _shares(shares: Sequence[Entry], lang: str) -> list[str]:
    told = []
    for one in shares:
        money = {"weight": roubles(one["weight_kop"]), "given": roubles(one["given_kop"])}
        by = _say(f"by.{one['by']}", lang)
        told.append(_say("share", lang, line=one["line"], exact=exact(one["exact_kop"]), by=by, **money))
    return told


def _spend(entry: Entry, lang: str) -> list[str]:
    told = sentences(entry, lang)
    if "limits_kop" in entry:
        limits = {key: roubles(max(0, kop)) for key, kop in entry["limits_kop"].items()}
        told = [*told, _say("limits", lang, balance=points(entry["balance_pt"]), **limits)]
    return [*told, *_shares(entry.get("shares", ()), lang)]


def accrual_by_lines(entry: Entry, lang: str) -> list[str]:
    """The accrual of a receipt told line by line: rate, factors, full parts, rounding, what each line keeps."""
    told, bp = sentences(entry, lang), 0
    for step in entry["steps"]:
        if step["step"] == "rate":
            bp = step["bp"]
        elif step["step"] == "line":
            factors = "".join(f" x {factor}" for factor in step["multipliers"])
            rate = {"net": roubles(step["net_kop"]), "bp": points(step.get("bp", bp)), "factors": factors}
            told.append(_say("earning", lang, line=step["line"], exact=exact(step["exact_pt"]), **rate))
        elif step["step"] == "skip":
            told.append(_say("no earning", lang, line=step["line"], reason=step["by"] or step["reason"]))
        elif step["step"] == "full_parts":
            money = {"per": roubles(step["per_full_kop"]), "base": roubles(step["base_kop"])}
            told.append(_say("full", lang, parts=step["parts"], **money))
        elif step["step"] == "total":
            figures = {"round": step["round"], "step": points(step["step_pt"]), "total": points(step["total_pt"])}
            told.append(_say("rounding", lang, exact=exact(step["exact_pt"]), **figures))
        elif step["step"] == "by_line" and entry["accrued_pt"]:
            parts = ", ".join(f"{line} - {points(pt)}" for line, pt in step["parts_pt"].items())
            told.append(_say("parts", lang, parts=parts))
    return told


_TELL = {"line": _line, "discount": _discount, "spend": _spend, "accrual": accrual_by_lines}
