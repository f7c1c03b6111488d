"""Golden exchanges and a device on the bench to play them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from emulator.shtrih.bench import SHORT_10H, Bench, Setup, build
from emulator.shtrih.variant import Variant

NOON = datetime(2026, 11, 21, 12, 30)  # noqa: DTZ001 - a register shows local time without a zone


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    def make(variant: Variant = SHORT_10H, port: int = 2, **changes: object) -> Bench:
        return build(NOON, Setup(variant, port, profile={"serial": "0000000000012345", **changes}))

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


@pytest.fixture(scope="session")
def golden() -> dict[str, list[tuple[str, bytes]]]:
    """Exchanges by id: (direction, bytes) in wire order."""
    table = tomllib.loads((Path(__file__).parent / "frames.toml").read_text("utf-8"))
    return {entry["id"]: [(line[0], bytes.fromhex(line[2:])) for line in entry["exchange"]] for entry in table["frame"]}
