"""One and the same fault at every place of a whole sale, one place after the other.

    PYTHONPATH=tests .venv/bin/python -m simulation.sale_everywhere [--link atol-v2|atol-v3]

cuts the cable behind every byte of both directions; exit 1 when a sale is doubled, lost or judged wrongly.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from kit.conformance_sale_register import LINKS
from kit.faulty_wire import command
from kit.sale_register import SaleRegister
from kit.sale_troubles import Trouble
from simulation import sale_faults
from simulation.sale_faults import Outcome, live

from pos_agent.logs import configure

OUT_S = 2.0
ALIKE = 1  # the seed whose sales are all like the first: a customer, points spent, a contact


@dataclass
class Shape:
    """What a sale without faults looks like on the wire, from its first command to the document read back."""

    bytes: dict[str, int] = field(default_factory=lambda: {"host": 0, "device": 0})
    messages: dict[str, int] = field(default_factory=lambda: {"host": 0, "device": 0})
    receipt: dict[str, tuple[int, int]] = field(default_factory=dict)  # bytes from opening to the end of closing
    points: list[str] = field(default_factory=list)


def shape(kind: type[SaleRegister] = SaleRegister) -> Shape:
    """Measured on the third sale of a life, when the shift is open and the printer known."""
    found = Shape()
    lines: list[str] = []
    live(ALIKE, 3, alike([]), kind, lines=lines, asked=ordinary)
    third = lines[next(at for at, line in enumerate(lines) if " sale 2 " in line) + 1 :]
    told = next(at for at, line in enumerate(third) if " told " in line)
    begun = ended = dict(found.bytes)
    inside = False
    for way, given in (line.split()[1:3] for line in third[:told]):
        if way not in found.bytes:
            found.points += [given] if way == "commit" else []
            continue
        message = bytes.fromhex(given)
        name = command(message) if way == "host" and message[0] == 2 else ""
        if name == "8D":
            begun, inside = dict(found.bytes), True
        if inside and name == "11":  # the first question after closing
            ended, inside = dict(found.bytes), False
        found.bytes[way] += len(message)
        found.messages[way] += 1
    found.receipt = {way: (begun[way] + 1, ended[way]) for way in found.bytes}
    return found


def alike(troubles: list[Trouble]):
    """Two sales without a fault, one each with one of the troubles, more without."""
    waiting = chain([[], []], ([one] for one in troubles))
    return lambda chance: next(waiting, [])


def ordinary(life: sale_faults.Life, number: int) -> sale_faults.Asked:
    """Every sale alike but for its price."""
    return life.asked(number, known=True, spends=True)


def struck(
    troubles: Iterable[Trouble], kind: type[SaleRegister] = SaleRegister, lines: list[str] | None = None
) -> Outcome:
    """The outcome of a life of two sales without a fault and one for each trouble; `lines`: its trace."""
    listed = list(troubles)
    return live(ALIKE, len(listed) + 2, alike(listed), kind, lines=lines, asked=ordinary)


def cuts(way: str, places: Iterable[int]) -> Iterator[Trouble]:
    """The cable comes off behind each of these bytes."""
    return (Trouble("cut_byte", way, place, 1, OUT_S, 0) for place in places)


def main() -> int:
    """Every byte of both directions; every message lost, and a kill or a power cut before it."""
    options = argparse.ArgumentParser(description="A fault at every byte and every message of a sale")
    options.add_argument("--link", choices=sorted(LINKS), default="shtrih", help="whose protocol the printer speaks")
    kind = LINKS[options.parse_args().link]
    configure("critical", "console")
    whole, wrong = shape(kind), []
    for way, count in whole.bytes.items():
        outcome = struck(cuts(way, range(1, count + 1)), kind)
        wrong += outcome.wrong
        print(f"cut behind each of {count} bytes of the {way}: {dict(outcome.told)}, wrong: {len(outcome.wrong)}")
    places = {("lose", way): count for way, count in whole.messages.items()}
    places |= {("kill", "host"): whole.messages["host"], ("power", "host"): whole.messages["host"]}
    for (trouble, way), count in places.items():
        outcome = struck((Trouble(trouble, way, number, 1, 2.0, 0) for number in range(1, count + 1)), kind)
        wrong += outcome.wrong
        print(f"{trouble} at each of {count} messages of the {way}: {dict(outcome.told)}, wrong: {len(outcome.wrong)}")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
