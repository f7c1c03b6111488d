"""What is paid beforehand, what by which register (section 3.4, further rules "Payment", "Several registers")."""

from fractions import Fraction
from math import floor
from typing import Any

from oracle.plain_rules import Receipt
from oracle.plain_sums import lay_out
from oracle.plain_when import in_scope

PREPAID = ("abonement", "certificate", "deposit")


def offsets(receipt: Receipt) -> list[dict[str, Any]]:
    """In the order abonement, certificate, deposit; kopecks by line."""
    due = [line.net for line in receipt.lines]
    covered = [Fraction(0) for _ in receipt.lines]
    found = []
    said = [one for kind in PREPAID for one in receipt.basket.get("payments", ()) if one["kind"] == kind]
    for one in said:
        taken, units = [0] * len(due), Fraction(0)
        if one["kind"] == "abonement":
            left = Fraction(one["units"])
            for n, line in enumerate(receipt.lines):
                k = min(left, line.quantity - covered[n])
                if k <= 0 or not in_scope(one.get("scope"), line):
                    continue
                # k of q units in all, less what the units covered before were worth
                taken[n] = floor(line.net * (covered[n] + k) / line.quantity) - floor(
                    line.net * covered[n] / line.quantity
                )
                covered[n] += k
                left -= k
                units += k
        else:
            taken = lay_out(min(one["sum_kop"], sum(due)), list(due), list(due))
        due = [rest - part for rest, part in zip(due, taken, strict=True)]
        found.append({
            "kind": one["kind"],
            "id": one["id"],
            "sum_kop": sum(taken),
            "units_micro": int(units * 1_000_000),
            "lines": {line.raw["id"]: part for line, part in zip(receipt.lines, taken, strict=True) if part},
        })  # fmt: skip
    return found


def prepaid(receipt: Receipt, found: list[dict[str, Any]]) -> list[int]:
    """Kopecks of each line that are no money."""
    return [sum(one["lines"].get(line.raw["id"], 0) for one in found) for line in receipt.lines]


def parts(receipt: Receipt, found: list[dict[str, Any]], points: list[int], accrued: list[int]) -> list[dict[str, Any]]:
    """Of each part its lines, sums and payments; nothing when no line names a part."""
    names = list(dict.fromkeys(line.raw.get("part", "") for line in receipt.lines))
    if names == [""]:
        return []
    money = [[one["kind"], one["sum_kop"]] for one in receipt.basket.get("payments", ()) if one["kind"] not in PREPAID]
    told = []
    for name in names:
        at = [n for n, line in enumerate(receipt.lines) if line.raw.get("part", "") == name]
        lines = [receipt.lines[n] for n in at]
        ids = {line.raw["id"] for line in lines}
        due, paid = sum(line.net for line in lines), []
        for one in found:
            paid.append((one["kind"], sum(kop for line, kop in one["lines"].items() if line in ids)))
        due -= sum(kop for _, kop in paid)
        for one in sorted(money, key=lambda one: one[0] == "cash"):
            given = min(one[1], due)
            one[1] -= given
            due -= given
            paid.append((one[0], given))
        if not money:  # nobody said how: in cash
            paid.append(("cash", due))
            due = 0
        gross = sum(line.gross for line in lines)
        told.append({
            "part": name,
            "lines": [line.raw["id"] for line in lines],
            "gross_kop": gross,
            "discount_kop": sum(sum(line.discounts.values()) for line in lines),
            "points_pt": sum(points[n] for n in at),
            "payable_kop": sum(line.net for line in lines),
            "accrued_pt": sum(accrued[n] for n in at),
            "payments": [{"kind": kind, "sum_kop": kop} for kind, kop in paid if kop],
            **({"short_kop": due} if due else {}),
        })  # fmt: skip
    return told
