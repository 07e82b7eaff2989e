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
BOUNDS = {RATIO: 1.3, GROWTH: 1.05, INCREMENT_SHARE: 5.0, MEMORY: 8.0}
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
    """Three tables of text with their headers: figures, queries, and the slowest models of the increment."""
    head = [f"{size.lines:,}" for size in sizes]
    titles = list(dict.fromkeys(title for size in sizes for title in size.figures))
    figures = [["order lines", *head, "at most"]]
    for title in titles:
        bound = BOUNDS.get(title)
        values = [_beside(size.figures.get(title), bound) for size in sizes]
        figures.append([title, *values, "" if bound is None else f"{bound:g}"])
    queries = [["median / 95th percentile of 20, ms", *head, "at most"]]
    for title in sizes[0].queries:
        values = [f"{size.queries[title][0]:.1f} / {_beside(size.queries[title][1], QUERY_BOUND_MS)}" for size in sizes]
        queries.append([title, *values, f"{QUERY_BOUND_MS:g}"])
    models = [["slowest models of a day's increment, s by dbt's clock", *head]]
    for place in range(SLOWEST):
        cells = [f"{name} {seconds:.1f}" for name, seconds in (size.slowest_models[place] for size in sizes)]
        models.append([str(place + 1), *cells])
    return [figures, queries, models]


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


def _beside(value: float | None, bound: float | None) -> str:
    """A value, marked where it is above its bound."""
    if value is None:
        return ""
    text = f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{text} (!)" if bound is not None and value > bound else text
