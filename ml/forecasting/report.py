"""What a run of the forecast has brought, for the terminal, for Dagster and for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from ml.forecasting.entrants import BASELINES
from ml.forecasting.evaluation import score_by_lead, score_models

if TYPE_CHECKING:
    import plotly.graph_objects as go

JUDGED = ("published", *BASELINES)
MEASURES = ("RMSE", "MAE", "WAPE")
WORDS, COUNTS = ("store", "until", "champion"), ("cutoffs", "rows", "seconds")
# two lines above the table of the terminal, one above that of Markdown
GROUPS = (*("",) * len(WORDS), *(text for name in JUDGED for text in (name.replace("_", " "), "", "")))
HEADS = (*WORDS, *MEASURES * len(JUDGED), *COUNTS)
LONG_HEADS = (*WORDS, *(f"{name.replace('_', ' ')} {measure}" for name in JUDGED for measure in MEASURES), *COUNTS)
NARROWEST = 8


@dataclass(frozen=True)
class StoreForecast:
    """What became of one store.

    ``predictions`` are the rows of the store, as in ``ml.forecasting.backtest``, with champions and bands: the
    backtest, and the live forecast from ``cutoff``; ``scores_by_level`` are the rows of the table of scores,
    of categories, countries and products too, ``importance`` is what the learners go by (see
    ``ml.forecasting.importance``), ``parts`` the published live forecast of the categories. ``reason`` says why there
    is no forecast, where there is none.
    """

    store_id: str
    store_name: str
    currency: str
    history: pd.Series
    cutoff: pd.Timestamp | None = None
    predictions: pd.DataFrame = field(default_factory=pd.DataFrame)
    reason: str = ""
    scores_by_level: pd.DataFrame = field(default_factory=pd.DataFrame)
    importance: pd.DataFrame = field(default_factory=pd.DataFrame)
    parts: pd.DataFrame = field(default_factory=pd.DataFrame)
    row_count: int = 0
    is_reused: bool = False
    is_retrained: bool = False
    rows_written: int = 0
    seconds: float = 0.0

    @property
    def champion(self) -> str:
        """The model of the published live forecast."""
        return str(self.live["model_name"].iloc[0])

    @property
    def live(self) -> pd.DataFrame:
        """The published forecast: one row per day ahead, with bands."""
        rows = self.predictions
        return rows[(rows["cutoff_date"] == self.cutoff) & rows["is_champion"]].sort_values("forecast_date")

    @property
    def backtest(self) -> pd.DataFrame:
        """The predictions of all models on days that have come."""
        return self.predictions[self.predictions["cutoff_date"] < self.cutoff]

    @property
    def cutoff_count(self) -> int:
        """From how many past days the store was forecast again."""
        return self.backtest["cutoff_date"].nunique()

    def scores(self) -> pd.DataFrame:
        """Errors of what was published and of each model, on the same days; see ``score_models``."""
        return score_models(self.backtest)

    def scores_by_lead(self) -> pd.DataFrame:
        """The same per bucket of lead times; see ``score_by_lead``."""
        return score_by_lead(self.backtest)


@dataclass(frozen=True)
class ForecastReport:
    """What became of every store of a run."""

    stores: Sequence[StoreForecast]

    @property
    def row_count(self) -> int:
        """Rows of the results that the run stands for, written or found."""
        return sum(store.row_count for store in self.stores)

    def text(self) -> str:
        """A table for the terminal."""
        if not self.stores:
            return "there is no store to forecast"
        lines = self._lines()
        full = [line for line in (HEADS, *lines) if len(line) == len(HEADS)]
        widths = [max(NARROWEST, *(len(line[place]) for line in full)) for place in range(len(HEADS))]
        groups = "  ".join(text.ljust(width) for text, width in zip(GROUPS, widths, strict=False)).rstrip()
        return "\n".join([groups, *(_aligned(line, widths) for line in (HEADS, *lines)), *self._legend()])

    def markdown(self) -> str:
        """The same table in Markdown."""
        if not self.stores:
            return "There is no store to forecast."
        lines = [(*line, *[""] * (len(LONG_HEADS) - len(line))) for line in self._lines()]
        table = [LONG_HEADS, ("---",) * len(LONG_HEADS), *lines]
        return "\n".join(["| " + " | ".join(line) + " |" for line in table] + ["", *self._legend()])

    def figures(self) -> dict[str, go.Figure]:
        """Figures by name, per store: the forecast, and past forecasts beside actuals."""
        return {name: figure for store in self.stores for name, figure in _figures(store).items() if figure is not None}

    def _lines(self) -> list[tuple[str, ...]]:
        lines = []
        for store in self.stores:
            if store.reason:
                lines.append((store.store_id, "", store.reason))
                continue
            scores = store.scores()
            rows = "reused" if store.is_reused else f"{store.rows_written:,}"
            lines.append(
                (
                    store.store_id,
                    f"{store.cutoff:%Y-%m-%d}",
                    store.champion,
                    *(text for name in JUDGED for text in _measures(scores, name)),
                    str(store.cutoff_count),
                    rows,
                    f"{store.seconds:.1f}",
                )
            )
        return lines

    def _legend(self) -> list[str]:
        currencies = ", ".join(f"{store.store_id} in {store.currency}" for store in self.stores)
        return [
            f"RMSE and MAE per day: {currencies}.",
            "Published: what would have been published at each past cutoff, chosen by earlier errors alone.",
        ]


def _figures(store: StoreForecast) -> dict[str, go.Figure | None]:
    if store.reason:
        return {}
    from ml.forecasting import judgement_plots, plots  # plotly takes long to import

    name, currency, backtest = store.store_name, store.currency, store.backtest
    figures = {"": plots.forecast_figure(store.history, store.live, name, currency)}
    if len(store.parts):
        figures["_categories"] = plots.parts_figure(store.parts, name, currency)
    if len(backtest):
        figures["_error_by_lead"] = judgement_plots.error_figure(backtest, name)
        figures["_error_fan"] = judgement_plots.error_fan_figure(backtest, name, currency)
        figures["_coverage"] = judgement_plots.coverage_figure(backtest, name)
        figures["_coverage_by_level"] = judgement_plots.level_coverage_figure(store.scores_by_level, name)
    if len(store.importance):
        figures["_importance"] = judgement_plots.importance_figure(store.importance, name)
    return {store.store_id + picture: figure for picture, figure in figures.items()}


def _measures(scores: pd.DataFrame, name: str) -> tuple[str, str, str]:
    if name not in scores.index:
        return ("-", "-", "-")
    row = scores.loc[name]
    wape = "-" if pd.isna(row["wape_rate"]) else f"{100 * row['wape_rate']:.1f}%"
    return (f"{row['rmse']:,.0f}", f"{row['mae']:,.0f}", wape)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left, numbers to the right; a line that ends in words may be longer than its column."""
    cells = [text.ljust(width) for text, width in zip(line[: len(WORDS)], widths, strict=False)]
    cells += [text.rjust(width) for text, width in zip(line[len(WORDS) :], widths[len(WORDS) :], strict=False)]
    return "  ".join(cells).rstrip()
