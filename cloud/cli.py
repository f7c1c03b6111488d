"""Command line of the cloud: `pos-cloud`.

Exit codes: 0 done, 1 the answer is "no", 2 wrong usage or input, 5 damaged data.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cloud import access, ledger, rules
from cloud.app import application
from cloud.clock import system_now
from cloud.database import Database
from cloud.serving import Address, Serving
from pos_agent.errors import AgentError, UsageError
from pos_agent.rules.problems import RulesError

DEFAULT_DB = "sqlite:///pos-cloud.db"
SENTENCES = {
    "API-01": "This cannot be used: {field}. See --help.",
    "CFG-01": "{path} cannot be read: {why}.",
    "STO-05": "{path} is no database of pos-cloud: {why}.",
    "RUL-02": "The rules file is not published, problems: {count}. The rules in force stay.",
}

app = typer.Typer(
    name="pos-cloud",
    help="The ledger of all registers: takes what they bring, gives them their rules.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
tokens = typer.Typer(help="Tokens of registers and of the owner.", no_args_is_help=True)
published = typer.Typer(help="Rules that registers fetch.", no_args_is_help=True)
journal = typer.Typer(help="The ledger as it is stored.", no_args_is_help=True)
app.add_typer(tokens, name="token")
app.add_typer(published, name="rules")
app.add_typer(journal, name="ledger")

Db = Annotated[str, typer.Option("--db", envvar="POS_CLOUD_DB", help="URL of the database, sqlite:///FILE.")]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose shop it is, where several share one database.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
RegisterName = Annotated[str, typer.Option("--register", help="Name of the register, as in its settings.")]
Owner = Annotated[bool, typer.Option("--owner", help="The owner, who publishes rules.")]
Pem = Annotated[Path | None, typer.Option(help="PEM file; both --tls-cert and --tls-key, or a proxy does TLS.")]


def main() -> None:
    """Entry of the console script."""
    try:
        app()
    except AgentError as error:
        typer.echo(
            f"{SENTENCES.get(error.code, '{why}').format(**{'why': error} | error.params)} [{error.code}]", err=True
        )
        for line in error.lines:
            typer.echo(f"  {line}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of a pipe went away: not our problem
        sys.exit(0)


@app.command()
def serve(
    db: Db = DEFAULT_DB,
    listen: Annotated[str, typer.Option(help="HOST:PORT; port 0 takes a free one.")] = "127.0.0.1:8443",
    tls_cert: Pem = None,
    tls_key: Pem = None,
) -> None:
    """Serve registers until SIGTERM or Ctrl-C. Prints {"ready": true, "endpoint": ...} when it listens."""
    if (tls_cert is None) != (tls_key is None):
        raise UsageError("API-01", field="--tls-cert, --tls-key")
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with _database(db) as database:
        serving = Serving(application(database), Address.parse(listen), tls_cert, tls_key)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: None)  # uvicorn stops by them, then raises them again: an end as asked is 0
        serving.run(lambda: _say({"ready": True, "endpoint": serving.endpoint}))


@tokens.command()
def create(
    register: RegisterName = "",
    owner: Owner = False,
    db: Db = DEFAULT_DB,
    tenant: Tenant = "main",
    as_json: AsJson = False,
) -> None:
    """Make a token and show it this once. A register keeps it in a file that only its service can read."""
    _one_of(register, owner)
    with _database(db) as database, database.writing() as connection:
        made = access.create(connection, tenant, register, system_now)
    _say({"token": made, "register": register or None, "tenant": tenant}) if as_json else typer.echo(made)


@tokens.command()
def revoke(
    register: RegisterName = "",
    owner: Owner = False,
    db: Db = DEFAULT_DB,
    tenant: Tenant = "main",
    as_json: AsJson = False,
) -> None:
    """End every token of this register, or of the owner. Exit code 1 when there was none."""
    _one_of(register, owner)
    with _database(db) as database, database.writing() as connection:
        count = access.revoke(connection, tenant, register, system_now)
    _say({"revoked": count}) if as_json else typer.echo(f"tokens revoked: {count}")
    if not count:
        raise typer.Exit(1)


@tokens.command("list")
def known(db: Db = DEFAULT_DB, tenant: Tenant = "main", as_json: AsJson = False) -> None:
    """Tokens there are, without the tokens themselves."""
    with _database(db) as database, database.reading() as connection:
        found = access.listed(connection, tenant)
    if as_json:
        _say({"tokens": found})
        return
    for one in found:
        ended = f"revoked {one['revoked_at']}" if one["revoked_at"] else "valid"
        typer.echo(f"{one['id']}  {one['role']:8}  {one['register']:20}  {one['created_at']}  {ended}")


@published.command()
def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML or JSON.", show_default=False)],
    db: Db = DEFAULT_DB,
    tenant: Tenant = "main",
    as_json: AsJson = False,
) -> None:
    """Publish a rules file for all registers. Exit code 2 with every problem when it does not parse."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("CFG-01", path=file, why=getattr(error, "strerror", None) or str(error)) from error
    form = "json" if file.suffix == ".json" else "toml"
    try:
        with _database(db) as database, database.writing() as connection:
            made = rules.publish(connection, tenant, content, form, file.name, system_now)
    except RulesError as error:
        lines = tuple(f"{one.path or '-'} line {one.line}: {one.message_en}" for one in error.problems)
        raise UsageError("RUL-02", lines=lines, count=len(lines)) from error
    _say({"version": made.version, "hash": made.hash}) if as_json else typer.echo(
        f"published as version {made.version}"
    )


@journal.command()
def export(db: Db = DEFAULT_DB, tenant: Tenant = "main", as_json: AsJson = False) -> None:
    """Every row of every register, by epoch and number; with --json one document, else a JSON line per row."""
    with _database(db) as database, database.reading() as connection:
        rows = (_row(row) for row in ledger.events(connection, tenant))
        if as_json:
            _say({"events": list(rows), "alarms": ledger.alarms(connection, tenant)})
            return
        for row in rows:
            _say(row)


def _row(stored: dict[str, Any]) -> dict[str, Any]:
    """Place and hashes, then the keys of the event; `chain` is whose chain the row is in."""
    event = json.loads(stored["body"]) if stored["body"] else {}
    document = event.get("document")
    fn_serial, _, number = (document or "/").partition("/")
    return {
        "chain": stored["register"],
        "epoch": stored["epoch"],
        "seq": stored["seq"],
        "prev_hash": stored["prev_hash"],
        "hash": stored["hash"],
        "parked": stored["parked"] or None,
        "fn_serial": fn_serial or None,
        "fd_number": int(number) if number else None,
        "customer": None,
        "fpd": None,
        "purchase": None,
        "document": None,
        **event,
    }


@contextmanager
def _database(url: str) -> Iterator[Database]:
    with closing(Database.open(url)) as database:
        yield database


def _one_of(register: str, owner: bool) -> None:
    if bool(register) == owner:
        raise UsageError("API-01", field="--register, --owner")


def _say(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
    sys.stdout.flush()
