"""What a fiscal storage writes: its header before the tags of the register, and the fiscal sign over all of it.

Order of the header: FFD, protocol notes on 54-FZ, sections 1 and 2.12.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from emulator.terms import ShortForm
from emulator.tlv import Tlv, decode, encode, make, number

RECEIPT_FORMS = (3, 4, 31, 41)
SHIFT_FORMS = (2, 3, 4, 5, 31, 41)
SIGN_SIZE = 4


@dataclass(frozen=True)
class Document:
    """A registered document. `body`: its TLVs without the outer header; `sign`: u32; `at`: local, whole minutes."""

    form: int
    fd: int
    at: datetime
    sign: int
    body: bytes

    @cached_property
    def tags(self) -> list[Tlv]:
        """The decoded body."""
        return decode(self.body)

    def short(self, ofd_receipt: bool) -> ShortForm:
        """The short form a register may ask for."""
        shift = number(self.tags, 1038) if self.form in SHIFT_FORMS else None
        receipt = self.form in RECEIPT_FORMS
        operation = number(self.tags, 1054) if receipt else None
        total_kop = number(self.tags, 1020) if receipt else None
        return ShortForm(self.form, ofd_receipt, self.at, self.fd, self.sign, shift, operation, total_kop)


def document_table(document: Document) -> dict[str, Any]:
    """For the state file."""
    body = document.body.hex()
    return {
        "form": document.form,
        "fd": document.fd,
        "at": document.at.isoformat(),
        "sign": document.sign,
        "body": body,
    }


def document_from(table: dict[str, Any]) -> Document:
    """From the state file."""
    at = datetime.fromisoformat(table["at"])
    return Document(table["form"], table["fd"], at, table["sign"], bytes.fromhex(table["body"]))


@dataclass(frozen=True)
class Identity:
    """What the header of every document repeats, and the key of the fiscal sign."""

    serial: str
    rnm: str
    inn: str
    seed: int = 0


def compose(identity: Identity, form: int, fd: int, at: datetime, own: list[Tlv], given: list[Tlv]) -> Document:
    """Put a document together: header, the storage's `own` tags of this form, then `given` as they were sent."""
    before = [
        make(1041, identity.serial),
        make(1037, identity.rnm),
        make(1018, identity.inn),
        make(1040, fd),
        make(1012, at),
    ]
    after = encode([*own, *given])
    sign = fiscal_sign(identity, form, fd, encode(before) + after)
    body = encode([*before, sign_tag(form, sign)]) + after
    return Document(form, fd, at, sign, body)


def sign_tag(form: int, sign: int) -> Tlv:
    """Tag 1077: 31 04 (receipts and corrections) or 21 04 (reports), then the sign big-endian."""
    prefix = b"\x31\x04" if form in RECEIPT_FORMS else b"\x21\x04"
    return make(1077, prefix + sign.to_bytes(SIGN_SIZE, "big"))


def fiscal_sign(identity: Identity, form: int, fd: int, content: bytes) -> int:
    """A sign nobody can verify offline: a keyed hash, the same for the same storage, seed, number and content."""
    key = f"{identity.seed}/{identity.serial}".encode()[:64]
    text = form.to_bytes(2, "little") + fd.to_bytes(4, "little") + content
    return int.from_bytes(hashlib.blake2b(text, key=key, digest_size=SIGN_SIZE).digest(), "big")
