"""The same evening in a shop that speaks English: its own words translated, so that no Russian letter is left."""

from __future__ import annotations

import re
from typing import Any

RUSSIAN = re.compile("[а-яёА-ЯЁ]")
WORDS = {
    "Анна К.": "Anna K.", "Анна Л.": "Anna L.", "Анна М.": "Anna M.", "Касса 1": "Till 1", "Мост": "Bridge",
    "Серебро": "Silver", "Золото": "Gold", "Кофе": "Coffee", "Круассан": "Croissant", "Молоко": "Milk",
    "Табак": "Tobacco", "АТОЛ 30Ф": "ATOL 30F", "Ольга": "Olga", "Пётр": "Peter",
    "30 % от 1078.61 ₽, без табака": "30 % of 1078.61 ₽, without tobacco",
    "Вечерняя выпечка, 18:00-20:00": "Evening bakery, 18:00-20:00",
    "Купон -10 %: не предъявлен": "Coupon -10 %: not shown",
    "Золото 7 %: вы на уровне Серебро": "Gold 7 %: your level is Silver",
    "Такого адреса нет.": "There is no such address.",
}  # fmt: skip


def english(content: Any) -> Any:
    """The content with every text of the shop in English; AssertionError when one is not in `WORDS`."""
    if isinstance(content, dict):
        return {name: english(one) for name, one in content.items()}
    if isinstance(content, list):
        return [english(one) for one in content]
    if isinstance(content, str) and RUSSIAN.search(content):
        assert content in WORDS, f"no English for {content!r}"
        return WORDS[content]
    return content
