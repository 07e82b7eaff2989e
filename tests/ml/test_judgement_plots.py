"""Pictures of past forecasts show what the frames say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.forecasting.judgement_plots import (
    coverage_figure,
    error_fan_figure,
    error_figure,
    importance_figure,
    level_coverage_figure,
)


def lines_of(figure) -> dict[str, tuple[list, list]]:
    return {trace.name: (list(trace.x), [round(value, 6) for value in trace.y]) for trace in figure.data}


def backtest_rows() -> pd.DataFrame:
    """A hundred cutoffs; errors of -50 to 49 in the first week, twice as much in the second."""
    parts = []
    for lead, factor in ((3, 1.0), (10, 2.0)):
        error = factor * np.arange(-50.0, 50.0)
        rows = {"model_name": "theta", "is_champion": True, "horizon_days": lead, "forecast": 100.0 + error}
        bands = {
            f"{side}_{coverage}": 100.0 + error + sign * coverage / 2.0
            for coverage in (80, 95)
            for side, sign in (("lower", -1), ("upper", 1))
        }
        parts.append(pd.DataFrame({**rows, **bands, "actual": 100.0}))
    others = parts[0].assign(model_name="weekday_mean", is_champion=False, forecast=1e6)
    return pd.concat([*parts, others], ignore_index=True)


def test_the_error_is_shown_by_weeks_ahead():
    leads = np.arange(1, 15)
    rows = [
        pd.DataFrame(
            {
                "model_name": name,
                "horizon_days": leads,
                "forecast": 100.0 + np.where(leads <= 7, near, far),
                "actual": 100.0,
                "is_champion": name == "weekday_mean",
            }
        )
        for name, near, far in (("weekday_mean", 10.0, 20.0), ("seasonal_naive", 30.0, 40.0))
    ]

    figure = error_figure(pd.concat(rows), "Harbour Home")

    lines = {trace.name: (list(trace.x), [round(value) for value in trace.y]) for trace in figure.data}
    assert lines["published"] == lines["weekday mean"] == ([7, 14], [10, 20])
    assert lines["seasonal naive"] == ([7, 14], [30, 40])


def test_the_fan_is_of_what_was_published_and_widens_with_its_errors():
    lines = lines_of(error_fan_figure(backtest_rows(), "Harbour Home", "EUR"))

    days, edge = lines["80 % of days"]
    assert days == [7, 14, 14, 7]
    assert edge == [39.1, 78.2, -80.2, -40.1], "from the ninth to the first tenth, there and back"
    assert lines["median"] == ([7, 14], [-0.5, -1.0])


def test_coverage_stands_beside_what_the_bands_say():
    lines = lines_of(coverage_figure(backtest_rows(), "Harbour Home"))

    assert lines["80 % band"] == ([7, 14], [81.0, 41.0])
    assert lines["95 % band"] == ([7, 14], [95.0, 47.0])
    assert lines["80 % stated"] == ([7, 14], [80.0, 80.0])


def test_without_bands_there_is_no_picture_of_them():
    assert coverage_figure(backtest_rows().assign(lower_80=np.nan), "Harbour Home") is None
    assert level_coverage_figure(pd.DataFrame(), "Harbour Home") is None


def test_coverage_by_level_shows_the_published_days_from_the_total_down():
    columns = ["series_level", "model_name", "period_days", "lead_days_bucket", "covered_80_rate", "covered_95_rate"]
    rows = [
        ("product", "published", 1, "001-007", 0.7, 0.9),
        ("total", "published", 1, "008-028", 0.8, 0.95),
        ("total", "published", 1, "001-007", 0.81, 0.96),
        ("total", "published", 1, "all", 0.5, 0.5),
        ("total", "published", 7, "001-007", 0.5, 0.5),
        ("total", "theta", 1, "001-007", 0.5, 0.5),
    ]

    figure = level_coverage_figure(pd.DataFrame(rows, columns=columns), "Harbour Home")

    days = ["total, 1 to 7 days ahead", "total, 8 to 28 days ahead", "product, 1 to 7 days ahead"]
    assert list(figure.data[0].y) == days
    assert [round(value, 6) for value in figure.data[0].x] == [81.0, 80.0, 70.0]
    assert [line.x0 for line in figure.layout.shapes] == [80, 95]


def test_importance_is_the_mean_of_the_learners_largest_first():
    rows = [
        ("theta", "lead_days", 0.1),
        ("theta", "weekday", 0.3),
        ("forest", "lead_days", 0.6),
        ("forest", "weekday", 0),
    ]

    figure = importance_figure(pd.DataFrame(rows, columns=["model_name", "feature", "importance"]), "Harbour Home")

    (bars,) = figure.data
    assert list(bars.y) == ["lead days", "weekday"]
    assert [round(value, 6) for value in bars.x] == [35.0, 15.0]
