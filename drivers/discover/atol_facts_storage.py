"""Open points of the storage behind A4h. Protocol notes, sections 3.8 and 4. No content of a document is told."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.discover.atol_facts_status import register
from drivers.discover.atol_questions import REGISTRATION, STORAGE_NUMBER, AtolQuestions
from drivers.discover.facts import Fact, Ruling, undecided

STATE, SHIFT, EXCHANGE = b"\xa4\x30", b"\xa4\x10", b"\xa4\x20"
READ, NEXT, FIND = b"\xa4\x45", b"\xa4\x46", b"\xa4\x40"
LAST_RECEIPT = register(0x33)
NO_SUCH_DOCUMENT, FIRST_DOCUMENT = (0xFFFFFFFF).to_bytes(4, "little"), (1).to_bytes(4, "little")
HEAD_SIZE, RECEIPT_FORM, SUM_AT = 15, 3, 16  # of A4h 40h
OFD_BIT = 1 << 3
MOST_PIECES = 400
TLV_HEADER = 4


@dataclass(frozen=True)
class _Readout:
    """How document 1 came: bytes announced, the pieces, how it ended."""

    announced: int
    pieces: tuple[bytes, ...]
    end: str

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))


def _read_out(questions: AtolQuestions, interrupted: bool = False) -> _Readout | None:
    head = questions.ask_again(READ + FIRST_DOCUMENT)
    if head.code or len(head.data) < 4:
        return None
    announced, pieces = int.from_bytes(head.data[2:4], "little"), list[bytes]()
    while len(pieces) < MOST_PIECES:
        if interrupted and len(pieces) == 1:
            questions.ask_again(b"\x3f")
        piece = questions.ask_again(NEXT)
        if piece.code or not piece.data:
            return _Readout(announced, tuple(pieces), f"{piece.code:02X}h" if piece.code else "empty")
        pieces.append(piece.data)
    return None


_GONE = undecided("document 1 has no full form here (any more)")


def _length(questions: AtolQuestions) -> Ruling:
    seen = _read_out(questions)
    if seen is None or not seen.pieces:
        return _GONE
    told = f"{seen.announced} bytes announced, {seen.size} came"
    return Ruling("that of all TLVs" if seen.announced == seen.size else "another", told)


def _piece(questions: AtolQuestions) -> Ruling:
    seen = _read_out(questions)
    if seen is None or not seen.pieces:
        return _GONE
    single = sum(map(_one_tag, seen.pieces))
    told = (
        f"{len(seen.pieces)} pieces, {single} of them exactly one tag, the longest {max(map(len, seen.pieces))} bytes"
    )
    return Ruling("one tag" if single == len(seen.pieces) else "several tags or parts", told)


def _one_tag(piece: bytes) -> bool:
    return len(piece) >= TLV_HEADER and len(piece) == TLV_HEADER + int.from_bytes(piece[2:4], "little")


def _end(questions: AtolQuestions) -> Ruling:
    seen = _read_out(questions)
    if seen is None or not seen.pieces:
        return _GONE
    return Ruling(
        seen.end if seen.end in ("DAh", "EEh", "empty") else "another code", f"after the last piece: {seen.end}"
    )


def _between(questions: AtolQuestions) -> Ruling:
    quiet, disturbed = _read_out(questions), _read_out(questions, interrupted=True)
    if quiet is None or disturbed is None or len(quiet.pieces) < 2:
        return _GONE
    if disturbed.pieces == quiet.pieces:
        return Ruling("position kept", "the same pieces with 3Fh after the first one")
    return Ruling("position lost", f"{len(disturbed.pieces)} of {len(quiet.pieces)} pieces, then {disturbed.end}")


def _missing(questions: AtolQuestions) -> Ruling:
    read, find = questions.ask(READ + NO_SUCH_DOCUMENT).code, questions.ask(FIND + NO_SUCH_DOCUMENT).code
    told = f"A4h 45h: {read:02X}h, A4h 40h: {find:02X}h"
    return Ruling("DAh" if read == find == 0xDA else "another code", told)


def _last_receipt(questions: AtolQuestions) -> tuple[bytes, bytes] | None:
    """Register 33h, and A4h 40h of the document it names; None when there is no receipt."""
    told = questions.ask(LAST_RECEIPT)
    if told.code or not told.data[:5].hex().isdecimal():
        return None
    found = questions.ask(FIND + int(told.data[:5].hex()).to_bytes(4, "little"))
    if found.code or len(found.data) <= SUM_AT or found.data[0] != RECEIPT_FORM:
        return None
    return told.data, found.data


def _register_33(questions: AtolQuestions) -> Ruling:
    """Number, total and sign by both; none of them is told."""
    pair = _last_receipt(questions)
    if pair is None:
        return undecided("no receipt, or register 33h names no receipt of the storage")
    told, found = pair
    total, sign = int.from_bytes(found[SUM_AT:], "little"), int.from_bytes(found[11:15], "little")
    agree = told[6:13].hex() == f"{total:014d}", told[18:23].hex() == f"{sign:010d}"
    evidence = f"{len(told)} bytes; total and sign of A4h 40h found: {agree[0]}, {agree[1]}"
    return Ruling("as S3 says" if all(agree) else "otherwise", evidence)


def _sum_bytes(questions: AtolQuestions) -> Ruling:
    pair = _last_receipt(questions)
    if pair is None:
        return undecided("no receipt")
    size = len(pair[1]) - SUM_AT
    return Ruling({4: "4 bytes", 5: "5 bytes"}.get(size, "another length"), f"{size} bytes after 1054")


def _registration(questions: AtolQuestions) -> Ruling:
    """Is the FN's number inside? Numbers are compared, not told."""
    reply, number = questions.ask(REGISTRATION), questions.ask(STORAGE_NUMBER).data[:16]
    if reply.code:
        return undecided(f"A4h 43h refused: {reply.code:02X}h")
    inside = bool(number) and number in reply.data
    return Ruling("with the FN's number" if inside else "without it", f"{len(reply.data)} bytes")


def _shift_numbers(questions: AtolQuestions) -> Ruling:
    """A4h 10h against register 35h, which is packed decimal."""
    reply, packed = questions.ask(SHIFT), questions.ask(register(0x35))
    if reply.code or packed.code or len(reply.data) < 5 or not packed.data[3:6].hex().isdecimal():
        return undecided(f"A4h 10h: {reply.code:02X}h, 91h 35h: {packed.code:02X}h")
    number, raw = int(packed.data[3:6].hex()), reply.data[1:3]
    binary, decimal = int.from_bytes(raw, "little") == number, raw[::-1].hex() == f"{number:04d}"
    if binary and not decimal:
        return Ruling("binary", "equals register 35h read binary")
    if decimal and not binary:
        return Ruling("packed decimal", "equals register 35h read as packed decimal")
    return undecided("equals register 35h in neither way, or in both")


def _ofd_warning(questions: AtolQuestions) -> Ruling:
    state, queue = questions.ask(STATE), questions.ask(EXCHANGE)
    if state.code or queue.code or len(state.data) < 5 or len(queue.data) < 4:
        return undecided("A4h 30h or 20h is refused")
    waits, bit = int.from_bytes(queue.data[2:4], "little"), bool(state.data[4] & OFD_BIT)
    told = f"{waits} documents wait, bit 3 is {int(bit)}"
    return Ruling("unreliable", told) if bit and not waits else undecided(told)


_PIECES = ("A4h 45h", "A4h 46h")

FACTS = (
    Fact(
        "A4-10-numbers", "3.8", "Are the numbers of A4h 10h binary?", ("A4h 10h", "91h 35h"),
        ("binary (S13, S15)", "packed decimal (S1)"), "binary", _shift_numbers,
    ),
    Fact(
        "A4-30-ofd", "3.8", "Does warning bit 3 mean a time-out of the OFD?", ("A4h 30h", "A4h 20h"),
        ("unreliable (S2)", "means it (FN description)"), "believed (switch ofd_warning)", _ofd_warning,
    ),
    Fact(
        "A4-40-sum", "3.8", "How long is the sum of A4h 40h?", ("91h 33h", "A4h 40h"),
        ("4 bytes (FN-1)", "5 bytes (no source)", "another length"), "the rest of the answer", _sum_bytes,
    ),
    Fact(
        "A4-43-number", "3.8", "Has the registration the FN's number before the tax systems?", ("A4h 43h", "A4h 31h"),
        ("without it (S2)", "with the FN's number (S15, 2016)"), "without it", _registration,
    ),
    Fact(
        "A4-45-length", "4", "Whose length does A4h 45h tell?", _PIECES, ("that of all TLVs (S3)", "another"),
        "a difference seen twice is accepted (switch trust_length)", _length,
    ),
    Fact(
        "A4-46-piece", "4", "Is a piece exactly one tag?", _PIECES, ("one tag (S15)", "several tags or parts"),
        "any pieces", _piece,
    ),
    Fact(
        "A4-46-end", "4", "How does a document end?", _PIECES, ("DAh (S2, S3)", "EEh (S2)", "empty", "another code"),
        "any of the first three", _end,
    ),
    Fact(
        "A4-46-interrupted", "4", "Does another command between the pieces lose the position?", (*_PIECES, "3Fh"),
        ("position kept", "position lost (no source)"), "nothing is asked in between", _between,
    ),
    Fact(
        "A4-missing", "B.2", "How is a document answered that does not exist?", ("A4h 45h", "A4h 40h"),
        ("DAh", "another code"), "DAh", _missing,
    ),
    Fact(
        "register-33", "3.6", "Is register 33h laid out as the one source says?", ("91h 33h", "A4h 40h"),
        ("as S3 says", "otherwise"), "believed when total and date fit (switch register_33)", _register_33,
    ),
)  # fmt: skip
