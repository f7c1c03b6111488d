"""Till faces send parts: one basket over the printers of a counter, by what ATOL's tasks and KkmServer carry."""

import tempfile
from collections.abc import Iterator

import pytest
from kit.counter_faces import DEPARTMENT, OTHER_VENDOR, OWNER, PART, CounterFaces, atol_cart, counter_faces, kkm_cart
from kit.kkm_till import check, line
from kit.often import often
from kit.till_atol import CARD, position, sell
from kit.waiting import until

OWN, OTHER = (1, 10_000, 1), (1, 20_000, 2)  # sale, kopecks, taxation system


@pytest.fixture(scope="module", params=often(sorted(OTHER_VENDOR)))
def counter(request: pytest.FixtureRequest) -> Iterator[CounterFaces]:
    with tempfile.TemporaryDirectory(prefix="pa-") as folder, counter_faces(folder, request.param) as made:
        yield made


def news(counter: CounterFaces, before: list[list]) -> list[list]:
    """Receipts of each printer since `before`."""
    return [now[len(then) :] for now, then in zip(counter.made(), before, strict=True)]


def test_atol_task_over_both_printers(counter: CounterFaces) -> None:
    before, points = counter.made(), counter.active_pt()
    (found,) = counter.do("parts-1", atol_cart(cash=500, loyalty={"customer": CARD}))
    assert found["status"] == "ready", found
    result = found["result"]
    assert news(counter, before) == [[OWN], [OTHER]]
    own, other = result["parts"]
    assert (own["part"], other["part"]) == ("", PART)
    assert result["fiscalParams"] == own["fiscalParams"], "the till's own fields tell of the usual receipt"
    assert (own["fiscalParams"]["total"], other["fiscalParams"]["total"]) == (100, 200)
    assert own["fiscalParams"]["fnNumber"] != other["fiscalParams"]["fnNumber"]
    assert (result["loyalty"]["change"], result["loyalty"]["accruedPoints"]) == (200, 30)
    assert counter.post("parts-1", atol_cart(cash=500)).status_code == 409
    assert counter.get("parts-1")[0]["result"] == result
    assert news(counter, before) == [[OWN], [OTHER]]
    assert until(counter.recorded, 60.0)
    assert counter.active_pt() == points + 3_000


def test_atol_task_of_the_other_printer_alone(counter: CounterFaces) -> None:
    before = counter.made()
    by_word = sell(position("Часы", 200, tax={"type": "none"}, part=PART))
    by_tax = sell(position("Часы", 200, tax={"type": "none"}, taxationType="usnIncome"))
    by_whole = sell(position("Часы", 200, tax={"type": "none"}), taxationType="usnIncome")
    owner = {"agentInfo": {"agents": ["commissionAgent"]}, "supplierInfo": {"vatin": OWNER}}
    by_owner = sell(position("Часы", 200, tax={"type": "none"}, **owner))
    for number, task in enumerate((by_word, by_tax, by_whole, by_owner)):
        (found,) = counter.do(f"alone-{number}", task)
        assert found["status"] == "ready", found
        assert [one["part"] for one in found["result"]["parts"]] == [PART]
        assert found["result"]["fiscalParams"] == found["result"]["parts"][0]["fiscalParams"]
    assert news(counter, before) == [[], [OTHER] * 4]


def test_atol_task_that_cannot_be_sorted_touches_nothing(counter: CounterFaces) -> None:
    before = counter.made()
    refused = [
        (position(part="kiosk"), 501, "items[0].part"),
        (position(taxationType="osn", department=2), 501, "items[0].taxationType"),
        (position(agentInfo={"agents": ["another"]}, supplierInfo={"vatin": "7700000001"}), 11, "items[0].agentInfo"),
    ]
    for number, (item, code, path) in enumerate(refused):
        (found,) = counter.do(f"wrong-{number}", sell(item))
        assert (found["status"], found["error"]["code"]) == ("error", code)
        assert path in found["error"]["description"]
    (found,) = counter.do("wrong-buy", {**atol_cart(), "type": "buy"})
    assert (found["status"], found["error"]["code"]) == ("error", 501)
    assert news(counter, before) == [[], []]


def test_what_names_no_sale_goes_to_the_printer_of_its_part(counter: CounterFaces) -> None:
    before = counter.made()
    watch = position("Часы", 200, tax={"type": "none"}, department=DEPARTMENT)
    for kind in ("sellReturn", "buy"):
        (found,) = counter.do(f"bare-{kind}", sell(watch, kind=kind))
        assert found["status"] == "ready", found
        assert [one["part"] for one in found["result"]["parts"]] == [PART]
    body = check(line("Часы", 200, 200, Tax=-1, Department=DEPARTMENT), Command="RegisterCheck", Cash=200)
    for kind in (1, 10):
        answer = counter.kkm(IdCommand=f"kkm-bare-{kind}", **{**body, "TypeCheck": kind})
        assert (answer["Status"], answer["Documents"][0]["Part"]) == (0, PART), answer
    assert news(counter, before) == [[], [(2, 20_000, 2), (3, 20_000, 2)] * 2]
    untaxed = {name: one for name, one in watch.items() if name != "tax"}
    (found,) = counter.do("bare-untaxed", sell(untaxed, kind="buy"))
    assert (found["status"], found["error"]["code"], "items[0].tax" in found["error"]["description"]) == (
        "error",
        501,
        True,
    ), "the setting's rate is of the register's own taxation"


def test_kkmserver_over_both_printers(counter: CounterFaces) -> None:
    before, points = counter.made(), counter.active_pt()
    body = kkm_cart(cash=350, AdditionalAttribute=CARD)
    answer = counter.kkm(IdCommand="kkm-parts-1", **body)
    assert answer["Status"] == 0, answer
    assert news(counter, before) == [[OWN], [OTHER]]
    own, other = answer["Documents"]
    assert (own["Part"], other["Part"]) == ("", PART)
    assert (own["Sum"], other["Sum"]) == (100, 200)
    assert answer["CheckNumber"] == own["CheckNumber"]
    assert answer["QRCode"] == own["QRCode"] != other["QRCode"]
    assert (answer["Cash"], own["Cash"], other["Cash"]) == (300, 100, 200)
    assert counter.kkm(IdCommand="kkm-parts-1", **body) == answer
    assert counter.kkm(Command="GetRezult", IdCommand="kkm-parts-1")["Rezult"] == answer
    assert news(counter, before) == [[OWN], [OTHER]]
    assert until(counter.recorded, 60.0)
    assert counter.active_pt() == points + 3_000


@pytest.mark.parametrize("length", often([95, 93, 94, 96, 97, 128], 2))
def test_kkmserver_ids_of_any_length_are_sold_in_parts(counter: CounterFaces, length: int) -> None:
    before, name = counter.made(), "i" * length
    answer = counter.kkm(IdCommand=name, **kkm_cart(cash=350))
    assert answer["Status"] == 0, answer
    assert [one["Part"] for one in answer["Documents"]] == ["", PART]
    assert counter.kkm(IdCommand=name, **kkm_cart(cash=350)) == answer
    assert counter.kkm(IdCommand=name, **kkm_cart(cash=360))["Status"] == 2
    assert news(counter, before) == [[OWN], [OTHER]]


def test_kkmserver_of_the_other_printer_alone(counter: CounterFaces) -> None:
    before = counter.made()
    owner = {"AgentSign": 5, "PurveyorData": {"PurveyorVATIN": OWNER}}
    for number, said in enumerate(({"Part": PART}, {"TaxVariant": 1}, owner)):
        body = check(line("Часы", 200, 200, Tax=-1, **said), Command="RegisterCheck", ElectronicPayment=200)
        answer = counter.kkm(IdCommand=f"kkm-alone-{number}", **body)
        assert answer["Status"] == 0, answer
        (only,) = answer["Documents"]
        assert (only["Part"], only["CheckNumber"]) == (PART, answer["CheckNumber"])
    assert news(counter, before) == [[], [OTHER] * 3]


def test_kkmserver_that_cannot_be_sorted_touches_nothing(counter: CounterFaces) -> None:
    before = counter.made()
    for number, said in enumerate(({"Part": "kiosk"}, {"TaxVariant": 0, "Department": 2}, {"TaxVariant": 9})):
        body = check(line("Часы", 200, 200, Tax=-1, **said), Command="RegisterCheck", Cash=200)
        answer = counter.kkm(IdCommand=f"kkm-wrong-{number}", **body)
        assert (answer["Status"], "Documents" in answer) == (2, False)
    assert counter.kkm(IdCommand="kkm-buy", **{**kkm_cart(300), "TypeCheck": 10})["Status"] == 2
    assert news(counter, before) == [[], []]


def test_provision_is_cut_with_the_rest_of_the_money(counter: CounterFaces) -> None:
    before = counter.made()
    body = {**kkm_cart(card=250), "CashProvision": 50}
    answer = counter.kkm(IdCommand="kkm-provision", **body)
    assert answer["Status"] == 0, answer
    assert (answer["ElectronicPayment"], answer["CashProvision"]) == (250, 50)
    own, other = answer["Documents"]
    assert (own["ElectronicPayment"], own["CashProvision"]) == (50, 50)
    assert (other["ElectronicPayment"], other["CashProvision"]) == (200, 0)
    assert news(counter, before) == [[OWN], [OTHER]]
