"""The last gate before a decoded document is stored: personal tags are blank, whoever decoded it.

The decoder's redacted form passes unchanged (54-FZ reference, section 9, has the list of tags). Shape:
`{"tags": [{"tag": 1008, "name": …, "value": …, "raw": hex, "tags": […]}, …], …}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drivers.fiscal.redact import PERSONAL

STRUCTURES = frozenset({1084, 1256})  # hold personal tags: when they were not taken apart, their own bytes tell them


def blank_personal(decoded: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which personal tags have no `value`, `raw` and `tags`, and containers have no `raw`."""
    return {key: _blank_list(value) if key == "tags" else value for key, value in decoded.items()}


def _blank_list(tags: object) -> list[object]:
    if not isinstance(tags, list | tuple):
        return []
    return [_blank(tag) if isinstance(tag, Mapping) else tag for tag in tags]


def _blank(tag: Mapping[str, Any]) -> dict[str, Any]:
    number, inner = tag.get("tag"), tag.get("tags")
    if number in PERSONAL:
        return {**tag, "value": None, "raw": None, "tags": [], "redacted": True}
    if inner:
        return {**tag, "raw": None, "tags": _blank_list(inner)}
    return {**tag, "value": None, "raw": None} if number in STRUCTURES else dict(tag)
