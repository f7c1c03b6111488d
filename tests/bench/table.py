"""One line of the benchmark: what was measured, against what, and the bound it must keep."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ratio` = measured / limit of the same run; `bound` None: shown, nothing promised."""

    name: str
    measured: str
    limit: str
    ratio: float
    bound: float | None = None
    at_least: bool = False  # the ratio must not fall below the bound, instead of not exceeding it

    @property
    def holds(self) -> bool:
        """The promise is kept, or there is none."""
        if self.bound is None:
            return True
        return self.ratio >= self.bound if self.at_least else self.ratio <= self.bound

    def line(self) -> str:
        """One row of the table."""
        sign = "≥" if self.at_least else "≤"
        promise = "" if self.bound is None else f"{sign} {self.bound:g} {'ok' if self.holds else 'MISSED'}"
        return f"{self.name:<44} {self.measured:>18} {self.limit:>24} {self.ratio:>8.3f}  {promise}"


def printed(rows: Iterable[Row]) -> bool:
    """Print a table; True when every promise is kept."""
    good = True
    for row in rows:
        print(row.line(), flush=True)
        good &= row.holds
    return good


HEAD = f"{'what':<44} {'measured':>18} {'against':>24} {'ratio':>8}  promise"
