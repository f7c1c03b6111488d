"""What a slip says, as figures: frozen when the event is written, laid out when it is printed. No personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class SlipKind(StrEnum):
    """Which slip it is."""

    RECEIPT = "receipt"
    RETURN = "return"
    BALANCE = "balance"
    INVITATION = "invitation"
    WHY = "why"  # what the price and the points came from
    NOTE = "note"  # to the shop's owner
    TRIAL = "trial"  # of an installer: width, letters, QR


@dataclass(frozen=True)
class SlipFacts:
    """Figures of one slip; points in hundredths, dates ISO, "" and 0 = leave the line out.

    `earned_from` is the day the earned points become usable, "" when they already are (then `available_pt` has them).
    `expiry_day` is the last usable day of the lot that goes first.
    """

    kind: SlipKind
    at: str  # local date and time of the receipt or the reading, ISO to the minute
    customer: str = ""
    document: str = ""  # FN/FD
    fpd: int = 0  # its fiscal sign, of an invitation: whoever shows the paper knows it, nobody guesses it
    original_at: str = ""  # of the sale that a return takes back
    before_pt: int = 0
    spent_pt: int = 0
    restored_pt: int = 0
    earned_pt: int = 0
    earned_from: str = ""
    cancelled_pt: int = 0  # of a cancelled accrual, what came out of usable points
    pending_before_pt: int = 0  # before a return took `cancelled_pending_pt` of them
    cancelled_pending_pt: int = 0
    available_pt: int = 0
    pending_pt: int = 0
    pending_from: str = ""
    debt_pt: int = 0
    expiry_day: str = ""
    expiry_pt: int = 0
    level: str = ""
    level_bp: int = 0
    next_level: str = ""
    next_level_bp: int = 0
    next_left_kop: int = 0
    next_left_visits: int = 0  # of a ladder of visits, instead of kopecks
    level_from: str = ""  # the day on which the level changes to `level_then` ("" = none is left), ISO
    level_then: str = ""
    level_then_bp: int = 0
    level_is_discount: bool = False  # the rates of levels are discounts, not points
    point_kop: int = 0  # what a point is worth, 0 = the program takes none
    cap_bp: int = 0  # the most of a receipt that points may pay
    coupons: tuple[Mapping[str, str], ...] = ()  # code, text, from, last (days it is good for, ISO)
    stamps: tuple[tuple[str, int, int], ...] = ()  # counter, stamps on it, how many fill it
    donated_pt: int = 0  # the receipt was rounded up in points for the fund of this name
    donated_to: str = ""
    friend_code: str = ""  # the customer's own code for friends, and the words beside it
    friend_text: str = ""
    prepaid: tuple[Mapping[str, Any], ...] = ()  # see `checkout.accounts_told`
    returned: tuple[tuple[str, int, int], ...] = ()  # goods of a return: name, millionths back, millionths once sold
    burns: tuple[tuple[str, int], ...] = ()  # last usable day and points of the lots that go after the first
    as_of: str = ""  # of a balance without a connection: when the cloud was last heard, ISO
    here_pt: int = 0  # what may be spent at this register meanwhile
    claim_until: str = ""  # the last day on which a buyer may still claim this receipt of nobody
    why: Mapping[str, Any] = field(default_factory=dict)  # see `checkout.slip_why`
    note: Mapping[str, Any] = field(default_factory=dict)  # register, days, until, unsent, oldest_days; or code

    def to_json(self) -> dict[str, Any]:
        """JSON values; `from_json` gives the same facts back."""
        listed = {"coupons": [dict(one) for one in self.coupons], "stamps": [list(one) for one in self.stamps]}
        listed |= {"prepaid": [dict(one) for one in self.prepaid], "burns": [list(one) for one in self.burns]}
        listed |= {"returned": [list(one) for one in self.returned]}
        return {**asdict(self), **listed}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> SlipFacts:
        """Inverse of `to_json`."""
        listed = {
            "coupons": tuple(values.get("coupons", ())),
            "stamps": tuple((name, have, full) for name, have, full in values.get("stamps", ())),
            "prepaid": tuple(values.get("prepaid", ())),
            "returned": tuple((name, back, sold) for name, back, sold in values.get("returned", ())),
            "burns": tuple((last, pt) for last, pt in values.get("burns", ())),
        }
        return cls(**{**values, **listed, "kind": SlipKind(values["kind"])})
