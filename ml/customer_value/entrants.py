"""Who says what a customer will bring: a naive rate, BG/NBD with Gamma-Gamma, a Random Forest, and their combination.

All learn with ``fit(known)``: snapshots up to a day with the labels known by then (see ``ml.snapshots``), of which the
latest is that day's. ``predict(customers, period_days)`` is the expected net revenue of each customer in the days that
follow, ``predict_purchases`` the expected purchases; arrays, a value per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestRegressor

from ml.customer_value.purchases import BetaGeometricNBD
from ml.customer_value.spend import GammaGamma
from ml.snapshots import (
    PERIODS_DAYS,
    feature_matrix,
    predict_in_blocks,
    purchase_history,
    rank_countries,
    rows_per_tree,
)

BASELINE = "naive_rate"
SAFE_CHOICE = "combination"
TRAINING_SNAPSHOTS = 4
TRAINING_ROWS = 20_000
SMALLEST_SHARE_OF_MEAN = 0.05  # an expectation below that would make a ratio to it anything


class NaiveRate(BaseEstimator):
    """As much per day as since the first purchase: what every other model must beat.

    Parameters
    ----------
    shortest_days : int, default=90
        Over which the revenue of a newer customer is spread: a first purchase is not repeated every day.
    """

    def __init__(self, shortest_days: int = 90) -> None:
        self.shortest_days = shortest_days

    def fit(self, known: pd.DataFrame) -> NaiveRate:
        return self

    def predict(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        return self._per_day(customers, "net_revenue") * period_days

    def predict_purchases(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        return self._per_day(customers, "purchase_count") * period_days

    def _per_day(self, customers: pd.DataFrame, column: str) -> np.ndarray:
        return customers[column].to_numpy(float) / np.maximum(customers["tenure_days"], self.shortest_days).to_numpy()


class StoreMean(BaseEstimator):
    """What the store's customers brought on average, for everyone: all that can be said where nobody comes back.

    The mean of the latest snapshots of which the period has come, or else of the longest that has, by days.
    """

    def fit(self, known: pd.DataFrame) -> StoreMean:
        """Raises ValueError where no future has come."""
        self.per_period_ = {}
        for days in PERIODS_DAYS:
            rows = known[known[_label("net_revenue", days)].notna()]
            if len(rows):
                rows = rows[rows["snapshot_date"].isin(np.sort(rows["snapshot_date"].unique())[-TRAINING_SNAPSHOTS:])]
                self.per_period_[days] = float(rows[_label("net_revenue", days)].astype(float).mean())
        if not self.per_period_:
            raise ValueError(f"wanted snapshots of {PERIODS_DAYS[0]} days ago or more, to learn what became of them")
        return self

    def predict(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        nearest = max([days for days in self.per_period_ if days <= period_days], default=min(self.per_period_))
        return np.full(len(customers), self.per_period_[nearest] * period_days / nearest)


class PurchasesAndSpend(BaseEstimator):
    """BG/NBD for how often, Gamma-Gamma for how much, less what the store's customers send back.

    Returns are the store's share of all amounts so far: too few of them are one customer's to tell.

    Parameters
    ----------
    first_counts : bool, default=False
        Whether the amount of the first purchase tells something of those to come. As the papers have it, it does not.

    Attributes
    ----------
    purchases_, spend_ : BetaGeometricNBD, GammaGamma
    kept_rate_ : float
        Net revenue / gross less discounts.
    """

    def __init__(self, first_counts: bool = False) -> None:
        self.first_counts = first_counts

    def fit(self, known: pd.DataFrame, purchases: BetaGeometricNBD | None = None) -> PurchasesAndSpend:
        """Learn, with a BG/NBD that has been fitted to the same customers where there is one.

        Raises ValueError where nobody bought again, or all for one amount.
        """
        customers = _latest(known)
        self.purchases_ = purchases or BetaGeometricNBD().fit(*purchase_history(customers))
        self.spend_ = GammaGamma().fit(*self._amounts(customers))
        ordered = (customers["mean_purchase_amount"].astype(float) * customers["purchase_count"]).sum()
        self.kept_rate_ = float(np.clip(customers["net_revenue"].sum() / ordered, 0.0, 1.0)) if ordered > 0 else 0.0
        return self

    def predict(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        return self.predict_purchases(customers, period_days) * self.predict_amount(customers)

    def predict_purchases(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        return self.purchases_.predict(*purchase_history(customers), period_days)

    def predict_amount(self, customers: pd.DataFrame) -> np.ndarray:
        """Net revenue that a further purchase of each customer would bring."""
        return self.kept_rate_ * self.spend_.predict(*self._amounts(customers))

    def _amounts(self, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        frequency = purchase_history(customers)[0]
        if self.first_counts:
            return frequency + 1.0, customers["mean_purchase_amount"].fillna(0.0).to_numpy(float)
        return frequency, customers["mean_repeat_amount"].fillna(0.0).to_numpy(float)


class ForestOfRatios(BaseEstimator):
    """A Random Forest of what customers brought by what BG/NBD and Gamma-Gamma expected of them.

    It learns from the latest snapshots of which the longest period has come that has come of any. What it learns is a
    ratio, weighted by what was expected, so that it carries over to other periods and to seasons of another level;
    a forest of amounts would follow the few largest customers.

    Parameters
    ----------
    model : PurchasesAndSpend
        Fitted to the same snapshots; what it expects is what ratios are of.
    tree_count, leaf_customers, row_count, seed : int
        Size of the forest, least customers of a leaf, and most snapshots to learn from.
    """

    def __init__(
        self,
        model: PurchasesAndSpend,
        tree_count: int = 100,
        leaf_customers: int = 125,
        row_count: int = TRAINING_ROWS,
        seed: int = 42,
    ) -> None:
        self.model = model
        self.tree_count = tree_count
        self.leaf_customers = leaf_customers
        self.row_count = row_count
        self.seed = seed

    def fit(self, known: pd.DataFrame) -> ForestOfRatios:
        """Raises ValueError where no future has come to learn from."""
        learnable = [days for days in PERIODS_DAYS if known[_label("net_revenue", days)].notna().any()]
        if not learnable:
            raise ValueError(f"wanted snapshots of {PERIODS_DAYS[0]} days ago or more, to learn what became of them")
        self.learnt_days_ = learnable[-1]
        rows = known[known[_label("net_revenue", self.learnt_days_)].notna()]
        rows = rows[rows["snapshot_date"].isin(np.sort(rows["snapshot_date"].unique())[-TRAINING_SNAPSHOTS:])]
        if len(rows) > self.row_count:
            rows = rows.sample(self.row_count, random_state=self.seed)
        self.country_ranks_ = rank_countries(known)
        self.rows_ = rows
        self.forests_: dict[str, RandomForestRegressor] = {}
        return self

    def predict(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        return self.ratios(customers, "net_revenue") * _above_nothing(self.model.predict(customers, period_days))

    def predict_purchases(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        expected = self.model.predict_purchases(customers, period_days)
        return self.ratios(customers, "purchase_count") * _above_nothing(expected)

    def ratios(self, customers: pd.DataFrame, what: str = "net_revenue") -> np.ndarray:
        """What customers of their kind brought, by what was expected of them; 1 is as expected."""
        if what not in self.forests_:
            self.forests_[what] = self._grow(what)
        return predict_in_blocks(self.forests_[what].predict, self._matrix(customers).to_numpy())

    def _grow(self, what: str) -> RandomForestRegressor:
        predict = self.model.predict if what == "net_revenue" else self.model.predict_purchases
        expected = _above_nothing(predict(self.rows_, self.learnt_days_))
        actual = self.rows_[_label(what, self.learnt_days_)].to_numpy(float)
        forest = RandomForestRegressor(
            self.tree_count,
            min_samples_leaf=min(self.leaf_customers, max(1, len(actual) // 20)),
            max_features=0.5,
            max_samples=rows_per_tree(len(actual)),
            random_state=self.seed,
            n_jobs=2,
        )
        forest.fit(
            self._matrix(self.rows_).to_numpy(),
            actual / expected,
            sample_weight=expected / expected.mean(),
        )
        return forest.set_params(n_jobs=1)

    def _matrix(self, customers: pd.DataFrame) -> pd.DataFrame:
        purchases = self.model.predict_purchases(customers, PERIODS_DAYS[0])
        amount = self.model.predict_amount(customers)
        return feature_matrix(customers, self.country_ranks_).assign(
            expected_purchases=purchases,
            expected_amount=amount,
            expected_value=purchases * amount,
            alive_rate=self.model.purchases_.predict_alive(*purchase_history(customers)),
        )


class Combination(BaseEstimator):
    """Half of what BG/NBD says, with Gamma-Gamma both ways, and half of the forest, at the level of the former.

    Whether the first purchase tells of later ones differs from shop to shop, so each way has half a say. The forest has
    learnt from seasons and customers that were others, so it says who rather than how much: what all customers bring
    together stays as BG/NBD has it.

    Parameters
    ----------
    model : PurchasesAndSpend
        As the papers have it, fitted.
    forest : ForestOfRatios
        Fitted, over a model in which the first purchase counts.
    """

    def __init__(self, model: PurchasesAndSpend, forest: ForestOfRatios) -> None:
        self.model = model
        self.forest = forest

    def fit(self, known: pd.DataFrame) -> Combination:
        return self

    def predict(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        both_ways = self.model.predict(customers, period_days), self.forest.model.predict(customers, period_days)
        return combine(np.mean(both_ways, axis=0), self.forest.predict(customers, period_days))

    def predict_purchases(self, customers: pd.DataFrame, period_days: int) -> np.ndarray:
        return combine(
            self.model.predict_purchases(customers, period_days), self.forest.predict_purchases(customers, period_days)
        )


def combine(model: np.ndarray, forest: np.ndarray) -> np.ndarray:
    """The mean of both, scaled to the sum of the first."""
    mean = (model + forest) / 2.0
    return mean * (model.sum() / mean.sum()) if mean.sum() > 0 else mean


def predict_all(
    known: pd.DataFrame,
    customers: pd.DataFrame,
    periods_days: Sequence[int],
    model: PurchasesAndSpend | None = None,
    row_count: int = TRAINING_ROWS,
) -> dict[int, pd.DataFrame]:
    """What every entrant that can says of each customer: per period a frame, a column per entrant, a row per customer.

    ``model`` is BG/NBD with Gamma-Gamma fitted to what is known, None where it cannot be; then, or where no future has
    come to learn from, those who need it are left out. The forest learns from ``row_count`` snapshots at most.
    """
    entrants = {BASELINE: NaiveRate().fit(known)}
    with suppress(ValueError):
        entrants["store_mean"] = StoreMean().fit(known)
    ratios = wide = None
    if model is not None:
        wide = PurchasesAndSpend(first_counts=True).fit(known, model.purchases_)
        with suppress(ValueError):
            ratios = ForestOfRatios(wide, row_count=row_count).fit(known).ratios(customers)
        amount, wider_amount = model.predict_amount(customers), wide.predict_amount(customers)
    said = {}
    for days in periods_days:
        columns = {name: entrant.predict(customers, days) for name, entrant in entrants.items()}
        if model is not None:
            purchases = model.predict_purchases(customers, days)  # of both: they share one BG/NBD
            columns["bg_nbd_gamma_gamma"] = expected = purchases * amount
        if ratios is not None:
            wider = purchases * wider_amount
            columns["random_forest"] = ratios * _above_nothing(wider)
            columns[SAFE_CHOICE] = combine((expected + wider) / 2.0, columns["random_forest"])
        said[days] = pd.DataFrame(columns, index=customers.index)
    return said


def _latest(known: pd.DataFrame) -> pd.DataFrame:
    return known[known["snapshot_date"] == known["snapshot_date"].max()]


def _above_nothing(expected: np.ndarray) -> np.ndarray:
    return np.maximum(expected, max(SMALLEST_SHARE_OF_MEAN * expected.mean(), 1e-9))


def _label(what: str, days: int) -> str:
    return f"label_{what}_{days}_days"
