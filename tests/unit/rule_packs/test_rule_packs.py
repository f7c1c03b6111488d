"""The rule packs by trade in config/rules: read without a remark, and price real baskets as the trade expects."""

from pathlib import Path

import pytest

from pos_agent.rules import basket
from pos_agent.rules.check import inspect
from pos_agent.rules.code_form import coupon_code, genuine
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price

FOLDER = Path(__file__).parents[3] / "config" / "rules"
PACKS = sorted(path.stem for path in FOLDER.glob("*.toml"))
FREE_UNIT = {"coffee", "clothing", "pet-shop"}  # a whole unit may be given: told by the worst case, and meant


def line(number, name, kop, qty="1", category="", **more):
    return {"id": str(number), "name": name, "price_kop": kop, "qty": qty, "category": category, **more}


def sold(pack, *lines, secrets=None, **keys):
    rules = parse((FOLDER / f"{pack}.toml").read_text(encoding="utf-8"))
    keys.setdefault("at", "2026-11-24T09:15:00+03:00")  # a Tuesday
    return price(rules, basket.read({"lines": list(lines), **keys}), secrets or {})


def customer(**figures):
    return {"id": "c-1", **figures}


def test_all_trades_are_there():
    trades = {
        "grocery",
        "coffee",
        "beauty",
        "clothing",
        "discount-card",
        "pharmacy",
        "flowers",
        "auto-parts",
        "pet-shop",
    }
    assert set(PACKS) == trades


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_is_read_without_a_remark(pack):
    _, found = inspect((FOLDER / f"{pack}.toml").read_text(encoding="utf-8"))
    assert [one.code for one in found if not (one.code == "worst" and pack in FREE_UNIT)] == []


def test_grocery_evening_bakery_yogurts_and_rounding():
    lines = [
        line(1, "Багет", 9990, "2", "bakery"),
        line(2, "Йогурт", 5950, "3", "yogurt"),
        line(3, "Водка 0,5", 42000, volume_ml=500),
    ]
    priced = sold("grocery", *lines, at="2026-11-24T20:30:00+03:00", customer=customer())
    assert priced.lines[0].discounts["bakery-evening"] == 5994
    assert priced.lines[1].discounts["yogurt"] == 5950
    assert priced.totals.payable_kop % 100 == 0
    assert priced.lines[2].net_kop >= 40900
    assert sold("grocery", *lines, at="2026-11-24T19:59:00+03:00").applied == ("yogurt", "round")


def test_grocery_points_for_full_fifties_in_whole_points():
    assert sold("grocery", line(1, "Молоко", 34900), customer=customer()).totals.accrued_pt == 600
    spent = sold("grocery", line(1, "Молоко", 34900), customer=customer(balance_pt=10000), spend="max")
    assert (spent.spent_pt, spent.totals.accrued_pt) == (10000, 0)


@pytest.mark.parametrize(("stamps", "cups", "free", "after"), [(4, 1, 0, 5), (5, 1, 1, 0), (5, 7, 2, 0), (0, 5, 0, 5)])
def test_coffee_sixth_cup(stamps, cups, free, after):
    priced = sold("coffee", line(1, "Капучино", 20000, str(cups), "coffee"), customer=customer(stamps={"cup": stamps}))
    assert priced.totals.discount_kop == free * 20000
    assert priced.stamps_after == {"cup": after}


def test_coffee_dessert_in_the_morning_and_levels():
    lines = [line(1, "Капучино", 20000, category="coffee"), line(2, "Эклер", 18000, category="dessert")]
    priced = sold("coffee", *lines, customer=customer(metric_kop=1_000_000))
    assert priced.lines[1].discounts == {"morning-dessert": 9000}
    assert priced.totals.accrued_pt == 1450  # 5 % of 290.00
    assert sold("coffee", *lines, at="2026-11-28T09:15:00+03:00").applied == ()  # Saturday


@pytest.mark.parametrize(
    ("visits", "birthday", "applied", "kop"),
    [(4, None, ("fifth-visit",), 30000), (3, "1990-11-28", ("birthday",), 22500),
     (4, "1990-11-28", ("fifth-visit",), 30000), (3, "1990-12-15", (), 0)],
)  # fmt: skip
def test_beauty_fifth_visit_or_birthday_the_better_one(visits, birthday, applied, kop):
    priced = sold(
        "beauty", line(1, "Стрижка", 150000, category="service"), customer=customer(visits=visits, birthday=birthday)
    )
    assert (priced.applied, priced.totals.discount_kop) == (applied, kop)


def test_beauty_abonement_pays_for_a_visit_and_is_sold_without_points():
    visit = line(1, "Стрижка", 150000, category="service")
    care = line(2, "Уход", 50000, category="service")
    pays = [{"kind": "abonement", "id": "A-1", "units": "1", "scope": {"ids": ["1"]}}]
    priced = sold("beauty", visit, care, customer=customer(visits=2), payments=pays)
    assert (priced.paid.offsets[0].sum_kop, priced.paid.due_kop) == (150000, 50000)
    assert priced.totals.accrued_pt == 10000
    assert [note["rule"] for note in priced.notes] == ["offer-abonement"]
    bought = sold("beauty", line(1, "Абонемент", 1_200_000, sells="abonement"), customer=customer())
    assert bought.totals.accrued_pt == 0


@pytest.mark.parametrize(
    ("metric", "kop"), [(0, 20000), (999_999, 20000), (1_000_000, 28000), (2_999_999, 28000), (3_000_000, 40000)]
)
def test_clothing_levels(metric, kop):
    assert sold("clothing", line(1, "Пальто", 400000), customer=customer(metric_kop=metric)).totals.discount_kop == kop


def test_clothing_sale_beats_the_level_and_the_second_piece_by_code():
    coat = line(1, "Пальто", 400000, category="sale")
    winter = sold("clothing", coat, customer=customer(metric_kop=3_000_000), at="2027-01-15T12:00:00+03:00")
    assert (winter.applied, winter.totals.discount_kop) == (("sale",), 160000)
    pair = sold("clothing", line(1, "Футболка", 100000), line(2, "Носки", 20000), codes=["ВТОРАЯ"])
    assert pair.lines[1].discounts == {"second-half": 10000}
    alone = sold("clothing", line(1, "Футболка", 100000), codes=["ВТОРАЯ"])
    assert alone.applied == ()


@pytest.mark.parametrize(
    ("metric", "kop"),
    [(0, 3000), (9_999_999, 3000), (10_000_000, 5000), (24_999_999, 5000), (25_000_000, 7000), (50_000_000, 10000)],
)
def test_discount_card_from_0_100_250_and_500_thousand(metric, kop):
    lines = [line(1, "Чайник", 100000), line(2, "Товар недели", 100000, category="week"), line(3, "Сигареты", 20000)]
    priced = sold("discount-card", *lines, customer=customer(metric_kop=metric))
    assert [one.discounts for one in priced.lines] == [{"card": kop}, {"week": 15000}, {}]


def test_pharmacy_social_mornings_prescriptions_apart():
    lines = [
        line(1, "Витамины", 50000, "3", "vitamins"),
        line(2, "Антибиотик", 60000, category="prescription"),
        line(3, "Крем", 100000, category="cosmetics"),
    ]
    priced = sold("pharmacy", *lines, customer=customer(segments=["pensioner"], balance_pt=500000), spend="max")
    assert priced.lines[0].discounts == {"course": 15000, "social": 6750}
    assert priced.lines[1].discounts == {}
    assert priced.lines[1].points_pt == priced.lines[1].accrued_pt == 0
    assert priced.totals.points_pt == 111600  # half of 1282.50 + 950.00 = 1116.25, whole points
    noon = sold("pharmacy", *lines, customer=customer(segments=["pensioner"]), at="2026-11-24T12:00:00+03:00")
    assert noon.applied == ("course",)


def test_flowers_coupon_for_the_next_bouquet_but_no_discount_on_peak_days():
    key = b"a key of the tests, 32 bytes long"
    bought = sold("flowers", line(1, "Букет", 350000), customer=customer(), secrets={"next-bouquet": key}, draft="s-1",
                  delivery="courier")  # fmt: skip
    (coupon,) = bought.coupons
    assert (coupon["valid_from"], coupon["valid_to"]) == ("2026-11-25", "2027-01-24")
    assert bought.notes[0]["rule"] == "free-delivery"
    rules = parse((FOLDER / "flowers.toml").read_text(encoding="utf-8"))
    assert genuine(rules.batches[0], key, coupon["code"])
    again = sold("flowers", line(1, "Букет", 200000), customer=customer(), codes=[coupon["code"]],
                 secrets={"next-bouquet": key})  # fmt: skip
    assert (again.applied, again.totals.discount_kop) == (("next-bouquet",), 30000)
    peak = sold("flowers", line(1, "Букет", 200000), customer=customer(), codes=[coupon["code"]],
                at="2027-03-08T10:00:00+03:00")  # fmt: skip
    assert peak.applied == ()
    assert coupon_code(rules.batches[0], key, "x") != coupon["code"]


def test_auto_parts_workshop_tyres_filter_and_sbp():
    lines = [
        line(1, "Шина", 800000, "4", "tyres"),
        line(2, "Масло", 300000, category="oil"),
        line(3, "Фильтр", 60000, category="filters"),
    ]
    pays = [{"kind": "sbp", "sum_kop": 3_560_000}]
    priced = sold("auto-parts", *lines, customer=customer(segments=["workshop"], metric_kop=30_000_000), payments=pays)
    assert priced.applied == ("four-tyres", "filter", "workshop", "sbp")
    assert priced.lines[2].discounts["filter"] == 30000
    assert priced.lines[0].discounts["four-tyres"] == 160000
    assert priced.lines[0].accrued_pt == 0  # tyres earn nothing
    three = sold("auto-parts", line(1, "Шина", 800000, "3", "tyres"))
    assert three.applied == ()


def test_pet_shop_sixth_pack_chosen_category_and_the_shelter():
    food, toy = line(1, "Корм", 200000, "2", "food"), line(2, "Мяч", 100000, category="toys")
    priced = sold("pet-shop", food, toy, customer=customer(stamps={"food": 4}, segments=["likes-toys"]))
    assert priced.lines[0].discounts == {"sixth-pack": 100000}
    assert priced.stamps_after == {"food": 0}
    # 2 % of 3000.00 is 60.00, 50 points for one full 2000.00 of food, 7 % of the toy is 70.00
    assert priced.totals.accrued_pt == 6000 + 5000 + 7000
    assert priced.programs[0].accrued_pt == 400  # 0.1 % of 4000.00
