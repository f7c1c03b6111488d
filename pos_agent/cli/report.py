"""`pos-agent ledger report`: the owner's figures over a period. The engine is imported when it is called."""

from __future__ import annotations

from pos_agent.cli import report_options as told
from pos_agent.cli.output import DEFAULT_CONFIG, ConfigFile

USUAL = (
    *("retention", "churn", "redemption", "cohort", "liability", "participation"),
    *("member_revenue", "average_receipt", "arpu", "uplift", "repeat"),
)


def report(
    metrics: told.Metrics = None,
    first: told.First = "",
    last: told.Last = "",
    by: told.Axis = None,
    against: told.Against = "",
    pilot: told.Pilot = "",
    form: told.AsForm = told.Form.TABLE,
    ledger: told.Ledger = None,
    store_of: told.StoreOf = None,
    active_days: told.ActiveDays = 90,
    as_of: told.AsOf = "",
    segments: told.Segments = None,
    cashiers: told.Cashiers = None,
    answers: told.Answers = None,
    salt: told.Salt = "",
    treated: told.Treated = 0,
    draws: told.Draws = 1000,
    seed: told.Seed = 1,
    offer: told.OfferText = "",
    margin: told.Margin = None,
    cost_share: told.CostShare = None,
    fees: told.Fees = 0,
    profit: told.Profit = None,
    config_file: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Показатели программы за период: удержание, баллы, деньги. / The program's figures over a period."""
    from pos_agent.cli import report_inputs as inputs
    from pos_agent.cli.report_run import Wanted, run
    from pos_agent.cli.report_shown import show
    from pos_agent.reports.metrics import METRICS, Given

    asked = metrics or list(USUAL)
    wanted = Wanted(
        metrics=inputs.one_of(asked if asked != ["all"] else list(METRICS), METRICS),
        first=inputs.day_of(first, "--from"),
        last=inputs.day_of(last, "--to"),
        by=by.value if by else "",
        previous=inputs.previous_of(against, by),
        pilot=frozenset(one.strip() for one in pilot.split(",") if one.strip()),
        active_days=active_days,
        as_of=inputs.day_of(as_of, "--as-of"),
        stores=inputs.stores_of(store_of or []),
        segments=inputs.segments_of(segments) if segments else None,
        cashiers=inputs.cashiers_of(cashiers) if cashiers else (),
        given=Given(
            design=inputs.design_of(salt, treated, seed, draws),
            offer=inputs.offer_of(offer),
            margin_bp=margin,
            cost_bp=cost_share,
            fees_kop=fees,
            profit_kop=profit,
            scores=inputs.scores_of(answers) if answers else None,
        ),
    )
    show(*run(wanted, ledger, config_file), form)
