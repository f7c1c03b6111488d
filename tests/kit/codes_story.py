"""A shop with codes, a stamp card and coupons, and what is looked up in its database file."""

from pathlib import Path

from kit.sale_register import SaleRegister
from pos_agent.ledger.stamps import stamps
from pos_agent.model.receipt import DocumentId

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
[[codes]]
id = "spring"
kind = "once"
offline = "allow"
codes = ["SPRING-1", "SPRING-2"]
[[codes]]
id = "again"
kind = "once"
prefix = "A"
body = 6
[[codes]]
id = "own"
kind = "per_customer"
offline = "allow"
codes = ["MINE"]
[[codes]]
id = "pair"
kind = "times"
times = 2
offline = "allow"
codes = ["PAIR"]
[[codes]]
id = "leaflet"
kind = "once"
offline = "allow"
[[rule]]
id = "spring"
kind = "receipt_amount"
kop = 1000
when = { batches = ["spring", "own", "pair", "leaflet"] }
[[rule]]
id = "dear"
kind = "receipt_percent"
bp = 1000
when = { batches = ["again"] }
[[rule]]
id = "sixth"
kind = "punch_card"
every = 6
counter = "cup"
scope = { names = ["Кофе*"] }
[[rule]]
id = "next"
kind = "coupon"
batch = "again"
valid_days = 14
text = "Скидка 10 %"
when = { min_total_kop = 50000 }
"""
CUP = {"id": "1", "name": "Кофе", "price_kop": 10000, "qty": "1"}
CUPS = {**CUP, "qty": "3"}
SPRING = {"codes": ["SPRING-1"]}
KEY = bytes(range(16))


def opened(folder: Path, **profile: bool) -> SaleRegister:
    """A register with these rules and the key of the coupons."""
    made = SaleRegister(folder, **profile)
    with made.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
        txn.codes.put_key("again", KEY)
    return made


def uses(register: SaleRegister) -> list[tuple[str, str, int | None]]:
    rows = register.query("SELECT code_id, state, fd_number FROM code_use ORDER BY code_id, draft")
    return [(one["code_id"], one["state"], one["fd_number"]) for one in rows]


def cups(register: SaleRegister) -> int:
    with register.store.reading() as view:
        return stamps(one.event for one in view.ledger.by_customer(register.customer)).get("cup", 0)


def back(register: SaleRegister, answer: dict, sale_id: str, lines: dict[int, int] | None = None) -> dict:
    order = register.orders.sale_return(sale_id, DocumentId.parse(answer["document"]), lines or {}, "")
    return register.desk.sell(order)
