"""What the till's commands mean for the agent in tap mode on an ATOL register, whatever protocol carried them.

Source: protocol notes, sections 3.0 to 3.4, 3.8 and 3.9. What is not known for certain counts as "not now".
"""

from __future__ import annotations

from enum import Enum, auto

from drivers.atol.command import ANSWER, OK_CODES
from drivers.atol.errors import PRINTING_TROUBLE

READOUT_S = 2.0  # a readout that is not gone on with for so long is over
ERROR_S = 1.0  # after a refusal the till asks why (91h 37h, B3h): an error of ours would take its place
REPORT_S = 2.0  # a report prints on after its answer; the till polls it every 0.5 to 1 s
DOUBT_S = 10.0  # a close that ended in paper trouble: then we ask the register ourselves

CODE = 2  # offset in a request: two bytes of password come first
STATUS, STATE, DEVICE_TYPE, STORAGE = 0x3F, 0x45, 0xA5, 0xA4
OPEN_RECEIPT, CLOSE_RECEIPT, CANCEL_RECEIPT = 0x92, 0x4A, 0x59
OPENS = frozenset({OPEN_RECEIPT, 0x52, 0x57, 0xE6})  # the others open one by themselves on old firmware
REPORTS = frozenset({0x5A, 0x67})
MODES = frozenset({0x56, 0x48})
SELECT, PIECE, NEXT_REGISTRATION = 0x45, 0x46, 0x47  # of A4h
READOUT = frozenset({SELECT, PIECE, NEXT_REGISTRATION})
TEST_RUN = 0x01
RECEIPT_MODES = frozenset({0x11, 0x41})  # mode byte: a receipt is open, a payment was accepted
CHOICE = 0x00
PRINTING_MODES = frozenset({0x22, 0x23, 0x17})

QUESTIONS = frozenset({0x3F, 0x45, 0xA5, 0x9D, 0xB3, 0x4D, 0x58, 0x74, 0x91, 0xE9, 0x46})
STORAGE_QUESTIONS = frozenset({0x10, 0x20, 0x30, 0x31, 0x32, 0x33, 0x40, 0x41, 0x42, 0x43, 0x44})


def harmless(request: bytes) -> bool:
    """A question that disturbs neither a print nor a readout. `request`: password, command, parameters."""
    code = request[CODE : CODE + 2]
    if code[:1] == bytes((STORAGE,)):
        return len(code) > 1 and code[1] in STORAGE_QUESTIONS
    return bool(code) and code[0] in QUESTIONS


def failed(code: int, answer: bytes) -> bool:
    """The register refused; 45h has no place to say so."""
    if not answer:
        return True
    if answer[0] != ANSWER:
        return code == DEVICE_TYPE and answer[0] not in OK_CODES
    return code != STATE and (len(answer) < 2 or answer[1] not in OK_CODES)


class _Receipt(Enum):
    CLOSED = auto()
    OPEN = auto()
    DOUBTFUL = auto()


class Overheard:
    """The till's story as far as the agent must know it. `now`: monotonic seconds.

    `readouts` and `mode_changes` count what the till did; they only grow.
    """

    def __init__(self) -> None:
        self.readouts = 0
        self.mode_changes = 0
        self._receipt = _Receipt.CLOSED
        self._last = self._harmful_at = float("-inf")
        self._refused_at = self._printing_at = self._reading_at = float("-inf")

    def asked(self, request: bytes, now: float) -> None:
        """A command of the till went to the register."""
        self._last = now
        if not harmless(request):
            self._harmful_at = now
        code = request[CODE : CODE + 1]
        if code and code[0] in MODES:
            self.mode_changes += 1
        if request[CODE : CODE + 1] == bytes((STORAGE,)) and request[CODE + 1 : CODE + 2] in _READOUTS:
            self.readouts += 1

    def answered(self, request: bytes, answer: bytes, now: float) -> None:
        """The register's answer to it."""
        if len(request) <= CODE:
            return
        self._last = now
        code = request[CODE]
        if failed(code, answer):
            self._failed(request, answer, now)
            return
        test_run = len(request) > CODE + 1 and bool(request[CODE + 1] & TEST_RUN)
        if code in OPENS and not test_run:
            self._receipt = _Receipt.OPEN
        elif code == CANCEL_RECEIPT or (code == CLOSE_RECEIPT and not test_run):
            self._receipt = _Receipt.CLOSED
        elif code in REPORTS:
            self._printing_at = now
        elif code == STORAGE and request[CODE + 1 : CODE + 2] in _READOUTS:
            self._reading_at = now if len(answer) > 2 else float("-inf")
        elif code == STATUS and len(answer) > 22:
            self._receipt = _Receipt.OPEN if answer[22] & 0x07 else _Receipt.CLOSED
            self._mode(answer[17], now)
        elif code == STATE and len(answer) > 1:
            self._mode(answer[1], now)

    def at_rest(self, now: float, quiet_s: float) -> bool:
        """No receipt open, nothing read out, printed or asked about, and for `quiet_s` nothing but questions."""
        if self._receipt is _Receipt.OPEN or (self._receipt is _Receipt.DOUBTFUL and now - self._last < DOUBT_S):
            return False
        if now - self._reading_at < READOUT_S or now - self._printing_at < REPORT_S:
            return False
        return now - self._refused_at >= ERROR_S and now - self._harmful_at >= quiet_s

    def _failed(self, request: bytes, answer: bytes, now: float) -> None:
        self._refused_at = now
        if request[CODE] == STORAGE and request[CODE + 1 : CODE + 2] in _READOUTS:
            self._reading_at = float("-inf")  # DAh, EEh: that was the last piece
        if request[CODE] == CLOSE_RECEIPT and len(answer) > 1 and answer[1] in PRINTING_TROUBLE:
            self._receipt = _Receipt.DOUBTFUL  # the storage may have it: the till finds out, or we do

    def _mode(self, mode: int, now: float) -> None:
        if mode in PRINTING_MODES:
            self._printing_at = now
        else:
            self._printing_at = float("-inf")
        if mode in RECEIPT_MODES:
            self._receipt = _Receipt.OPEN
        elif mode == CHOICE:
            self._receipt = _Receipt.CLOSED


_READOUTS = frozenset(bytes((one,)) for one in READOUT)
