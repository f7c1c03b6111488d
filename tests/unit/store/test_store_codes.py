"""Codes in the database: what it refuses whatever the code above it does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos_agent.model.receipt import DocumentId
from pos_agent.rules.code_states import CodeState
from pos_agent.store.codes import CodeUse, IssuedCode
from pos_agent.store.errors import StoreRefused

ONE = IssuedCode("list:b:X", "b", "X")
SALE = DocumentId("9999078902001234", 7)
RESERVED, USED, FREE = CodeState.RESERVED, CodeState.USED, CodeState.ISSUED


def put(store, code_id, draft, state, customer=""):
    with store.writing("use") as txn:
        txn.codes.put_use(CodeUse(code_id, draft, customer, state, SALE if state is USED else None))


def issue(store, *codes):
    with store.writing("codes") as txn:
        return txn.codes.issue(codes)


def test_codes_are_given_out_once_and_read_back_as_they_were(store):
    coupon = IssuedCode(
        "coupon:1", "b", "Y", "c-1", "", "2026-11-21", "2026-12-05", source="coupon", document=SALE, times=1
    )
    assert issue(store, ONE, coupon) == 2
    assert issue(store, ONE, coupon, replace(ONE, id="list:b:Z", code="Z")) == 1
    with store.reading() as view:
        assert view.codes.get("coupon:1") == coupon
        assert view.codes.find("b", "X") == (ONE,)
        assert view.codes.named("Y") == (coupon,)
        assert view.codes.one_listed("b") in ("X", "Z")
        assert view.codes.one_listed("other") is None
        record = view.codes.record(coupon)
    assert (record.bound_customer, str(record.start), str(record.end)) == ("c-1", "2026-11-21", "2026-12-05")


def test_a_use_goes_only_the_ways_of_the_table(store):
    issue(store, ONE)
    with pytest.raises(StoreRefused, match="reserved before"):
        put(store, ONE.id, "t:1", USED)
    put(store, ONE.id, "t:1", RESERVED)
    put(store, ONE.id, "t:1", FREE)
    with pytest.raises(StoreRefused, match="no such step"):
        put(store, ONE.id, "t:1", USED)
    put(store, ONE.id, "t:1", RESERVED)
    put(store, ONE.id, "t:1", USED)
    with pytest.raises(StoreRefused, match="no such step"):
        put(store, ONE.id, "t:1", RESERVED)
    put(store, ONE.id, "t:1", FREE)
    with store.reading() as view:
        assert [use.state for use in view.codes.by_draft("t:1")] == [FREE]
        assert view.codes.record(ONE).uses == ()


@pytest.mark.parametrize("first", [RESERVED, USED])
def test_one_use_is_one(store, first):
    issue(store, ONE)
    put(store, ONE.id, "t:1", RESERVED)
    put(store, ONE.id, "t:1", first)
    with pytest.raises(StoreRefused, match="another sale"):
        put(store, ONE.id, "t:2", RESERVED)
    put(store, ONE.id, "t:1", FREE)
    put(store, ONE.id, "t:2", RESERVED)
    with pytest.raises(StoreRefused, match="another sale"):
        put(store, ONE.id, "t:1", RESERVED)


def test_several_uses_each_customer_and_without_a_limit(store):
    issue(store, replace(ONE, id="two", times=2), replace(ONE, id="own", per_customer=True))
    issue(store, replace(ONE, id="free", times=0))
    for draft in ("t:1", "t:2"):
        put(store, "two", draft, RESERVED)
    with pytest.raises(StoreRefused, match="another sale"):
        put(store, "two", "t:3", RESERVED)
    with store.writing("limit") as txn:
        txn.codes.limit("two", 3)
    put(store, "two", "t:3", RESERVED)
    put(store, "own", "t:1", RESERVED, "anna")
    put(store, "own", "t:2", RESERVED, "boris")
    with pytest.raises(StoreRefused, match="another sale"):
        put(store, "own", "t:3", RESERVED, "anna")
    for number in range(5):
        put(store, "free", f"t:{number}", RESERVED)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM issued_code",
        "DELETE FROM code_use",
        "UPDATE issued_code SET code = 'Y'",
        "UPDATE issued_code SET customer_id = 'c-2'",
        "UPDATE code_use SET draft = 't:9'",
        "UPDATE issued_code SET revoked = 0 WHERE revoked = 1",
        "INSERT OR REPLACE INTO code_use VALUES ('list:b:X', 't:1', '', 'reserved', NULL, NULL, '')",
    ],
)
def test_nothing_is_forgotten_or_made_another(store, statement):
    issue(store, ONE)
    put(store, ONE.id, "t:1", RESERVED)
    with store.writing("revoke") as txn:
        txn.codes.revoke(ONE.id)
    with pytest.raises(StoreRefused):
        run(store, statement)


def run(store, statement):
    with store.writing("cheat") as txn:
        txn.session.connection.exec_driver_sql(statement)


def test_a_key_is_kept_sealed_and_can_be_replaced(store, path):
    for secret in (bytes(range(32)), b"\xf1" * 24):
        with store.writing("key") as txn:
            txn.codes.put_key("b", secret)
    with store.reading() as view:
        assert view.codes.secrets() == {"b": b"\xf1" * 24}
    assert b"\xf1" * 24 not in path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
