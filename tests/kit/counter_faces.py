"""A counter of two printers, of both vendors, that sells through every till's face: part "ip" has the other one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kit.kkm_till import check, line
from kit.register import Register
from kit.till_atol import MODELS, position, sell
from kit.till_faces import Faces
from kit.waiting import until

PART, DEPARTMENT, OWNER = "ip", 2, "770000000021"
OWN_SYSTEM, PART_SYSTEM = 1, 2  # bits of tag 1055
OTHER_VENDOR = {"shtrih": "atol", "atol": "shtrih"}
SORTING = f'departments = {{ {DEPARTMENT} = "{PART}" }}\ntax_systems = {{ usn_income = "{PART}" }}\n'
SORTING += f'suppliers = {{ {OWNER} = "{PART}" }}\n'
PROGRAM = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
"""


class CounterFaces(Faces):
    """`other`: the part's printer, in a folder beside."""

    def __init__(self, folder: Path, vendor: str) -> None:
        super().__init__(folder, vendor, PROGRAM)
        (folder / "other").mkdir()
        self.other = Register(folder / "other")
        self._own_settings = self.extra

    def start_other(self) -> None:
        """Its port may be another one each time."""
        vendor = OTHER_VENDOR[self.vendor]
        self.other.start_printer(*MODELS[vendor])
        protocol = 'protocol = "v3"\n' if vendor == "atol" else ""
        self.extra = f"{self._own_settings}[parts]\n{SORTING}[[parts.printer]]\n"
        self.extra += f'part = "{PART}"\ntax_system = {PART_SYSTEM}\nvendor = "{vendor}"\n{protocol}'
        self.extra += f'port = "{self.other.agent_port}"\npoll_s = 0.1\n'

    def run_agent(self, **more: Any) -> None:
        super().run_agent(**more)
        until(self.both_connected, 60.0)

    def both_connected(self) -> bool:
        status = self.status()
        return bool(status["printer"]["connected"] and status["part_printers"][0]["connected"])

    def recorded(self) -> bool:
        """Every document of both storages is in the ledger, no slip waits."""
        status = self.status()
        other = status["part_printers"][0]["storage"] or {}
        return (
            status["storage"]["recorded_fd"] == len(self.documents())
            and other.get("recorded_fd") == len(self.other.documents())
            and not status["slips"]["waiting"] + status["slips"]["printing"]
        )

    def made(self) -> list[list[tuple[int, int, int]]]:
        """(operation, total, taxation system) of the receipts in the storage of each printer: no agent code."""
        return [_receipts(one) for one in (self, self.other)]

    def close(self) -> None:
        super().close()
        self.other.close()


def _receipts(one: Register) -> list[tuple[int, int, int]]:
    found = [{tag["tag"]: tag["value"] for tag in each["tags"]} for each in one.documents() if each["form"] == 3]
    return [(each[1054], each[1020], each[1055]) for each in found]


@contextmanager
def counter_faces(folder: str, vendor: str) -> Iterator[CounterFaces]:
    """Started, with its customer; everything ends with the block."""
    made = CounterFaces(Path(folder), vendor)
    try:
        made.start_other()
        made.start()
        yield made
    finally:
        made.close()


def atol_cart(*, cash: float = 0, card: float = 0, **more: Any) -> dict:
    """Coffee of the register, a watch of the part by its department; 300 roubles."""
    watch = position("Часы", 200, tax={"type": "none"}, department=DEPARTMENT)
    return sell(position("Кофе", 100), watch, cash=cash, card=card, **more)


def kkm_cart(cash: float = 0, card: float = 0, **more: Any) -> dict[str, Any]:
    """The same goods for `RegisterCheck`."""
    goods = [line("Кофе", 100, 100, Tax=20), line("Часы", 200, 200, Tax=-1, Department=DEPARTMENT)]
    return check(*goods, Command="RegisterCheck", Cash=cash, ElectronicPayment=card, **more)
