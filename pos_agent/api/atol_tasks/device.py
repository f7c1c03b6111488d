"""The printers of this counter, as the device routes show them, and settings that tills read.

The printer's real settings are in the agent's own file: what a till writes here stays in memory and changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from pos_agent.api.atol_tasks.faults import WEB, TaskError, fault
from pos_agent.api.printers import Named, named, printers
from pos_agent.config import Config
from pos_agent.config_printer import PrinterSection
from pos_agent.errors import UsageError

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


class NoDeviceError(Exception):
    """There is no such device: 404."""


class Devices:
    """Asked from the server's threads. The register's own printer is the default device."""

    def __init__(self, config: Config) -> None:
        self._config, self._lock = config, threading.Lock()
        self._settings = dict(SETTINGS)
        self._off: set[str] = set()  # parts whose printers take no tasks

    @property
    def all(self) -> tuple[Named, ...]:
        """The register's own first."""
        return printers(self._config)

    def of(self, name: str | None) -> Named:
        """By id, by the part that it sells, or the default one. NoDeviceError."""
        if name in (None, "", DEFAULT):
            return self.all[0]
        try:
            found = named(self._config, {"printer": name})
        except UsageError as error:
            raise NoDeviceError from error
        return found or self.all[0]

    def active(self, device: Named) -> bool:
        """Does it take tasks?"""
        return device.part not in self._off

    def shown(self, device: Named, locked: bool) -> Json:
        """The device object. `locked`: the queue stands."""
        return {
            "id": device.name,
            "name": device.name,
            "isActive": self.active(device),
            "isDefault": not device.part,
            "isLock": locked,
            "hasLicense": True,
            "connectionSettings": _connection(self._printer(device)),
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

    def activate(self, device: Named, on: bool) -> None:
        """A device that is not active takes no tasks."""
        with self._lock:
            self._off = self._off - {device.part} if on else self._off | {device.part}

    def _printer(self, device: Named) -> PrinterSection:
        section = next((one for one in self._config.parts.printer if one.part == device.part), None)
        return self._config.printer if section is None else self._config.of_part(section).printer


def _connection(printer: PrinterSection) -> Json:
    """Where the printer is, as far as the tasks have words for it; passwords are never shown."""
    port, made = printer.port, dict(CONNECTION)
    if port.startswith("tcp:"):
        host, _, number = port[4:].rpartition(":")
        return {**made, "port": "tcp", "ipAddress": host, "ipPort": int(number)}
    if port.startswith("usb:"):
        return made
    return {**made, "port": "com", "com": port, "baudRate": printer.baud}


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
    """Devices are set up in the agent's own settings."""
    return fault(WEB, "not_supported", lang, what="devices")
