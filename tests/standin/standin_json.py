"""JSON tasks by their names (notes on JSON, section 3; ATOL notes, 9.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from standin import standin_marking, standin_service, standin_status
from standin.standin_numbers import NOT_SUPPORTED, DriverError
from standin.standin_ports import Port
from standin.standin_receipt import receipt
from standin.standin_task import Node, wrong
from standin.standin_words import CORRECTIONS, RECEIPTS

Work = Callable[[Port, Node], dict[str, Any]]

WORKS: dict[str, Work] = {
    **{name: partial(receipt, kind=kind) for name, kind in RECEIPTS.items()},
    **{name: partial(receipt, kind=kind, correction=True) for name, kind in CORRECTIONS.items()},
    "openShift": standin_service.open_shift,
    "closeShift": standin_service.close_shift,
    "reportX": standin_service.report_x,
    "reportDepartments": standin_service.report_departments,
    "reportOfdExchangeStatus": standin_service.exchange_report,
    "cashIn": standin_service.cash_in,
    "cashOut": standin_service.cash_out,
    "openCashDrawer": standin_service.open_drawer,
    "getCashDrawerStatus": standin_service.drawer_status,
    "nonFiscal": standin_service.non_fiscal,
    "printLastReceiptCopy": standin_service.last_copy,
    "printFnDocument": standin_service.print_document,
    "continuePrint": standin_service.continue_print,
    "getFnDocument": standin_service.read_document,
    "setDateTime": standin_service.set_time,
    "getDeviceInfo": standin_status.device_info,
    "getDeviceStatus": standin_status.device_status,
    "getShiftStatus": standin_status.shift_status,
    "getFnInfo": standin_status.fn_info,
    "getFnStatus": standin_status.fn_status,
    "getRegistrationInfo": standin_status.registration_info,
    "ofdExchangeStatus": standin_status.exchange_status,
    "beginMarkingCodeValidation": standin_marking.begin,
    "getMarkingCodeValidationStatus": standin_marking.status,
    "acceptMarkingCode": standin_marking.accept,
    "declineMarkingCode": standin_marking.decline,
    "cancelMarkingCodeValidation": standin_marking.cancel,
    "clearMarkingCodeValidationResult": standin_marking.clear,
}
FISCAL = {*RECEIPTS, *CORRECTIONS, "openShift", "closeShift", "reportOfdExchangeStatus"}
KNOWN_ONLY = frozenset(
    [
        "getShiftTotals",
        "getOverallTotals",
        "ismExchangeStatus",
        "getLicenses",
        "getMcu",
        "getDepartmentSum",
        "reportFnRegistrations",
        "printDocumentsFromJournal",
        "registration",
        "changeRegistrationParameters",
        "fnChange",
        "closeArchive",
        "getDeviceParameters",
        "setDeviceParameters",
        "validateMarks",
        "addMarksToBuffer",
        "checkImcWorkState",
        "checkImcTime",
        "pingIsm",
        "checkMarkingCodeValidationsReady",
    ]
)
"""The real driver does these; the stand-in answers 11."""


def name_of(task: Node) -> str:
    """The task's type. Raises 501 for one that is none, 11 for one the stand-in has not."""
    kind = task.need("type")
    if kind.text in KNOWN_ONLY:
        raise DriverError(NOT_SUPPORTED, kind.text)
    if kind.text not in WORKS:
        raise wrong("неверное значение", kind.path)
    return kind.text


def run(port: Port, task: Node) -> dict[str, Any]:
    """Do a task. Raises DriverError, Refusal."""
    name = name_of(task)
    if name in FISCAL:
        port.begun_after = port.device.fn.last_fd
    return WORKS[name](port, task)
