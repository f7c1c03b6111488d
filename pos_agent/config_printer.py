"""Settings of the fiscal printer and of the port that tap mode gives the till: two sections of `config`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from drivers.discover.address import parse_address


def from_environment(value: object) -> object:
    """A number from a text. The environment has only texts: a Literal of numbers would refuse them."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


Baud = Annotated[
    Literal[2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600], BeforeValidator(from_environment)
]
_PORT_FORMS = {"tcp:": "port_tcp", "usb:": "port_usb"}  # errors are keys of texts/reasons.toml
PROTOCOLS_OF = {"1.0": "shtrih", "2.0": "shtrih", "v2": "atol", "v3": "atol"}
_KINDS = {"bool": bool, "int": int}


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PrinterSection(Section):
    """The fiscal printer and how to watch it."""

    vendor: Literal["shtrih", "atol"] = "shtrih"
    backend: Literal["protocol", "fptr10"] = "protocol"  # fptr10: through ATOL's own installed driver
    protocol: Literal["auto", "1.0", "2.0", "v2", "v3"] = "auto"  # of the vendor's low level; auto asks the device
    second_port: bool = False  # ATOL: the till software is on the device's other port
    driver_folder: str = ""  # fptr10: where `libfptr10` is, "" = importable
    driver_library: str = ""  # fptr10: the library itself, "" = the vendor's own search
    port: str = Field(min_length=1)  # /dev/serial/by-id/..., tcp:HOST:PORT or usb:VID:PID[:SERIAL]
    baud: Baud = 115200
    password: int = Field(default=30, ge=0, le=99_999_999)
    poll_s: float = Field(default=1.0, ge=0.05, le=60)
    quiet_s: float = Field(default=1.0, ge=0.0, le=60)  # how long the till must be quiet before a slip
    trace_file: Path | None = None
    switches: dict[str, bool | int | str] = Field(default_factory=dict)  # what the sources of the protocol leave open

    @field_validator("backend", "protocol")
    @classmethod
    def _fits_the_vendor(cls, value: str, info: ValidationInfo) -> str:
        vendor = info.data.get("vendor", "shtrih")
        if value == "fptr10" and vendor != "atol":
            raise ValueError("backend_atol")
        if value in PROTOCOLS_OF and PROTOCOLS_OF[value] != vendor:
            raise ValueError("protocol_vendor")
        return value

    @field_validator("port")
    @classmethod
    def _written_right(cls, value: str) -> str:
        try:
            parse_address(value)
        except ValueError as error:
            raise ValueError(_PORT_FORMS.get(value[:4], "port_path")) from error
        return value

    @field_validator("switches")
    @classmethod
    def _known(cls, value: dict[str, bool | int | str], info: ValidationInfo) -> dict[str, bool | int | str]:
        own_driver = info.data.get("backend", "protocol") == "protocol"
        known = switches_of(info.data.get("vendor", "shtrih")) if own_driver else {}
        if not value.keys() <= known.keys():
            raise ValueError("switch_unknown")
        return {name: _switched(given, known[name]) for name, given in value.items()}


class TapSection(Section):
    """Where the till software finds the printer in tap mode: `pty:/PATH` or `tcp:HOST:PORT`; "" = no tap."""

    port: str = ""

    @field_validator("port")
    @classmethod
    def _a_place_for_the_till(cls, value: str) -> str:
        if value and not re.fullmatch(r"pty:/\S+|tcp:\S+:[0-9]{1,5}", value):
            raise ValueError("port_till")
        return value


@cache
def switches_of(vendor: str) -> Mapping[str, str | list[str]]:
    """Name of each switch of a driver, with `bool`, `int` or the names it chooses from."""
    raw = resources.files("drivers.spec").joinpath("switches.toml").read_text("utf-8")
    known: Mapping[str, Mapping[str, str | list[str]]] = tomllib.loads(raw)
    return known[vendor]


def _switched(value: bool | int | str, kind: str | list[str]) -> bool | int | str:
    """A switch's value as its kind; the environment has only texts."""
    if isinstance(value, str) and kind == "bool" and value in ("true", "false"):
        return value == "true"
    if isinstance(value, str) and kind == "int" and value.isdigit():
        return int(value)
    if value not in kind if isinstance(kind, list) else type(value) is not _KINDS[kind]:
        raise ValueError("switch_value")
    return value
