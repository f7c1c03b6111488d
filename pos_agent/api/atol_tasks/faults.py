"""Error numbers of the driver and their sentences. Source: task reference, section 5."""

from __future__ import annotations

from drivers.api import Refused
from pos_agent import texts
from pos_agent.errors import AgentError, PrinterError

OK, NO_CONNECTION, PORT_BUSY, NO_PORT, NOT_SUPPORTED, INVALID_MODE, UNKNOWN = 0, 2, 3, 4, 11, 12, 15
NO_PAPER, COVER_OPEN, NOT_FULLY_PAID, SHIFT_EXPIRED, SHIFT_CLOSED = 44, 45, 66, 68, 73
NO_CASH, RECEIPT_OPEN, SHIFT_OPEN, NO_MORE_DATA, MARKING, INVALID_TAX = 80, 82, 83, 123, 401, 144
DOCUMENT_CANCELED, CONNECTION_LOST = 249, 241
PARSE, INTERRUPTED, CANCELED, WEB = 501, 502, 503, 505

BY_CODE = {
    "PRN-01": NO_PAPER,
    "PRN-02": COVER_OPEN,
    "PRN-03": NO_CONNECTION,
    "PRN-04": PORT_BUSY,
    "PRN-05": RECEIPT_OPEN,
    "PRN-06": NO_CONNECTION,
    "PRN-07": NO_PORT,
    "PRN-08": NO_PORT,
    "PRN-09": INVALID_MODE,
    "SHF-01": SHIFT_EXPIRED,
    "SAL-03": DOCUMENT_CANCELED,
    "PRC-01": PARSE,
    "API-01": PARSE,
    "MRK-01": MARKING,
    "MRK-02": MARKING,
    "MRK-03": MARKING,
    "MRK-04": MARKING,
    "MRK-05": MARKING,
}
IN_DOUBT = ("SAL-01", "SAL-02")
NO_CASH_CODES = {"shtrih-m": (0x2E, 0x46), "atol": (0x98,)}  # a device's own: too little cash in the drawer


class TaskError(Exception):
    """A task cannot be done; nothing of it was."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description

    @property
    def json(self) -> dict[str, object]:
        """`{code, description}`."""
        return {"code": self.code, "description": self.description}


def said(key: str, lang: str, /, **words: object) -> str:
    """A sentence of `texts/atol_tasks.toml`."""
    return texts.phrase("atol_tasks", key, lang, **words)


def fault(code: int, key: str, lang: str, /, **words: object) -> TaskError:
    """A fault with its sentence."""
    return TaskError(code, said(key, lang, **words))


def of_refusal(refused: Refused, vendor: str, told: str, lang: str) -> TaskError:
    """What a device does not take, surely not done: the vendor's driver has the number, a protocol its own ones."""
    if refused.shown:
        return fault(refused.code, "refused", lang, what=told)
    number = NO_CASH if refused.code in NO_CASH_CODES.get(vendor, ()) else INVALID_MODE
    return fault(number, "refused", lang, what=told)


def of_agent(error: AgentError, lang: str) -> TaskError:
    """The agent's error as the driver would number it; its own code stays in the sentence."""
    told = texts.message(error.code, lang, None, **error.params)
    number = BY_CODE.get(error.code, UNKNOWN if isinstance(error, PrinterError) else WEB)
    return TaskError(number, "; ".join((str(told), *error.lines)))
