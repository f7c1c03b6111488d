"""A device on the bench."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from emulator.shtrih.bench import SHORT_10H, Bench, Setup, build
from emulator.shtrih.variant import Variant

NOON = datetime(2026, 11, 21, 12, 30)  # noqa: DTZ001 - a register shows local time without a zone


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    def make(variant: Variant = SHORT_10H, port: int = 2, tables: Path | None = None, **changes: object) -> Bench:
        return build(NOON, Setup(variant, port, tables, dict(changes)))

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()
