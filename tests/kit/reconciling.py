"""What the tests of reconciling share: a register in memory whose archive is compared, and what came of it."""

from kit.memory_register import MemoryRegister
from pos_agent.checkout.reconcile import Reconciler, Result

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
life_days = 30
"""
PHONE, CARD = "+79160000042", "7Q4M2XKD9W"
COFFEE = ("Кофе", 10000, 1_000_000)


def attach(register: MemoryRegister) -> None:
    register.reconciler = Reconciler(register.watch, register.watch.journal)
    register.watch.spare_work = register.reconciler.piece


def reconciled(register: MemoryRegister, seconds: float = 30) -> Result:
    wanted = register.reconciler.start()
    register.step(seconds)
    assert register.reconciler.runs == wanted
    assert register.reconciler.last is not None
    return register.reconciler.last


def kinds(register: MemoryRegister) -> dict[int, list[str]]:
    told: dict[int, list[str]] = {}
    with register.store.reading() as view:
        for one in view.ledger.range():
            if one.event.document:
                told.setdefault(one.event.document.fd_number, []).append(one.event.kind.value)
    return told


def active_pt(register: MemoryRegister) -> int:
    with register.store.reading() as view:
        cached = view.balances.get(register.customer, "test")
    return cached.balance.active_pt if cached else 0


def slips(register: MemoryRegister) -> int:
    return register.tape.text().count("НЕ ЯВЛЯЕТСЯ КАССОВЫМ ЧЕКОМ")


def numbers(result: Result) -> tuple[int, int, int, int]:
    return result.checked, result.missing, result.healed, len(result.alarms)
