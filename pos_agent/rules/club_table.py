"""Tables of the club -> values: questionnaire and cards of `[program]`, `[referral]`, `[[action]]` and the others."""

from __future__ import annotations

from pos_agent.rules.club_terms import (
    KINDS,
    MOMENTS,
    ONCE,
    OUTSIDE,
    ActionTerms,
    CardTerms,
    Club,
    DonationTerms,
    FundTerms,
    PartnerTerms,
    Question,
    ReferralTerms,
    Reward,
    SubscriptionTerms,
)
from pos_agent.rules.reader import Reader
from pos_agent.rules.scope import EVERYTHING, Scope
from pos_agent.rules.tables import MAX_DAYS, scope
from pos_agent.rules.when_table import repeated

ID = 40  # letters of an id: it becomes part of an event's id
PARTNER_WAYS = ("in", "out")


def club(root: Reader, head: Reader | None) -> Club:
    """All tables of a file. `head` is `[program]`: call this before its other keys are done."""
    questions = head.table_at("questionnaire") if head else None
    cards = head.table_at("cards") if head else None
    referral, donation = root.table_at("referral"), root.table_at("donation")
    found = Club(
        questionnaire=_questionnaire(questions) if questions else (),
        cards=_cards(cards) if cards else CardTerms(),
        referral=_referral(referral) if referral else None,
        actions=tuple(_action(one) for one in root.tables_at("action")),
        subscriptions=tuple(_subscription(one) for one in root.tables_at("subscription")),
        partners=tuple(_partner(one) for one in root.tables_at("partner")),
        donation=_donation(donation) if donation else DonationTerms(),
    )
    for table, ids in (
        ("program.questionnaire.fields", [one.id for one in found.questionnaire]),
        ("action", [one.id for one in found.actions]),
        ("subscription", [one.id for one in found.subscriptions]),
        ("partner", [one.id for one in found.partners]),
        ("donation.funds", [one.id for one in found.donation.funds]),
    ):
        for twice in repeated(ids):
            root.report("duplicate", table, value=twice)
    return found


def _questionnaire(reader: Reader) -> tuple[Question, ...]:
    found = tuple(_question(one) for one in reader.tables_at("fields"))
    reader.done()
    return found


def _question(reader: Reader) -> Question:
    kind = reader.choice("kind", KINDS, "text")
    options = reader.texts("options", required=kind == "choice")
    if options and kind != "choice":
        reader.report("needs", reader.at("options"), keys='kind = "choice"')
    found = Question(
        id=_id(reader),
        kind=kind,
        label=reader.text("label", limit=100),
        required=reader.flag("required"),
        options=options,
    )
    reader.done()
    return found


def _cards(reader: Reader) -> CardTerms:
    found = CardTerms(
        warn_above=reader.integer("warn_above"),
        provisional=reader.flag("provisional"),
        claim_days=reader.integer("claim_days", most=30),
    )
    reader.done()
    return found


def _referral(reader: Reader) -> ReferralTerms:
    life, delay = _lives(reader)
    found = ReferralTerms(
        friend=Reward(reader.integer("friend_pt"), life, delay),
        newcomer=Reward(reader.integer("newcomer_pt"), life, delay),
        least_kop=reader.integer("least_kop", 1, least=1),
        most_month=reader.integer("most_month"),
        text=reader.text("text", limit=100),
    )
    if not (found.friend.points_pt or found.newcomer.points_pt):
        reader.report("one_of", reader.path, keys="friend_pt, newcomer_pt")
    reader.done()
    return found


def _action(reader: Reader) -> ActionTerms:
    on, once = reader.choice("on", MOMENTS, OUTSIDE), reader.choice("once", ONCE, "ever")
    if once in ("day", "report") and on != OUTSIDE:
        reader.report("needs", reader.at("once"), keys='on = "outside"')
    points_pt = reader.integer("pt", least=1, required=True)
    found = ActionTerms(
        id=_id(reader),
        on=on,
        once=once,
        reward=Reward(points_pt, *_lives(reader)),
        name=reader.text("name", limit=64),
    )
    reader.done()
    return found


def _subscription(reader: Reader) -> SubscriptionTerms:
    reader.take("sold", required=True)
    sold = scope(reader, "sold")
    if sold != Scope(skus=sold.skus, names=sold.names, gtins=sold.gtins) or sold == EVERYTHING:
        reader.report("one_of", reader.at("sold"), keys="skus, names, gtins")  # what the ledger keeps of a line
    found = SubscriptionTerms(
        id=_id(reader),
        segment=reader.text("segment", required=True, limit=64),
        days=reader.integer("days", least=1, most=MAX_DAYS, required=True),
        sold=sold,
    )
    reader.done()
    return found


def _partner(reader: Reader) -> PartnerTerms:
    rate = reader.integers("rate", least=1, most=1_000_000, count=2)
    ways = reader.texts("ways", allowed=PARTNER_WAYS, required=True)
    found = PartnerTerms(
        id=_id(reader),
        rate=(rate[0], rate[1]) if len(rate) == 2 else (1, 1),
        out="out" in ways,
        into="in" in ways,
        name=reader.text("name", limit=64),
    )
    reader.done()
    return found


def _donation(reader: Reader) -> DonationTerms:
    found = DonationTerms(
        round_up_kop=reader.integer("round_up_kop"),
        funds=tuple(_fund(one) for one in reader.tables_at("funds")),
    )
    segments = [one.segment for one in found.funds if one.segment]
    for twice in repeated(segments):  # a receipt is rounded up once
        reader.report("duplicate", reader.at("funds"), value=twice)
    if segments and not found.round_up_kop:
        reader.report("needs", reader.at("funds"), keys="round_up_kop")
    reader.done()
    return found


def _fund(reader: Reader) -> FundTerms:
    name = reader.text("name", required=True, limit=64)
    found = FundTerms(_id(reader), name, reader.text("segment", limit=64))
    reader.done()
    return found


def _id(reader: Reader) -> str:
    found = reader.text("id", required=True, limit=ID)
    if found and not (found.isascii() and found.isprintable() and " " not in found and ":" not in found):
        reader.report("plain_id", reader.at("id"))
    return found


def _lives(reader: Reader) -> tuple[int, int]:
    return reader.integer("life_days", most=MAX_DAYS), reader.integer("delay_days", most=MAX_DAYS)
