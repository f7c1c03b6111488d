"""`pos-agent demo`: the whole story on emulated hardware, shown as it happens.

Two ports of one printer: the scripted till sells on the first, the agent watches on the second. At the end every
document of the fiscal storage is compared with the ledger, one to one.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent.cli.output import AsJson, emit_json
from pos_agent.cli.receipts import line_of
from pos_agent.cli.stage import Stage
from pos_agent.errors import DamagedError
from pos_agent.money import roubles

Say = Callable[[str], None]
TITLES = {
    "open": "Касса открыла смену",
    "stranger": "Покупатель без карты: слип-приглашение",
    "phone": "Анна, узнали по телефону в чеке (тег 1008)",
    "armed": "Кассир приложил карту Анны, затем пробил чек (табак без баллов)",
    "card": "Номер карты передала касса (теги 1084-1086)",
    "return": "Возврат одной пачки из двух, в чеке назван исходный",
    "close": "Касса закрыла смену",
}


def demo(
    once: Annotated[bool, typer.Option("--once", help="Закончить после рассказа. / End after the story.")] = False,
    as_json: AsJson = False,
    printer: Annotated[str, typer.Option(help="Какой принтер показать: shtrih.")] = "shtrih",
    ffd: Annotated[str, typer.Option(help="Версия ФФД накопителя: 1.05 или 1.2.")] = "1.2",
    folder: Annotated[Path | None, typer.Option(help="Папка показа; без неё временная.")] = None,
) -> None:
    """Показ без железа: касса, принтер, слипы, журнал. / The whole story on emulated hardware."""
    if printer != "shtrih" or ffd not in ("1.05", "1.2"):
        raise typer.BadParameter("принтер: shtrih; ФФД: 1.05 или 1.2")
    say: Say = (lambda text: None) if as_json else typer.echo
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Stage(folder.absolute() if folder else None, ffd) as stage:
            result = tell(stage, say)
            if as_json:
                emit_json(result)
            if not once and not as_json:
                _stay(stage)
    except KeyboardInterrupt:
        say("\nПоказ закончен.")
        return
    if not result["ok"]:
        raise DamagedError("LED-01", count=len(result["differences"]), lines=tuple(result["differences"]))


def tell(stage: Stage, say: Say) -> dict[str, Any]:
    """The story; `ok` tells that the fiscal storage and the ledger agree."""
    say(f"Папка показа: {stage.folder}\n")
    stage.ask("rules.import", content=(stage.folder / "rules.toml").read_text("utf-8"), source="rules.toml")
    anna = stage.ask("customer.add", name="Анна Козлова", phone="+79160000042", card="7Q4M2XKD9W", consent=True)
    say(f"Записали клиента: {anna['name']}, карта {anna['card']}")
    stage.settle(1)  # the registration, made when the emulator first started
    for step, title in TITLES.items():
        say(f"\n— {title}")
        if step == "armed":
            stage.ask("card.arm", text="7Q4M-2XKD-9W")
        answer = stage.till(step)
        stage.settle(answer["fd"])
        if "total_kop" in answer:
            say(f"  касса: документ {answer['fd']}, {roubles(answer['total_kop'])} руб.")
        for document in stage.ask("receipts", limit=1)["documents"]:
            say(f"  агент: {line_of(document)}")
    return _ending(stage, say)


def _ending(stage: Stage, say: Say) -> dict[str, Any]:
    tape = stage.folder / "tape.png"
    stage.emulator("tape", "--state", stage.state.name, "--png", str(tape))
    say("\n— Лента принтера")
    say(stage.emulator("tape", "--state", stage.state.name))
    say(f"Она же картинкой: {tape}")
    documents = json.loads(stage.emulator("documents", "--state", stage.state.name, "--json"))
    events = stage.ask("ledger.export")["events"]
    differences = compare(documents, events)
    verified = stage.ask("ledger.verify")
    differences += verified["breaches"]
    found = stage.ask("customer.find", text="7Q4M2XKD9W")["customers"][0]
    say("\n— Журнал")
    for event in events:
        say(f"  {event['seq']:>3}  {event['id']:<42} {event['customer'] or '':<14} {event['hash'][:12]}")
    say(f"\nДокументов в накопителе {len(documents)}, событий в журнале {len(events)}.")
    say("Накопитель и журнал сходятся один к одному." if not differences else "\n".join(differences))
    return {
        "ok": not differences,
        "folder": str(stage.folder),
        "documents": len(documents),
        "events": len(events),
        "head": verified["head"],
        "customer": found,
        "tape_png": str(tape),
        "differences": differences,
    }


def compare(documents: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[str]:
    """Documents of the fiscal storage against events of the ledger, both ways; what differs, one line each."""
    known: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event["document"]:
            known.setdefault(event["document"], []).append(event)
    found = []
    for document in documents:
        number = f"{document['fn_serial']}/{document['fd_number']}"
        mine = known.pop(number, [])
        if len(mine) != 1:
            found.append(f"{number}: событий {len(mine)} вместо одного")
        elif mine[0]["fpd"] != document["fpd"]:
            found.append(f"{number}: фискальный признак {mine[0]['fpd']} вместо {document['fpd']}")
        elif mine[0]["facts"].get("total_kop") != document["total_kop"]:
            found.append(f"{number}: сумма {mine[0]['facts'].get('total_kop')} вместо {document['total_kop']}")
    return found + [f"{number}: в накопителе такого нет" for number in known]


def _stay(stage: Stage) -> None:
    say = typer.echo
    say("\nПоказ остаётся запущенным до Ctrl-C. Попробуйте в другом окне:")
    settings = f"--config {stage.settings}"
    say(f"  pos-agent status {settings}")
    say(f"  pos-agent card arm 7Q4M-2XKD-9W {settings}")
    till = f"fiscal-emulator till --port pty:{stage.folder}/till-port --script {stage.folder}/till.toml"
    say(f"  {till} --step open; {till} --step armed")
    say(f"  pos-agent receipts {settings}")
    say(f"  pos-agent slip print --customer 7Q4M2XKD9W {settings}")
    say(f"  fiscal-emulator tape --state {stage.state}")
    threading.Event().wait()
