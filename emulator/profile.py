"""What kind of cash register is emulated: model, paper, registration data. Profiles are TOML under `profiles/`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path

from emulator.rnm import registration_number


@dataclass(frozen=True)
class Profile:
    """All facts of one emulated register; every field can be given in TOML.

    `columns` are characters of the normal font, `dots` the print width; `ffd` "1.05" or "1.2"; `kkt_version` is tag
    1188; `operators` maps 1..30 to (name, INN or ""); `tax_systems` are bits of tag 1062, `tax_system` the one used
    when a host gives 0; `fn_days` and `fn_capacity` are the life of the FN in days from registration and documents;
    `full_store_days` 0 keeps full texts for ever (a real FN drops them after 30 days); `print_seconds` is how long a
    fiscal document keeps the device busy, `line_seconds` a single print command. `check_drawer_cash`: a pay-out in
    cash (return, purchase) larger than the drawer's cash is refused. `shtrih` and `atol` are what only that protocol's
    front end reads (`emulator.shtrih.variant`, `emulator.atol.variant`). FFD 1.1 is for `atol` alone.
    """

    name: str
    title: str
    model_code: int
    serial: str
    ffd: str = "1.05"
    firmware: str = "C1"
    firmware_build: int = 12345
    firmware_date: date = date(2025, 3, 1)
    columns: int = 48
    double_columns: int = 24
    dots: int = 576
    fn_serial: str = "9999078902001234"
    fn_version: str = "fn_v_1_2_emul"
    fn_days: int = 470
    fn_capacity: int = 250_000
    full_store_days: int = 0
    rnm_start: str = "0000000123"
    inn: str = "7707083893"
    user: str = 'ООО "Ромашка"'
    address: str = "Москва, Примерная, 1"
    place: str = "Магазин 1"
    ofd_name: str = 'ООО "Пример ОФД"'
    ofd_inn: str = "7709364346"
    fns_site: str = "www.nalog.gov.ru"
    sender_email: str = "receipt@example.org"
    kkt_version: str = "2.0"
    tax_systems: int = 0b000011
    tax_system: int = 1
    vat: int = 1
    print_seconds: float = 0.0
    line_seconds: float = 0.0
    check_drawer_cash: bool = True
    operators: dict[int, tuple[str, str]] = field(default_factory=dict)
    shtrih: dict[str, object] = field(default_factory=dict)
    atol: dict[str, object] = field(default_factory=dict)

    @property
    def rnm(self) -> str:
        """Registration number of the register (tag 1037), 16 digits, with its valid check digits."""
        return registration_number(self.rnm_start, self.inn, self.serial)

    @property
    def ffd_code(self) -> int:
        """Tag 1209: 2 for FFD 1.05, 3 for 1.1, 4 for 1.2."""
        return {"1.05": 2, "1.1": 3, "1.2": 4}[self.ffd]

    def cashier(self, operator: int) -> tuple[str, str]:
        """Name (tag 1021) and INN (tag 1203, may be empty) of an operator 1..30."""
        return self.operators.get(operator, (f"Оператор {operator}", ""))


def names() -> list[str]:
    """Names of the profiles that ship with the emulator."""
    folder = files("emulator").joinpath("profiles")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load(name: str) -> Profile:
    """A shipped profile by name, or any profile by the path of its TOML file. Raises FileNotFoundError, ValueError."""
    path = Path(name)
    if name.endswith(".toml"):
        text = path.read_text("utf-8")
    elif name in names():
        text = files("emulator").joinpath("profiles", f"{name}.toml").read_text("utf-8")
    else:
        raise FileNotFoundError(f"no profile {name!r}; there are {', '.join(names())}")
    return from_table(tomllib.loads(text), path.stem if name.endswith(".toml") else name)


def from_table(table: dict[str, object], name: str) -> Profile:
    """A profile from parsed TOML. Raises ValueError on an unknown key or FFD version."""
    known = set(Profile.__dataclass_fields__)
    strange = sorted(set(table) - known)
    if strange:
        raise ValueError(f"profile {name}: unknown keys {', '.join(strange)}")
    operators: object = table.get("operators", {})
    if not isinstance(operators, dict):
        raise ValueError(f"profile {name}: operators must be a table")
    parsed = {int(key): (str(row.get("name", "")), str(row.get("inn", ""))) for key, row in operators.items()}
    values = {**table, "name": table.get("name", name), "operators": parsed}
    profile = Profile(**values)  # type: ignore[arg-type]  # keys were checked above; TOML gives the types
    if profile.ffd not in ("1.05", "1.2") and not (profile.ffd == "1.1" and profile.atol):
        raise ValueError(f"profile {name}: ffd must be 1.05 or 1.2")
    return profile
