"""Canonical JSON: the one text that a value has, so that equal values have equal hashes.

Sorted keys, no spaces, UTF-8, no escapes of non-ASCII letters, no floats.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias

Json: TypeAlias = "str | int | list[Json] | dict[str, Json] | None"


def canonical_json(value: object) -> str:
    """Text of a JSON value made of str, int, bool, None, lists and mappings with str keys.

    ValueError for anything else: floats, tuples, bytes, lone surrogates, keys that are not text.
    """
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("text is not valid Unicode") from error
    return text


def sha256_hex(text: str) -> str:
    """SHA-256 of the text in UTF-8, lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


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
