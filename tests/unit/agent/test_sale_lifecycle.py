"""The life of one sale as a table: every state with every event, and what no state allows."""

from itertools import product

import pytest

from pos_agent.checkout.lifecycle import TRANSITIONS, UNSETTLED, ImpossibleStepError, SaleEvent, SaleState, after
from pos_agent.store import intents

# Written from the protocol's numbers (reliability targets, section 3), not from the code's table.
ALLOWED = {
    "intent": {
        "close_next": "closing",
        "proven_absent": "not_executed",
        "proven_registered": "registered",
        "in_doubt": "needs_operator",
    },
    "closing": {
        "closed": "registered",
        "proven_absent": "not_executed",
        "proven_registered": "registered",
        "in_doubt": "needs_operator",
    },
    "needs_operator": {"said_registered": "registered", "said_absent": "not_executed"},
    "not_executed": {"try_again": "intent"},
    "registered": {},
}


@pytest.mark.parametrize(("state", "event"), list(product(SaleState, SaleEvent)), ids=lambda one: one.value)
def test_every_state_with_every_event(state: SaleState, event: SaleEvent) -> None:
    expected = ALLOWED[state.value].get(event.value)
    if expected is not None:
        assert after(state, event).value == expected
        return
    with pytest.raises(ImpossibleStepError, match=f"a sale in {state} cannot take {event}") as refused:
        after(state, event)
    assert (refused.value.state, refused.value.event) == (state, event)


def test_the_table_holds_nothing_else() -> None:
    assert len(TRANSITIONS) == sum(len(events) for events in ALLOWED.values())


def test_registered_is_for_ever() -> None:
    assert not [event for state, event in TRANSITIONS if state is SaleState.REGISTERED]


def test_only_a_proof_or_a_person_ends_a_doubt() -> None:
    ends = {event for (state, event), to in TRANSITIONS.items() if state in UNSETTLED and to not in UNSETTLED}
    assert ends == {
        SaleEvent.CLOSED,
        SaleEvent.PROVEN_ABSENT,
        SaleEvent.PROVEN_REGISTERED,
        SaleEvent.SAID_ABSENT,
        SaleEvent.SAID_REGISTERED,
    }


def test_the_store_means_the_same_by_unsettled() -> None:
    assert set(intents.UNSETTLED) == {state.value for state in UNSETTLED} == {"intent", "closing", "needs_operator"}
