"""Certificates and sales in parts under faults: 0 doubled, lost, wrong; the proof sees agents that lack a safeguard."""

import pytest
from simulation.prepaid_faults import live

from pos_agent.checkout import journal
from pos_agent.checkout.own import OwnSale
from pos_agent.store.prepaid import PrepaidView

ACTS = 30


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_doubled_lost_or_spent_twice(seed: int) -> None:
    world = live(seed, ACTS)
    assert not world.wrong, world.wrong
    assert sum(world.told.values()) >= ACTS


def test_the_same_seed_tells_the_same() -> None:
    assert live(5, 12).told == live(5, 12).told


def test_accounts_that_nobody_holds_are_spent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PrepaidView, "held", lambda self, account, besides="": None)
    assert any("doubled: certificate" in one for one in live(1, ACTS).wrong)


def test_a_loyalty_event_that_does_not_wait_for_the_last_part_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    real = journal.own_sale

    def hasty(view: object, document: object) -> OwnSale | None:
        own = real(view, document)
        return own and OwnSale(own.sale_id, own.customer, own.plan, whole=True)

    monkeypatch.setattr(journal, "own_sale", hasty)
    assert any("wrong: certificate" in one for one in live(1, ACTS).wrong)
