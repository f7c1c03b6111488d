"""Putting the ATOL side of a device together: which profile, switches and front end an order means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from emulator.atol.front import PROTOCOLS, V2, V3, AtolFront
from emulator.atol.machine import AtolMachine
from emulator.atol.variant import from_profile, from_words
from emulator.device import Device
from emulator.profile import Profile

DEFAULT_PROFILE = "atol-91f"
FFD_VERSIONS = ("1.05", "1.1")
TCP = 128


def check(profile: Profile, protocol: str | None) -> None:
    """Refuse with ValueError what the low level protocol does not have."""
    if profile.ffd not in FFD_VERSIONS:
        raise ValueError(f"FFD {profile.ffd} is not in the low level ATOL protocol: {', '.join(FFD_VERSIONS)}")
    if protocol not in (None, *PROTOCOLS):
        raise ValueError(f"protocol {protocol!r} is not one of {', '.join(PROTOCOLS)}")


def build(device: Device, tables: Path | None, qr: bool | None = None, switches: Sequence[str] = ()) -> AtolMachine:
    """A machine with the profile's switches, then those ordered by ``name=value``. ValueError."""
    variant = from_words(switches, from_profile(device.profile.atol))
    return AtolMachine(device, variant if qr is None else replace(variant, qr=qr), tables)


def front(machine: AtolMachine, number: int, network: bool, protocol: str | None) -> AtolFront:
    """The front end of port ``number`` (from 0); transport 3 unless ordered otherwise, and always on the network."""
    if network and protocol == V2:
        raise ValueError("protocol v2 is not used on TCP: listen on pty:PATH, or take v3")
    return AtolFront(machine, number + TCP * network, protocol or V3)
