"""Customers: found by what people say, nothing of it in clear on the disk."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pos_agent.model.customer import Customer
from pos_agent.model.receipt import DocumentId
from pos_agent.store.contacts import normal_card, normal_email, normal_phone
from pos_agent.store.documents import DocumentState, StoredDocument
from pos_agent.store.errors import AlreadyTaken, InvalidContact, StoreRefused

ANNA = Customer("c-1", "Анна Козлова", "8 (916) 123-45-67", "Anna.K@Example.org ", "abcd-efgh-8z52")
STORED_ANNA = Customer("c-1", "Анна Козлова", "+79161234567", "anna.k@example.org", "ABCDEFGH8Z52")


def add(store, customer, **words):
    with store.writing("customer") as txn:
        return txn.customers.add(customer, **{"processing": True, **words})


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("+7 916 123-45-67", "+79161234567"),
        ("8(916)1234567", "+79161234567"),
        ("79161234567", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("+375 29 123 45 67", "+375291234567"),
        ("+7\u00a0916\u2011123\u201145\u201167", "+79161234567"),
    ],
)
def test_phones_have_one_form(text, phone):
    assert normal_phone(text) == phone


NO_PHONES = ["", "12345", "+0 916 123 45 67", "number", "+7916123456789012", "+7916123456x", "٩١٦١٢٣٤٥٦٧"]


@pytest.mark.parametrize("text", NO_PHONES)
def test_what_is_no_phone(text):
    with pytest.raises(InvalidContact) as caught:
        normal_phone(text)
    assert caught.value.code == "CUS-07"
    assert not text or text not in str(caught.value)


def test_emails_and_cards_have_one_form():
    assert normal_email(" A@B.ru ") == "a@b.ru"
    assert normal_card("abcd efgh-2345") == "ABCDEFGH2345"
    for wrong in ("a", "a@", "a b@c", "a@b@c"):
        with pytest.raises(InvalidContact):
            normal_email(wrong)
    for wrong in ("abc", "КАРТА", "a" * 65, "ab_cd"):
        with pytest.raises(InvalidContact):
            normal_card(wrong)


def test_a_customer_is_found_by_everything_they_may_say(store):
    assert add(store, ANNA) == STORED_ANNA
    with store.reading() as view:
        find = view.customers
        assert find.get("c-1") == STORED_ANNA
        assert find.find_by_phone("89161234567") == STORED_ANNA
        assert find.find_by_email("ANNA.K@example.org") == STORED_ANNA
        assert find.find_by_card("ABCD EFGH 8Z52") == STORED_ANNA
        assert find.find_by_contact("+79161234567") == STORED_ANNA
        assert find.find_by_contact("anna.k@example.org") == STORED_ANNA
        assert find.find_by_last_four("4567") == find.find_by_last_four("8z52") == (STORED_ANNA,)
        assert find.ids() == ("c-1",)


def test_nobody_is_found_by_something_else(store):
    add(store, ANNA)
    with store.reading() as view:
        find = view.customers
        assert find.get("c-2") is None
        assert find.find_by_phone("+79161234568") is None
        assert find.find_by_card("AAAA") is None
        assert find.find_by_contact("none") is None
        assert find.find_by_contact("+79161234568") is None
        assert find.find_by_last_four("0000") == ()
        with pytest.raises(InvalidContact):
            find.find_by_last_four("567")


def test_last_four_finds_everybody_who_shares_them(store):
    for number in range(3):
        add(store, Customer(f"c-{number}", phone=f"+7916{number}004567"))
    add(store, Customer("c-9", card="XXXX4567"))
    with store.reading() as view:
        assert [one.id for one in view.customers.find_by_last_four("4567")] == ["c-0", "c-1", "c-2", "c-9"]


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (Customer("c-1"), "id"),
        (Customer("c-2", phone="+79161234567"), "phone"),
        (Customer("c-2", email="anna.k@example.org"), "email"),
        (Customer("c-2", card="ABCDEFGH8Z52"), "card"),
    ],
)
def test_duplicates_are_refused_and_leave_nothing(store, other, what):
    add(store, ANNA)
    with pytest.raises(AlreadyTaken) as caught:
        add(store, other)
    assert (caught.value.code, caught.value.what) == ("CUS-06", what)
    with store.reading() as view:
        assert view.customers.ids() == ("c-1",)


def test_changing_contacts_frees_the_old_ones(store):
    add(store, ANNA)
    with store.writing("change") as txn:
        txn.customers.change(Customer("c-1", "Анна", "", "new@example.org"))
        assert txn.customers.find_by_phone("+79161234567") is None
        assert txn.customers.get("c-1") == Customer("c-1", "Анна", "", "new@example.org", "ABCDEFGH8Z52")
    add(store, Customer("c-2", phone="+79161234567"))
    with pytest.raises(StoreRefused), store.writing("change") as txn:
        txn.customers.change(Customer("nobody", "N"))


def test_a_blocked_card_finds_nobody(store):
    add(store, ANNA)
    with store.writing("cards") as txn:
        txn.customers.add_card("c-1", "SECOND22")
        assert txn.customers.set_card_blocked("abcd-efgh-8z52", True)
        assert not txn.customers.set_card_blocked("UNKNOWN", True)
    with store.reading() as view:
        assert view.customers.find_by_card("ABCDEFGH8Z52") is None
        assert view.customers.card_state("ABCDEFGH8Z52") == "blocked"
        assert view.customers.card_state("UNKNOWN") is None
        assert view.customers.find_by_last_four("8Z52") == ()
        assert view.customers.get("c-1").card == "SECOND22"
    with pytest.raises(AlreadyTaken):
        add(store, Customer("c-2", card="ABCDEFGH8Z52"))
    with store.writing("cards") as txn:
        txn.customers.set_card_blocked("ABCDEFGH8Z52", False)
        assert txn.customers.find_by_card("ABCDEFGH8Z52").id == "c-1"


def test_consents_carry_their_dates(store, clock):
    add(store, ANNA, advertising=True)
    given = clock.now().isoformat(timespec="milliseconds")
    clock.forward(60)
    with store.writing("consent") as txn:
        txn.customers.set_consent("c-1", processing=True, advertising=False)
        consent = txn.customers.consent("c-1")
    assert (consent.processing, consent.advertising, consent.advertising_at) == (True, False, given)
    assert consent.processing_at > given


def test_forgetting_takes_personal_data_and_leaves_the_id(store):
    add(store, ANNA, answers={"birthday": "1990-02-28"})
    with store.writing("forget") as txn:
        assert txn.customers.answers("c-1") == {"birthday": "1990-02-28"}
        txn.customers.forget("c-1")
    with store.reading() as view:
        assert view.customers.get("c-1") == Customer("c-1")
        assert view.customers.answers("c-1") == {}
        assert view.customers.find_by_phone("+79161234567") is None
        assert not view.customers.consent("c-1").processing
    add(store, Customer("c-2", phone="+79161234567", card="ABCDEFGH8Z52"))


def test_no_canary_is_found_in_any_byte_of_the_files(store, path, gift):
    canaries = [
        "79161234567",
        "9161234567",
        "anna.k@example.org",
        "Анна",
        "Козлова",
        "ABCDEFGH8Z52",
        "1990-02-28",
        "ромашка",
    ]
    tags = [{"tag": 1008, "name": "телефон", "value": "+79161234567", "raw": "2b37393136", "tags": []}]
    raw = "+79161234567 Козлова".encode("cp866")
    receipt = StoredDocument(DocumentId("9999", 1), DocumentState.WHOLE, 3, 1, raw=raw, decoded={"tags": tags})
    add(store, ANNA, answers={"birthday": "1990-02-28", "flower": "ромашка"})
    with store.writing("receipt") as txn:
        txn.documents.put(receipt)
        txn.ledger.append(gift())
    live = files(path)
    assert set(live) == {"store.db", "store.db-wal", "store.db-shm"}
    with store.writing("change") as txn:
        txn.customers.change(Customer("c-1", "Анна Петрова", "+79260000001", "x@example.org"))
    store.close()
    for name, content in [*live.items(), *files(path).items()]:
        for canary in canaries:
            for coding in ("utf-8", "cp866", "cp1251", "utf-16-le"):
                try:
                    assert canary.encode(coding) not in content, (name, canary, coding)
                except UnicodeEncodeError:
                    continue
        assert b"+7916".hex().encode() not in content, name
    assert b"gift:1" in files(path)["store.db"], "the search itself works"


def files(path):
    return {one.name: one.read_bytes() for one in path.parent.glob("store.db*")}


def test_sealed_values_do_not_open_in_another_row(store, path):
    add(store, Customer("c-1", "Анна"))
    add(store, Customer("c-2", "Мария"))
    with closing(sqlite3.connect(path)) as stranger:
        (other,) = stranger.execute("SELECT name_sealed FROM personal WHERE customer_id = 'c-2'").fetchone()
        stranger.execute("UPDATE personal SET name_sealed = ? WHERE customer_id = 'c-1'", (other,))
        stranger.commit()
    with pytest.raises(Exception, match="STO-03"), store.reading() as view:
        view.customers.get("c-1")
