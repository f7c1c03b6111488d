"""How often a printer that is not there is looked for."""

from __future__ import annotations

from typing import cast

import pytest
from kit.memory_register import VirtualClock

from drivers.api import FiscalPrinter, LinkFault, NotSent
from pos_agent.printing.line import BACKOFF_S, NO_PORT_S, Line


class Absent:
    """A printer that cannot be connected, and why."""

    def __init__(self, fault: LinkFault) -> None:
        self.fault = fault

    def connect(self) -> NotSent:
        return NotSent(self.fault, "")

    def disconnect(self) -> None: ...


def waits(absent: Absent, port: str) -> list[float]:
    line = Line(cast(FiscalPrinter, absent), VirtualClock(), port, str)
    return [line.connect() for _ in range(7)]


def test_a_port_that_is_not_there_is_looked_for_every_two_seconds() -> None:
    assert NO_PORT_S <= 2.0
    assert waits(Absent(LinkFault.NO_PORT), "/dev/ttyACM0") == [NO_PORT_S] * 7
    assert waits(Absent(LinkFault.NO_PORT), "usb:1FC9:0083") == [NO_PORT_S] * 7


@pytest.mark.parametrize("fault", [LinkFault.SILENT, LinkFault.GARBAGE, LinkFault.BUSY])
def test_a_port_that_does_not_answer_is_asked_ever_less_often(fault: LinkFault) -> None:
    assert waits(Absent(fault), "/dev/ttyACM0") == [*BACKOFF_S, BACKOFF_S[-1], BACKOFF_S[-1]]


def test_a_network_address_is_asked_ever_less_often() -> None:
    assert waits(Absent(LinkFault.NO_PORT), "tcp:192.168.137.111:7778")[-1] == BACKOFF_S[-1]


def test_a_port_that_comes_back_is_tried_at_once_again() -> None:
    """The device boots: what failed while its name was gone does not count."""
    absent = Absent(LinkFault.NO_PORT)
    line = Line(cast(FiscalPrinter, absent), VirtualClock(), "/dev/ttyACM0", str)
    for _ in range(9):
        line.connect()
    absent.fault = LinkFault.SILENT
    assert line.connect() == BACKOFF_S[0]
