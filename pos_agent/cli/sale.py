"""`pos-agent sell`, `return`, `resolve`, `shift`, `sync`: the agent registers receipts itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent import texts
from pos_agent.cli.input_file import cause, json_of
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.prepaid import accounts_moved
from pos_agent.cli.session import call
from pos_agent.errors import UsageError
from pos_agent.money import points, roubles
from pos_agent.rules.problems import RulesError

SaleId = Annotated[str, typer.Option("--id", help="Номер продажи в кассе: с тем же номером чек не пробьётся дважды.")]
PrinterName = Annotated[
    str, typer.Option("--printer", help="Один из принтеров кассы: слово его части или имя кассы, если её собственный.")
]
shift_app = typer.Typer(help="Смена. / Shift.", no_args_is_help=True)
sync_app = typer.Typer(help="Обмен с облаком. / Sync with the cloud.", no_args_is_help=True)


def sell(
    basket: Annotated[Path, typer.Option(help="Корзина JSON, как для price.", show_default=False)],
    customer: Annotated[str, typer.Option(help="Карта, телефон, последние четыре знака или номер клиента.")] = "",
    contact: Annotated[str, typer.Option(help="Куда послать электронный чек: телефон или почта.")] = "",
    code: Annotated[str, typer.Option(help="Код подтверждения, который назвал клиент.")] = "",
    senior: Annotated[str, typer.Option(help="Имя старшего, который разрешает; спросит его PIN.")] = "",
    cashier: Annotated[str, typer.Option(help="Номер кассира, для пределов программы.")] = "",
    manual: Annotated[bool, typer.Option("--manual", help="Карту набрали руками, а не отсканировали.")] = False,
    late: Annotated[bool, typer.Option("--late", help="Карту назвали, когда сумма была известна.")] = False,
    sale: SaleId = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Пробить чек: цены по правилам, баллы, слип. / Register a sale."""
    given = _json(basket)
    said = {"code": code, "senior": senior, "cashier": cashier, "manual": manual, "late": late}
    said |= {"pin": typer.prompt("PIN старшего", hide_input=True)} if senior else {}
    answer = call(config_file, "sell", basket=given, customer=customer, contact=contact, sale=sale, **said)
    _told(answer, as_json)


def take_back(
    receipt: Annotated[str, typer.Option(help="Чек продажи: ФН/ФД.")] = "",
    lines: Annotated[str, typer.Option(help="Что вернули: 1:2,3:0.5 (строка:количество); без неё всё.")] = "",
    payment: Annotated[str, typer.Option(help="Чем отдать: cash, card; без неё как платили.")] = "",
    marks: Annotated[Path | None, typer.Option(help="Коды маркировки того, что вернули: JSON {строка: код}.")] = None,
    basket: Annotated[Path | None, typer.Option(help="Чека нет: строки корзины JSON с ценами.")] = None,
    customer: Annotated[str, typer.Option(help="Чека нет: клиент, у кого отменить начисление.")] = "",
    sale: SaleId = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Пробить возврат целиком или по строкам. / Register a return, whole or by lines."""
    parts = [part.partition(":") for part in lines.split(",") if part.strip()]
    wanted = {number.strip(): quantity.strip() or "1" for number, _, quantity in parts}
    codes = _json(marks) if marks is not None else {}
    if basket is not None:
        without = {"basket": _json(basket), "customer": customer, "payment": payment}
        _told(call(config_file, "return", sale=sale, **without), as_json)
        return
    answer = call(config_file, "return", receipt=receipt, lines=wanted, payment=payment, marks=codes, sale=sale)
    _told(answer, as_json)


def resolve(
    registered: Annotated[str, typer.Option(help="Решение: продажа записана этим документом, ФН/ФД.")] = "",
    absent: Annotated[bool, typer.Option("--absent", help="Решение: чека нет.")] = False,
    reason: Annotated[str, typer.Option(help="Почему так решено; обязательно с решением.")] = "",
    sale: Annotated[
        str, typer.Option("--id", help="Номер продажи, если в сомнении не одна (несколько принтеров).")
    ] = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Выяснить исход чека: показать обе стороны, спросить накопитель, принять решение старшего. / Settle a sale."""
    before = call(config_file, "sale.show", doubt=sale)
    if not as_json:
        emit(_both_sides(before))
    decision = "registered" if registered else "absent" if absent else ""
    answer = call(config_file, "resolve", decision=decision, document=registered, reason=reason, sale=sale)
    if as_json:
        emit_json(answer)
    else:
        emit([f"Итог: {answer['state']} {answer.get('document', '')}".rstrip()])


@shift_app.command("open")
def shift_open(printer: PrinterName = "", config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Открыть смену; без --printer на принтере кассы. / Open the shift."""
    _done(call(config_file, "shift.open", printer=printer), "Смена открыта.", as_json)


@shift_app.command("close")
def shift_close(printer: PrinterName = "", config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Закрыть смену, Z-отчёт; без --printer на всех принтерах. / Close the shift, Z report; on every printer."""
    _done(call(config_file, "shift.close", printer=printer), "Смена закрыта.", as_json)


@shift_app.command("x")
def shift_x(printer: PrinterName = "", config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """X-отчёт без гашения; без --printer на всех принтерах. / X report; on every printer."""
    _done(call(config_file, "shift.x", printer=printer), "X-отчёт напечатан.", as_json)


@sync_app.command("now")
def sync_now(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Отправить журнал и спросить правила сейчас. Код 4 - облако не приняло. / Sync now."""
    answer = call(config_file, "sync.now")
    if as_json:
        emit_json(answer)
    else:
        sent = f"Отправлено {answer['acked']} из {answer['head']}, отложено {answer['parked']}."
        emit([f"{sent} {answer['cause']}".rstrip()])
    raise typer.Exit(0 if answer["settled"] else 4)


def _json(path: Path) -> dict[str, Any]:
    """CFG-03: no JSON object, or one that can be read in two ways. What is in it the agent looks at."""
    try:
        return json_of(path)
    except RulesError as error:
        raise UsageError("CFG-03", path=path, why=cause(error.problems[0], language())) from error


def _told(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit_json(answer)
        return
    moved = [
        f"{word} {points(answer[key])}"
        for key, word in (
            ("spent_pt", "списано"),
            ("accrued_pt", "начислено"),
            ("restored_pt", "возвращено баллов"),
            ("cancelled_pt", "отменено начисление"),
        )
        if answer.get(key)
    ]
    change = f", сдача {roubles(answer['change_kop'])}" if answer["change_kop"] else ""
    documents = ", ".join(one["document"] for one in answer.get("documents", [answer]))
    emit([f"Чек {documents}: {roubles(answer['total_kop'])} руб.{change}", *(", ".join(moved),) * bool(moved)])
    if answer.get("list_price"):
        told = texts.message(answer["why"], language())
        emit([texts.phrase("words", "list_price", language()), f"{told.what} {told.action}"])
    emit(accounts_moved(answer))
    limits = [flag for flag in answer.get("flags", []) if flag.startswith("limit:")]
    emit([texts.phrase("limits", "told", what=limit_told(flag)) for flag in limits])
    emit(
        [
            texts.phrase("marks", "told", line=one["line"], what=texts.phrase("marks", one["verdict"]))
            for one in answer.get("marks", [])
        ]
    )


def limit_told(flag: str) -> str:
    """`limit:late_card:refused` in words."""
    _, name, done = flag.split(":")
    return f"{texts.phrase('limits', name)}: {texts.phrase('limits', done)}"


def _done(answer: dict[str, Any], words: str, as_json: bool) -> None:
    if as_json:
        emit_json(answer)
    else:
        emit([words])


def _unfinished(sale: dict[str, Any]) -> list[str]:
    """A sale in parts of which only some are made: what to repeat or to return."""
    made = ((one["part"] or "-", roubles(one["total_kop"]), one["document"] or "не пробит") for one in sale["parts"])
    rows = [f"  {part}  {total}  {document}" for part, total, document in made]
    return [f"Продажа {sale['sale']} не закончена: повторите её или верните пробитое.", *rows]


def _both_sides(sale: dict[str, Any]) -> list[str]:
    unfinished = [line for one in sale.get("unfinished", []) for line in _unfinished(one)]
    if sale["sale"] is None:
        return ["Все продажи с известным исходом.", *unfinished]
    total = roubles(sale["total_kop"])
    told = [
        f"Продажа {sale['sale']}: {sale['state']}, {total} руб.",
        f"Начата после документа {sale['fn_serial']}/{sale['after_fd']}:",
        *(f"  {line['name']}  {roubles(line['sum_kop'])}" for line in sale["lines"]),
        "В накопителе с тех пор:",
        *(f"  {one['document']}  {one['at'][:16]}  {roubles(one['total_kop'] or 0)}" for one in sale["documents"]),
    ]
    return [*told, *(["  ничего, что уже прочитано"] if not sale["documents"] else []), sale["reason"]]
