"""The one device that this agent drives, as the device routes show it, and settings that tills read.

The printer's real settings are in the agent's own file: what a till writes here stays in memory and changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from pos_agent.api.atol_tasks.faults import WEB, TaskError, fault
from pos_agent.config import Config

Json = dict[str, Any]

DEFAULT = "default"
AUTO_MODEL = 500
SETTINGS: Mapping[str, object] = {
    "scriptsPath": "",
    "invertCashDrawerStatus": False,
    "additionalHeaderLines": "",
    "additionalFooterLines": "",
    "blockQueueOnPrintErrors": False,
    "deleteRequestsAfter": 43200,
    "validateRequestsOnAdd": False,
}
CONNECTION: Mapping[str, object] = {
    "model": AUTO_MODEL,
    "accessPassword": "",
    "userPassword": "",
    "port": "usb",
    "com": "",
    "baudRate": 115200,
    "usbDevice": "auto",
    "ipAddress": "",
    "ipPort": 5555,
    "mac": "",
    "ofdChannel": "none",
}
OTHER: Mapping[str, object] = {
    "useGlobalScriptsSettings": True,
    "scriptsPath": "",
    "useGlobalInvertCashDrawerStatusFlag": True,
    "invertCashDrawerStatus": False,
    "useGlobalAdditionalHeaderLines": True,
    "additionalHeaderLines": "",
    "useGlobalAdditionalFooterLines": True,
    "additionalFooterLines": "",
}


class Devices:
    """Asked from the server's threads."""

    def __init__(self, config: Config) -> None:
        self._config, self._lock = config, threading.Lock()
        self._settings = dict(SETTINGS)
        self.active = True

    def known(self, name: str | None, lang: str) -> None:
        """TaskError (answered with 404): there is no such device."""
        if name not in (None, "", DEFAULT, self._config.agent.register_name):
            raise fault(WEB, "no_device", lang)

    def shown(self, locked: bool) -> Json:
        """The device object. `locked`: the queue stands."""
        return {
            "id": self._config.agent.register_name,
            "name": self._config.agent.register_name,
            "isActive": self.active,
            "isDefault": True,
            "isLock": locked,
            "hasLicense": True,
            "connectionSettings": self._connection(),
            "otherSettings": dict(OTHER),
        }

    def empty(self) -> Json:
        """`utils/deviceParametersStruct`."""
        flags = {"isActive": False, "isDefault": False, "isLock": False, "hasLicense": False}
        return {"id": "", "name": "", **flags, "connectionSettings": dict(CONNECTION), "otherSettings": dict(OTHER)}

    def settings(self) -> Json:
        """All of them."""
        with self._lock:
            return dict(self._settings)

    def change(self, given: object, lang: str) -> Json:
        """The given keys; others stay. TaskError (400): a value of the wrong type."""
        if not isinstance(given, dict):
            raise fault(WEB, "no_json", lang)
        wanted = {name: value for name, value in given.items() if name in SETTINGS}
        for name, value in wanted.items():
            if type(value) is not type(SETTINGS[name]):
                raise fault(WEB, "wrong_type", lang, path=name)
        with self._lock:
            self._settings |= wanted
            return dict(self._settings)

    def activate(self, on: bool) -> None:
        """A device that is not active takes no tasks."""
        self.active = on

    def _connection(self) -> Json:
        """Where the printer is, as far as the tasks have words for it; passwords are never shown."""
        port, made = self._config.printer.port, dict(CONNECTION)
        if port.startswith("tcp:"):
            host, _, number = port[4:].rpartition(":")
            return {**made, "port": "tcp", "ipAddress": host, "ipPort": int(number)}
        if port.startswith("usb:"):
            return made
        return {**made, "port": "com", "com": port, "baudRate": self._config.printer.baud}


def mapping() -> Json:
    """`utils/mapping`: what device settings may hold."""

    def of(*pairs: tuple[object, str]) -> list[Json]:
        return [{"key": key, "description": told} for key, told in pairs]

    return {
        "model": of((AUTO_MODEL, "auto")),
        "port": of(("com", "COM"), ("usb", "USB"), ("tcp", "TCP/IP"), ("bluetooth", "Bluetooth")),
        "com": [],
        "usbDevice": of(("auto", "auto")),
        "baudRate": of(*((rate, str(rate)) for rate in (9600, 19200, 38400, 57600, 115200))),
        "ofdChannel": of(("none", "none"), ("auto", "auto")),
    }


def no_such(lang: str) -> TaskError:
    """There is one device, and it is set up in the agent's own settings."""
    return fault(WEB, "not_supported", lang, what="devices")
