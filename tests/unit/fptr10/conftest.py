"""A printer of the backend on a scripted driver."""

from __future__ import annotations

import pytest
from unit.fptr10.scripted_fptr import ScriptedFptr, Trip

from drivers.api import Done
from drivers.fptr10.library import Library, LibrarySettings
from drivers.fptr10.printer import Fptr10Printer


class Bench:
    """`fptr` is the driver; `printer` is connected unless told otherwise; nobody really waits."""

    def __init__(self, **switches: object) -> None:
        self.fptr = ScriptedFptr()
        self.waited: list[float] = []
        settings = LibrarySettings("tcp:10.0.0.5:5555")
        library = Library(self.fptr, "10.10.7.0")
        self.printer = Fptr10Printer(
            settings, self.waited.append, operator="Кассир", open_library=lambda one, least: library, **switches
        )

    def trip(self, task: str, code: int, **how: bool) -> None:
        self.fptr.trips[task] = Trip(code, **how)


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    assert isinstance(made.printer.connect(), Done)
    made.fptr.tasks.clear()
    made.fptr.calls.clear()
    return made


@pytest.fixture
def cold() -> Bench:
    return Bench()
