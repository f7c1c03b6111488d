"""Who is on the port and what it can do. Source: protocol notes, sections B.1, 3.1, 3.6 and 5.1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.api import Capabilities, Done, Identity, Outcome, Refused
from drivers.atol.command import Nothing
from drivers.atol.commands_settings import FORMATS, LONG_SERIAL, PRINT_SETTINGS, Parameters
from drivers.atol.commands_status import DEVICE_TYPE, FULL_STATUS, STATE_CODE, DeviceType, FullStatus
from drivers.atol.commands_storage import REGISTRATION, ReportNumber
from drivers.atol.session import Session
from drivers.atol.switches import Switches
from drivers.atol.vat import table_of

VENDOR = "atol"
DEFAULT_COLUMNS = 32
DEFAULT_DOTS = 384
NAME_LIMITS = {1: 100}  # bytes of an item name by register 36h; 128 from FFD 1.05 on
DEFAULT_NAME_LIMIT = 128

# Columns and dots of a raster line by the model number of A5h (one source each); the register itself is asked first.
COLUMNS: Mapping[int, int] = {
    **dict.fromkeys((57, 63, 69, 81, 52, 53), 48),
    **dict.fromkeys((61, 67, 77, 78, 82), 32),
    **dict.fromkeys((62, 64, 47, 51), 36),
    76: 67,
}
DOTS: Mapping[int, int] = {
    **dict.fromkeys((57, 63, 69, 81), 576),
    **dict.fromkeys((61, 67, 72, 75, 78, 82, 84), 384),
    **dict.fromkeys((80, 86), 376),
    62: 432,
    64: 416,
}


@dataclass(frozen=True)
class Device:
    """What `identify` found. `ffd`: register 36h, None when the register does not know it."""

    identity: Identity
    capabilities: Capabilities
    model: int
    build: int
    ffd: int | None
    vat_table: str

    @property
    def name_limit(self) -> int:
        """Bytes of an item's name."""
        return NAME_LIMITS.get(self.ffd or 0, DEFAULT_NAME_LIMIT)


def identify(session: Session, switches: Switches) -> Outcome[Device]:
    """A5h, 3Fh, registers 36h, 18h, 16h, registration. Prints nothing.

    Only A5h and 3Fh must be answered; everything else has a default.
    """
    kind = session.run(DEVICE_TYPE, Nothing())
    if not isinstance(kind, Done):
        return kind
    status = session.run(FULL_STATUS, Nothing())
    if not isinstance(status, Done):
        return status
    formats = session.run(FORMATS, Parameters())
    if not isinstance(formats, Done | Refused):
        return formats
    ffd = formats.reply.register if isinstance(formats, Done) else None  # its storage may know a newer one
    version = kind.reply.version.hex()
    build = int(version[6:10]) if version[6:10].isdecimal() else 0
    identity = _identity(session, kind.reply, status.reply, build)
    capabilities = _capabilities(session, kind.reply.model, switches)
    still_there = session.run(STATE_CODE, Nothing())  # else defaults would stand for a cable pulled meanwhile
    if not isinstance(still_there, Done):
        return still_there
    table = switches.vat_table or table_of(kind.reply.model, build)
    return Done(Device(identity, capabilities, kind.reply.model, build, ffd, table))


def _identity(session: Session, kind: DeviceType, status: FullStatus, build: int) -> Identity:
    serial = str(status.serial) if status.serial else ""
    long = session.run(LONG_SERIAL, Parameters())
    if isinstance(long, Done) and long.reply.digits.hex().isdecimal():
        serial = long.reply.digits.hex().lstrip("0") or serial
    registration = session.run(REGISTRATION, ReportNumber())
    inn = rnm = ""
    if isinstance(registration, Done):
        inn, rnm = registration.reply.inn, registration.reply.rnm
    version = kind.version.hex()
    firmware = f"{int(version[:2] or '0', 16):x}.{int(version[2:4] or '0', 16):x} {build}"
    return Identity(VENDOR, kind.name or f"model {kind.model}", serial, firmware, rnm, inn)


def _capabilities(session: Session, model: int, switches: Switches) -> Capabilities:
    settings = session.run(PRINT_SETTINGS, Parameters())
    columns = settings.reply.columns if isinstance(settings, Done) else 0
    columns = columns or COLUMNS.get(model, DEFAULT_COLUMNS)
    double = columns // 2 if switches.double_width else columns
    return Capabilities(columns, double, switches.native_qr, graphics_dots=DOTS.get(model, DEFAULT_DOTS))
