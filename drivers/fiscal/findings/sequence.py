"""Rule 14: several documents of one storage together; rule 15: the QR against the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from drivers.fiscal.documents import Correction, FiscalDocument, Receipt, ShiftClose, ShiftOpen
from drivers.fiscal.findings.model import Finding, finding, roubles
from drivers.fiscal.members import inside, whole
from drivers.fiscal.qr import QrError, parse_qr

_COUNTERS = {1: 1129, 2: 1130, 3: 1131, 4: 1132}  # operation -> container of 1194
_CORRECTIONS = 1133


def check_sequence(documents: Iterable[FiscalDocument]) -> list[Finding]:
    """Documents of one FN in order of their numbers. Paths start with `FD <number>`.

    A shift whose opening is not among the documents is only checked for gaps.
    """
    ordered = sorted(documents, key=lambda document: document.fd_number)
    found = list(_gaps(ordered))
    shift: list[FiscalDocument] = []
    opened = False
    for document in ordered:
        if isinstance(document, ShiftOpen):
            shift, opened = [], True
        shift.append(document)
        if isinstance(document, ShiftClose):
            if opened:
                found += _close(document, shift)
            shift, opened = [], False
    found += _numbers(ordered)
    return found


def check_qr(receipt: Receipt, text: str) -> list[Finding]:
    """The six fields of the QR against the document; time to the minute, fp as a number."""
    try:
        qr = parse_qr(text)
    except QrError as error:
        return [finding("qr.unreadable", "1196", got=str(error))]
    at = receipt.at.replace(second=0) if receipt.at else None
    pairs = (
        ("t", qr.at.replace(second=0), at),
        ("s", roubles(qr.total_kop), roubles(receipt.total_kop)),
        ("fn", qr.fn_serial, receipt.fn_serial),
        ("i", qr.fd_number, receipt.fd_number),
        ("fp", qr.fpd, receipt.fpd),
        ("n", qr.operation, receipt.operation),
    )
    return [
        finding("qr.mismatch", "1196", field=field, got=got, expected=expected)
        for field, got, expected in pairs
        if got != expected
    ]


def _gaps(ordered: Sequence[FiscalDocument]) -> Iterator[Finding]:
    for before, after in pairwise(ordered):
        if after.fd_number != before.fd_number + 1:
            yield finding("fd.gap", _path(after, 1040), got=after.fd_number, expected=before.fd_number)


def _numbers(ordered: Sequence[FiscalDocument]) -> Iterator[Finding]:
    """1042 grows by one, from 1 after a shift opening; the first one read is taken as it is."""
    last: int | None = None
    for document in ordered:
        if isinstance(document, ShiftOpen):
            last = 0
        elif isinstance(document, Receipt) and document.number_in_shift is not None:
            if last is not None and document.number_in_shift != last + 1:
                yield finding("receipt.gap", _path(document, 1042), got=document.number_in_shift, expected=last + 1)
            last = document.number_in_shift


def _close(close: ShiftClose, shift: Sequence[FiscalDocument]) -> Iterator[Finding]:
    receipts = [document for document in shift if isinstance(document, Receipt)]
    for tag, got, expected in ((1111, close.documents, len(shift)), (1118, close.receipts, len(receipts))):
        if got is not None and got != expected:
            yield finding("close.count", _path(close, tag), tag=tag, got=got, expected=expected)
    counters = inside(close.tags, 1194)
    if not counters:
        return
    plain = [receipt for receipt in receipts if not isinstance(receipt, Correction)]
    for operation, container in _COUNTERS.items():
        group = [receipt.total_kop for receipt in plain if receipt.operation == operation]
        members = inside(counters, container)
        yield from _counter(close, f"{container}/1135", whole(members, 1135), len(group))
        yield from _counter(close, f"{container}/1201", whole(members, 1201) or 0, sum(group))
    corrections = whole(inside(counters, _CORRECTIONS), 1144)
    yield from _counter(close, f"{_CORRECTIONS}/1144", corrections, len(receipts) - len(plain))


def _counter(close: ShiftClose, tag: str, got: int | None, expected: int) -> Iterator[Finding]:
    if got is not None and got != expected:
        yield finding("close.counter", f"FD {close.fd_number}/1194/{tag}", tag=tag, got=got, expected=expected)


def _path(document: FiscalDocument, tag: int) -> str:
    return f"FD {document.fd_number}/{tag}"
