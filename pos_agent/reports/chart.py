"""Plain charts in SVG: lines over time, bars over slices, a gap where there is no data. Pure; whole pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from pos_agent.money import half_up
from pos_agent.reports.figure import Exact, Unit, shown

WIDTH, LEFT, RIGHT, ROW, HEIGHT, TOP = 960, 260, 140, 34, 220, 64
INK, LINE, FILL, PALE = "#1a1a1a", "#0b5394", "#3d78b4", "#d0d0d0"
STYLE = 'font-family="DejaVu Sans, Arial, sans-serif" font-size="15"'
MOST_LABELS = 12


@dataclass(frozen=True)
class Chart:
    """One panel. `points`: (label, value or None); `line`: they follow each other in time."""

    title: str
    note: str
    unit: Unit
    points: Sequence[tuple[str, Exact | None]]
    line: bool = False

    @property
    def height(self) -> int:
        """Pixels."""
        return TOP + (HEIGHT + 56 if self.line else ROW * max(1, len(self.points)) + 16)


def svg(title: str, description: str, charts: Sequence[Chart], no_data: str, unit_words: dict[Unit, str]) -> str:
    """One document; screen readers are told the title, the description and every value."""
    height = 48 + sum(chart.height for chart in charts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="title desc" {STYLE} fill="{INK}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(description)}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="24" y="34" font-size="20" font-weight="bold">{escape(title)}</text>',
    ]
    top = 48
    for chart in charts:
        told = [_told(value, chart.unit, no_data, unit_words) for _, value in chart.points]
        parts.append(f'<g transform="translate(0 {top})">')
        parts.append(f'<text x="24" y="26" font-size="17" font-weight="bold">{escape(chart.title)}</text>')
        parts.append(f'<text x="24" y="46" font-size="13">{escape(chart.note)}</text>')
        parts += _line(chart, told) if chart.line else _bars(chart, told)
        parts.append("</g>")
        top += chart.height
    return "\n".join([*parts, "</svg>", ""])


def _bars(chart: Chart, told: Sequence[str]) -> Iterator[str]:
    low, high = _bounds(chart)
    room = WIDTH - LEFT - RIGHT
    zero = LEFT + _scaled(0, low, high, room)
    for number, (label, value) in enumerate(chart.points):
        middle = TOP + number * ROW + ROW // 2
        yield f'<text x="{LEFT - 12}" y="{middle + 5}" text-anchor="end">{escape(_short(label))}</text>'
        end = zero if value is None else LEFT + _scaled(value, low, high, room)
        left, width = min(zero, end), abs(end - zero)
        if value is not None:
            yield f'<rect x="{left}" y="{middle - 10}" width="{max(1, width)}" height="20" fill="{FILL}"/>'
        yield f'<text x="{max(zero, end) + 8}" y="{middle + 5}">{escape(told[number])}</text>'
    bottom = TOP + ROW * len(chart.points)
    yield f'<line x1="{zero}" y1="{TOP}" x2="{zero}" y2="{bottom}" stroke="{INK}"/>'


def _line(chart: Chart, told: Sequence[str]) -> Iterator[str]:
    low, high = _bounds(chart)
    room, count = WIDTH - 120, len(chart.points)
    places = [60 + (room * number // (count - 1) if count > 1 else room // 2) for number in range(count)]
    heights = [None if one is None else TOP + HEIGHT - _scaled(one, low, high, HEIGHT - 24) for _, one in chart.points]
    axis = TOP + HEIGHT - _scaled(0, low, high, HEIGHT - 24)
    yield f'<line x1="40" y1="{axis}" x2="{WIDTH - 40}" y2="{axis}" stroke="{PALE}"/>'
    for run in _runs(list(zip(places, heights, strict=True))):
        path = " ".join(f"{x},{y}" for x, y in run)
        yield f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="3"/>'
    every = -(-count // MOST_LABELS)
    for number, (x, y) in enumerate(zip(places, heights, strict=True)):
        label = chart.points[number][0]
        if y is not None:
            name = escape(f"{label}: {told[number]}")
            yield f'<circle cx="{x}" cy="{y}" r="4" fill="{LINE}"><title>{name}</title></circle>'
        if number % every == 0:
            yield f'<text x="{x}" y="{TOP + HEIGHT + 26}" text-anchor="middle" font-size="13">{escape(label)}</text>'
            above = (axis if y is None else y) - 10
            yield f'<text x="{x}" y="{above}" text-anchor="middle" font-size="13">{escape(told[number])}</text>'


def _runs(points: Sequence[tuple[int, int | None]]) -> Iterator[list[tuple[int, int]]]:
    """Stretches without a gap."""
    run: list[tuple[int, int]] = []
    for x, y in points:
        if y is None:
            if run:
                yield run
            run = []
        else:
            run.append((x, y))
    if run:
        yield run


def _bounds(chart: Chart) -> tuple[Exact, Exact]:
    """Zero is always on the chart, so that a bar is as long as its value."""
    known = [value for _, value in chart.points if value is not None]
    return min([0, *known]), max([0, *known])


def _scaled(value: Exact, low: Exact, high: Exact, room: int) -> int:
    return half_up(Fraction(value - low) * room / Fraction(high - low)) if high > low else 0


def _told(value: Exact | None, unit: Unit, no_data: str, words: dict[Unit, str]) -> str:
    text = shown(value, unit)
    return no_data if text is None else f"{text} {words.get(unit, '')}".strip()


def _short(label: str) -> str:
    return label if len(label) <= 28 else label[:27] + "…"
