"""Everyone who runs for champion, by the name it has in the results."""

from __future__ import annotations

from ml.forecasting.calendars import Calendar
from ml.forecasting.classical import AutoARIMA, AutoETS, DampedETS, Theta
from ml.forecasting.estimators import Forecaster, SeasonalNaive, SeasonalProfile, WeekdayMean
from ml.forecasting.learners import GradientBoosting, HistogramBoosting, LinearRegression, RandomForest

BASELINES = ("seasonal_naive", "weekday_mean")


def make_entrants(calendar: Calendar, horizon_days: int) -> dict[str, Forecaster]:
    """The entrants of a store's total, baselines first, for a horizon in days; the combination is made of them."""
    return {
        "seasonal_naive": SeasonalNaive(),
        "weekday_mean": WeekdayMean(),
        "auto_ets": AutoETS(),
        "auto_arima": AutoARIMA(calendar),
        "damped_ets": DampedETS(calendar),
        "theta": Theta(calendar),
        "seasonal_profile": SeasonalProfile(calendar),
        "linear_regression": LinearRegression(calendar, horizon_days),
        "gradient_boosting": GradientBoosting(calendar, horizon_days),
        "random_forest": RandomForest(calendar, horizon_days),
        "histogram_boosting": HistogramBoosting(calendar, horizon_days),
    }
