"""Everyone who runs for champion, by the name it has in the results."""

from __future__ import annotations

from ml.forecasting.estimators import Combination, Forecaster, SeasonalNaive, SeasonalProfile, WeekdayMean
from ml.forecasting.learners import GradientBoosting, LinearRegression, RandomForest

BASELINES = ("seasonal_naive", "weekday_mean")
SAFE_CHOICE = "combination"


def make_entrants(country_code: str | None, horizon_days: int) -> dict[str, Forecaster]:
    """The entrants of a store, baselines first, for a horizon in days; combinations stand after their members."""
    profile = ("seasonal_profile", SeasonalProfile(country_code))
    learners = [
        ("linear_regression", LinearRegression(country_code, horizon_days)),
        ("gradient_boosting", GradientBoosting(country_code, horizon_days)),
        ("random_forest", RandomForest(country_code, horizon_days)),
    ]
    return {
        "seasonal_naive": SeasonalNaive(),
        "weekday_mean": WeekdayMean(),
        **dict([profile, *learners]),
        SAFE_CHOICE: Combination(profile, learners),
    }
