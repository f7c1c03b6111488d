"""The pure half of reconciling: short forms of the fiscal storage against what is recorded."""

from dataclasses import replace
from datetime import datetime

import pytest

from drivers.api import ShortDocument
from pos_agent.checkout.reconcile import Difference, Lack, Recorded, Result, compare
from pos_agent.model.receipt import DocumentId
from pos_agent.store.documents import DocumentState, StoredDocument

FN = "9999078902001234"
SHORT = ShortDocument(3, 7, 3522207165, datetime.fromisoformat("2026-11-21T18:05"), True, 1, 19900)
ROW = StoredDocument(DocumentId(FN, 7), DocumentState.WHOLE, 3, 3522207165, "2026-11-21T18:05:00", 1, 19900, b"\x01")
WHOLE = Recorded(ROW, has_event=True)


def one(short: ShortDocument, recorded: Recorded) -> Difference | None:
    found = compare({short.fd_number: short}, {short.fd_number: recorded})
    assert len(found) <= 1
    return found[0] if found else None


def test_the_same_on_both_sides() -> None:
    assert one(SHORT, WHOLE) is None
    assert one(replace(SHORT, ofd_confirmed=False), WHOLE) is None  # the OFD's word is none of the ledger's business


def test_not_here() -> None:
    assert compare({7: SHORT}, {}) == [Difference(7, Lack.NO_DOCUMENT)]
    assert one(SHORT, Recorded(None, has_event=True)) == Difference(7, Lack.NO_DOCUMENT)


def test_stored_but_not_in_the_ledger() -> None:
    assert one(SHORT, Recorded(ROW, has_event=False)) == Difference(7, Lack.NO_EVENT)


@pytest.mark.parametrize("state", [DocumentState.DAMAGED, DocumentState.SHORT])
def test_set_aside(state: DocumentState) -> None:
    bare = StoredDocument(ROW.id, state)
    assert one(SHORT, Recorded(bare)) == Difference(7, Lack.UNREAD)
    assert one(SHORT, Recorded(replace(ROW, state=state))) == Difference(7, Lack.UNREAD)
    assert one(SHORT, Recorded(replace(ROW, state=state, fpd=1))) == Difference(7, Lack.OTHER, ("fpd",))


@pytest.mark.parametrize(("name", "other"), [("form", 4), ("fpd", 3522207164), ("operation", 2), ("total_kop", 19901)])
def test_something_else_under_the_number(name: str, other: int) -> None:
    assert one(replace(SHORT, **{name: other}), WHOLE) == Difference(7, Lack.OTHER, (name,))
    assert one(replace(SHORT, **{name: other}), replace(WHOLE, has_event=False)).lack is Lack.OTHER


def test_every_field_that_differs_is_named() -> None:
    found = one(replace(SHORT, fpd=0, total_kop=0), WHOLE)
    assert found == Difference(7, Lack.OTHER, ("fpd", "total_kop"))


def test_what_one_side_does_not_tell_is_not_compared() -> None:
    """A correction's short form has operation and total; its row has none."""
    assert one(SHORT, Recorded(replace(ROW, operation=None, total_kop=None), has_event=True)) is None
    assert one(replace(SHORT, operation=None, total_kop=None), WHOLE) is None


def test_order_and_documents_the_storage_no_longer_keeps() -> None:
    kept = {9: replace(SHORT, fd_number=9), 7: SHORT, 8: replace(SHORT, fd_number=8)}
    recorded = {7: WHOLE, 3: WHOLE}
    assert compare(kept, recorded) == [Difference(8, Lack.NO_DOCUMENT), Difference(9, Lack.NO_DOCUMENT)]
    assert compare({}, recorded) == []


@pytest.mark.parametrize(
    ("result", "agrees"),
    [
        (Result("", 9, 0, 0, ()), True),
        (Result("", 9, 2, 2, ()), True),
        (Result("", 9, 2, 1, ()), False),
        (Result("", 9, 0, 0, ("x",)), False),
        (Result("", 9, 0, 0, (), "RUL-03"), False),
    ],
)
def test_agreement(result: Result, agrees: bool) -> None:
    assert result.agrees is agrees
