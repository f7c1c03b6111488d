"""Time and chance are passed in: only the named files ask the machine for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from house.tree import dotted, imports, sources, tree_of

ASKS = {"time", "random", "secrets", "uuid", "sched"}
WALL = {"now", "utcnow", "today"}
CLOCK = "pos_agent/clock.py"
# The emulator is a device: it has its own clock and its own slowness, each in one place; its till waits with deadlines.
EMULATOR_MAY = {
    "emulator/appliance.py",
    "emulator/device_core.py",
    "emulator/endpoints.py",
    "emulator/pace.py",
    "emulator/till.py",
    "emulator/till_client.py",
}


def asks(path) -> Iterator[str]:
    """Imports of time and chance, reads of the wall clock, sleeping, entropy of the system."""
    for line, name in imports(path):
        if name.partition(".")[0] in ASKS:
            yield f"{path}:{line} imports {name}"
    yield from (f"{path}:{line} {what}" for line, what in reads(tree_of(path)))


def reads(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        name = dotted(node)
        owner, _, last = name.rpartition(".")
        if last in WALL and owner.rpartition(".")[2] in ("datetime", "date"):
            yield node.lineno, f"reads {name}"
        elif name in ("os.urandom", "os.getrandom") or last == "sleep":
            yield node.lineno, f"uses {name}"


def test_the_agent_asks_its_clock() -> None:
    found = [told for path in sources("pos_agent") if str(path) != CLOCK for told in asks(path)]
    assert not found, f"take a Clock or an IdSource (pos_agent/clock.py) as an argument: {found}"
    assert list(imports_of_clock()), "the clock does ask: this test would see it"


def imports_of_clock() -> Iterator[str]:
    return (told for path in sources("pos_agent") if str(path) == CLOCK for told in asks(path))


def test_drivers_are_given_their_time() -> None:
    found = [told for path in sources("drivers") for told in asks(path)]
    assert not found, f"take `monotonic` and `sleep` as callables: {found}"


def test_the_emulator_asks_in_few_places() -> None:
    found = {str(path) for path in sources("emulator") if list(asks(path))}
    assert found <= EMULATOR_MAY, f"take the device's clock as an argument: {sorted(found - EMULATOR_MAY)}"


@pytest.mark.parametrize(
    "code",
    ["datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "f(datetime.now)", "asyncio.sleep(1)"],
)
def test_the_rule_sees(code: str) -> None:
    assert list(reads(ast.parse(code)))
