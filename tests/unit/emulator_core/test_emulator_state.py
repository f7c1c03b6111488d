"""The state file: what a kill at any instant and a torn tail leave."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator import state
from emulator.archive import documents_json
from emulator.device import DeviceMode
from emulator.profile import load
from emulator.state import StateBusyError, StateDamagedError, StateFile, read_records

CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from emulator import state
from emulator.device import Device, ItemInput
from emulator.paper import Tape
from emulator.profile import load

state.REWRITE_AFTER = 20
device = Device.open(load("shtrih-m-01f"), Tape(), Path(sys.argv[1]), lambda: datetime(2026, 11, 21, 9, 0))
if device.receipt_kind is None and not device.fn.shift_open:
    print("fd", device.open_shift(1).fd, flush=True)
while True:
    if device.paper.name == "BACK":
        device.continue_print()
    if device.receipt_kind is None:
        device.open_receipt(1, 1)
    if not device.operations_in_receipt:
        device.add_item(ItemInput(1, 1000000, 100 + device.fn.last_fd, None, None, 1, 1, 4, 1, "x"))
    closed = device.close_receipt([10**6] + [0] * 15, 0, 0, 1)
    print("fd", closed.fd, closed.sign, flush=True)
"""


def sell_until_killed(path: Path, acknowledgements: int) -> list[list[str]]:
    """Run a till in a child process, kill -9 it after so many acknowledged documents; return what it acknowledged."""
    command = [sys.executable, "-c", CHILD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = []
        for line in child.stdout:
            lines.append(line)
            if len(lines) == acknowledgements:
                os.kill(child.pid, signal.SIGKILL)
                break
        lines += child.stdout.readlines()
        child.wait(timeout=10)
    assert len(lines) >= acknowledgements, "the child died by itself"
    return [line.split() for line in lines if line.endswith("\n")]


def test_every_acknowledged_document_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "state"
    chance = random.Random(20261121)
    acknowledged: dict[int, str] = {}
    for _ in range(3):
        for _word, fd, *sign in sell_until_killed(path, chance.randrange(1, 40)):
            acknowledged[int(fd)] = sign[0] if sign else ""
        documents = documents_json(path)
        assert [document["fd_number"] for document in documents] == list(range(1, len(documents) + 1))
        assert len(documents) - max(acknowledged) in (0, 1)
        for fd, sign in acknowledged.items():
            assert sign in ("", str(documents[fd - 1]["fpd"]))


def sold_state(rig_of: Any, path: Path) -> Any:
    rig = rig_of(load("shtrih-m-01f"), path)
    rig.device.open_shift(1)
    rig.sell(1000)
    rig.device.open_receipt(1, 1)
    rig.device.add_item(rig.item(2000))
    rig.device.print_line("внутри чека")
    return rig


def test_a_tail_torn_at_any_byte_is_dropped(rig_of: Any, tmp_path: Path) -> None:
    rig = sold_state(rig_of, tmp_path / "state")
    acknowledged = (tmp_path / "state").stat().st_size
    rig.device.close_receipt([2000] + [0] * 15, 0, 0, 1)
    rig.device.close()
    whole = (tmp_path / "state").read_bytes()
    torn = tmp_path / "torn"
    first_record = whole.index(b"\n", acknowledged) + 1
    edge = range(first_record - 40, first_record + 2)
    for size in [*range(acknowledged, first_record - 40, 7), *edge, len(whole) - 1, len(whole)]:
        torn.write_bytes(whole[:size])
        records, kept = read_records(torn)
        last = [record["document"]["fd"] for record in records if "document" in record][-1]
        assert last == (4 if size >= first_record else 3)
        assert kept <= size
        assert whole[kept - 1 : kept] == b"\n"


@pytest.mark.parametrize("lost", [1, 2, 40, 700])
def test_a_device_goes_on_from_a_torn_file(rig_of: Any, tmp_path: Path, lost: int) -> None:
    rig = sold_state(rig_of, tmp_path / "state")
    rig.device.close()
    with (tmp_path / "state").open("r+b") as stream:
        stream.truncate(stream.seek(0, os.SEEK_END) - lost)
    device = rig.power()
    assert device.fn.last_fd == 3
    if device.receipt_kind is not None:
        device.cancel_receipt(1)
    assert rig.sell(500).fd == 4
    assert rig.restart().fn.find(4).total_kop == 500


def test_everything_is_there_after_a_restart(rig_of: Any, tmp_path: Path) -> None:
    rig = sold_state(rig_of, tmp_path / "state")
    rig.device.cover(True)
    rig.device.damage_document(2)
    rig.device.ofd_deliver(2)
    before = (rig.device.registers, rig.device.fn, rig.device.receipt, rig.device.running_document_number)
    device = rig.restart()
    assert (device.registers, device.fn, device.receipt, device.running_document_number) == before
    assert device.mode is DeviceMode.RECEIPT_OPEN
    assert (device.cover_open, device.subtotal(), device.operator) == (True, 2000, 1)


def test_damage_inside_the_file_is_told(rig_of: Any, tmp_path: Path) -> None:
    path = tmp_path / "state"
    sold_state(rig_of, path).device.close()
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(StateDamagedError):
        StateFile(path)
    with pytest.raises(StateDamagedError):
        documents_json(path)


def test_a_file_serves_one_device(rig_of: Any, tmp_path: Path) -> None:
    rig = rig_of(load("shtrih-m-01f"), tmp_path / "state")
    with pytest.raises(StateBusyError):
        rig.power()
    rig.restart()


def test_a_file_of_another_storage_is_refused(rig_of: Any, tmp_path: Path) -> None:
    rig = rig_of(load("shtrih-m-01f"), tmp_path / "state")
    rig.device.close()
    rig.profile = replace(rig.profile, fn_serial="9999078902009999")
    with pytest.raises(ValueError, match="belongs to FN"):
        rig.power()
    rig.profile = load("shtrih-m-01f")
    rig.power()


def test_old_states_are_dropped_by_rewriting(rig_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "REWRITE_AFTER", 30)
    rig = rig_of(load("shtrih-m-01f"), tmp_path / "state")
    rig.device.open_shift(1)
    for _ in range(20):
        rig.sell()
    records, _size = read_records(tmp_path / "state")
    assert len(records) < 22 + 31
    assert rig.restart().fn.last_fd == 22
    assert [document["fd_number"] for document in documents_json(tmp_path / "state")] == list(range(1, 23))


def test_the_archive_is_json_with_the_tags_in_order(rig_of: Any, tmp_path: Path) -> None:
    rig = rig_of(load("shtrih-m-01f-ffd12"), tmp_path / "state")
    rig.device.open_shift(1)
    sold = rig.sell(44955, quantity_micro=2_500_000, name="Кофе")
    documents = json.loads(json.dumps(documents_json(tmp_path / "state")))
    receipt = documents[2]
    assert {key: receipt[key] for key in ("form", "fd_number", "fpd", "datetime", "operation", "total_kop")} == {
        "form": 3,
        "fd_number": 3,
        "fpd": sold.sign,
        "datetime": "2026-11-21T09:00:00",
        "operation": 1,
        "total_kop": 112388,
    }
    assert receipt["fn_serial"] == "9999078902001234"
    values = {tag["tag"]: tag["value"] for tag in receipt["tags"]}
    assert (values[1077], values[1020], values[1012]) == (sold.sign, 112388, "2026-11-21T09:00:00")
    (line,) = [tag for tag in receipt["tags"] if tag["tag"] == 1059]
    assert (line["value"], {tag["tag"]: tag["value"] for tag in line["tags"]}[1023]) == (None, "2.5")
    assert bytes.fromhex(receipt["body_hex"]) == rig.device.fn.body(3)[1]
    assert documents[0]["total_kop"] is None
