"""Finding and loading the vendor's driver, which the shop installs: module `libfptr10`, class `IFptr`.

Nothing of it is bundled and nothing is imported before it is needed. Source: protocol notes, section 9.2; the wrapper
is used as public programs use it (`setParam`, `getParamString`, `setSingleSetting`, ...).
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from drivers.api import LinkFault
from drivers.discover.address import SerialAddress, TcpAddress, parse_address

MODULE, CLASS = "libfptr10", "IFptr"
AUTO_MODEL = 500
COM, USB, TCP = 0, 1, 2


class Fptr(Protocol):
    """The part of the vendor's class that is used. Methods return < 0 on an error."""

    def setParam(self, number: int, value: object) -> None: ...  # noqa: N802
    def getParamString(self, number: int) -> str: ...  # noqa: N802
    def getParamInt(self, number: int) -> int: ...  # noqa: N802
    def getParamBool(self, number: int) -> bool: ...  # noqa: N802
    def getParamDouble(self, number: int) -> float: ...  # noqa: N802
    def getParamDateTime(self, number: int) -> datetime: ...  # noqa: N802
    def getParamByteArray(self, number: int) -> bytes: ...  # noqa: N802
    def setSingleSetting(self, name: str, value: str) -> None: ...  # noqa: N802
    def applySingleSettings(self) -> int: ...  # noqa: N802
    def open(self) -> int: ...
    def close(self) -> int: ...
    def errorCode(self) -> int: ...  # noqa: N802
    def errorDescription(self) -> str: ...  # noqa: N802
    def processJson(self) -> int: ...  # noqa: N802
    def queryData(self) -> int: ...  # noqa: N802
    def checkDocumentClosed(self) -> int: ...  # noqa: N802
    def continuePrint(self) -> int: ...  # noqa: N802
    def cancelReceipt(self) -> int: ...  # noqa: N802
    def cut(self) -> int: ...
    def beep(self) -> int: ...
    def beginReadRecords(self) -> int: ...  # noqa: N802
    def readNextRecord(self) -> int: ...  # noqa: N802
    def endReadRecords(self) -> int: ...  # noqa: N802


class Trouble(Enum):
    """Why the driver cannot be used; the value is the error code people see."""

    ABSENT = "FPT-01"
    BROKEN = "FPT-02"
    TOO_OLD = "FPT-03"


FAULTS = {
    Trouble.ABSENT: LinkFault.NO_DRIVER,
    Trouble.BROKEN: LinkFault.BROKEN_DRIVER,
    Trouble.TOO_OLD: LinkFault.OLD_DRIVER,
}
TROUBLES: Mapping[Trouble, tuple[str, str]] = {
    Trouble.ABSENT: (
        "Драйвер АТОЛ (libfptr10) не найден. Установите драйвер версии {least} или новее и укажите папку обёртки.",
        "The ATOL driver (libfptr10) was not found. Install version {least} or newer and name the wrapper's folder.",
    ),
    Trouble.BROKEN: (
        "Драйвер АТОЛ (libfptr10) не загружается. Переустановите его вместе с обёрткой для Python.",
        "The ATOL driver (libfptr10) does not load. Install it again, together with its Python wrapper.",
    ),
    Trouble.TOO_OLD: (
        "Драйвер АТОЛ (libfptr10) слишком старый. Обновите его до версии {least} или новее.",
        "The ATOL driver (libfptr10) is too old. Update it to version {least} or newer.",
    ),
}


class LibraryError(Exception):
    """The driver cannot be used. `ru` and `en`: what happened, what to do; no sale is concerned."""

    def __init__(self, trouble: Trouble, detail: str, least: tuple[int, ...] = ()) -> None:
        version = ".".join(map(str, least)) or "10"
        self.trouble = trouble
        self.ru, self.en = (text.format(least=version) for text in TROUBLES[trouble])
        self.detail = detail
        super().__init__(f"{trouble.value}: {self.en} ({detail})")


@dataclass(frozen=True)
class LibrarySettings:
    """Where the driver is and how it reaches the register.

    `port`: as in the agent's settings (a path, tcp:HOST:PORT, usb:VID:PID[:SERIAL]); the driver finds a USB register by
    itself, ids are not passed on. `wrapper`: folder of `libfptr10`, "" = importable. `library`: path given to `IFptr`,
    "" = the vendor's search. `more`: further settings of the driver by their own names, as text.
    """

    port: str
    baud: int = 115200
    wrapper: str = ""
    library: str = ""
    model: int = AUTO_MODEL
    more: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, str]:
        """Names and values for `setSingleSetting`. ValueError: the port is not written right."""
        address = parse_address(self.port)
        if isinstance(address, SerialAddress):
            port = {"Port": str(COM), "ComFile": address.path, "BaudRate": str(self.baud)}
        elif isinstance(address, TcpAddress):
            port = {"Port": str(TCP), "IPAddress": address.host, "IPPort": str(address.port)}
        else:
            port = {"Port": str(USB), "UsbDevicePath": "auto"}
        return {"Model": str(self.model), **port, **self.more}


@dataclass(frozen=True)
class Library:
    """The loaded driver. `version` "" = the wrapper does not tell."""

    fptr: Fptr
    version: str

    def number(self, name: str) -> int:
        """A constant of the wrapper, e.g. LIBFPTR_PARAM_JSON_DATA. LibraryError: this wrapper lacks it."""
        value = self.optional(name)
        if value is None:
            raise LibraryError(Trouble.BROKEN, f"{CLASS} has no constant {name}")
        return value

    def optional(self, name: str) -> int | None:
        """The same for what can be done without; None: this wrapper lacks it."""
        value = getattr(self.fptr, name, None)
        return value if isinstance(value, int) else None


def load(settings: LibrarySettings, least: tuple[int, ...] = ()) -> Library:
    """Import the wrapper, make its object, check its version. LibraryError says what a person has to do."""
    module = _module(settings.wrapper, least)
    maker = getattr(module, CLASS, None)
    if maker is None:
        raise LibraryError(Trouble.BROKEN, f"module {MODULE} has no class {CLASS}", least)
    try:
        fptr = maker(settings.library)
    except (OSError, RuntimeError, ValueError, AttributeError) as error:
        raise LibraryError(Trouble.BROKEN, f"{type(error).__name__}: {error}", least) from error
    teller = getattr(fptr, "version", None)
    told = teller() if callable(teller) else ""
    version = told.decode("ascii", "replace") if isinstance(told, bytes) else str(told or "")
    if version and _numbers(version) < least:
        raise LibraryError(Trouble.TOO_OLD, f"version {version}", least)
    return Library(cast(Fptr, fptr), version)


def _module(folder: str, least: tuple[int, ...]) -> ModuleType:
    try:
        return importlib.import_module(MODULE) if not folder else _from(Path(folder), least)
    except ModuleNotFoundError as error:
        trouble = Trouble.ABSENT if error.name == MODULE else Trouble.BROKEN
        raise LibraryError(trouble, str(error), least) from error
    except (ImportError, OSError, SyntaxError) as error:
        raise LibraryError(Trouble.BROKEN, f"{type(error).__name__}: {error}", least) from error


def _from(folder: Path, least: tuple[int, ...]) -> ModuleType:
    spec = PathFinder.find_spec(MODULE, [str(folder)])
    if spec is None or spec.loader is None:
        raise LibraryError(Trouble.ABSENT, f"no {MODULE} in {folder}", least)
    known = sys.modules.get(MODULE)
    if known is not None and getattr(known, "__file__", None) == spec.origin:
        return known
    module = module_from_spec(spec)
    sys.modules[MODULE] = module  # before it runs: a package imports its own parts
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(MODULE, None)
        raise
    return module


def _numbers(version: str) -> tuple[int, ...]:
    """`10.10.3.0` -> (10, 10, 3, 0); words after the numbers do not count."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])
