"""Shift, cash, drawer and paper commands found half-done by the next process: the device tells, nothing is done twice.

The device is a stand-in that counts what it was told; a kill falls before or after it did it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from kit.kkm_jobs import Shop, begun, state_in

from pos_agent.api.kkmserver.answers import DONE, FAILED, Json, Name
from pos_agent.api.kkmserver.app import WORKS
from pos_agent.api.kkmserver.fields import Fields
from pos_agent.api.kkmserver.jobs import Jobs
from pos_agent.api.operation import Operation, Parts
from pos_agent.errors import PrinterError
from pos_agent.store import till_requests as store

DOES = ("shift.open", "shift.close", "shift.x", "cash.in", "cash.out", "drawer.open", "print.document")
COMMANDS: dict[str, tuple[str, Json]] = {
    "OpenShift": ("shift.open", {}),
    "CloseShift": ("shift.close", {}),
    "ZReport": ("shift.close", {}),
    "XReport": ("shift.x", {}),
    "DepositingCash": ("cash.in", {"Amount": 10}),
    "PaymentCash": ("cash.out", {"Amount": "10.00"}),
    "OpenCashDrawer": ("drawer.open", {}),
    "PrintDocument": ("print.document", {"CheckStrings": [{"PrintText": {"Text": "Привет"}}]}),
}
SHOWS = ("OpenShift", "CloseShift", "ZReport", "DepositingCash", "PaymentCash")  # the device tells whether it was done


class Device:
    """`calls`: what it was told. `dies`: the agent is killed before the device does it, or after."""

    def __init__(self, shift: str) -> None:
        self.shift, self.moved, self.calls, self.dies = shift, 0, list[str](), ""

    def operations(self) -> dict[str, Operation]:
        made = {name: Operation(self._does(name)) for name in DOES}
        return {**made, "device.show": Operation(self._show), "cash.show": Operation(self._cash)}

    def _show(self, parts: Parts, args: Mapping[str, Any]) -> Json:
        return {"shift": self.shift, "shift_number": 3, "last_fd": 8}

    def _cash(self, parts: Parts, args: Mapping[str, Any]) -> Json:
        return {"in": [self.moved], "out": [self.moved]}

    def _does(self, name: str) -> Any:
        def does(parts: Parts, args: Mapping[str, Any]) -> Json | Future[Json]:
            if args.get("again"):
                assert args["before"] == [0], "as it was before the first try"
                if self.moved:
                    return {}
                if args["only_look"]:
                    raise PrinterError("CSH-02")
            self.calls.append(name)
            if self.dies != "before":
                self._done(name)
            return Future() if self.dies else {}

        return does

    def _done(self, name: str) -> None:
        self.shift = {"shift.open": "open", "shift.close": "closed"}.get(name, self.shift)
        self.moved += name.startswith("cash.")


class Counter(Shop):
    """A shop with that device."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.device = Device("open")

    async def command(self, jobs: Jobs, command: str, wait: bool = True) -> Json:
        jobs.operations = self.device.operations()
        name, request = Name(command, "c-1"), {"Command": command, "IdCommand": "c-1", **COMMANDS[command][1]}
        task = await jobs.effect(name, Fields(request), WORKS[command])
        if wait:
            return await task
        await begun(lambda: bool(self.device.calls))
        return {}

    async def poll(self, jobs: Jobs) -> Json:
        jobs.operations = self.device.operations()
        found = await jobs.result("c-1", WORKS.__getitem__)
        assert found is not None
        return await found.task


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize("asks", ["again", "GetRezult"])
@pytest.mark.parametrize("dies", ["before", "after"])
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_under_the_command(counter: Counter, command: str, dies: str, asks: str) -> None:
    counter.device.shift = "closed" if command == "OpenShift" else "open"
    counter.device.dies = dies
    counter.life(lambda jobs: counter.command(jobs, command, wait=False))
    assert state_in(counter.parts, "c-1") == store.SENT
    counter.device.dies = ""
    ask = (lambda jobs: counter.command(jobs, command)) if asks == "again" else counter.poll
    told = counter.life(ask)
    done = command in SHOWS and (dies == "after" or asks == "again")
    assert told["Status"] == (DONE if done else FAILED), told
    times = 2 if done and dies == "before" else 1
    assert counter.device.calls == [COMMANDS[command][0]] * times
    assert counter.life(lambda jobs: counter.command(jobs, command)) == told, "the same for ever"
    assert counter.life(counter.poll) == told
    assert len(counter.device.calls) == times


@pytest.mark.parametrize("command", COMMANDS)
def test_sent_again_after_it_is_done(counter: Counter, command: str) -> None:
    counter.device.shift = "closed" if command == "OpenShift" else "open"
    first = counter.life(lambda jobs: counter.command(jobs, command))
    assert first["Status"] == DONE
    assert counter.life(lambda jobs: counter.command(jobs, command)) == first
    assert counter.device.calls == [COMMANDS[command][0]]
