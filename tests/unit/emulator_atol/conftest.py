"""A device on the bench."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from emulator.atol.bench import Bench, Setup, build
from emulator.atol.variant import Variant

NOON = datetime(2026, 11, 21, 12, 30)  # noqa: DTZ001 - a register shows local time without a zone


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    def make(protocol: str = "v3", port: int = 0, variant: Variant | None = None, **changes: object) -> Bench:
        return build(NOON, Setup(variant or Variant(), port, protocol, profile=dict(changes)))

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


@pytest.fixture
def shift(bench: Bench) -> Bench:
    """In mode 1 with an open shift."""
    bench.mode(1)
    bench.ok(b"\x9a\x00")
    return bench
