"""What the learners go by, judged on days that they have not learnt from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from ml import forecasting
from ml.forecasting.combination import LEARNERS
from ml.forecasting.importance import feature_importance
from ml.forecasting.store import Store

WEEKDAY_FEATURES = ("weekday", "weekday_profile", "weekday_profile_4", "weekday_profile_26")


def importance_of(history: pd.Series, horizon_days: int = 28) -> pd.DataFrame:
    with threadpool_limits(1):
        return feature_importance(Store("harbour", "Harbour", "EUR", "DE", history), history.index[-1], horizon_days)


@pytest.fixture(scope="module")
def found(new_history) -> pd.DataFrame:
    return importance_of(new_history(200, season=0.0, noise=0.05))


def test_where_only_weekdays_matter_the_learners_go_by_weekdays(found):
    is_of_weekdays = found["feature"].isin(WEEKDAY_FEATURES)
    of_weekdays = found[is_of_weekdays].groupby("model_name")["importance"].sum()
    of_others = found[~is_of_weekdays].groupby("model_name")["importance"].sum()

    assert set(found["model_name"]) == set(LEARNERS)
    assert found.loc[found["importance_rank"] == 1, "feature"].isin(WEEKDAY_FEATURES).all()
    assert (of_weekdays > 2.0 * of_others).all()


def test_it_is_measured_on_the_last_days_and_learnt_from_those_before(new_history, found):
    """In the last four weeks weekdays change places: a model that uses them does better with shuffled ones."""
    history = new_history(200, season=0.0, noise=0.05)
    turned = history.copy()
    weeks = turned.to_numpy()[-28:].reshape(4, 7)
    turned.iloc[-28:] = (2.0 * weeks.mean(axis=1, keepdims=True) - weeks).ravel()

    changed = importance_of(turned)

    strongest = found.sort_values("importance").drop_duplicates("model_name", keep="last")
    then = changed.merge(strongest[["model_name", "feature"]])
    assert (then["importance"] < 0.0).all()


def test_it_repeats_to_the_last_digit(new_history, found):
    pd.testing.assert_frame_equal(importance_of(new_history(200, season=0.0, noise=0.05)), found)


def test_where_nothing_can_be_learnt_before_the_last_days_there_is_none_and_no_error(new_history):
    assert importance_of(new_history(55)).empty
    assert importance_of(new_history(60) * np.repeat([0.0, 1.0], [32, 28])).empty


def test_a_training_writes_it_and_a_prediction_leaves_it_alone(warehouse, deliver, history):
    table = "select * from ml.forecast_importance order by model_name, importance_rank"
    deliver(history[:60])
    forecasting.run(warehouse, horizon_days=14)
    written = warehouse.read(table)

    deliver(history[:61])
    report = forecasting.run(warehouse, horizon_days=14)

    assert set(written["model_name"]) == set(LEARNERS)
    pd.testing.assert_frame_equal(warehouse.read(table), written)
    assert len(report.stores[0].importance) == len(written)
    assert "harbour_importance" in report.figures()
