"""Certificates, abonements and deposits: any partition, any order, any repetition of returns ends at the same rest."""

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pos_agent.ledger.prepaid import Given, account, given_back
from pos_agent.model.events import EventKind, LedgerEvent
from pos_agent.model.receipt import DocumentId
from pos_agent.money import MICRO, returned_part

FN = "9999078902001234"
Line = tuple[int, int, str]  # net in kopecks, pieces, part


def event(fd: int, facts: dict, minute: int) -> LedgerEvent:
    return LedgerEvent(
        id=f"receipt:{FN}:{fd}",
        kind=EventKind.RECEIPT,
        register="till-1",
        at=f"2026-11-21T10:{minute:02d}:00+03:00",
        business_date="2026-11-21",
        document=DocumentId(FN, fd),
        facts=facts,
    )


@st.composite
def sales(draw: st.DrawFn) -> dict:
    """Facts of a sale: an abonement on some lines, a certificate and a deposit over what it left."""
    rows: Sequence[Line] = draw(
        st.lists(
            st.tuples(st.integers(0, 3_000), st.integers(1, 7), st.sampled_from(("", "patent"))), min_size=1, max_size=4
        )
    )
    lines, units, covered, paid = [], {}, {}, {"certificate:C": {}, "deposit:D": {}}
    for number, (net, pieces, part) in enumerate(rows, 1):
        lines.append({"number": number, "quantity_micro": pieces * MICRO, "sum_kop": net, "part": part})
        visits = draw(st.integers(0, pieces))
        if visits:
            units[str(number)], covered[str(number)] = visits * MICRO, returned_part(net, visits, pieces)
        due = net - covered.get(str(number), 0)
        for name in paid:
            paid[name][str(number)] = draw(st.integers(0, due))
            due -= paid[name][str(number)]
    offsets = [_offset(name, of_line, {}) for name, of_line in paid.items()]
    if units:
        offsets.insert(0, _offset("abonement:A", covered, units))
    return {"operation": 1, "sale": "s", "lines": lines, "offsets": offsets}


def _offset(name: str, of_line: dict[str, int], units: dict[str, int]) -> dict:
    sums = {"sum_kop": sum(of_line.values()), "units_micro": sum(units.values())}
    return {"account": name, "kind": name.partition(":")[0], **sums, "lines": of_line, "units": units}


def pieces_in_documents(facts: dict, chance: random.Random) -> list[dict[int, int]]:
    """Every piece of the sale, in a random order, some together in one document."""
    pieces = [line["number"] for line in facts["lines"] for _ in range(line["quantity_micro"] // MICRO)]
    chance.shuffle(pieces)
    documents: list[dict[int, int]] = []
    for number in pieces:
        if not documents or chance.random() < 0.5:
            documents.append({})
        documents[-1][number] = documents[-1].get(number, 0) + MICRO
    return documents


@given(sales(), st.integers(0, 2**32))
def test_no_return_gives_back_more_than_its_money_and_all_give_back_everything(facts: dict, seed: int) -> None:
    back: dict[int, int] = {}
    was: dict[str, Given] = {}
    for document in pieces_in_documents(facts, random.Random(seed)):
        before = dict(back)
        for number, micro in document.items():
            back[number] = back.get(number, 0) + micro
        now = given_back(facts, back)
        gone = sum(one.sum_kop for one in now.values()) - sum(one.sum_kop for one in was.values())
        money = sum(
            returned_part(line["sum_kop"], back.get(line["number"], 0), line["quantity_micro"])
            - returned_part(line["sum_kop"], before.get(line["number"], 0), line["quantity_micro"])
            for line in facts["lines"]
        )
        assert 0 <= gone <= money
        for name, one in was.items():
            assert now[name].sum_kop >= one.sum_kop
            assert now[name].units_micro >= one.units_micro
        was = now
    for one in facts["offsets"]:
        assert was.get(one["account"], Given()) == Given(one["sum_kop"], one["units_micro"])


@given(sales(), st.integers(0, 2**32), st.booleans())
def test_any_order_of_arrival_and_any_repetition_fold_to_the_same_account(facts: dict, seed: int, lost: bool) -> None:
    chance = random.Random(seed)
    terms = {"account": "certificate:C", "kind": "certificate", "line": 1, "units_micro": 0, "to": "", "stores": []}
    terms |= {"rest": "forfeit" if lost else "keep", "value_kop": 20_000}
    sold = {"sale": "o", "sells": [terms], "lines": [{"number": 1, "quantity_micro": MICRO, "sum_kop": 20_000}]}
    events = [event(1, {"operation": 1, **sold}, 0), event(2, facts, 1)]
    for number, document in enumerate(pieces_in_documents(facts, chance)[: chance.randrange(12)]):
        pieces = [{"number": line, "quantity_micro": micro} for line, micro in document.items()]
        back = {"operation": 2, "sale": f"r{number}", "original": f"{FN}/2", "returned": pieces}
        events.append(event(3 + number, back, 2 + number))
    first = account("certificate:C", events)
    assert first is not None
    for _ in range(4):
        mixed = [*events, *chance.choices(events, k=3)]
        chance.shuffle(mixed)
        assert account("certificate:C", mixed) == first
    paid = next(one["sum_kop"] for one in facts["offsets"] if one["account"] == "certificate:C")
    assert 0 <= first.rest_kop <= 20_000
    assert first.rest_kop >= (0 if lost and paid else 20_000 - paid)


@given(sales(), st.integers(0, 2**32))
def test_a_return_by_the_till_gives_nothing_back_and_a_foreign_one_is_not_counted(facts: dict, seed: int) -> None:
    terms = {"account": "certificate:C", "kind": "certificate", "line": 1, "units_micro": 0, "to": "", "stores": []}
    sold = {"sells": [{**terms, "rest": "keep", "value_kop": 20_000}]}
    lines = [{"number": 1, "quantity_micro": MICRO, "sum_kop": 20_000}]
    events = [event(1, {"operation": 1, **sold, "lines": lines}, 0), event(2, facts, 1)]
    before = account("certificate:C", events)
    pieces = [{"number": one["number"], "quantity_micro": one["quantity_micro"]} for one in facts["lines"]]
    till = event(3, {"operation": 2, "original": f"{FN}/2", "returned": pieces}, 2)
    foreign = replace(till, id="receipt:x:9", facts={**till.facts, "sale": "r", "original": f"{FN}/99"})
    assert account("certificate:C", [*events, till, foreign]) == before
