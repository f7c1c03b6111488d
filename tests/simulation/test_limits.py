"""Limits against abuse: each one counts what it says, does what the program says, and never stops a receipt."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from kit.club_story import PROGRAM, active_pt, asked, back, last_event, opened, ruled, sold
from kit.sale_register import SaleRegister

from pos_agent.checkout.at_register import AtRegister
from pos_agent.errors import UsageError
from pos_agent.rules.limit_terms import ACTIONS, COUNTED, NAMES, QUICK_RETURN, SHARES
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError

Opened = Callable[[str], SaleRegister]
LATE, TYPED = AtRegister(late=True), AtRegister(manual=True)


@pytest.fixture
def shop(tmp_path: Path):
    made: list[SaleRegister] = []

    def build(limits: str) -> SaleRegister:
        made.append(opened(tmp_path, f"[limits]\n{limits}\n"))
        return made[-1]

    yield build
    for one in made:
        one.close()


def test_accruals_a_day_and_a_new_day(shop: Opened) -> None:
    register = shop('accruals_day = { most = 2, action = "refuse" }')
    assert [sold(register, f"s{n}")["accrued_pt"] for n in range(3)] == [1000, 1000, 0]
    third = sold(register, "more")
    assert third["flags"] == ["limit:accruals_day:refused"]
    assert last_event(register, third).facts["flags"] == ["limit:accruals_day:refused"]
    register.clock.advance(20 * 3600)
    assert sold(register, "tomorrow")["accrued_pt"] == 1000


def test_accruals_an_hour_is_a_moving_hour(shop: Opened) -> None:
    register = shop('accruals_hour = { most = 1, action = "refuse" }')
    assert sold(register, "a")["accrued_pt"] == 1000
    register.clock.advance(3_000)
    assert sold(register, "b")["accrued_pt"] == 0
    register.clock.advance(700)
    assert sold(register, "c")["accrued_pt"] == 1000


def test_spends_are_limited_and_earning_goes_on(shop: Opened) -> None:
    register = shop('spends_day = { most = 1, action = "refuse" }')
    register.give(10_000)
    assert sold(register, "a", spend="exact", spend_pt=1000)["spent_pt"] == 1000
    second = sold(register, "b", spend="exact", spend_pt=1000)
    assert (second["spent_pt"], second["accrued_pt"], second["total_kop"]) == (0, 1000, 10_000)


def test_receipts_with_one_card_an_hour_move_no_points_at_all(shop: Opened) -> None:
    register = shop('receipts_hour = { most = 2, action = "refuse" }')
    register.give(10_000)
    sold(register, "a")
    sold(register, "b")
    third = sold(register, "c", spend="exact", spend_pt=1000)
    assert (third["spent_pt"], third["accrued_pt"], third["total_kop"]) == (0, 0, 10_000)


def test_a_merged_card_does_not_start_afresh(shop: Opened) -> None:
    register = shop('accruals_day = { most = 1, action = "refuse" }')
    old, register.customer = register.customer, register.add_customer("+79160000043", "7Q4M2XKD9X")
    sold(register, "a", customer=old)
    asked(register, "points.merge", customer=old, into=register.customer, reason="двойник", operator="Иванова")
    assert sold(register, "b")["accrued_pt"] == 0


def test_a_cashiers_share_with_the_same_card(shop: Opened) -> None:
    register = shop('cashier_share = { most_bp = 5000, least = 4, action = "flag" }')
    other = register.add_customer("+79160000043", "7Q4M2XKD9X")
    mine, seven = AtRegister(cashier="7"), "7"
    flags = [sold(register, f"s{n}", said=mine).get("flags") for n in range(3)]
    assert flags == [None, None, None]  # three receipts are too few to say
    fourth = sold(register, "d", said=mine)
    assert fourth["flags"] == ["limit:cashier_share:flag"]
    assert fourth["accrued_pt"] == 1000  # only marked
    assert sold(register, "e", said=AtRegister(cashier="8")).get("flags") is None
    for number in range(5):
        sold(register, f"o{number}", said=AtRegister(cashier=seven), customer=other)
    assert sold(register, "f", said=mine).get("flags") is None  # 5 of 10 is not above a half


def test_a_card_after_the_sum(shop: Opened) -> None:
    register = shop('late_card = { action = "refuse" }')
    assert sold(register, "a", said=LATE)["accrued_pt"] == 0
    assert sold(register, "b")["accrued_pt"] == 1000


def test_the_share_of_typed_cards(shop: Opened) -> None:
    register = shop('manual_share = { most_bp = 5000, least = 2, action = "refuse" }')
    assert [sold(register, f"s{n}", said=TYPED)["accrued_pt"] for n in range(2)] == [1000, 0]
    assert sold(register, "scanned")["accrued_pt"] == 1000


def test_a_return_within_minutes_is_marked_and_made(shop: Opened) -> None:
    register = shop("quick_return = { minutes = 10 }")
    first, second = sold(register, "a"), sold(register, "b")
    quick = back(register, first, "ra")
    assert quick["flags"] == ["limit:quick_return:flag"]
    assert quick["cancelled_pt"] == 1000
    register.clock.advance(700)
    assert "flags" not in back(register, second, "rb")


def test_wrong_codes_stop_the_points_for_a_while(shop: Opened) -> None:
    register = shop('sender = "file"\ncode_attempts = { most = 2, minutes = 30, action = "refuse" }')
    with register.store.writing("code") as txn:
        txn.confirmations.make("conf-1", register.customer, "till-1", 1000, "1234")
    for wrong in ("1111", "2222"):
        with pytest.raises(UsageError, match="COD-01"):
            sold(register, f"w{wrong}", said=AtRegister(code=wrong))
    assert sold(register, "a")["accrued_pt"] == 0
    register.clock.advance(1_900)
    assert sold(register, "b")["accrued_pt"] == 1000


def test_a_code_lets_through_what_asks_a_code_and_a_senior_what_asks_a_senior(shop: Opened) -> None:
    register = shop('late_card = { action = "code" }\naccruals_day = { most = 2, action = "senior" }')
    with register.store.writing("code") as txn:
        txn.confirmations.make("conf-1", register.customer, "till-1", 0, "1234")
        txn.confirmations.set_senior("Петрова", "4321")
    assert sold(register, "a", said=LATE)["accrued_pt"] == 0
    coded = sold(register, "b", said=AtRegister(late=True, code="1234"))
    assert (coded["accrued_pt"], coded["flags"]) == (1000, ["limit:late_card:by_code"])
    assert sold(register, "c")["accrued_pt"] == 1000
    assert sold(register, "d")["accrued_pt"] == 0  # two accruals already
    with register.store.writing("code") as txn:
        txn.confirmations.make("conf-2", register.customer, "till-1", 0, "5678")
    not_enough = sold(register, "d2", said=AtRegister(code="5678"))
    assert (not_enough["accrued_pt"], not_enough["flags"]) == (0, ["limit:accruals_day:refused"])
    yes = AtRegister(senior="Петрова", pin="4321")
    allowed = sold(register, "e", said=yes)
    assert (allowed["accrued_pt"], allowed["flags"]) == (1000, ["limit:accruals_day:by_senior"])
    with pytest.raises(UsageError, match="COD-06"):
        sold(register, "f", said=AtRegister(senior="Петрова", pin="0000"))


def test_wrong_pins_make_all_pins_wait(shop: Opened) -> None:
    register = shop('late_card = { action = "senior" }')
    with register.store.writing("senior") as txn:
        txn.confirmations.set_senior("Петрова", "4321")
    for number in range(5):
        with pytest.raises(UsageError, match="COD-06"):
            sold(register, f"w{number}", said=AtRegister(late=True, senior="Петрова", pin="0000"))
    right = AtRegister(late=True, senior="Петрова", pin="4321")
    with pytest.raises(UsageError, match="COD-06"):
        sold(register, "a", said=right)
    register.clock.advance(301)
    assert sold(register, "a", said=right)["accrued_pt"] == 1000


def test_the_quote_and_the_show_say_beforehand_what_the_sale_will_do(shop: Opened) -> None:
    register = shop('accruals_day = { most = 1, action = "senior" }')
    sold(register, "a")
    look = register.orders.look("b", {"lines": [{"id": "1", "price_kop": 10_000, "qty": "1"}]}, register.customer)
    assert (look.priced.totals.accrued_pt, look.verdict.asks) == (0, "senior")
    told = asked(register, "limits.show", customer=register.customer)
    assert told["now"] == {"broken": ["accruals_day"], "earns": False, "spends": True, "asks": "senior"}
    assert told["limits"] == [{"name": "accruals_day", "action": "senior", "most": 1, "least": 0, "minutes": 0}]


def test_a_blocked_customer_buys_and_moves_no_points(shop: Opened) -> None:
    register = shop("")
    register.give(10_000)
    asked(register, "customer.mark", customer=register.customer, blocked=True)
    stopped = sold(register, "a", spend="exact", spend_pt=1000)
    assert (stopped["total_kop"], stopped["spent_pt"], stopped["accrued_pt"]) == (10_000, 0, 0)
    asked(register, "customer.mark", customer=register.customer, blocked=False)
    assert sold(register, "b", spend="exact", spend_pt=1000)["spent_pt"] == 1000


def any_limits(chance: random.Random) -> str:
    rows = []
    for name in chance.sample(NAMES, chance.randint(1, len(NAMES))):
        keys = [] if name == QUICK_RETURN else [f'action = "{chance.choice(ACTIONS)}"']
        if name in COUNTED or name == "code_attempts":
            keys.append(f"most = {chance.randint(1, 3)}")
        if name in SHARES:
            keys += [f"most_bp = {chance.randint(0, 9_000)}", f"least = {chance.randint(1, 3)}"]
        if name == QUICK_RETURN:
            keys.append("minutes = 60")
        rows.append(f"{name} = {{ {', '.join(keys)} }}")
    return "[limits]\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("seed", range(3))
def test_no_limits_ever_stop_a_receipt(tmp_path: Path, seed: int) -> None:
    """Whatever the program limits and whoever comes how: every sale and return is registered, priced right."""
    chance, register = random.Random(seed), opened(tmp_path)
    people = [register.next_customer(50_000) for _ in range(2)]
    answers: list[dict] = []
    for number in range(12):
        if number % 4 == 0:
            ruled(register, PROGRAM + any_limits(chance))
        said = AtRegister(chance.choice(["", "7"]), chance.random() < 0.5, chance.random() < 0.5)
        asks = chance.choice([0, 2_500, 10_000])
        answer = sold(register, f"s{number}", said=said, customer=chance.choice(people), spend="exact", spend_pt=asks)
        assert answer["spent_pt"] in (0, asks)
        assert answer["total_kop"] == 10_000 - answer["spent_pt"]
        answers.append(answer)
        register.clock.advance(chance.choice([1, 600, 4_000]))
        if chance.random() < 0.25:
            one = answers.pop(chance.randrange(len(answers)))
            assert back(register, one, f"r{number}")["cancelled_pt"] == one["accrued_pt"]
    in_storage = [total for _, operation, total in register.receipts(3) if operation == 1]
    assert len(in_storage) == 12
    assert all(active_pt(register, one) >= 0 for one in people)
    register.close()


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ('accruals_day = { most = 0, action = "refuse" }', "limits.accruals_day.most"),
        ('accruals_day = { action = "refuse" }', "limits.accruals_day.most"),
        ('late_card = { action = "block" }', "limits.late_card.action"),
        ('quick_return = { action = "refuse" }', "limits.quick_return.action"),
        ("cashier_share = { most_bp = 10001 }", "limits.cashier_share.most_bp"),
        ("accrual_day = { most = 1 }", "limits.accrual_day"),
        ("code_digits = 3", "limits.code_digits"),
        ('sender = "pigeon"', "limits.sender"),
    ],
)
def test_wrong_limits_are_refused_with_their_place(wrong: str, where: str) -> None:
    with pytest.raises(RulesError) as refused:
        parse(f"{PROGRAM}[limits]\n{wrong}\n")
    assert [one.path for one in refused.value.problems] == [where]
