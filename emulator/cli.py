"""Command line of the emulator: ``fiscal-emulator``.

Exit codes: 0 done, 1 a story did not go as told, 2 wrong usage or input, 3 the printer does not work, 5 damaged state.
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

from emulator import faults as fault_plans
from emulator import profile as profiles
from emulator import shipped, story
from emulator.appliance import DEFAULT_PROFILE, DEFAULT_PROFILES, Appliance, Order, tape_folder
from emulator.archive import documents_json as read_documents
from emulator.console import HELP, Console
from emulator.paper import Tape, TapeDamagedError
from emulator.scenario import play
from emulator.state import StateBusyError, StateDamagedError
from emulator.till import ScriptError, run_script
from emulator.till_client import PrinterError

ANSWER_IS_NO, USAGE, PRINTER, DAMAGED = 1, 2, 3, 5
MODELS = tuple(DEFAULT_PROFILES)

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

  fiscal-emulator printer --model atol --protocol v3 --listen tcp:127.0.0.1:5555 --listen pty:/tmp/atol

With --console it reads one command per line from stdin and answers one JSON line each:

{_CONSOLE_HELP}
"""


@app.command(help=_PRINTER_HELP)
def printer(
    listen: Annotated[
        list[str], typer.Option(help="pty:PATH or tcp:HOST:PORT; repeat it for more ports of one device")
    ],
    model: Annotated[str, typer.Option(help=f"whose protocol it speaks: {', '.join(MODELS)}")] = "shtrih",
    state: Annotated[Path | None, typer.Option(help="file that keeps the fiscal storage; none: in memory")] = None,
    tape: Annotated[Path | None, typer.Option(help="folder of the printed paper; default: STATE.tape")] = None,
    seed: Annotated[
        int, typer.Option(help="key of the fiscal signs and of the faults: the same seed, the same run")
    ] = 0,
    protocol: Annotated[
        str | None,
        typer.Option(
            help="low level protocol: 1.0, 2.0, or auto (the first byte decides), default: the profile's; "
            "atol: v2 (pty alone) or v3, default v3"
        ),
    ] = None,
    faults: Annotated[
        str | None, typer.Option(help=f"what goes wrong: {', '.join(fault_plans.names())}, or a .toml file")
    ] = None,
    device_time: Annotated[
        str | None,
        typer.Option(
            help=f"how long commands take: {', '.join(shipped.names('times'))}, or a .toml file; none: at once"
        ),
    ] = None,
    paper: Annotated[int | None, typer.Option(min=1, help="length of the first roll, mm; none: endless")] = None,
    pace: Annotated[int | None, typer.Option(min=300, help="speed of the line, bits per second; none: at once")] = None,
    ffd: Annotated[str | None, typer.Option(help="1.05 or 1.2, for atol 1.05 or 1.1; default: the profile's")] = None,
    profile: Annotated[
        str,
        typer.Option(
            help=f"register: {', '.join(profiles.names())}, or a .toml file; "
            f"default: {', '.join(DEFAULT_PROFILES.values())} by model"
        ),
    ] = "",
    switch: Annotated[
        list[str] | None, typer.Option(help="atol: NAME=VALUE of a named switch (docs/emulator-atol.md); repeat it")
    ] = None,
    qr: Annotated[
        bool | None,
        typer.Option("--qr/--no-qr", help="whether the device prints QR codes itself; default: the profile's"),
    ] = None,
    console: Annotated[bool, typer.Option("--console", help="read commands from stdin")] = False,
) -> None:
    if model not in MODELS:
        _fail(f"--model {model}: there is {', '.join(MODELS)}", USAGE)
    common = (listen, profile, state, tape, seed, pace, ffd, None, qr, protocol, faults, device_time, paper)
    order = Order(*common, model=model, switches=switch or ())
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


_MOMENTS = "\n\n".join(f"  {at}: {meaning}" for at, meaning in story.MOMENTS.items())
_EXPECTATIONS = "\n\n".join(f"  {name}: {meaning}" for name, meaning in story.EXPECTATIONS.items())

_SCENARIO_HELP = f"""Play a story on a printer of its own: till steps, hands at named moments, expectations.

Ready ones are in config/scenarios. Ends at the first step that does not go as the story says. Exit codes: 0 all went as
told, 1 a step did not, 2 the story cannot be read.

Example:

  fiscal-emulator scenario config/scenarios/paper-third-line.toml

A till's step takes meanwhile = [{{ at = MOMENT, hand = "a line of the console" }}]; moments:

{_MOMENTS}

A step expect = {{ ... }} can ask for:

{_EXPECTATIONS}
"""


@app.command(help=_SCENARIO_HELP)
def scenario(
    file: Annotated[Path, typer.Argument(help="TOML file with the story")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document with every step")] = False,
) -> None:
    try:
        told = story.load(file)
        outcomes = []
        for outcome in play(told):
            outcomes.append(outcome)
            if not as_json:
                typer.echo(f"{'NO ' if outcome.problem else 'ok '} {outcome.step.title}")
    except (OSError, ValueError) as error:
        _fail(str(error), USAGE)
    failed = next((outcome for outcome in outcomes if outcome.problem), None)
    if as_json:
        steps = [{"step": one.step.title, "problem": one.problem, "seen": one.seen} for one in outcomes]
        _say({"title": told.title, "ok": failed is None, "steps": steps})
    elif failed:
        typer.echo(f"{told.title}: {failed.problem}")
    else:
        typer.echo(f"{told.title}: all {len(outcomes)} steps went as told")
    if failed:
        raise typer.Exit(ANSWER_IS_NO)
