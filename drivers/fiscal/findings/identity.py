"""Rules 2 to 5 and 13: INN, registration number, FN serial, times, the buyer's contact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from drivers.fiscal.documents import FiscalDocument, Receipt, Registration
from drivers.fiscal.findings.model import Context, Finding, finding
from drivers.fiscal.members import first
from drivers.fiscal.redact import PERSONAL
from drivers.fiscal.tlv import walk

EARLIEST = datetime.fromisoformat("2017-01-01")
CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_SHIFT = timedelta(hours=24)
NO_INN = "000000000000"
HIDDEN = "***"  # findings may be stored and logged: no personal data in them
_INN_TAGS = frozenset({1016, 1017, 1018, 1203, 1226, 1228})
_ZERO_ALLOWED = frozenset({1203, 1226, 1228})
_WEIGHTS_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_WEIGHTS_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_WEIGHTS_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_PHONE = re.compile(r"\+\d{11,15}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def check_identity(document: FiscalDocument, context: Context) -> Iterator[Finding]:
    """Who, on which register, in which storage, when."""
    for path, tag in walk(document.tags):
        if tag.tag in _INN_TAGS and isinstance(tag.value, str):
            zero = tag.tag in _ZERO_ALLOWED and tag.value == NO_INN
            if not (zero or is_inn(tag.value)):
                yield finding("inn.invalid", path, got=HIDDEN if tag.tag in PERSONAL else tag.value)
    yield from _rnm(document, context)
    yield from _storage(document, context)
    if document.at is not None:
        yield from _times(document.at, context)
    if isinstance(document, Receipt):
        yield from _contact(document)


def is_inn(text: str) -> bool:
    """True for a 10- or 12-digit INN whose check digits hold; "00" + 10 digits is a left-padded one.

    Source: fiscal notes, section 8, rule 2 (mod 11, then mod 10: a remainder of 10 gives the digit 0).
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        return False
    if len(digits) == 12 and digits.startswith("00") and digits != NO_INN:
        digits = digits[2:]
    if len(digits) == 10:
        return digits != "0" * 10 and _digit(digits, _WEIGHTS_10) == digits[9]
    if len(digits) == 12:
        return digits != NO_INN and _digit(digits, _WEIGHTS_11) + _digit(digits, _WEIGHTS_12) == digits[10:]
    return False


def rnm_check_digits(rnm: str, inn: str, kkt_serial: str) -> str:
    """The last six digits a registration number must have: CRC-16 (1021h, FFFFh) of first 10 digits, INN, serial.

    Source: fiscal notes, section 8, rule 3. `inn` up to 12 and `kkt_serial` up to 20 characters.
    """
    text = rnm[:10] + inn.strip().rjust(12, "0") + kkt_serial.strip().rjust(20, "0")
    return f"{crc16(text.encode('ascii', errors='replace')):06d}"


def crc16(message: bytes) -> int:
    """CRC-16/CCITT-FALSE; `crc16(b"123456789") == 0x29B1`."""
    crc = 0xFFFF
    for byte in message:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc


def is_contact(text: str) -> bool:
    """Tag 1008: `+` and 11 to 15 digits, an e-mail or `none` (rule 13)."""
    return text == "none" or bool(_PHONE.fullmatch(text) or _EMAIL.fullmatch(text))


def _digit(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11 % 10)


def _rnm(document: FiscalDocument, context: Context) -> Iterator[Finding]:
    if first(document.tags, 1037) is None:
        return
    rnm = document.rnm
    serial = document.kkt_serial if isinstance(document, Registration) else context.kkt_serial
    if not (len(rnm) == 16 and rnm.isascii() and rnm.isdigit()):
        yield finding("rnm.format", "1037", got=rnm)
    elif not (serial and document.inn):
        yield finding("rnm.unchecked", "1037")
    else:
        expected = rnm_check_digits(rnm, document.inn, serial)
        if rnm[10:] != expected:
            yield finding("rnm.crc", "1037", got=rnm, expected=expected)


def _storage(document: FiscalDocument, context: Context) -> Iterator[Finding]:
    serial = document.fn_serial
    if first(document.tags, 1041) is None:
        return
    if not (len(serial) == 16 and serial.isascii() and serial.isdigit()):
        yield finding("fn.format", "1041", got=serial)
    elif context.production and serial.startswith("9999"):
        yield finding("fn.debug", "1041", got=serial)


def _times(at: datetime, context: Context) -> Iterator[Finding]:
    if at < EARLIEST:
        yield finding("at.old", "1012", got=at)
    if context.now and at > context.now + CLOCK_TOLERANCE:
        yield finding("at.future", "1012", got=at, expected=context.now)
    if context.previous_at and at < context.previous_at:
        yield finding("at.order", "1012", got=at, expected=context.previous_at)
    if context.shift_opened_at and at > context.shift_opened_at + LONGEST_SHIFT:
        yield finding("at.shift_age", "1012", expected=context.shift_opened_at)


def _contact(receipt: Receipt) -> Iterator[Finding]:
    tag = first(receipt.tags, 1008)
    # the value itself is personal and stays out of the finding
    if tag is not None and not is_contact(str(tag.value)):
        yield finding("contact.format", "1008")
