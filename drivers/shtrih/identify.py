"""Who is on the port and what it can do. Source: protocol notes, section 11.1."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.api import Capabilities, Done, Identity, Outcome, Refused
from drivers.shtrih.command import Nothing
from drivers.shtrih.commands_graphics import BLOCK, LOAD_BLOCK, Block
from drivers.shtrih.commands_status import (
    DEVICE_TYPE,
    FONT,
    FULL_STATUS,
    MODEL_PARAMETERS,
    SHORT_STATUS,
    DeviceType,
    FontNumber,
    FullStatus,
    ModelKind,
)
from drivers.shtrih.commands_storage import REGISTRATION, Registration
from drivers.shtrih.commands_tables import READ_CELL, TableCell
from drivers.shtrih.errors import NOT_SUPPORTED
from drivers.shtrih.quirks import Cell, DeviceFacts, Profile, profile_for
from drivers.shtrih.session import Session

VENDOR = "shtrih-m"
SERIAL_NOT_SET = 0xFFFFFFFF
INN_NOT_SET = (1 << 48) - 1
DEFAULT_FONT_1, DOUBLE_FONT = 1, 2


@dataclass(frozen=True)
class Device:
    """What `identify` found. `native_qr` is None when the probe was refused for a passing reason."""

    identity: Identity
    capabilities: Capabilities
    profile: Profile
    native_qr: bool | None


def identify(session: Session, switches: dict[str, object] | None = None) -> Outcome[Device]:
    """FCh, F7h, 11h, serial number, registration, fonts, QR probe. Prints nothing.

    Only FCh and 11h must be answered; everything else has a default. `switches` override the profile.
    """
    kind = session.run(DEVICE_TYPE, Nothing())
    if not isinstance(kind, Done):
        return kind
    parameters = session.run(MODEL_PARAMETERS, ModelKind())
    if not isinstance(parameters, Done | Refused):
        return parameters
    status = session.run(FULL_STATUS, Nothing())
    if not isinstance(status, Done):
        return status
    known = parameters.reply if isinstance(parameters, Done) else None
    facts = DeviceFacts(kind.reply.model, kind.reply.name, known)
    profile = profile_for(facts, **(switches or {}))
    identity = _identity(session, profile, kind.reply, status.reply)
    native_qr = _probe_qr(session)
    capabilities = _capabilities(session, profile, native_qr)
    still_there = session.run(SHORT_STATUS, Nothing())  # else defaults would stand for a cable pulled meanwhile
    if not isinstance(still_there, Done):
        return still_there
    return Done(Device(identity, capabilities, profile, native_qr))


def _identity(session: Session, profile: Profile, kind: DeviceType, status: FullStatus) -> Identity:
    serial = _cell(session, profile.serial_cell)
    if not serial and status.serial != SERIAL_NOT_SET:
        serial = str(status.serial)
    rnm, inn = _cell(session, profile.rnm_cell), _cell(session, profile.inn_cell)
    if not (rnm and inn):
        registration = _registration(session)
        rnm = rnm or (registration.rnm if registration else "")
        inn = inn or (registration.inn if registration else "")
    if not inn and status.inn not in (0, INN_NOT_SET):
        inn = str(status.inn).zfill(10)
    firmware = f"{'.'.join(status.firmware)} {status.build}"
    return Identity(VENDOR, kind.name, serial, firmware, rnm, inn)


def _cell(session: Session, cell: Cell | None) -> str:
    """A text cell; "" when the table has none (5Dh and others): tables differ between models."""
    if cell is None:
        return ""
    outcome = session.run(READ_CELL, TableCell(*cell))
    if not isinstance(outcome, Done):
        return ""
    return outcome.reply.value.split(b"\0", 1)[0].decode("cp1251", "replace").strip()


def _registration(session: Session) -> Registration | None:
    outcome = session.run(REGISTRATION, Nothing())
    return outcome.reply if isinstance(outcome, Done) else None


def _capabilities(session: Session, profile: Profile, native_qr: bool | None) -> Capabilities:
    columns = _columns(session, DEFAULT_FONT_1) or profile.columns
    double = _columns(session, DOUBLE_FONT) or columns // 2
    return Capabilities(columns, double, native_qr is True, cutter=profile.cutter)


def _columns(session: Session, font: int) -> int:
    outcome = session.run(FONT, FontNumber(font))
    if not isinstance(outcome, Done) or not outcome.reply.char_width:
        return 0
    return outcome.reply.width // outcome.reply.char_width


def _probe_qr(session: Session) -> bool | None:
    """Load an empty block: the vendor's driver probes so too. 37h = the device draws no 2D codes."""
    outcome = session.run(LOAD_BLOCK, Block(0, 0, bytes(BLOCK)))
    if isinstance(outcome, Done):
        return True
    return False if isinstance(outcome, Refused) and outcome.code == NOT_SUPPORTED else None
