"""Plans: shipped ones load, wrong ones are refused, the same seed gives the same run."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator import device_time, faults, shipped
from emulator.faults import FaultPlan, from_table
from emulator.shtrih.frame import pack
from emulator.till_orders import close, item

CONFIG = Path(__file__).parents[3] / "config" / "faults"
SALE = [b"\x8d\x1e\0\0\0\0", b"\xff\x46\x1e\0\0\0" + item(), b"\xff\x45\x1e\0\0\0" + close({1: 10_000})]
DAY = [b"\xe0\x1e\0\0\0", *SALE * 30, b"\x41\x1e\0\0\0"]


def play(rig) -> list[bytes]:
    """A simple host: ENQ until NAK, the frame once, ACK, some time. Every byte the device lets out is kept."""
    heard: list[bytes] = []

    def send(data: bytes) -> bytes:
        heard.append(rig.send(data) if rig.hands.powered and rig.hands.plugged else b"-")
        return heard[-1]

    for payload in DAY:
        for _ in range(5):
            if send(b"\x05")[-1:] == b"\x15":
                break
            send(b"\x06")
        send(pack(payload))
        heard.append(rig.wait(0.1))
        send(b"\x06")
        heard.append(rig.wait(0.6))
    return heard


@pytest.mark.parametrize("name", [*faults.names(), *map(str, CONFIG.glob("*.toml"))])
def test_the_same_seed_is_the_same_run(rig_of, name):
    plan = faults.load(name)
    assert plan.title
    first, second, other = (rig_of(plan, seed) for seed in (7, 7, 8))
    assert play(first) == play(second)
    assert first.told == second.told
    assert list(first.device.fn.documents.values()) == list(second.device.fn.documents.values())
    play(other)
    if any(fault.chance_ppm for fault in plan.faults):
        assert first.told != other.told
    assert first.told, "something happened"


def test_faults_stop_after_so_many_commands(rig_of):
    plan = FaultPlan((faults.Fault("answer_lost"),), commands=3)
    rig = rig_of(plan, 1)
    play(rig)
    assert max(int(line.split()[1].lstrip("#")) for line in rig.told) == 3


def test_faults_of_one_plan_do_not_disturb_each_other(rig_of):
    """Each has its own chance: taking one away leaves the moments of the other, while the host is deaf to both."""
    flip = faults.Fault("byte_doubled", side="device", chance_ppm=20_000)
    late = faults.Fault("slow", chance_ppm=100_000, seconds=0.1)
    both, alone = rig_of(FaultPlan((flip, late)), 3), rig_of(FaultPlan((flip,)), 3)
    play(both)
    play(alone)
    doubled = [line.split()[-1] for line in both.told if "doubled" in line]
    assert doubled == [line.split()[-1] for line in alone.told if "doubled" in line]


@pytest.mark.parametrize(
    "table",
    [
        {"fault": [{"kind": "gremlin"}]},
        {"fault": [{"side": "host"}]},
        {"fault": [{"kind": "slow", "colour": 1}]},
        {"fault": [{"kind": "slow", "chance_ppm": 1_000_001}]},
        {"fault": [{"kind": "slow", "at": 0}]},
        {"fault": [{"kind": "slow", "seconds": -1}]},
        {"fault": [{"kind": "byte_lost", "side": "left"}]},
        {"fault": [{"kind": "power", "moment": "later"}]},
        {"fault": [{"kind": "slow", "command": "zz"}]},
        {"fault": "slow"},
        {"faults": []},
    ],
)
def test_a_wrong_plan_is_refused(table):
    with pytest.raises(ValueError, match=r"plan|fault|invalid"):
        from_table(table, "test")


@pytest.mark.parametrize("folder", ["plans", "times"])
def test_an_unknown_name_says_which_there_are(folder):
    with pytest.raises(FileNotFoundError, match=shipped.names(folder)[0]):
        shipped.table(folder, "nonsense")


def test_device_times(tmp_path):
    for name in shipped.names(device_time.FOLDER):
        assert device_time.load(name).seconds(b"\xff\x45\x1e\0\0\0") > 0
    own = tmp_path / "mine.toml"
    own.write_text('default = 0.5\n[seconds]\n"10" = 0.25\n')
    loaded = device_time.load(str(own))
    assert (loaded.seconds(b"\x10"), loaded.seconds(b"\x11")) == (0.25, 0.5)
    own.write_text("speed = 1")
    with pytest.raises(ValueError, match="speed"):
        device_time.load(str(own))
    own.write_text("default = -1")
    with pytest.raises(ValueError, match="below zero"):
        device_time.load(str(own))
