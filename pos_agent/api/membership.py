"""What joining a program means: answers checked, consents noted with place, who brought whom, points for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pos_agent.api.operation import Json, Parts, text
from pos_agent.api.points import active_rules
from pos_agent.checkout.actions import Occasion, reward
from pos_agent.checkout.limits import is_sale
from pos_agent.errors import UsageError
from pos_agent.rules.club_terms import QUESTIONNAIRE, REGISTRATION
from pos_agent.rules.values import Program, Rules
from pos_agent.store.customers_club import MESSAGES, PROCESSING
from pos_agent.store.repositories import Txn, View

MOST_ANSWERS = 50
ALL = 10_000  # basis points
NO_RULES = Rules("", Program("", ""))  # a register without rules writes customers all the same


def known_rules(view: View) -> Rules:
    """The rules in force, or an empty program: people join before the first rules are there."""
    return active_rules(view) or NO_RULES


def checked(rules: Rules, answers: object) -> dict[str, Any]:
    """The answers when the program's questionnaire takes them. UsageError CUS-11 names what it does not, API-01."""
    if not isinstance(answers, dict) or len(answers) > MOST_ANSWERS:
        raise UsageError("API-01", field="answers")
    questions = {one.id: one for one in rules.club.questionnaire}
    if not questions:
        return dict(answers)
    for name, answer in answers.items():
        if name not in questions or not (isinstance(answer, str) and questions[name].takes(answer)):
            raise UsageError("CUS-11", field=str(name)[:40])
    for one in rules.club.questionnaire:
        if one.required and one.id not in answers:
            raise UsageError("CUS-11", field=one.id)
    return dict(answers)


def place_of(parts: Parts, args: Mapping[str, Any]) -> str:
    """Where it was said: named, else this register."""
    place = text(args, "place", "", limit=64) or parts.config.agent.register_name
    if not place.isprintable():
        raise UsageError("API-01", field="place")
    return place


def note_consents(txn: Txn, customer: str, processing: bool, messages: bool, place: str) -> None:
    """Consents of a new customer; what was not given is not noted."""
    for kind, given in ((PROCESSING, processing), (MESSAGES, messages)):
        if given:
            txn.club.say(customer, kind, True, place)


def bring(txn: Txn, newcomer: str, code: str) -> None:
    """The newcomer came by this code. UsageError CUS-10: unknown, one's own, brought before, or buys here already."""
    friend = txn.club.holder_of(code.strip().upper())
    if friend is None:
        raise UsageError("CUS-10", why="unknown code")
    history = [chained.event for chained in txn.ledger.by_customer(newcomer)]
    if friend in {newcomer, *(one.customer for one in history)}:
        raise UsageError("CUS-10", why="own code")
    if txn.club.brought_by(newcomer) is not None:
        raise UsageError("CUS-10", why="brought already")
    if any(is_sale(one) for one in history):
        raise UsageError("CUS-10", why="buys already")
    txn.club.bring(newcomer, friend)


def given_for(parts: Parts, rules: Rules, customer: str, answers: Mapping[str, Any]) -> list[str]:
    """Points for joining, and for the questionnaire when all of it is answered: ids of the events."""
    moments = [REGISTRATION]
    if rules.club.questionnaire and rules.club.complete_bp(answers) == ALL:
        moments.append(QUESTIONNAIRE)
    made = []
    for action in rules.club.actions:
        if action.on in moments:
            made.append(reward(parts.store, rules, action, occasion(parts, customer))[0].id)
    return made


def occasion(parts: Parts, customer: str, report: str = "", operator: str = "program") -> Occasion:
    """Now, on this register."""
    now = parts.clock.now().astimezone(parts.config.zone)
    agent, merchant = parts.config.agent, parts.config.loyalty.merchant
    return Occasion(customer, now, agent.register_name, report, operator, merchant)


def rewarded(customer: str, events: list[str]) -> Json:
    """The answer of what gives points."""
    return {"customer": customer, "rewards": events}
