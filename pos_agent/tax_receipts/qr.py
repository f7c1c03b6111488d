"""The text of a receipt's QR as a second witness: `t=20260115T1030&s=1234.50&fn=...&i=...&fp=...&n=1` (section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pos_agent.model.receipt import DocumentId
from pos_agent.tax_receipts.refusal import MALFORMED, SUMS, Refused

FIELD = "request.qrraw"
WHOLE = re.compile(r"\d{1,16}", re.ASCII)
MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
MINUTE = re.compile(r"\d{8}T\d{4}(\d{2})?", re.ASCII)
TO_THE_MINUTE = 13


@dataclass(frozen=True)
class Qr:
    """What a QR says; `total_kop` is kopecks, `minute` the time as printed, to the minute."""

    minute: str
    total_kop: int
    fn_serial: str
    fd_number: int
    fpd: int
    operation: int


def read(text: str) -> Qr:
    """Refused TAX-04: one of its six parts is missing or not written right."""
    parts = dict(part.partition("=")[::2] for part in text.strip().split("&"))
    forms = {"t": MINUTE, "s": MONEY, "fn": WHOLE, "i": WHOLE, "fp": WHOLE, "n": WHOLE}
    for name, form in forms.items():
        if not form.fullmatch(parts.get(name, "")):
            raise Refused(MALFORMED, f"{FIELD}.{name}", value=parts.get(name, ""))
    return Qr(
        minute=parts["t"][:TO_THE_MINUTE],
        total_kop=int(Decimal(parts["s"]) * 100),
        fn_serial=parts["fn"],
        fd_number=int(parts["i"]),
        fpd=int(parts["fp"]),
        operation=int(parts["n"]),
    )


def compare(qr: Qr, number: DocumentId, at: datetime, total_kop: int, fpd: int, operation: int) -> None:
    """Refused TAX-05: the QR and the receipt are not of one document (section 8, rule 15)."""
    pairs: tuple[tuple[str, object, object], ...] = (
        ("t", qr.minute, at.strftime("%Y%m%dT%H%M")),
        ("s", qr.total_kop, total_kop),
        ("fn", qr.fn_serial, number.fn_serial),
        ("i", qr.fd_number, number.fd_number),
        ("fp", qr.fpd, fpd),
        ("n", qr.operation, operation),
    )
    for name, told, read_ in pairs:
        if told != read_:
            raise Refused(SUMS, f"{FIELD}.{name}", value=told, reckoned=read_)
