"""One bench of the stand-in per test, and nothing left plugged in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import standin
from standin.standin_bench import Bench, build


@pytest.fixture(autouse=True)
def _unplugged() -> Iterator[None]:
    standin.reset()
    yield
    standin.reset()


@pytest.fixture
def bench() -> Bench:
    """FFD 1.2, closed shift."""
    return build()


@pytest.fixture
def opened() -> Callable[..., Bench]:
    """A bench whose shift is open; arguments are `standin_bench.build`'s."""

    def make(**how: Any) -> Bench:
        made = build(**how)
        made.do({"type": "openShift", "operator": {"name": "Иванова А."}})
        return made

    return make


@pytest.fixture
def sale() -> dict[str, Any]:
    """Two lines by cash: 899.10 + 59.90 = 959.00, given 1000.00 (ATOL notes, B.3)."""
    return {
        "type": "sell",
        "operator": {"name": "Иванова А.", "vatin": "500100732259"},
        "taxationType": "osn",
        "items": [
            {
                "type": "position",
                "name": "Кофе",
                "price": 899.1,
                "quantity": 1,
                "amount": 899.1,
                "tax": {"type": "vat22"},
                "paymentMethod": "fullPayment",
                "paymentObject": "commodity",
            },
            {
                "type": "position",
                "name": "Молоко",
                "price": 59.9,
                "quantity": 1.0,
                "amount": 59.9,
                "tax": {"type": "vat10"},
                "paymentMethod": "4",
                "paymentObject": "1",
                "measurementUnit": "piece",
            },
        ],
        "payments": [{"type": "cash", "sum": 1000}],
    }
