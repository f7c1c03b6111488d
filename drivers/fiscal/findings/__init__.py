"""What is wrong or odd with a fiscal document: the validation rules of the fiscal notes, section 8, as a list.

`check` judges one document, `check_wrapping` what surrounds it in a file, `check_sequence` several documents of one
storage, `check_qr` a receipt's QR, `check_text` a text before it is sent. Nothing here raises for a bad document.
"""

from __future__ import annotations

from drivers.fiscal.documents import FiscalDocument, Receipt
from drivers.fiscal.findings.codes import check_codes, check_lists
from drivers.fiscal.findings.identity import check_identity
from drivers.fiscal.findings.model import ERROR, WARNING, Context, Finding
from drivers.fiscal.findings.sequence import check_qr, check_sequence
from drivers.fiscal.findings.shape import check_shape, check_text, check_wrapping
from drivers.fiscal.findings.sums import check_sums
from drivers.fiscal.findings.vat import check_vat, tax_kop

__all__ = [
    "ERROR",
    "WARNING",
    "Context",
    "Finding",
    "check",
    "check_qr",
    "check_sequence",
    "check_text",
    "check_wrapping",
    "tax_kop",
]


def check(document: FiscalDocument, context: Context | None = None) -> list[Finding]:
    """All findings of one document, errors first, each group in the document's order of rules."""
    known = context or Context()
    found = [*check_shape(document), *check_identity(document, known), *check_lists(document)]
    if isinstance(document, Receipt):
        found += [*check_sums(document), *check_vat(document), *check_codes(document, known)]
    return sorted(found, key=lambda item: item.severity != ERROR)
