"""STAND-IN, not the vendor's driver: the Python wrapper of libfptr10 over devices of the emulator.

Shape and names: ATOL notes, section 9. Set parameters, call a method, look at its return (0, or -1 and `errorCode`),
read parameters. Parameters given to a call are forgotten with it; parameters of an answer stand until the next call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

_ABOVE = str(Path(__file__).resolve().parent.parent)
if _ABOVE not in sys.path:
    sys.path.append(_ABOVE)

from standin import standin_calls as calls  # noqa: E402 - the folder of `standin` has to be on the path first
from standin.standin_documents import Recorded, written  # noqa: E402
from standin.standin_json import name_of, run  # noqa: E402
from standin.standin_numbers import (  # noqa: E402
    CONNECTION_LOST,
    DISABLED,
    LINK_CODES,
    NO_CONNECTION,
    PORT_BUSY,
    PORT_NOT_AVAILABLE,
    TEXTS,
    Constants,
    DriverError,
)
from standin.standin_ports import LIBRARY, Port  # noqa: E402
from standin.standin_task import Node  # noqa: E402

STAND_IN = "STAND-IN, not the vendor's driver"
DEFAULTS = {"Port": "0", "ComFile": "", "UsbDevicePath": "auto", "IPAddress": "", "IPPort": "5555"}


class IFptr(Constants):
    """One handle of the driver. ``path`` of the C library is kept and not used; "" asks to search for it."""

    def __init__(self, path: str = "") -> None:
        self.path = path
        self._settings = dict(DEFAULTS)
        self._waiting: dict[str, str] = {}
        self._port: Port | None = None
        self._given: dict[int, Any] = {}
        self._out: dict[int, Any] = {}
        self._error = (0, TEXTS[0])
        self._records = calls.Records()

    def version(self) -> str:
        """The driver's version, without a device."""
        return LIBRARY.version

    # --- settings and the port

    def setSingleSetting(self, name: str, value: str) -> int:
        """One setting, as text; it counts from `applySingleSettings` on."""
        if not isinstance(value, str):
            raise TypeError(f"setting {name}: text is wanted, not {type(value).__name__}")
        self._waiting[name] = value
        return 0

    def getSingleSetting(self, name: str) -> str:
        """An applied setting."""
        return self._settings.get(name, "")

    def applySingleSettings(self) -> int:
        """Settings given so far count."""
        self._settings |= self._waiting
        self._waiting = {}
        return self._told(None)

    def open(self) -> int:
        """Take the port: 4 nothing at the address, 3 held by another, 2 nobody answers."""
        if self._port is not None:
            return self._told(None)
        port = LIBRARY.ports.get(self._address())
        if port is None or not port.plugged:
            return self._told(DriverError(PORT_NOT_AVAILABLE, self._address()))
        if port.taken or port.holder not in (None, self):
            return self._told(DriverError(PORT_BUSY, port.address))
        if not port.reachable:
            return self._told(DriverError(NO_CONNECTION, port.address))
        self._port, port.holder = port, self
        return self._told(None)

    def close(self) -> int:
        """Let the port go."""
        if self._port is not None:
            self._port.holder = None
        self._port = None
        return self._told(None)

    def isOpened(self) -> bool:
        """The port is held and its link not known to be lost."""
        return self._port is not None

    def _address(self) -> str:
        kind, settings = self._settings["Port"], self._settings
        if kind == str(self.LIBFPTR_PORT_USB):
            return f"usb:{settings['UsbDevicePath'] or 'auto'}"
        if kind == str(self.LIBFPTR_PORT_TCPIP):
            return f"{settings['IPAddress']}:{settings['IPPort']}"
        return settings["ComFile"]

    # --- errors and parameters

    def errorCode(self) -> int:
        """Number of the last call's error, 0 when it went well."""
        return self._error[0]

    def errorDescription(self) -> str:
        """What the number means, and particulars."""
        return self._error[1]

    def setParam(self, param: int, value: Any) -> None:
        """A parameter of the next call."""
        self._given[param] = value

    def getParamString(self, param: int) -> str:
        value = self._value(param)
        return value if isinstance(value, str) else ""

    def getParamInt(self, param: int) -> int:
        """Sums of records are kopecks here, as they stand in the TLV."""
        value = self._value(param)
        return int(value) if isinstance(value, int) else 0

    def getParamBool(self, param: int) -> bool:
        return bool(self._value(param))

    def getParamDouble(self, param: int) -> float:
        """Sums of records are roubles here."""
        return calls.as_double(self._out.get(param, 0))

    def getParamDateTime(self, param: int) -> datetime:
        value = self._value(param)
        return value if isinstance(value, datetime) else datetime(1970, 1, 1)  # noqa: DTZ001 - local time, as the device

    def getParamByteArray(self, param: int) -> bytes:
        value = self._out.get(param, b"")
        if isinstance(value, Recorded):
            return value.raw
        return value if isinstance(value, bytes) else b""

    def _value(self, param: int) -> Any:
        value = self._out.get(param)
        return value.value if isinstance(value, Recorded) else value

    # --- calls

    def processJson(self, task: str | None = None) -> int:
        """One task, from the argument or from JSON_DATA; the result stands in JSON_DATA."""
        text = self._given.get(self.LIBFPTR_PARAM_JSON_DATA, "") if task is None else task
        try:
            node = Node.parse(text)
            name = name_of(node)
        except DriverError as error:
            self._begin()
            return self._told(error if self._port else DriverError(DISABLED))
        done = self._call(name, lambda port, _: {self.LIBFPTR_PARAM_JSON_DATA: written(run(port, node))})
        if done < 0 and self._kept_on_error():
            self._out = {self.LIBFPTR_PARAM_JSON_DATA: text}
        return done

    def _kept_on_error(self) -> bool:
        return self._port is not None and self._port.habits.result_on_error

    def queryData(self) -> int:
        """DATA_TYPE: DT_RECEIPT_STATE, DT_SHIFT_STATE, DT_CASH_SUM, DT_SHORT_STATUS; others are refused with 11."""
        return self._call("queryData", calls.query_data)

    def checkDocumentClosed(self) -> int:
        """DOCUMENT_CLOSED and DOCUMENT_PRINTED of the last document."""
        return self._call("checkDocumentClosed", calls.check_closed)

    def continuePrint(self) -> int:
        """Print what was left."""
        return self._call("continuePrint", calls.continue_print)

    def cancelReceipt(self) -> int:
        """Drop the open receipt."""
        return self._call("cancelReceipt", calls.cancel_receipt)

    def cut(self) -> int:
        """CUT_TYPE: CT_FULL or CT_PART."""
        return self._call("cut", calls.cut)

    def beep(self) -> int:
        """Sound."""
        return self._call("beep", calls.beep)

    def beginReadRecords(self) -> int:
        """RECORDS_TYPE and DOCUMENT_NUMBER, or TAG_VALUE of a nested record; RECORDS_ID of the reading."""
        return self._call("beginReadRecords", self._records.begin)

    def readNextRecord(self) -> int:
        """The next record of RECORDS_ID; 30 after the last."""
        return self._call("readNextRecord", self._records.following)

    def endReadRecords(self) -> int:
        """The end of a reading."""
        return self._call("endReadRecords", self._records.end)

    def _begin(self) -> dict[int, Any]:
        given, self._given, self._out = self._given, {}, {}
        return given

    def _call(self, name: str, work: Callable[[Port, dict[int, Any]], dict[int, Any]]) -> int:
        given = self._begin()
        port = self._port
        if port is None:
            return self._told(DriverError(DISABLED))
        try:
            if not port.reachable:
                raise DriverError(CONNECTION_LOST)
            self._out = port.run(name, lambda: work(port, given))
        except DriverError as error:
            self._drop_lost(port, error)
            return self._told(error)
        return self._told(None)

    def _drop_lost(self, port: Port, error: DriverError) -> None:
        reconnects = self._settings.get("AutoReconnect", "").lower() in ("1", "true")
        if error.code in LINK_CODES and port.habits.drops_link and not reconnects:
            self._port = port.holder = None

    def _told(self, error: DriverError | None) -> int:
        self._error = (error.code, str(error)) if error else (0, TEXTS[0])
        return -1 if error else 0
