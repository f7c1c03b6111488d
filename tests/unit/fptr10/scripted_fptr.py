"""A scripted `IFptr`: answers JSON tasks in the shapes of the JSON tasks notes, section 4, and remembers what it got.

It registers nothing but numbers: one counter of documents, one open receipt, one drawer.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from unit.fptr10.told import FN, told_by

from drivers.fiscal.tlv import Tag, build, decode, encode

REGISTERS = {
    "sell": 3,
    "sellReturn": 3,
    "buy": 3,
    "buyReturn": 3,
    "sellCorrection": 31,
    "openShift": 2,
    "closeShift": 5,
    "reportOfdExchangeStatus": 21,
}
TYPES = {3: "receipt", 31: "receiptCorrection", 2: "openShift", 5: "closeShift", 21: "ofdExchangeStatus"}
OPERATIONS = {"sell": 1, "sellReturn": 2, "buy": 3, "buyReturn": 4, "sellCorrection": 1}
AT = datetime.fromisoformat("2026-11-21T20:40:00")
NAMES = (
    "PARAM_JSON_DATA",
    "PARAM_DOCUMENT_CLOSED",
    "PARAM_DOCUMENT_PRINTED",
    "PARAM_RECORDS_TYPE",
    "PARAM_DOCUMENT_NUMBER",
    "PARAM_RECORDS_ID",
    "PARAM_FN_DOCUMENT_TYPE",
    "PARAM_TAG_NUMBER",
    "PARAM_TAG_VALUE",
    "PARAM_DATA_TYPE",
    "PARAM_RECEIPT_TYPE",
    "PARAM_CUT_TYPE",
)


@dataclass
class Trip:
    """What goes wrong with the next task of a name. `after`: the work is done, only the answer is lost."""

    code: int
    after: bool = False
    leaves_open: bool = False
    reopens: bool = True


class ScriptedFptr:
    """`version` None: the wrapper has no such method."""

    LIBFPTR_RT_FN_DOCUMENT_TLVS = 1
    LIBFPTR_DT_RECEIPT_STATE = 15
    LIBFPTR_RT_CLOSED = 0
    LIBFPTR_CT_FULL, LIBFPTR_CT_PART = 0, 1

    def __init__(self, version: str = "10.10.7.0") -> None:
        for at, name in enumerate(NAMES, 65536):
            setattr(self, f"LIBFPTR_{name}", at)
        self.told_version = version
        self.settings: dict[str, str] = {}
        self.params: dict[int, Any] = {}
        self.tasks: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.trips: dict[str, Trip] = {}
        self.answers: dict[str, Any] = {}
        self.documents: dict[int, tuple[int, bytes]] = {}
        self.short: set[int] = set()
        self.with_raw = True
        self.last_fd = 41
        self.receipt_open = False
        self.opened = False
        self.can_open = True
        self.shift = "opened"
        self.paper = True
        self.drawer = 10_000  # kopecks
        self.closed = self.printed = True
        self.check_fails = 0
        self.error = (0, "Ошибок нет")
        self._records: list[Tag] = []

    # -- the vendor's small methods

    def version(self) -> str:
        return self.told_version

    def setSingleSetting(self, name, value):
        self.settings[name] = value

    def applySingleSettings(self):
        return 0

    def open(self):
        self.opened = self.can_open
        return 0 if self.can_open else self._fail(2)

    def close(self):
        self.opened = False
        return 0

    def errorCode(self):
        return self.error[0]

    def errorDescription(self):
        return self.error[1]

    def setParam(self, number, value):
        self.params[number] = value

    def _get(self, number):
        return self.params.get(number, 0)

    def getParamInt(self, number):
        return self._get(number)

    def getParamBool(self, number):
        return bool(self._get(number))

    def getParamDouble(self, number):
        return float(self._get(number))

    def getParamDateTime(self, number):
        return self._get(number)

    def getParamByteArray(self, number):
        return self._get(number)

    def getParamString(self, number):
        return str(self.params.get(number, ""))

    def queryData(self):
        self.params[self.LIBFPTR_PARAM_RECEIPT_TYPE] = 1 if self.receipt_open else self.LIBFPTR_RT_CLOSED
        return self._done("queryData")

    def cancelReceipt(self):
        self.receipt_open = False
        return self._done("cancelReceipt")

    def continuePrint(self):
        if not self.paper:
            return self._fail(44)
        self.printed = True
        return self._done("continuePrint")

    def cut(self):
        return self._done("cut")

    def beep(self):
        return self._done("beep")

    def checkDocumentClosed(self):
        if self.check_fails:
            self.check_fails -= 1
            return self._fail(2)
        self.params[self.LIBFPTR_PARAM_DOCUMENT_CLOSED] = self.closed
        self.params[self.LIBFPTR_PARAM_DOCUMENT_PRINTED] = self.printed
        return self._done("checkDocumentClosed")

    # -- records

    def beginReadRecords(self):
        form, body = self.documents.get(self.params[self.LIBFPTR_PARAM_DOCUMENT_NUMBER], (0, b""))
        if not form:
            return self._fail(123)
        self._records = list(decode(body, parent=form))
        self.params[self.LIBFPTR_PARAM_RECORDS_ID] = "r1"
        self.params[self.LIBFPTR_PARAM_FN_DOCUMENT_TYPE] = form
        return self._done("beginReadRecords")

    def readNextRecord(self):
        if not self._records:
            return self._fail(30)
        tag = self._records.pop(0)
        self.params[self.LIBFPTR_PARAM_TAG_NUMBER] = tag.tag
        self.params[self.LIBFPTR_PARAM_TAG_VALUE] = tag.raw if tag.value is None else tag.value
        return self._done("readNextRecord")

    def endReadRecords(self):
        return self._done("endReadRecords")

    # -- tasks

    def processJson(self):
        if not self.opened:
            return self._fail(1)
        task = json.loads(self.params[self.LIBFPTR_PARAM_JSON_DATA])
        self.tasks.append(task)
        name = task["type"]
        trip = self.trips.pop(name, None)
        if trip is None or trip.after:
            answer = self._work(task)
            if isinstance(answer, int):
                return self._fail(answer)
            self.params[self.LIBFPTR_PARAM_JSON_DATA] = json.dumps(answer)
        if trip is not None:
            if name in REGISTERS:
                self.closed = trip.after
            self.receipt_open = trip.leaves_open
            self.can_open = trip.reopens
            self.opened = self.opened and trip.code not in (1, 2, 3, 4, 241)
            return self._fail(trip.code)
        return self._done(name)

    def names(self) -> list[str]:
        return [task["type"] for task in self.tasks]

    def sent(self, name: str) -> dict[str, Any]:
        return next(task for task in reversed(self.tasks) if task["type"] == name)

    def _work(self, task: Mapping[str, Any]) -> Any:
        name = task["type"]
        if name in self.answers:
            return self.answers[name]
        if name in REGISTERS:
            return self._register(task)
        if name in ("cashIn", "cashOut"):
            moved = round(task["cashSum"] * 100) * (1 if name == "cashIn" else -1)
            if self.drawer + moved < 0:
                return 80
            self.drawer += moved
        return self._told(name, task)

    def _told(self, name: str, task: Mapping[str, Any]) -> Any:
        return self._document(task) if name == "getFnDocument" else told_by(self, name)

    def _register(self, task: Mapping[str, Any]) -> Any:
        name = task["type"]
        self.last_fd += 1
        total = round(task.get("total", 0) * 100)
        form = REGISTERS[name]
        tags = [build(1012, AT), build(1040, self.last_fd), build(1077, b"\x31\x04" + (180150000).to_bytes(4, "big"))]
        if name in OPERATIONS:
            tags += [build(1054, OPERATIONS[name]), build(1020, total)]
        self.documents[self.last_fd] = (form, encode(tags))
        self.closed = self.printed = True
        told = {
            "fiscalDocumentNumber": self.last_fd,
            "fiscalDocumentSign": "180150000",
            "fiscalDocumentDateTime": "2026-11-21T20:40:00+03:00",
            "shiftNumber": 7,
            "fnNumber": FN,
        }
        return {"fiscalParams": {**told, **({"total": total / 100} if name in OPERATIONS else {})}, "warnings": None}

    def _document(self, task: Mapping[str, Any]) -> Any:
        number = task["fiscalDocumentNumber"]
        if number not in self.documents:
            return 123
        form, body = self.documents[number]
        told: dict[str, Any] = {"fiscalDocumentType": TYPES[form], "short": number in self.short, "1040": str(number)}
        if not self.with_raw:
            told |= {"1012": "2026-11-21T20:40:00", "1077": "180150000", "1054": "1", "1020": 959.00}
            return {"documentTLV": told}
        return {"documentTLV": told, "rawData": base64.b64encode(body).decode()}

    def _fail(self, code: int) -> int:
        self.error = (code, f"ошибка {code}")
        return -1

    def _done(self, name: str) -> int:
        self.error = (0, "Ошибок нет")
        self.calls.append(name)
        return 0
