"""Marked goods through the whole register: basket, check, receipt, ledger; alike on every printer that takes them."""

import base64
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from kit.conformance_plants import BY_NAME, KINDS, Kind
from kit.conformance_register import COFFEE, ConformanceRegister
from kit.marking_troubles import STEPS, TROUBLES, strike
from kit.often import often

from drivers.fiscal.tlv import Tag, decode
from pos_agent.checkout.marks import Mark
from pos_agent.errors import AgentError

TAIL = "93abcd"
NAMED = "0104603934000793215uXqJx9aPb6YQ"
CODE = f"{NAMED}\x1d{TAIL}"
BOOTS = {"id": "7", "name": "Ботинки", "price_kop": 259_900, "qty": "1", "mark": CODE}
SHOES = {**BOOTS, "id": "8", "name": "Туфли", "mark": "0104603934000793215uXqJx9aPb6YR\x1d93efgh"}
WITH = [kind for kind in KINDS if kind.marking]
WITHOUT = [kind for kind in KINDS if not kind.marking]
STRUCK = often(["shtrih-1.0", "fptr10", "shtrih-2.0"])
OPENED = ["1 registration", "2 shift_open"]
ONE_SALE = [*OPENED, "3 receipt operation=1 total_kop=269900 ACCRUE:26990", "balance 26990"]


@pytest.fixture
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ConformanceRegister]:
    kind: Kind = request.param
    changes = {"ffd": "1.2", "kkt_version": "003"} if kind.marking else {}
    made = ConformanceRegister(tmp_path, kind, **changes)
    yield made
    made.store.close()


def everywhere(kinds: list[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("register", kinds, ids=lambda kind: kind.name, indirect=True)


def items(register: ConformanceRegister, fd: int) -> list[dict[int, object]]:
    """Lines of a document in the storage, members of 1163 and 1291 among the others."""
    body = register.device.fn.documents[fd].body
    return [dict(flat(tag.tags)) for tag in decode(body, parent=3) if tag.tag == 1059]


def flat(tags: tuple[Tag, ...]) -> list[tuple[int, object]]:
    return [pair for tag in tags for pair in ([(tag.tag, tag.value)] if not tag.tags else flat(tag.tags))]


def refused(act: object, **given: object) -> AgentError:
    with pytest.raises(AgentError) as told:
        act(**given)  # type: ignore[operator]
    return told.value


@everywhere(WITH)
def test_sold_and_taken_back(register: ConformanceRegister, capsys: pytest.CaptureFixture[str]) -> None:
    answer = register.sale("a", BOOTS, COFFEE, customer=register.customer)
    assert answer["marks"] == [{"line": 1, "verdict": "offline", "result": 0}]
    boots, coffee = items(register, 3)
    want = {1030: "Ботинки", 1023: Decimal(1), 1043: 259_900, 1212: 33, 1305: NAMED, 2106: 0, 2108: 0}
    assert {tag: boots[tag] for tag in want} == want
    assert not {1305, 2106} & coffee.keys()
    assert refused(register.take_back, sale_id="b", document=answer["document"]).code == "MRK-03"
    other = Mark(SHOES["mark"].encode())
    assert refused(register.take_back, sale_id="b", document=answer["document"], marks={1: other}).code == "MRK-04"
    back = register.take_back("b", answer["document"], {1: 1_000_000}, marks={1: Mark(CODE.encode())})
    assert back["total_kop"] == 259_900
    assert items(register, 4)[0][1305] == NAMED
    assert register.take_back("c", answer["document"])["total_kop"] == 10_000, "the coffee has no code"
    assert register.ledger() == [
        *ONE_SALE[:3],
        "4 receipt operation=2 total_kop=259900 of=3 REVERSE:None",
        "5 receipt operation=2 total_kop=10000 of=3 REVERSE:None",
        "balance 0",
    ]
    assert register.verified()
    kept = b"".join(path.read_bytes() for path in register.folder.glob("agent.db*"))
    assert TAIL.encode() not in kept, "the crypto tail is not written down"
    assert TAIL not in capsys.readouterr().out, "nor logged"
    facts = json.loads(register.query("SELECT body FROM ledger_event WHERE fd_number = 3")[0]["body"])["facts"]
    assert facts["lines"][0]["mark"] == {"code": NAMED, "subject": 33, "result": 0, "verdict": "offline"}
    assert facts["lines"][0]["gtin"] == "04603934000793"
    assert "mark" not in facts["lines"][1]


@everywhere(WITH)
def test_a_discounted_third_of_a_pack_in_base64(register: ConformanceRegister) -> None:
    """One item at the discounted price; the part goes as 1291, points pay like anywhere."""
    register.give(5000)
    pack = {"base64": base64.b64encode(CODE.encode()).decode(), "part": "1/3", "excise": True}
    line = {**BOOTS, "price_kop": 5001, "category": "bakery", "mark": pack}
    answer = register.sale("a", line, customer=register.customer, spend=1000)
    assert answer["total_kop"] == 3501
    (sold,) = items(register, 3)
    want = {1079: 3501, 1043: 3501, 1023: Decimal(1), 1212: 31, 1292: "1/3", 1293: 1, 1294: 3, 1305: NAMED}
    assert {tag: sold[tag] for tag in want} == want
    register.take_back("b", answer["document"], marks={1: Mark(CODE.encode())})
    (back,) = items(register, 4)
    assert {tag: back[tag] for tag in want} == want, "part and subject come from the sale"


@everywhere(WITH)
def test_two_codes_in_one_receipt(register: ConformanceRegister) -> None:
    register.sale("a", BOOTS, SHOES, COFFEE)
    assert [item.get(1305) for item in items(register, 3)] == [NAMED, f"{NAMED[:-1]}R", None]
    assert refused(register.sale, sale_id="b", lines=[BOOTS, {**BOOTS, "id": "9"}]).code == "MRK-01"


@everywhere(WITHOUT)
def test_atols_low_level_refuses_in_words_before_a_receipt(register: ConformanceRegister) -> None:
    told = refused(register.sale, sale_id="a", lines=[BOOTS])
    assert told.code == "SAL-03"
    assert "fptr10" in told.lines[0]
    assert register.device.receipt is None
    assert register.query("SELECT * FROM sale_intent") == []
    register.sale("b", COFFEE, customer=register.customer)
    assert register.ledger() == [*OPENED, "3 receipt operation=1 total_kop=10000 ACCRUE:1000", "balance 1000"]


def has(kind: str, step: str) -> bool:
    """On Shtrih a check is one command, there is nothing to wait for."""
    return step != "wait" or BY_NAME[kind].vendor != "shtrih"


def attempt(register: ConformanceRegister) -> tuple[str, dict | None]:
    """What was told: the code of an error, or the answer."""
    try:
        return "", register.sale("a", BOOTS, COFFEE, customer=register.customer)
    except AgentError as error:
        return error.code, None


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(("kind", "step"), [(kind, step) for kind in STRUCK for step in STEPS if has(kind, step)])
def test_trouble_at_every_step_sells_once(kind: str, step: str, trouble: str, tmp_path: Path) -> None:
    """Whatever was told, the same sale repeated ends in one receipt with the code in it once, and one event."""
    register = ConformanceRegister(tmp_path, kind, ffd="1.2", kkt_version="003")
    came = strike(register, step, trouble)
    try:
        told, answer = attempt(register)
        if answer is None:
            assert told in {"PRN-03", "PRN-07", "SAL-01", "SAL-03"}
            register.calm()
            answer = register.sale("a", BOOTS, COFFEE, customer=register.customer)
        assert came(), "the trouble of this case did not come"
        register.calm()
        assert register.receipts() == [(3, 1, 269_900)]
        assert answer["document"].endswith("/3")
        assert [item.get(1305) for item in items(register, 3)] == [NAMED, None]
        assert register.ledger() == ONE_SALE
        assert register.verified()
        assert register.device.receipt is None
    finally:
        register.store.close()
