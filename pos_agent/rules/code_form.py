"""The form of promo codes: how a batch is made from a secret and how a register rejects a mistyped one offline.

A code is prefix + body + check. Letters are of an alphabet of 31 signs without I, L, O, U and Z, read regardless of
case, dashes and spaces (and 1 for I or L, 0 for O). The first check sign is a weighted sum modulo 31, a prime, turned
into a sign by a table that the secret gives: every single wrong sign and every two swapped signs are found. Further
check signs are of an HMAC and make codes hard to guess.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
BASE = len(ALPHABET)
VALUES = {sign: number for number, sign in enumerate(ALPHABET)}
ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
ONCE, TIMES, PER_CUSTOMER, UNLIMITED = "once", "times", "per_customer", "unlimited"
CODE_KINDS = (ONCE, TIMES, PER_CUSTOMER, UNLIMITED)
OFFLINE = ("allow", "bound", "refuse")
MAX_BODY = 24


@dataclass(frozen=True)
class Batch:
    """`[[codes]]`: codes of one kind. `codes`: an imported list, else the form says what belongs to it.

    `times` for kind `times`; valid for `start` <= date < `end`; `body` signs and `check` signs of generated codes.
    `offline`: may a register honour it alone: `allow` always, `bound` when bound to this register or customer.
    """

    id: str
    kind: str = UNLIMITED
    times: int = 1
    codes: frozenset[str] = frozenset()
    prefix: str = ""
    body: int = 8
    check: int = 1
    start: date | None = None
    end: date | None = None
    offline: str = "bound"

    def in_force(self, day: date | None) -> bool:
        """Is the date among those of the batch? Without a date no bounded batch holds."""
        if day is None:
            return self.start is None and self.end is None
        return (not self.start or self.start <= day) and (not self.end or day < self.end)

    def names(self, code: str) -> bool:
        """Does the code belong here by its text alone (check signs are another question)?"""
        if self.codes:
            return code in self.codes
        text = plain(code)
        head = plain(self.prefix)
        return (
            len(text) == len(head) + self.body + self.check
            and text.startswith(head)
            and all(sign in VALUES for sign in text[len(head) :])
        )


def plain(text: str) -> str:
    """As compared: capitals, look-alikes replaced, no dashes and spaces."""
    return text.upper().translate(ALIKE)


def code_of(batch: Batch, secret: bytes, number: int) -> str:
    """The code with this serial number (>= 0). Two numbers may meet in one body: see `codes_of`."""
    digest = hmac.new(secret, f"body:{batch.id}:{number}".encode(), hashlib.sha512).digest()
    return _with_check(batch, secret, _signs(int.from_bytes(digest, "big"), batch.body))


def coupon_code(batch: Batch, secret: bytes, occasion: str) -> str:
    """The code that one sale earns: the same occasion gives the same code, however often it is reckoned."""
    digest = hmac.new(secret, f"coupon:{batch.id}:{occasion}".encode(), hashlib.sha512).digest()
    return _with_check(batch, secret, _signs(int.from_bytes(digest, "big"), batch.body))


def codes_of(batch: Batch, secret: bytes, count: int, first: int = 0) -> list[str]:
    """`count` different codes from serial number `first`. ValueError when the form has too few for chance to spread."""
    if count * 100 > BASE**batch.body:
        raise ValueError(f"{count} codes need more than {batch.body} signs: one in a hundred would be a code by chance")
    found: dict[str, None] = {}
    number = first
    while len(found) < count:
        found[code_of(batch, secret, number)] = None
        number += 1
    return list(found)


def genuine(batch: Batch, secret: bytes, code: str) -> bool:
    """Are the check signs right?"""
    text, head = plain(code), plain(batch.prefix)
    if batch.codes or not batch.names(code):
        return batch.names(code)
    body = text[len(head) : len(head) + batch.body]
    return hmac.compare_digest(_check(batch, secret, body), text[len(head) + batch.body :])


def _with_check(batch: Batch, secret: bytes, body: str) -> str:
    return batch.prefix + body + _check(batch, secret, body)


def _check(batch: Batch, secret: bytes, body: str) -> str:
    """Powers of 3, a primitive root of 31, are different weights for up to 30 places."""
    total = sum(VALUES[sign] * pow(3, place, BASE) for place, sign in enumerate(body)) % BASE
    first = _table(batch, secret)[total]
    digest = hmac.new(secret, f"check:{batch.id}:{body}".encode(), hashlib.sha256).digest()
    return first + _signs(int.from_bytes(digest, "big"), batch.check - 1)


def _table(batch: Batch, secret: bytes) -> str:
    """The alphabet in an order that only the secret knows."""
    order = lambda sign: hmac.new(secret, f"table:{batch.id}:{sign}".encode(), hashlib.sha256).digest()  # noqa: E731
    return "".join(sorted(ALPHABET, key=order))


def _signs(number: int, count: int) -> str:
    signs = []
    for _ in range(count):
        number, rest = divmod(number, BASE)
        signs.append(ALPHABET[rest])
    return "".join(signs)
