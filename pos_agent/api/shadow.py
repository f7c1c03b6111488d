"""What the shadow rules have found so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.api.operation import Json, Parts
from pos_agent.errors import AgentError
from pos_agent.model.canonical import sha256_hex
from pos_agent.rules.parse import parse
from pos_agent.rules.problems import RulesError
from pos_agent.store.shadow import ShadowDifference

FIGURES = ("discount_kop", "paid_kop", "spent_pt", "issued_pt", "coupons")
LAST = 20  # sales told in full


def report(parts: Parts, args: Mapping[str, Any]) -> Json:
    """Counts, sums and days of the rules that the file holds now. SHD-01: none are set; SHD-02: the file is no good."""
    file = parts.config.loyalty.shadow_rules
    if file is None:
        raise AgentError("SHD-01")
    try:
        text = file.read_text(encoding="utf-8-sig")
        rules = parse(text, "json" if file.suffix == ".json" else "toml")
    except RulesError as error:
        lines = tuple(f"{one.path}: {one.message_ru}" for one in error.problems)
        raise AgentError("SHD-02", lines=lines, path=file) from error
    except (OSError, UnicodeDecodeError) as error:
        raise AgentError("SHD-02", lines=(str(error),), path=file) from error
    digest = sha256_hex(text)
    with parts.views.reading() as view:
        run = view.shadow.run(digest)
        sums = _Sums()
        for one in view.shadow.differences(digest):
            sums.add(one)
    counts = (run.priced, run.differing, run.failed) if run else (0, 0, 0)
    return {
        "rules": {"file": str(file), "hash": digest, "program": rules.program.id},
        "begun_at": run.begun_at if run else None,
        "sales": {"priced": counts[0], "differing": counts[1], "failed": counts[2]},
        "problem": run.problem if run else "",
        **sums.to_json(),
    }


class _Sums:
    def __init__(self) -> None:
        self.whole = dict.fromkeys(FIGURES, 0)
        self.days: dict[str, dict[str, int]] = {}
        self.last: list[ShadowDifference] = []
        self.sources: dict[str, int] = {}

    def add(self, one: ShadowDifference) -> None:
        day = self.days.setdefault(one.business_date, {"sales": 0, **dict.fromkeys(FIGURES, 0)})
        day["sales"] += 1
        for name in FIGURES:
            more = one.body["shadow"][name] - one.body["live"][name]
            self.whole[name] += more
            day[name] += more
        self.sources[one.source] = self.sources.get(one.source, 0) + 1
        self.last = [*self.last[1 - LAST :], one]

    def to_json(self) -> dict[str, Any]:
        """Differences are shadow less live."""
        return {
            "difference": self.whole,
            "sources": dict(sorted(self.sources.items())),
            "by_day": [{"day": day, **self.days[day]} for day in sorted(self.days)],
            "last": [
                {"event": one.event_id, "day": one.business_date, "source": one.source, **one.body} for one in self.last
            ],
        }
