"""Better settings for the learners, looked for offline."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ml.__main__ import main
from ml.forecasting import search as searching
from ml.forecasting.learners import RandomForest
from ml.forecasting.search import SPACES, sample_settings, search, today_settings
from ml.forecasting.store import Store
from warehouse import UsageError

HORIZON_DAYS = 28


@pytest.fixture
def one_learner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the quickest is searched, from two origins."""
    monkeypatch.setattr(searching, "SPACES", {"histogram_boosting": SPACES["histogram_boosting"]})
    monkeypatch.setattr(searching, "ORIGIN_LIMIT", 2)


def store_of(history: pd.Series) -> Store:
    return Store("harbour", "Harbour", "EUR", "DE", history)


def test_the_same_settings_are_drawn_each_time_and_lie_within_their_ranges():
    for learner in SPACES:
        drawn = sample_settings(learner, 30)

        assert drawn == sample_settings(learner, 30)
        assert drawn[:5] == sample_settings(learner, 5)
        assert all(set(one) == set(today_settings(learner)) for one in drawn)
        fractions = [one[name] for one in drawn for name in ("max_features", "max_samples", "subsample") if name in one]
        assert all(0.1 <= value <= 1.0 for value in fractions)


def test_settings_reach_the_regressor(history):
    learner = RandomForest(horizon_days=7, max_rows=200, settings={"min_samples_leaf": 60}).fit(history[:100])

    assert learner.regressor_.min_samples_leaf == 60
    assert learner.regressor_.n_estimators == 100


def test_days_that_are_checked_on_choose_nothing(history, one_learner):
    spoilt = history[:180].copy()
    spoilt.iloc[-HORIZON_DAYS:] *= np.linspace(0.0, 9.0, HORIZON_DAYS)

    found, again = (search(store_of(days), HORIZON_DAYS, 3) for days in (history[:180], spoilt))

    chosen = ["learner", "trial", "settings", "rmse", "is_best"]
    pd.testing.assert_frame_equal(found.trials[chosen], again.trials[chosen])
    assert found.checked_from == history.index[179 - HORIZON_DAYS]
    assert (found.cutoffs < found.checked_from).all()
    checked = found.trials["checked_rmse"].notna()
    assert (checked == ((found.trials["trial"] == 0) | found.trials["is_best"])).all()
    assert (found.trials.loc[checked, "checked_rmse"] != again.trials.loc[checked, "checked_rmse"]).all()


def test_the_best_has_the_smallest_error_and_today_comes_first(history, one_learner):
    trials = search(store_of(history[:180]), HORIZON_DAYS, 3).trials

    assert list(trials["trial"]) == [0, 1, 2, 3]
    assert trials["settings"][0] == today_settings("histogram_boosting")
    (best,) = trials.index[trials["is_best"]]
    assert best == trials["rmse"].idxmin()


def test_the_command_records_what_it_prints_and_changes_no_model(
    warehouse, deliver, history, kept, capsys, one_learner
):
    deliver(history[:240])
    deliver(history[:100], store_id="pier")

    assert main(["search", "--trials", "2"]) == 0

    out = capsys.readouterr().out
    record = json.loads((kept / "harbour.search.json").read_text())
    assert [path.name for path in kept.iterdir()] == ["harbour.search.json"]
    assert len(record["trials"]) == 3
    best = next(trial for trial in record["trials"] if trial["is_best"])
    assert f"{best['rmse']:,.0f}" in out
    assert record["horizon_days"] == 90
    assert "pier     not enough history (100 days; 202 needed for a horizon of 90)" in out
    assert "Nothing was changed" in out


@pytest.mark.parametrize(
    ("trials", "message"),
    [("0", "0 trials are out of range: choose 1 to 500"), ("many", "a whole number, 1 to 500, not 'many'")],
)
def test_a_wrong_number_of_trials_is_one_line(warehouse, deliver, trials, message):
    with pytest.raises(UsageError, match=message):
        main(["search", "--trials", trials])
