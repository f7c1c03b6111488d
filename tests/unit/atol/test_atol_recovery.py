"""A lost answer at close (notes, B.5): Req before anything, never a blind Abort, and every row of the verdict table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.api import Done, LinkFault, NotSent, OutcomeUnknown
from drivers.atol.session import Recovered
from drivers.atol.switches import Switches
from drivers.atol.tasks import KeptInFile
from drivers.atol.verdict import Snapshot, Verdict
from drivers.selling import Tender
from drivers.streams.byte_stream import StreamError
from drivers.streams.memory import answering_stream

CASH = Tender(cash_kop=100000)
CLOSE = "4A 00 01 00 00 10 00 00"


def cable_pulled(register: Any, at: str) -> None:
    """The register takes this command, and the line is gone at once."""

    def pull(text: str) -> None:
        if text.startswith(at):
            raise StreamError(LinkFault.LOST, "cable")

    register.on_task = pull


def cut_at_close(register: Any, **given: Any) -> Any:
    printer = register.connected(**given)
    cable_pulled(register, "4A")
    outcome = printer.receipt_close(CASH, 0)
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.fault is LinkFault.LOST
    assert register.seen == ["3F", CLOSE]
    register.on_task = lambda text: None
    printer.disconnect()
    register.seen.clear()
    register.buffer.clear()
    return printer


def reconnected(register: Any, printer: Any) -> Any:
    """A new port to the same register."""
    printer._stream = answering_stream(register, register.advance)
    return printer.connect()


def tid_of_the_close(v3: Any, printer: Any) -> int:
    tid = printer._layers.v3.unsettled
    assert isinstance(tid, int)
    return tid


def test_closed_meanwhile(v3: Any) -> None:
    printer = cut_at_close(v3)
    tid = tid_of_the_close(v3, printer)
    v3.states[tid] = [b"\xa1", b"\xa2", b"\xa8", b"\xa3\x55\x00\x00"]
    assert isinstance(reconnected(v3, printer), Done)
    assert v3.buffer[:6] == [f"C3 {tid:02X}"] * 4 + [f"C2 {tid:02X}", "C4"], "Abort once nothing of ours is in doubt"
    assert printer.recovered == Recovered("4Ah", bytes.fromhex("55 00 00"))
    assert "4A" not in "".join(v3.seen)


def test_failed_meanwhile(v3: Any) -> None:
    printer = cut_at_close(v3)
    tid = tid_of_the_close(v3, printer)
    v3.states[tid] = [b"\xa4\x55\x67\x00"]
    assert isinstance(reconnected(v3, printer), Done)
    assert v3.buffer[:2] == [f"C3 {tid:02X}", "C4"]
    assert printer.recovered == Recovered("4Ah", bytes.fromhex("55 67 00"))


@pytest.mark.parametrize(("status", "then"), [(b"\xa5", ["C4", "C4"]), (b"\xb3", ["C4"])])
def test_stopped_or_forgotten(v3: Any, status: bytes, then: list[str]) -> None:
    printer = cut_at_close(v3)
    tid = tid_of_the_close(v3, printer)
    v3.states[tid] = [status]
    assert isinstance(reconnected(v3, printer), Done)
    assert v3.buffer[: 1 + len(then)] == [f"C3 {tid:02X}", *then]
    assert printer.recovered is None
    assert CLOSE not in v3.seen


def test_still_running_is_no_connection_yet(v3: Any) -> None:
    printer = cut_at_close(v3)
    tid = tid_of_the_close(v3, printer)
    v3.states[tid] = [b"\xa2"] * 500
    outcome = reconnected(v3, printer)
    assert isinstance(outcome, NotSent)
    assert outcome.fault is LinkFault.BUSY
    assert "4Ah" in outcome.detail or "earlier" in outcome.detail
    assert set(v3.buffer) == {f"C3 {tid:02X}"}, "no Abort, no command"
    assert v3.seen == []
    v3.states[tid] = [b"\xa3\x55\x00\x00"]
    assert isinstance(reconnected(v3, printer), Done)


def test_a_restarted_program_asks_first_too(v3: Any, tmp_path: Path) -> None:
    memory = KeptInFile(tmp_path / "task")
    cut_at_close(v3, memory=memory)
    tid = memory.outstanding()
    assert tid is not None
    v3.states[tid] = [b"\xa3\x55\x00\x00"]
    another = v3.printer(memory=memory)
    assert isinstance(another.connect(), Done)
    assert v3.buffer[:3] == [f"C3 {tid:02X}", f"C2 {tid:02X}", "C4"]
    assert another.recovered == Recovered("", bytes.fromhex("55 00 00"))
    assert memory.outstanding() is None


def test_the_tid_is_written_before_the_command_and_dropped_after(v3: Any, tmp_path: Path) -> None:
    memory = KeptInFile(tmp_path / "task")
    printer = v3.connected(memory=memory)
    kept: dict[str, int | None] = {}
    v3.on_task = lambda text: kept.update({text[:2]: memory.outstanding()})
    assert isinstance(printer.receipt_close(CASH, 0), Done)
    assert kept["4A"] is not None
    assert (kept["3F"], kept["91"], memory.outstanding()) == (None, None, None)


def test_a_shared_buffer_is_never_aborted(v3: Any) -> None:
    printer = v3.printer(switches=Switches(abort_on_connect=False, ignore_error=True))
    assert isinstance(printer.connect(), Done)
    assert "C4" not in v3.buffer
    v3.answers["92"] = "55 9B 00"
    printer.receipt_cancel()
    assert "C4" not in v3.buffer


def test_silence_on_the_same_line_is_settled_before_the_next_command(v3: Any) -> None:
    printer = v3.connected()
    v3.on_task = lambda text: setattr(v3, "mute", text == CLOSE)
    v3.deaf_to = {"4A"}
    assert isinstance(printer.receipt_close(CASH, 0), OutcomeUnknown)
    v3.mute = False
    tid = tid_of_the_close(v3, printer)
    v3.states[tid] = [b"\xa2", b"\xa3\x55\x00\x00"]
    v3.buffer.clear()
    assert isinstance(printer.storage(), Done)
    assert v3.buffer[:3] == [f"C3 {tid:02X}", f"C3 {tid:02X}", f"C2 {tid:02X}"]
    assert printer.recovered == Recovered("4Ah", bytes.fromhex("55 00 00"))
    assert v3.seen.count(CLOSE) == 1
    assert v3.seen[-1] == "A4 30"


def test_nothing_fiscal_is_said_on_v2_after_silence(v2: Any) -> None:
    printer = v2.connected()
    v2.deaf_to = {"4A"}
    assert isinstance(printer.receipt_close(CASH, 0), OutcomeUnknown)
    assert isinstance(printer.storage(), Done)
    assert v2.seen == ["3F", CLOSE, "A4 30"]


def test_v2_after_a_pulled_cable(v2: Any) -> None:
    printer = cut_at_close(v2)
    assert isinstance(reconnected(v2, printer), Done)
    assert CLOSE not in v2.seen


BEFORE = Snapshot(last_fd=3499, total_kop=95900)
SAME, GROWN = 3499, 3500
SHIFT_OPENING, RECEIPT = 2, 3


@pytest.mark.parametrize(
    ("last_fd", "form", "total", "document", "receipt", "verdict"),
    [
        (GROWN, RECEIPT, 95900, 0x00, 0, Verdict.CLOSED),
        (SAME, RECEIPT, 100, 0x00, 1, Verdict.OPEN),
        (SAME, RECEIPT, 100, 0x04, 1, Verdict.OPEN),
        (SAME, RECEIPT, 100, 0x00, 0, Verdict.NOTHING),
        (SAME, RECEIPT, 100, 0x04, 0, Verdict.STORAGE_BUSY),
        (GROWN, SHIFT_OPENING, None, 0x00, 0, Verdict.NOTHING),
        (GROWN, SHIFT_OPENING, None, 0x04, 1, Verdict.OPEN),
        (GROWN, SHIFT_OPENING, None, 0x04, 0, Verdict.STORAGE_BUSY),
        (GROWN, RECEIPT, 95800, 0x00, 0, Verdict.FOREIGN),
        (GROWN, 5, None, 0x00, 0, Verdict.FOREIGN),
        (GROWN, RECEIPT, 95900, 0x04, 1, Verdict.FOREIGN),
        (3000, RECEIPT, 95900, 0x00, 0, Verdict.FOREIGN),
    ],
)
def test_decide_by_state(
    register: Any, last_fd: int, form: int, total: int | None, document: int, receipt: int, verdict: Verdict
) -> None:
    printer = register.connected()
    fd = last_fd.to_bytes(4, "little").hex(" ")
    storage = bytearray.fromhex(register.answers["A4 30"])
    storage[3], storage[28:32] = document, last_fd.to_bytes(4, "little")
    full = bytearray.fromhex(register.answers["3F"])
    full[22] = receipt
    tail = "" if total is None else "01 " + total.to_bytes(5, "little").hex(" ")
    register.answers |= {
        "A4 30": storage.hex(" "),
        "3F": full.hex(" "),
        "A4 40": f"55 00 {form:02X} 00 1A 0B 15 11 24 {fd} 4E 61 BC 00 {tail}",
    }
    assert printer.look_back(BEFORE) == Done(verdict)
