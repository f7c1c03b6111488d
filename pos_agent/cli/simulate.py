"""`pos-agent rules simulate` and `pos-agent ledger holdout`: past receipts under other rules, and did it work.

The engine is imported when it is called: other commands start without it.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit_json

CURRENT = "current"
MAX_KOP, MAX_BP = 10**12, 10_000


class Asked(StrEnum):
    """How many points customers ask to spend; see `simulate.world.Spending`."""

    AS_WAS = "as-was"
    MAX = "max"
    NONE = "none"


NewRules = Annotated[Path, typer.Option("--rules", metavar="FILE", help="Новые правила / new rules.")]
OldRules = Annotated[
    str, typer.Option("--against", metavar="FILE|current", help="С чем сравнить; пусто: без программы / compare with.")
]
Receipts = Annotated[
    Path | None, typer.Option("--receipts", metavar="PATH", help="Чеки в JSON налоговой / receipts of the tax service.")
]
Ledger = Annotated[
    Path | None, typer.Option("--ledger", metavar="PATH", help="База агента или её папка / the agent's database.")
]
Archive = Annotated[
    Path | None, typer.Option("--archive", metavar="PATH", help="Документы ФН: hex или TLV / documents of a storage.")
]
Zone = Annotated[
    str, typer.Option("--timezone", metavar="ZONE", help="Пояс касс чеков / zone of the receipts' registers.")
]
Contacts = Annotated[
    bool, typer.Option("--contacts", help="Считать покупателем телефон или почту чека / a contact is a customer.")
]
SkipRefused = Annotated[
    bool, typer.Option("--skip-refused", help="Считать без непринятых чеков / go on without refused receipts.")
]
First = Annotated[str, typer.Option("--from", metavar="DATE", help="С какого дня считать / first day counted.")]
Last = Annotated[str, typer.Option("--to", metavar="DATE", help="По какой день / last day counted.")]
Spend = Annotated[Asked, typer.Option("--spend", help="Сколько баллов тратят / how many points are asked for.")]


def _bp(name: str, ru: str, en: str) -> Any:  # noqa: ANN401 - what typer.Option gives
    return typer.Option(name, min=0, max=MAX_BP, help=f"{ru}, базисные пункты / {en}, basis points.")


def _kop(name: str, ru: str, en: str) -> Any:  # noqa: ANN401 - what typer.Option gives
    return typer.Option(name, min=0, max=MAX_KOP, help=f"{ru}, копейки / {en}, kopecks.")


def simulate(
    rules: NewRules,
    against: OldRules = "",
    receipts: Receipts = None,
    ledger: Ledger = None,
    archive: Archive = None,
    spend: Spend = Asked.AS_WAS,
    first: First = "",
    last: Last = "",
    upsell_share: Annotated[int, _bp("--upsell-share", "Доля доборов до порога", "who buys up to a threshold")] = 0,
    upsell_within: Annotated[int, _kop("--upsell-within", "Не хватает не больше", "lacking at most")] = 0,
    level_share: Annotated[int, _bp("--level-share", "Доля доборов до уровня", "who buys up to a level")] = 0,
    level_within: Annotated[int, _kop("--level-within", "До уровня не больше", "lacking at most")] = 0,
    gift: Annotated[int, _kop("--gift-cost", "Подарок на поднятый чек", "gift of a raised receipt")] = 0,
    delivery: Annotated[int, _kop("--delivery-cost", "Доставка поднятого чека", "delivery of a raised receipt")] = 0,
    timezone: Zone = "Europe/Moscow",
    contacts: Contacts = False,
    skip_refused: SkipRefused = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Прошлые чеки по новым правилам: цена, кто выиграл, кто проиграл. / Past receipts under new rules."""
    from pos_agent.cli.past import Wanted, past_receipts
    from pos_agent.cli.pricing import read_rules
    from pos_agent.cli.simulate_table import show
    from pos_agent.simulate.raising import Raising
    from pos_agent.simulate.replay import NOTHING, Question, replay
    from pos_agent.simulate.world import Spending

    new = read_rules(rules)
    wanted = Wanted(receipts, ledger, archive, timezone, contacts, skip_refused, first, last, config_file, as_json)
    if against == CURRENT:
        from pos_agent.cli.past_ledger import rules_in_force

        old = rules_in_force(ledger, config_file)
    else:
        old = read_rules(Path(against)) if against else NOTHING
    raising = Raising(upsell_share, upsell_within, level_share, level_within, gift, delivery)
    with past_receipts(wanted) as found:
        question = Question(new, old, Spending(spend), raising, first, last, found.intake.named)
        with found.progress("simulate", found.spool.count) as step:
            report = replay(question, found.spool, step)
    told = {**report, "source": found.told()}
    if as_json:
        emit_json(told)
    else:
        show(told)


def hold_out(
    salt: Annotated[str, typer.Option("--salt", help="Соль деления, как в [[experiment]] / salt of the split.")],
    treated: Annotated[int, _bp("--treated", "Доля тех, кому программа дана", "share of the treated")],
    receipts: Receipts = None,
    ledger: Ledger = None,
    archive: Archive = None,
    first: First = "",
    last: Last = "",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Зерно интервала / seed of the interval.")] = 1,
    draws: Annotated[
        int, typer.Option("--draws", min=100, max=20_000, help="Сколько выборок / how many draws.")
    ] = 1000,
    level: Annotated[int, typer.Option("--level", min=5000, max=9990, help="Доверие, б. п. / confidence, bp.")] = 9500,
    timezone: Zone = "Europe/Moscow",
    contacts: Contacts = False,
    skip_refused: SkipRefused = False,
    config_file: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Работает ли программа: покупатели с ней и контрольная группа. / Treated customers beside the control group."""
    from pos_agent.cli.past import Wanted, money_by_customer, past_receipts
    from pos_agent.cli.simulate_table import show_holdout
    from pos_agent.simulate.holdout import Design, holdout

    wanted = Wanted(receipts, ledger, archive, timezone, contacts, skip_refused, first, last, config_file, as_json)
    with past_receipts(wanted) as found, found.progress("holdout", found.spool.count) as step:
        money = money_by_customer(found.spool, first, last, step)
    report = {**holdout(money, Design(salt, treated, seed, draws, level)), "source": found.told()}
    if as_json:
        emit_json(report)
    else:
        show_holdout(report)
