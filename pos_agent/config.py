"""Settings of one register: a TOML file, overridden by `POS_AGENT_<SECTION>__<KEY>` in the environment.

All problems are found at once and told with key and line. Secrets are never here: see `[agent] key_file`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pos_agent import texts
from pos_agent.config_parts import PartPrinterSection, PartsSection, TaxSystem, clashes
from pos_agent.config_printer import PrinterSection, Section, TapSection
from pos_agent.errors import UsageError
from pos_agent.sync.address import address_fault

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
ENV_PREFIX = "POS_AGENT_"
Listen = Annotated[str, Field(pattern=r"^$|^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}$")]


class AgentSection(Section):
    """Who this register is and where it keeps its state."""

    register_name: Name = Field(default="till-1", alias="register")
    store: Name = "store-1"
    timezone: str = "Europe/Moscow"
    language: Literal["ru", "en"] = "ru"
    data_dir: Path = Path("/var/lib/pos-agent")
    socket: Path = Path("/run/pos-agent/agent.sock")
    key_file: Path | None = None  # default: $CREDENTIALS_DIRECTORY/pii.key, else data_dir/keys/pii.key

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("no_zone") from error
        return value


class LoyaltySection(Section):
    """How customers are recognised in receipts, and what slips say."""

    card_requisite: str = "КАРТА"  # tag 1085 whose 1086 is the card code
    original_requisite: str = "ИСХОДНЫЙ ЧЕК"  # tag 1085 whose 1086 is FN/FD of the sale that a return takes back
    arm_minutes: int = Field(default=3, ge=1, le=60)
    slip_max_age_minutes: int = Field(default=10, ge=1, le=1440)
    invitation: bool = False
    shadow_rules: Path | None = None  # rules that price beside the live ones and decide nothing
    merchant: str = Field(default="", max_length=64)  # whose points these are, in a program of several merchants
    slip_templates: Path | None = None  # folder of the shop's own slips
    training: bool = False  # slips say so: for a register on an emulated printer
    heading: str = Field(default="НАША ПРОГРАММА", min_length=1, max_length=24)
    qr_prefix: str = Field(default="HTTPS://EXAMPLE.ORG/C/", max_length=47, pattern=r"^[0-9A-Z $%*+\-./:]*$")
    qr_dots: int = Field(default=6, ge=4, le=8)  # of one module: 6 = 0.75 mm on a 203 dpi head
    join_url: str = Field(default="", max_length=61, pattern=r"^[0-9A-Z $%*+\-./:]*$")  # 61: 29 modules, 21.8 mm


class GatewaySection(Section):
    """What receipts that the agent registers itself carry when the basket does not say."""

    tax_system: TaxSystem = 1  # one bit of tag 1055
    vat: Literal[
        "vat20", "vat10", "vat120", "vat110", "vat0", "none", "vat5", "vat7", "vat105", "vat107", "vat22", "vat122"
    ] = "vat22"
    mark_refused: Literal["refuse", "sell"] = "refuse"  # a sale of marked goods whose code did not pass its check


class HttpSection(Section):
    """Where tills, pages and programs on this machine find the agent; "" = nowhere."""

    listen: Listen = ""  # the agent's own API and the cashier's page, with tokens
    hosts: tuple[str, ...] = ()  # HOST:PORT that requests may name beside loopback
    origins: tuple[str, ...] = ()  # pages of other addresses that may call: https://till.example
    quote_ms: int = Field(default=300, ge=10, le=5000)  # what a price with the card may take; then the usual price
    atol_listen: Listen = ""  # as the web server of ATOL's driver
    atol_accounts_file: Path | None = None  # NAME:PASSWORD a line, 0600; none: open on loopback, as the original
    kkmserver_listen: Listen = ""  # as KkmServer
    kkmserver_accounts_file: Path | None = None


class CloudSection(Section):
    """The ledger endpoint; without an address nothing is sent and nothing waits."""

    url: str = ""
    token_file: Path | None = None
    push_s: float = Field(default=2.0, ge=0.1, le=3600)
    pull_s: float = Field(default=300.0, ge=1, le=86400)

    @field_validator("url")
    @classmethod
    def _safe_address(cls, value: str) -> str:
        fault = address_fault(value) if value else None
        if fault:
            raise ValueError(fault)
        return value


class LogSection(Section):
    """Logs go to stderr: one line each, JSON for machines or key=value for people."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    form: Literal["json", "console"] = "json"


class Config(BaseSettings):
    """The whole file. Unknown keys are problems, not ignored."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=ENV_PREFIX, env_nested_delimiter="__", populate_by_name=True
    )

    agent: AgentSection = Field(default_factory=AgentSection)
    printer: PrinterSection
    tap: TapSection = Field(default_factory=TapSection)
    parts: PartsSection = Field(default_factory=PartsSection)
    loyalty: LoyaltySection = Field(default_factory=LoyaltySection)
    gateway: GatewaySection = Field(default_factory=GatewaySection)
    http: HttpSection = Field(default_factory=HttpSection)
    cloud: CloudSection = Field(default_factory=CloudSection)
    log: LogSection = Field(default_factory=LogSection)

    @field_validator("tap")
    @classmethod
    def _tap_knows_the_language(cls, value: TapSection, info: ValidationInfo) -> TapSection:
        printer = info.data.get("printer")
        if not value.port or printer is None or printer.vendor == "shtrih":
            return value
        if printer.backend != "protocol":
            raise ValueError("tap_backend")
        if printer.second_port:
            raise ValueError("tap_second_port")
        if printer.protocol == "auto" and not printer.port.startswith("tcp:"):
            raise ValueError("tap_protocol")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings  # the environment wins over the file

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.agent.timezone)

    def of_part(self, printer: PartPrinterSection) -> Config:
        """The settings as the register would have them with that printer alone, under the printer's own name."""
        named = self.agent.model_copy(update={"register_name": f"{self.agent.register_name}/{printer.part}"})
        gateway = self.gateway.model_copy(update={"tax_system": printer.tax_system})
        return self.model_copy(update={"agent": named, "printer": printer, "gateway": gateway, "tap": TapSection()})

    @property
    def stations(self) -> tuple[str, ...]:
        """Names of the counter's printers, the register's own first."""
        others = [self.of_part(printer).agent.register_name for printer in self.parts.printer]
        return (self.agent.register_name, *others)

    @property
    def key_path(self) -> Path:
        """Where the key of personal data is: named, or a systemd credential, or a 0600 file beside the database."""
        if self.agent.key_file is not None:
            return self.agent.key_file
        credentials = os.environ.get("CREDENTIALS_DIRECTORY")
        if credentials and (Path(credentials) / "pii.key").exists():
            return Path(credentials) / "pii.key"
        return self.agent.data_dir / "keys" / "pii.key"


def load(path: Path) -> Config:
    """Read and check one file.

    Raises UsageError CFG-01 (cannot be read or is no TOML) or CFG-02 (every wrong key, with its line).
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors of some systems put a mark first
        content = tomllib.loads(text)
    except OSError as error:
        raise UsageError("CFG-01", path=path, why=error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("CFG-01", path=path, why=str(error)) from error
    try:
        config = Config(**content)
    except ValidationError as error:
        lines = tuple(_describe(problem, text) for problem in error.errors(include_url=False))
        raise UsageError("CFG-02", lines=lines, count=len(lines)) from error
    lines = tuple(_describe(problem, text) for problem in clashes(config.printer, config.parts))
    if lines:
        raise UsageError("CFG-02", lines=lines, count=len(lines))
    return config


def _describe(problem: Mapping[str, Any], text: str) -> str:
    keys = [str(part) for part in problem["loc"]]
    named = [part for part in problem["loc"] if isinstance(part, str)]
    place = next((part for part in problem["loc"] if isinstance(part, int)), None)
    line, lang = line_of(text, named, place or 0), _terminal_language()
    if line is None and (place is not None or problem["type"] != "missing"):
        line = line_of(text, named[:-1], place or 0)  # one of several tables lacks a key, or a table stands in one line
    where = texts.phrase("config", "place" if line else "no_place", lang, line=line)
    given = "" if problem["type"] == "missing" else f": {problem['input']!r}"
    words = texts.table("config").get(problem["type"], {}).get(lang, problem.get("msg", ""))
    allowed = {name: _said(value, lang) for name, value in problem.get("ctx", {}).items()}
    return f"{'.'.join(keys)} ({where}){given} - {words.format_map(allowed)}"


def _said(value: object, lang: str) -> str:
    """What is allowed, in the reader's language: the checker lists values as `1, 2 or 3`."""
    told = texts.reason(str(value), lang)
    return told.replace(" or ", " или ") if lang == "ru" else told


def _terminal_language() -> str:
    """Of refusals: the file that is refused cannot say it."""
    return "en" if os.environ.get(f"{ENV_PREFIX}AGENT__LANGUAGE") == "en" else "ru"


def line_of(text: str, keys: list[str], place: int = 0) -> int | None:
    """Line (from 1) of `[section]` or of `key =` inside it; None when the file does not have it.

    `place`: in which of several `[[section]]`, counted from 0.
    """
    section, tables, found = "", -1, -1
    for number, stripped in _lines(text):
        if stripped.startswith("["):
            section = stripped.strip("[] ").strip()
            tables += stripped == f"[[{'.'.join(keys[:-1])}]]"
            found += section == ".".join(keys)
            if found == place:
                return number
        elif "=" in stripped and tables in (-1, place):
            name = stripped.split("=", 1)[0].strip().strip("\"'")
            if keys in ([section, name], [*section.split("."), name]) or (not section and keys == [name]):
                return number
    return None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.split("#", 1)[0].strip()
        if stripped:
            yield number, stripped
