"""Documents and the cursor that walks over them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from pos_agent.model.receipt import DocumentId
from pos_agent.store.documents import DocumentState, StoredDocument
from pos_agent.store.errors import DocumentConflict, StoreRefused
from pos_agent.store.redact import blank_personal

FN, OTHER_FN = "9999078902001234", "9999078902005678"


def test_a_document_comes_back_as_it_was_stored(store, document):
    with store.writing("document") as txn:
        assert txn.documents.put(document()) is True
        assert txn.documents.put(document()) is False
    with store.reading() as view:
        assert view.documents.get(document().id) == document()
        assert view.documents.exists(document().id)
        assert not view.documents.exists(DocumentId(FN, 1))
        assert view.documents.get(DocumentId(FN, 1)) is None


def test_a_whole_document_never_changes(store, document, path):
    with store.writing("document") as txn:
        txn.documents.put(document())
    with pytest.raises(DocumentConflict), store.writing("document") as txn:
        txn.documents.put(document(raw=b"other"))
    with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError):
        stranger.execute("UPDATE fiscal_document SET total_kop = 1")


def test_a_better_reading_replaces_a_poorer_one_and_not_the_other_way(store, document):
    damaged = StoredDocument(document().id, DocumentState.DAMAGED, raw=b"?")
    short = StoredDocument(document().id, DocumentState.SHORT, form=3, fpd=1, total_kop=5)
    with store.writing("documents") as txn:
        assert [txn.documents.put(one) for one in (damaged, short, damaged, document(), short)] == [
            True,
            True,
            False,
            True,
            False,
        ]
        assert txn.documents.get(document().id) == document()


def test_recent_documents_newest_first(store, document, clock):
    for number in (101, 102, 103):
        with store.writing("document") as txn:
            txn.documents.put(document(number))
        clock.forward(1)
    with store.reading() as view:
        assert [one.id.fd_number for one in view.documents.recent(2)] == [103, 102]
        assert view.documents.recent(fn_serial=OTHER_FN) == ()
        assert [one.fd_number for one in view.documents.ids()] == [101, 102, 103]


def test_personal_tags_are_blank_whoever_decoded_them():
    contact = {"tag": 1008, "name": "телефон", "value": "+79161234567", "raw": "2b3739", "tags": []}
    buyer = {"tag": 1227, "name": "покупатель", "value": "Козлова", "raw": "8a", "tags": []}
    price = {"tag": 1079, "name": "цена", "value": 100, "raw": "64", "tags": []}
    decoded = {
        "form": 3,
        "tags": [
            contact,
            {"tag": 1256, "name": "сведения", "value": None, "raw": "cb04", "tags": [buyer]},
            {"tag": 1084, "name": "реквизит", "value": "hex", "raw": "hex"},
            {"tag": 1059, "name": "предмет", "value": None, "raw": "3704", "tags": [price]},
        ],
    }
    blanked = blank_personal(decoded)
    assert "Козлова" not in str(blanked)
    assert "916" not in str(blanked)
    assert "hex" not in str(blanked)
    assert "cb04" not in str(blanked)
    assert blanked["tags"][3]["tags"] == [price]
    assert blank_personal(blanked) == blanked


def contact(store, *args, **words):
    with store.writing("contact") as txn:
        return txn.series.contact(*args, **words)


def take(store, document, number, fn_serial=FN):
    with store.writing("document") as txn:
        txn.documents.put(document(number, fn_serial))
        return txn.series.advance(fn_serial, number)


def test_first_contact_starts_after_the_last_document(store):
    series = contact(store, "till-1", FN, 100)
    assert (series.first_fd, series.cursor_fd, series.quiet_fd, series.active) == (101, 100, 100, True)
    assert list(series.gap(103)) == [101, 102, 103]
    assert list(series.gap(100)) == []


def test_first_contact_from_an_older_document_is_quiet_up_to_now(store):
    series = contact(store, "till-1", FN, 100, from_fd=40)
    assert (series.first_fd, series.cursor_fd, series.quiet_fd) == (40, 39, 100)
    for wrong in (0, 102):
        with pytest.raises(ValueError, match="from_fd"):
            contact(store, "till-2", OTHER_FN, 100, from_fd=wrong)


def test_a_known_storage_goes_on_where_it_stopped(store, document):
    contact(store, "till-1", FN, 100)
    take(store, document, 101)
    series = contact(store, "till-1", FN, 105)
    assert (series.first_fd, series.cursor_fd) == (101, 101)


def test_a_replaced_storage_is_a_new_series_and_may_come_back(store):
    contact(store, "till-1", FN, 100)
    contact(store, "till-2", "111", 5)
    contact(store, "till-1", OTHER_FN, 3)
    with store.reading() as view:
        assert view.series.active("till-1").fn_serial == OTHER_FN
        assert view.series.active("till-2").fn_serial == "111"
        assert not view.series.get(FN).active
        assert len(view.series.all()) == 3
    assert contact(store, "till-1", FN, 100).active
    with store.reading() as view:
        assert view.series.active("till-1").fn_serial == FN


def test_the_cursor_walks_over_stored_documents_only(store, document):
    contact(store, "till-1", FN, 100)
    assert take(store, document, 101).cursor_fd == 101
    assert take(store, document, 101).cursor_fd == 101
    for number in (100, 103):
        with pytest.raises(StoreRefused):
            take(store, document, number)
    with pytest.raises(StoreRefused, match="stored document"), store.writing("skips") as txn:
        txn.series.advance(FN, 102)
    with store.reading() as view:
        assert view.series.get(FN).cursor_fd == 101
        assert not view.documents.exists(DocumentId(FN, 103)), "the refused step took its document back"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fn_series SET cursor_fd = 100",
        "UPDATE fn_series SET cursor_fd = 102",
        "UPDATE fn_series SET first_fd = 102, cursor_fd = 101",
        "UPDATE fn_series SET fn_serial = 'x'",
        "DELETE FROM fn_series",
        "INSERT INTO fn_series VALUES ('x', 'till-1', 1, 0, 0, '', 'active')",
        "INSERT INTO fn_series VALUES ('x', 'till-3', 5, 3, 5, '', 'active')",
    ],
)
def test_the_database_guards_the_cursor(statement, store, document, path):
    contact(store, "till-1", FN, 100)
    take(store, document, 101)
    with closing(sqlite3.connect(path)) as stranger, pytest.raises(sqlite3.IntegrityError):
        stranger.execute(statement)


def test_a_document_changed_in_the_file_does_not_open(store, document, path):
    with store.writing("two") as txn:
        txn.documents.put(replace(document(1), state=DocumentState.SHORT))
        txn.documents.put(document(2))
    with closing(sqlite3.connect(path)) as stranger:
        (other,) = stranger.execute("SELECT raw_sealed FROM fiscal_document WHERE fd_number = 2").fetchone()
        stranger.execute("UPDATE fiscal_document SET raw_sealed = ? WHERE fd_number = 1", (other,))
        stranger.commit()
    with store.reading() as view, pytest.raises(Exception, match="STO-03"):
        view.documents.get(DocumentId(FN, 1))
