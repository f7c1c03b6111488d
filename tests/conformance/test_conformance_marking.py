"""Marked goods: alike on Shtrih and through ATOL's own driver; refused in words by ATOL's low level (FFD 1.05, 1.1)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.conformance_plants import KINDS, Kind
from kit.conformance_register import ConformanceRegister

from drivers.api import Done
from drivers.fiscal.tlv import Tag, build, encode
from drivers.fiscal.tlv import decode as read
from drivers.selling import FiscalItem, ReceiptKind, Tender

CODE = b"0104603934000793215uXqJx9aPb6YQ\x1d93abcd"
ITEM = FiscalItem("Ботинки", 259_900, 1_000_000, 259_900, 6, subject=33, measure=0)
SOLD_BY_PIECE = 1
MARKED = {
    1030: "Ботинки",
    1079: 259_900,
    1043: 259_900,
    1212: 33,
    1305: "0104603934000793215uXqJx9aPb6YQ",
    2106: 0,
    2108: 0,
}
WITH = [kind for kind in KINDS if kind.marking]
WITHOUT = [kind for kind in KINDS if not kind.marking]


@pytest.fixture
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ConformanceRegister]:
    kind: Kind = request.param
    changes = {"ffd": "1.2", "kkt_version": "003"} if kind.marking else {}
    made = ConformanceRegister(tmp_path, kind, **changes)
    assert isinstance(made.printer.connect(), Done)
    yield made
    made.store.close()


def done(outcome: object) -> object:
    assert isinstance(outcome, Done), outcome
    return outcome.reply


def flat(tags: tuple[Tag, ...]) -> list[tuple[int, object]]:
    return [pair for tag in tags for pair in ([(tag.tag, tag.value)] if not tag.tags else flat(tag.tags))]


@pytest.mark.parametrize("register", WITH, ids=lambda kind: kind.name, indirect=True)
def test_a_marked_pair_of_boots_is_sold(register: ConformanceRegister) -> None:
    printer = register.printer
    assert printer.takes([ITEM]) is None
    done(printer.shift_open())
    done(printer.mark_check(CODE, SOLD_BY_PIECE))
    bits = done(printer.mark_accept(True))
    done(printer.receipt_open(ReceiptKind.SALE))
    done(printer.receipt_item(ReceiptKind.SALE, ITEM))
    done(printer.mark_bind(CODE))
    assert done(printer.receipt_subtotal()) == 259_900
    registered = done(printer.receipt_close(Tender(cash_kop=300_000), 1))
    assert registered.change_kop == 40_100
    stored = done(printer.read_document(registered.fd_number))
    items = [tag for tag in read(stored.tlv, parent=3) if tag.tag == 1059]
    found = dict(flat(items[0].tags))
    assert {name: found.get(name) for name in MARKED} == MARKED
    assert found[2106] == bits


@pytest.mark.parametrize("register", WITHOUT, ids=lambda kind: kind.name, indirect=True)
def test_the_low_level_of_atol_says_that_it_cannot_and_what_can(register: ConformanceRegister) -> None:
    """Before a receipt is opened. So does a rate it has no number for."""
    marked = FiscalItem("Ботинки", 259_900, 1_000_000, 259_900, 6, tlv=encode([build(1163, ())]))
    assert "fptr10" in (register.printer.takes([marked]) or "")
    newer = FiscalItem("Чай", 4000, 1_000_000, 4000, 11)
    assert "fptr10" in (register.printer.takes([newer]) or "")
    assert register.device.receipt is None
