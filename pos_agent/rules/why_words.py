"""The words of the long explanation: Russian, English."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "line": (
        "Строка {line} «{name}»: {qty} x {price} = {exact}, округлено {gross}",
        "Line {line} '{name}': {qty} x {price} = {exact}, rounded {gross}",
    ),
    "floor": ("  ниже {floor} строка не опустится", "  the line never falls below {floor}"),
    "head": ("Фаза {phase}, {rule} ({kind}): -{total}", "Phase {phase}, {rule} ({kind}): -{total}"),
    "conditions": ("  выполнено: {keys}", "  held: {keys}"),
    "group": ("  выбрано в группе {group}", "  chosen in group {group}"),
    "exclusive": ("  дальше только округление итога", "  nothing but rounding of the total runs after it"),
    "rated": (
        "  {line}: {base}{rate} = {exact}, округлено {rounded}, дано {given}, осталось {net}",
        "  {line}: {base}{rate} = {exact}, rounded {rounded}, given {given}, left {net}",
    ),
    "rate": (" x {bp} %", " x {bp} %"),
    "units": (" x {units} ед.", " x {units} units"),
    "amount": ("  сумма {amount}{from_base}", "  amount {amount}{from_base}"),
    "from base": (": {bp} % от {base} = {exact}", ": {bp} % of {base} = {exact}"),
    "share": (
        "  {line}: доля по весу {weight} = {exact}, дано {given} ({by})",
        "  {line}: share by weight {weight} = {exact}, given {given} ({by})",
    ),
    "by.share": ("целая часть доли", "the whole part of the share"),
    "by.remainder": ("и копейка по наибольшему остатку", "and a kopeck by the largest remainder"),
    "by.room": ("больше не дала нижняя цена", "the floor price gave no more"),
    "cut": (
        "  предел скидок чека: хотело {wanted}, оставалось {left}",
        "  the receipt's ceiling: wanted {wanted}, {left} was left",
    ),
    "limits": (
        "  пределы: доля чека {cap}, нижние цены {room}, минимум деньгами {min_money}, на счёте {balance}",
        "  limits: share of the receipt {cap}, floor prices {room}, minimum in money {min_money}, balance {balance}",
    ),
    "earning": (
        "  {line}: {net} x {bp} %{factors} = {exact} б.",
        "  {line}: {net} x {bp} %{factors} = {exact} points",
    ),
    "no earning": ("  {line}: не начисляет ({reason})", "  {line}: earns nothing ({reason})"),
    "full": ("  полных частей по {per}: {parts} из {base}", "  full parts of {per}: {parts} of {base}"),
    "rounding": (
        "  всего {exact} б., округлено ({round}, шаг {step}) до {total}",
        "  {exact} points in all, rounded ({round}, step {step}) to {total}",
    ),
    "parts": ("  по строкам: {parts}", "  by line: {parts}"),
    "items": ("В чеке {line}: {items} = {net}", "Registered {line}: {items} = {net}"),
    "total": (
        "К оплате {payable}, начислено {accrued} б., отпечаток {hash}",
        "To pay {payable}, {accrued} points earned, hash {hash}",
    ),
}


def say(key: str, lang: str, /, **words: object) -> str:
    """One line of the explanation. `lang`: ru or en."""
    return WORDS[key][lang == "en"].format(**words)
