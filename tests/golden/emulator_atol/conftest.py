"""Golden frames and a device on the bench to play them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from emulator.atol.bench import Bench, Setup, build
from emulator.atol.variant import Variant

NOON = datetime(2026, 11, 21, 17, 35)  # noqa: DTZ001 - a register shows local time without a zone


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    def make(protocol: str = "v3", port: int = 0, variant: Variant | None = None, **changes: object) -> Bench:
        return build(NOON, Setup(variant or Variant(), port, protocol, profile=dict(changes)))

    return make


@pytest.fixture(scope="session")
def golden() -> dict[str, bytes]:
    """Frames by id."""
    table = tomllib.loads((Path(__file__).parent / "frames.toml").read_text("utf-8"))
    return {entry["id"]: bytes.fromhex(entry["bytes"]) for entry in table["frame"]}


@pytest.fixture(scope="session")
def steps() -> dict[str, dict[str, bytes]]:
    """Scripts of section B: id -> command, v2, v3."""
    table = tomllib.loads((Path(__file__).parent / "frames.toml").read_text("utf-8"))
    names = ("command", "v2", "v3")
    return {entry["id"]: {name: bytes.fromhex(entry[name]) for name in names} for entry in table["step"]}
