"""The format of a printer that nothing is known of yet."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.api.kkmserver.formats import format_of


@pytest.mark.parametrize("part", ["", "food"])
def test_a_part_that_the_registers_own_printer_sells_is_no_printer_of_its_own(part: str) -> None:
    view = SimpleNamespace(series=SimpleNamespace(active=lambda register: None))
    config = SimpleNamespace(agent=SimpleNamespace(register_name="till-1"), parts=SimpleNamespace(printer=()))
    desk = SimpleNamespace(part_printers=SimpleNamespace(of_part=lambda name: None))
    views = SimpleNamespace(reading=lambda: nullcontext(view))
    parts: Any = SimpleNamespace(config=config, desk=desk, actor=None, views=views)
    assert format_of(parts, part) is None
