"""Fiscal TLV: encode, decode, tags, typed documents, findings, the receipt's QR. Pure values, no I/O."""

from __future__ import annotations

from drivers.fiscal.containers import Image, read_input, unwrap
from drivers.fiscal.documents import (
    Correction,
    FiscalDocument,
    Item,
    Payments,
    Receipt,
    Registration,
    ShiftClose,
    ShiftOpen,
    VatTotal,
)
from drivers.fiscal.qr import QrError, ReceiptQr, parse_qr
from drivers.fiscal.reading import read_body, read_image
from drivers.fiscal.redact import redacted_tree, tag_tree
from drivers.fiscal.tlv import Tag, TlvError, build, decode, encode

__all__ = [
    "Correction",
    "FiscalDocument",
    "Image",
    "Item",
    "Payments",
    "QrError",
    "Receipt",
    "ReceiptQr",
    "Registration",
    "ShiftClose",
    "ShiftOpen",
    "Tag",
    "TlvError",
    "VatTotal",
    "build",
    "decode",
    "encode",
    "parse_qr",
    "read_body",
    "read_image",
    "read_input",
    "redacted_tree",
    "tag_tree",
    "unwrap",
]
