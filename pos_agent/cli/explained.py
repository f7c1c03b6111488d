"""One receipt on one screen: what `receipts.explain` answers, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pos_agent import texts
from pos_agent.cli.course import course
from pos_agent.cli.prepaid import account_line, amount
from pos_agent.money import points, roubles

Json = dict[str, Any]
NAMES = {1: "sale", 2: "sale_return"}


def screen(answer: Json, lang: str) -> Iterator[str]:
    """From the fiscal document down to the row of the ledger. `lang`: ru or en."""
    say = _Say(lang)
    yield from _document(answer, say)
    if "event" not in answer:
        yield say("not_in_ledger")
        return
    yield from _who(answer, say)
    if "why" in answer:
        yield say("unread", why=texts.reason(answer["why"], lang))
    yield from _lines(answer, say)
    told = answer["told"] or course(answer["steps"], lang)
    if told:
        yield say("course", rules=answer["rules"]["version"] or answer["rules"]["hash"][:16])
        yield from (f"  {sentence}" for sentence in told)
    yield from _points(answer, say)
    yield from _kept(answer, say)
    yield from _prepaid(answer, say)
    for slip in answer["slips"]:
        yield say("slip", id=slip["id"], state=slip["state"])
        yield from (f"  | {line}" for line in slip["text"])
    if not answer["slips"]:
        yield say("no_slip")
    yield from _sync(answer["sync"], say)


class _Say:
    """Phrases of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, key: str, /, **words: object) -> str:
        return texts.phrase("explain", key, self.lang, **words)


def _document(answer: Json, say: _Say) -> Iterator[str]:
    one = answer["document"]
    name = say(NAMES[one["operation"]]) if one["operation"] in NAMES else say("other", form=one["form"])
    total = "-" if one["total_kop"] is None else roubles(one["total_kop"])
    yield say("document", number=one["number"], name=name, at=one["at"][:16], total=total)
    shown = {key: one[key] if one[key] is not None else "-" for key in ("fpd", "shift", "bytes", "tags")}
    yield say("sign", digest=one["sha256"][:16] or "-", **shown)
    if one["paid"]:
        yield say("paid", how=", ".join(say(name, sum=roubles(kop)) for name, kop in one["paid"].items()))
    sale = answer["sale"]
    if sale is not None:
        yield say("by_agent", sale=sale["id"], attempt=sale["attempt"], after=sale["after_fd"])
    elif one["operation"] is not None:
        yield say("by_till")


def _who(answer: Json, say: _Say) -> Iterator[str]:
    if answer["customer"]:
        yield say("customer", customer=answer["customer"], by=answer["by"] or "-")
    elif answer["document"]["operation"] is not None:
        yield say("nobody")
    before = answer.get("before")
    if before:
        stamps = "".join(f", {counter} {count}" for counter, count in before["stamps"].items())
        figures = {"metric": roubles(before["metric_kop"]), "balance": points(before["balance_pt"])}
        yield say("before", visits=before["visits"], stamps=stamps, **figures)


def _lines(answer: Json, say: _Say) -> Iterator[str]:
    if answer["lines"]:
        yield say("lines")
    for line in answer["lines"]:
        off = "".join(say("off", sum=roubles(kop), rule=rule) for rule, kop in line.get("discounts", {}).items()) + (
            say("off_points", sum=roubles(line["points_kop"])) if line.get("points_kop") else ""
        )
        earned = say("line_earned", points=points(line["accrued_pt"])) if line.get("accrued_pt") else ""
        money = {"gross": roubles(line.get("gross_kop", line["sum_kop"])), "net": roubles(line["sum_kop"])}
        yield say("line", number=line["number"], name=line["name"], off=off, earned=earned, **money)


def _points(answer: Json, say: _Say) -> Iterator[str]:
    if answer["points"]:
        yield say("points")
    for entry in answer["points"]:
        amount = say("by_lines") if entry["amount_pt"] is None else points(entry["amount_pt"])
        yield say("entry", kind=entry["kind"], amount=amount)
        for lot in (one for one in answer["lots"] if one["kind"] == entry["kind"]):
            moved = {"amount": _signed(lot["amount_pt"]), "account": say(lot["account"])}
            expires = lot["expires"] or say("never")
            yield say("lot", lot=lot["lot"], expires=expires, **moved) if lot["lot"] else say("no_lot", **moved)


def _signed(amount_pt: int) -> str:
    return ("+" if amount_pt > 0 else "-") + points(abs(amount_pt))


def _kept(answer: Json, say: _Say) -> Iterator[str]:
    for code in answer.get("codes", []):
        what = say("code_used" if code["applied"] else "code_free")
        yield say("code", code=code["code"], batch=code["batch"], what=what)
    for one in answer.get("coupons", []):
        last = date.fromisoformat(one["valid_to"]) - timedelta(days=1) if one["valid_to"] else say("never")
        yield say("coupon", code=one["code"], first=one["valid_from"] or "-", last=last)
    for counter, card in answer.get("stamps", {}).items():
        yield say("stamp", counter=counter, before=card["before"], after=card["after"], every=card["every"])
    if "original" in answer:
        yield say("of_sale", original=answer["original"])
    for back in answer["returns"]:
        yield say("returned", document=back["document"], at=back["at"][:16])


def _prepaid(answer: Json, say: _Say) -> Iterator[str]:
    """Prepaid accounts, and the other receipts of a sale in parts."""
    for key, phrase in (("sells", "sold"), ("offsets", "offset"), ("back", "back")):
        for one in answer.get(key, []):
            account = one["account"].partition(":")[2]
            yield say(phrase, kind=say(one["kind"]), account=account, amount=amount(one, say.lang))
    for one in answer.get("accounts", []):
        yield account_line(one, say.lang)
    if "part" in answer:
        yield say("part_of", **{name: answer["part"][name] for name in ("number", "of", "sale")})
        yield from (say("part_made", **one) for one in answer.get("documents", []))
        if "documents" not in answer:
            yield say("part_waits")


def _sync(sync: Json | None, say: _Say) -> Iterator[str]:
    if sync is None:
        return
    key = "sync_aside" if sync["state"] == "set aside" else f"sync_{sync['state']}"
    yield say("sync", seq=sync["seq"], state=say(key, acked=sync["acked_seq"], reason=sync["reason"]))
