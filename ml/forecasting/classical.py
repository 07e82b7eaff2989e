"""Models of one series from statsforecast: as they are, and on the plain history."""

from __future__ import annotations

import warnings
from abc import abstractmethod

import numpy as np
import pandas as pd
from statsforecast import models

from ml.forecasting.estimators import CalendarForecaster, Forecaster
from ml.forecasting.features import days_after

WEEK_DAYS = 7
SHORT_DAYS = 56
LONGEST_DAYS = 730  # what lies farther back changes these models little, and costs time


class AutoETS(Forecaster):
    """Exponential smoothing chosen by AICc, on the history as it is: the rival that is hard to beat.

    It knows weekdays, but neither holidays nor closing days nor promotions.

    References
    ----------
    Hyndman, Koehler, Snyder and Grose (2002), A state space framework for automatic forecasting using exponential
    smoothing methods, International Journal of Forecasting 18.
    """

    def _learn(self, history: pd.Series) -> None:
        self.values_ = history.to_numpy()[-LONGEST_DAYS:]

    def _foresee(self, horizon_days: int) -> np.ndarray:
        return _carry_on(models.AutoETS(season_length=WEEK_DAYS), self.values_, horizon_days)


class ClassicalForecaster(CalendarForecaster):
    """Carries on the plain history without its season by a model of one series, and gives the season back.

    Attributes
    ----------
    values_ : ndarray
        What is carried on: up to two years, in the history's currency.
    """

    @abstractmethod
    def _model(self) -> models._TS:
        """A fresh model of statsforecast."""

    def _learn_plain(self, plain: pd.Series) -> None:
        self.values_ = (plain / self.effects_.seasonal(plain.index)).to_numpy()[-LONGEST_DAYS:]

    def _foresee_plain(self, horizon_days: int) -> np.ndarray:
        # eight weeks or less hold no trend that deserves the name
        model = self._model() if len(self.values_) > SHORT_DAYS else models.SeasonalWindowAverage(WEEK_DAYS, 4)
        carried_on = _carry_on(model, self.values_, horizon_days)
        return carried_on * self.effects_.seasonal(days_after(self.history_, horizon_days))


class DampedETS(ClassicalForecaster):
    """Exponential smoothing with a trend that flattens out: undamped ones run away in ninety days.

    References
    ----------
    Gardner and McKenzie (1985), Forecasting trends in time series, Management Science 31.
    """

    def _model(self) -> models._TS:
        return models.AutoETS(season_length=WEEK_DAYS, model="ZZZ", damped=True)


class Theta(ClassicalForecaster):
    """Half the drift of a straight line, half exponential smoothing, with the parameters that fit best.

    References
    ----------
    Fiorucci et al. (2016), Models for optimising the theta method and their relationship to state space models,
    International Journal of Forecasting 32.
    """

    def _model(self) -> models._TS:
        return models.DynamicOptimizedTheta(season_length=WEEK_DAYS)


class AutoARIMA(ClassicalForecaster):
    """Seasonal ARIMA chosen stepwise by AICc, approximated while it searches, with two terms a side at most.

    References
    ----------
    Hyndman and Khandakar (2008), Automatic time series forecasting: the forecast package for R, Journal of Statistical
    Software 27.
    """

    def _model(self) -> models._TS:
        return models.AutoARIMA(season_length=WEEK_DAYS, approximation=True, max_p=2, max_q=2, max_P=1, max_Q=1)


def _carry_on(model: models._TS, values: np.ndarray, horizon_days: int) -> np.ndarray:
    """A model's forecast; that of the last week's mean where every day was alike, which no model can be fitted to."""
    if np.ptp(values[-4 * WEEK_DAYS :]) == 0.0:
        return np.full(horizon_days, values[-1])
    with warnings.catch_warnings():  # of optimisers that stop early
        warnings.simplefilter("ignore")
        return model.forecast(y=values.astype(float), h=horizon_days)["mean"]
