"""A registered sale -> its event, its lot, its slip: worked examples E20 to E22, to the hundredth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from unit.agent.checkout_story import ANNA, FN, PLACE, UNIT, document, evening, goods, program

from pos_agent.checkout.identify import BY_CARD, Identified
from pos_agent.checkout.recording import bare_event, invitation, is_return, is_sale, sale, unreadable
from pos_agent.ledger.canonical import event_to_json
from pos_agent.model.events import EntryKind, EventKind, Purchase
from pos_agent.model.receipt import DocumentId, FiscalDocument, Operation
from pos_agent.model.slip import SlipKind
from pos_agent.rules.values import Rules

THREE_AT_1990 = goods(*[("Пирожок", 1990, UNIT)] * 3)
HALF_MORE = "bp = 225\nmultipliers = [{num = 3, den = 2}]"


@pytest.mark.parametrize(
    ("rules", "lines", "total_pt", "by_line"),
    [
        (program("bp = 500\nstep_pt = 100"), THREE_AT_1990, 200, [67, 67, 66]),  # E20: once, not 0 + 0 + 0
        (program(HALF_MORE), goods(("Сыр", 45999, UNIT)), 1552, [1552]),  # E21: not 1551
        (program("bp = 200\nper_full_kop = 5000"), goods(("Кофе", 34999, UNIT)), 600, [600]),  # E22: six full parts
        (program("bp = 200\nper_full_kop = 5000"), goods(("Кофе", 4999, UNIT)), 0, [0]),
    ],
    ids=["E20", "E21", "E22", "no full part"],
)
def test_examples(rules: Rules, lines: tuple, total_pt: int, by_line: list[int]) -> None:
    made = sale(document(7, lines), ANNA, [], rules, PLACE)
    assert [line["accrued_pt"] for line in made.event.facts["lines"]] == by_line
    assert [entry.amount_pt for entry in made.event.entries] == ([total_pt] if total_pt else [])
    assert made.slip is not None
    assert (made.slip.earned_pt, made.slip.available_pt) == (total_pt, total_pt)
    assert made.slip.earned_from == "", "usable at once"
    assert evening([made.event], rules).active_pt == total_pt


def test_an_event_is_named_by_its_document() -> None:
    rules = program("bp = 1000\nlife_days = 30")
    made = sale(document(7, THREE_AT_1990), ANNA, [], rules, PLACE)
    event = made.event
    assert event.id == f"receipt:{FN}:7"
    assert (event.kind, event.customer, event.register) == (EventKind.RECEIPT, "c-1", "till-1")
    assert (event.at, event.business_date) == ("2026-11-21T18:05:00+03:00", "2026-11-21")
    assert (event.document, event.fpd, event.purchase) == (DocumentId(FN, 7), 1007, Purchase(5970))
    (entry,) = event.entries
    assert (entry.kind, entry.id, entry.lot) == (EntryKind.ACCRUE, f"{event.id}:ACCRUE:p", f"{event.id}:ACCRUE:p")
    assert (entry.earned, entry.active_from, entry.expires) == ("2026-11-21", "2026-11-21", "2026-12-22")
    assert event.facts["rules"] == rules.hash
    assert sale(document(7, THREE_AT_1990), ANNA, [], rules, PLACE) == made, "reading it twice tells the same"


def test_points_that_wait_are_not_available_yet() -> None:
    rules = program("bp = 1000\ndelay_days = 14")
    slip = sale(document(7, goods(("Кофе", 10000, UNIT))), ANNA, [], rules, PLACE).slip
    assert slip is not None
    assert (slip.before_pt, slip.available_pt, slip.earned_pt, slip.earned_from) == (0, 0, 1000, "2026-12-05")
    assert (slip.pending_pt, slip.pending_from) == (1000, "2026-12-05")


TIERS = 'tiers = [{name="Старт", from_kop=0, bp=300}, {name="Серебро", from_kop=10000, bp=500}]'


def test_a_receipt_does_not_see_itself_nor_its_own_day() -> None:
    rules = program(TIERS)
    first = sale(document(7, goods(("Кофе", 20000, UNIT))), ANNA, [], rules, PLACE)
    assert first.slip is not None
    assert (first.slip.level, first.slip.earned_pt, first.slip.next_level) == ("Старт", 600, "")
    second = sale(document(8, goods(("Кофе", 20000, UNIT))), ANNA, [first.event], rules, PLACE)
    assert second.slip is not None
    assert (second.slip.level, second.slip.before_pt, second.slip.available_pt) == ("Старт", 600, 1200)
    morrow = document(9, goods(("Кофе", 20000, UNIT)), at="2026-11-22T09:00:00")
    third = sale(morrow, ANNA, [first.event, second.event], rules, PLACE)
    assert third.slip is not None
    assert (third.slip.level, third.slip.level_bp, third.slip.earned_pt) == ("Серебро", 500, 1000)


def test_the_way_to_the_next_level_counts_this_receipt() -> None:
    slip = sale(document(7, goods(("Кофе", 4000, UNIT))), ANNA, [], program(TIERS), PLACE).slip
    assert slip is not None
    assert (slip.next_level, slip.next_level_bp, slip.next_left_kop) == ("Серебро", 500, 6000)


def test_how_the_customer_was_known_and_who_else_was_named() -> None:
    rules = program("bp = 100")
    plain = sale(document(7, THREE_AT_1990), ANNA, [], rules, PLACE).event
    assert plain.facts["by"] == BY_CARD
    assert "also" not in plain.facts
    both = Identified("c-1", BY_CARD, ("c-2",))
    assert sale(document(7, THREE_AT_1990), both, [], rules, PLACE).event.facts["also"] == ["c-2"]


def test_no_personal_data_in_the_ledger() -> None:
    found = document(7, THREE_AT_1990)
    assert found.receipt is not None
    told = replace(
        found.receipt,
        buyer_contact="+79161234417",
        requisite_name="КАРТА",
        requisite_value="7Q4M2XKD9W",
        receipt_requisite="anna@example.org",
    )
    for made in (
        sale(replace(found, receipt=told), ANNA, [], program("bp = 100"), PLACE),
        invitation(replace(found, receipt=told), program("bp = 100"), PLACE, wanted=True),
    ):
        whole = event_to_json(made.event) + str(made.slip)
        assert not [secret for secret in ("9161234417", "7Q4M2XKD9W", "anna@") if secret in whole]


def test_a_stranger_is_invited_only_when_the_shop_wants() -> None:
    rules = program(TIERS)
    made = invitation(document(7, goods(("Кофе", 10000, UNIT))), rules, PLACE, wanted=True)
    assert made.event == bare_event(document(7, goods(("Кофе", 10000, UNIT))), PLACE)
    assert (made.event.customer, made.event.purchase, made.event.entries) == (None, None, ())
    assert made.slip is not None
    assert (made.slip.kind, made.slip.earned_pt, made.slip.customer) == (SlipKind.INVITATION, 300, "")
    assert invitation(document(7, THREE_AT_1990), rules, PLACE, wanted=False).slip is None


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (1, "registration"),
        (11, "registration"),
        (2, "shift_open"),
        (5, "shift_close"),
        (3, "receipt"),
        (4, "receipt"),
        (31, "correction"),
        (41, "correction"),
        (6, "report"),
        (21, "report"),
        (99, "report"),
    ],
)
def test_every_document_has_an_event(form: int, kind: str) -> None:
    found = FiscalDocument(DocumentId(FN, 5), form, 77, datetime.fromisoformat("2026-12-31T23:59:00"), shift=3)
    event = bare_event(found, PLACE)
    assert (event.id, event.kind.value, event.facts) == (f"{kind}:{FN}:5", kind, {"form": form, "shift": 3})
    assert event.business_date == "2026-12-31"


def test_an_unreadable_document_has_its_event_too() -> None:
    short = unreadable(
        DocumentId(FN, 5), PLACE, datetime.fromisoformat("2026-11-21T23:30:00"), {"why": "torn", "fpd": 9}
    )
    assert (short.id, short.at, short.fpd) == (f"unreadable:{FN}:5", "2026-11-21T23:30:00+03:00", 9)
    now = unreadable(DocumentId(FN, 5), PLACE, datetime(2026, 11, 21, 23, 30, 1, 5, tzinfo=UTC), {})
    assert (now.at, now.business_date, now.fpd) == ("2026-11-22T02:30:01+03:00", "2026-11-22", None)


@pytest.mark.parametrize("operation", list(Operation))
def test_only_sales_earn_and_only_their_returns_take_back(operation: Operation) -> None:
    found = document(7, THREE_AT_1990, operation)
    assert is_sale(found) is (operation is Operation.SALE)
    assert is_return(found) is (operation is Operation.SALE_RETURN)
    assert not is_sale(replace(found, receipt=None))
