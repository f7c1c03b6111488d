"""The device put into the state of a golden exchange gives the golden bytes."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from emulator.shtrih.variant import Variant
from emulator.terms import Closed, PaperState, ShortForm

ITEM = bytes.fromhex("01 40420F000000 A00F000000 FFFFFFFFFF FFFFFFFFFF 01 00 04 01")


def moment(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - a register shows local time without a zone


def play(bench, exchange) -> None:
    """From G5 on: request, then the answer inside its acknowledgements."""
    requests = [data for side, data in exchange if side == ">"]
    answers = [data for side, data in exchange if side == "<"]
    assert len(requests) == len(answers) == 1
    assert bench.send(requests[0]) == b"\x06" + answers[0], bench.device.tape.text()[-200:]
    assert bench.send(b"\x06") == b""


def play_literally(bench, exchange) -> None:
    """G1..G4: every byte is there. What the host sends is answered by the lines up to its next one."""
    at = 0
    while at < len(exchange):
        side, data = exchange[at]
        assert side == ">"
        at += 1
        wanted = b""
        while at < len(exchange) and exchange[at][0] == "<":
            wanted += exchange[at][1]
            at += 1
        assert bench.send(data) == wanted


def start(bench) -> None:
    bench.ok(0xE0)


def receipt(bench) -> None:
    bench.ok(0xE0)
    bench.ok(0x8D, b"\0")


def test_g1_idle_link(bench, golden):
    start(bench)
    play_literally(bench, golden["G1"])


def test_g2_filler_comes_before_the_next_control_byte(make_bench, golden):
    bench = make_bench(port=128)
    bench.wake()
    request = golden["G2"][3][1]
    bench.send(request)
    assert bench.send(b"\x06") + bench.send(b"\x05") == golden["G2"][1][1] + golden["G2"][2][1]
    answer = bench.send(request)
    assert len(answer) == 1 + len(golden["G2"][5][1])
    assert answer[5] == 28


def test_g3_answer_damaged_on_the_way(bench, golden):
    start(bench)
    runs = []
    run = bench.machine.run
    bench.machine.run = lambda payload, *rest: (runs.append(payload), run(payload, *rest))[1]
    exchange = golden["G3"]
    damaged = exchange[4][1]
    sent = bench.send(exchange[0][1]) + bench.send(exchange[2][1])
    assert sent[:-1] == exchange[1][1] + exchange[3][1] + damaged[:-1]
    play_literally(bench, exchange[5:])
    assert len(runs) == 1


def test_g4_request_damaged_then_answer_lost(bench, golden):
    start(bench)
    exchange = golden["G4"]
    answer = exchange[6][1]
    assert bench.send(exchange[0][1]) == exchange[1][1]
    assert bench.send(exchange[2][1]) == exchange[3][1] + answer
    bench.clocks.monotonic += 1.0
    play_literally(bench, exchange[4:])


@pytest.mark.parametrize(
    ("frame", "version", "changes"),
    [
        ("G5", (2, 0), {"model_code": 45, "title": "ШТРИХ-СМАРТПОС-Ф"}),
        ("G6", (1, 14), {"model_code": 22, "title": "РИТЕЙЛ-01Ф"}),
    ],
)
def test_device_type(make_bench, golden, frame, version, changes):
    play(make_bench(Variant(protocol_version=version), **changes), golden[frame])


def test_g7_full_status(make_bench, golden):
    bench = make_bench(firmware="C1", firmware_build=54219, firmware_date=date(2018, 4, 25), inn="7700000000", port=2)
    bench.clocks.wall = moment(2018, 10, 25, 7, 45, 23)
    bench.device.running_document_number = 28
    bench.device.fn = SimpleNamespace(
        shift_open=True, shift_number=4, registrations=1, registrations_left=0, shift_over=lambda now: False
    )
    play(bench, golden["G7"])


def test_g8_request_is_answered_in_the_same_layout(bench, golden):
    answer = bench.send(golden["G8"][0][1])[3:-1]
    wanted = golden["G8"][1][1][2:-1]
    assert answer[:2] == wanted[:2]
    assert answer[10:17] == wanted[10:17]
    assert answer[17:25] == wanted[17:25]
    assert answer[27:29] == b"\xff\0"
    assert answer[29:31] == bytes((40, 64))


def test_g9_font(make_bench, golden):
    variant = Variant(fonts=9, font_heights=(25, 45))
    play(make_bench(variant, dots=504, columns=42, double_columns=21), golden["G9"])


def test_g10_unsupported_command(make_bench, golden):
    play(make_bench(Variant(unsupported=frozenset({0x13}))), golden["G10"])


def test_g11_cut_while_printing(bench, golden):
    bench.device.head.busy_until = 1.0
    play(bench, golden["G11"])


@pytest.mark.parametrize(
    "frame",
    ["G12", "G13", "G14", "G15", "G16", "G17", "G18", "G19", "G20", "G21", "G22", "G24", "G42", "G43"],
)
def test_answers_of_a_fresh_device(bench, golden, frame):
    play(bench, golden[frame])


def test_g23_confirms_g22(bench, golden):
    play(bench, golden["G22"])
    assert bench.ok(0x10)[3] == 6
    play(bench, golden["G23"])
    assert bench.ok(0x10)[3] == 4


@pytest.mark.parametrize("frame", ["G25", "G34", "G35"])
def test_answers_in_an_open_shift(bench, golden, frame):
    start(bench)
    play(bench, golden[frame])


@pytest.mark.parametrize("frame", ["G26", "G26a", "G28", "G33"])
def test_answers_in_an_open_receipt(bench, golden, frame):
    receipt(bench)
    play(bench, golden[frame])


@pytest.mark.parametrize("frame", ["G27", "G29", "G30"])
def test_answers_after_an_item(bench, golden, frame):
    receipt(bench)
    play(bench, golden["G26"])
    play(bench, golden[frame])


@pytest.mark.parametrize(
    ("frame", "payments", "system", "fd", "sign"),
    [
        ("G31", [0, 0, 10_000] + [0] * 13, 4, 17884, 289979573),
        ("G32", [10_000] + [0] * 15, 1, 221363, 1893418459),
    ],
)
def test_close_receipt(bench, golden, frame, payments, system, fd, sign):
    orders = []

    def close(*order: object) -> Closed:
        orders.append(order)
        return Closed(0, fd, sign, moment(2026, 11, 21, 12, 30))

    bench.device.close_receipt = close
    play(bench, golden[frame])
    assert orders == [(payments, 0, system, 30, "")]


def storage(**facts: object) -> SimpleNamespace:
    return SimpleNamespace(shift_over=lambda now: False, **facts)


def test_g36_fn_status(bench, golden):
    bench.device.fn = storage(
        phase=3, current_document=0, shift_open=True, warnings=lambda now: 0,
        last_at=moment(2018, 6, 21, 6, 37), serial="9289000100055632", last_fd=45817,
    )  # fmt: skip
    play(bench, golden["G36"])


def test_g37_find_document(bench, golden):
    found = ShortForm(3, False, moment(2018, 6, 21, 6, 37), 45817, 4115683449, None, 1, 150_000)
    bench.device.fn = storage(find={45817: found}.__getitem__)
    play(bench, golden["G37"])


def test_g38_current_shift(bench, golden):
    bench.device.fn = storage(shift_open=True, shift_number=308, receipt_in_shift=5)
    play(bench, golden["G38"])


def test_g39_nothing_queued(bench, golden):
    bench.device.ofd_deliver()
    play(bench, golden["G39"])


def test_g40_and_g41_read_a_document(bench, golden):
    fd = bytes.fromhex("10 04 04 00 1E 01 00 00")
    rest = bytes.fromhex("F0 03 1D 01") + b"x" * 285
    bench.device.fn = storage(body={286: (3, fd + rest)}.__getitem__)
    play(bench, golden["G40"])
    play(bench, golden["G41"])


def test_g44_prints_what_g43_loaded(bench, golden):
    play(bench, golden["G43"])
    play(bench, golden["G44"])
    mark = bench.device.tape.marks[-1]
    assert (mark.text, mark.dot, mark.level, mark.align) == ("https://example.org/r/12345", 4, "Q", "center")


def test_g45_continue(bench, golden):
    bench.device.head.paper = PaperState.BACK
    play(bench, golden["G45"])
    assert bench.device.paper is PaperState.PRESENT


def test_g46_marking_is_not_offered(bench, golden):
    request = golden["G46"][0][1]
    assert bench.send(request)[3:-1] == b"\xff\x61\x37"


def test_g53_fn_status_inside_a_receipt(bench, golden):
    receipt(bench)
    bench.ok(0xFF46, ITEM)
    bench.device.fn = storage(
        phase=3, current_document=4, shift_open=True, warnings=lambda now: 8,
        last_at=moment(2019, 1, 13, 21, 49), serial="9999078902000273", last_fd=22,
    )  # fmt: skip
    play(bench, golden["G53"])
