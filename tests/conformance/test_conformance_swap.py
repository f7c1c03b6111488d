"""The other vendor's printer on the same register: the ledger goes on, an unfinished sale of the old one stays so."""

from pathlib import Path

import pytest
from kit.conformance_register import COFFEE, ConformanceRegister
from kit.conformance_stories import coffee, refused

SWAPS = [("shtrih-1.0", "atol-v3"), ("atol-v2", "shtrih-2.0"), ("atol-v3-tcp", "fptr10"), ("fptr10", "shtrih-usb")]


@pytest.mark.parametrize(("old", "new"), SWAPS)
def test_the_ledger_goes_on_with_the_other_printer(old: str, new: str, tmp_path: Path) -> None:
    register = ConformanceRegister(tmp_path, old)
    sold = coffee(register, "a")
    register.calm()
    head = register.query("SELECT hash FROM ledger_event ORDER BY seq DESC LIMIT 1")[0]["hash"]

    register.swap(new, "9999078900009911")
    register.sale("b", COFFEE, customer=register.customer)
    back = register.take_back("c", sold["document"])  # sold on the old one, taken back on the new one
    assert back["document"].startswith("9999078900009911/")
    register.calm()

    assert register.ledger() == [
        "1 registration",
        "2 shift_open",
        "3 receipt operation=1 total_kop=10000 ACCRUE:1000",
        "1 registration",
        "2 shift_open",
        "3 receipt operation=1 total_kop=10000 ACCRUE:1000",
        "4 receipt operation=2 total_kop=10000 of=3 REVERSE:None",
        "balance 1000",
    ]
    assert register.verified()
    linked = register.query("SELECT prev_hash FROM ledger_event WHERE fn_serial = '9999078900009911' ORDER BY seq")
    assert linked[0]["prev_hash"] == head, "the first event of the new printer follows the last one of the old"
    register.store.close()


def test_a_sale_in_doubt_is_not_decided_by_another_printers_storage(tmp_path: Path) -> None:
    """The old printer took the storage away with it: only a person can say what became of the sale."""
    register = ConformanceRegister(tmp_path, "shtrih-1.0")
    coffee(register, "a")
    register.cut_power_at("after-commit", None)
    assert refused(register, "b") == "SAL-01"
    register.swap("atol-v3", "9999078900009911")
    assert refused(register, "c") == "SAL-02"
    assert register.numbers() == ["1"]
    register.store.close()
