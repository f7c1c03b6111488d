"""What may be wrong with a rules file or a basket, in both languages, all of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 200  # characters of a path or a value in a message
TEXTS: dict[str, tuple[str, str]] = {
    "syntax": ("файл не читается: {detail}", "the file cannot be read: {detail}"),
    "too_large": ("файл больше {limit} знаков", "the file is longer than {limit} characters"),
    "no_program": (
        "нет раздела [program] с id и name: файл пуст или это не файл правил",
        "no [program] table with id and name: the file is empty or is not a rules file",
    ),
    "huge": (
        "в числе больше {limit} цифр: столько денег и баллов не бывает",
        "the number has more than {limit} digits: there is no such money",
    ),
    "and_more": (
        "дальше есть ещё: показаны первые {limit}",
        "there is more: the first {limit} are shown",
    ),
    "unknown_key": ("неизвестный ключ{hint}", "unknown key{hint}"),
    "unknown_kind": ("неизвестный вид правила «{value}»{hint}", "unknown rule kind '{value}'{hint}"),
    "missing": ("ключ обязателен", "the key is required"),
    "float": (
        "дробные числа запрещены: пишите целое (копейки, сотые балла, базисные пункты: 1 % = 100)",
        "fractions are not allowed: write an integer (kopecks, hundredths of a point, basis points: 1 % = 100)",
    ),
    "type": ("нужно: {expected_ru}", "expected {expected_en}"),
    "range": ("допустимо от {least} до {most}", "must be from {least} to {most}"),
    "choice": ("допустимо: {allowed}", "must be one of: {allowed}"),
    "text": ("нужна непустая строка не длиннее {limit} знаков", "expected text of 1 to {limit} characters"),
    "date": ("нужна дата ГГГГ-ММ-ДД", "expected a date YYYY-MM-DD"),
    "time": ("нужно время ЧЧ:ММ", "expected a time HH:MM"),
    "period": ("конец должен быть позже начала", "the end must be after the start"),
    "both": ("укажите что-то одно: {keys}", "give only one of: {keys}"),
    "one_of": ("нужен один из ключей: {keys}", "one of these keys is required: {keys}"),
    "needs": ("имеет смысл только при {keys}", "makes sense only with {keys}"),
    "duplicate": ("повторяется: «{value}»", "'{value}' is given twice"),
    "mixed_tiers": (
        "в одном списке нельзя смешивать from_kop и from_visits",
        "one list must not mix from_kop and from_visits",
    ),
    "level_metric": (
        "уровни заданы через {keys}, а metric = «{value}»",
        "the tiers use {keys}, but metric = '{value}'",
    ),
    "group": (
        "правила группы «{value}» расходятся в phase или group_policy",
        "members of group '{value}' differ in phase or group_policy",
    ),
    "punch_cards": (
        "две карты штампов на одном счётчике «{value}»",
        "two punch cards on one counter '{value}'",
    ),
    "quantity": (
        "нужно количество строкой: больше 0, до 9 знаков до точки и до 6 после, например «1.250»",
        "expected a quantity as text: above 0, up to 9 digits before the point and 6 after it, like '1.250'",
    ),
    "moment": (
        "нужны дата и время, например 2026-11-21T18:05:00+03:00",
        "expected a date and time like 2026-11-21T18:05:00+03:00",
    ),
    "marked": (
        "маркированный товар делить нельзя: одна строка на единицу, количество не больше 1",
        "marked goods are never split: one line per item, a quantity of at most 1",
    ),
    "control": (
        "в тексте управляющие знаки (перевод строки, NUL и подобные): уберите их",
        "the text has control characters (line feed, NUL and the like): remove them",
    ),
    "too_many": ("больше {limit} записей", "more than {limit} entries"),
    "day_of_year": ("нужен день года ММ-ДД", "expected a day of the year MM-DD"),
    "shares": ("доли групп больше 100 % (10000)", "the shares of the groups exceed 100 % (10000)"),
    "prefix": (
        "в приставке кода допустимы цифры и латинские буквы, кроме Z и U",
        "a code's prefix is made of digits and Latin letters but Z and U",
    ),
    "plain_id": (
        "в id допустимы латинские буквы, цифры и знаки без пробелов и двоеточий",
        "an id is made of Latin letters, digits and signs without spaces and colons",
    ),
    "unknown_name": ("не описано: «{value}»{hint}", "'{value}' is not defined{hint}"),
    "unknown_preset": ("неизвестный список «{value}»{hint}", "unknown preset '{value}'{hint}"),
    "gap": (
        "такого времени не было: часы в поясе {zone} переводили вперёд",
        "there was no such time: clocks in {zone} were put forward",
    ),
    "offset": (
        "смещение не того пояса: в {zone} в этот момент {offset}",
        "not the zone's offset: {zone} has {offset} at that moment",
    ),
    "zone": ("неизвестный часовой пояс «{value}»", "unknown time zone '{value}'"),
    "too_big": ("сумма строки больше {limit} копеек", "the line's sum exceeds {limit} kopecks"),
    "max_price": (
        "цена выше предельной {most} коп. (список {entry})",
        "the price is above the maximum of {most} kopecks (list {entry})",
    ),
}


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `path` like `accrue.tiers[0].bp` ("" = the whole file), `line` from 1 or None when unknown."""

    path: str
    line: int | None
    message_ru: str
    message_en: str
    code: str = ""


class RulesError(ValueError):
    """The rules file is refused; `problems` has everything that is wrong with it, in file order where known."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{problem.path or 'file'}: {problem.message_en}" for problem in problems))


def problem(code: str, path: str, line: int | None = None, **facts: object) -> Problem:
    """A problem with its texts filled in. KeyError for an unknown code: that is a mistake of the caller.

    What comes from the file is shown `plain`: no name of a key may fill a screen or steer a terminal.
    """
    russian, english = TEXTS[code]
    words = {"hint": "", **{name: plain(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}}
    return Problem(plain(path), line, russian.format(**words), english.format(**words), code)


def plain(text: str) -> str:
    """The text on one line: at most LONGEST characters, those that no printer shows as `\\u001b`."""
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    if short.isprintable():
        return short
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in short)
