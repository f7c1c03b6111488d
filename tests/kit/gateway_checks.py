"""What must be true of a sale after any fault, looked up in the emulated storage and in the database file."""

from collections.abc import Callable

from kit.faulty_wire import Fault
from kit.gateway_register import GatewayRegister
from pos_agent.errors import AgentError

IN_DOUBT = ("SAL-01", "SAL-02")  # "being checked": neither sold nor not sold was claimed
PRICE_KOP, SPENT_PT, CASH_KOP, CHANGE_KOP = 10_000, 100, 15_000, 5_100
EARNED_PT = (PRICE_KOP - SPENT_PT) // 10


def ordered(register: GatewayRegister, sale_id: str) -> dict:
    """A coffee for 100.00, 1.00 of it with points, 150.00 given in cash."""
    payments = [{"kind": "cash", "sum_kop": CASH_KOP}]
    return register.sale(sale_id, customer=register.customer, spend=SPENT_PT, payments=payments, contact="a@b.ru")


def faulty_sale(register: GatewayRegister, sale_id: str, fault: Fault, retry: Callable[[], None]) -> list[str]:
    """One sale with a fault on the wire, calm, the same sale once more. What is wrong afterwards: [] is right."""
    last_fd, points = register.device.fn.last_fd, balance(register)
    register.wire.reset(fault)
    try:
        first, code = ordered(register, sale_id), ""
    except AgentError as error:
        first, code = None, error.code
    told = [f"told {code}, but the receipt is there"] if code and _told_wrong(register, code, last_fd) else []
    register.calm()
    told += [f"told {code}, but it was registered later"] if code and _told_wrong(register, code, last_fd) else []
    retry()
    again = ordered(register, sale_id)
    register.calm()
    return told + wrongs(register, sale_id, last_fd, points, first, again)


def _told_wrong(register: GatewayRegister, code: str, last_fd: int) -> bool:
    return code not in IN_DOUBT and bool(register.receipts(last_fd))


def wrongs(
    register: GatewayRegister, sale_id: str, last_fd: int, points: int, first: dict | None, again: dict
) -> list[str]:
    receipts = register.receipts(last_fd)
    if [one[1:] for one in receipts] != [(1, PRICE_KOP - SPENT_PT)]:
        return [f"receipts {receipts}"]
    row, document = register.row(sale_id), f"{register.device.fn.serial}/{receipts[0][0]}"
    facts = {
        "one answer": first is None or first == again,
        "its document": again["document"] == document and row["fd_number"] == receipts[0][0],
        "its sign": again["fpd"] in (None, register.device.fn.documents[receipts[0][0]].sign),
        "its sums": (again["total_kop"], again["change_kop"]) == (PRICE_KOP - SPENT_PT, CHANGE_KOP),
        "its points": (again["spent_pt"], again["accrued_pt"]) == (SPENT_PT, EARNED_PT),
        "settled": row["state"] == "registered",
        "balance": balance(register) == points - SPENT_PT + EARNED_PT,
        "an event per document": register.recorded() == sorted(register.device.fn.documents),
        "no receipt open": register.device.receipt is None,
    }
    return [f"not right: {name} ({again}, {first}, {row['state']})" for name, right in facts.items() if not right]


def balance(register: GatewayRegister) -> int:
    """Entries of the ledger, added up by their kind."""
    signs = {"SPEND": -1, "ACCRUE": 1, "GIFT": 1}
    rows = register.query("SELECT kind, amount_pt FROM ledger_entry WHERE customer_id = ?", register.customer)
    return sum(signs[one["kind"]] * one["amount_pt"] for one in rows)
