"""`make bench`: every figure is a ratio of two measurements of the same run. Exit 1 when a promise is missed."""

import sys

from bench import commit, driver_sale, ledger_life, pricing, quote, simulation, tap_latency, whole_sale
from bench.table import HEAD, printed
from pos_agent.logs import configure

SUITES = (
    pricing.rows,
    commit.rows,
    driver_sale.rows,
    whole_sale.rows,
    quote.rows,
    tap_latency.rows,
    simulation.rows,
    ledger_life.rows,
)


def main() -> int:
    """0: every promise kept."""
    configure("error", "console")
    print(HEAD)
    kept = [printed(rows()) for rows in SUITES]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
