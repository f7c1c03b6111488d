"""The printers of a counter by name, and how old their shifts are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pos_agent.api.operation import Parts
from pos_agent.api.parts_shown import troubles
from pos_agent.api.printers import Named, at_printer, each, named, printers, shift_age
from pos_agent.config import Config, load
from pos_agent.errors import UsageError

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # 13:00 at the shop
UNUSED: Any = None  # what naming a printer never touches


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "agent.toml"
    path.write_text(
        '[printer]\nport = "/dev/ttyACM0"\n'
        '[[parts.printer]]\npart = "ip"\ntax_system = 2\nvendor = "atol"\nport = "/dev/ttyACM1"\n',
        encoding="utf-8",
    )
    return load(path)


def counter(config: Config) -> Parts:
    other = SimpleNamespace(part="ip", desk="desk of ip", thread="thread of ip", reconciler="reconciler of ip")
    own: Any = SimpleNamespace(part_printers=SimpleNamespace(of_part=lambda part: other if part == "ip" else None))
    clock: Any = SimpleNamespace(now=lambda: NOW)
    actor: Any = "own thread"
    reconciler: Any = "own"
    return Parts(config, UNUSED, clock, UNUSED, actor=actor, desk=own, reconciler=reconciler)


@pytest.mark.parametrize(
    ("said", "found"),
    [({}, None), ({"printer": ""}, None), ({"printer": "till-1"}, ""), ({"printer": "ip"}, "ip"),
     ({"printer": " till-1/ip "}, "ip")],
)  # fmt: skip
def test_by_part_or_by_storages(config: Config, said: dict, found: str | None) -> None:
    one = named(config, said)
    assert (one.part if one is not None else None) == found


@pytest.mark.parametrize("said", ["kiosk", "till", "IP", 5, None])
def test_no_such_printer(config: Config, said: object) -> None:
    with pytest.raises(UsageError) as error:
        named(config, {"printer": said})
    assert error.value.code == "API-01"


def test_the_parts_as_of_that_printer_alone(config: Config) -> None:
    parts = counter(config)
    assert at_printer(parts, {}) is parts
    assert at_printer(parts, {"printer": "till-1"}) is parts
    other = at_printer(parts, {"printer": "ip"})
    assert (other.desk, other.actor, other.reconciler) == ("desk of ip", "thread of ip", "reconciler of ip")
    assert (other.config.agent.register_name, other.config.printer.vendor) == ("till-1/ip", "atol")
    assert [one for one, _ in each(parts)] == list(printers(config)) == [Named("till-1"), Named("till-1/ip", "ip")]


def test_where_nobody_drives_them(config: Config) -> None:
    parts = Parts(config, UNUSED, UNUSED, UNUSED)
    assert at_printer(parts, {"printer": "ip"}).desk is None


def view(form: int, at: str) -> Any:
    newest = SimpleNamespace(form=form, at=at)
    series = SimpleNamespace(active=lambda register: SimpleNamespace(fn_serial="1"))
    return SimpleNamespace(series=series, documents=SimpleNamespace(newest=lambda serial, forms: newest))


def test_the_age_of_a_shift(config: Config) -> None:
    parts = counter(config)
    assert shift_age(parts, view(2, "2026-11-21T12:59:00"), "till-1/ip") == timedelta(hours=24, minutes=1)
    assert shift_age(parts, view(2, "2026-11-22T13:05:00"), "till-1/ip") == timedelta(), "its clock is ahead"
    assert shift_age(parts, view(5, "2026-11-21T12:59:00"), "till-1/ip") is None
    nothing: Any = SimpleNamespace(series=SimpleNamespace(active=lambda register: None))
    assert shift_age(parts, nothing, "till-1/ip") is None


def test_a_shift_that_is_too_old_is_told_with_the_printers_name(config: Config) -> None:
    line = SimpleNamespace(state=SimpleNamespace(problem=None))
    desk = SimpleNamespace(language="ru", watch=SimpleNamespace(line=line))
    printer = SimpleNamespace(part="ip", port="/dev/ttyACM1", desk=desk)
    own: Any = SimpleNamespace(part_printers=SimpleNamespace(all=(printer,)))
    parts = Parts(config, UNUSED, UNUSED, UNUSED, desk=own)
    now = {"in_doubt": None, "reconcile": {"last": None}, "shift_over": True}
    (told,) = troubles(parts, [now])
    assert (told["code"], told["part"]) == ("SHF-01", "ip")
    assert told["what"].startswith("Принтер части ip, /dev/ttyACM1: ")
    assert troubles(parts, [{**now, "shift_over": False}]) == []
