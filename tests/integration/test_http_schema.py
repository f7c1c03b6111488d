"""Requests made from the API's own OpenAPI document: whatever fits it or nearly fits it, the server never fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from kit.http_agent import CARD, HttpAgent
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

EXAMPLES = 2  # for each route
STREAM = "/v1/events"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpAgent]:
    made = HttpAgent(tmp_path_factory.mktemp("schema"))
    made.sale(customer=CARD)
    yield made
    made.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
def test_no_request_is_a_server_error(agent: HttpAgent, mode: GenerationMode) -> None:
    document = agent.client("owner").get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    headers = {"Authorization": f"Bearer {agent.tokens['owner']}"}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == STREAM:
            continue
        strategy = operation.as_strategy(generation_mode=mode)

        @given(case=strategy)
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        def one(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            if isinstance(case.body, dict) and "wait_s" in case.body:
                case.body["wait_s"] = 0
            if isinstance(case.query, dict):
                case.query.pop("wait_s", None)
            case.call_and_validate(base_url=agent.address, headers=headers, checks=[not_a_server_error], timeout=30)

        try:
            one()
        except Unsatisfiable:  # a request that has nothing in it cannot be made wrong
            assert mode is GenerationMode.NEGATIVE
    assert asked > 60
    assert agent.client("owner").get("/v1/status").status_code == 200
