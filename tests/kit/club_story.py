"""A shop with a club, limits and confirmation codes, asked as the command line and the till ask it."""

from pathlib import Path
from typing import Any

from kit.sale_register import SaleRegister
from pos_agent.api.operation import Parts
from pos_agent.api.table import OPERATIONS
from pos_agent.checkout.at_register import UNSAID, AtRegister
from pos_agent.checkout.figures import balance_on
from pos_agent.config import Config
from pos_agent.config_printer import PrinterSection
from pos_agent.model.events import LedgerEvent
from pos_agent.model.receipt import DocumentId

PROGRAM = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
"""
CLUB = """
[[rule]]
id = "members"
kind = "receipt_percent"
bp = 1000
when = { segments = ["club"] }
[[rule]]
id = "birthday"
kind = "receipt_amount"
kop = 500
when = { birthday = [1, 1] }
[[subscription]]
id = "month"
segment = "club"
days = 30
sold = { skus = ["CLUB"] }
[[action]]
id = "join"
on = "registration"
pt = 1000
[[action]]
id = "asked"
on = "questionnaire"
pt = 500
[[action]]
id = "cake"
on = "birthday"
pt = 700
[[action]]
id = "review"
pt = 300
once = "report"
[[action]]
id = "visit"
pt = 100
once = "day"
life_days = 10
[[partner]]
id = "air"
rate = [10, 3]
ways = ["out", "in"]
[[partner]]
id = "bank"
ways = ["in"]
[donation]
funds = [{ id = "dogs", name = "Приют" }]
"""
CLUB_PROGRAM = """
[program]
id = "test"
name = "Тест"
[program.questionnaire]
fields = [
  { id = "birthday", kind = "date", required = true },
  { id = "pet", kind = "choice", options = ["cat", "dog"] },
]
[program.cards]
warn_above = 2
provisional = true
claim_days = 3
[accrue]
bp = 1000
[spend]
"""
COFFEE = {"id": "1", "name": "Кофе", "sku": "COFFEE", "price_kop": 10000, "qty": "1"}


def opened(folder: Path, more: str = "", program: str = PROGRAM) -> SaleRegister:
    """A register with these rules and one receipt of nobody behind it."""
    made = SaleRegister(folder)
    ruled(made, program + more)
    made.sale("first")
    return made


def ruled(register: SaleRegister, text: str) -> None:
    with register.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(text, "test", "toml").version)


def parts_of(register: SaleRegister) -> Parts:
    config = Config(printer=PrinterSection(port="/dev/none"))
    return Parts(config, register.store, register.clock, register.ids)


def asked(register: SaleRegister, operation: str, **args: Any) -> dict[str, Any]:
    answer = OPERATIONS[operation].run(parts_of(register), args)
    assert isinstance(answer, dict)
    return answer


def sold(
    register: SaleRegister,
    sale_id: str,
    *lines: dict,
    said: AtRegister = UNSAID,
    customer: str = "",
    **more: Any,
) -> dict[str, Any]:
    """A sale of the register's customer, or of the one named."""
    basket = {"lines": [*(lines or (COFFEE,))], **more}
    return register.desk.sell(register.orders.sale(sale_id, basket, customer or register.customer, "", said=said))


def back(register: SaleRegister, answer: dict, sale_id: str, lines: dict[int, int] | None = None) -> dict:
    order = register.orders.sale_return(sale_id, DocumentId.parse(answer["document"]), lines or {}, "")
    return register.desk.sell(order)


def joined(register: SaleRegister, number: int = 1, **more: object) -> str:
    """Somebody new, written down at the register; their id."""
    new: dict[str, Any] = {"name": "Борис П", "phone": f"+7916000100{number}", "consent": True, "place": "касса 1"}
    new["answers"] = {"birthday": "1990-11-21"}
    return str(asked(register, "customer.add", **{**new, **more})["id"])


def next_days(register: SaleRegister, days: int) -> None:
    """The shop closes and opens again so many days later."""
    register.desk.close_shift()
    register.clock.advance(days * 86_400)


def history(register: SaleRegister, customer: str = "") -> list[LedgerEvent]:
    with register.store.reading() as view:
        return [one.event for one in view.ledger.by_customer(customer or register.customer)]


def active_pt(register: SaleRegister, customer: str = "") -> int:
    return balance(register, customer).active_pt


def balance(register: SaleRegister, customer: str = "") -> Any:
    with register.store.reading() as view:
        rules = register.orders.journal.rules(view)
    return balance_on(history(register, customer), register.clock.local().date(), rules)


def last_event(register: SaleRegister, answer: dict) -> LedgerEvent:
    with register.store.reading() as view:
        return view.ledger.by_document(DocumentId.parse(answer["document"]))[0].event
