"""Daily net revenue per store, ninety days ahead, with bands; every prediction is a row that is scored later."""

from ml.forecasting.report import ForecastReport, StoreForecast
from ml.forecasting.run import run, run_from_two_origins

__all__ = ["ForecastReport", "StoreForecast", "run", "run_from_two_origins"]
