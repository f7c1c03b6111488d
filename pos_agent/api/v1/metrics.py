"""Figures for a monitoring system, in the text form of Prometheus. No names, no ids: counts and seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pos_agent.api.gate.access import Access
from pos_agent.api.operation import Json, Parts
from pos_agent.api.perform import Performer
from pos_agent.api.printers import each, shift_age
from pos_agent.api.quotes import Quotes
from pos_agent.api.status import status
from pos_agent.api.v1.roles import ANYBODY

TEXT = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class Figures(Collector):
    """Read off the store and the threads at each scrape."""

    def __init__(self, parts: Parts, quotes: Quotes, access: Access) -> None:
        self._parts, self._quotes, self._access = parts, quotes, access

    def describe(self) -> list[Metric]:
        """Nothing is asked when the registry is made."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One family after the other."""
        now = status(self._parts, {})
        with self._parts.views.reading() as view:
            sales, without = view.till_requests.counts(), view.till_requests.without_loyalty()
        named = ["front", "state"]
        requests = GaugeMetricFamily("pos_agent_requests", "Requests of tills by where they are.", labels=named)
        for (front, state), count in sorted(sales.items()):
            requests.add_metric([front, state], count)
        yield requests
        yield _counter("sales_without_loyalty", "Sales registered without loyalty.", without)
        yield _counter("quotes_without_loyalty", "Quotes without loyalty since the start.", self._quotes.fallen_back)
        yield _counter("tokens_refused", "Wrong tokens since the start.", self._access.refused)
        yield from self._printers(now)
        yield from _work(now)

    def _printers(self, now: Json) -> Iterator[Metric]:
        """Label `printer`: the name of its storages, the register's own first."""
        shown = [now, *({**one, "printer": one} for one in now.get("part_printers", ()))]
        told = [(one, its, here) for (one, its), here in zip(each(self._parts), shown, strict=True)]
        yield _each("printer_connected", "1: the printer answers.",
                    ((one.name, int(here["printer"]["connected"])) for one, _, here in told))  # fmt: skip
        actors = [(one.name, its.actor) for one, its, _ in told if its.actor is not None]
        moment = self._parts.clock.monotonic()
        if actors:
            yield _each("printer_thread_age_seconds", "Since the printer's thread last showed that it lives.",
                        ((name, moment - actor.last_beat) for name, actor in actors))  # fmt: skip
            yield _each("printer_queue", "Jobs that wait for the printer.",
                        ((name, actor.waiting) for name, actor in actors))  # fmt: skip
        yield _each("sale_in_doubt", "1: the outcome of a sale is not known.",
                    ((one.name, int(here["in_doubt"] is not None)) for one, _, here in told))  # fmt: skip
        with self._parts.views.reading() as view:
            ages = [(one.name, shift_age(self._parts, view, one.name)) for one, _, _ in told]
        yield _each("shift_age_seconds", "Of the shift that is open.",
                    ((name, age.total_seconds()) for name, age in ages if age is not None))  # fmt: skip


def _work(now: Json) -> Iterator[Metric]:
    yield _gauge("ok", "1: everything is in order.", int(now["ok"]))
    yield _gauge("messages", "Things that are not in order.", len(now["messages"]))
    yield _counter("ledger_events", "Events of the ledger.", now["ledger"]["events"])
    yield _gauge("documents_unread", "Documents that could not be read.", len(now["unread"]))
    for state, count in now["slips"].items():
        yield _gauge(f"slips_{state}", f"Slips: {state}.", count)
    if now["sync"] is not None:
        yield _gauge("events_unsent", "Events that the cloud does not have yet.", now["sync"]["waiting"])
        yield _gauge("events_parked", "Events that the cloud would not take.", len(now["sync"]["parked"]))


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"pos_agent_{name}", told, value=value)


def _each(name: str, told: str, values: Iterable[tuple[str, float]]) -> Metric:
    """One value of each printer."""
    made = GaugeMetricFamily(f"pos_agent_{name}", told, labels=["printer"])
    for printer, value in values:
        made.add_metric([printer], value)
    return made


def _counter(name: str, told: str, value: float) -> Metric:
    return CounterMetricFamily(f"pos_agent_{name}", told, value=value)


class Metrics:
    """One registry of one server: nothing global, so that two agents in one process do not mix."""

    def __init__(self, parts: Parts, quotes: Quotes, access: Access) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(Figures(parts, quotes, access))
        name, told, named = "pos_agent_http_seconds", "Seconds of a request.", ["route", "status"]
        self.seconds = Histogram(name, told, named, buckets=SECONDS, registry=self.registry)

    def text(self) -> bytes:
        """What is scraped."""
        return generate_latest(self.registry)


def router(performer: Performer, metrics: Metrics) -> APIRouter:
    """`/metrics`."""
    made = APIRouter(tags=["metrics"], dependencies=[ANYBODY])

    @made.get("/metrics", summary="Figures for Prometheus", response_class=Response)
    async def scraped() -> Response:
        return Response(await performer.call(metrics.text), media_type=TEXT)

    return made
