"""Pictures of a forecast, from frames."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ml.forecasting.evaluation import score_models
from ml.forecasting.intervals import COVERAGES_PCT

SHOWN_DAYS = 180
ACTUAL_COLOUR = "#5b6770"
FORECAST_COLOUR = "#0b6e99"
BAND_COLOURS = {80: "rgba(11, 110, 153, 0.28)", 95: "rgba(11, 110, 153, 0.13)"}
MODEL_COLOURS = {"published": FORECAST_COLOUR, "weekday_mean": "#e09f3e", "seasonal_naive": "#9aa5b1"}


def forecast_figure(history: pd.Series, live: pd.DataFrame, store_name: str, currency: str) -> go.Figure:
    """The last half year of a history and the published forecast with its bands.

    ``history`` is a daily Series; ``live`` has ``forecast_date``, ``forecast`` and ``lower``/``upper`` per coverage,
    which may be NaN; all in ``currency``.
    """
    shown = history.iloc[-SHOWN_DAYS:]
    figure = go.Figure()
    for coverage in sorted(COVERAGES_PCT, reverse=True):
        band = live.dropna(subset=[f"lower_{coverage}"])
        if band.empty:
            continue
        days = pd.concat([band["forecast_date"], band["forecast_date"][::-1]])
        edge = pd.concat([band[f"upper_{coverage}"], band[f"lower_{coverage}"][::-1]])
        figure.add_scatter(
            x=days,
            y=edge,
            fill="toself",
            fillcolor=BAND_COLOURS[coverage],
            line={"width": 0},
            hoverinfo="skip",
            name=f"{coverage} % of days",
        )
    figure.add_scatter(x=shown.index, y=shown, name="actual", line={"color": ACTUAL_COLOUR, "width": 1.2})
    figure.add_scatter(
        x=live["forecast_date"], y=live["forecast"], name="forecast", line={"color": FORECAST_COLOUR, "width": 2}
    )
    return _titled(
        figure,
        f"{store_name}: net revenue per day, forecast by {live['model_name'].iloc[0].replace('_', ' ')}",
        yaxis_title=currency,
    )


def error_figure(backtest: pd.DataFrame, store_name: str) -> go.Figure:
    """The error by weeks ahead of what was published and of the baselines, on the same days.

    ``backtest`` holds judged predictions with ``is_champion``; see ``ml.forecasting.backtest``.
    """
    week_end = (backtest["horizon_days"] + 6) // 7 * 7
    scores = pd.concat({days: score_models(rows) for days, rows in backtest.groupby(week_end)})
    figure = go.Figure()
    for model_name, colour in MODEL_COLOURS.items():
        rows = scores.xs(model_name, level=1)
        figure.add_scatter(
            x=rows.index.to_list(),
            y=100 * rows["wape_rate"],
            name=model_name.replace("_", " "),
            line={"color": colour, "width": 2},
        )
    return _titled(
        figure,
        f"{store_name}: absolute error as % of revenue, by days ahead",
        yaxis_title="WAPE, %",
        xaxis_title="days ahead of the cutoff, by weeks",
    )


def _titled(figure: go.Figure, title: str, **axes: str) -> go.Figure:
    return figure.update_layout(
        title=title,
        template="plotly_white",
        legend={"orientation": "h", "y": -0.18},
        margin={"l": 60, "r": 20, "t": 60, "b": 40},
        yaxis_rangemode="tozero",
        **axes,
    )
