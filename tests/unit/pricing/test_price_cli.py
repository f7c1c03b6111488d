"""`pos-agent price`: files in, one JSON document or a page for a person out, wrong input named."""

import hashlib
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pos_agent.cli.price import price
from pos_agent.errors import UsageError
from pos_agent.rules.answer import quantity

RULES = """
[program]
id = "p"
name = "P"
[accrue]
bp = 500
[[rule]]
id = "r"
name = "Осень"
kind = "item_percent"
bp = 1000
"""
BASKET = {
    "lines": [{"id": "1", "name": "Кофе [red]", "price_kop": 19999, "qty": "3"}],
    "customer": {"id": "c-1", "stamps": {"cup": 2}},
}

app = typer.Typer()
app.command()(price)


@pytest.fixture
def files(tmp_path):
    """Writes both files, gives the arguments."""

    def write(rules=RULES, basket=BASKET, name="rules.toml"):
        (tmp_path / name).write_text(rules, encoding="utf-8")
        text = basket if isinstance(basket, str) else json.dumps(basket)
        (tmp_path / "basket.json").write_text(text, encoding="utf-8")
        return ["--rules", str(tmp_path / name), "--basket", str(tmp_path / "basket.json")]

    return write


def run(arguments):
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "160"})


def complaint(arguments):
    error = run(arguments).exception
    assert isinstance(error, UsageError), error
    assert error.exit_code == 2
    return error


def test_json_is_one_document_with_the_agreed_keys_and_hash(files):
    found = run([*files(), "--json"])
    assert found.exit_code == 0
    answer = json.loads(found.stdout)
    assert set(answer) == {"lines", "totals", "applied", "stamps_after", "coupons", "trace", "hash"}
    (line,) = answer["lines"]
    trace = answer.pop("trace")
    assert line == {
        "id": "1",
        "gross_kop": 59997,
        "discounts": {"r": 6000},
        "points_pt": 0,
        "net_kop": 53997,
        "accrued_pt": 2699,
        "items": [{"price_kop": 17999, "qty": "3.000", "sum_kop": 53997}],
    }
    assert answer["totals"] == {
        "gross_kop": 59997,
        "discount_kop": 6000,
        "points_pt": 0,
        "payable_kop": 53997,
        "accrued_pt": 2699,
    }
    assert (answer["applied"], answer["stamps_after"], answer["coupons"]) == (["r"], {"cup": 2}, [])
    said = answer.pop("hash")
    text = json.dumps({**answer, "trace": trace}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert said == hashlib.sha256(text.encode()).hexdigest()


def test_a_line_without_discount_has_none_in_the_answer(files):
    lines = [{"id": "1", "price_kop": 4, "qty": "0.5"}]
    answer = json.loads(run([*files(basket={"lines": lines}), "--json"]).stdout)
    assert answer["lines"][0]["discounts"] == {}
    assert answer["lines"][0]["items"] == [{"price_kop": 4, "qty": "0.500", "sum_kop": 2}]


@pytest.mark.parametrize(("micro", "text"), [(1, "0.000001"), (2_500_000, "2.500"), (333_300, "0.3333")])
def test_quantities_have_at_least_three_digits(micro, text):
    assert quantity(micro) == text


def test_a_page_for_a_person(files):
    page = run(files()).stdout
    for said in ("Кофе [red]", "3.000 x 179.99", "К оплате 539.97", "начислится баллов: 26.99", "Правила: r",
                 "Штампы: cup - 2", "«Осень» (r): -60.00, 10 % от цены со скидками на 1: 60.00"):  # fmt: skip
        assert said in page


def test_rules_may_be_json_and_files_may_begin_with_a_mark(files):
    rules = json.dumps({"program": {"id": "p", "name": "P"}})
    arguments = [*files(rules=rules, name="rules.json", basket="\ufeff" + json.dumps(BASKET)), "--json"]
    assert json.loads(run(arguments).stdout)["totals"]["payable_kop"] == 59997


@pytest.mark.parametrize(
    "basket",
    ["", "{", "[]", '{"lines": [], "lines": []}', {"lines": [{"id": "1", "price_kop": 1.5, "qty": "1"}]},
     "[" * 100_000],
)  # fmt: skip
def test_a_basket_that_is_none(files, basket):
    error = complaint(files(basket=basket))
    assert error.lines
    assert error.code == "PRC-01"


def test_every_problem_of_a_basket_is_a_line(files):
    lines = [{"id": "1", "price_kop": -1, "qty": 1.5}, {"id": "1", "price_kop": 1, "qty": "1"}]
    assert [line.partition(":")[0] for line in complaint(files(basket={"lines": lines})).lines] == [
        "lines[0].price_kop",
        "lines[0].qty",
        "lines",
    ]


def test_rules_that_are_not_accepted(files):
    error = complaint(files(rules=RULES.replace("item_percent", "item_percents")))
    assert error.code == "RUL-02"
    assert error.lines[0].startswith("rule[0].kind (строка")


def test_files_that_are_not_there(files):
    arguments = files()
    Path(arguments[1]).unlink()
    assert complaint(arguments).code == "CFG-03"
