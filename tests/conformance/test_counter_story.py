"""A day at a counter of two printers of both vendors, through both tills' faces, whole: what is left of it agrees."""

import signal
import tempfile

import pytest
from kit.counter_faces import OTHER_VENDOR, PART, CounterFaces, atol_cart, counter_faces, kkm_cart
from kit.kkm_till import check, line
from kit.often import often
from kit.till_atol import CARD, position, sell
from kit.waiting import until

OWN, OTHER = (1, 10_000, 1), (1, 20_000, 2)
OWN_BACK, OTHER_BACK = (2, 10_000, 1), (2, 20_000, 2)
QUIET_S = 90.0


@pytest.mark.parametrize("vendor", often(sorted(OTHER_VENDOR)))
def test_sold_returned_compared_and_one_hangs(vendor: str) -> None:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder, counter_faces(folder, vendor) as counter:
        first, second = sold(counter)
        came_back(counter, first, second)
        whole(counter)
        one_hangs(counter)
        whole(counter)


def sold(counter: CounterFaces) -> tuple[dict, dict]:
    """By ATOL's task and by KkmServer; 30 points each."""
    (task,) = counter.do("story-atol", atol_cart(card=300, loyalty={"customer": CARD}))
    assert task["status"] == "ready", task
    answer = counter.kkm(IdCommand="story-kkm", **kkm_cart(cash=300, AdditionalAttribute=CARD))
    assert answer["Status"] == 0, answer
    assert counter.made() == [[OWN, OWN], [OTHER, OTHER]]
    assert until(counter.recorded, QUIET_S)
    assert counter.active_pt() == 6_000
    return task["result"], answer


def came_back(counter: CounterFaces, first: dict, second: dict) -> None:
    """The watch of the first sale by its task, the coffee of the second by its command, each on the printer that sold
    it; the points of just these lines are taken back."""
    watch = next(one["fiscalParams"] for one in first["parts"] if one["part"] == PART)
    receipt = f"{watch['fnNumber']}/{watch['fiscalDocumentNumber']}"
    goods = position("Часы", 200, tax={"type": "none"})
    (back,) = counter.do("story-back", sell(goods, card=200, kind="sellReturn", loyalty={"receipt": receipt}))
    assert back["status"] == "ready", back
    assert [one["part"] for one in back["result"]["parts"]] == [PART]
    coffee = next(one for one in second["Documents"] if one["Part"] == "")
    named = {"Name": "ИСХОДНЫЙ ЧЕК", "Value": f"{coffee['FnNumber']}/{coffee['CheckNumber']}"}
    body = check(line("Кофе", 100, 100, Tax=20), TypeCheck=1, Cash=100, UserAttribute=named)
    answer = counter.kkm(Command="RegisterCheck", IdCommand="story-back", **body)
    assert (answer["Status"], answer.get("Documents")) == (0, None), answer
    assert counter.made() == [[OWN, OWN, OWN_BACK], [OTHER, OTHER, OTHER_BACK]]
    assert until(counter.recorded, QUIET_S)
    assert counter.active_pt() == 3_000


def whole(counter: CounterFaces) -> None:
    """The ledger has both storages as they are, and adds up."""
    assert until(counter.recorded, QUIET_S)
    told = counter.pos("ledger", "reconcile")
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert f"Часть {PART}: " in told.stdout
    assert counter.ask("ledger.verify")["breaches"] == []
    status = counter.status()
    assert [one["code"] for one in status["messages"]] == []


def one_hangs(counter: CounterFaces) -> None:
    """The other says nothing any more: what needs it is refused with its name, the register's own goes on selling."""
    before = counter.made()
    counter.other.emulator.send_signal(signal.SIGSTOP)
    (alone,) = counter.do("story-alone", sell(position("Кофе", 100)))
    assert alone["status"] == "ready", alone
    counter.post("story-both", atol_cart())
    (both,) = counter.done("story-both", QUIET_S)
    assert both["status"] == "error", both
    assert PART in both["error"]["description"]
    answer = counter.kkm(
        IdCommand="story-alone", **check(line("Кофе", 100, 100, Tax=20), Command="RegisterCheck", Cash=100)
    )
    assert answer["Status"] == 0, answer
    assert [now[len(then) :] for now, then in zip(counter.made(), before, strict=True)] == [[OWN, OWN], []]
    counter.other.emulator.send_signal(signal.SIGCONT)
    assert until(counter.both_connected, QUIET_S)
