"""A salon that sells certificates, abonements and deposits, and what a checker looks up of them."""

from pathlib import Path
from typing import Any

from emulator.tlv import number
from kit.sale_register import SaleRegister
from pos_agent.ledger.prepaid import Account, account
from pos_agent.model.receipt import DocumentId

RULES = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
[[codes]]
id = "gift"
kind = "once"
prefix = "G"
body = 8
[[prepaid]]
id = "short"
kind = "certificate"
name = "Сертификат на один раз"
sold = { skus = ["ONCE*"] }
rest = "forfeit"
valid_days = 30
batch = "gift"
[[prepaid]]
id = "gift"
kind = "certificate"
name = "Подарочный сертификат"
batch = "gift"
[[prepaid]]
id = "massage"
kind = "abonement"
name = "Абонемент на массаж"
units = "5"
scope = { categories = ["massage"] }
stores = ["salon-1"]
valid_days = 90
"""
CERTIFICATE = {"id": "c", "name": "Сертификат", "price_kop": 10_000, "qty": "1", "sells": "certificate"}
ABONEMENT = {"id": "a", "name": "Абонемент", "price_kop": 40_000, "qty": "1", "sells": "abonement"}
DEPOSIT = {"id": "d", "name": "Депозит", "price_kop": 30_000, "qty": "1", "sells": "deposit"}
MASSAGE = {"id": "m", "name": "Массаж", "category": "massage", "price_kop": 10_000, "qty": "1"}
CREAM = {"id": "k", "name": "Крем", "price_kop": 6_000, "qty": "1"}
HAIRCUT = {"id": "h", "name": "Стрижка", "price_kop": 20_000, "qty": "1", "part": "patent", "vat": "none"}
KEY = bytes(range(16))


def salon(folder: Path, **profile: bool) -> SaleRegister:
    """A register with these rules and the key of the certificates, registered for the patent as well.

    Its first document is a plain sale.
    """
    made = SaleRegister(folder, **{"tax_systems": 0b100011, **profile})
    with made.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(RULES, "test", "toml").version)
        txn.codes.put_key("gift", KEY)
    made.sale("first")
    return made


def certificate(code: str) -> dict[str, Any]:
    return {"kind": "certificate", "id": code}


def abonement(code: str) -> dict[str, Any]:
    return {"kind": "abonement", "id": code}


def cash(kop: int) -> dict[str, Any]:
    return {"kind": "cash", "sum_kop": kop}


def sold(register: SaleRegister, sale_id: str, code: str, line: dict = CERTIFICATE, **more: Any) -> dict:
    """Sell an account under this code."""
    return register.sale(sale_id, {**line, "account": code}, **more)


def left(register: SaleRegister, name: str) -> int | None:
    """Kopecks (of an abonement whole units) on an account, out of the ledger; None: not known."""
    found = known(register, name)
    if found is None:
        return None
    return found.rest_micro // 1_000_000 if found.kind == "abonement" else found.rest_kop


def known(register: SaleRegister, name: str) -> Account | None:
    with register.store.reading() as view:
        return account(name, view.prepaid.events(name))


def back(register: SaleRegister, answer: dict | str, sale_id: str, lines: dict[int, int] | None = None) -> dict:
    """Return of a receipt, named by its answer or its FN/FD."""
    document = answer if isinstance(answer, str) else answer["document"]
    return register.desk.sell(register.orders.sale_return(sale_id, DocumentId.parse(document), lines or {}, ""))


def tags(register: SaleRegister, fd: int) -> dict[int, int]:
    """Total, payments and taxation system of a receipt in the emulated storage."""
    of = register.device.fn.documents[fd].tags
    return {tag: number(of, tag) for tag in (1020, 1031, 1081, 1215, 1055)}


def items(register: SaleRegister, fd: int) -> list[dict[int, int]]:
    """Sum, method, subject and VAT of each item in the emulated storage."""
    of = register.device.fn.documents[fd].tags
    found = [one.value for one in of if one.tag == 1059]
    return [{tag: number(one, tag) for tag in (1043, 1214, 1212, 1199)} for one in found]


def holds(register: SaleRegister) -> list[tuple[str, str, int, str]]:
    rows = register.query("SELECT sale_id, account, sum_kop, state FROM prepaid_hold ORDER BY sale_id, account")
    return [(one["sale_id"], one["account"], one["sum_kop"], one["state"]) for one in rows]
