"""Forecasters that learn from many past origins at once: one regression over all lead times."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import pandas as pd
from sklearn import linear_model
from sklearn.base import RegressorMixin
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from ml.forecasting.estimators import Forecaster, SeasonalProfile
from ml.forecasting.features import FULL_YEAR_DAYS, FeatureTable, clean, training_pairs

TREE_COUNT = 100
SEED = 42


class DirectForecaster(Forecaster):
    """One regression for all lead times: a row per past origin and lead, the lead itself a feature.

    The target is revenue divided by the level at the origin, so no forecast is fed back into the next one, and by
    the holiday effect of the seasonal profile, since a tree sees too few holidays to learn it alone. Outliers are
    clipped in what is learnt from, never in what is forecast or judged. A weekday on which the store is closed
    (80 % zeros of the last twelve) is forecast as zero.

    Parameters
    ----------
    country_code : str or None, default=None
        Whose public holidays count; two letters, ISO 3166-1. Without one there are no holidays.
    horizon_days : int, default=90
        The longest lead to learn. Days asked for beyond it are treated like the longest lead learnt.
    max_rows : int, default=3000
        How many rows to learn from; more are thinned evenly over origins and leads.

    Attributes
    ----------
    features_ : list of str
        Names of the columns learnt from; see ``FeatureTable.rows``.
    regressor_ : estimator or None
        The fitted scikit-learn regressor; None where there was no open day to learn from.
    profile_ : SeasonalProfile
        Knows the holiday effect.
    longest_lead_ : int
        The longest lead that the history could teach, in days.
    """

    # mistaken for season by this regressor while less than a full year is known
    full_year_only: tuple[str, ...] = ()

    def __init__(self, country_code: str | None = None, horizon_days: int = 90, max_rows: int = 3000) -> None:
        self.country_code = country_code
        self.horizon_days = horizon_days
        self.max_rows = max_rows

    @abstractmethod
    def _regressor(self) -> RegressorMixin:
        """A fresh scikit-learn regressor."""

    def _learn(self, history: pd.Series) -> None:
        table = FeatureTable(pd.Series(clean(history.to_numpy()), index=history.index), self.country_code)
        origins, leads = training_pairs(len(history), self.horizon_days, self.max_rows)
        is_open = ~table.is_closed(origins, leads)
        origins, leads = origins[is_open], leads[is_open]
        self.table_, self.regressor_, self.features_, self.longest_lead_ = table, None, [], 0
        if len(origins) == 0:
            return
        rows = table.rows(origins, leads)
        self.profile_ = SeasonalProfile(self.country_code).fit(history)
        target = table.ratio(origins, leads) / self.profile_.holiday_effect(rows["holiday_rate"].to_numpy())
        hidden = self.full_year_only if len(history) < FULL_YEAR_DAYS else ()
        self.features_ = [name for name in rows.columns if name not in hidden]
        self.longest_lead_ = int(leads.max())
        self.regressor_ = self._regressor().fit(rows[self.features_], target)

    def _foresee(self, horizon_days: int) -> np.ndarray:
        if self.regressor_ is None:
            return np.zeros(horizon_days)
        leads = np.arange(1, horizon_days + 1)
        origins = np.full(horizon_days, len(self.history_) - 1)
        rows = self.table_.rows(origins, leads)
        rows["lead_days"] = rows["lead_days"].clip(upper=self.longest_lead_)
        usual = self.table_.level[-1] * self.profile_.holiday_effect(rows["holiday_rate"].to_numpy())
        amounts = usual * self.regressor_.predict(rows[self.features_])
        return np.where(self.table_.is_closed(origins, leads), 0.0, amounts)


class LinearRegression(DirectForecaster):
    """Ordinary least squares, with an indicator for each weekday, month and quarter."""

    full_year_only = ("lead_days", "moving_average_91", "trend", "month", "quarter")

    def _regressor(self) -> RegressorMixin:
        indicators = make_column_selector("^(?:weekday|month|quarter)$")
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        columns = make_column_transformer((encoder, indicators), remainder="passthrough")
        return make_pipeline(columns, linear_model.LinearRegression())


class GradientBoosting(DirectForecaster):
    """The sum of 100 shallow trees, each correcting those before it on half of the rows.

    References
    ----------
    Friedman (2002), Stochastic gradient boosting, Computational Statistics and Data Analysis 38.
    """

    def _regressor(self) -> RegressorMixin:
        return GradientBoostingRegressor(
            n_estimators=TREE_COUNT,
            random_state=SEED,
            learning_rate=0.05,
            subsample=0.5,
            max_features=1 / 3,
            min_samples_leaf=20,
        )


class RandomForest(DirectForecaster):
    """The mean of 100 trees, each grown on a sample of the rows, each split among a third of the features.

    References
    ----------
    Breiman (2001), Random forests, Machine Learning 45.
    """

    def _regressor(self) -> RegressorMixin:
        # one thread: the backtest runs several origins at a time
        return RandomForestRegressor(
            n_estimators=TREE_COUNT, random_state=SEED, min_samples_leaf=20, max_features=1 / 3, n_jobs=1
        )
