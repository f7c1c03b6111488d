"""A document that reads wrong is read again; a link that breaks meanwhile ends that, and the next time goes on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from kit.memory_register import MemoryRegister

from drivers.api import Done, LinkFault, NotSent, Outcome, StoredDocument

RULES = '[program]\nid = "test"\nname = "Тест"\n[accrue]\nbp = 1000\n'
COFFEE = ("Кофе", 10000, 1_000_000)
DAMAGED, GONE, BUSY = "damaged", "gone", "busy"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[MemoryRegister]:
    made = MemoryRegister(tmp_path, RULES, from_fd=None)
    made.sell(COFFEE)
    yield made
    made.store.close()


def reads(register: MemoryRegister, monkeypatch: pytest.MonkeyPatch, *troubles: str) -> list[int]:
    """The next documents come so, then as they are; the numbers that were asked for."""
    waiting, asked = list(troubles), []
    whole = register.watch.line.printer.read_document

    def read_document(fd: int) -> Outcome[StoredDocument | None]:
        asked.append(fd)
        assert len(asked) < 40, "it asks for ever"
        trouble = waiting.pop(0) if waiting else ""
        outcome = whole(fd)
        if trouble == DAMAGED:
            assert isinstance(outcome, Done)
            assert outcome.reply
            return Done(replace(outcome.reply, tlv=outcome.reply.tlv[:-1]))
        return NotSent(LinkFault.LOST if trouble == GONE else LinkFault.BUSY) if trouble else outcome

    monkeypatch.setattr(register.watch.line.printer, "read_document", read_document)
    return asked


def recorded(register: MemoryRegister) -> list[int]:
    with register.store.reading() as view:
        return sorted(one.event.document.fd_number for one in view.ledger.range() if one.event.document)


@pytest.mark.parametrize("broken", [GONE, BUSY])
@pytest.mark.parametrize("before", [[], [DAMAGED], [DAMAGED, DAMAGED]])
def test_up_to_a_sale_of_ours(
    register: MemoryRegister, monkeypatch: pytest.MonkeyPatch, before: list[str], broken: str
) -> None:
    register.step()
    register.sell(COFFEE)
    serial, last, _ = register.watch.storage_now()
    asked = reads(register, monkeypatch, *before, broken)
    assert register.watch.read_up_to(serial, last) is False
    assert len(asked) == len(before) + 1
    register.step()
    assert recorded(register) == [last]


@pytest.mark.parametrize("broken", [GONE, BUSY])
@pytest.mark.parametrize("before", [[], [DAMAGED], [DAMAGED, DAMAGED]])
def test_backwards_from_the_start(
    register: MemoryRegister, monkeypatch: pytest.MonkeyPatch, before: list[str], broken: str
) -> None:
    register.step()
    asked = reads(register, monkeypatch, *before, broken)
    assert register.watch.backfill(1) == 0
    assert asked == [1] * (len(before) + 1)
    register.step()
    assert register.watch.backfill(1) == 3
    assert recorded(register) == [1, 2, 3]
