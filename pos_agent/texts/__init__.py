"""Sentences for people, Russian first, English too: plain data in TOML beside this file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

MEMBER = "field"  # of a request: the till's vendor looks for it as it is written
LANGUAGES = ("ru", "en")
VERDICTS = {
    "R": {"ru": "Продажа записана.", "en": "The sale is recorded."},
    "N": {
        "ru": "Чек не пробит, деньги и баллы не тронуты.",
        "en": "No receipt was made, money and points are untouched.",
    },
    "C": {"ru": "Проверяем. Не пробивайте заново.", "en": "Checking. Do not ring it up again."},
    "P": {
        "ru": "Часть чеков пробита: новой продажей не пробивайте.",
        "en": "Some receipts are made: do not ring it up as a new sale.",
    },
    "W": {"ru": "Продавайте как обычно.", "en": "Sell as usual."},
    "-": {"ru": "К чекам это не относится.", "en": "No receipt is concerned."},
}


@dataclass(frozen=True)
class Message:
    """What happened, what to do now, and whether the sale is safe."""

    code: str
    what: str
    action: str
    safe: str

    def __str__(self) -> str:
        return f"{self.what} {self.action} {self.safe} [{self.code}]"


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of this folder, e.g. `messages`, `slip`, `words`."""
    return tomllib.loads((resources.files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def message(code: str, lang: str = "ru", safe: str | None = None, /, **params: object) -> Message:
    """The sentences of an error code. `safe` overrides the table's verdict letter when the fiscal storage knows better.

    KeyError when the code has no sentence (a test walks every code in the source).
    """
    entry = table("messages")[code]
    params = {name: value if name == MEMBER else _word(value, lang) for name, value in params.items()}
    what, action = entry[lang]
    verdict = VERDICTS[safe or entry["safe"]][lang]
    return Message(code, what.format_map(_Blank(params)), action.format_map(_Blank(params)), verdict)


def phrase(name: str, key: str, lang: str = "ru", /, **params: object) -> str:
    """One phrase of `<name>.toml`: `[key] ru = "...", en = "..."`."""
    text: str = table(name)[key][lang]
    return text.format_map(_Blank(params)) if params else text


def reason(said: str, lang: str = "ru") -> str:
    """Why it failed, as people say it: `said` is what the system, a library or a check of ours says, else unchanged."""
    if said in table("reasons"):
        return phrase("reasons", said, lang)
    for key, pattern in _PLACED:
        if found := pattern.search(said):
            return phrase("reasons", key, lang, **found.groupdict())
    return said


_PLACED = (
    ("not_toml", re.compile(r"\(at line (?P<line>\d+), column (?P<column>\d+)\)$")),
    ("cut_short", re.compile(r"\(at end of document\)$")),
    ("not_json", re.compile(r": line (?P<line>\d+) column (?P<column>\d+) \(char \d+\)$")),
    ("twin_key", re.compile(r"^key given twice: (?P<key>.+)$")),
    ("printer_refused", re.compile(r"^refused with (?P<code>[0-9A-F]{2}h)$")),
    ("other_tag", re.compile(r"^tag (?P<tag>\d+) says (?P<value>.+)$")),
    ("not a text in UTF-8", re.compile(r"^'utf-8' codec can't decode ")),
)


def _word(value: object, lang: str) -> object:
    """Our own names of things (`phone`) and reasons in the reader's language; anything else as it is."""
    if not isinstance(value, str):
        return value
    known = table("words")
    return known[value][lang] if value in known else reason(value, lang)


class _Blank(dict[str, object]):
    """A missing word shows as "?" instead of hiding the sentence."""

    def __missing__(self, key: str) -> str:
        return "?"
