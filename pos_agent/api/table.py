"""Every operation by name: what the private socket serves and what the command line can do on its own."""

from __future__ import annotations

from pos_agent.api import (
    cards,
    cloud,
    codes,
    customers,
    explain,
    ledger,
    receipts,
    reconcile,
    rules,
    sales,
    shifts,
    slips,
    status,
)
from pos_agent.api.operation import Operation

OPERATIONS: dict[str, Operation] = {
    "status": Operation(status.status),
    "stop": Operation(status.stop),
    "customer.add": Operation(customers.add, writes=True),
    "customer.find": Operation(customers.find),
    "card.arm": Operation(cards.arm, writes=True, printer=True),
    "card.show": Operation(cards.show),
    "card.cancel": Operation(cards.cancel, writes=True),
    "receipts": Operation(receipts.recent),
    "receipts.show": Operation(receipts.show),
    "receipts.explain": Operation(explain.explain),
    "receipts.read": Operation(receipts.backfill, writes=True, printer=True),
    "ledger.verify": Operation(ledger.verify),
    "ledger.export": Operation(ledger.export),
    "reconcile.now": Operation(reconcile.now, writes=True, printer=True),
    "reconcile.state": Operation(reconcile.state, writes=True, printer=True),
    "slip.print": Operation(slips.ask, writes=True, printer=True),
    "slip.state": Operation(slips.state),
    "sell": Operation(sales.sell, writes=True, printer=True),
    "return": Operation(sales.take_back, writes=True, printer=True),
    "sale.show": Operation(sales.show),
    "resolve": Operation(sales.resolve, writes=True, printer=True),
    "shift.open": Operation(shifts.open_shift, writes=True, printer=True),
    "shift.close": Operation(shifts.close_shift, writes=True, printer=True),
    "shift.x": Operation(shifts.x_report, writes=True, printer=True),
    "sync.now": Operation(cloud.now, writes=True),
    "rules.import": Operation(rules.take, writes=True),
    "rules.show": Operation(rules.show),
    "codes.import": Operation(codes.take, writes=True),
    "codes.key": Operation(codes.keep_key, writes=True),
    "codes.revoke": Operation(codes.revoke, writes=True),
    "codes.show": Operation(codes.show),
}
