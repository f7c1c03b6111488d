"""Result codes of ATOL devices and how the device's reasons map to them (protocol notes, section 3.9)."""

from __future__ import annotations

from emulator.terms import Reason

OK = 0x00
CONTROL_TAPE_DONE = 0x01
"""Counts as success too."""
WRONG_SUM = 0x08
WRONG_QUANTITY = 0x0A
WRONG_FORMAT = 0x13
WRONG_LENGTH = 0x14
WRONG_MODE = 0x66
NO_PAPER = 0x67
WRONG_RECEIPT_TYPE = 0x6A
WRONG_REGISTER = 0x6C
WRONG_DEVICE = 0x6D
WRONG_PICTURE = 0x6F
STORNO_ABOVE_PAID = 0x70
NONCASH_ABOVE_TOTAL = 0x71
PAID_TOO_LITTLE = 0x72
NOT_FINISHED = 0x76
UNSUPPORTED = 0x7A
WRONG_DISCOUNT = 0x7B
AFTER_DISCOUNT = 0x7C
WRONG_PAYMENT = 0x7E
RETURN_OPEN = 0x87
SHIFT_OVER = 0x88
SALE_OPEN = 0x89
WRONG_PASSWORD = 0x8C
ALREADY_ZEROED = 0x8F
NO_TABLE, NO_ROW, NO_FIELD = 0x91, 0x92, 0x93
WRONG_DATE, WRONG_TIME = 0x94, 0x95
RECEIPT_CLOSED = 0x9A
RECEIPT_OPEN = 0x9B
SHIFT_OPEN = 0x9C
WRONG_REPORT = 0xA3
NO_REPORTS = 0xAA
NO_RECEIPT = 0xAC
NO_DATA = 0xAF
WRONG_DIVIDER = 0xCD
FN_STATE = 0xD4
FN_NO_DATA = 0xDA
TAX_TOO_LARGE = 0xDF
FN_PARAMETERS = 0xE7
EXTENDED = 0xEE
"""The reason is in register 37h."""
SEE_BYTE = 0xF6
WRONG_FFD = 1
"""Second byte after F6h."""

CORRECTION_HAS_ONE = 0x0101
WRONG_TAX_SYSTEM = 0x0103
WRONG_TAX = 0x0104
WRONG_SUBJECT = 0x0105
ALREADY_WRITTEN = 0x0201
NOT_IN_THIS_STATE = 0x0202
NOT_CHANGEABLE = 0x0203
REQUIRED_MISSING = 0x0206
ITEM_TAG_OUTSIDE = 0x0207
RECEIPT_TAG_INSIDE = 0x0208

CODE_OF_REASON: dict[Reason, int] = {
    Reason.WRONG_STATE: WRONG_MODE,
    Reason.SHIFT_CLOSED: FN_STATE,
    Reason.SHIFT_OPEN: SHIFT_OPEN,
    Reason.SHIFT_OVER_24H: SHIFT_OVER,
    Reason.NO_PAPER: NO_PAPER,
    Reason.COVER_OPEN: NO_PAPER,
    Reason.PRINTING: NOT_FINISHED,
    Reason.WAIT_CONTINUE: NO_PAPER,
    Reason.RECEIPT_OPEN: RECEIPT_OPEN,
    Reason.NO_RECEIPT: RECEIPT_CLOSED,
    Reason.EMPTY_RECEIPT: RECEIPT_CLOSED,
    Reason.BAD_PARAMETER: FN_PARAMETERS,
    Reason.BAD_SUM: WRONG_SUM,
    Reason.NOT_ENOUGH_PAYMENT: PAID_TOO_LITTLE,
    Reason.NONCASH_OVER_TOTAL: NONCASH_ABOVE_TOTAL,
    Reason.NOT_ENOUGH_CASH: 0x98,
    Reason.NO_DOCUMENT: FN_NO_DATA,
    Reason.WRONG_OPERATOR: WRONG_PASSWORD,
    Reason.FN_ERROR: 0xD5,
    Reason.FN_EXPIRED: 0xD7,
    Reason.FN_FULL: 0xD8,
    Reason.FN_QUEUE_TOO_OLD: 0xEB,
    Reason.BAD_TIME: 0xD9,
    Reason.TLV_TOO_LONG: 0xE8,
    Reason.UNSUPPORTED: UNSUPPORTED,
    Reason.NOTHING_TO_CONTINUE: NO_DATA,
    Reason.NOTHING_TO_REPEAT: NO_DATA,
    Reason.BAD_PASSWORD: WRONG_PASSWORD,
    Reason.DISCOUNT_TOO_LARGE: WRONG_DISCOUNT,
    Reason.NOTHING_TO_UNDO: 0xB2,
    Reason.STORNO_TOO_LARGE: 0x41,
}


class CommandError(Exception):
    """A command refused by this front end: result code, and for EEh the extended code and tag of register 37h."""

    def __init__(self, code: int, ext: int = 0, extended: int = 0, tag: int = 0) -> None:
        super().__init__(f"{code:02X}h" + (f" {extended:04X}h" if extended else ""))
        self.code = code
        self.ext = ext
        self.extended = extended
        self.tag = tag


def extended(code: int, tag: int = 0) -> CommandError:
    """EEh with its extended code; ``tag``: the missing requisite of 0206h."""
    return CommandError(EXTENDED, extended=code, tag=tag)
