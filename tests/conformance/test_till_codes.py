"""Points above the program's limit, by every face: without the buyer's code they stay, with it they are spent."""

import re
from collections.abc import Iterator

import pytest
from kit.till_atol import CARD
from kit.till_faces import CASH, Faces, faces

PROGRAM = """
[program]
id = "test"
name = "Тест"
[accrue]
bp = 1000
[spend]
confirm_above_pt = 2000
[limits]
sender = "file"
"""
CART = [("Кофе", 10_000, 1, 10_000)]
PAID = {CASH: 10_000}
MUCH_PT = 4_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    with faces(tmp_path_factory.mktemp("cd"), "shtrih", PROGRAM) as made:
        made.by_own("first", [("Телевизор", 500_000, 1, 500_000)], {CASH: 500_000})
        yield made


def a_code(shop: Faces, amount_pt: int = MUCH_PT) -> str:
    """What the buyer is sent."""
    shop.ask("limits.code", customer=CARD, amount_pt=amount_pt)
    sent = (shop.folder / "data" / "confirmation-codes.txt").read_text(encoding="utf-8").splitlines()[-1]
    return re.search(r"\b(\d{4})\b", sent.partition("\t")[2])[1]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04d}"


def spent_pt(event: dict) -> int:
    return sum(one["amount_pt"] for one in event.get("entries", ()) if one["kind"] == "SPEND")


def atol(shop: Faces, name: str, **loyalty: object) -> tuple[dict, dict]:
    """(what the till was told of loyalty, the ledger's event)."""
    task = shop.atol_task(CART, PAID, spend="exact", points=MUCH_PT / 100, **loyalty)
    event = shop.by_atol(name, task)
    return shop.get(name)[0]["result"]["loyalty"], event


def kkm(shop: Faces, name: str, **loyalty: object) -> tuple[dict, dict]:
    """(the answer, the ledger's event)."""
    wish = {"Spend": "exact", "Points": MUCH_PT / 100, **loyalty}
    answer = shop.kkm(IdCommand=name, **shop.kkm_check(CART, PAID, Loyalty=wish))
    assert answer["Status"] == 0, answer
    return answer, shop.newest_event()


def test_atol(shop: Faces) -> None:
    told, event = atol(shop, "a-1")
    assert "COD-04" in told["message"]
    assert (told["reason"], told["applied"], told["spentPoints"], spent_pt(event)) == ("ok", True, 0, 0)
    assert told["accruedPoints"] == 10, "the buyer still earns"
    code = a_code(shop)
    told, event = atol(shop, "a-2", code=another(code))
    assert "COD-01" in told["message"]
    assert (spent_pt(event), told["accruedPoints"]) == (0, 10)
    told, event = atol(shop, "a-3", code=code)
    assert "message" not in told
    assert (told["spentPoints"], spent_pt(event), shop.items()[0][3]) == (40, MUCH_PT, 6_000)
    told, event = atol(shop, "a-4", code=code)
    assert "COD-02" in told["message"], "a code is for one sale"
    assert spent_pt(event) == 0
    told, event = atol(shop, "a-5", code=int(a_code(shop, 3_000)), cashier=7)
    assert "COD-" in told["message"], "it is for fewer points"
    assert event["facts"]["at_register"] == {"cashier": "7"}


def test_kkmserver(shop: Faces) -> None:
    answer, event = kkm(shop, "k-1")
    assert "COD-04" in answer["Message"]
    assert (answer["Cash"], spent_pt(event)) == (100, 0)
    assert [one["kind"] for one in event["entries"]] == ["ACCRUE"]
    code = a_code(shop)
    answer, event = kkm(shop, "k-2", Code=another(code))
    assert "COD-01" in answer["Message"]
    assert spent_pt(event) == 0
    answer, event = kkm(shop, "k-3", code=code, Cashier="7")
    assert "COD-" not in answer["Message"]
    assert (answer["Cash"], spent_pt(event), shop.items()[0][3]) == (60, MUCH_PT, 6_000)
    assert event["facts"]["at_register"] == {"cashier": "7"}
    answer, event = kkm(shop, "k-4", Code=code)
    assert "COD-02" in answer["Message"]
    again = shop.kkm(IdCommand="k-3", **shop.kkm_check(CART, PAID, Loyalty={
        "Spend": "exact", "Points": MUCH_PT / 100, "code": code, "Cashier": "7"}))  # fmt: skip
    assert (again["Status"], again["Cash"]) == (0, 60), "a repeat is the same sale, and asks no code"


def test_wrong_wishes_print_nothing(shop: Faces) -> None:
    before = len(shop.receipts())
    for wish in ({"Spend": "all"}, {"Spend": "exact"}, {"Spend": "max", "Cashier": "x" * 41}):
        answer = shop.kkm(IdCommand=f"w-{wish}", **shop.kkm_check(CART, PAID, Loyalty=wish))
        assert (answer["Status"], "Loyalty." in answer["Error"]) == (2, True), answer
    (found,) = shop.do("w-1", shop.atol_task(CART, PAID, cashier="x" * 41))
    assert (found["status"], found["error"]["code"]) == ("error", 501)
    assert len(shop.receipts()) == before


def test_own_api(shop: Faces) -> None:
    goods = [{"id": "1", "name": "Кофе", "price_kop": 10_000, "qty": "1"}]
    wish = {"spend": "exact", "spend_pt": MUCH_PT}
    draft = {"sale": "o-1", "basket": {"lines": goods}, "customer": CARD}
    assert shop.own("POST", "/v1/sales", draft).status_code == 201
    refused = shop.own("POST", "/v1/sales/o-1/confirm", wish)
    assert (refused.status_code >= 400, refused.json()["error"]["code"]) == (True, "COD-04")
    assert refused.json()["error"]["what"]
    before = len(shop.receipts())
    whole = {**draft, "sale": "o-2", "basket": {"lines": goods, **wish}}
    assert shop.own("POST", "/v1/sales", whole).status_code == 201
    refused = shop.own("POST", "/v1/sales/o-2/fiscalise", {})
    assert refused.json()["error"]["code"] == "COD-04"
    assert len(shop.receipts()) == before
    assert shop.own("POST", "/v1/sales/o-2/confirm", {"spend": "none"}).status_code == 200
    assert shop.own("POST", "/v1/sales/o-2/fiscalise", {}).json()["state"] == "registered", "the sale is not lost"
    assert spent_pt(shop.newest_event()) == 0
    answer = shop.own("POST", "/v1/sales/o-1/confirm", {**wish, "code": a_code(shop)})
    assert answer.status_code == 200, answer.text
    assert shop.own("POST", "/v1/sales/o-1/fiscalise", {}).json()["state"] == "registered"
    assert spent_pt(shop.newest_event()) == MUCH_PT
