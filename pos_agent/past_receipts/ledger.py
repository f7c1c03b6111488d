"""The agent's own ledger as a source of past receipts."""

from __future__ import annotations

from collections.abc import Iterator

from pos_agent.simulate.of_event import past_of_event
from pos_agent.simulate.past import Past
from pos_agent.store.store import StoreReader


def of_ledger(reader: StoreReader, store: str) -> Iterator[Past]:
    """Sales, returns and gifts of the agent's own ledger, in the order they were written."""
    with reader.reading() as view:
        for chained in view.ledger.range():
            past = past_of_event(chained.event, store)
            if past is not None:
                yield past
