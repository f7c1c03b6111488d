"""`pos-agent demo`: the whole story on emulated hardware, shown as it happens.

Printer, cloud and agent run as child processes. At the end every document of the fiscal storage is compared with the
ledger, and the ledger with the cloud, one to one.
"""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent.cli.output import AsJson, emit_json
from pos_agent.cli.stage import PAPER, Stage
from pos_agent.cli.story import paper, words
from pos_agent.cli.story.chapters import CARD, Say, Teller
from pos_agent.cli.story.compare import compare

FFD = {"shtrih": ("1.05", "1.2"), "atol": ("1.05", "1.1")}  # the last one unless told otherwise
CUT_SHORT = 130  # as shells tell Ctrl-C
PAPER_ROWS = 90  # of the last paper in the terminal; all of it is in the picture


def demo(
    once: Annotated[bool, typer.Option("--once", help="Закончить после рассказа. / End after the story.")] = False,
    as_json: AsJson = False,
    printer: Annotated[str, typer.Option(help="Какой принтер показать: shtrih, atol.")] = "shtrih",
    ffd: Annotated[str, typer.Option(help="ФФД накопителя: 1.05 или 1.2; у atol 1.05 или 1.1.")] = "",
    folder: Annotated[Path | None, typer.Option(help="Папка показа, новая; без неё временная.")] = None,
) -> None:
    """Показ без железа: касса, принтер, слипы, журнал, облако. Код 1 - не сошлось. / The story on emulated hardware."""
    if printer not in FFD or (ffd and ffd not in FFD[printer]):
        raise typer.BadParameter("принтер: shtrih (ФФД 1.05 или 1.2) или atol (ФФД 1.05 или 1.1)")
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise typer.BadParameter(f"{folder} не пуста: назовите новую папку")
    say: Say = (lambda text: None) if as_json else typer.echo
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    result: dict[str, Any] | None = None
    try:
        say("Запускаем принтер, облако и агента...")
        with Stage(folder.absolute() if folder else None, ffd or FFD[printer][-1], printer) as stage:
            result = tell(stage, say)
            if as_json:
                emit_json(result)
            if not once and not as_json:
                _stay(stage)
    except KeyboardInterrupt:
        say("\nПоказ закончен.")
    raise typer.Exit(CUT_SHORT if result is None else 0 if result["ok"] else 1)


def tell(stage: Stage, say: Say) -> dict[str, Any]:
    """The story; `ok` tells that the fiscal storage, the ledger and the cloud agree."""
    say(f"Папка показа: {stage.folder}")
    teller = Teller(stage, say)
    teller.tell()
    tape = stage.folder / "tape.png"
    stage.tape("--png", str(tape))
    teller.title("Конец ленты")
    for row in paper.drawn(paper.tail(teller.paper(), PAPER_ROWS)):
        teller.line(row)
    teller.line(f"Вся лента картинкой: {tape}")
    return _checked(stage, teller) | {"tape_png": str(tape), "folder": str(stage.folder)}


def _checked(stage: Stage, teller: Teller) -> dict[str, Any]:
    """Storage, ledger and cloud side by side."""
    stage.ask("sync.now")
    documents = json.loads(stage.emulator("documents", "--state", stage.state.name, "--json"))
    events = stage.ask("ledger.export")["events"]
    cloud = json.loads(stage.cloud("ledger", "export", "--json"))
    verified = stage.ask("ledger.verify")
    customer = stage.ask("customer.find", text=CARD)["customers"][0]
    differences = [*teller.broken, *compare(documents, events, cloud["events"]), *verified["breaches"]]
    differences += [f"тревога облака: {alarm}" for alarm in cloud["alarms"]]
    teller.title("Журнал: каждое событие скреплено отпечатком предыдущего")
    stored = {row["hash"] for row in cloud["events"]}
    for event in events:
        teller.line(words.event(event, teller.names, event["hash"] in stored))
    teller.line(words.balance(customer))
    teller.title("Сверка")
    teller.line(
        f"документов в накопителе {len(documents)}, событий в журнале {len(events)}, в облаке {len(cloud['events'])}"
    )
    teller.line(
        "Сошлось один к одному: номера, фискальные признаки, суммы, отпечатки." if not differences else "НЕ СОШЛОСЬ:"
    )
    for difference in differences:
        teller.line(f"  {difference}")
    return {
        "ok": not differences,
        "documents": len(documents),
        "events": len(events),
        "cloud_events": len(cloud["events"]),
        "head": verified["head"],
        "differences": differences,
        "resolved": teller.resolved,
        "customer": customer,
    }


def _stay(stage: Stage) -> None:
    say = typer.echo
    at = f"-c {stage.settings}"
    say(f"\nВсё работает до Ctrl-C. В другом окне:\n\n  cd {stage.folder}")
    for command in (
        "status",
        f"sell --basket breakfast.json --customer {CARD}",
        "receipts",
        "return --receipt ФН/ФД --lines 1:1",
        "card arm 7Q4M-2XKD-9W",
        f"slip print --customer {CARD}",
        "resolve",
        "shift close",
    ):
        say(f"  pos-agent {command} {at}")
    if stage.printer == "shtrih":  # the scripted till speaks no other protocol
        say("  fiscal-emulator till --port pty:till-port --script till.toml --step anna   # касса продаёт сама")
    say(f"  fiscal-emulator tape --state printer.state --profile {PAPER[stage.printer]}")
    say("\nСломайте что-нибудь во время чека (ответ принтера появится здесь):\n")
    for line in (
        "cut power after",
        "power on",
        "paper out after 5",
        "paper in",
        "lose answer FF45" if stage.printer == "shtrih" else "lose answer 4A",
        "cable pull 2",
        "cable plug 2",
        "help",
    ):
        say(f"  echo '{line}' > {stage.console_pipe}")
    threading.Thread(target=stage.watch_console, args=(say,), daemon=True).start()
    threading.Event().wait()
