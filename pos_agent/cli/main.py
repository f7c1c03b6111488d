"""Mounts the subcommands; turns errors into sentences and exit codes.

Exit codes: 0 done, 1 the answer is "no", 2 wrong usage or input, 3 printer, 4 cloud, 5 damaged data.

A cashier waits for each command, so only the modules of the command that was asked for are imported.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from pos_agent.cli.output import complain
from pos_agent.errors import AgentError

COMMANDS = {  # name -> module of pos_agent.cli and what in it, in the order of --help
    "run": "run.run",
    "demo": "demo.demo",
    "status": "status.status",
    "price": "price.price",
    "probe": "probe.probe",
    "sell": "sale.sell",
    "return": "sale.take_back",
    "resolve": "sale.resolve",
}
GROUPS = {
    "shift": "sale.shift_app",
    "cash": "cash.app",
    "sync": "sale.sync_app",
    "customer": "customer.app",
    "card": "card.app",
    "receipts": "receipts.app",
    "ledger": "ledger.app",
    "points": "points_further.app",
    "limits": "limits.app",
    "prepaid": "prepaid.app",
    "exchange": "exchange.app",
    "slip": "slip.app",
    "rules": "rules.app",
    "fiscal": "fiscal.app",
    "trace": "trace.app",
    "token": "token.app",
}


def mounted(asked: str | None = None) -> typer.Typer:
    """The program with the command that is asked for; with all of them when that is none of its names."""
    app = typer.Typer(
        name="pos-agent",
        help="Программа лояльности между кассой и фискальным принтером."
        " / Loyalty between the till and the fiscal printer.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_program)
    alone = asked in COMMANDS or asked in GROUPS
    for name, place in COMMANDS.items():
        if not alone or name == asked:
            app.command(name)(_imported(place))
    for name, place in GROUPS.items():
        if not alone or name == asked:
            app.add_typer(_imported(place), name=name)
    return app


def _program() -> None:
    # A program of one command would lose the command's name: this keeps it a program of commands.
    return


def _imported(place: str) -> typer.Typer:
    module, _, name = place.partition(".")
    found: typer.Typer = getattr(import_module(f"pos_agent.cli.{module}"), name)
    return found


def main() -> None:
    """Entry point of the console script."""
    try:
        mounted(sys.argv[1] if len(sys.argv) > 1 else None)()
    except AgentError as error:
        complain(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of a pipe (head, less) went away: not our problem
        sys.exit(0)
    except SystemExit as ended:  # the framework makes exit 1 of it
        if isinstance(ended.__context__, BrokenPipeError):
            sys.exit(0)
        raise
