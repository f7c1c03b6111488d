"""A chain's past, made from a seed: sales, returns and gifts as the simulation replays them, and as foreign JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from pos_agent.money import MICRO, line_sum_kop
from pos_agent.rules.basket_values import BasketLine
from pos_agent.simulate.past import Past, PastKind

ZONE = timezone(timedelta(hours=3))
FIRST = datetime(2026, 1, 5, 9, 0, tzinfo=ZONE)
GOODS = (
    ("cup-1", "Кофе", 19900),
    ("cup-2", "Капучино", 25050),
    ("bun-1", "Булочка", 7990),
    ("tea-1", "Чай листовой", 45990),
    ("set-1", "Набор", 129900),
    ("fruit", "Яблоки весовые", 15930),
)
CARD = "КАРТА"


def history(seed: int, count: int, customers: int, days: int = 60, returns: bool = True) -> Iterator[Past]:
    """`count` sales in business order over `days`, with returns and gifts between them; one receipt a document."""
    chance = random.Random(seed)
    sold: list[Past] = []
    back: dict[str, dict[int, int]] = {}
    number = 0
    for step in range(count):
        at = FIRST + timedelta(seconds=step * days * 86_400 // count)
        number += 1
        sale = _sale(chance, at, number, customers)
        yield sale
        if not returns:
            continue
        sold.append(sale)
        if len(sold) > 50:
            sold.pop(0)
        if chance.random() < 0.15:
            number += 1
            found = _return(chance, at + timedelta(seconds=1), number, chance.choice(sold), back)
            if found is not None:
                yield found
        if sale.customer and chance.random() < 0.05:
            number += 1
            yield _gift(chance, at + timedelta(seconds=2), number, sale.customer)


def _sale(chance: random.Random, at: datetime, number: int, customers: int) -> Past:
    lines = []
    for position, (sku, name, price_kop) in enumerate(chance.sample(GOODS, chance.randint(1, 4)), 1):
        micro = chance.randint(100, 2500) * 1000 if sku == "fruit" else chance.randint(1, 4) * MICRO
        category = "coffee" if sku.startswith("cup") else ""
        lines.append(BasketLine(str(position), price_kop, micro, sku=sku, name=name, category=category))
    customer = f"c-{chance.randrange(customers)}" if chance.random() < 0.7 else ""
    return Past(
        kind=PastKind.SALE,
        id=f"9999078902000001/{number}",
        at=at.isoformat(),
        register=f"till-{number % 3}",
        store=f"shop-{number % 2}",
        customer=customer,
        lines=tuple(lines),
        paid_kop=sum(line_sum_kop(line.price_kop, line.quantity_micro) for line in lines),
        spent_pt=chance.choice((0, 0, 0, 500, 5000, 100_000)) if customer else 0,
    )


def _return(
    chance: random.Random, at: datetime, number: int, sale: Past, back: dict[str, dict[int, int]]
) -> Past | None:
    """Some pieces of a sale; now and then a return that names no sale."""
    named = chance.random() < 0.8
    already = back.setdefault(sale.id, {})
    pieces, lines = [], []
    for position, line in enumerate(sale.lines, 1):
        left = line.quantity_micro - already.get(position, 0)
        whole = chance.random() < 0.4 or left <= MICRO
        part = left if whole else chance.randint(1, left // MICRO) * MICRO
        if part and chance.random() < 0.7:
            pieces.append((position, part))
            lines.append(BasketLine(str(len(lines) + 1), line.price_kop, part, name=line.name))
    if not pieces:
        return None
    if named:
        for position, part in pieces:
            already[position] = already.get(position, 0) + part
    return Past(
        kind=PastKind.RETURN,
        id=f"9999078902000001/{number}",
        at=at.isoformat(),
        register=sale.register,
        store=sale.store,
        customer=sale.customer,
        lines=tuple(lines),
        paid_kop=sum(line_sum_kop(line.price_kop, line.quantity_micro) for line in lines),
        original=sale.id if named else "",
        pieces=tuple(pieces) if named else (),
    )


def _gift(chance: random.Random, at: datetime, number: int, customer: str) -> Past:
    day = at.date()
    return Past(
        kind=PastKind.GIFT,
        id=f"gift-{number}",
        at=at.isoformat(),
        customer=customer,
        points_pt=chance.choice((1000, 3000)),
        active_from=(day + timedelta(days=chance.choice((0, 2)))).isoformat(),
        expires=chance.choice(("", (day + timedelta(days=9)).isoformat())),
    )


def tax_json(past: Past) -> dict:
    """The receipt as the tax service's app writes it, with the customer's card in a requisite."""
    serial, _, number = past.id.partition("/")
    total_kop = past.paid_kop
    found = {
        "code": 3,
        "dateTime": past.at[:19],
        "fiscalDriveNumber": serial,
        "fiscalDocumentNumber": int(number),
        "fiscalSign": int(number),
        "operationType": 1 if past.kind is PastKind.SALE else 2,
        "retailPlace": past.store,
        "kktRegId": past.register,
        "totalSum": total_kop,
        "cashTotalSum": total_kop,
        "items": [
            {
                "name": line.name,
                "price": line.price_kop,
                "quantity": line.quantity_micro / MICRO,
                "sum": line_sum_kop(line.price_kop, line.quantity_micro),
                "nds": 6,
            }
            for line in past.lines
        ],
    }
    if past.customer:
        found["properties"] = {"propertyName": CARD, "propertyValue": past.customer}
    return found


def write_tax_json(folder: Path, receipts: Iterator[Past], file: int = 5000) -> int:
    """Lists of `file` receipts; how many in all."""
    folder.mkdir(parents=True, exist_ok=True)
    count, stream = 0, None
    for past in receipts:
        if past.kind is PastKind.GIFT:
            continue
        if count % file == 0:
            if stream is not None:
                stream.close()
            stream = (folder / f"{count // file:04d}.jsonl").open("w", encoding="utf-8")
        stream.write(json.dumps(tax_json(past), ensure_ascii=False) + "\n")
        count += 1
    if stream is not None:
        stream.close()
    return count
