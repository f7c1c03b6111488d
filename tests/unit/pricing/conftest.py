"""A short way to say a basket and its rules: rules as TOML, lines as dicts with only what matters."""

from __future__ import annotations

import pytest

from pos_agent.rules import basket
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price

HEAD = '[program]\nid = "p"\nname = "P"\n'


class Till:
    """Prices baskets the way the tests write them."""

    def line(self, id, price_kop, qty="1", **more):
        return {"id": str(id), "price_kop": price_kop, "qty": qty, **more}

    def lines(self, *prices):
        return [self.line(number, price) for number, price in enumerate(prices, start=1)]

    def rules(self, text, program=""):
        return parse(HEAD + program + "\n" + text)

    def price(self, rules, lines, *, program="", balance=None, **basket_keys):
        """`balance` (hundredths of a point) makes a customer `c-1`; `customer` gives one in full."""
        if balance is not None:
            basket_keys["customer"] = {"id": "c-1", "balance_pt": balance}
        parsed = self.rules(rules, program) if isinstance(rules, str) else rules
        return price(parsed, basket.read({"lines": lines, **basket_keys}))

    def rule(self, id, kind, **keys):
        return f'[[rule]]\nid = "{id}"\nkind = "{kind}"\n' + "".join(f"{key} = {said}\n" for key, said in keys.items())

    def given(self, priced, rule):
        return [line.discounts.get(rule, 0) for line in priced.lines]

    def nets(self, priced):
        return [line.net_kop for line in priced.lines]

    def items(self, line):
        return [(item.price_kop, item.quantity_micro, item.sum_kop) for item in line.items]

    def skipped(self, priced):
        """Rule -> what the trace says about why it gave nothing."""
        return {entry["rule"]: entry for entry in priced.trace if entry["step"] == "skip"}


@pytest.fixture
def till():
    return Till()
