"""`pos-agent rules shadow`: what the shadow rules would have done otherwise."""

from __future__ import annotations

from pos_agent.cli.output import DEFAULT_CONFIG, AsJson, ConfigFile, emit, emit_json
from pos_agent.cli.session import call
from pos_agent.money import points, roubles


def shadow(config_file: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Теневые правила: чем их цены отличаются от настоящих. Код 1: их нет. / What shadow rules would have done."""
    found = call(config_file, "rules.shadow")
    if as_json:
        emit_json(found)
        return
    sales, more = found["sales"], found["difference"]
    emit(
        [
            f"Теневые правила {found['rules']['hash'][:16]} с {(found['begun_at'] or '-')[:19]}",
            f"Посчитано продаж {sales['priced']}, отличаются {sales['differing']}, не посчитались {sales['failed']}",
            f"Скидок больше на {roubles(more['discount_kop'])}, к оплате больше на {roubles(more['paid_kop'])}, "
            f"начислено больше на {points(more['issued_pt'])} б., списано больше на {points(more['spent_pt'])} б.",
        ]
    )
    emit(
        f"  {day['day']}: продаж {day['sales']}, скидки {roubles(day['discount_kop'])}, "
        f"оплата {roubles(day['paid_kop'])}"
        for day in found["by_day"]
    )
    if found["problem"]:
        emit([f"Последняя неудача: {found['problem']}"])
