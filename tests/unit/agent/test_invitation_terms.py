"""What an invitation promises comes from the rules in force, its QR from the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.agent.checkout_story import PLACE, UNIT, document, goods

from pos_agent.checkout.recording import invitation
from pos_agent.config import load
from pos_agent.errors import UsageError
from pos_agent.rules.parse import parse

HEAD = '[program]\nid = "p"\nname = "П"\n'
ACCRUE = "[accrue]\nbp = 300\n"


@pytest.mark.parametrize(
    ("rules", "terms"),
    [
        (HEAD + ACCRUE + "[spend]\ncap_bp = 3000\n", (100, 3000)),
        (HEAD + "kop_per_pt = [1, 2]\n" + ACCRUE + "[spend]\ncap_bp = 5000\n", (50, 5000)),
        (HEAD + "kop_per_pt = [1, 3]\n" + ACCRUE + "[spend]\ncap_bp = 5000\n", (0, 0)),
        (HEAD + ACCRUE, (0, 0)),
    ],
    ids=["a rouble", "half a rouble", "no whole kopecks", "nothing to spend on"],
)
def test_worth_and_cap_are_those_of_the_rules(rules: str, terms: tuple[int, int]) -> None:
    slip = invitation(document(7, goods(("Кофе", 10000, UNIT))), parse(rules, "toml"), PLACE, wanted=True).slip
    assert slip is not None
    assert (slip.point_kop, slip.cap_bp) == terms


def test_the_way_in_is_an_address_that_fits_a_small_code(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    for url in ("", "HTTPS://EXAMPLE.ORG/JOIN", "A" * 61):
        path.write_text(f'[printer]\nport = "/dev/x"\n[loyalty]\njoin_url = "{url}"\n', encoding="utf-8")
        assert load(path).loyalty.join_url == url
    for url in ("https://example.org", "A" * 62):
        path.write_text(f'[printer]\nport = "/dev/x"\n[loyalty]\njoin_url = "{url}"\n', encoding="utf-8")
        with pytest.raises(UsageError):
            load(path)
