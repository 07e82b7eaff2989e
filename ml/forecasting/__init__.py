"""Daily net revenue per store, ninety days ahead, with bands; every prediction is a row that is scored later."""

from ml.forecasting.report import ForecastReport, StoreForecast
from ml.forecasting.run import run

__all__ = ["ForecastReport", "StoreForecast", "run"]
