"""The printers of this register: how requests choose one, and how it tells of itself (`kkmserver.md`, 2 and 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pos_agent.api.kkmserver.answers import NO_DATE, NOT_FOUND, NUM_DEVICE, FailedError, Json, Name, roubles
from pos_agent.api.kkmserver.fields import Fields
from pos_agent.api.operation import Parts
from pos_agent.api.printers import Named, of_printer, printers

TYPE_DEVICE = "Фискальный регистратор"
FFD = {1: "1.0", 2: "1.05", 3: "1.1", 4: "1.2"}  # tag 1209
SESSION_STATES = {"closed": 1, "open": 2, "over": 3}
VARIANTS = 6  # bits of tag 1062
SIGNS = {  # a flag of the answer -> the sign of the registration
    "EncryptionMode": "encryption",
    "AutomaticMode": "automatic",
    "InternetMode": "internet",
    "BSOMode": "bso",
    "ServiceMode": "service",
    "PrinterAutomatic": "printer_automatic",
    "SaleExcisableGoods": "excise",
    "SignOfGambling": "gambling",
    "SignOfLottery": "lottery",
    "SaleMarking": "marking",
    "SignPawnshop": "pawnshop",
    "SignAssurance": "insurance",
}
SELECTORS = ("NumDevice", "IdDevice", "KktNumber", "InnKkm")
BLANK: Mapping[str, Any] = {"registration": {}, "warnings": [], "shift": "closed", "paper": "present"}


@dataclass(frozen=True)
class Device:
    """One printer of the counter as a unit of KkmServer. `part` "" = the register's own."""

    number: int
    name: str
    part: str = ""

    @property
    def id(self) -> str:
        """Always the same for one printer of one register."""
        digest = hashlib.sha256(f"pos-agent:{self.name}".encode()).hexdigest()
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def devices(parts: Parts) -> tuple[Device, ...]:
    """The register's own printer is 1, the others are numbered as in the settings."""
    return tuple(Device(NUM_DEVICE + at, one.name, one.part) for at, one in enumerate(printers(parts.config)))


def choose(given: Fields, parts: Parts) -> Device:
    """The device that the selectors name; the register's own when none does, or several would do.

    FailedError with Status 3: no device fits. TaxVariant filters nothing.
    """
    for device in devices(parts):
        if not _wrong(given, parts, device):
            return device
    said = [f"{name}={given.text(name).strip()}" for name in SELECTORS if given.has(name) and given.text(name).strip()]
    raise FailedError(f"Устройство (с параметрами {', '.join(said)}) не найдено", NOT_FOUND)


def on_device(name: Name, device: Device) -> Name:
    """The answer's name with the device that does the work."""
    return replace(name, unit=device.name, number=device.number, part=device.part)


def _wrong(given: Fields, parts: Parts, device: Device) -> list[str]:
    """Selectors that name another device."""
    number = given.whole("NumDevice", 0)
    wanted = {name: given.text(name).strip() for name in SELECTORS[1:]}
    actor = of_printer(parts, Named(device.name, device.part)).actor
    identity = actor.watch.line.state.identity if actor is not None else None
    own = {
        "IdDevice": device.id,
        "KktNumber": identity.serial if identity else "",
        "InnKkm": identity.inn if identity else "",
    }
    wrong = [name for name, text in wanted.items() if text and text.casefold() != own[name].casefold()]
    if wrong == ["InnKkm"] and number:  # the search by number goes before the one by taxpayer
        wrong = []
    return wrong if number in (0, device.number) else [*wrong, "NumDevice"]


def unit(device: Device, now: Json | None) -> Json:
    """One element of `ListUnit`; `now` None: the device does not answer."""
    told = {**BLANK, **(now or {})}
    registration = told["registration"]
    return {
        "NumDevice": device.number,
        "IdDevice": device.id,
        "OnOff": True,
        "OnOf": True,
        "Active": now is not None,
        "TypeDevice": TYPE_DEVICE,
        "IdTypeDevice": "KKT",
        "IP": "",
        "NameDevice": _text(told, "model"),
        "UnitName": device.name,
        "KktNumber": _text(told, "serial"),
        "INN": _inn(told),
        "RegNumber": _text(told, "rnm") or _text(registration, "rnm"),
        "FnNumber": _text(told, "fn_serial"),
        "InnOfd": _text(registration, "ofd_inn"),
        "NameOrganization": _text(registration, "user"),
        "TaxVariant": tax_variants(registration),
        "AddDate": NO_DATE,
        "OFD_Error": "",
        "OFD_NumErrorDoc": told.get("ofd_unsent") or 0,
        "OFD_DateErrorDoc": _text(told, "ofd_first_at") or NO_DATE,
        "FN_DateEnd": _day(told),
        "FN_MemOverflowl": "memory_full" in told["warnings"],
        "FN_IsFiscal": bool(told.get("fiscal")),
        "PaperOver": told["paper"] != "present",
        "Firmware_Version": _text(told, "firmware"),
    }


def listed(given: Fields, one: Json) -> bool:
    """The filters of `List`; null = any."""
    for name in ("Active", "OnOff", "FN_MemOverflowl", "FN_IsFiscal"):
        if given.has(name) and given.flag(name) is not one[name]:
            return False
    if given.has("OFD_Error") and given.flag("OFD_Error") is not bool(one["OFD_Error"]):
        return False
    for name in ("OFD_DateErrorDoc", "FN_DateEnd"):
        if given.text(name) and not NO_DATE < one[name] < given.text(name):
            return False
    inn = given.text("InnKkm").strip()
    return (not inn or inn == one["INN"]) and not given.text("IP").strip()


def data_kkt(now: Json) -> Json:
    """The answer of `GetDataKKT`: strict readers need every member of `Info`."""
    return {
        "CheckNumber": now["last_fd"],
        "SessionNumber": now["shift_number"] or 0,
        "LineLength": now["columns"],
        "URL": "",
        "Info": {**_texts(now), **_flags(now), **_numbers(now), **_dates(now)},
    }


def tax_variants(registration: Mapping[str, Any]) -> str:
    """`0,3,5` of the bits of tag 1062."""
    return bits((registration.get("tax_systems") or 0) & (1 << VARIANTS) - 1)


def bits(mask: int | None) -> str:
    """Places of the bits that are set: `0,3`."""
    found = mask or 0
    return ",".join(str(place) for place in range(found.bit_length()) if found >> place & 1)


def _texts(now: Json) -> Json:
    registration = now["registration"]
    ffd, of_device, of_storage = (FFD.get(registration.get(name), "") for name in ("ffd", "ffd_device", "ffd_storage"))
    return {
        "InnOrganization": _inn(now),
        "NameOrganization": _text(registration, "user"),
        "TaxVariant": tax_variants(registration),
        "AddressSettle": _text(registration, "address"),
        "PlaceSettle": _text(registration, "place"),
        "SenderEmail": _text(registration, "sender_email"),
        "AutomaticNumber": _text(registration, "automat"),
        "SignOfAgent": bits(registration.get("agents")),
        "UrlServerOfd": "",
        "PortServerOfd": "",
        "NameOFD": _text(registration, "ofd_name"),
        "UrlOfd": "",
        "InnOfd": _text(registration, "ofd_inn"),
        "OFD_Error": "",
        "KktNumber": now["serial"],
        "FnNumber": now["fn_serial"],
        "RegNumber": now["rnm"] or _text(registration, "rnm"),
        "FFDVersion": ffd,
        "FFDVersionFN": of_storage,
        "FFDVersionKKT": of_device or ffd,
        "Firmware_Version": now["firmware"],
    }


def _flags(now: Json) -> Json:
    signs = now["registration"].get("signs", {})
    return {
        **{name: bool(signs.get(sign)) for name, sign in SIGNS.items()},
        "OfflineMode": bool(now["registration"].get("offline")),
        "FN_IsFiscal": now["fiscal"],
        "FN_MemOverflowl": "memory_full" in now["warnings"],
        "OnOff": True,
        "Active": True,
        "PaperOver": now["paper"] != "present",
    }


def _numbers(now: Json) -> Json:
    return {
        "OFD_NumErrorDoc": now["ofd_unsent"] or 0,
        "SessionState": SESSION_STATES[now["shift"]],
        "BalanceCash": roubles(now["drawer_kop"] or 0),
        "Firmware_Status": 0,
    }


def _dates(now: Json) -> Json:
    return {
        "OFD_DateErrorDoc": now["ofd_first_at"] or NO_DATE,
        "FN_DateStart": _text(now["registration"], "at") or NO_DATE,
        "FN_DateEnd": _day(now),
        "DateTimeKKT": now["clock"] or NO_DATE,
        "LicenseExpirationDate": NO_DATE,
    }


def _inn(now: Mapping[str, Any]) -> str:
    return (_text(now, "inn") or _text(now["registration"], "inn")).strip()


def _day(now: Mapping[str, Any]) -> str:
    return f"{now['fn_expires']}T00:00:00" if now.get("fn_expires") else NO_DATE


def _text(of: Mapping[str, Any], name: str) -> str:
    return str(of.get(name) or "")
