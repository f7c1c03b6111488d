"""The device and its storage as they are now: what tills ask a register about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any, TypeVar, cast

from drivers.api import Done, Outcome, Shift
from drivers.fiscal.documents import Registration
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import TlvError
from drivers.service import ServicePrinter
from pos_agent.api.operation import Json, Parts
from pos_agent.api.printers import at_printer
from pos_agent.api.registered import registered
from pos_agent.checkout.desk import Desk
from pos_agent.errors import PrinterError, UsageError

T = TypeVar("T")

FIRST_REPORT = 1  # the document that every storage begins with
ATOL_DRAWER, SHTRIH_DRAWER = 0x0A0000, 241
SHTRIH_KINDS = {"sale": 0, "purchase": 1, "sale_return": 2, "purchase_return": 3}  # 144 + kind, 193 + 4i + kind
ATOL_KINDS = {"sale": 1, "sale_return": 2, "purchase": 4, "purchase_return": 5}  # registers 06h, 03h
SHTRIH_COUNT, SHTRIH_PAID, ATOL_COUNT, ATOL_PAID = 144, 193, 0x060000, 0x030000
PAID = ("cash_kop", "cashless_kop", "advance_kop", "credit_kop")  # Shtrih-M's first four payments, ATOL's 1 to 4


def show(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{printer?}` -> identity, status, storage, shift, OFD and registration: see `look`."""
    own = at_printer(parts, args)
    return held(own, lambda desk: look(own, desk))


def counters(parts: Parts, args: Mapping[str, Any]) -> Future[Json]:
    """`{shift: {sale, purchase, ..: {count, cash_kop, cashless_kop, advance_kop, credit_kop}}}` of the open shift.

    `{printer?}` as everywhere. API-02: this way of driving the printer tells no registers.
    """
    parts = at_printer(parts, args)
    kind = parts.config.printer
    if kind.backend == "fptr10":
        raise UsageError("API-02", what="counters")

    def work(desk: Desk) -> Json:
        desk.station.connected()
        service, must = cast(ServicePrinter, desk.printer), desk.station.must
        told: Json = {}
        for name, number in (ATOL_KINDS if kind.vendor == "atol" else SHTRIH_KINDS).items():
            if kind.vendor == "atol":
                count, paid = ATOL_COUNT | number << 8, [ATOL_PAID | number << 8 | at for at in range(1, 5)]
            else:
                count, paid = SHTRIH_COUNT + number, [SHTRIH_PAID + 4 * at + number for at in range(4)]
            sums = [must(service.money_register(register)) for register in paid]
            told[name] = {"count": must(service.operation_register(count)), **dict(zip(PAID, sums, strict=True))}
        return {"shift": told}

    return held(parts, work)


def held(parts: Parts, work: Callable[[Desk], T]) -> Future[T]:
    """`work` on the printer's thread with its line held. PRN-03, PRN-04. It may raise AgentErrors only."""
    desk = parts.desk
    if desk is None or parts.actor is None:
        raise PrinterError("PRN-03")

    def on_printer_thread() -> T:
        with desk.station.line():
            return work(desk)

    return parts.actor.ask(lambda watch: on_printer_thread())


def look(parts: Parts, desk: Desk) -> Json:
    """The line is held, on the printer's thread. What a device does not tell is None, "" or {}."""
    station, service = desk.station, cast(ServicePrinter, desk.printer)
    station.connected()
    status = station.must(desk.printer.status())
    storage = station.must(desk.printer.storage())
    passport = _told(desk.printer.passport())
    identity = station.watch.line.state.identity
    ofd, clock = _told(service.ofd_state()), _told(desk.printer.clock())
    cash, registered = _drawer_kop(parts, service), _registration(desk)
    return {
        "vendor": identity.vendor if identity else "",
        "model": identity.model if identity else "",
        "serial": identity.serial if identity else "",
        "firmware": identity.firmware if identity else "",
        "rnm": identity.rnm if identity else "",
        "inn": identity.inn if identity else "",
        "columns": desk.printer.capabilities().columns,
        "shift": {Shift.CLOSED: "closed", Shift.OPEN: "open", Shift.OVER_24H: "over"}[status.shift],
        **shift_numbers(service),
        "paper": status.paper.value,
        "cover_open": status.cover_open,
        "receipt_open": status.receipt_open,
        "fn_serial": storage.fn_serial,
        "last_fd": storage.last_fd,
        "fiscal": storage.fiscal,
        "warnings": sorted(storage.warnings),
        "fn_expires": passport.expires.isoformat() if passport else "",
        "fn_version": passport.version if passport else "",
        "clock": _iso(clock),
        "ofd_unsent": ofd.unconfirmed if ofd else None,
        "ofd_first_at": _iso(ofd.first_at) if ofd else "",
        "drawer_kop": cash,
        "registration": registered,
    }


def shift_numbers(service: ServicePrinter) -> Json:
    """`shift_number` of the open or last shift, `shift_receipts` in it; None when the device does not tell."""
    told = _told(service.shift_info())
    return {"shift_number": told.number if told else None, "shift_receipts": told.receipts if told else None}


def _drawer_kop(parts: Parts, service: ServicePrinter) -> int | None:
    kind = parts.config.printer
    if kind.backend == "fptr10":
        return None
    return _told(service.money_register(ATOL_DRAWER if kind.vendor == "atol" else SHTRIH_DRAWER))


def _registration(desk: Desk) -> Json:
    """What the storage was first registered with; {} when the report cannot be read."""
    document = _told(desk.printer.read_document(FIRST_REPORT))
    if document is None:
        return {}
    try:
        found = read_body(document.form, document.tlv)
    except TlvError:
        return {}
    return registered(found) if isinstance(found, Registration) else {}


def _told(outcome: Outcome[T]) -> T | None:
    """What a device that lacks it does not tell is None."""
    return outcome.reply if isinstance(outcome, Done) else None


def _iso(at: datetime | None) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="seconds") if at else ""
