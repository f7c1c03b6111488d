"""`pos-agent customer show|mark|card|segment|consent|answer|friend|claim`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call
from pos_agent.errors import UsageError
from pos_agent.money import points

Who = Annotated[str, typer.Argument(help="Карта, телефон, почта, последние четыре знака или номер клиента.")]


def show(who: Who, config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Отметки, сегменты, согласия, анкета, код для друзей. / What is known beside points."""
    answer = call(config_file, "customer.show", customer=who)
    if as_json:
        emit_json(answer)
        return
    words = {"no_offer": "не предлагать", "blocked": "заблокирован", "provisional": "карта не подтверждена"}
    marks = [word for key, word in words.items() if answer[key]]
    rows = [f"{answer['customer']}: {', '.join(marks) or 'без отметок'}"]
    rows += [f"сегменты: {', '.join(answer['segments'])}"] if answer["segments"] else []
    rows += [f"{one['segment']}: с {one['first']} по {one['last']}" for one in answer["memberships"]]
    rows += [_consent(one) for one in answer["consents"]]
    rows += [f"анкета заполнена на {answer['complete_bp'] // 100} %"] if answer["complete_bp"] else []
    rows += [f"код для друзей {answer['friend_code']}, привёл {answer['newcomers']}"] if answer["friend_code"] else []
    emit(rows)


def mark(
    who: Who,
    offer: Annotated[
        bool | None, typer.Option("--offer/--no-offer", help="Предлагать ли карту, анкету, акции.")
    ] = None,
    blocked: Annotated[bool | None, typer.Option("--block/--unblock", help="Остановить баллы клиента.")] = None,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Отметить: не предлагать, заблокировать. Чеки пробиваются всегда. / Mark a customer."""
    said: dict[str, Any] = {} if offer is None else {"no_offer": not offer}
    said |= {} if blocked is None else {"blocked": blocked}
    _told(call(config_file, "customer.mark", customer=who, **said), as_json)


def card(
    code: Annotated[str, typer.Argument(help="Код карты.")],
    unblock: Annotated[bool, typer.Option("--unblock", help="Карта нашлась.")] = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Заблокировать одну карту, потерянную; остальные карты клиента действуют. / Block one card."""
    _told(call(config_file, "customer.card", card=code, blocked=not unblock), as_json)


def segment(
    who: Who,
    name: Annotated[str, typer.Argument(help="Сегмент, как в правилах.")],
    start: Annotated[str, typer.Option("--from", help="С какого дня; без него сегодня.")] = "",
    end: Annotated[str, typer.Option("--to", help="До какого дня, не включая его; без него бессрочно.")] = "",
    out: Annotated[bool, typer.Option("--out", help="Убрать из сегмента.")] = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Включить в сегмент или убрать из него. / Put into a segment."""
    said = {"from": start, "to": end, "out": out}
    _told(call(config_file, "customer.segment", customer=who, segment=name, **said), as_json)


def consent(
    who: Who,
    processing: Annotated[bool | None, typer.Option("--processing/--no-processing", help="Обработка данных.")] = None,
    messages: Annotated[bool | None, typer.Option("--messages/--no-messages", help="Рассылка.")] = None,
    place: Annotated[str, typer.Option(help="Где сказано; без него эта касса.")] = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Записать согласие или отзыв, со временем и местом; подтверждает предварительную карту. / Note a consent."""
    said = {"processing": processing, "messages": messages, "place": place}
    _told(call(config_file, "customer.consent", customer=who, **said), as_json)


def answer(
    who: Who,
    given: Annotated[list[str], typer.Argument(help="Ответы анкеты, поле=ответ.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Дополнить анкету. / Answer the questionnaire."""
    told = call(config_file, "customer.answer", customer=who, answers=answers_of(given))
    emit_json(told) if as_json else emit([f"анкета заполнена на {told['complete_bp'] // 100} %"])


def friend(
    who: Who,
    code: Annotated[str, typer.Argument(help="Код друга со слипа.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Назвать, кто привёл; до первой покупки. / Name who brought this customer."""
    _told(call(config_file, "customer.friend", customer=who, code=code), as_json)


def claim(
    who: Who,
    receipt: Annotated[str, typer.Argument(help="Чек без карты, ФН/ФД.")],
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Начислить за чек, пробитый без карты, если программа это разрешает. / Claim a receipt of nobody."""
    told = call(config_file, "customer.claim", customer=who, receipt=receipt)
    again = " (уже было сделано)" if told["again"] else ""
    emit_json(told) if as_json else emit([f"начислено {points(told['amount_pt'])}{again}"])


def answers_of(given: list[str]) -> dict[str, str]:
    """`["pet=cat"]` -> answers. UsageError CUS-11 without the sign."""
    found = {}
    for one in given:
        name, sign, said = one.partition("=")
        if not sign:
            raise UsageError("CUS-11", field=one)
        found[name.strip()] = said.strip()
    return found


def _consent(one: dict[str, Any]) -> str:
    kind = {"processing": "обработка данных", "messages": "рассылка"}[one["kind"]]
    return f"{kind}: {'согласие' if one['given'] else 'отзыв'} {one['at'][:16]}, {one['place']}"


def _told(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit_json(answer)
    else:
        emit(["Записано."])


COMMANDS: dict[str, Callable[..., None]] = {
    "show": show,
    "mark": mark,
    "card": card,
    "segment": segment,
    "consent": consent,
    "answer": answer,
    "friend": friend,
    "claim": claim,
}
