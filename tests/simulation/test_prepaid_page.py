"""docs/prepaid.md: its baskets are sold and its answers printed as the page says; what `explain` and `show` tell."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.prepaid_story import HAIRCUT, back, certificate, sold
from kit.sale_register import Killed, SaleRegister

from pos_agent.api.explain import explain
from pos_agent.api.operation import Parts
from pos_agent.api.prepaid import show
from pos_agent.api.sales import show as sale_show
from pos_agent.cli.explained import screen
from pos_agent.cli.prepaid import account_line
from pos_agent.cli.sale import _both_sides, _told
from pos_agent.config import Config
from pos_agent.config_printer import PrinterSection
from pos_agent.errors import AgentError, UsageError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "prepaid.md").read_text(encoding="utf-8")
FN = "9999078902001234"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SaleRegister]:
    made = SaleRegister(tmp_path, tax_systems=0b100011)
    pack = (ROOT / "config" / "rules" / "beauty.toml").read_text(encoding="utf-8")
    with made.store.writing("rules") as txn:
        txn.rules.activate(txn.rules.add(pack, "test", "toml").version)
    yield made
    made.close()


def parts_of(register: SaleRegister) -> Parts:
    config = Config(printer=PrinterSection(port="tcp:127.0.0.1:7778"))
    return Parts(config, register.store, register.clock, register.ids)


def basket(name: str) -> dict:
    return json.loads((ROOT / "docs" / "examples" / "selling" / f"{name}.json").read_text(encoding="utf-8"))


def sell(register: SaleRegister, name: str, sale_id: str) -> dict:
    given = {"store": "store-1", **basket(name)}
    return register.sale(sale_id, *given.pop("lines"), **given)


def test_the_page_shows_what_is_printed(register: SaleRegister, capsys: pytest.CaptureFixture[str]) -> None:
    for name, sale_id in (("abonement", "a-1"), ("visit", "v-1"), ("parts", "p-1")):
        _told(sell(register, name, sale_id), False)
    lines = capsys.readouterr().out.splitlines()
    told = [line for line in lines if line.startswith(("Чек ", "продан ", "зачтён "))]
    assert len(told) == 5
    assert all(line in PAGE.splitlines() for line in told), told
    (one,) = show(parts_of(register), {"code": "m 7788"})["accounts"]
    assert account_line(one, "ru") in PAGE.splitlines()
    assert [receipt["document"] for receipt in one["receipts"]] == [f"{FN}/3", f"{FN}/4"]
    assert one["available_micro"] == 9_000_000


def test_explain_tells_accounts_and_parts(register: SaleRegister) -> None:
    sell(register, "abonement", "a-1")
    visit = sell(register, "visit", "v-1")
    back(register, visit, "b-1", {1: 1_000_000})
    sell(register, "parts", "p-1")

    def told(fd: int, lang: str = "ru") -> list[str]:
        return list(screen(explain(parts_of(register), {"document": f"{FN}/{fd}", "lang": lang}), lang))

    assert "Продан абонемент M7788: единиц 10" in told(3)
    assert "Зачтено: абонемент M7788: 2500.00, единиц 1" in told(4)
    assert any("Абонемент" in line and "2500.00" in line for line in told(4))  # the course of reckoning
    assert "Вернулось: абонемент M7788: 2500.00, единиц 1" in told(5)
    assert "Given back: abonement M7788: 2500.00, 1 units" in told(5, "en")
    assert "Счёт абонемент M7788: осталось 10, по 2027-05-20, действует" in told(4)
    assert "  баллы и счета записаны последним чеком продажи" in told(6)
    assert [line for line in told(7) if "p-1" in line or f"{FN}/" in line][-3:] == [
        "Чек 2 из 2 продажи p-1",
        f"  {FN}/6 ",
        f"  {FN}/7 patent",
    ]


def test_what_is_asked_wrong(register: SaleRegister) -> None:
    for args in ({}, {"code": "A", "customer": "B"}):
        with pytest.raises(UsageError) as error:
            show(parts_of(register), args)
        assert error.value.code == "API-01"
    with pytest.raises(AgentError) as error:
        show(parts_of(register), {"code": "NOBODY"})
    assert error.value.code == "PAY-02"
    register.sale("d", {"id": "1", "name": "Депозит", "price_kop": 5_000, "qty": "1", "sells": "deposit"},
                  customer=register.customer)  # fmt: skip
    (one,) = show(parts_of(register), {"customer": register.customer})["accounts"]
    assert (one["kind"], one["rest_kop"], one["state"]) == ("deposit", 5_000, "open")


def test_an_unfinished_sale_is_named_to_whoever_resolves(register: SaleRegister) -> None:
    sold(register, "c", "G1")
    given = {"lines": [{"id": "k", "name": "Крем", "price_kop": 6_000, "qty": "1"}, HAIRCUT]}

    def kill(point: str) -> None:
        if point == "before:intent" and len(register.receipts(3)) == 1:
            raise Killed

    register.at_point = kill
    with pytest.raises(Killed):
        register.sale("s", *given["lines"], payments=[certificate("G1"), {"kind": "cash", "sum_kop": 26_000}])
    register.reborn()
    register.calm()
    answer = sale_show(parts_of(register), {})
    (one,) = answer["unfinished"]
    assert (answer["sale"], one["sale"], one["state"]) == (None, "s", "open")
    assert [part["document"] for part in one["parts"]] == [f"{FN}/4", None]
    assert _both_sides(answer)[1] == "Продажа s не закончена: повторите её или верните пробитое."
    assert sale_show(parts_of(register), {"sale": "s"})["parts"] == one["parts"]
    assert show(parts_of(register), {"code": "G1"})["accounts"][0]["available_kop"] == 0
