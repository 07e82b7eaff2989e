"""Who says how likely a customer is to stay away: recency alone, BG/NBD, and three learners with their combination.

``fit(matrix, churned)`` learns from the features of past snapshots (see ``make_matrix``) and from what became of
them, 0 or
1; ``predict(matrix)`` is the chance of no purchase in the window, a value per row.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ml.customer_value.purchases import BetaGeometricNBD
from ml.snapshots import feature_matrix, predict_in_blocks, purchase_history, rows_per_tree

BASELINES = ("recency_alone", "bg_nbd_alive", "bg_nbd_silence")
MEMBERS = ("random_forest", "gradient_boosting", "logistic_regression")
SAFE_CHOICE = "combination"
SMALLEST_RATE = 1e-4
LOGARITHMIC = (
    "recency_days",
    "tenure_days",
    "purchase_count",
    "recent_purchase_count",
    "net_revenue",
    "mean_purchase_amount",
    "recency_by_gap",
)
RATES = ("alive_rate", "silence_rate")


def make_matrix(
    snapshots: pd.DataFrame, purchases: BetaGeometricNBD, window_days: int, country_ranks: dict[str, float]
) -> pd.DataFrame:
    """The features of churn, a row per snapshot: those of ``ml.snapshots``, what BG/NBD says, and the silence so far
    by the customer's own gap (that of the window, where there is none)."""
    history = purchase_history(snapshots)
    gap = snapshots["mean_gap_days"].astype(float).fillna(float(window_days))
    return feature_matrix(snapshots, country_ranks).assign(
        recency_by_gap=snapshots["recency_days"].to_numpy(float) / (gap.to_numpy() + 1.0),
        alive_rate=purchases.predict_alive(*history),
        silence_rate=purchases.predict_silence(*history, window_days),
    )


class RecencyAlone(BaseEstimator):
    """The longer the silence, the more likely it lasts: what every other model must beat."""

    def fit(self, matrix: pd.DataFrame, churned: np.ndarray) -> RecencyAlone:
        self.model_ = LogisticRegression().fit(self._logs(matrix), churned)
        return self

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        return self.model_.predict_proba(self._logs(matrix))[:, 1]

    @staticmethod
    def _logs(matrix: pd.DataFrame) -> np.ndarray:
        return np.log1p(matrix[["recency_days"]].to_numpy())


class Told(BaseEstimator):
    """What BG/NBD says already, taken from a column of the matrix.

    Parameters
    ----------
    column : str
    is_of_staying : bool, default=False
        Whether the column holds the chance of the contrary.
    """

    def __init__(self, column: str, is_of_staying: bool = False) -> None:
        self.column = column
        self.is_of_staying = is_of_staying

    def fit(self, matrix: pd.DataFrame, churned: np.ndarray) -> Told:
        return self

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        rate = matrix[self.column].to_numpy()
        return 1.0 - rate if self.is_of_staying else rate


class RandomForest(BaseEstimator):
    """A Random Forest with balanced classes, whose votes are set back to how common churn is.

    Balanced weights make either class half of what the forest sees; the odds it finds are true once multiplied by the
    odds of all (Elkan 2001, The foundations of cost-sensitive learning, theorem 2).
    """

    def __init__(self, tree_count: int = 100, leaf_customers: int = 50, seed: int = 42) -> None:
        self.tree_count = tree_count
        self.leaf_customers = leaf_customers
        self.seed = seed

    def fit(self, matrix: pd.DataFrame, churned: np.ndarray) -> RandomForest:
        self.forest_ = RandomForestClassifier(
            self.tree_count,
            min_samples_leaf=min(self.leaf_customers, max(1, len(churned) // 20)),
            max_features=0.4,
            max_samples=rows_per_tree(len(churned)),
            class_weight="balanced",
            random_state=self.seed,
            n_jobs=2,
        ).fit(matrix.to_numpy(), churned)
        self.forest_.set_params(n_jobs=1)
        rate = np.clip(np.mean(churned), SMALLEST_RATE, 1.0 - SMALLEST_RATE)
        self.odds_ = float(rate / (1.0 - rate))
        return self

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        votes = predict_in_blocks(lambda rows: self.forest_.predict_proba(rows)[:, 1], matrix.to_numpy())
        votes = np.clip(votes, SMALLEST_RATE, 1.0 - SMALLEST_RATE)
        odds = votes / (1.0 - votes) * self.odds_
        return odds / (1.0 + odds)


class GradientBoosting(BaseEstimator):
    """Boosted trees on binned features."""

    def __init__(self, tree_count: int = 80, seed: int = 42) -> None:
        self.tree_count = tree_count
        self.seed = seed

    def fit(self, matrix: pd.DataFrame, churned: np.ndarray) -> GradientBoosting:
        self.model_ = HistGradientBoostingClassifier(
            max_iter=self.tree_count,
            learning_rate=0.06,
            max_leaf_nodes=8,
            min_samples_leaf=min(50, max(1, len(churned) // 20)),
            l2_regularization=5.0,
            early_stopping=False,
            random_state=self.seed,
        ).fit(matrix.to_numpy(), churned)
        return self

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        return predict_in_blocks(lambda rows: self.model_.predict_proba(rows)[:, 1], matrix.to_numpy())


class Logistic(BaseEstimator):
    """Logistic regression on the logarithms of what has long tails, and on what BG/NBD says."""

    def fit(self, matrix: pd.DataFrame, churned: np.ndarray) -> Logistic:
        self.model_ = make_pipeline(StandardScaler(), LogisticRegression(C=0.3)).fit(self._columns(matrix), churned)
        return self

    def predict(self, matrix: pd.DataFrame) -> np.ndarray:
        return self.model_.predict_proba(self._columns(matrix))[:, 1]

    @staticmethod
    def _columns(matrix: pd.DataFrame) -> np.ndarray:
        logs = np.log1p(np.maximum(matrix[list(LOGARITHMIC)].to_numpy(), 0.0))
        return np.column_stack([logs, matrix[list(RATES)].to_numpy()])


class ChurnModels:
    """All entrants, fitted together to what was known on a day.

    The combination is the mean of the learners, with its odds moved so that the customers of that day leave at a mean
    rate half way between what it says and what BG/NBD does: what was learnt is as old as the window and rests on other
    seasons, BG/NBD knows every purchase up to the day.

    Parameters
    ----------
    window_days : int
        Days without a purchase that make a customer count as lost.
    """

    def __init__(self, window_days: int) -> None:
        self.window_days = window_days

    def fit(
        self,
        snapshots: pd.DataFrame,
        churned: pd.Series,
        today: pd.DataFrame,
        purchases: BetaGeometricNBD,
        country_ranks: dict[str, float],
    ) -> ChurnModels:
        """Learn from snapshots and what became of them, 0 or 1, and the level from the customers of ``today``.

        Raises ValueError where all became the same.
        """
        if churned.nunique() < 2:
            raise ValueError("wanted customers who came back and customers who did not")
        self.purchases_, self.country_ranks_ = purchases, country_ranks
        self.entrants_ = {
            "recency_alone": RecencyAlone(),
            "bg_nbd_alive": Told("alive_rate", is_of_staying=True),
            "bg_nbd_silence": Told("silence_rate"),
            "random_forest": RandomForest(),
            "gradient_boosting": GradientBoosting(),
            "logistic_regression": Logistic(),
        }
        matrix, target = self.matrix(snapshots), churned.to_numpy(int)
        for entrant in self.entrants_.values():
            entrant.fit(matrix, target)
        matrix = self.matrix(today)
        learnt = self._mean_of_members(matrix)
        level = (learnt.mean() + self.entrants_["bg_nbd_silence"].predict(matrix).mean()) / 2.0
        self.shift_ = float(brentq(lambda shift: expit(logit(learnt) + shift).mean() - level, -20.0, 20.0, xtol=1e-9))
        return self

    def _mean_of_members(self, matrix: pd.DataFrame) -> np.ndarray:
        mean = np.mean([self.entrants_[name].predict(matrix) for name in MEMBERS], axis=0)
        return np.clip(mean, SMALLEST_RATE, 1.0 - SMALLEST_RATE)

    def matrix(self, snapshots: pd.DataFrame) -> pd.DataFrame:
        """The features of these customers; see ``make_matrix``."""
        return make_matrix(snapshots, self.purchases_, self.window_days, self.country_ranks_)

    def predict(self, matrix: pd.DataFrame, model_name: str | None = None) -> pd.DataFrame | np.ndarray:
        """The chances of every entrant, a column each; or those of one of them."""
        if model_name == SAFE_CHOICE:
            return expit(logit(self._mean_of_members(matrix)) + self.shift_)
        if model_name:
            return self.entrants_[model_name].predict(matrix)
        said = pd.DataFrame({name: one.predict(matrix) for name, one in self.entrants_.items()}, index=matrix.index)
        mean = np.mean([said[name].to_numpy() for name in MEMBERS], axis=0)
        mean = np.clip(mean, SMALLEST_RATE, 1.0 - SMALLEST_RATE)
        return said.assign(**{SAFE_CHOICE: expit(logit(mean) + self.shift_)})
