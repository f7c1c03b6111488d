"""Status tasks, and the same as `POST operations/query...`. Source: task reference, sections 2.7 and 4.3.

What the printer's protocol does not tell is left out, never made up.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from drivers.api import Done, Paper, Shift
from drivers.fiscal.documents import FiscalDocument, Registration
from drivers.fiscal.forms import FFD_NAMES
from drivers.fiscal.reading import read_body
from drivers.fiscal.tlv import TlvError
from pos_agent.api.atol_tasks.archive import Archive
from pos_agent.api.atol_tasks.desk_calls import DeskCalls
from pos_agent.api.atol_tasks.printing import PrintTasks
from pos_agent.api.atol_tasks.results import Json, local
from pos_agent.api.device import FIRST_REPORT
from pos_agent.api.registered import registered
from pos_agent.model.receipt import DocumentId
from pos_agent.printing.watch import Watch

SHIFTS = {Shift.CLOSED: "closed", Shift.OPEN: "opened", Shift.OVER_24H: "expired"}
SHIFT_LIFE = timedelta(hours=24)
SHIFT_OPENED = 2  # form
LOOKED_THROUGH = 500  # newest documents among which the opening of the shift is looked for

Ask = Callable[[Watch], Json]


class StatusTasks:
    """Questions to the printer, one after another with everything else on its thread."""

    def __init__(self, calls: DeskCalls, archive: Archive, printing: PrintTasks) -> None:
        self._calls, self._archive, self._printing = calls, archive, printing
        self.tasks: dict[str, Ask] = {
            "getShiftStatus": self._shift,
            "getDeviceStatus": self._device_status,
            "getDeviceInfo": self._device_info,
            "getFnInfo": self._fn_info,
            "getFnStatus": self._fn_status,
            "ofdExchangeStatus": self._ofd,
        }
        self.operations = {
            "queryShiftStatus": "getShiftStatus",
            "queryDeviceStatus": "getDeviceStatus",
            "queryDeviceInfo": "getDeviceInfo",
            "queryFnInfo": "getFnInfo",
            "queryFnStatus": "getFnStatus",
            "queryOfdExchangeStatus": "ofdExchangeStatus",
        }

    def ask(self, kind: str, wait_s: float) -> Json:
        """The result of a status task. TaskError, AgentError, UncertainError."""
        return self._calls.on_printer(lambda watch: self._calls.held(watch, self.tasks[kind]), wait_s)

    def drawer(self) -> Json:
        """`getCashDrawerStatus`; whether the drawer is open no protocol of ours tells."""
        return {"counters": self._printing.drawer_money()}

    def _shift(self, watch: Watch) -> Json:
        status = self._calls.must(watch, watch.line.printer.status())
        told: Json = {"state": SHIFTS[status.shift]}
        if status.last_closed_shift is not None:
            told["number"] = status.last_closed_shift + (status.shift is not Shift.CLOSED)
        info = self._service(watch, "shift_info")
        if info is not None:
            told |= {"number": info.number, "documentsCount": info.receipts}
        opened = self._opened_at(watch) if status.shift is not Shift.CLOSED else None
        if opened is not None and opened.at is not None:
            told["expiredTime"] = local(opened.at + SHIFT_LIFE, self._calls.parts.config.zone)
        return {"shiftStatus": told}

    def _device_status(self, watch: Watch) -> Json:
        printer, zone = watch.line.printer, self._calls.parts.config.zone
        status = self._calls.must(watch, printer.status())
        storage = self._calls.must(watch, printer.storage())
        told = {
            "currentDateTime": local(watch.line.device_time(), zone),
            "shift": SHIFTS[status.shift],
            "blocked": False,
            "coverOpened": status.cover_open,
            "paperPresent": status.paper in (Paper.PRESENT, Paper.BACK),
            "fiscal": storage.fiscal,
            "fnFiscal": storage.fiscal,
            "fnPresent": True,
            "cashDrawerOpened": False,
        }
        return {"deviceStatus": told}

    def _device_info(self, watch: Watch) -> Json:
        identity, width = watch.line.state.identity, watch.line.printer.capabilities()
        told: Json = {"receiptLineLength": width.columns, "receiptLineLengthPix": width.graphics_dots}
        if identity is not None:
            told |= {"modelName": identity.model, "serial": identity.serial, "firmwareVersion": identity.firmware}
        return {"deviceInfo": {"model": 0, **told, "configurationVersion": "", **self._formats(watch)}}

    def _formats(self, watch: Watch) -> Json:
        """`ffdVersion` of the newest document (1209), `fnFfdVersion` of the registration (1190); "" = not known."""
        found = watch.line.printer.read_document(FIRST_REPORT)
        told: Json = {}
        if isinstance(found, Done) and found.reply is not None:
            with suppress(TlvError):
                report = read_body(found.reply.form, found.reply.tlv)
                told = registered(report) if isinstance(report, Registration) else {}
        return {
            "ffdVersion": _ffd(self._archive.ffd() or told.get("ffd")),
            "fnFfdVersion": _ffd(told.get("ffd_storage")),
        }

    def _fn_info(self, watch: Watch) -> Json:
        storage = self._calls.must(watch, watch.line.printer.storage())
        passport = self._calls.must(watch, watch.line.printer.passport())
        told: Json = {
            "serial": storage.fn_serial,
            **self._formats(watch),
            "validityDate": f"{passport.expires.isoformat()}T00:00:00",
            "livePhase": "fiscalMode" if storage.fiscal else "unknown",
            "warnings": _warnings(storage.warnings),
        }
        if passport.registrations_left is not None:
            told["registrationsRemaining"] = passport.registrations_left
        return {"fnInfo": told}

    def _fn_status(self, watch: Watch) -> Json:
        storage = self._calls.must(watch, watch.line.printer.storage())
        told: Json = {"fiscalDocumentNumber": storage.last_fd, "warnings": _warnings(storage.warnings)}
        info = self._service(watch, "shift_info")
        if info is not None:
            told["fiscalReceiptNumber"] = info.receipts
        return {"fnStatus": told}

    def _ofd(self, watch: Watch) -> Json:
        state = self._calls.must(watch, self._calls.method(watch, "ofd_state")())
        none = {"code": 0, "description": ""}
        told = {"notSentCount": state.queue, "notSentFirstDocNumber": state.first_fd or 0}
        told |= {"notSentFirstDocDateTime": local(state.first_at, self._calls.parts.config.zone)}
        errors = {"fnCommandCode": 0, "documentNumber": 0, "fn": none, "network": none, "ofd": none}
        return {"status": told, "errors": {**errors, "lastSuccessConnectionDateTime": ""}, "warnings": {}}

    def _service(self, watch: Watch, name: str) -> Any:  # noqa: ANN401 - whatever the question gives
        """The reply of a question of the service face, None where there is none."""
        ask = getattr(watch.line.printer, name, None)
        outcome = ask() if ask is not None else None
        return outcome.reply if isinstance(outcome, Done) else None

    def _opened_at(self, watch: Watch) -> FiscalDocument | None:
        serial = watch.line.state.fn_serial
        with self._calls.parts.views.reading() as view:
            newest = view.documents.recent(LOOKED_THROUGH, serial)
        found = next((one for one in newest if one.form == SHIFT_OPENED), None)
        known = self._archive.stored(DocumentId(serial, found.id.fd_number)) if found else None
        return known[0] if known else None


def _ffd(code: int | None) -> str:
    return FFD_NAMES.get(code, "") if code is not None else ""


def _warnings(keys: frozenset[str]) -> Json:
    return {
        "criticalError": "critical" in keys,
        "memoryOverflow": "memory_full" in keys,
        "needReplacement": "replace_now" in keys,
        "ofdTimeout": "ofd_timeout" in keys,
        "resourceExhausted": "expiring" in keys,
    }
