"""The same cart by own API, ATOL's tasks and KkmServer: the same items in the storage, the same entry in the ledger."""

from collections.abc import Callable, Iterator

import pytest
from kit.often import often
from kit.till_faces import CARD_MONEY, CASH, Faces, faces, told

PROGRAM = """
[program]
id = "test"
name = "Тест"
[[rule]]
id = "card"
kind = "card_percent"
bp = 700
[[blacklist]]
id = "tobacco"
names = ["*сигарет*"]
flags = ["no_accrue", "no_discount"]
[accrue]
bp = 1000
[spend]
"""
CARTS = {  # lines (name, price, quantity, sum), and how it is paid
    "one": ([("Кофе", 10_000, 1, 10_000)], {CASH: 10_000}),
    "weighed": ([("Сыр", 45_990, 0.347, 15_959), ("Хлеб", 4_999, 3, 14_997)], {CASH: 40_000}),
    "odd": ([("Чай", 3_333, 3, 9_999), ("Сигареты", 20_001, 1, 20_001), ("Спички", 1, 7, 7)], {CASH: 30_007}),
    "both": ([("Кофе", 10_000, 1, 10_000), ("Вода", 5_050, 2, 10_100)], {CASH: 15_000, CARD_MONEY: 5_100}),
}


@pytest.fixture(scope="module", params=often(["shtrih", "atol"]))
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    with faces(tmp_path_factory.mktemp("sc"), request.param, PROGRAM) as made:
        made.by_own("first", [("Телевизор", 500_000, 1, 500_000)], {CASH: 500_000})  # points, and money in the drawer
        yield made


def by_each(shop: Faces, makes: dict[str, Callable[[], dict]]) -> dict[str, tuple[dict, list]]:
    """Face -> (what the ledger says, items in the storage)."""
    return {face: (told(make()), shop.items()) for face, make in makes.items()}


@pytest.mark.parametrize("name", CARTS)
def test_a_sale(shop: Faces, name: str) -> None:
    cart, paid = CARTS[name]
    found = by_each(
        shop,
        {
            "own": lambda: shop.by_own(f"own-{name}", cart, paid),
            "atol": lambda: shop.by_atol(f"atol-{name}", shop.atol_task(cart, paid)),
            "kkm": lambda: shop.by_kkm(f"kkm-{name}", shop.kkm_check(cart, paid)),
        },
    )
    event, items = found["own"]
    assert event["entries"], "points were earned"
    assert sum(one[3] for one in items) < sum(one[3] for one in cart), "cheaper"
    assert found["atol"] == found["own"]
    assert found["kkm"] == found["own"]


def test_a_return_that_names_its_sale(shop: Faces) -> None:
    cart, paid = CARTS["both"]
    found = {}
    for face in ("own", "atol", "kkm"):
        shop.by_own(f"sold-{face}", cart, paid)
        last = shop.documents()[-1]
        receipt = f"{last['fn_serial']}/{last['fd_number']}"
        found[face] = RETURNS[face](shop, receipt)
        assert shop.newest_event()["purchase"]["original"] == receipt
    event, items = found["own"]
    assert [entry["kind"] for entry in event["entries"]] == ["REVERSE"]
    assert [one[0] for one in items] == ["Вода"]
    assert found["atol"] == found["own"]
    assert found["kkm"] == found["own"]


def returned_by_own(shop: Faces, receipt: str) -> tuple[dict, list]:
    body = {"return": f"back-{receipt[-2:].strip('/')}", "receipt": receipt, "lines": {"2": "1"}, "payment": "cash"}
    assert shop.own("POST", "/v1/returns", body).status_code == 200
    return told(shop.newest_event()), shop.items()


def returned_by_atol(shop: Faces, receipt: str) -> tuple[dict, list]:
    task = shop.atol_task([("Вода", 5_050, 1, 5_050)], {CASH: 5_050}, kind="sellReturn", receipt=receipt)
    return told(shop.by_atol(f"back-{receipt}", task)), shop.items()


def returned_by_kkm(shop: Faces, receipt: str) -> tuple[dict, list]:
    sum_kop = sum(one[3] for one in shop.items()[1:]) // 2  # what one of the two has cost
    named = {"Name": "ИСХОДНЫЙ ЧЕК", "Value": receipt}
    body = shop.kkm_check([("Вода", sum_kop, 1, sum_kop)], {CASH: sum_kop}, kind=1, UserAttribute=named)
    return told(shop.by_kkm(f"back-{receipt}", body)), shop.items()


RETURNS = {"own": returned_by_own, "atol": returned_by_atol, "kkm": returned_by_kkm}


def test_a_return_that_names_no_sale(shop: Faces) -> None:
    """Loyalty rules, section 9: money by the presented price, nothing restored, points taken, flagged for a person."""
    cart = [("Кофе", 10_000, 1, 10_000), ("Сигареты", 20_000, 1, 20_000)]
    paid, before = {CASH: 30_000}, shop.active_pt()
    assert before >= 3_000, "there is something to take"
    found = by_each(
        shop,
        {
            "own": lambda: unnamed_by_own(shop),
            "atol": lambda: shop.by_atol("no-sale", shop.atol_task(cart, paid, kind="sellReturn")),
            "kkm": lambda: shop.by_kkm("no-sale", shop.kkm_check(cart, paid, kind=1)),
        },
    )
    event, _ = found["own"]
    assert [(one["kind"], one["amount_pt"]) for one in event["entries"]] == [("REVERSE", 1_000)]
    assert shop.active_pt() == before - 3 * 1_000
    for face in ("own", "atol", "kkm"):
        told_, items = found[face]
        assert told_["entries"] == event["entries"], face
        assert told_["facts"]["flags"] == ["no_original"], face
        assert told_["facts"]["rules"] == event["facts"]["rules"], face
        assert told_["customer"] == shop.customer, face
        assert told_["net_kop"] == -30_000, face
        assert [(one[0], one[1], one[3]) for one in items] == [(one[0], one[1], one[3]) for one in cart], face


def unnamed_by_own(shop: Faces) -> dict:
    lines = [
        {"id": "1", "name": "Кофе", "price_kop": 10_000, "qty": "1", "vat": "vat20"},
        {"id": "2", "name": "Сигареты", "price_kop": 20_000, "qty": "1", "vat": "vat20"},
    ]
    shop.ask("return", basket={"lines": lines}, customer=shop.customer, payment="cash", sale="no-sale")
    return shop.newest_event()


def test_a_return_of_nobody_or_without_an_armed_card_moves_no_points(shop: Faces) -> None:
    shop.ask("card.arm", text="7Q4M2XKD9W")
    cart, paid, before = [("Кофе", 10_000, 1, 10_000)], {CASH: 10_000}, shop.active_pt()
    nobody = {**shop.atol_task(cart, paid, kind="sellReturn"), "loyalty": {}}
    made = [shop.by_atol("nobody", nobody)]
    made.append(shop.by_kkm("nobody", {**shop.kkm_check(cart, paid, kind=1), "AdditionalAttribute": ""}))
    for event in made:
        assert (event.get("customer"), event.get("entries", []), event["facts"]["flags"]) == (None, [], ["no_original"])
    assert shop.ask("card.show")["armed"], "a card is armed for a sale"
    shop.ask("card.cancel")
    assert shop.active_pt() == before
