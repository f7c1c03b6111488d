"""A parsed rules file: frozen values, defaults filled in (rules file, tables [program] [accrue] [spend] [[rule]])."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any, TypeVar, cast

from pos_agent.model.loyalty import Overdraft
from pos_agent.rules.calendars import Calendar, Experiment
from pos_agent.rules.club_terms import Club
from pos_agent.rules.code_form import Batch
from pos_agent.rules.levels import LevelSettings, Tier
from pos_agent.rules.limit_terms import Limits
from pos_agent.rules.prepaid_terms import PrepaidTerms
from pos_agent.rules.scope import EVERYTHING, BlacklistEntry, Scope

V = TypeVar("V")
_FIELDS: dict[type, frozenset[str]] = {}


def made(kind: type[V], /, **said: object) -> V:
    """What `kind(**said)` makes, of a frozen dataclass of which a file has a value per rule.

    Its constructor sets each of the fields by a call: half the time of reading a large file. Here only what is said is
    set; the rest is read from the class, where a dataclass has its plain defaults: fields without one must be said.
    TypeError for a name that is no field.
    """
    known = _FIELDS.get(kind)
    if known is None:
        known = _FIELDS[kind] = frozenset(one.name for one in fields(cast(Any, kind)))
    if not known.issuperset(said):
        raise TypeError(f"no such field of {kind.__name__}: {sorted(set(said) - known)}")
    found, put = object.__new__(kind), object.__setattr__
    for name, value in said.items():
        put(found, name, value)
    return found


@dataclass(frozen=True)
class Program:
    """`[program]`. `kop_per_pt` = (a, b): a kopecks for b hundredths of a point.

    `max_discount_bp` None = no ceiling. `grace_days` > 0: points restored to an expired lot live that many days after
    the return; 0: they are burned (loyalty rules, section 9).
    """

    id: str
    name: str
    kop_per_pt: tuple[int, int] = (1, 1)
    max_discount_bp: int | None = None
    min_unit_kop: int = 0
    grace_days: int = 0
    gift_lines: bool = False  # free units as fiscal items of their own at 0.00; changes no net (example E14)
    level: LevelSettings = field(default_factory=LevelSettings)


@dataclass(frozen=True)
class Multiplier:
    """A factor on the rate of matching lines; factors multiply."""

    ratio: Fraction
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class AccrueRule:
    """`[accrue]`: `bp`, or `tiers` (then `bp` is 0: the rate below the first tier).

    `max_pt`, `per_full_kop` None = off; both lives None = a lot never expires.
    """

    bp: int = 0
    tiers: tuple[Tier, ...] = ()
    multipliers: tuple[Multiplier, ...] = ()
    per_full_kop: int | None = None
    round: str = "floor"
    step_pt: int = 1
    max_pt: int | None = None
    accrue_on_sale: bool = False  # accrue_on = "sale": certificates earn when sold, goods paid by them do not
    start: dt.date | None = None
    end: dt.date | None = None
    when_spent_all: bool = True  # when_spent = "all"; False: a receipt that spends points earns none
    delay_days: int = 0
    life_days: int | None = None
    life_months: int | None = None
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class SpendRule:
    """`[spend]`: how far points may pay (loyalty rules, section 5)."""

    cap_bp: int = 10_000
    step_pt: int = 1
    min_money_kop: int = 0
    not_on_discounted: bool = False
    no_spend_after: bool = False
    confirm_above_pt: int | None = None
    offline: Overdraft | None = None  # None: this register's ledger is the whole program's
    scope: Scope = EVERYTHING
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True)
class Further:
    """`[[programs]]`: one more program on the same receipt, a currency of its own."""

    program: Program
    accrue: AccrueRule | None = None
    spend: SpendRule | None = None


@dataclass(frozen=True)
class When:
    """`when`: all keys must hold, an absent or empty one does not restrict (loyalty rules, section 3.3).

    `start` <= date < `end`; `hours` in minutes of the day, 0 to 1440; `weekdays` 1 = Monday; `birthday` = days before
    and after; `nth_visit`, `nth_receipt`, `min_micro` 0 = off; `variants` are `experiment:group`; `visits_today` and
    `visit_numbers` name this receipt's place among the customer's of the day and of all.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None
    segments: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    min_total_kop: int = 0
    birthday: tuple[int, int] | None = None
    nth_visit: int = 0
    first_purchase: bool = False
    registers: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    only_payments: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    not_calendars: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    visit_numbers: tuple[int, ...] = ()
    nth_receipt: int = 0
    visits_today: tuple[int, ...] = ()
    max_total_kop: int | None = None
    min_micro: int = 0
    max_micro: int | None = None


@dataclass(frozen=True)
class Terms:
    """The parameters of a rule's kind; those of other kinds stay at 0, empty or None.

    `buy_scope` None = the rule's scope, `get_scope` None = the `buy_scope`; `max_kop` None = no maximum.
    `program` "" = the main one; `replaces`: the rate stands instead of the program's own; `valid_days` 0 = no end.
    """

    bp: int = 0
    kop: int = 0
    max_kop: int | None = None
    to_kop: int = 0
    tiers: tuple[Tier, ...] = ()
    buy: int = 0
    free: int = 0
    get: int = 0
    units: int = 0
    every: int = 0
    counter: str = ""
    buy_scope: Scope | None = None
    get_scope: Scope | None = None
    program: str = ""
    replaces: bool = False
    points_pt: int = 0
    per_kop: int = 0
    batch: str = ""
    valid_days: int = 0
    from_days: int = 0
    text: str = ""
    up_to_kop: int = 0


@dataclass(frozen=True)
class SaleRule:
    """One `[[rule]]`, defaults filled in. `group` "" = none; `gross` = figures on the gross instead of the net."""

    id: str
    kind: str
    phase: int
    priority: int
    name: str = ""
    group: str = ""
    group_policy: str = "all"
    exclusive: bool = False
    gross: bool = False
    scope: Scope = EVERYTHING
    when: When = field(default_factory=When)
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True)
class Rules:
    """A rules file. `hash` is SHA-256 (hex) of the canonical JSON of its content, equal for TOML and JSON."""

    hash: str
    program: Program
    accrue: AccrueRule | None = None
    spend: SpendRule | None = None
    sale_rules: tuple[SaleRule, ...] = ()
    blacklist: tuple[BlacklistEntry, ...] = ()
    slip: Mapping[str, str] = field(default_factory=dict)
    programs: tuple[Further, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    batches: tuple[Batch, ...] = ()
    prepaid: tuple[PrepaidTerms, ...] = ()
    club: Club = field(default_factory=Club)
    limits: Limits = field(default_factory=Limits)
