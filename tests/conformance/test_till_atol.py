"""The ATOL face against the reference: pairs of requests and answers, over HTTP, with both vendors' printers.

Pairs are data, written from the reference by hand (tests/golden/atol_tasks). In an answer `<...>` stands for any value
of a kind, `"...": true` in an object for further members; every other object must have exactly these.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from kit.often import often
from kit.till_atol import TERMINAL, TillRegister, till_register
from kit.waiting import until

PAIRS = Path(__file__).parent.parent / "golden" / "atol_tasks"
KINDS = {
    "<any>": lambda value: True,
    "<int>": lambda value: type(value) is int,
    "<number>": lambda value: type(value) in (int, float),
    "<bool>": lambda value: type(value) is bool,
    "<string>": lambda value: isinstance(value, str),
    "<text>": lambda value: isinstance(value, str) and value != "",
    "<digits>": lambda value: isinstance(value, str) and value.isdigit() and 1 <= len(value) <= 16,
    "<fn>": lambda value: isinstance(value, str) and value.isdigit() and len(value) == 16,
    "<time>": lambda value: datetime.fromisoformat(value).tzinfo is not None,
    "<object>": lambda value: isinstance(value, dict),
    "<list>": lambda value: isinstance(value, list),
}


def differs(wanted: Any, found: Any, path: str = "answer") -> str:
    """Where `found` is not as wanted; "" when it is."""
    if isinstance(wanted, str) and wanted in KINDS:
        return "" if KINDS[wanted](found) else f"{path}: {found!r} is no {wanted}"
    if isinstance(wanted, str) and (part := re.fullmatch(r"<has (.*)>", wanted)):
        return "" if part[1] in found else f"{path}: {found!r} has no {part[1]}"
    if isinstance(wanted, dict) and isinstance(found, dict):
        names = set(wanted) - {"..."}
        if names - set(found) or ("..." not in wanted and set(found) - names):
            return f"{path}: {sorted(found)} instead of {sorted(names)}"
        return next(filter(None, (differs(wanted[name], found[name], f"{path}.{name}") for name in names)), "")
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        each = enumerate(zip(wanted, found, strict=True))
        return next(filter(None, (differs(one, two, f"{path}[{number}]") for number, (one, two) in each)), "")
    return "" if wanted == found else f"{path}: {found!r} instead of {wanted!r}"


@pytest.fixture(scope="module", params=often(["atol", "shtrih"]))
def register(request: pytest.FixtureRequest) -> Iterator[TillRegister]:
    with tempfile.TemporaryDirectory(prefix="ta-") as folder, till_register(folder, request.param) as made:
        yield made


def asked(http: httpx.Client, step: dict) -> httpx.Response:
    if "poll" in step:
        return until(lambda: finished(http, step["poll"]), 60)
    method, path, *body = step["send"]
    headers = step.get("headers", {})
    if body and body[0] is not None:
        content = body[0] if isinstance(body[0], str) else json.dumps(body[0])
        return http.request(method, path, content=content, headers={"Content-Type": "application/json", **headers})
    return http.request(method, path, headers=headers)


def finished(http: httpx.Client, path: str) -> httpx.Response | None:
    """The answer once every task is over."""
    answer = http.get(path)
    over = answer.status_code != 200 or all(one["status"] in TERMINAL for one in answer.json()["results"])
    return answer if over else None


@pytest.mark.parametrize("name", ["receipts", "others", "queue", "tolerance"])
def test_pairs_of_the_reference(register: TillRegister, name: str) -> None:
    pairs = json.loads((PAIRS / f"{name}.json").read_text(encoding="utf-8"))
    for step in pairs["steps"]:
        answer = asked(register.http, step)
        assert answer.status_code == step["status"], f"{step['say']}: {answer.status_code} {answer.text}"
        if step["answer"] is not None:
            wrong = differs(step["answer"], answer.json())
            assert not wrong, f"{step['say']}: {wrong} in {answer.text}"


def test_every_pair_is_walked() -> None:
    assert {path.stem for path in PAIRS.glob("*.json")} == {"receipts", "others", "queue", "tolerance"}


def test_a_pattern_can_fail() -> None:
    assert differs({"a": 1}, {"a": 1, "b": 2})
    assert not differs({"a": 1, "...": True}, {"a": 1, "b": 2})
    assert differs({"sign": "<digits>"}, {"sign": 5})
    assert differs([{"a": "<int>"}], [{"a": True}])
