"""What must never be taken, as data: bad values by the kind of a member, and whole documents that are no input.

Values are raw JSON text: NaN, a number of 5,000 digits or half a surrogate pair is nothing that a serialiser spells.
"""

from __future__ import annotations

import copy
import json
from typing import Any

ANYTHING = {
    "NaN": "NaN",
    "minus infinity": "-Infinity",
    "beyond floats": "1e400",
    "beyond decimals": "1e9999999999999999999",
    "5,000 digits": "9" * 5000,
    "half a surrogate pair": '"\\ud800"',
}  # of no kind at all
WRONG_TYPES = {"number": "1", "text": '"abc"', "true": "true", "list": "[1]", "object": '{"a": 1}'}
NO_AMOUNT = {
    **ANYTHING,
    **{name: WRONG_TYPES[name] for name in ("text", "true", "list", "object")},
    "negative": "-1",
    "very negative": "-1e30",
    "huge": "1e30",
    "41 digits": "1" + "0" * 40,
    "digits of another script": '"\\u0663"',
    "digits in groups": '"1_000"',
    "hexadecimal": '"0x10"',
}
NO_WHOLE = {**NO_AMOUNT, "fraction": "1.5", "binary tail": "59.900000000000006", "digits in a text": '"100"'}
NO_TEXT = {
    **ANYTHING,
    **{name: WRONG_TYPES[name] for name in ("number", "true", "list", "object")},
    "control": '"a\\u0000b"',
    "escape": '"\\u001b[2J"',
    "line feed": '"a\\nb"',
    "10,000 letters": '"' + "x" * 10_000 + '"',
}
NO_QUANTITY = {
    **ANYTHING,
    **{name: WRONG_TYPES[name] for name in ("number", "text", "true", "list", "object")},
    **{
        f"as {text}": json.dumps(text)
        for text in ("-1", "0", "1e3", "1,5", "1.0000001", "1" * 30, " 1", "0x1", "٣", "NaN")
    },
}  # of the agent's own faces, where it is a text
NO_FLAG = {**ANYTHING, **{name: WRONG_TYPES[name] for name in ("number", "text", "list", "object")}, "quoted": '"true"'}
NO_LIST = {
    **ANYTHING,
    **{name: WRONG_TYPES[name] for name in ("number", "text", "true", "object")},
    "of nothing": "[null]",
}
NO_TABLE = {**ANYTHING, **{name: WRONG_TYPES[name] for name in ("number", "text", "true", "list")}}
NO_MOMENT = {
    **NO_TEXT,
    "never set clock": '"1969-12-31T23:59:59"',
    "far future": '"2200-01-01T00:00:00"',
    "no leap year": '"2026-02-29T10:00:00"',
    "a day alone": '"2026-11-21"',
    "hour 24": '"2026-11-21T24:00:00"',
    "offset of four days": '"2026-11-21T18:05:00+99:00"',
}
KINDS = {
    "amount": NO_AMOUNT,
    "whole": NO_WHOLE,
    "text": NO_TEXT,
    "quantity": NO_QUANTITY,
    "flag": NO_FLAG,
    "list": NO_LIST,
    "table": NO_TABLE,
    "moment": NO_MOMENT,
}
MARK = "@ here @"


def spoiled(document: Any, path: tuple[str | int, ...], raw: str) -> bytes:
    """The document with this raw JSON at the path."""
    changed = copy.deepcopy(document)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = MARK
    return json.dumps(changed, ensure_ascii=False).replace(json.dumps(MARK), raw).encode()


def no_documents(good: dict[str, Any]) -> dict[str, bytes]:
    """Bodies and files that are no such document, whatever the reader wants of its members."""
    text = json.dumps(good, ensure_ascii=False)
    first = next(iter(good))
    return {
        "null": b"null",
        "a list": b"[]",
        "a text": b'"abc"',
        "cut short": text[:-1].encode(),
        "two of them": (text + text).encode(),
        "UTF-16": text.encode("utf-16"),
        "Windows-1251": ('{"ключ": 1, ' + text[1:]).encode("cp1251"),
        "a byte order mark inside": ("{\ufeff" + text[1:]).encode(),
        "NUL behind": text.encode() + b"\0",
        "10,000 brackets": b'{"a": ' + b"[" * 10_000,
        "10,000 brackets, closed": b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        "a member twice": (text[:-1] + f", {json.dumps(first)}: {json.dumps(good[first])}" + "}").encode(),
        "one of 20,000 members twice": b"{"
        + b",".join(b'"a%d":1' % number for number in range(20_000))
        + b',"a19999":2}',
    }


def written(path: tuple[str | int, ...]) -> str:
    """`("lines", 0, "qty")` -> `lines[0].qty`."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text
