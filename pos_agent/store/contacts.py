"""Phones, e-mails and card codes in the one form they are stored and looked up in."""

from __future__ import annotations

import re

from pos_agent.store.errors import InvalidContact

_SEPARATORS = re.compile(r"[\s()\-.\u00a0\u2010-\u2015]+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164: at most 15 digits
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}")
_CARD = re.compile(r"[0-9A-Z]{4,64}")


def normal_phone(text: str) -> str:
    """E.164. `8 (916) 123-45-67`, `79161234567` and `9161234567` are Russian numbers. InvalidContact otherwise."""
    digits = _SEPARATORS.sub("", text)
    if re.fullmatch(r"[78][0-9]{10}", digits):
        digits = "+7" + digits[1:]
    elif re.fullmatch(r"[0-9]{10}", digits):
        digits = "+7" + digits
    if not _PHONE.fullmatch(digits):
        raise InvalidContact("phone")
    return digits


def normal_email(text: str) -> str:
    """Lower case, trimmed. InvalidContact unless it is `something@something`."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise InvalidContact("email")
    return email


def normal_card(text: str) -> str:
    """Upper case without dashes and spaces: 4 to 64 Latin letters and digits. InvalidContact otherwise."""
    code = _SEPARATORS.sub("", text).upper()
    if not _CARD.fullmatch(code):
        raise InvalidContact("card")
    return code


def last_four(code: str) -> str:
    """What people remember of a phone or a card: its last four characters."""
    return code[-4:]
