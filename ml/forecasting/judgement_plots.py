"""Pictures of how good forecasts were, from frames."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ml.forecasting.evaluation import score_models
from ml.forecasting.plots import FORECAST_COLOUR, draw_band, titled

MODEL_COLOURS = {"published": FORECAST_COLOUR, "weekday_mean": "#e09f3e", "seasonal_naive": "#9aa5b1"}
COVERAGE_COLOURS = {80: FORECAST_COLOUR, 95: "#e09f3e"}
IDEAL_COLOUR = "#9aa5b1"
SHOWN_FEATURES = 15
FAN_PCT = {95: (2.5, 97.5), 80: (10.0, 90.0)}
WEEKS_AHEAD = "days ahead of the cutoff, by weeks"


def error_figure(backtest: pd.DataFrame, store_name: str) -> go.Figure:
    """The error by weeks ahead of what was published and of the baselines, on the same days.

    ``backtest`` holds judged predictions with ``is_champion``; see ``ml.forecasting.backtest``.
    """
    scores = pd.concat({days: score_models(rows) for days, rows in backtest.groupby(_week_end(backtest))})
    figure = go.Figure()
    for model_name, colour in MODEL_COLOURS.items():
        rows = scores.xs(model_name, level=1)
        figure.add_scatter(
            x=rows.index.to_list(),
            y=100 * rows["wape_rate"],
            name=model_name.replace("_", " "),
            line={"color": colour, "width": 2},
        )
    return titled(
        figure,
        f"{store_name}: absolute error as % of revenue, by days ahead",
        yaxis_title="WAPE, %",
        xaxis_title=WEEKS_AHEAD,
    )


def error_fan_figure(backtest: pd.DataFrame, store_name: str, currency: str) -> go.Figure:
    """How far off what was published was, by weeks ahead: the median, and what 80 and 95 % of days kept within.

    ``backtest`` as in ``error_figure``. The error is forecast minus actual, in ``currency`` per day: above zero too
    much was promised.
    """
    judged = backtest[backtest["is_champion"]].dropna(subset="actual")
    error = (judged["forecast"] - judged["actual"]).groupby(_week_end(judged))
    days = sorted(error.groups)
    figure = go.Figure()
    for coverage, (low, high) in FAN_PCT.items():
        lower, upper = error.quantile(low / 100.0), error.quantile(high / 100.0)
        draw_band(figure, lower.index.to_series(), lower, upper, coverage)
    figure.add_scatter(x=days, y=error.median(), name="median", line={"color": FORECAST_COLOUR, "width": 2})
    figure.add_scatter(
        x=days, y=[0.0] * len(days), name="no error", line={"color": IDEAL_COLOUR, "width": 1, "dash": "dash"}
    )
    return titled(
        figure,
        f"{store_name}: error of what was published, by days ahead",
        yaxis_title=f"forecast minus actual, {currency} per day",
        xaxis_title=WEEKS_AHEAD,
    )


def coverage_figure(backtest: pd.DataFrame, store_name: str) -> go.Figure | None:
    """How many days the bands of what was published held, by weeks ahead, beside what they say; None without bands.

    ``backtest`` as in ``error_figure``.
    """
    judged = backtest[backtest["is_champion"]].dropna(subset=["actual", "lower_80"])
    if judged.empty:
        return None
    week_end = _week_end(judged)
    figure = go.Figure()
    for coverage, colour in COVERAGE_COLOURS.items():
        is_held = judged["actual"].between(judged[f"lower_{coverage}"], judged[f"upper_{coverage}"])
        held = 100.0 * is_held.groupby(week_end).mean()
        figure.add_scatter(
            x=held.index.to_list(), y=held, name=f"{coverage} % band", line={"color": colour, "width": 2}
        )
        figure.add_scatter(
            x=held.index.to_list(),
            y=[float(coverage)] * len(held),
            name=f"{coverage} % stated",
            line={"color": colour, "width": 1, "dash": "dash"},
        )
    return titled(
        figure,
        f"{store_name}: days within the bands, by days ahead",
        yaxis_title="% of days",
        xaxis_title=WEEKS_AHEAD,
    )


def level_coverage_figure(scores_by_level: pd.DataFrame, store_name: str) -> go.Figure | None:
    """How many days the bands held, per level and bucket of lead times, beside what they say; None without bands.

    ``scores_by_level`` has the columns of the table of scores.
    """
    if scores_by_level.empty:
        return None
    rows = scores_by_level.query("model_name == 'published' and period_days == 1 and lead_days_bucket != 'all'")
    rows = rows.dropna(subset="covered_80_rate")
    if rows.empty:
        return None
    order = {name: place for place, name in enumerate(("total", "category", "country", "product"))}
    rows = rows.assign(place=rows["series_level"].map(order)).sort_values(["place", "lead_days_bucket"])
    names = [
        f"{level}, {int(first)} to {int(last)} days ahead"
        for level, bucket in zip(rows["series_level"], rows["lead_days_bucket"], strict=True)
        for first, last in [bucket.split("-")]
    ]
    figure = go.Figure()
    for coverage, colour in COVERAGE_COLOURS.items():
        figure.add_bar(
            y=names,
            x=100.0 * rows[f"covered_{coverage}_rate"],
            orientation="h",
            name=f"{coverage} % band",
            marker={"color": colour},
        )
        figure.add_vline(x=coverage, line={"color": colour, "width": 1, "dash": "dash"})
    figure.update_yaxes(autorange="reversed")
    return titled(figure, f"{store_name}: days within the bands, by level", xaxis_title="% of days")


def importance_figure(importance: pd.DataFrame, store_name: str) -> go.Figure:
    """What the learners' error rises by without each feature: the mean of all learners, the largest fifteen.

    ``importance`` has ``feature`` and ``importance`` (a share of the error), a row per learner and feature.
    """
    rise = importance.groupby("feature")["importance"].mean().sort_values(ascending=False, kind="stable")
    rise = 100.0 * rise[:SHOWN_FEATURES]
    figure = go.Figure()
    names = [name.replace("_", " ") for name in rise.index]
    figure.add_bar(y=names, x=rise, orientation="h", name="mean of the learners", marker={"color": FORECAST_COLOUR})
    figure.update_yaxes(autorange="reversed")
    return titled(
        figure,
        f"{store_name}: what the learners go by",
        xaxis_title="rise of the absolute error when the feature is shuffled, %",
    )


def _week_end(predictions: pd.DataFrame) -> pd.Series:
    """The last day ahead of the week ahead that each prediction belongs to."""
    return (predictions["horizon_days"] + 6) // 7 * 7
