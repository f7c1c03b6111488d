"""`pos-agent status`: how the agent is, with reasons in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call


def status(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Состояние: принтер, накопитель, журнал, правила. Код 0 - всё в порядке, 1 - нет. / How the agent is."""
    answer = call(config_file, "status")
    if as_json:
        emit_json(answer)
    else:
        emit(_lines(answer))
    raise typer.Exit(0 if answer["ok"] else 1)


def _lines(answer: dict[str, Any]) -> Iterator[str]:
    printer, storage, rules = answer["printer"], answer["storage"], answer["rules"]
    yield f"Касса      {answer['register']}, магазин {answer['store']}"
    yield f"Агент      {'работает' if answer['running'] else 'не запущен'}"
    model = f"{printer['model']} {printer['serial']}, " if "model" in printer else ""
    yield f"Принтер    {model}{printer['port']}, {'на связи' if printer['connected'] else 'связи нет'}"
    for other in answer.get("part_printers", ()):
        model = f"{other['model']} {other['serial']}, " if "model" in other else ""
        yield f"Часть {other['part']}: {model}{other['port']}, {'на связи' if other['connected'] else 'связи нет'}"
    if tap := answer["tap"]:
        yield f"Перехват   порт для кассы {tap['port']}, касса ждала {tap['waited']} раз"
    last = f" из {storage['last_fd']}" if storage["last_fd"] is not None else ""
    yield f"Накопитель {storage['fn_serial'] or 'ещё не видели'}, прочитан документ {storage['recorded_fd']}{last}"
    yield f"Правила    {'версия ' + str(rules['version']) + ' от ' + rules['imported_at'][:10] if rules else 'нет'}"
    yield f"Журнал     событий {answer['ledger']['events']}, отложено {answer['quarantined']}"
    yield f"Слипы      ждут {answer['slips']['waiting']}, не напечатаны {answer['slips']['failed']}"
    yield f"Клиенты    {answer['customers']}"
    for message in (*answer["messages"], *answer["warnings"]):
        yield f"[{message['code']}] {message['what']} {message['action']} {message['safe']}"
