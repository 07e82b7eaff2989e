"""Pictures show what the frames say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.plots import SHOWN_PARTS, forecast_figure, parts_figure


def live_rows(days: int) -> pd.DataFrame:
    forecast = np.linspace(100.0, 200.0, days)
    return pd.DataFrame(
        {
            "model_name": "weekday_mean",
            "forecast_date": pd.date_range("2024-08-17", periods=days),
            "forecast": forecast,
            **{f"lower_{coverage}": forecast - coverage for coverage in (80, 95)},
            **{f"upper_{coverage}": forecast + coverage for coverage in (80, 95)},
        }
    )


def test_the_forecast_stands_after_the_history_within_its_bands(history):
    live = live_rows(90)
    live.loc[60:, ["lower_80", "upper_80", "lower_95", "upper_95"]] = np.nan

    figure = forecast_figure(history, live, "Harbour Home", "EUR")

    traces = {trace.name: trace for trace in figure.data}
    assert list(traces) == ["95 % of days", "80 % of days", "actual", "forecast"]
    assert len(traces["80 % of days"].y) == 120, "there and back over the sixty days that have a band"
    assert list(traces["forecast"].y) == list(live["forecast"])
    assert pd.Timestamp(traces["actual"].x[-1]) < pd.Timestamp(traces["forecast"].x[0])
    assert "Harbour Home" in figure.layout.title.text
    assert "weekday mean" in figure.layout.title.text


def test_a_forecast_without_bands_is_a_line(history):
    live = live_rows(30).assign(lower_80=np.nan, upper_80=np.nan, lower_95=np.nan, upper_95=np.nan)

    figure = forecast_figure(history, live, "Harbour Home", "EUR")

    assert [trace.name for trace in figure.data] == ["actual", "forecast"]


def test_the_categories_stand_upon_each_other_and_lose_nothing():
    days = pd.date_range("2024-08-17", periods=3)
    keys = [f"category {number}" for number in range(SHOWN_PARTS + 3)]
    parts = pd.DataFrame(
        [(key, day, 10.0 * number) for number, key in enumerate(keys) for day in days],
        columns=["series_key", "forecast_date", "forecast"],
    )

    figure = parts_figure(parts, "Harbour Home", "EUR")

    assert [trace.name for trace in figure.data] == [*keys[: -SHOWN_PARTS - 1 : -1], "3 smaller ones"]
    assert {trace.stackgroup for trace in figure.data} == {"parts"}
    total = parts.groupby("forecast_date")["forecast"].sum()
    assert list(np.sum([trace.y for trace in figure.data], axis=0)) == list(total)
