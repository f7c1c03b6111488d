"""Status tasks (notes on JSON, section 4.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emulator.fn import NO_TIME, SHIFT_HOURS
from emulator.terms import PaperState
from standin.standin_documents import stamp
from standin.standin_ports import Port
from standin.standin_task import Node
from standin.standin_words import TAXATION

PHASES = {1: "configured", 3: "fiscalMode"}
FN_FFD = {"1.05": "1.1", "1.1": "1.1", "1.2": "1.2"}


def device_info(port: Port, _task: Node) -> dict[str, Any]:
    profile = port.device.profile
    info = {
        "model": profile.model_code,
        "modelName": profile.title,
        "serial": profile.serial,
        "firmwareVersion": profile.firmware,
        "configurationVersion": profile.kkt_version,
        "receiptLineLength": profile.columns,
        "receiptLineLengthPix": profile.dots,
        "ffdVersion": profile.ffd,
        "fnFfdVersion": FN_FFD[profile.ffd],
    }
    return {"deviceInfo": info}


def device_status(port: Port, _task: Node) -> dict[str, Any]:
    device = port.device
    registered = device.fn.registered_at is not None
    status = {
        "currentDateTime": stamp(port, device.now()),
        "shift": _shift(port),
        "blocked": False,
        "coverOpened": device.cover_open,
        "paperPresent": device.paper in (PaperState.PRESENT, PaperState.BACK),
        "fiscal": registered,
        "fnFiscal": registered,
        "fnPresent": True,
        "cashDrawerOpened": device.drawer_open,
    }
    return {"deviceStatus": status}


def shift_status(port: Port, _task: Node) -> dict[str, Any]:
    fn = port.device.fn
    until = fn.shift_opened_at + SHIFT_HOURS if fn.shift_opened_at else NO_TIME
    status = {
        "state": _shift(port),
        "number": fn.shift_number,
        "expiredTime": stamp(port, until),
        "documentsCount": fn.shift_documents if fn.shift_open else 0,
    }
    return {"shiftStatus": status}


def _shift(port: Port) -> str:
    fn = port.device.fn
    if not fn.shift_open:
        return "closed"
    return "expired" if fn.shift_over(port.device.now()) else "opened"


def fn_info(port: Port, _task: Node) -> dict[str, Any]:
    fn, profile = port.device.fn, port.device.profile
    last_day = datetime.combine(fn.expires, datetime.min.time())
    info = {
        "serial": fn.serial,
        "validityDate": stamp(port, last_day),
        "numberOfRegistrations": fn.registrations,
        "registrationsRemaining": fn.registrations_left,
        "ffdVersion": profile.ffd,
        "fnFfdVersion": FN_FFD[profile.ffd],
        "livePhase": PHASES.get(fn.phase, "unknown"),
        "warnings": _warnings(port),
    }
    return {"fnInfo": info}


def fn_status(port: Port, _task: Node) -> dict[str, Any]:
    fn = port.device.fn
    numbers = {"fiscalDocumentNumber": fn.last_fd, "fiscalReceiptNumber": fn.receipt_in_shift}
    return {"fnStatus": {**numbers, "warnings": _warnings(port)}}


def _warnings(port: Port) -> dict[str, bool]:
    fn = port.device.fn
    bits = fn.warnings(port.device.now())
    return {
        "criticalError": fn.failed,
        "memoryOverflow": bool(bits & 4),
        "needReplacement": bool(bits & 1),
        "ofdTimeout": bool(bits & 8),
        "resourceExhausted": bool(bits & 2),
    }


def exchange_status(port: Port, _task: Node) -> dict[str, Any]:
    queue = port.device.fn.ofd_queue()
    fine = {"code": 0, "description": "Ошибок нет"}
    return {
        "status": {
            "notSentCount": queue.count,
            "notSentFirstDocNumber": queue.first_fd,
            "notSentFirstDocDateTime": stamp(port, queue.first_at or NO_TIME),
        },
        "errors": {
            "fnCommandCode": 0,
            "documentNumber": 0,
            "fn": fine,
            "network": fine,
            "ofd": fine,
            "lastSuccessConnectionDateTime": stamp(port, port.device.fn.last_at),
        },
        "warnings": _warnings(port),
    }


def registration_info(port: Port, _task: Node) -> dict[str, Any]:
    """``organization``, ``device``, ``ofd``; members of ``device`` are named in no source but 4.1 and 4.3."""
    profile = port.device.profile
    return {
        "organization": {
            "name": profile.user,
            "vatin": profile.inn,
            "email": profile.sender_email,
            "taxationTypes": [name for name, bit in TAXATION.items() if bit & profile.tax_systems],
            "agents": [],
            "address": profile.address,
        },
        "device": {
            "registrationNumber": profile.rnm,
            "fnsUrl": profile.fns_site,
            "paymentsAddress": profile.place,
            "ffdVersion": profile.ffd,
            "serial": profile.serial,
        },
        "ofd": {"name": profile.ofd_name, "vatin": profile.ofd_inn, "host": "", "port": 0, "dns": ""},
    }
