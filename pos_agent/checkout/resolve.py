"""Was it registered? Decided from the fiscal storage's own numbers and content, never from time or paper. Pure.

Reliability targets, section 3, step 6, in the same order:

    other FN serial                                        a person decides
    last document = the one before, no receipt open        not executed
    last document = the one before, receipt open           cancel it, make sure it is gone, look again
    last document = the one before + 1                     ours if operation, total, payments are equal, else a person
    last document > the one before + 1                     ours if exactly one is equal and nobody else's, else a person
    newer documents, none equal, a receipt open            cancel it first: else it would block the register for ever
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What to do with an unsettled sale."""

    REGISTERED = "registered"
    NOT_EXECUTED = "not_executed"
    CANCEL_FIRST = "cancel_first"
    NEEDS_OPERATOR = "needs_operator"


@dataclass(frozen=True)
class Content:
    """What makes two documents the same sale: tag 1054, tag 1020 and what the register keeps of each payment.

    `payments_kop`: cash without change (1031), cashless (1081), advance (1215), credit (1216), provision (1217).
    """

    operation: int
    total_kop: int
    payments_kop: tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Expected:
    """What was written down before the first byte."""

    fn_serial: str
    fd_before: int
    content: Content


@dataclass(frozen=True)
class Found:
    """A document after `fd_before`. `content` None: no receipt, or it cannot be read; `claimed`: another sale's own."""

    fd_number: int
    content: Content | None
    claimed: bool = False
    unreadable: bool = False


@dataclass(frozen=True)
class Seen:
    """What the device says now. `documents`: every document after `fd_before`, in order, or the first of too many."""

    fn_serial: str
    last_fd: int
    receipt_open: bool
    documents: Sequence[Found] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer; `fd_number` when registered, `why` in English for the record."""

    answer: Answer
    why: str
    fd_number: int | None = None


def decide(expected: Expected, seen: Seen) -> Verdict:
    """One verdict; the same facts always give the same one."""
    if seen.fn_serial != expected.fn_serial:
        return Verdict(Answer.NEEDS_OPERATOR, f"another fiscal storage is in place: {seen.fn_serial}")
    if seen.last_fd < expected.fd_before:
        return Verdict(Answer.NEEDS_OPERATOR, f"the storage went back from {expected.fd_before} to {seen.last_fd}")
    if seen.last_fd == expected.fd_before:
        if seen.receipt_open:
            return Verdict(Answer.CANCEL_FIRST, "the receipt is still open, nothing was registered")
        return Verdict(Answer.NOT_EXECUTED, "no document was registered since")
    return _among(expected, seen)


def _among(expected: Expected, seen: Seen) -> Verdict:
    """There are newer documents: ours is the one that is equal, if it is the only one and nobody else's."""
    equal = [found for found in seen.documents if found.content == expected.content and not found.claimed]
    if len(seen.documents) < seen.last_fd - expected.fd_before:
        return Verdict(Answer.NEEDS_OPERATOR, f"too many newer documents: {seen.last_fd - expected.fd_before}")
    unreadable = [found.fd_number for found in seen.documents if found.unreadable and not found.claimed]
    if len(equal) == 1 and not unreadable:
        return Verdict(Answer.REGISTERED, "operation, total and payments are equal", equal[0].fd_number)
    if unreadable:
        return Verdict(Answer.NEEDS_OPERATOR, f"document {unreadable[0]} cannot be read")
    if len(equal) > 1:
        numbers = ", ".join(str(found.fd_number) for found in equal)
        return Verdict(Answer.NEEDS_OPERATOR, f"documents {numbers} are all equal to the sale")
    if seen.receipt_open:
        return Verdict(Answer.CANCEL_FIRST, "a receipt is still open, none of the newer documents is equal to the sale")
    return Verdict(Answer.NEEDS_OPERATOR, "newer documents exist, none is equal to the sale")
