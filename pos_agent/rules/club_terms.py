"""What a program promises beside receipts: questionnaire, cards, referral, actions, memberships, partners. Values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pos_agent.rules.scope import EVERYTHING, Scope

KINDS = ("text", "number", "date", "choice", "flag")
BIRTHDAY = "birthday"  # the question whose answer the rules' `birthday` condition and the birthday action look at
REGISTRATION, QUESTIONNAIRE, OUTSIDE = "registration", "questionnaire", "outside"
MOMENTS = (REGISTRATION, BIRTHDAY, QUESTIONNAIRE, OUTSIDE)
ONCE = ("ever", "year", "day", "report")  # an action rewards a customer once in all, a year, a day, a reported event
MOST_ANSWER = 200
NUMBER = re.compile(r"-?\d{1,12}")


@dataclass(frozen=True)
class Question:
    """One field of `[program.questionnaire]`. `options` of a choice."""

    id: str
    kind: str
    label: str = ""
    required: bool = False
    options: tuple[str, ...] = ()

    def takes(self, answer: str) -> bool:
        """Is the text an answer of this kind? Dates are `YYYY-MM-DD`, flags `yes` or `no`."""
        if not answer or len(answer) > MOST_ANSWER or not answer.isprintable():
            return False
        if self.kind == "number":
            return NUMBER.fullmatch(answer) is not None
        if self.kind == "flag":
            return answer in ("yes", "no")
        if self.kind == "choice":
            return answer in self.options
        if self.kind == "date":
            try:
                return dt.date.fromisoformat(answer).isoformat() == answer
            except ValueError:
                return False
        return True


@dataclass(frozen=True)
class CardTerms:
    """`[program.cards]`. `warn_above`: active cards from which the owner is told (0 = never); nobody is ever refused.

    `provisional`: cards may be given before the customer confirmed, they earn and do not spend. `claim_days`: so long a
    receipt of nobody may be claimed afterwards (0 = never).
    """

    warn_above: int = 0
    provisional: bool = False
    claim_days: int = 0


@dataclass(frozen=True)
class Reward:
    """Points given: hundredths, days of life (0 = never expire), days until they are usable."""

    points_pt: int = 0
    life_days: int = 0
    delay_days: int = 0


@dataclass(frozen=True)
class ReferralTerms:
    """`[referral]`: after the newcomer's first receipt of at least `least_kop` both are rewarded.

    `most_month`: newcomers a friend is rewarded for in a calendar month, 0 = any number. `text` stands on the slip.
    """

    friend: Reward
    newcomer: Reward
    least_kop: int = 1
    most_month: int = 0
    text: str = ""


@dataclass(frozen=True)
class ActionTerms:
    """`[[action]]`: points for what is no receipt. `once` says how often one customer is rewarded."""

    id: str
    on: str
    reward: Reward
    once: str = "ever"
    name: str = ""


@dataclass(frozen=True)
class SubscriptionTerms:
    """`[[subscription]]`: goods of scope `sold` put into `segment` for `days`, the day of sale included."""

    id: str
    segment: str
    days: int
    sold: Scope = EVERYTHING


@dataclass(frozen=True)
class PartnerTerms:
    """`[[partner]]`: `rate` = (a, b): a hundredths of ours for b of theirs; each way allowed or not."""

    id: str
    rate: tuple[int, int] = (1, 1)
    out: bool = False
    into: bool = False
    name: str = ""


@dataclass(frozen=True)
class FundTerms:
    """Who takes points as a donation. Receipts of customers in `segment` are rounded up for it, "" = by orders only."""

    id: str
    name: str
    segment: str = ""


@dataclass(frozen=True)
class DonationTerms:
    """`[donation]`: `round_up_kop` = kopecks up to a multiple of which a receipt is rounded in points, 0 = never."""

    round_up_kop: int = 0
    funds: tuple[FundTerms, ...] = ()

    def fund(self, wanted: str) -> FundTerms | None:
        """By its id."""
        return next((one for one in self.funds if one.id == wanted), None)


@dataclass(frozen=True)
class Club:
    """All of it; an empty one promises nothing."""

    questionnaire: tuple[Question, ...] = ()
    cards: CardTerms = field(default_factory=CardTerms)
    referral: ReferralTerms | None = None
    actions: tuple[ActionTerms, ...] = ()
    subscriptions: tuple[SubscriptionTerms, ...] = ()
    partners: tuple[PartnerTerms, ...] = ()
    donation: DonationTerms = field(default_factory=DonationTerms)

    def complete_bp(self, answers: Mapping[str, object]) -> int:
        """How much of the questionnaire is answered, basis points; 0 while there is none."""
        if not self.questionnaire:
            return 0
        answered = sum(one.id in answers for one in self.questionnaire)
        return answered * 10_000 // len(self.questionnaire)
