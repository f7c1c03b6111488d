"""Calls of the wrapper that are no JSON tasks (ATOL notes, 9.3)."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

from emulator.atol.sale import may_repeat
from emulator.tlv import Quantity, Tlv, TlvError, decode, kinds
from standin.standin_documents import Recorded, record_value, records
from standin.standin_numbers import INVALID_PARAM, NO_MORE_DATA, NOT_SUPPORTED, Constants, DriverError
from standin.standin_ports import Port
from standin.standin_receipt import OPERATOR
from standin.standin_service import continue_print as proceed

C = Constants
Given = dict[int, Any]
NESTED_KIND = "stlv"
RECEIPT_TYPES = {
    False: (
        C.LIBFPTR_RT_CLOSED,
        C.LIBFPTR_RT_SELL,
        C.LIBFPTR_RT_SELL_RETURN,
        C.LIBFPTR_RT_BUY,
        C.LIBFPTR_RT_BUY_RETURN,
    ),
    True: (
        C.LIBFPTR_RT_CLOSED,
        C.LIBFPTR_RT_SELL_CORRECTION,
        C.LIBFPTR_RT_SELL_RETURN_CORRECTION,
        C.LIBFPTR_RT_BUY_CORRECTION,
        C.LIBFPTR_RT_BUY_RETURN_CORRECTION,
    ),
}


def query_data(port: Port, given: Given) -> Given:
    """What `queryData` answers. Raises 11 for a kind the stand-in has not."""
    what = given.get(C.LIBFPTR_PARAM_DATA_TYPE)
    answers = {
        C.LIBFPTR_DT_RECEIPT_STATE: _receipt_state,
        C.LIBFPTR_DT_SHIFT_STATE: _shift_state,
        C.LIBFPTR_DT_CASH_SUM: _cash_sum,
        C.LIBFPTR_DT_SHORT_STATUS: _shift_state,
    }
    if what not in answers:
        raise DriverError(NOT_SUPPORTED, f"DATA_TYPE {what}")
    return answers[what](port)


def _receipt_state(port: Port) -> Given:
    device = port.device
    receipt, fn = device.receipt, device.fn
    return {
        C.LIBFPTR_PARAM_RECEIPT_TYPE: RECEIPT_TYPES[device.receipt_is_correction][device.receipt_kind or 0],
        C.LIBFPTR_PARAM_RECEIPT_SUM: Recorded(receipt.subtotal_kop if receipt else 0, b"", True),
        C.LIBFPTR_PARAM_RECEIPT_NUMBER: fn.receipt_in_shift + (receipt is not None),
        C.LIBFPTR_PARAM_DOCUMENT_NUMBER: fn.last_fd + (receipt is not None),
    }


def _shift_state(port: Port) -> Given:
    fn = port.device.fn
    opened = C.LIBFPTR_SS_EXPIRED if fn.shift_over(port.device.now()) else C.LIBFPTR_SS_OPENED
    return {
        C.LIBFPTR_PARAM_SHIFT_STATE: opened if fn.shift_open else C.LIBFPTR_SS_CLOSED,
        C.LIBFPTR_PARAM_SHIFT_NUMBER: fn.shift_number,
        C.LIBFPTR_PARAM_DATE_TIME: port.device.now(),
    }


def _cash_sum(port: Port) -> Given:
    return {C.LIBFPTR_PARAM_SUM: Recorded(port.device.registers["cash_kop"], b"", True)}


def check_closed(port: Port, _given: Given) -> Given:
    """Closed: no document is open (habit: and the one begun last is in the FN). Printed: nothing waits for paper."""
    device = port.device
    closed = device.receipt is None
    if port.habits.closed_by_number and port.begun_after is not None:
        closed = closed and device.fn.last_fd > port.begun_after
    return {
        C.LIBFPTR_PARAM_DOCUMENT_CLOSED: closed,
        C.LIBFPTR_PARAM_DOCUMENT_PRINTED: closed and not device.head.pending,
    }


def continue_print(port: Port, _given: Given) -> Given:
    """Print what was left."""
    proceed(port)
    return {}


def cancel_receipt(port: Port, _given: Given) -> Given:
    """Drop the open receipt. Refuses NO_RECEIPT."""
    port.device.cancel_receipt(OPERATOR)
    return {}


def cut(port: Port, given: Given) -> Given:
    """Cut; without CUT_TYPE in full."""
    kind = given.get(C.LIBFPTR_PARAM_CUT_TYPE, C.LIBFPTR_CT_FULL)
    if kind not in (C.LIBFPTR_CT_FULL, C.LIBFPTR_CT_PART):
        raise DriverError(INVALID_PARAM, f"CUT_TYPE {kind}")
    port.device.cut(partial=kind == C.LIBFPTR_CT_PART)
    return {}


def beep(port: Port, _given: Given) -> Given:
    """Sound the buzzer."""
    port.device.beep()
    return {}


def as_double(value: Any) -> float:
    """A parameter as the C library's double: sums in roubles."""
    if isinstance(value, Recorded):
        if isinstance(value.value, Quantity):
            return float(Decimal(value.value.mantissa).scaleb(-value.value.places))
        if not isinstance(value.value, int):
            return 0.0
        return float(Decimal(value.value).scaleb(-2)) if value.money else float(value.value)
    return float(value) if isinstance(value, int | float) else 0.0


class Records:
    """Readings under way, by their RECORDS_ID."""

    def __init__(self) -> None:
        self._left: dict[str, list[Tlv]] = {}
        self._numbers = count(1)

    def begin(self, port: Port, given: Given) -> Given:
        """Records of a document, or members of a nested record. Raises 30 or 123 when a document's text is gone."""
        kind = given.get(C.LIBFPTR_PARAM_RECORDS_TYPE)
        out: Given = {}
        if kind == C.LIBFPTR_RT_FN_DOCUMENT_TLVS:
            found = records(port, int(given.get(C.LIBFPTR_PARAM_DOCUMENT_NUMBER, 0)))
            if found is None:
                raise DriverError(port.habits.missing_records)
            out[C.LIBFPTR_PARAM_FN_DOCUMENT_TYPE], tags = found
        elif kind == C.LIBFPTR_RT_PARSE_COMPLEX_ATTR:
            tags = _members(given.get(C.LIBFPTR_PARAM_TAG_VALUE, b""))
        else:
            raise DriverError(NOT_SUPPORTED, f"RECORDS_TYPE {kind}")
        number = f"records-{next(self._numbers)}"
        self._left[number] = tags
        return {**out, C.LIBFPTR_PARAM_RECORDS_ID: number, C.LIBFPTR_PARAM_COUNT: len(tags)}

    def following(self, port: Port, given: Given) -> Given:
        """One record. Raises 30 after the last, 13 for a reading that is not under way."""
        left = self._reading(given)
        if not left:
            raise DriverError(NO_MORE_DATA)
        tlv = left.pop(0)
        kind, name, value = record_value(tlv, port.habits)
        known = kinds().get(tlv.tag)
        return {
            C.LIBFPTR_PARAM_TAG_NUMBER: tlv.tag,
            C.LIBFPTR_PARAM_TAG_TYPE: kind,
            C.LIBFPTR_PARAM_TAG_NAME: name,
            C.LIBFPTR_PARAM_TAG_VALUE: value,
            C.LIBFPTR_PARAM_TAG_IS_COMPLEX: known is not None and known.kind == NESTED_KIND,
            C.LIBFPTR_PARAM_TAG_IS_REPEATABLE: may_repeat(tlv.tag),
        }

    def end(self, _port: Port, given: Given) -> Given:
        """Forget a reading."""
        self._reading(given)
        del self._left[given[C.LIBFPTR_PARAM_RECORDS_ID]]
        return {}

    def _reading(self, given: Given) -> list[Tlv]:
        left = self._left.get(given.get(C.LIBFPTR_PARAM_RECORDS_ID, ""))
        if left is None:
            raise DriverError(INVALID_PARAM, "RECORDS_ID")
        return left


def _members(value: bytes) -> list[Tlv]:
    try:
        return decode(bytes(value))
    except (TlvError, TypeError) as error:
        raise DriverError(INVALID_PARAM, f"TAG_VALUE: {error}") from error
