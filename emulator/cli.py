"""Command line of the emulator: ``fiscal-emulator``.

Exit codes: 0 done, 2 wrong usage or input, 3 the printer does not work, 5 damaged state.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from emulator import profile as profiles
from emulator.appliance import DEFAULT_PROFILE, Appliance, Order, tape_folder
from emulator.archive import documents_json as read_documents
from emulator.console import HELP, Console
from emulator.paper import Tape, TapeDamagedError
from emulator.shtrih.variant import Variant
from emulator.state import StateBusyError, StateDamagedError
from emulator.till import ScriptError, run_script
from emulator.till_client import PrinterError

USAGE, PRINTER, DAMAGED = 2, 3, 5
MODELS = ("shtrih",)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A fiscal printer without hardware: it talks like one, keeps a fiscal storage like one, and shows its paper.",
)


def main() -> None:
    """Entry of the console script."""
    app()


def _say(value: Any) -> None:  # noqa: ANN401 - any JSON value
    typer.echo(json.dumps(value, ensure_ascii=False))
    sys.stdout.flush()


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


_CONSOLE_HELP = "\n\n".join(f"  {usage}: {meaning}" for usage, meaning in HELP.items())

_PRINTER_HELP = f"""Run an emulated printer until SIGTERM or Ctrl-C.

Prints one line of JSON when it listens: {{"ready": true, "endpoints": [...], "endpoint": the first}}.

Examples:

  fiscal-emulator printer --model shtrih --listen pty:/tmp/kkt --state /tmp/kkt.state

  fiscal-emulator printer --model shtrih --listen tcp:127.0.0.1:7778 --listen pty:/tmp/kkt --pace 115200 --console

With --console it reads one command per line from stdin and answers one JSON line each:

{_CONSOLE_HELP}
"""


@app.command(help=_PRINTER_HELP)
def printer(
    listen: Annotated[
        list[str], typer.Option(help="pty:PATH or tcp:HOST:PORT; repeat it for more ports of one device")
    ],
    model: Annotated[str, typer.Option(help="whose protocol it speaks: shtrih")] = "shtrih",
    state: Annotated[Path | None, typer.Option(help="file that keeps the fiscal storage; none: in memory")] = None,
    tape: Annotated[Path | None, typer.Option(help="folder of the printed paper; default: STATE.tape")] = None,
    seed: Annotated[int, typer.Option(help="key of the fiscal signs")] = 0,
    pace: Annotated[int | None, typer.Option(min=300, help="speed of the line, bits per second; none: at once")] = None,
    ffd: Annotated[str | None, typer.Option(help="1.05 or 1.2; default: the profile's")] = None,
    profile: Annotated[
        str, typer.Option(help=f"register: {', '.join(profiles.names())}, or a .toml file")
    ] = DEFAULT_PROFILE,
    qr: Annotated[bool, typer.Option("--qr/--no-qr", help="whether the device prints QR codes itself")] = True,
    console: Annotated[bool, typer.Option("--console", help="read commands from stdin")] = False,
) -> None:
    if model not in MODELS:
        _fail(f"--model {model}: there is {', '.join(MODELS)}", USAGE)
    order = Order(listen, profile, state, tape, seed, pace, ffd, Variant(qr=qr))
    try:
        appliance = Appliance(order)
    except (StateDamagedError, TapeDamagedError) as error:
        _fail(str(error), DAMAGED)
    except (OSError, ValueError, StateBusyError) as error:
        _fail(str(error), USAGE)
    _serve(appliance, console)


def _serve(appliance: Appliance, console: bool) -> None:
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    addresses = appliance.addresses
    _say({"ready": True, "endpoints": addresses, "endpoint": addresses[0]})
    if console:
        threading.Thread(target=_read_console, args=(Console(appliance),), name="console", daemon=True).start()
    stopping.wait()
    appliance.stop()


def _read_console(console: Console) -> None:
    for line in sys.stdin:
        if line.strip():
            _say(console.run(line))


@app.command()
def tape(
    state: Annotated[Path, typer.Option(help="state file of the device; its paper is STATE.tape")],
    png: Annotated[Path | None, typer.Option(help="write a picture here instead of showing text")] = None,
    folder: Annotated[Path | None, typer.Option("--tape", help="folder of the paper, when it is another one")] = None,
    profile: Annotated[str, typer.Option(help="register, for the width of the paper")] = DEFAULT_PROFILE,
    since: Annotated[int, typer.Option(min=0, help="leave out so many marks from the beginning")] = 0,
) -> None:
    """Show the printed paper: in the terminal, or as a picture.

    Examples:

      fiscal-emulator tape --state /tmp/kkt.state

      fiscal-emulator tape --state /tmp/kkt.state --png /tmp/paper.png
    """
    paper = folder or tape_folder(state)
    if not paper.is_dir():
        _fail(f"there is no paper in {paper}", USAGE)
    try:
        width = profiles.load(profile)
        printed = Tape(width.columns, width.dots, paper)
    except TapeDamagedError as error:
        _fail(str(error), DAMAGED)
    except (OSError, ValueError) as error:
        _fail(str(error), USAGE)
    if png is None:
        typer.echo(printed.text(since))
        return
    printed.png(png, since)
    typer.echo(str(png))


@app.command()
def documents(
    state: Annotated[Path, typer.Option(help="state file of the device, running or not")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON array with every tag")] = False,
) -> None:
    """List every document in the emulated fiscal storage.

    Examples:

      fiscal-emulator documents --state /tmp/kkt.state

      fiscal-emulator documents --state /tmp/kkt.state --json
    """
    try:
        found = read_documents(state)
    except StateDamagedError as error:
        _fail(str(error), DAMAGED)
    except OSError as error:
        _fail(f"{state}: {error.strerror or 'there is no such file'}", USAGE)
    if as_json:
        _say(found)
        return
    for each in found:
        total = "" if each["total_kop"] is None else f"  {each['total_kop'] // 100}.{each['total_kop'] % 100:02d}"
        typer.echo(f"{each['fd_number']:>6}  {each['datetime']}  {each['fpd']:>10}  {each['name']}{total}")


@app.command()
def till(
    port: Annotated[str, typer.Option(help="path of a serial port or pty, or tcp:HOST:PORT")],
    script: Annotated[Path, typer.Option(help="TOML file with the steps of a day at the till")],
    step: Annotated[str | None, typer.Option(help="run only the step of this name")] = None,
) -> None:
    """Play a till program: shifts, sales and returns from a script, over any printer's port.

    Prints one JSON line per step. Stops at the first step that the printer refuses (exit code 3).

    Examples:

      fiscal-emulator till --port /tmp/kkt --script config/examples/till-day.toml

      fiscal-emulator till --port tcp:127.0.0.1:7778 --script day.toml --step coffee
    """
    try:
        for result in run_script(port, script, step):
            _say(result)
    except ScriptError as error:
        _fail(str(error), USAGE)
    except PrinterError as error:
        _fail(str(error), PRINTER)
