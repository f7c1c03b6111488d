"""`pos-agent prepaid show`: what is left on a certificate, an abonement, a customer's deposit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from pos_agent import texts
from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json, language
from pos_agent.cli.session import call
from pos_agent.money import plain, roubles

app = typer.Typer(help="Сертификаты, абонементы, депозиты. / Prepaid accounts.", no_args_is_help=True)


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(metavar="[CODE]", help="Код сертификата или абонемента.")] = "",
    customer: Annotated[str, typer.Option(help="Депозит клиента: карта, телефон, номер.")] = "",
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Сколько осталось, до какого дня, какими чеками тронуто. / What is left, and which receipts touched it."""
    answer = call(config_file, "prepaid.show", code=code, customer=customer)
    if as_json:
        emit_json(answer)
        return
    lang = language()
    for one in answer["accounts"]:
        emit([account_line(one, lang), *_receipts(one, lang)])


def account_line(one: dict[str, Any], lang: str) -> str:
    """One account on one line."""
    rest = plain(max(0, one["rest_micro"])) if one["kind"] == "abonement" else roubles(one["rest_kop"])
    last = (date.fromisoformat(one["to"]) - timedelta(days=1)).isoformat() if one["to"] else ""
    until = texts.phrase("explain", "account_until", lang, last=last) if last else ""
    state = texts.phrase("explain", f"account_{one['state']}", lang)
    kind = texts.phrase("explain", one["kind"], lang)
    words = {"kind": kind, "account": one["account"], "rest": rest, "until": until, "state": state}
    return texts.phrase("explain", "account", lang, **words)


def _receipts(one: dict[str, Any], lang: str) -> list[str]:
    return [
        texts.phrase("explain", "account_back" if receipt["original"] else "account_by", lang, **receipt)
        for receipt in one["receipts"]
    ]


def accounts_moved(answer: dict[str, Any]) -> list[str]:
    """What a sale or a return did to accounts, a line each."""
    words = {"sells": "продан", "offsets": "зачтён", "back": "вернулось на"}
    return [
        f"{word} {texts.phrase('explain', one['kind'])} {one['account']}: {amount(one, 'ru')}"
        for key, word in words.items()
        for one in answer.get(key, [])
    ]


def amount(one: dict[str, Any], lang: str) -> str:
    """Money, units, or both."""
    kop, micro = one.get("value_kop", one.get("sum_kop", 0)), one["units_micro"]
    money = [roubles(kop)] if kop or not micro else []
    return ", ".join([*money, *([texts.phrase("explain", "units", lang, units=plain(micro))] if micro else [])])
