"""What was measured, beside what it may be at most: for the eye, and as the page docs/benchmarks.md."""

from __future__ import annotations

import math
import os
import platform
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from itertools import pairwise

RATIO = "database time of the build / the same SQL by hand"
INCREMENT_SHARE = "a day's increment, share of the build's database time, %"
MEMORY = "peak memory of server and programs together, GB"
BUILD_DATABASE = "full build by dbt, database s"
GROWTH = "growth exponent of the build's database time"
INCREMENT, INCREMENT_DATABASE = "a day's increment by dbt, s", "a day's increment by dbt, database s"
NO_NEWS = "a build without news by dbt, s"
# at most so much at any size, or at shops of about so many lines
BOUNDS: dict[str, float | dict[int, float]] = {
    RATIO: 1.3,
    GROWTH: 1.05,
    MEMORY: 8.0,
    BUILD_DATABASE: {10_000_000: 286.0},
    INCREMENT: {100_000: 8.0, 1_000_000: 12.0},
    INCREMENT_DATABASE: {10_000_000: 100.0},
    NO_NEWS: {100_000: 6.0},
}
# version 0.1.0 (118 models) on 2026-11-22, on a machine of the same kind
FORMER = {
    BUILD_DATABASE: (6.89, 41.29, 381),
    INCREMENT: (12.73, 13.28, 33.86),
    INCREMENT_DATABASE: (2.15, 2.71, 17.96),
    NO_NEWS: (11.42, 11.75, 15.99),
}
QUERY_BOUND_MS = 100.0
SLOWEST = 5


@dataclass
class Measured:
    """Everything about one size: figures by their title, queries as p50 and p95 in ms, models as name and seconds."""

    lines: int
    figures: dict[str, float] = field(default_factory=dict)
    queries: dict[str, tuple[float, float]] = field(default_factory=dict)
    slowest_models: list[tuple[str, float]] = field(default_factory=list)


def add_growth(sizes: list[Measured]) -> None:
    """Beside each size but the first: the exponent of growth since the one before (1 is proportional to the lines)."""
    for smaller, larger in pairwise(sizes):
        grown = larger.figures[BUILD_DATABASE] / smaller.figures[BUILD_DATABASE]
        larger.figures[GROWTH] = math.log(grown) / math.log(larger.lines / smaller.lines)


def tables(sizes: list[Measured]) -> list[list[list[str]]]:
    """Tables of text with their headers: figures, those of version 0.1.0, queries, slowest models of the increment."""
    head = [f"{size.lines:,}" for size in sizes]
    titles = list(dict.fromkeys(title for size in sizes for title in size.figures))
    figures = [["order lines", *head, "at most"]]
    for title in titles:
        bounds = [_bound_of(title, size.lines) for size in sizes]
        values = [_beside(size.figures.get(title), bound) for size, bound in zip(sizes, bounds, strict=True)]
        limits = dict.fromkeys(f"{bound:g}" for bound in bounds if bound is not None)
        figures.append([title, *values, ", ".join(limits)])
    former = [["the same by version 0.1.0", "98,694", "981,411", "9,865,938"]]
    former += [[title, *(_beside(value, None) for value in values)] for title, values in FORMER.items()]
    queries = [["median / 95th percentile of 20, ms", *head, "at most"]]
    for title in sizes[0].queries:
        values = [f"{size.queries[title][0]:.1f} / {_beside(size.queries[title][1], QUERY_BOUND_MS)}" for size in sizes]
        queries.append([title, *values, f"{QUERY_BOUND_MS:g}"])
    models = [["slowest models of a day's increment, s by dbt's clock", *head]]
    for place in range(SLOWEST):
        cells = [f"{name} {seconds:.1f}" for name, seconds in (size.slowest_models[place] for size in sizes)]
        models.append([str(place + 1), *cells])
    return [figures, former, queries, models]


def as_text(table: list[list[str]]) -> str:
    """A table in columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in table
    )


def as_page(sizes: list[Measured], server_version: str, command: str, today: date) -> str:
    """The page docs/benchmarks.md."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    machine = f"{os.cpu_count()} cores, {memory_gb:.0f} GB of memory, {platform.system()}"
    versions = f"PostgreSQL {server_version}, dbt {version('dbt-core')}, Python {platform.python_version()}"
    parts = [
        "# Benchmarks: how the warehouse grows",
        f"Measured on {today:%Y-%m-%d} by `{command}`, which writes this page.\n{machine}; {versions}.\n"
        "What each figure means stands in `benchmarks/warehouse.py`; (!) marks what is above its bound.",
        *(_as_markdown(table) for table in tables(sizes)),
    ]
    return "\n\n".join(parts) + "\n"


def _as_markdown(table: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(table[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [table[0], rule, *table[1:]])


def _bound_of(title: str, lines: int) -> float | None:
    """What a figure may be at most for a shop of so many lines; the size is named roundly."""
    bound = BOUNDS.get(title)
    return bound.get(10 ** round(math.log10(lines))) if isinstance(bound, dict) else bound


def _beside(value: float | None, bound: float | None) -> str:
    """A value, marked where it is above its bound."""
    if value is None:
        return ""
    text = f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{text} (!)" if bound is not None and value > bound else text
