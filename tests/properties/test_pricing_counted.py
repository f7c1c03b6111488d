"""Sets and fiscal items against counting by hand: every unit in a list, every count and every price tried."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from pos_agent.rules import basket
from pos_agent.rules.items import fiscal_items
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price


def half_up(exact: Decimal) -> int:
    return int(exact.to_integral_value(ROUND_HALF_UP))


def priced(one, offered):
    rules = parse(json.dumps({"program": {"id": "p", "name": "P"}, "rule": [one]}), "json")
    return price(rules, basket.read({"lines": offered}))


PIECES = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 4)), min_size=1, max_size=4)


@given(pieces=PIECES, buy=st.integers(1, 3), free=st.integers(1, 3))
def test_n_plus_m_gives_the_cheapest_units_of_all(pieces, buy, free):
    offered = [{"id": str(n), "price_kop": kop, "qty": str(count)} for n, (kop, count) in enumerate(pieces)]
    one = {"id": "r", "kind": "n_plus_m", "buy": buy, "free": free}
    units = sorted(kop for kop, count in pieces for _ in range(count))
    given_units = sum(free for start in range(buy + free, len(units) + 1, buy + free) if start)
    found = priced(one, offered)
    assert found.totals.discount_kop == sum(units[:given_units])


@given(pieces=PIECES, buy=st.integers(1, 3), get=st.integers(1, 3), scopes=st.data())
def test_buy_x_get_y_by_trying_every_count(pieces, buy, get, scopes):
    ids = [str(n) for n in range(len(pieces))]
    offered = [{"id": n, "price_kop": kop, "qty": str(count)} for n, (kop, count) in zip(ids, pieces, strict=True)]
    buying, giving = (scopes.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)) for _ in range(2))
    one = {"id": "r", "kind": "buy_x_get_y", "buy": buy, "get": get}
    one |= {"buy_scope": {"ids": buying}, "get_scope": {"ids": giving}}
    gifts = sorted((kop, n) for n, (kop, count) in zip(ids, pieces, strict=True) if n in giving for _ in range(count))
    bought = sum(count for n, (_, count) in zip(ids, pieces, strict=True) if n in buying)
    most = max(
        count
        for count in range(len(gifts) + 1)
        if count <= (bought - sum(n in buying for _, n in gifts[:count])) // buy * get
    )
    found = priced(one, offered)
    assert found.totals.discount_kop == sum(kop for kop, _ in gifts[:most])


@given(price_kop=st.integers(0, 400), micro=st.integers(1, 8_000_000), off=st.integers(0, 400))
def test_one_price_when_any_gives_the_net_else_two_neighbours(price_kop, micro, off):
    quantity = Decimal(micro).scaleb(-6)
    gross = half_up(price_kop * quantity)
    net = gross - min(off, gross)
    single = [one for one in range(price_kop + 1) if half_up(one * quantity) == net]
    found = fiscal_items(price_kop, micro, net)
    assert len(found) == (1 if single else 2)
    assert found[0].price_kop in (single or range(price_kop))
    if not single:
        first, second = found
        assert second.price_kop == first.price_kop + 1
        assert second.quantity_micro % 1_000_000 == 0
    assert sum(item.sum_kop for item in found) == net
    assert all(item.sum_kop == half_up(item.price_kop * Decimal(item.quantity_micro).scaleb(-6)) for item in found)
