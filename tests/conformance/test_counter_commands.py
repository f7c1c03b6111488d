"""Commands that name a printer of the counter: money, shift, reports, comparison, figures; KkmServer's devices."""

import tempfile
from collections.abc import Iterator

import pytest
from kit.counter_faces import OTHER_VENDOR, PART, CounterFaces, atol_cart, counter_faces, kkm_cart
from kit.kkm_till import check, line
from kit.often import often
from kit.till_atol import TERMINAL, position, sell
from kit.waiting import until
from prometheus_client.parser import text_string_to_metric_families

from pos_agent.errors import AgentError

OWN, OTHER = "till-1", f"till-1/{PART}"
OPEN, CLOSE = 2, 5  # forms of documents


@pytest.fixture(scope="module", params=often(sorted(OTHER_VENDOR)))
def counter(request: pytest.FixtureRequest) -> Iterator[CounterFaces]:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder, counter_faces(folder, request.param) as made:
        yield made


def forms(counter: CounterFaces) -> list[list[int]]:
    """Documents of each printer, by form."""
    return [[each["form"] for each in one.documents()] for one in (counter, counter.other)]


def drawers(counter: CounterFaces) -> list[int]:
    return [counter.ask("device.show", printer=name)["drawer_kop"] for name in (OWN, PART)]


def test_shift_is_opened_and_closed_where_it_is_said(counter: CounterFaces) -> None:
    counter.ask("shift.open")
    assert [OPEN in each for each in forms(counter)] == [True, False]
    counter.ask("shift.open", printer=PART)
    assert [OPEN in each for each in forms(counter)] == [True, True]
    counter.ask("shift.close", printer=OTHER)
    assert [each[-1] for each in forms(counter)] == [OPEN, CLOSE]
    counter.ask("shift.open", printer=OTHER)
    counter.ask("shift.close", printer=OWN)
    assert [each[-1] for each in forms(counter)] == [CLOSE, OPEN]
    counter.ask("shift.open")
    counter.ask("shift.close")  # on all of them
    assert [each[-1] for each in forms(counter)] == [CLOSE, CLOSE]


def test_a_printer_that_there_is_not_is_told_with_those_that_there_are(counter: CounterFaces) -> None:
    for operation, more in (("shift.x", {}), ("cash.in", {"kop": 100}), ("device.show", {}), ("reconcile.now", {})):
        with pytest.raises(AgentError) as error:
            counter.ask(operation, printer="kiosk", **more)
        assert error.value.code == "API-01"
        assert all(name in str(error.value.params["field"]) for name in ("kiosk", PART, OWN))


def test_money_goes_into_the_drawer_that_is_named(counter: CounterFaces) -> None:
    for name in (OWN, PART):
        counter.ask("shift.open", printer=name)
    before = drawers(counter)
    counter.ask("cash.in", kop=10_000)
    counter.ask("cash.in", kop=2_500, printer=PART)
    counter.ask("cash.out", kop=500, printer=PART)
    assert [now - then for now, then in zip(drawers(counter), before, strict=True)] == [10_000, 2_000]
    done = counter.pos("cash", "in", "12.50", "--printer", PART)
    assert (done.returncode, done.stdout) == (0, "Внесено 12.50 руб.\n"), done.stderr
    assert counter.pos("cash", "out", "0.001").returncode == 2
    assert [now - then for now, then in zip(drawers(counter), before, strict=True)] == [10_000, 3_250]


def test_an_x_report_of_one(counter: CounterFaces) -> None:
    before = [len(one.tape()) for one in (counter, counter.other)]
    counter.ask("shift.x", printer=PART)
    after = [len(one.tape()) for one in (counter, counter.other)]
    assert (after[0] == before[0], after[1] > before[1]) == (True, True)
    counter.ask("shift.x")
    assert [len(one.tape()) for one in (counter, counter.other)] > after


def test_kkmserver_knows_them_as_devices(counter: CounterFaces) -> None:
    units = counter.kkm(Command="List")["ListUnit"]
    assert [(one["NumDevice"], one["UnitName"], one["Active"]) for one in units] == [(1, OWN, True), (2, OTHER, True)]
    assert len({one["IdDevice"] for one in units}) == len({one["KktNumber"] for one in units}) == 2
    for said in ({"NumDevice": 2}, {"IdDevice": units[1]["IdDevice"]}, {"KktNumber": units[1]["KktNumber"]}):
        told = counter.kkm(Command="GetDataKKT", **said)
        assert (told["NumDevice"], told["Info"]["FnNumber"]) == (2, units[1]["FnNumber"])
    assert counter.kkm(Command="GetDataKKT", NumDevice=3)["Status"] == 3
    before, docs = drawers(counter), forms(counter)
    assert counter.kkm(Command="DepositingCash", IdCommand="put", NumDevice=2, Amount=30)["Status"] == 0
    assert [now - then for now, then in zip(drawers(counter), before, strict=True)] == [0, 3_000]
    watch = check(line("Часы", 200, 200, Tax=-1), Command="RegisterCheck", Cash=200)
    answer = counter.kkm(IdCommand="second", NumDevice=2, **watch)
    assert (answer["Status"], answer["NumDevice"], answer["Documents"][0]["Part"]) == (0, 2, PART), answer
    other_part = check(line("Часы", 200, 200, Tax=-1, Part=""), Command="RegisterCheck", Cash=200)
    assert counter.kkm(IdCommand="third", NumDevice=2, **other_part)["Status"] == 2
    assert [len(now) - len(then) for now, then in zip(forms(counter), docs, strict=True)] == [0, 1]
    assert counter.kkm(Command="CloseShift", IdCommand="z", NumDevice=2)["Status"] == 0
    assert [each[-1] for each in forms(counter)] == [docs[0][-1], CLOSE]
    assert counter.kkm(Command="OpenShift", IdCommand="o", NumDevice=2)["NumDevice"] == 2
    assert counter.kkm(Command="CloseShift", IdCommand="all", NumDevice=1)["Status"] == 0
    assert [each[-1] for each in forms(counter)] == [CLOSE, CLOSE]


def test_atol_tasks_name_the_printer(counter: CounterFaces) -> None:
    counter.ask("shift.close")
    before, docs = drawers(counter), forms(counter)
    (opened,) = counter.do("atol-open", {"type": "openShift", "printer": PART})
    assert opened["status"] == "ready", opened
    serial = counter.kkm(Command="GetDataKKT", NumDevice=2)["Info"]["FnNumber"]
    assert opened["result"]["fiscalParams"]["fnNumber"] == serial
    (put,) = counter.do("atol-put", {"type": "cashIn", "cashSum": 5, "printer": PART})
    assert put["status"] == "ready", put
    assert [now - then for now, then in zip(drawers(counter), before, strict=True)] == [0, 500]
    (shown,) = counter.do("atol-shift", {"type": "getShiftStatus", "printer": f"till-1/{PART}"})
    assert shown["result"]["shiftStatus"]["state"] == "opened"
    (own,) = counter.do("atol-own", {"type": "getShiftStatus"})
    assert own["result"]["shiftStatus"]["state"] == "closed"
    (closed,) = counter.do("atol-close", {"type": "closeShift", "printer": PART})
    assert closed["result"]["fiscalParams"]["fnNumber"] == serial
    made = [now[len(then) :] for now, then in zip(forms(counter), docs, strict=True)]
    assert made == [[], [OPEN, CLOSE]]
    (wrong,) = counter.do("atol-wrong", {"type": "reportX", "printer": "kiosk"})
    assert (wrong["status"], wrong["error"]["code"]) == ("error", 501)


def test_kkmserver_closes_what_is_open_still(counter: CounterFaces) -> None:
    counter.ask("shift.open", printer=PART)
    assert until(counter.recorded, 60.0)
    assert counter.kkm(Command="CloseShift", IdCommand="rest")["Status"] == 0
    assert [each[-1] for each in forms(counter)] == [CLOSE, CLOSE]
    assert until(counter.recorded, 60.0)
    assert counter.kkm(Command="CloseShift", IdCommand="nothing")["Status"] == 2


def test_the_comparison_walks_each_storage(counter: CounterFaces) -> None:
    counter.do("compared", atol_cart())
    assert until(counter.recorded, 60.0)
    whole = counter.answer("ledger", "reconcile")
    assert [whole["last"]["agrees"], *(one["last"]["agrees"] for one in whole["printers"])] == [True, True]
    counted = [len(one) - 1 for one in forms(counter)]  # the registration was there before the agent came
    assert [whole["last"]["checked"], whole["printers"][0]["last"]["checked"]] == counted
    told = counter.pos("ledger", "reconcile")
    assert told.returncode == 0
    assert f"Часть {PART}: Сверено документов {counted[1]}" in told.stdout
    one = counter.answer("ledger", "reconcile", "--printer", PART)
    assert ("printers" in one, one["last"]["checked"]) == (False, counted[1])


def figures(counter: CounterFaces) -> dict[tuple[str, str], float]:
    text = counter.own("GET", "/metrics").text
    return {
        (sample.name.removeprefix("pos_agent_"), sample.labels["printer"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "printer" in sample.labels
    }


def test_figures_and_status_of_each(counter: CounterFaces) -> None:
    now = figures(counter)
    for name in ("printer_connected", "printer_thread_age_seconds", "printer_queue", "sale_in_doubt"):
        assert {(name, OWN), (name, OTHER)} <= set(now)
    assert [now["printer_connected", name] for name in (OWN, OTHER)] == [1, 1]
    assert [now["sale_in_doubt", name] for name in (OWN, OTHER)] == [0, 0]
    assert ("shift_age_seconds", OTHER) in now
    status = counter.status()
    assert status["part_printers"][0]["shift_since"]
    counter.other.console("power off")
    assert until(lambda: figures(counter)["printer_connected", OTHER] == 0, 60.0)
    assert figures(counter)["printer_connected", OWN] == 1
    counter.other.console("power on")
    assert until(counter.both_connected, 60.0)


def test_a_shift_that_is_too_old_on_the_other_is_told_before_the_sale(counter: CounterFaces) -> None:
    counter.ask("shift.open")
    counter.ask("shift.open", printer=PART)
    before = counter.made()
    counter.other.console("clock 25")
    found = counter.do("old-shift", atol_cart())[0]
    assert (found["status"], found["error"]["code"]) == ("error", 68), found
    assert PART in found["error"]["description"]
    answer = counter.kkm(IdCommand="kkm-old-shift", **kkm_cart(cash=300))
    assert answer["Status"] == 2
    assert "смен" in answer["Error"].casefold()
    assert counter.made() == before, "no receipt on any printer"
    (alone,) = counter.do("own-alone", sell(position("Кофе", 100)))
    assert alone["status"] in TERMINAL[:1], "the register's own goes on"
    counter.ask("shift.close", printer=PART)
    assert counter.do("young-shift", atol_cart())[0]["status"] == "ready"
