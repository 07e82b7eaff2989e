"""Forecasters that learn from many past origins at once: one regression over all lead times."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
import pandas as pd
from sklearn import linear_model
from sklearn.base import RegressorMixin
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from ml.forecasting.calendars import Calendar
from ml.forecasting.effects import CalendarEffects
from ml.forecasting.estimators import CalendarForecaster
from ml.forecasting.features import FULL_YEAR_DAYS, FeatureTable, check_history, training_pairs

TREE_COUNT = 100
SEED = 42


class DirectForecaster(CalendarForecaster):
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
    settings : dict or None, default=None
        Parameters of the regressor, in place of its own.

    Attributes
    ----------
    features_ : list of str
        Names of the columns learnt from; see ``FeatureTable.rows``.
    regressor_ : estimator or None
        The fitted scikit-learn regressor; None where there was no open day to learn from.
    longest_lead_ : int
        The longest lead that the history could teach, in days.
    """

    # mistaken for season by this regressor while less than a full year is known
    full_year_only: tuple[str, ...] = ()

    def __init__(
        self,
        calendar: Calendar | None = None,
        horizon_days: int = 90,
        max_rows: int = 3000,
        settings: dict | None = None,
    ) -> None:
        super().__init__(calendar)
        self.horizon_days = horizon_days
        self.max_rows = max_rows
        self.settings = settings

    @abstractmethod
    def _regressor(self) -> RegressorMixin:
        """A fresh scikit-learn regressor."""

    def _learn_plain(self, plain: pd.Series) -> None:
        table = FeatureTable(plain, self.calendar or Calendar())
        origins, leads = training_pairs(len(plain), self.horizon_days, self.max_rows)
        is_open = ~table.is_closed(origins, leads)
        origins, leads = origins[is_open], leads[is_open]
        self.table_, self.regressor_, self.features_, self.longest_lead_ = table, None, [], 0
        if len(origins) == 0:
            return
        rows = table.rows(origins, leads)
        hidden = self.full_year_only if len(plain) < FULL_YEAR_DAYS else ()
        self.features_ = [name for name in rows.columns if name not in hidden]
        self.longest_lead_ = int(leads.max())
        regressor = self._regressor().set_params(**(self.settings or {}))
        self.regressor_ = regressor.fit(rows[self.features_], table.ratio(origins, leads))

    def resume(self, history: pd.Series, regressor: RegressorMixin, longest_lead: int) -> DirectForecaster:
        """Stand at the end of another history with a regressor that was fitted before; returns the forecaster."""
        self.history_ = check_history(history)
        self.effects_ = CalendarEffects(self.history_, self.calendar or Calendar())
        self.table_ = FeatureTable(self.effects_.plain(self.history_), self.calendar or Calendar())
        self.regressor_, self.longest_lead_ = regressor, longest_lead
        self.features_ = list(regressor.feature_names_in_)
        return self

    def _foresee_plain(self, horizon_days: int) -> np.ndarray:
        if self.regressor_ is None:
            return np.zeros(horizon_days)
        leads = np.arange(1, horizon_days + 1)
        origins = np.full(horizon_days, len(self.history_) - 1)
        rows = self.table_.rows(origins, leads)
        rows["lead_days"] = rows["lead_days"].clip(upper=self.longest_lead_)
        amounts = self.table_.level[-1] * self.regressor_.predict(rows[self.features_])
        return np.where(self.table_.is_closed(origins, leads), 0.0, amounts)


class LinearRegression(DirectForecaster):
    """Ordinary least squares, with an indicator for each weekday, month and quarter."""

    full_year_only = ("lead_days", "level_91", "trend", "month", "quarter")

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


class HistogramBoosting(DirectForecaster):
    """Boosted trees on binned features, fitted to the absolute error: the median is not moved by a wild day.

    References
    ----------
    Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision tree, NeurIPS 30.
    """

    def _regressor(self) -> RegressorMixin:
        return HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=150,
            learning_rate=0.05,
            max_leaf_nodes=15,
            min_samples_leaf=30,
            l2_regularization=1.0,
            random_state=SEED,
        )
