"""Whole processes for a kind of printer: the emulator on a real port, or the stand-in of ATOL's driver in the agent."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from emulator.appliance import local_now
from emulator.device import Device
from emulator.paper import Tape
from emulator.profile import load
from kit.register import Register

STAND_IN = "/dev/ttyACM0"  # an address of the stand-in's own; nothing of that name is opened


@dataclass(frozen=True)
class Port:
    """`emulator` and `settings`: how each side is told which printer this is."""

    name: str
    port: str = "pty"
    emulator: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


ATOL = ("VENDOR", "atol")
PORTS = (
    Port("shtrih-1.0-pty"),
    Port("shtrih-2.0-pty", emulator=("--protocol", "2.0"), settings=(("PROTOCOL", "2.0"),)),
    Port("shtrih-tcp", "tcp"),
    Port("atol-v2-pty", "pty", ("--model", "atol", "--protocol", "v2"), (ATOL, ("PROTOCOL", "v2"))),
    Port("atol-v3-pty", "pty", ("--model", "atol"), (ATOL, ("PROTOCOL", "v3"))),
    Port("atol-v3-tcp", "tcp", ("--model", "atol"), (ATOL,)),
)


def environment(settings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Settings of section [printer] as the agent reads them from its environment."""
    return {f"POS_AGENT_PRINTER__{name}": value for name, value in settings}


class StandInRegister(Register):
    """The agent's own process holds the emulated device, as the vendor's driver would hold the port."""

    def start_printer(self, *args: str) -> None:
        self.agent_port = STAND_IN

    def start_agent(self, *args: str, kill_at: str = "") -> None:
        command = [sys.executable, "-m", "kit.conformance_ports", str(self.folder), "run", "--config"]
        with open(self.folder / "agent.log", "ab") as log:
            self.agent = subprocess.Popen(
                [*command, str(self.config), *args], stdin=subprocess.DEVNULL, stderr=log, stdout=log,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            )  # fmt: skip


def main() -> None:
    """`python -m kit.conformance_ports FOLDER ...`: the agent's command line with a device behind its driver."""
    import standin

    from pos_agent.cli.main import main as agent

    folder = Path(sys.argv.pop(1))
    profile = load("atol-91f")
    tape = Tape(profile.columns, profile.dots, folder / "kkt.state.tape")
    standin.register(STAND_IN, Device.open(profile, tape, folder / "kkt.state", local_now))
    agent()


if __name__ == "__main__":
    main()
