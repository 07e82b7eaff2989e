"""Pictures of what is said of the days ahead, from frames."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ml.forecasting.intervals import COVERAGES_PCT

SHOWN_DAYS = 180
SHOWN_PARTS = 8  # the rest in one
ACTUAL_COLOUR = "#5b6770"
FORECAST_COLOUR = "#0b6e99"
SCENARIO_COLOUR = "#e09f3e"
BAND_COLOURS = {80: "rgba(11, 110, 153, 0.28)", 95: "rgba(11, 110, 153, 0.13)"}
PART_COLOURS = ("#0b6e99", "#e09f3e", "#5a8f69", "#a4508b", "#c8553d", "#3d5a80", "#8d99ae", "#b5a642", "#9aa5b1")


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
        draw_band(figure, band["forecast_date"], band[f"lower_{coverage}"], band[f"upper_{coverage}"], coverage)
    figure.add_scatter(x=shown.index, y=shown, name="actual", line={"color": ACTUAL_COLOUR, "width": 1.2})
    figure.add_scatter(
        x=live["forecast_date"], y=live["forecast"], name="forecast", line={"color": FORECAST_COLOUR, "width": 2}
    )
    return titled(
        figure,
        f"{store_name}: net revenue per day, forecast by {live['model_name'].iloc[0].replace('_', ' ')}",
        yaxis_title=currency,
    )


def draw_band(figure: go.Figure, x: pd.Series, lower: pd.Series, upper: pd.Series, coverage_pct: int) -> None:
    """Fill what lies between two lines: forward along the upper one, and back along the lower one."""
    figure.add_scatter(
        x=pd.concat([x, x[::-1]]),
        y=pd.concat([upper, lower[::-1]]),
        fill="toself",
        fillcolor=BAND_COLOURS[coverage_pct],
        line={"width": 0},
        hoverinfo="skip",
        name=f"{coverage_pct} % of days",
    )


def parts_figure(parts: pd.DataFrame, store_name: str, currency: str) -> go.Figure:
    """The published forecast of the categories, one upon the other; together they are the store's.

    ``parts`` has ``series_key``, ``forecast_date`` and ``forecast`` in ``currency``. Of more than nine the
    largest eight stand alone.
    """
    wide = parts.pivot(index="forecast_date", columns="series_key", values="forecast")
    order = wide.sum().sort_values(ascending=False, kind="stable").index
    has_rest = len(order) > SHOWN_PARTS + 1  # a single one has a name
    shown = wide[order[:SHOWN_PARTS]] if has_rest else wide[order]
    if has_rest:
        rest = f"{len(order) - SHOWN_PARTS} smaller ones"
        shown = shown.assign(**{rest: wide[order[SHOWN_PARTS:]].sum(axis=1)})
    figure = go.Figure()
    for colour, (key, amounts) in zip(PART_COLOURS, shown.items(), strict=False):
        figure.add_scatter(
            x=amounts.index, y=amounts, name=key, stackgroup="parts", line={"width": 0.5, "color": colour}
        )
        figure.data[-1].fillcolor = colour
    return titled(
        figure, f"{store_name}: published forecast of the categories, {len(shown)} days", yaxis_title=currency
    )


def scenario_figure(rows: pd.DataFrame, store_name: str, currency: str) -> go.Figure:
    """The published forecast with plans and without; ``rows`` of the total, see ``scenarios.StoreScenario``."""
    figure = go.Figure()
    for column, name, colour in (
        ("scenario", "with the plans", SCENARIO_COLOUR),
        ("base", "as published", FORECAST_COLOUR),
    ):
        figure.add_scatter(x=rows["forecast_date"], y=rows[column], name=name, line={"color": colour, "width": 2})
    return titled(figure, f"{store_name}: net revenue per day with the plans and without", yaxis_title=currency)


def titled(figure: go.Figure, title: str, **axes: str) -> go.Figure:
    """The figure in the manner of all, from zero on."""
    return figure.update_layout(
        title=title,
        template="plotly_white",
        legend={"orientation": "h", "y": -0.18},
        margin={"l": 60, "r": 20, "t": 60, "b": 40},
        yaxis_rangemode="tozero",
        **axes,
    )
