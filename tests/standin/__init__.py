"""STAND-IN, not the vendor's driver: what module `libfptr10` would answer, over devices of the emulator.

Written from the ATOL notes (section 9 and the notes on JSON tasks) alone, without a look at the backend that calls it.
A test puts an open device at an address, points the backend to :data:`FOLDER` and gives it the same address::

    port = standin.register("/dev/ttyACM0", device)     # or "usb:auto", or "192.168.1.5:5555"
    port.cut_power("after-commit")                      # hands: see standin_ports.Port
"""

from pathlib import Path

from standin.standin_habits import Habits
from standin.standin_ports import LIBRARY, Port, register, reset

FOLDER = Path(__file__).parent
"""Where the wrapper module `libfptr10` lies."""

__all__ = ["FOLDER", "LIBRARY", "Habits", "Port", "register", "reset"]
