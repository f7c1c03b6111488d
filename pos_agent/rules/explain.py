"""The trace of a priced basket as sentences for the cashier and the customer (loyalty rules, section 13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pos_agent.money import points, roubles

Entry = Mapping[str, Any]

TEXTS: dict[str, tuple[str, str]] = {
    "discount": ("{rule}: -{total}{rate}{level} на {lines}{cut}", "{rule}: -{total}{rate}{level} on {lines}{cut}"),
    "skip": ("{rule}: не применено - {reason}", "{rule}: not applied - {reason}"),
    "rate": (", {bp} % от {base}", ", {bp} % of {base}"),
    "level": (", уровень «{level}»", ", level '{level}'"),
    "net": ("цены со скидками", "discounted prices"),
    "gross": ("полной цены", "full prices"),
    "cut": ("; посчитано {wanted}, больше не дал предел скидок", "; reckoned {wanted}, the ceiling gave no more"),
    "no room": ("; {amount} не поместились: нижняя цена", "; {amount} did not fit above the floor price"),
    "reason.not in scope": ("нет подходящих товаров", "no such goods"),
    "reason.condition": ("{condition}", "{condition}"),
    "when.from": ("ещё не началось", "it has not begun"),
    "when.to": ("уже закончилось", "it is over"),
    "when.weekdays": ("другой день недели", "another weekday"),
    "when.hours": ("другое время дня", "another time of day"),
    "when.channels": ("другой канал продаж", "another channel"),
    "when.stores": ("другой магазин", "another store"),
    "when.codes": ("нужный код не введён", "its code was not entered"),
    "when.segments": ("покупатель не из нужной группы", "the customer is in none of its segments"),
    "when.birthday": ("день рождения не в эти дни", "no birthday in these days"),
    "when.nth_visit": ("не та по счёту покупка", "not the visit it counts for"),
    "when.first_purchase": ("покупка не первая", "not the first purchase"),
    "when.min_total_kop": ("сумма товаров меньше нужной", "the sum of its goods is too low"),
    "reason.no customer": ("покупатель не назван", "no customer"),
    "reason.no room": ("цена уже на нижней границе", "the price is at its floor already"),
    "reason.nothing to give": ("скидка получается нулевая", "it comes to nothing"),
    "reason.cut by the ceiling": ("исчерпан предел скидок на чек", "the receipt's ceiling is used up"),
    "reason.lost in group": ("выбрано другое правило группы: {to}", "another rule of its group was taken: {to}"),
    "reason.excluded": ("не сочетается с правилом {by}", "excluded by {by}"),
    "flag.no_discount": ("без скидок", "no discounts"),
    "flag.no_spend": ("без оплаты баллами", "no points as payment"),
    "flag.no_accrue": ("без начисления", "earns nothing"),
    "listed": (" (список {entry})", " (list {entry})"),
    "barred": ("Строка {line}: {flags}", "Line {line}: {flags}"),
    "code": ("Код {code}: ни одно правило его не знает", "Code {code}: no rule knows it"),
    "spent": ("Баллы: списано {spent} ({money} руб.){lowered}", "Points: {spent} spent ({money}){lowered}"),
    "lowered": ("; просили {asked}, столько не вышло: {why}", "; {asked} asked, it does not fit: {why}"),
    "why.balance": ("на счёте меньше", "the balance is lower"),
    "why.cap": ("предел доли чека", "the cap of the receipt's share"),
    "why.room": ("нижние цены", "floor prices"),
    "why.min_money": ("минимум деньгами", "the minimum in money"),
    "why.step": ("шаг списания", "the step of spending"),
    "confirm": ("Нужен код подтверждения от покупателя", "A confirmation code of the customer is needed"),
    "earned": ("Баллы: начислено {earned}{rate}", "Points: {earned} earned{rate}"),
}


def explain(trace: Sequence[Entry], lang: str = "ru") -> list[str]:
    """One sentence per thing worth telling, in the order in which it happened. `lang`: ru or en."""
    told = (_TELL[entry["step"]](entry, lang) for entry in trace)
    return [sentence for group in told for sentence in group]


def _say(key: str, lang: str, /, **words: object) -> str:
    return TEXTS[key][lang == "en"].format(**words)


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
    return [] if entry["rules"] else [_say("code", lang, code=entry["code"])]


def _spend(entry: Entry, lang: str) -> list[str]:
    if "asked_pt" not in entry:
        return []
    lowered = ""
    if "lowered_by" in entry:
        lowered = _say("lowered", lang, asked=points(entry["asked_pt"]), why=_say(f"why.{entry['lowered_by']}", lang))
    spent, money = points(entry["spent_pt"]), roubles(entry["spent_kop"])
    told = [_say("spent", lang, spent=spent, money=money, lowered=lowered)]
    return [*told, _say("confirm", lang)] if entry["confirm"] else told


def _accrual(entry: Entry, lang: str) -> list[str]:
    found = next((step for step in entry["steps"] if step["step"] == "rate"), None)
    if found is None:
        return []
    level = _say("level", lang, level=found["level"]) if found["level"] else ""
    rate = f", {points(found['bp'])} %{level}"
    return [_say("earned", lang, earned=points(entry["accrued_pt"]), rate=rate)]


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
}
