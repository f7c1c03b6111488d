"""Hands that make trouble at one step of selling marked goods, on the wire and in the vendor's driver alike."""

from collections.abc import Callable
from typing import Any

from standin.standin_numbers import CONNECTION_LOST, LinkLost

from emulator.shtrih.silence import Fate
from kit.conformance_plants import WirePlant
from kit.conformance_register import ConformanceRegister

STEPS = {  # the agent's step -> the device's command, the driver's task
    "clear": (0xFF69, "clearMarkingCodeValidationResult"),
    "check": (0xFF61, "beginMarkingCodeValidation"),
    "wait": (0xFF61, "getMarkingCodeValidationStatus"),
    "accept": (0xFF69, "acceptMarkingCode"),
    "bind": (0xFF67, "sell"),
}
TROUBLES = ("answer lost", "line lost before", "line lost after", "power lost before", "power lost after")
SECONDS = 3.0  # the cable is out, the power off
NUMBER = {"accept": 2}  # of the command counted from the first: 69h comes to clear before it comes to accept


def strike(register: ConformanceRegister, step: str, trouble: str) -> Callable[[], bool]:
    """Order the trouble, once; the answer tells whether it came."""
    came: list[str] = []
    command, task = STEPS[step]
    if isinstance(register.plant, WirePlant):
        _on_the_wire(register, command, NUMBER.get(step, 1), trouble, came)
    else:
        _in_the_driver(register, task, trouble, came)
    return lambda: bool(came)


def _on_the_wire(register: ConformanceRegister, command: int, number: int, trouble: str, came: list[str]) -> None:
    plant = register.plant
    assert isinstance(plant, WirePlant)
    marker, run, seen = command.to_bytes(2, "big"), plant.machine.run, []

    def strikes(message: bytes) -> bool:
        seen.extend([message] if marker in message and not came else [])
        return len(seen) == number and not came

    def before(count: int, message: bytes) -> None:
        """The command is on its way and does not arrive."""
        if strikes(message):
            came.append(trouble)
            _cut(register, trouble)

    def after(payload: bytes, *more: Any) -> bytes:
        """The device does it, and cannot tell."""
        struck = strikes(payload)
        answer = run(payload, *more)
        if struck:
            came.append(trouble)
            if trouble == "answer lost":
                plant.machine.silence.ask(command, Fate.LOST, 1)
            _cut(register, trouble)
        return b"" if struck and trouble.startswith("power") else answer

    if trouble.endswith("before"):
        plant.wire.before = before
    else:
        plant.machine.run = after


def _cut(register: ConformanceRegister, trouble: str) -> None:
    if trouble.startswith("power"):
        register.power_off(SECONDS)
    elif trouble.startswith("line"):
        register.plant.wire.cut(SECONDS)


def _in_the_driver(register: ConformanceRegister, task: str, trouble: str, came: list[str]) -> None:
    port = register.plant.port
    run = port.run

    def done(name: str, work: Callable[[], dict[int, Any]]) -> dict[int, Any]:
        if name != task or came:
            return run(name, work)
        came.append(trouble)
        if not trouble.endswith("before"):
            run(name, work)
        if trouble.startswith("power"):
            register.power_off(SECONDS)
        raise LinkLost(CONNECTION_LOST)

    port.run = done
