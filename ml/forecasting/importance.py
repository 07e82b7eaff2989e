"""What the learners go by: how much worse they are when one feature is shuffled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.inspection import permutation_importance

from ml.forecasting.combination import LEARNERS
from ml.forecasting.entrants import make_entrants
from ml.forecasting.frames import HELD_OUT_DAYS, NEEDED_DAYS, train_and_test
from ml.forecasting.learners import DirectForecaster
from ml.forecasting.store import Store

SEED = 42
COLUMNS = ("model_name", "feature", "importance", "importance_rank")


def feature_importance(store: Store, cutoff: pd.Timestamp, horizon_days: int) -> pd.DataFrame:
    """The permutation importance of the features of the total's learners, on the last 28 days before a cutoff.

    The kept learners have learnt from these days; so the same ones are fitted once more without them, and judged on
    them. Features that say the same stand in for each other, and each then seems less important than both are.

    Returns
    -------
    DataFrame
        A row per learner and feature: ``model_name``, ``feature``, ``importance`` (rise of the mean absolute error when
        the feature is shuffled, as a share of the error; zero or less: of no use) and ``importance_rank`` (1 is the
        largest, within the learner). Empty for a history of less than 56 days, and without open days.

    References
    ----------
    Breiman (2001), Random forests, Machine Learning 45. Fisher, Rudin and Dominici (2019), All models are wrong, but
    many are useful, Journal of Machine Learning Research 20.
    """
    history = store.history[:cutoff]
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    if len(history) >= NEEDED_DAYS:
        known = history[:-HELD_OUT_DAYS]
        calendar = store.calendar(known.index[-1])
        _, test = train_and_test(history, calendar, horizon_days)
        entrants = make_entrants(calendar, horizon_days)
        parts += [_of_learner(name, entrants[name].fit(known), test) for name in LEARNERS if len(test)]
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _of_learner(name: str, learner: DirectForecaster, test: pd.DataFrame) -> pd.DataFrame:
    if learner.regressor_ is None:
        return pd.DataFrame()
    rows, target = test[learner.features_], test["target"]
    error = float(np.abs(learner.regressor_.predict(rows) - target).mean())
    # one shuffle of many rows costs a third of three shuffles of a third of them, and says as much
    found = permutation_importance(
        learner.regressor_, rows, target, scoring="neg_mean_absolute_error", n_repeats=1, random_state=SEED
    )
    rise = found.importances_mean / max(error, 1e-9)
    ranked = pd.DataFrame({"model_name": name, "feature": learner.features_, "importance": rise.round(6)})
    ranked = ranked.sort_values("importance", ascending=False, kind="stable").reset_index(drop=True)
    return ranked.assign(importance_rank=np.arange(1, len(ranked) + 1))
