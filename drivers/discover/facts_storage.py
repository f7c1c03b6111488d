"""Open points of the fiscal storage's commands. Protocol notes, sections 2.7, 5 and 10. No content leaves this file."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.discover.facts import Fact, Ruling, undecided
from drivers.discover.questions import Questions

NO_SUCH_DOCUMENT = (0xFFFFFFFF).to_bytes(4, "little")
FIRST_DOCUMENT = (1).to_bytes(4, "little")  # the registration: every storage has it
REGISTRATION_TAIL = 12 + 20 + 1 + 1
LONG_REGISTRATION = 64
MOST_PIECES = 400
TLV_HEADER = 4


@dataclass(frozen=True)
class _Readout:
    """How document 1 came: bytes announced, the pieces' own hashes and sizes, and how it ended."""

    announced: int
    pieces: tuple[bytes, ...]
    end: str

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))


def _unconfirmed_width(questions: Questions) -> Ruling:
    reply = questions.ask(0xFF3F)
    if reply.code:
        return undecided(f"FF3Fh refused: {reply.code:02X}h")
    return Ruling(f"{len(reply.data)} bytes", f"{len(reply.data)} bytes of data")


def _registration_form(questions: Questions) -> Ruling:
    reply = questions.ask(0xFF09)
    if reply.code:
        return undecided(f"FF09h refused: {reply.code:02X}h")
    return Ruling("long" if len(reply.data) >= LONG_REGISTRATION else "short", f"{len(reply.data)} bytes of data")


def _expiry_counters(questions: Questions) -> Ruling:
    reply = questions.ask(0xFF03)
    if reply.code:
        return undecided(f"FF03h refused: {reply.code:02X}h")
    return Ruling("with counters" if len(reply.data) > 3 else "date only", f"{len(reply.data)} bytes of data")


def _registration_tail(questions: Questions) -> Ruling:
    reply = questions.ask(0xFF0A, FIRST_DOCUMENT)
    if reply.code or len(reply.data) < 15 or reply.data[0] != 1:
        return undecided(f"FF0Ah of document 1: code {reply.code:02X}h")
    tail = len(reply.data) - 15
    return Ruling("34 bytes" if tail == REGISTRATION_TAIL else "another length", f"{tail} bytes after the sign")


def _missing_document(questions: Questions) -> Ruling:
    reply = questions.ask(0xFF0A, NO_SUCH_DOCUMENT)
    told = f"code {reply.code:02X}h" + (", two bytes FF and the code" if reply.short else ", three bytes")
    return Ruling("08h" if reply.code == 0x08 else "another answer", told)


def _read_out(questions: Questions, interrupted: bool) -> _Readout | None:
    head = questions.ask_again(0xFF3A, FIRST_DOCUMENT)
    if head.code or len(head.data) < 4:
        return None
    announced, pieces = int.from_bytes(head.data[2:4], "little"), list[bytes]()
    while len(pieces) < MOST_PIECES:
        if interrupted and len(pieces) == 1:
            questions.ask_again(0x10)
        piece = questions.ask_again(0xFF3B)
        if piece.code or not piece.data:
            end = f"{piece.code:02X}h" if piece.code else "empty"
            return _Readout(announced, tuple(pieces), end)
        pieces.append(piece.data)
    return None


def _quiet_read_out(questions: Questions) -> _Readout | None:
    return _read_out(questions, interrupted=False)


def _one_tag(piece: bytes) -> bool:
    return len(piece) >= TLV_HEADER and len(piece) == TLV_HEADER + int.from_bytes(piece[2:4], "little")


def _tags_in_a_piece(questions: Questions) -> Ruling:
    seen = _quiet_read_out(questions)
    if seen is None or not seen.pieces:
        return undecided("document 1 has no full form here (any more)")
    single = sum(map(_one_tag, seen.pieces))
    told = f"{len(seen.pieces)} pieces, {single} of them exactly one tag"
    return Ruling("one tag" if single == len(seen.pieces) else "several tags or parts", told)


def _announced_length(questions: Questions) -> Ruling:
    seen = _quiet_read_out(questions)
    if seen is None or not seen.pieces:
        return undecided("document 1 has no full form here (any more)")
    told = f"{seen.announced} bytes announced, {seen.size} came"
    return Ruling("equal to what comes" if seen.announced == seen.size else "different", told)


def _end_of_document(questions: Questions) -> Ruling:
    seen = _quiet_read_out(questions)
    if seen is None or not seen.pieces:
        return undecided("document 1 has no full form here (any more)")
    return Ruling(seen.end if seen.end in ("08h", "empty") else "another code", f"after the last piece: {seen.end}")


def _question_between(questions: Questions) -> Ruling:
    quiet = _quiet_read_out(questions)
    disturbed = _read_out(questions, interrupted=True)
    if quiet is None or disturbed is None or len(quiet.pieces) < 3:
        return undecided("document 1 has no full form here (any more)")
    if disturbed.pieces == quiet.pieces:
        return Ruling("position kept", "the same pieces with 10h after the first one")
    return Ruling("position lost", f"{len(disturbed.pieces)} of {len(quiet.pieces)} pieces, then {disturbed.end}")


_PIECES = ("FF3Ah", "FF3Bh")

FACTS = (
    Fact(
        "FF3Fh-width", "2.7", "How wide is the counter of documents without a receipt of the OFD?", ("FF3Fh",),
        ("2 bytes (F, P)", "4 bytes (J, O)"), "reads both", _unconfirmed_width,
    ),
    Fact(
        "FF09h-form", "2.7", "Does the registration come in its long form?", ("FF09h",),
        ("short (F, O, K)", "long (J)"), "reads what both share", _registration_form,
    ),
    Fact(
        "FF03h-counters", "2.7", "Are registrations left told with the expiry date?", ("FF03h",),
        ("with counters", "date only"), "reads them when they are there", _expiry_counters,
    ),
    Fact(
        "FF0Ah-registration", "2.7", "Has a registration INN, RNM, tax system and mode behind the sign?", ("FF0Ah",),
        ("34 bytes", "another length"), "ignored", _registration_tail,
    ),
    Fact(
        "FF0Ah-missing", "2.7", "How is a document that does not exist answered?", ("FF0Ah",),
        ("08h", "another answer"), "08h, two or three bytes", _missing_document,
    ),
    Fact(
        "FF3Bh-piece", "5.4", "Is a piece exactly one top-level tag?", _PIECES,
        ("one tag (logs)", "several tags or parts"), "any pieces", _tags_in_a_piece,
    ),
    Fact(
        "FF3Ah-length", "5.4", "Does the announced length equal what comes?", _PIECES,
        ("equal to what comes", "different"), "must be equal (switch trust_length)", _announced_length,
    ),
    Fact(
        "FF3Bh-end", "5.4", "How does a document end?", _PIECES, ("08h", "empty", "another code"), "08h or empty",
        _end_of_document,
    ),
    Fact(
        "FF3Bh-interrupted", "5.4", "Does another command between the pieces lose the position?",
        (*_PIECES, "10h"), ("position kept", "position lost (derived)"), "starts again when lost", _question_between,
    ),
)  # fmt: skip
