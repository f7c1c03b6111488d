"""Sales with seeded faults on ATOL's links, judged as those on Shtrih's are; a lost network link among them."""

from pathlib import Path

import pytest
from kit.conformance_register import ConformanceRegister
from kit.conformance_sale_register import LINKS
from kit.conformance_stories import coffee
from kit.sale_troubles import Trouble
from simulation.sale_everywhere import cuts, shape, struck
from simulation.sale_faults import live

from drivers.api import Done

ATOL = ["atol-v2", "atol-v3"]
BYTES = 97  # every so many; `sale_everywhere --link` takes all of them


@pytest.mark.parametrize("link", ATOL)
def test_sales_with_faults(link: str) -> None:
    outcome = live(11, 25, kind=LINKS[link])
    assert outcome.wrong == []
    assert set(outcome.told) > {"registered"}


@pytest.mark.parametrize("link", ATOL)
def test_the_link_is_lost_behind_a_byte(link: str) -> None:
    """Among them bytes after the closing task was added: the receipt is found, never made twice."""
    kind = LINKS[link]
    whole = shape(kind)
    troubles = [trouble for way in ("host", "device") for trouble in cuts(way, range(1, whole.bytes[way] + 1, BYTES))]
    outcome = struck(troubles, kind)
    assert outcome.wrong == []
    assert len(outcome.told) > 1, "some were told otherwise than at once"


def test_power_goes_while_the_closing_task_runs() -> None:
    plan = [Trouble(kind, "host", 1, 1, 3.0, 0) for kind in ("power_before", "power_after")]
    assert struck(plan, LINKS["atol-v3"]).wrong == []


@pytest.mark.parametrize("place", [0, 1, -1, -2], ids=["error code", "document", "last number", "last number, later"])
def test_a_doubled_zero_byte_is_not_believed(place: int, tmp_path: Path) -> None:
    """Protocol 2 has no length and its XOR does not see a zero more: the FN number would be shifted by a byte."""
    register = ConformanceRegister(tmp_path, "atol-v2")
    coffee(register, "a")
    serial = register.device.fn.serial.encode("ascii")
    doubled: list[bytes] = []

    def fault(way: str, number: int, message: bytes) -> bytes:
        if way != "device" or serial not in message or doubled:
            return message
        zeros = [at for at, byte in enumerate(message) if byte == 0]
        doubled.append(message)
        return message[: zeros[place] + 1] + message[zeros[place] :]

    register.plant.wire.reset(fault)
    storage = register.printer.storage()
    assert doubled, "the storage was asked"
    assert isinstance(storage, Done)
    assert (storage.reply.fn_serial, storage.reply.last_fd) == (register.device.fn.serial, 3)
    register.store.close()


def test_an_answer_said_again_by_the_registers_own_timer_settles_the_doubt() -> None:
    """It meets our ENQ on the way: its bytes are no collisions, no noise, and use up no rounds."""
    assert struck(cuts("device", range(1, 5)), LINKS["atol-v2"]).wrong == []
