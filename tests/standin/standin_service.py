"""Shift, reports, cash, free printing and the clock (notes on JSON, section 3.9)."""

from __future__ import annotations

from typing import Any

from emulator.terms import Reason, Refusal
from emulator.tlv import encode
from standin.standin_documents import fiscal_result, fn_document, roubles
from standin.standin_numbers import INVALID_PARAM, DriverError
from standin.standin_ports import Port
from standin.standin_print import around, marks_of, put
from standin.standin_receipt import OPERATOR, operator_tags
from standin.standin_task import Node


def open_shift(port: Port, task: Node) -> dict[str, Any]:
    """Form 2."""
    paperless = task.flag_of("electronically")
    with around(port.device, task, paperless, 2):
        fd = port.device.open_shift(OPERATOR, encode(operator_tags(task))).fd
    return fiscal_result(port, fd, paperless)


def close_shift(port: Port, task: Node) -> dict[str, Any]:
    """Form 5."""
    paperless = task.flag_of("electronically")
    with around(port.device, task, paperless, 5):
        fd = port.device.close_shift(OPERATOR, encode(operator_tags(task))).fd
    return fiscal_result(port, fd, paperless)


def exchange_report(port: Port, task: Node) -> dict[str, Any]:
    """Form 21. The counters' objects of FFD 1.1 and 1.2 are not told: their shape is in no source."""
    with around(port.device, task):
        fd = port.device.calculation_report(OPERATOR).fd
    return fiscal_result(port, fd)


def report_x(port: Port, task: Node) -> dict[str, Any]:
    """Not a fiscal document."""
    with around(port.device, task):
        port.device.x_report(OPERATOR)
    return {}


def report_departments(port: Port, task: Node) -> dict[str, Any]:
    """Not a fiscal document."""
    with around(port.device, task):
        port.device.section_report(OPERATOR)
    return {}


def cash_in(port: Port, task: Node) -> dict[str, Any]:
    """Money into the drawer."""
    kop = _sum(task)
    with around(port.device, task):
        port.device.cash_in(OPERATOR, kop)
    return _cash(port)


def cash_out(port: Port, task: Node) -> dict[str, Any]:
    """Money out of the drawer."""
    kop = _sum(task)
    with around(port.device, task):
        port.device.cash_out(OPERATOR, kop)
    return _cash(port)


def _sum(task: Node) -> int:
    kop = task.need("cashSum").kop
    if not kop:
        raise DriverError(INVALID_PARAM, "cashSum")
    return kop


def _cash(port: Port) -> dict[str, Any]:
    return {"counters": {"cashSum": roubles(port.device.registers["cash_kop"])}}


def open_drawer(port: Port, _task: Node) -> dict[str, Any]:
    """Pushes the drawer out."""
    port.device.open_drawer()
    return {}


def drawer_status(port: Port, _task: Node) -> dict[str, Any]:
    """Counters and whether the drawer stands open."""
    return {**_cash(port), "cashDrawerStatus": {"cashDrawerOpened": port.device.drawer_open}}


def non_fiscal(port: Port, task: Node) -> dict[str, Any]:
    """Prints items as one document, with the end of a document: feed and cut. Refused while a receipt is open."""
    device = port.device
    task.need("items")
    marks = marks_of(task.each("items"), device)
    if device.receipt is not None:
        raise Refusal(Reason.RECEIPT_OPEN)
    put(device, marks)
    if task.flag_of("printFooter"):
        device.print_line(f"{device.profile.user}")
    put(device, device.ending())
    if device.head.pending:
        raise Refusal(Reason.NO_PAPER)
    return {}


def last_copy(port: Port, _task: Node) -> dict[str, Any]:
    """The last fiscal document once more."""
    port.device.repeat_document(OPERATOR)
    return {}


def print_document(port: Port, task: Node) -> dict[str, Any]:
    """Any document of the FN once more."""
    port.device.print_archived(task.need("fiscalDocumentNumber").integer, OPERATOR)
    return {}


def continue_print(port: Port, _task: Node | None = None) -> dict[str, Any]:
    """Prints what was left; with nothing left there is nothing to do."""
    try:
        port.device.continue_print()
    except Refusal as refusal:
        if refusal.reason is not Reason.NOTHING_TO_CONTINUE:
            raise
    return {}


def read_document(port: Port, task: Node) -> dict[str, Any]:
    """getFnDocument."""
    return fn_document(port, task.need("fiscalDocumentNumber").integer, task.flag_of("withRawData"))


def set_time(port: Port, task: Node) -> dict[str, Any]:
    """ "2026.11.21 10:00:00" or ISO 8601, local time of the device."""
    port.device.set_time(task.need("dateTime").at)
    return {}
