"""The shipped day at the till, as the README starts it: whole documents, and the cards in it are read as cards."""

from pathlib import Path

from kit.register import Register

from drivers.fiscal.findings import Context, check
from drivers.fiscal.reading import read_body
from emulator.till import run_script

DAY = Path(__file__).parents[2] / "config" / "examples" / "till-day.toml"
CARD = "2000000000015"


def test_the_example_day_is_sound_and_its_cards_are_known(register: Register) -> None:
    register.start_printer()
    register.prepare()
    register.start_agent("--from", "1")
    register.wait_for_agent()
    register.settled()
    boris = register.ask("customer.add", name="Борис К", card=CARD, consent=True)["id"]
    steps = list(run_script(register.till_port, DAY))
    assert all(step["ok"] for step in steps)
    register.settled()
    for one in register.documents():
        document = read_body(one["form"], bytes.fromhex(one["body_hex"]))
        assert [found for found in check(document, Context()) if found.severity == "E"] == []
    owners = [one["customer"] for one in register.events() if one["kind"] == "receipt"]
    assert owners == [None, boris, boris, None]  # a stranger's phone; 1084-1086; 1192; the stranger's return
