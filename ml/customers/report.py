"""What a run of the scores has brought, for the terminal, for Dagster and for pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from ml.customer_value.entrants import BASELINE
from ml.customers.score import NOBODY_COMES_BACK, StoreScores
from ml.snapshots import PERIODS_DAYS

if TYPE_CHECKING:
    import plotly.graph_objects as go

IN_WORDS = {
    NOBODY_COMES_BACK: "hardly anybody comes back: models of coming back are not usable here; values are what "
    "customers brought on average, churn is not scored",
    "store_too_young": "too young to know who stayed away: churn is not scored yet",
}


@dataclass(frozen=True)
class StoreCustomers:
    """What became of one store: scored, scored before (``is_reused``), or not, for a ``reason``."""

    store_id: str
    store_name: str
    currency: str
    reason: str = ""
    cutoff: pd.Timestamp | None = None
    customer_count: int = 0
    guest_orders: int = 0
    orders: int = 0
    scores: StoreScores | None = None
    rfm_segments: pd.Series | None = None
    rows_written: int = 0
    is_reused: bool = False
    step_seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """What all steps took together."""
        return sum(self.step_seconds.values())


@dataclass(frozen=True)
class CustomerReport:
    """What became of every store of a run."""

    stores: Sequence[StoreCustomers]

    @property
    def row_count(self) -> int:
        """Rows that the run wrote."""
        return sum(store.rows_written for store in self.stores)

    def text(self) -> str:
        """A paragraph per store for the terminal."""
        if not self.stores:
            return "there is no store whose customers could be scored"
        return "\n\n".join("\n".join(_paragraph(store)) for store in self.stores)

    def markdown(self) -> str:
        """The same in Markdown."""
        return "\n\n".join(
            f"**{store.store_id}**\n\n```\n" + "\n".join(list(_paragraph(store))[1:]) + "\n```" for store in self.stores
        )

    def figures(self) -> dict[str, go.Figure]:
        """Pictures by name: per store the calibration of values and chances, and precision over recall."""
        from ml.customers.plots import calibration_figure, precision_recall_figure  # plotly takes long to import

        figures = {}
        for store in self.stores:
            if store.scores is None:
                continue
            name, scores = store.store_name, store.scores
            for days, table in scores.value_calibration.items():
                title = f"{name}: value of the next {days} days, by tenths of customers, from past days"
                figures[f"{store.store_id}_value_{days}_days"] = calibration_figure(table, title, store.currency)
            if len(scores.churn_calibration):
                title = f"{name}: chance of no purchase in {scores.window_days} days, by tenths, from past days"
                figures[f"{store.store_id}_churn"] = calibration_figure(scores.churn_calibration, title, "rate")
                base_rate = scores.churn_scores["base_rate"].iloc[0]
                title = f"{name}: who stays away, precision over recall, from past days"
                figures[f"{store.store_id}_churn_precision"] = precision_recall_figure(
                    scores.precision_recall, base_rate, title
                )
        return figures


def _paragraph(store: StoreCustomers) -> Iterator[str]:
    if store.reason:
        yield f"{store.store_id}: {store.reason}"
        return
    yield f"{store.store_id}, as of {store.cutoff:%Y-%m-%d}, {store.seconds:.1f} s"
    share = f" ({100 * store.guest_orders / store.orders:.0f} % of orders, not scored)" if store.guest_orders else ""
    yield f"  {store.customer_count:,} customers; {store.guest_orders:,} orders by guests{share}"
    scores = store.scores
    if scores is None:
        yield "  scored before from the same data: nothing was changed"
        return
    repeat_pct = 100 * scores.repeat_count / scores.customer_count
    yield f"  {scores.repeat_count:,} bought again ({repeat_pct:.0f} %); {store.rows_written:,} rows written"
    for why in dict.fromkeys((scores.unusable, scores.churn_unusable)):
        if why:
            yield f"  {IN_WORDS[why]}"
    for days in PERIODS_DAYS:
        yield f"  value of {days} days: {_judged_value(scores, days, store.currency)}"
    if not scores.churn_unusable:
        yield f"  churn, {scores.window_days} days without a purchase: {_judged_churn(scores)}"
        yield f"  risk: medium from {scores.thresholds.medium:.2f}, high from {scores.thresholds.high:.2f}"
        fresh = int(scores.customers["not_scored_reason"].notna().sum())
        if fresh:
            yield f"  {fresh:,} bought once and this week: too early for a chance"
    if scores.segments:
        judged = scores.segments.choice.loc[len(scores.segments.profile)]
        yield (
            f"  {len(scores.segments.profile)} segments (silhouette {judged['silhouette']:.2f}, "
            f"stability {judged['stability']:.2f}), by RFM name:"
        )
        crossing = scores.crossing(store.rfm_segments) if store.rfm_segments is not None else pd.DataFrame()
        yield from (f"    {line}" for line in (crossing.to_string().splitlines() if len(crossing) else []))


def _judged_value(scores: StoreScores, days: int, currency: str) -> str:
    champion = scores.champions["clv", days]
    table = scores.value_scores.get(days)
    if table is None:
        return f"{champion} (no such period has passed: not judged)"
    row, naive = table.loc[champion], table.loc[BASELINE]
    return (
        f"{champion}, MAE {row['mae']:,.2f} {currency} (naive rate {naive['mae']:,.2f}), bias {row['bias']:+,.2f}, "
        f"top tenth holds {100 * row['captured_rate']:.1f} % of spend ({100 * naive['captured_rate']:.1f} %)"
    )


def _judged_churn(scores: StoreScores) -> str:
    champion = scores.champions["churn"]
    if scores.churn_scores.empty:
        return f"{champion} (no such window has passed: not judged)"
    row, alone = scores.churn_scores.loc[champion], scores.churn_scores.loc["recency_alone"]
    return (
        f"{champion}, average precision {row['average_precision']:.3f} "
        f"(recency alone {alone['average_precision']:.3f}, base rate {row['base_rate']:.3f}), "
        f"lift {row['lift']:.2f}, Brier {row['brier']:.3f}, "
        f"calibration error {row['calibration_error']:.3f}"
    )
