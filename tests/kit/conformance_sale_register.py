"""The register for very many sales, on ATOL's links. Its judge is told in the words it knows what the device did."""

from dataclasses import replace
from typing import Any

from drivers.atol.errors import explain
from drivers.atol.printer import AtolPrinter
from drivers.atol.tasks import KeptInFile
from emulator.atol.front import AtolFront
from emulator.atol.machine import AtolMachine, Reply
from emulator.profile import load
from kit.conformance_wire import AnyWire
from kit.memory_register import MemoryRegister
from kit.sale_judge import CLOSE, ITEM, OPEN
from kit.sale_register import FORM, SaleRegister
from pos_agent.checkout.orders import Counter, Orders

WORDS = {0x92: OPEN, 0xEB: ITEM, 0x4A: CLOSE}
NO_PAPER = 0x67  # after 4Ah: the storage has the receipt, the rest of it waits for paper


class AtolV3Register(SaleRegister):
    """Protocol 3 on a network port."""

    protocol, port = "v3", 128

    def replace_storage(self, fn_serial: str) -> None:
        self.profile = replace(load("atol-91f"), **self.changes)
        MemoryRegister.replace_storage(self, fn_serial)
        self.device._form = lambda document, change_kop=0: [*FORM]
        self.machine = AtolMachine(self.device)
        self.front = AtolFront(self.machine, self.port, self.protocol)
        run = self.machine.run

        def noted(request: bytes, port: int, taken_at: int | None = None) -> Reply:
            reply = run(request, port, taken_at)
            head = WORDS.get(int.from_bytes(request[2:3]), b"\0")  # wrong bits may leave no code
            done = not reply.failed or (head == CLOSE and reply.payload[1] == NO_PAPER)
            self.ran(head, head + bytes((not done,)) if reply.payload else b"")
            return reply

        self.machine.run = noted

    def open(self) -> None:
        if not hasattr(self, "wire"):
            self.wire = AnyWire(self.front, self.clock, self.mains)
        super().open()
        counter = Counter(1, "vat10", "ИСХОДНЫЙ ЧЕК")
        self.orders = Orders(self.desk.journal, self.clock, counter)
        self.watch.line.describe = lambda code: explain(code).ru

    def driver(self, wire: AnyWire, monotonic: Any, wait: Any) -> AtolPrinter:
        return AtolPrinter(wire, monotonic, wait, self.protocol, memory=KeptInFile(self.folder / "atol.task"))


class AtolV2Register(AtolV3Register):
    """Protocol 2 on a serial port."""

    protocol, port = "v2", 2


LINKS: dict[str, type[SaleRegister]] = {"shtrih": SaleRegister, "atol-v2": AtolV2Register, "atol-v3": AtolV3Register}
