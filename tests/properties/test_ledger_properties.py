"""The fold against an oracle that moves hundredths one by one, day by day; order and repetition of arrival."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_agent.ledger.audit import audit, check
from pos_agent.ledger.balance import balance, due
from pos_agent.ledger.fold import fold
from pos_agent.ledger.state import FoldPolicy
from pos_agent.model.events import Entry, EntryKind, EventKind, LedgerEvent, Purchase
from pos_agent.model.receipt import DocumentId

FN = "9999078902001234"
FIRST = date(2026, 1, 1)
MICRO = 1_000_000


@dataclass(frozen=True)
class Sale:
    day: int
    spent: int
    earned: int
    delay: int
    life: int | None  # days until `expires`
    pieces: int


@dataclass(frozen=True)
class Back:
    day: int
    sale: int
    pieces: int


@dataclass(frozen=True)
class Gift:
    day: int
    amount: int
    life: int | None


Story = list[Sale | Back | Gift]
DAYS = st.integers(0, 12)
LIVES = st.none() | st.integers(1, 9)
SALES = st.builds(Sale, DAYS, st.integers(0, 9), st.integers(0, 9), st.integers(0, 4), LIVES, st.integers(1, 3))
GIFTS = st.builds(Gift, DAYS, st.integers(1, 9), LIVES)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Sales, gifts and returns; a return never lies before its sale, but may ask for more than is left."""
    story: Story = draw(st.lists(SALES | GIFTS, min_size=1, max_size=7))
    sales = [index for index, fact in enumerate(story) if isinstance(fact, Sale)]
    for _ in range(draw(st.integers(0, 6)) if sales else 0):
        index = draw(st.sampled_from(sales))
        story.append(Back(draw(st.integers(story[index].day, 14)), index, draw(st.integers(1, 3))))
    return story


def iso(day: int) -> str:
    return (FIRST + timedelta(days=day)).isoformat()


def name(index: int) -> str:
    return f"e{index:02d}"


def document(index: int) -> DocumentId:
    return DocumentId(FN, index + 1)


def entry(index: int, kind: EntryKind, amount: int | None, **more: str) -> Entry:
    return Entry(f"{name(index)}/{kind}", kind, "p", amount, **more)


def event_of(index: int, fact: Sale | Back | Gift) -> LedgerEvent:
    """The fact as the product records it; the n-th fact of a day is later than the one before it."""
    base = LedgerEvent(
        name(index), EventKind.RECEIPT, "t", f"{iso(fact.day)}T12:00:{index:02d}+03:00", iso(fact.day), "c"
    )
    expires = iso(fact.day + fact.life) if not isinstance(fact, Back) and fact.life is not None else ""
    if isinstance(fact, Gift):
        gift = entry(index, EntryKind.GIFT, fact.amount, earned=iso(fact.day), expires=expires)
        return replace(base, kind=EventKind.GIFT, entries=(gift,))
    if isinstance(fact, Sale):
        dates = {"earned": iso(fact.day), "active_from": iso(fact.day + fact.delay), "expires": expires}
        accrual, spend = entry(index, EntryKind.ACCRUE, fact.earned, **dates), entry(index, EntryKind.SPEND, fact.spent)
        line = {"number": 1, "quantity_micro": fact.pieces * MICRO, "accrued_pt": fact.earned, "spent_pt": fact.spent}
        return replace(
            base, document=document(index), purchase=Purchase(100), entries=(accrual, spend), facts={"lines": [line]}
        )
    taken = entry(index, EntryKind.RESTORE, None), entry(index, EntryKind.REVERSE, None)
    returned = [{"number": 1, "quantity_micro": fact.pieces * MICRO}]
    purchase = Purchase(-1, document(fact.sale))
    return replace(base, document=document(index), purchase=purchase, entries=taken, facts={"returned": returned})


@dataclass
class Hundredth:
    lot: str
    earned: int
    active: int
    expires: int | None
    where: str = "pending"  # pending, active, used, dead, gone
    user: int | None = None
    turn: int = 0
    home: str = ""


@dataclass
class Oracle:
    """One hundredth is one thing in one place. No lots, no accounts, no heap."""

    all: list[Hundredth] = field(default_factory=list)
    owed: list[int | None] = field(default_factory=list)  # who owes: a spend, or None for a reversal
    turn: int = 0
    today: int = 0

    def usable(self) -> list[Hundredth]:
        active = [thing for thing in self.all if thing.where == "active"]
        return sorted(active, key=lambda it: (10**6 if it.expires is None else it.expires, it.earned, it.lot))

    def use(self, thing: Hundredth, user: int | None) -> None:
        self.turn += 1
        thing.where, thing.user, thing.turn = ("used" if user is not None else "gone"), user, self.turn

    def arrive(self, things: list[Hundredth]) -> None:
        for thing in things:
            thing.where = "pending" if thing.active > self.today else "active"
            if self.owed:
                self.use(thing, self.owed.pop(0))

    def morning(self, day: int) -> None:
        self.today = day
        for thing in self.all:
            if thing.where in ("pending", "active") and thing.expires is not None and thing.expires <= day:
                thing.where = "dead"
        ripe = [thing for thing in self.all if thing.where == "pending" and thing.active <= day]
        self.arrive(sorted(ripe, key=lambda thing: thing.lot))

    def earn(self, lot: str, amount: int, active: int, life: int | None) -> None:
        expires = None if life is None else self.today + life
        things = [Hundredth(lot, self.today, active, expires, home=lot) for _ in range(amount)]
        self.all += things
        self.arrive(things)

    def spend(self, user: int, amount: int) -> None:
        for _ in range(amount):
            usable = self.usable()
            if usable:
                self.use(usable[0], user)
            else:
                self.owed.append(user)

    def restore(self, user: int, amount: int, grace: int) -> None:
        for _ in range(amount):
            if user in self.owed:
                self.owed.remove(user)
                continue
            thing = max((it for it in self.all if it.where == "used" and it.user == user), key=lambda it: it.turn)
            if thing.expires is None or thing.expires > self.today:
                self.arrive([thing])
            elif grace:
                thing.where = "gone"
                self.earn_again(thing, grace)
            else:
                thing.where = "dead"

    def earn_again(self, old: Hundredth, grace: int) -> None:
        thing = Hundredth(f"grace/{old.lot}", old.earned, self.today, self.today + grace + 1)
        self.all.append(thing)
        self.arrive([thing])

    def reverse(self, lot: str, amount: int) -> None:
        for _ in range(amount):
            own = [it for it in self.all if it.home == lot and it.where in ("pending", "active")]
            dead = [it for it in self.all if it.home == lot and it.where == "dead"]
            found = [*own, *dead, *self.usable()]
            if found:
                found[0].where = "gone"
            else:
                self.owed.append(None)

    def count(self, where: str) -> int:
        return sum(1 for thing in self.all if thing.where == where)


def oracle_points(story: Story, through: int, grace: int) -> tuple[int, int, int]:
    oracle = Oracle()
    back = dict.fromkeys(range(len(story)), 0)
    for day in range(through + 1):
        oracle.morning(day)
        for index, fact in enumerate(story):
            if fact.day != day:
                continue
            if isinstance(fact, Gift):
                oracle.earn(f"{name(index)}/GIFT", fact.amount, day, fact.life)
            elif isinstance(fact, Sale):
                oracle.spend(index, fact.spent)
                oracle.earn(f"{name(index)}/ACCRUE", fact.earned, day + fact.delay, fact.life)
            else:
                return_pieces(oracle, story, fact, back, grace)
    return oracle.count("active"), oracle.count("pending"), len(oracle.owed)


def return_pieces(oracle: Oracle, story: Story, fact: Back, back: dict[int, int], grace: int) -> None:
    sale, before = story[fact.sale], back[fact.sale]
    assert isinstance(sale, Sale)
    after = before + fact.pieces
    if after > sale.pieces:
        return
    back[fact.sale] = after
    oracle.restore(fact.sale, sale.spent * after // sale.pieces - sale.spent * before // sale.pieces, grace)
    earned = sale.earned * after // sale.pieces - sale.earned * before // sale.pieces
    oracle.reverse(f"{name(fact.sale)}/ACCRUE", earned)


def by_day(story: Story) -> Story:
    """Facts in the order of their days, returns pointing at where their sale now stands."""
    order = sorted(range(len(story)), key=lambda index: (story[index].day, index))
    new = {old: place for place, old in enumerate(order)}
    facts = (story[index] for index in order)
    return [replace(fact, sale=new[fact.sale]) if isinstance(fact, Back) else fact for fact in facts]


@pytest.mark.parametrize("grace", [0, 3])
@given(story=stories(), through=st.integers(0, 20))
def test_fold_agrees_with_counting_one_by_one(grace, story, through):
    story = by_day(story)
    events = [event_of(index, fact) for index, fact in enumerate(story)]
    state = fold(events, FIRST + timedelta(days=through), FoldPolicy("p", grace))
    assert (state.active_pt, state.pending_pt, state.debt_pt) == oracle_points(story, through, grace)
    assert check(state) == []


@given(story=stories(), data=st.data())
def test_any_order_and_any_repetition_give_the_same_state(story, data):
    events = [event_of(index, fact) for index, fact in enumerate(by_day(story))]
    again = data.draw(st.lists(st.sampled_from(events), max_size=5))
    shuffled = data.draw(st.permutations([*events, *again]))
    through = FIRST + timedelta(days=16)
    assert fold(shuffled, through, FoldPolicy("p")) == fold(events, through, FoldPolicy("p"))
    assert audit(shuffled, through, FoldPolicy("p")) == []


@given(story=stories(), on=st.integers(0, 20))
def test_postings_sum_to_zero_and_date_events_change_nothing(story, on):
    events = [event_of(index, fact) for index, fact in enumerate(by_day(story))]
    day = FIRST + timedelta(days=on)
    state = fold(events, day, FoldPolicy("p"))
    assert sum(posting.amount_pt for posting in state.postings) == 0
    written = fold([*events, *(item.event() for item in due(state, day))], day, FoldPolicy("p"))
    assert (written.postings, written.lots) == (state.postings, state.lots)
    assert due(written, day) == []


@given(story=stories(), through=st.integers(0, 14), later=st.integers(0, 20))
def test_a_later_balance_is_the_fold_of_the_same_facts_on_that_date(story, through, later):
    events = [event_of(index, fact) for index, fact in enumerate(by_day(story)) if fact.day <= through]
    known = fold(events, FIRST + timedelta(days=through), FoldPolicy("p"))
    on = FIRST + timedelta(days=through + later)
    shown, then = balance(known, on), fold(events, on, FoldPolicy("p"))
    assert (shown.active_pt, shown.pending_pt, shown.debt_pt) == (then.active_pt, then.pending_pt, then.debt_pt)


@given(sale=SALES, parts=st.permutations([1, 1, 1, 2, 3]))
def test_returns_in_any_parts_end_where_it_began(sale, parts):
    sale = replace(sale, day=1, life=None, pieces=3)
    story: Story = [Gift(0, 9, None), sale]
    left = 3
    for pieces in parts:
        if pieces <= left:
            story.append(Back(2, 1, pieces))
            left -= pieces
    events = [event_of(index, fact) for index, fact in enumerate(story)]
    state = fold(events, FIRST + timedelta(days=9), FoldPolicy("p"))
    assert (state.active_pt, state.pending_pt, state.debt_pt) == (9, 0, 0)
