"""Canonical JSON: the one text that a value has, so that equal values have equal hashes.

Sorted keys, no spaces, UTF-8, no escapes of non-ASCII letters, no floats.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = "str | int | list[Json] | dict[str, Json] | None"
_LEAVES, _NODES = {str, int, bool, type(None)}, {dict, list}
# A value that holds itself does not get this far: looking whether it is plain never ends.
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def canonical_json(value: object) -> str:
    """Text of a JSON value made of str, int, bool, None, lists and mappings with str keys.

    ValueError for anything else: floats, tuples, bytes, lone surrogates, keys that are not text.
    """
    text = _WRITER.encode(value if _is_plain([value]) else _plain(value))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("text is not valid Unicode") from error
    return text


def sha256_hex(text: str) -> str:
    """SHA-256 of the text in UTF-8, lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_plain(value: dict[Any, Any] | list[Any]) -> bool:
    """Nothing in it but what `json` itself makes: nearly always so, and seen in a third of the time of a copy."""
    if isinstance(value, dict):
        for key in value:
            if type(key) is not str:
                return False
        items: Iterable[Any] = value.values()
    else:
        items = value
    for item in items:
        if type(item) in _LEAVES:
            continue
        if type(item) not in _NODES or not _is_plain(item):
            return False
    return True


def _plain(value: object) -> Json:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("JSON keys must be text")
        return {key: _plain(item) for key, item in value.items()}
    raise ValueError(f"{type(value).__name__} is not allowed in canonical JSON")
