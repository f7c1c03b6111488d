"""What happens at a counter, told once for every kind of printer, and the ledger it must end in.

Lines of a ledger: document, kind, facts, entries; the last one is the customer's balance. See `ConformanceRegister`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from drivers.api import Done
from kit.conformance_register import BUN, CHEESE, COFFEE, ConformanceRegister
from pos_agent.errors import AgentError

Register = ConformanceRegister
COMBINED = {"payments": [{"kind": "card", "sum_kop": 20000}, {"kind": "cash", "sum_kop": 20000}]}
OPENED = ["1 registration", "2 shift_open"]
ONE_SALE = [*OPENED, "3 receipt operation=1 total_kop=10000 ACCRUE:1000"]
TWO_SALES = [*ONE_SALE, "4 receipt operation=1 total_kop=10000 ACCRUE:1000", "balance 2000"]


@dataclass(frozen=True)
class Story:
    """`tell` plays it and checks what people were told; `ledger` is what is left, `extra` documents of other forms."""

    name: str
    tell: Callable[[Register], None]
    ledger: list[str]
    slips: bool = False


STORIES: list[Story] = []


def story(*ledger: str, slips: bool = False) -> Callable[[Callable[[Register], None]], Callable[[Register], None]]:
    """Put a story on the list."""

    def put(tell: Callable[[Register], None]) -> Callable[[Register], None]:
        STORIES.append(Story(tell.__name__, tell, list(ledger), slips))
        return tell

    return put


def refused(register: Register, sale_id: str, **more: object) -> str:
    """The code of the error."""
    with pytest.raises(AgentError) as told:
        register.sale(sale_id, customer=register.customer, **more)
    return told.value.code


def coffee(register: Register, sale_id: str) -> dict:
    """A coffee for the customer."""
    return register.sale(sale_id, COFFEE, customer=register.customer)


# ---------------------------------------------------------------------- an ordinary day


@story(
    *OPENED,
    "3 receipt operation=1 total_kop=34959 ACCRUE:3495",
    "4 receipt operation=1 total_kop=34959 ACCRUE:3495",
    "5 shift_close",
    "balance 6990",
)
def a_sale_with_a_discount(register: Register) -> None:
    """A weighed line, a line at a discount, change; the same paid by card and cash; X and Z."""
    basket = (COFFEE, CHEESE, BUN)
    cash = {"payments": [{"kind": "cash", "sum_kop": 50000}]}
    answer = register.sale("a", *basket, customer=register.customer, contact="buyer@example.org", **cash)
    assert (answer["total_kop"], answer["change_kop"]) == (34959, 15041)
    answer = register.sale("b", *basket, customer=register.customer, **COMBINED)
    assert (answer["total_kop"], answer["change_kop"]) == (34959, 5041)
    assert answer["fpd"] == register.device.fn.documents[4].sign
    register.desk.x_report()
    register.desk.close_shift()


@story(
    "- gift GIFT:5000",
    *OPENED,
    "3 receipt operation=1 total_kop=7000 ACCRUE:700 SPEND:3000",
    "balance 2700",
)
def points_are_spent(register: Register) -> None:
    register.give(5000)
    answer = register.sale("a", COFFEE, customer=register.customer, spend=3000)
    assert (answer["total_kop"], answer["spent_pt"]) == (7000, 3000)


@story(
    *OPENED,
    "3 receipt operation=1 total_kop=19000 ACCRUE:1900",
    "4 receipt operation=2 total_kop=4500 of=3 REVERSE:None",
    "5 receipt operation=2 total_kop=14500 of=3 REVERSE:None",
    "balance 0",
)
def a_part_and_then_all_is_taken_back(register: Register) -> None:
    sold = register.sale("a", COFFEE, BUN, customer=register.customer)
    assert register.take_back("b", sold["document"], {2: 1_000_000})["total_kop"] == 4500
    assert register.take_back("c", sold["document"])["cancelled_pt"] == 1450
    with pytest.raises(AgentError) as told:
        register.take_back("d", sold["document"])
    assert told.value.code == "RET-02"


@story(
    *OPENED,
    "3 receipt operation=1 total_kop=10000 ACCRUE:1000",
    "4 receipt operation=1 total_kop=10000 ACCRUE:1000",
    "balance 2000",
)
def a_refused_receipt_is_cancelled(register: Register) -> None:
    """Cash out of an empty drawer: the device refuses to close, the receipt goes, the next sale works."""
    sold = register.sale("a", COFFEE, customer=register.customer, payments=[{"kind": "card", "sum_kop": 10000}])
    with pytest.raises(AgentError) as told:
        register.take_back("b", sold["document"], payment="cash")
    assert told.value.code == "SAL-03"
    assert register.device.receipt is None
    assert register.row("b")["state"] == "not_executed"
    coffee(register, "c")


@story(
    *ONE_SALE,
    "4 shift_close",
    "5 shift_open",
    "6 receipt operation=1 total_kop=10000 ACCRUE:1000",
    "balance 2000",
)
def a_shift_older_than_a_day(register: Register) -> None:
    """Nothing is closed behind the cashier's back: the sale is refused until he closes it."""
    coffee(register, "a")
    register.clock.advance(25 * 3600)
    assert refused(register, "b") == "SHF-01"
    register.desk.close_shift()
    coffee(register, "b")


@story(
    *OPENED,
    "3 receipt operation=1 total_kop=11960",
    "4 receipt operation=2 total_kop=4000",
    "5 shift_close",
    "6 shift_open",
    "7 receipt operation=1 total_kop=4000",
    "8 receipt operation=1 total_kop=10000 ACCRUE:1000",
    "9 receipt operation=1 total_kop=4000",
    "balance 1000",
)
def the_archive_is_read_from_the_first_document(register: Register) -> None:
    """A till sold before the agent came and goes on selling on its own port."""
    tea = ("Чай", 4000, 1_000_000)
    register.sell(tea, ("Сыр", 45990, 173_080))
    register.sell(tea, kind=2)
    register.device.close_shift(30)
    register.sell(tea)
    register.step(5)
    coffee(register, "a")
    register.sell(tea)
    register.step(5)
    for fd, stored in register.device.fn.documents.items():
        whole, short = register.printer.read_document(fd), register.printer.find_document(fd)
        assert isinstance(whole, Done)
        assert isinstance(short, Done)
        assert (whole.reply.form, whole.reply.tlv) == (stored.form, stored.body)
        assert (short.reply.fd_number, short.reply.fpd, short.reply.form) == (fd, stored.sign, stored.form)


# ---------------------------------------------------------------------- trouble


@story(*TWO_SALES)
def the_paper_ends_in_a_receipt(register: Register) -> None:
    """The storage has it: it is a sale. The next one waits for paper, then the rest of the old one comes out first."""
    register.plant.paper_ends_at_close(1)
    assert coffee(register, "a")["document"].endswith("/3")
    assert refused(register, "b") == "PRN-01"
    register.device.paper_in()
    assert coffee(register, "b")["document"].endswith("/4")
    assert register.device.head.pending == []


@story(*TWO_SALES)
def the_cover_is_open_when_a_receipt_begins(register: Register) -> None:
    coffee(register, "a")
    register.device.cover(True)
    assert refused(register, "b") == "PRN-02"
    register.device.cover(False)
    coffee(register, "b")


@story(*TWO_SALES)
def the_answer_to_close_is_lost(register: Register) -> None:
    coffee(register, "a")
    register.plant.swallow_answer()
    answer = coffee(register, "b")
    assert (answer["document"][-2:], answer["fpd"]) == ("/4", register.device.fn.documents[4].sign)


@story(*TWO_SALES)
def the_connection_is_lost_before_the_close_arrives(register: Register) -> None:
    """Proven absent, then sold by the second attempt."""
    coffee(register, "a")
    register.plant.lose_close(3.0)
    assert coffee(register, "b")["document"].endswith("/4")
    assert register.row("b")["attempt"] == 2


@story(*TWO_SALES)
def the_connection_is_lost_after_the_close_was_taken(register: Register) -> None:
    coffee(register, "a")
    register.plant.lose_answer(3.0)
    answer = coffee(register, "b")
    assert (answer["document"][-2:], answer["fpd"]) == ("/4", register.device.fn.documents[4].sign)
    assert register.row("b")["attempt"] == 1


@story(*TWO_SALES)
def the_power_goes_before_the_storage_wrote(register: Register) -> None:
    coffee(register, "a")
    register.cut_power_at("before-commit", 3.0)
    assert coffee(register, "b")["document"].endswith("/4")
    assert register.row("b")["attempt"] == 2


@story(*TWO_SALES)
def the_power_goes_after_the_storage_wrote(register: Register) -> None:
    coffee(register, "a")
    register.cut_power_at("after-commit", 3.0)
    assert coffee(register, "b")["document"].endswith("/4")
    assert register.row("b")["attempt"] == 1


@story(*TWO_SALES)
def the_power_is_gone_for_longer_than_anybody_waits(register: Register) -> None:
    """ "Being checked"; no other sale until it is settled; the repeat is told the first one's answer."""
    coffee(register, "a")
    register.cut_power_at("after-commit", None)
    assert refused(register, "b") == "SAL-01"
    assert refused(register, "c") == "SAL-01"
    register.calm()
    assert coffee(register, "b")["document"].endswith("/4")


@story(*ONE_SALE, "balance 1000", slips=True)
def the_slip_shows_the_card_as_a_code(register: Register) -> None:
    answer = coffee(register, "a")
    register.step(20)
    states = [one["state"] for one in register.query("SELECT state FROM slip_job")]
    assert states == ["printed"]
    receipt, card = register.codes()
    assert card == "HTTPS://EXAMPLE.ORG/C/7Q4M2XKD9W"
    assert f"&i=3&fp={answer['fpd']}" in receipt
