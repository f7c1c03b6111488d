"""The price engine: selection beside zen-engine and a plain loop, the whole price beside zen's selection, reloading.

Figures are medians of processor time (of all threads: there is nothing to wait for), so that a busy machine spoils them
less. Each of them takes its turn with all baskets, again and again. Answers of the three selections are compared before
anything is measured. Baskets are read beforehand, for every one of the three.
"""

import json
import statistics
import time
import tomllib
from collections.abc import Callable, Sequence

from bench.pricing_world import BASKETS, Answer, as_toml, by_zen, plain, world
from bench.table import Row
from pos_agent.rules import answer
from pos_agent.rules.basket import read
from pos_agent.rules.compiled import compiled
from pos_agent.rules.parse import parse
from pos_agent.rules.price import price
from pos_agent.rules.selection import select

ROUNDS, PASSES = 7, 3  # turns of each, passes over all baskets in a turn
RELOADS = 9
MANY_RULES = 1_000
LOOP_TIMES, ZEN_TIMES, PRICE_MS, RELOAD_MS = 3, 20, 5, 50


def rows() -> list[Row]:
    """(a) selection, (b) the whole price, at two sizes; and new rules becoming the ones that price."""
    return [*_reloads(), *_at(20, 50), *_at(100, 200)]


def _at(lines: int, rules: int) -> list[Row]:
    made = world(lines, rules)
    parsed, baskets = parse(json.dumps(made.rules), "json"), [read(one) for one in made.baskets]

    def ours(number: int) -> Answer:
        return [(one.names, one.best_bp) for one in select(parsed, baskets[number])]

    def whole(number: int) -> str:
        return answer.to_json(price(parsed, baskets[number]))["hash"]

    loop, zen = plain(made), by_zen(made)
    for number in range(BASKETS):
        assert ours(number) == loop(number) == zen(number), f"basket {number}: the peers disagree"
    ours_s, loop_s, zen_s, whole_s = _medians((ours, loop, zen, whole))
    size, small = f"{lines} lines x {rules} rules", (lines, rules) == (20, 50)
    found = [
        Row(
            f"selection, {size}",
            _us(ours_s),
            f"plain loop: {_us(loop_s)}",
            loop_s / ours_s,
            bound=LOOP_TIMES if small else None,
            at_least=True,
        ),
        Row(
            f"selection, {size}",
            _us(ours_s),
            f"zen-engine: {_us(zen_s)}",
            zen_s / ours_s,
            bound=ZEN_TIMES if small else None,
            at_least=True,
        ),
        Row(
            f"whole price and hash, {size}",
            _us(whole_s),
            f"zen's selection: {_us(zen_s)}",
            zen_s / whole_s,
            bound=1,
            at_least=True,
        ),
    ]
    if not small:
        told = f"promised: {PRICE_MS} ms"
        found.append(Row(f"whole price and hash, {size}", _us(whole_s), told, whole_s * 1000 / PRICE_MS, bound=1))
    return found


def _reloads() -> list[Row]:
    """From the text of a file to rules that are ready to price. Beside TOML: tomllib that only reads it."""
    made = world(1, MANY_RULES).rules
    json_text, toml_text = json.dumps(made), as_toml(made)
    json_ms = _load_ms(lambda: compiled(parse(json_text, "json")))
    toml_ms = _load_ms(lambda: compiled(parse(toml_text, "toml")))
    bare_ms = _load_ms(lambda: tomllib.loads(toml_text))
    name, promised = f"reload of {MANY_RULES} rules", f"promised: {RELOAD_MS} ms"
    return [
        Row(f"{name}, JSON", f"{json_ms:.1f} ms", promised, json_ms / RELOAD_MS, bound=1),
        Row(f"{name}, TOML", f"{toml_ms:.1f} ms", promised, toml_ms / RELOAD_MS),
        Row(f"{name}, TOML", f"{toml_ms:.1f} ms", f"tomllib alone: {bare_ms:.1f} ms", toml_ms / bare_ms),
    ]


def _load_ms(load: Callable[[], object]) -> float:
    taken = []
    for _ in range(RELOADS):
        begun = time.process_time()
        load()
        taken.append((time.process_time() - begun) * 1000)
    return statistics.median(taken)


def _medians(asked: Sequence[Callable[[int], object]]) -> list[float]:
    """Seconds per basket, in turn."""
    taken: list[list[float]] = [[] for _ in asked]
    for _ in range(ROUNDS):
        for one, times in zip(asked, taken, strict=True):
            times += _turn(one)
    return [statistics.median(times) for times in taken]


def _turn(ask: Callable[[int], object]) -> list[float]:
    """Seconds per basket, a figure for each pass over all of them."""
    found = []
    for _ in range(PASSES):
        begun = time.process_time()
        for number in range(BASKETS):
            ask(number)
        found.append((time.process_time() - begun) / BASKETS)
    return found


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs"
