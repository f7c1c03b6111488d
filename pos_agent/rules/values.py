"""A parsed rules file: frozen values, defaults filled in (rules file, tables [program] [accrue] [spend] [[rule]])."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from pos_agent.rules.levels import LevelSettings, Tier
from pos_agent.rules.scope import EVERYTHING, BlacklistEntry, Scope


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
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class When:
    """`when`: all keys must hold, an absent or empty one does not restrict (loyalty rules, section 3.3).

    `start` <= date < `end`; `hours` in minutes of the day, 0 to 1440; `weekdays` 1 = Monday; `birthday` = days before
    and after; `nth_visit` 0 = off.
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


@dataclass(frozen=True)
class Terms:
    """The parameters of a rule's kind; those of other kinds stay at 0, empty or None.

    `buy_scope` None = the rule's scope, `get_scope` None = the `buy_scope`; `max_kop` None = no maximum.
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
