"""Mounts the subcommands; turns errors into sentences and exit codes.

Exit codes: 0 done, 1 the answer is "no", 2 wrong usage or input, 3 printer, 4 cloud, 5 damaged data.
"""

from __future__ import annotations

import sys

import typer

from pos_agent.cli import (
    card,
    customer,
    demo,
    exchange,
    fiscal,
    ledger,
    limits,
    points,
    points_further,
    prepaid,
    price,
    probe,
    receipts,
    rules,
    run,
    sale,
    slip,
    status,
    token,
    trace,
)
from pos_agent.cli.output import complain
from pos_agent.errors import AgentError

app = typer.Typer(
    name="pos-agent",
    help="Программа лояльности между кассой и фискальным принтером. / Loyalty between the till and the fiscal printer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("status")(status.status)
app.command("price")(price.price)
app.command("probe")(probe.probe)
app.command("sell")(sale.sell)
app.command("return")(sale.take_back)
app.command("resolve")(sale.resolve)
app.add_typer(sale.shift_app, name="shift")
app.add_typer(sale.sync_app, name="sync")
app.add_typer(customer.app, name="customer")
app.add_typer(card.app, name="card")
app.add_typer(receipts.app, name="receipts")
app.add_typer(ledger.app, name="ledger")
for name, command in points_further.COMMANDS.items():
    points.app.command(name)(command)
app.add_typer(points.app, name="points")
app.add_typer(limits.app, name="limits")
app.add_typer(prepaid.app, name="prepaid")
app.add_typer(exchange.app, name="exchange")
app.add_typer(slip.app, name="slip")
app.add_typer(rules.app, name="rules")
app.add_typer(fiscal.app, name="fiscal")
app.add_typer(trace.app, name="trace")
app.add_typer(token.app, name="token")


def main() -> None:
    """Entry point of the console script."""
    try:
        app()
    except AgentError as error:
        complain(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of a pipe (head, less) went away: not our problem
        sys.exit(0)
    except SystemExit as ended:  # the framework makes exit 1 of it
        if isinstance(ended.__context__, BrokenPipeError):
            sys.exit(0)
        raise
