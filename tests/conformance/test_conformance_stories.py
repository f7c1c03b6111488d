"""One list of stories for every printer: whatever the vendor, the protocol and the cable, the ledger is the same."""

from pathlib import Path

import pytest
from kit.conformance_plants import KINDS, Kind
from kit.conformance_register import ConformanceRegister
from kit.conformance_stories import STORIES, Story
from kit.often import often

FAR_APART = sorted(KINDS, key=lambda kind: kind.name not in ("shtrih-1.0", "atol-v2", "atol-v3", "fptr10"))


@pytest.mark.parametrize("kind", often(FAR_APART, 4), ids=lambda kind: kind.name)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_printer_ends_in_the_same_ledger(story: Story, kind: Kind, tmp_path: Path) -> None:
    register = ConformanceRegister(tmp_path, kind, story.slips)
    try:
        story.tell(register)
        assert register.plant.spent, "the trouble of the story did not come"
        register.calm()
        assert register.ledger() == story.ledger
        assert register.numbers() == [line.split()[0] for line in story.ledger if line[0].isdigit()]
        assert register.verified()
        assert register.device.receipt is None
    finally:
        register.store.close()
