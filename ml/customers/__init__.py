"""Every score of every customer of a store, as of a day: values, chances of churn with risk and reasons, segments."""

from ml.customers.report import CustomerReport, StoreCustomers
from ml.customers.run import run

__all__ = ["CustomerReport", "StoreCustomers", "run"]
