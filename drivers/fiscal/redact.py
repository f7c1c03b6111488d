"""Tags as JSON-able trees: the whole form for `fiscal decode --json` and the redacted form that may be stored.

The redacted form blanks tags that hold a person's data (fiscal notes, section 9) and everything their bytes could show
through: the raw bytes of the containers around them and of tags this table does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from drivers.fiscal.tlv import Tag
from drivers.fiscal.values import printed_fpd, quantity_text

PERSONAL = frozenset({1008, 1021, 1203, 1227, 1228, 1243, 1244, 1245, 1246, 1254, 1086})
UNKNOWN_NAME = "неизвестный тег"

JsonValue = int | str | None


def json_value(tag: Tag) -> JsonValue:
    """Kopecks, counters, codes and bits: int; quantities: decimal string; times: ISO local; 1077: the printed number;
    texts without padding; other bytes and unknown tags: lower-case hex; containers: None."""
    if tag.tag == 1077 and printed_fpd(tag.raw) is not None:
        return printed_fpd(tag.raw)
    value = tag.value
    if isinstance(value, Decimal):
        return quantity_text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value


def tag_tree(tags: Iterable[Tag]) -> list[dict[str, Any]]:
    """`[{tag, name, value, raw, tags}]` in the document's order; `raw` is the hex of the value's bytes."""
    return [
        {
            "tag": tag.tag,
            "name": tag_name(tag),
            "value": json_value(tag),
            "raw": tag.raw.hex(),
            "tags": tag_tree(tag.tags),
        }
        for tag in tags
    ]


def redacted_tree(tags: Iterable[Tag]) -> list[dict[str, Any]]:
    """The same shape without personal data: `value` and `raw` are None where blanked, `redacted` tells it was done."""
    return [_redacted(tag) for tag in tags]


def tag_name(tag: Tag) -> str:
    """Official Russian name of the meaning that was chosen."""
    return tag.spec.name if tag.spec else UNKNOWN_NAME


def _redacted(tag: Tag) -> dict[str, Any]:
    blank = tag.tag in PERSONAL or tag.spec is None
    container = bool(tag.tags)
    return {
        "tag": tag.tag,
        "name": tag_name(tag),
        "value": None if blank else json_value(tag),
        "raw": None if blank or container else tag.raw.hex(),
        "tags": [] if blank else redacted_tree(tag.tags),
        "redacted": blank,
    }
