"""Texts, words, flags and names of a rules file's tables: longest, required, allowed, unknown keys, one id twice."""

from __future__ import annotations

from typing import Any

import pytest
from kit.rule_tables import FILE, FUND, QUESTION, alone, read, told

from pos_agent.rules.problems import problem

WORDS: list[tuple[str, int, bool]] = [
    ("program.id", 64, True),
    ("program.name", 500, True),
    ("program.questionnaire.fields[0].id", 40, True),
    ("program.questionnaire.fields[0].label", 100, False),
    ("accrue.tiers[0].name", 64, True),
    ("referral.text", 100, False),
    ("action[0].id", 40, True),
    ("action[0].name", 64, False),
    ("subscription[0].id", 40, True),
    ("subscription[0].segment", 64, True),
    ("partner[0].id", 40, True),
    ("partner[0].name", 64, False),
    ("donation.funds[0].id", 40, True),
    ("donation.funds[0].name", 64, True),
    ("donation.funds[0].segment", 64, False),
    ("programs[0].id", 64, True),
    ("programs[0].name", 500, True),
    ("experiment[0].id", 64, True),
    ("experiment[0].salt", 64, False),
    ("experiment[0].groups[0].name", 64, True),
    ("codes[0].id", 64, True),
    ("codes[0].prefix", 16, False),
    ("prepaid[0].id", 64, True),
    ("prepaid[0].kind", 0, True),
    ("prepaid[0].name", 64, False),
    ("calendar[0].id", 64, True),
    ("blacklist[0].id", 64, True),
    ("blacklist[0].source", 500, False),
    ("rule[0].id", 64, True),
    ("rule[0].name", 500, False),
    ("rule[0].group", 64, False),
]  # path, longest, required
NAMED = [("prepaid[0].batch", 64), ("rule[1].program", 64), ("rule[2].program", 64), ("rule[3].batch", 64)]
CHOICES: list[tuple[str, str, list[str], dict[str, Any]]] = [
    ("program.level.policy", "immediate, hold, one_step, never", ["immediate", "never"], {"hold_days": None}),
    ("program.level.review", "month, quarter, year", ["quarter", "year"], {"policy": "one_step", "hold_days": None}),
    ("program.level.window", "", ["days"], {}),
    ("program.level.metric", "", ["money"], {}),
    ("action[0].on", "registration, birthday, questionnaire, outside", ["registration", "birthday", "outside"], {}),
    ("action[0].once", "ever, year, day, report", ["ever", "year", "day", "report"], {}),
    ("codes[0].kind", "once, times, per_customer, unlimited", ["once", "per_customer"], {"times": None}),
    ("codes[0].offline", "allow, bound, refuse", ["allow", "bound", "refuse"], {}),
    ("prepaid[0].rest", "keep, forfeit", ["keep", "forfeit"], {}),
    ("prepaid[0].method", "advance, full", ["advance", "full"], {}),
    ("rule[0].base", "net, gross", ["net", "gross"], {}),
    ("limits.sender", "slip, file, off", ["slip", "file", "off"], {}),
    ("limits.accruals_day.action", "refuse, code, senior, flag", ["refuse", "code", "senior", "flag"], {}),
    ("limits.quick_return.action", "flag", ["flag"], {}),
]  # path, the words as told ("" when they are many), some of them, what else must stand there or must not
FLAGS = [
    "program.gift_lines", "program.cards.provisional", "program.questionnaire.fields[0].required",
    "spend.not_on_discounted", "spend.no_spend_after", "prepaid[0].personal", "rule[0].exclusive",
    "rule[0].when.first_purchase",
]  # fmt: skip
TABLES = [
    "program", "program.level", "program.cards", "program.questionnaire", "program.questionnaire.fields[0]", "accrue",
    "accrue.tiers[0]", "accrue.multipliers[0]", "spend", "spend.offline", "referral", "action[0]", "subscription[0]",
    "subscription[0].sold", "partner[0]", "donation", "donation.funds[0]", "programs[0]", "programs[0].accrue",
    "programs[0].spend", "experiment[0]", "experiment[0].groups[0]", "codes[0]", "prepaid[0]", "calendar[0]", "rule[0]",
    "blacklist[0]",
    "rule[0].when", "limits", "limits.accruals_day", "limits.cashier_share", "limits.quick_return",
    "limits.code_attempts",
]  # fmt: skip
TWICE = [
    ("program.questionnaire.fields", QUESTION, "pet"), ("action", FILE["action"][0], "a"),
    ("subscription", FILE["subscription"][0], "s"), ("partner", FILE["partner"][0], "air"),
    ("donation.funds", FUND, "dogs"), ("programs", FILE["programs"][0], "q"),
    ("experiment", FILE["experiment"][0], "e"), ("experiment[0].groups", FILE["experiment"][0]["groups"][0], "A"),
    ("codes", FILE["codes"][0], "c"), ("prepaid", FILE["prepaid"][0], "g"), ("calendar", FILE["calendar"][0], "k"),
    ("blacklist", FILE["blacklist"][0], "b"),
    ("rule", FILE["rule"][0], "r"), ("accrue.tiers", FILE["accrue"]["tiers"][0], "t"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "limit", "required"), WORDS, ids=[one[0] for one in WORDS])
def test_a_text_and_its_length(path: str, limit: int, required: bool) -> None:
    if limit:
        read(alone(path, "A" * limit))
        for wrong in ("A" * (limit + 1), "", " "):
            assert (path, "text", problem("text", path, limit=limit).message_en) in told(alone(path, wrong))
        if path != "codes[0].prefix":  # its signs are told as well
            assert (path, "control") in [one[:2] for one in told(alone(path, "a\nb"))]
    assert (path, "type") in [one[:2] for one in told(alone(path, 1))]
    if required:
        assert (path, "missing") in [one[:2] for one in told(alone(path))]
    else:
        read(alone(path))


@pytest.mark.parametrize(("path", "limit"), NAMED, ids=[one[0] for one in NAMED])
def test_a_name_of_something_else(path: str, limit: int) -> None:
    assert [one[:2] for one in told(alone(path, "A" * limit))] == [(path, "unknown_name")]
    assert (path, "text") in [one[:2] for one in told(alone(path, "A" * (limit + 1)))]


def test_an_id_becomes_part_of_a_number() -> None:
    for path, limit, _ in WORDS:
        if limit == 40:
            read(alone(path, "a-b_c.1/2!"))
            for wrong in ("а", "a b", "a:b"):
                assert [one[:2] for one in told(alone(path, wrong))] == [(path, "plain_id")]


@pytest.mark.parametrize(("path", "words", "some", "beside"), CHOICES, ids=[one[0] for one in CHOICES])
def test_one_of_some_words(path: str, words: str, some: list[str], beside: dict[str, Any]) -> None:
    head = path.rpartition(".")[0]
    for word in some:
        file = alone(path, word)
        box: Any = file
        for step in head.replace("[0]", ".0").split("."):
            box = box[int(step) if step.isdigit() else step]
        for key, value in beside.items():
            box.pop(key, None) if value is None else box.update({key: value})
        read(file)
    for wrong in ("other", ""):
        found = next(one for one in told(alone(path, wrong)) if one[:2] == (path, "choice"))
        assert not words or found[2] == f"must be one of: {words}"
    assert (path, "type") in [one[:2] for one in told(alone(path, 1))]


@pytest.mark.parametrize("path", FLAGS)
def test_a_flag(path: str) -> None:
    for flag in (True, False):
        read(alone(path, flag))
    for wrong in (1, "true"):
        assert [one[:2] for one in told(alone(path, wrong))] == [(path, "type")]


@pytest.mark.parametrize("path", TABLES)
def test_an_unknown_key_of_a_table(path: str) -> None:
    assert [one[:2] for one in told(alone(f"{path}.idd", 1))] == [(f"{path}.idd", "unknown_key")]


@pytest.mark.parametrize(("table", "one", "name"), TWICE, ids=[one[0] for one in TWICE])
def test_one_id_twice(table: str, one: dict[str, Any], name: str) -> None:
    found = [found for found in told(alone(table, [one, one])) if found[0] == table]
    assert (table, "duplicate", f"'{name}' is given twice") in found
    assert len(found) == len(set(found))


def test_defaults_of_words() -> None:
    rules = read(FILE)
    action, card = rules.club.actions[0], rules.club.cards
    assert (action.on, action.once, action.name) == ("outside", "ever", "")
    assert (card.warn_above, card.provisional, card.claim_days) == (0, False, 0)
    assert (rules.limits.sender, {one.action for one in rules.limits.all}) == ("slip", {"flag"})
    assert (rules.prepaid[0].rest, rules.prepaid[0].method, rules.prepaid[0].personal) == ("keep", "advance", False)
    assert (rules.batches[0].offline, rules.experiments[0].salt) == ("bound", "e")
    bare = read({"program": {"id": "p", "name": "P", "questionnaire": {"fields": [{"id": "a"}]}}})
    assert [(one.kind, one.label, one.required) for one in bare.club.questionnaire] == [("text", "", False)]
    assert (bare.limits.all, bare.limits.sender, bare.limits.digits) == ((), "slip", 4)
