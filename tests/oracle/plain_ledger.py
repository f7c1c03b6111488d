"""A customer's points written plainly from loyalty rules 7 to 10: every hundredth is one thing in one place.

No lots, no accounts, no heap, nothing of the product: the whole list of facts is lived through again, day by day, each
time somebody asks. Slow on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NEVER = 10**6


@dataclass(frozen=True)
class Fact:
    """What happened on `day` (0, 1, ...); facts of one day happen in the order of `id`.

    `kind`: sale, back, gift, adjust, hold, unhold, merge. `amount`: spent by a sale, given, adjusted (may be below 0),
    held. `of` and `pieces`: the sale a return names and how many pieces came back. `into`: the surviving card.
    """

    id: str
    kind: str
    day: int
    customer: str
    register: str = "r1"
    amount: int = 0
    earned: int = 0
    delay: int = 0
    life: int | None = None  # days until the first unusable one
    pieces: int = 1
    of: str = ""
    into: str = ""
    merchant: str = ""
    net: int = 0


@dataclass
class Coin:
    """One hundredth of a point. `where`: pending, active, held, used, dead (expired or burned), gone (taken back)."""

    lot: str
    customer: str
    earned: int
    active: int
    expires: int
    merchant: str
    where: str = "pending"
    holder: tuple[str, str] = ("", "")
    user: str = ""
    shop: str = ""
    turn: int = 0


@dataclass
class Owed:
    """One hundredth owed; `user` is the sale that fell short, "" for anything else."""

    customer: str
    user: str = ""
    shop: str = ""


@dataclass
class Life:
    """Everything after the last fact of a day."""

    grace: int = 0
    coins: list[Coin] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    into: dict[str, str] = field(default_factory=dict)
    back: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    accrued: int = 0
    turn: int = 0
    today: int = 0

    def root(self, customer: str) -> str:
        while customer in self.into:
            customer = self.into[customer]
        return customer

    # -------------------------------------------------------------- what is asked

    def count(self, where: str, customer: str) -> int:
        return sum(1 for coin in self.coins if coin.where == where and self.root(coin.customer) == customer)

    def debt(self, customer: str) -> int:
        return sum(1 for one in self.owed if self.root(one.customer) == customer)

    def holds(self) -> dict[tuple[str, str], int]:
        keys = {coin.holder for coin in self.coins if coin.where == "held"}
        return {key: sum(1 for coin in self.coins if coin.where == "held" and coin.holder == key) for key in keys}

    def dead(self) -> int:
        return sum(1 for coin in self.coins if coin.where == "dead")

    def redeemed(self) -> int:
        """Spent and not given back, what sales still owe for included."""
        return sum(1 for coin in self.coins if coin.where == "used") + sum(1 for one in self.owed if one.user)

    def settled(self) -> dict[tuple[str, str], int]:
        """(whose points, where spent) -> hundredths; "" is no merchant."""
        found: dict[tuple[str, str], int] = {}
        for coin in self.coins:
            if coin.where == "used" and coin.merchant and coin.shop and coin.merchant != coin.shop:
                found[coin.merchant, coin.shop] = found.get((coin.merchant, coin.shop), 0) + 1
        return found

    # -------------------------------------------------------------- what happens

    def in_order(self, where: str, customer: str) -> list[Coin]:
        mine = [coin for coin in self.coins if coin.where == where and self.root(coin.customer) == customer]
        return sorted(mine, key=lambda coin: (coin.expires, coin.earned, coin.lot, coin.holder))

    def arrive(self, coin: Coin) -> None:
        """Into active or pending, unless something is owed: the oldest debt takes it."""
        coin.where = "active" if coin.active <= self.today else "pending"
        mine = [one for one in self.owed if self.root(one.customer) == self.root(coin.customer)]
        if mine:
            self.owed.remove(mine[0])
            self.use(coin, mine[0].user, mine[0].shop)

    def use(self, coin: Coin, user: str, shop: str) -> None:
        self.turn += 1
        coin.where, coin.user, coin.shop, coin.turn = ("used" if user else "gone"), user, shop, self.turn

    def morning(self, day: int) -> None:
        self.today = day
        for coin in self.coins:
            if coin.where in ("pending", "active", "held") and coin.expires <= day:
                coin.where = "dead"
        for coin in sorted(self.coins, key=lambda coin: coin.lot):
            if coin.where == "pending" and coin.active <= day:
                self.arrive(coin)

    def give(self, fact: Fact, amount: int) -> None:
        for _ in range(amount):
            expires = NEVER if fact.life is None else fact.day + fact.life
            coin = Coin(fact.id, fact.customer, fact.day, fact.day + fact.delay, expires, fact.merchant)
            self.coins.append(coin)
            if expires <= self.today:
                coin.where = "dead"
            else:
                self.arrive(coin)

    def sale(self, fact: Fact) -> None:
        customer = self.root(fact.customer)
        for _ in range(fact.amount):
            held = [coin for coin in self.in_order("held", customer) if coin.holder[0] == fact.register]
            found = held or self.in_order("active", customer)
            if found:
                self.use(found[0], fact.id, fact.merchant)
            else:
                self.owed.append(Owed(customer, fact.id, fact.merchant))
        self.accrued += fact.earned
        self.give(fact, fact.earned)

    def returned(self, fact: Fact, sale: Fact) -> None:
        before = self.back.get(sale.id, 0)
        after = before + fact.pieces
        if after > sale.pieces:
            self.refused.add(fact.id)
            return
        self.back[sale.id] = after
        for _ in range(sale.amount * after // sale.pieces - sale.amount * before // sale.pieces):
            self.restore(sale.id)
        for _ in range(sale.earned * after // sale.pieces - sale.earned * before // sale.pieces):
            self.reverse(sale.id, fact.customer)

    def restore(self, user: str) -> None:
        mine = [one for one in self.owed if one.user == user]
        if mine:
            self.owed.remove(mine[0])
            return
        coin = max((coin for coin in self.coins if coin.where == "used" and coin.user == user), key=lambda c: c.turn)
        if coin.expires > self.today:
            self.arrive(coin)
        elif self.grace:
            coin.where = "gone"
            fresh = Coin(f"grace/{coin.lot}", coin.customer, coin.earned, self.today, 0, coin.merchant)
            fresh.expires = self.today + self.grace + 1
            self.coins.append(fresh)
            self.arrive(fresh)
        else:
            coin.where = "dead"

    def reverse(self, lot: str, customer: str) -> None:
        self.accrued -= 1
        own = [coin for coin in self.coins if coin.lot == lot]
        alive = [coin for coin in own if coin.where in ("pending", "active")]
        dead = [coin for coin in own if coin.where == "dead"]
        self.lose(alive or dead or self.in_order("active", self.root(customer)), customer)

    def lose(self, found: list[Coin], customer: str) -> None:
        if found:
            found[0].where = "gone"
        else:
            self.owed.append(Owed(self.root(customer)))

    def hold(self, fact: Fact) -> None:
        for coin in self.in_order("active", self.root(fact.customer))[: fact.amount]:
            coin.where, coin.holder = "held", (fact.register, fact.customer)

    def unhold(self, fact: Fact) -> None:
        key = fact.register, fact.customer
        held = [coin for coin in self.in_order("held", self.root(fact.customer)) if coin.holder == key]
        for coin in list(reversed(held))[: fact.amount]:
            coin.holder = "", ""
            self.arrive(coin)

    def merge(self, fact: Fact) -> None:
        gone, into = self.root(fact.customer), self.root(fact.into)
        if gone == into:
            self.refused.add(fact.id)
            return
        self.into[gone] = into
        for coin in self.in_order("active", into):
            self.arrive(coin)

    def happen(self, fact: Fact, facts: dict[str, Fact]) -> None:
        if fact.kind == "sale":
            self.sale(fact)
        elif fact.kind == "back":
            self.returned(fact, facts[fact.of])
        elif fact.kind == "gift" or (fact.kind == "adjust" and fact.amount > 0):
            self.give(fact, fact.amount)
        elif fact.kind == "adjust":
            for _ in range(-fact.amount):
                self.lose(self.in_order("active", self.root(fact.customer)), fact.customer)
        else:
            {"hold": self.hold, "unhold": self.unhold, "merge": self.merge}[fact.kind](fact)


def lived(facts: list[Fact], through: int, grace: int = 0) -> Life:
    """Every day from 0 to `through`."""
    life, by_id = Life(grace), {fact.id: fact for fact in facts}
    for day in range(through + 1):
        life.morning(day)
        for fact in sorted(by_id.values(), key=lambda fact: fact.id):
            if fact.day == day:
                life.happen(fact, by_id)
    return life
