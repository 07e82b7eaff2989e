"""The published model is chosen without days after the cutoff."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.backtest import backtest_cutoffs, known_on, predict_from
from ml.forecasting.calendars import Calendar
from ml.forecasting.combination import add_combination
from ml.forecasting.entrants import make_entrants
from ml.forecasting.evaluation import choose_champion, mark_champions, score, score_by_lead, score_models
from ml.forecasting.intervals import add_bands

HORIZON_DAYS = 30
MODELS = ("seasonal_naive", "weekday_mean", "random_forest", "combination")


def judged(*errors: dict[str, float]) -> pd.DataFrame:
    """Predictions of which all errors are given: one dict of model and error per cutoff, oldest first."""
    rows = []
    for number, by_model in enumerate(errors):
        cutoff = pd.Timestamp("2024-01-01") + pd.Timedelta(days=30 * number)
        for lead in range(1, HORIZON_DAYS + 1):
            for model_name in MODELS:
                error = by_model.get(model_name, 100.0)
                day = cutoff + pd.Timedelta(days=lead)
                rows.append((model_name, cutoff, day, lead, 1000.0 + error, 1000.0))
    return pd.DataFrame(
        rows, columns=["model_name", "cutoff_date", "forecast_date", "horizon_days", "forecast", "actual"]
    )


def chosen(*errors: dict[str, float]) -> str:
    return choose_champion(judged(*errors), HORIZON_DAYS)


def test_the_combination_is_published_until_something_is_known():
    assert choose_champion(judged({}).iloc[:0], HORIZON_DAYS) == "combination"
    assert chosen({"weekday_mean": 1.0}, {"weekday_mean": 1.0}) == "combination"


def test_a_baseline_that_nobody_beats_is_published():
    assert chosen(*[{"weekday_mean": 90.0}] * 4) == "weekday_mean"
    assert chosen(*[{"weekday_mean": 90.0, "seasonal_naive": 80.0}] * 4) == "seasonal_naive"


def test_a_single_model_must_be_clearly_better():
    always = [{"random_forest": 80.0 + number % 2} for number in range(8)]
    now_and_then = [{"random_forest": 50.0 if number % 3 == 0 else 130.0} for number in range(9)]

    assert chosen(*always[:7]) == "combination", "seven cutoffs are not enough"
    assert chosen(*always) == "random_forest"
    barely = judged(*[{"random_forest": 99.0 if number % 2 else 100.5} for number in range(8)])
    assert choose_champion(barely, HORIZON_DAYS) == "combination"
    assert choose_champion(barely, HORIZON_DAYS, "random_forest") == "random_forest", "who was published stays"
    assert chosen(*now_and_then) == "combination"


def test_one_wild_cutoff_does_not_decide():
    mostly_better = judged(*[{"weekday_mean": 50.0}] * 9, {"weekday_mean": 2000.0})

    assert choose_champion(mostly_better, HORIZON_DAYS, "weekday_mean") == "weekday_mean"


def test_a_day_is_known_once_it_has_come():
    predictions = judged({}, {}, {})
    cutoff = pd.Timestamp("2024-02-15")

    known = known_on(predictions, cutoff)

    assert known["forecast_date"].max() == cutoff
    assert sorted(known["cutoff_date"].unique()) == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-31")]


@pytest.mark.parametrize(("days", "count", "spacing_days"), [(1096, 10, 30), (373, 10, 30), (100, 7, 7), (28, 0, 0)])
def test_cutoffs_lie_evenly_before_the_last_day(days, count, spacing_days):
    index = pd.date_range("2024-01-01", periods=days)

    cutoffs = backtest_cutoffs(index)

    assert len(cutoffs) == count
    if count:
        assert set(np.diff([*cutoffs, index[-1]])) == {np.timedelta64(spacing_days, "D")}
        assert (cutoffs[0] - index[0]).days + 1 >= min(56, days // 2)


def published(history: pd.Series) -> pd.DataFrame:
    cutoffs = backtest_cutoffs(history.index).append(history.index[-1:])
    predictions = predict_from(history, cutoffs, lambda _: make_entrants(Calendar("DE"), 90), 90)
    predictions = add_combination(predictions, history, 90)
    return add_bands(mark_champions(predictions, 90), history)


def test_what_is_said_at_a_cutoff_rests_on_nothing_later(new_history):
    """Corrupting all later days changes no forecast, no champion and no band of an earlier cutoff."""
    history = new_history(250, noise=0.7)
    altered = history.copy()
    cutoff = backtest_cutoffs(history.index)[-5]
    altered[altered.index > cutoff] = np.linspace(-5e4, 5e5, (altered.index > cutoff).sum())

    plain, spoilt = published(history), published(altered)

    columns = [name for name in plain.columns if name != "actual"]
    until = plain["cutoff_date"] <= cutoff
    assert plain.loc[until, "lower_80"].notna().any()
    assert (plain.loc[until, "lower_95"] == 0.0).any()
    pd.testing.assert_frame_equal(plain.loc[until, columns], spoilt.loc[until, columns], check_exact=True)
    assert not plain.loc[~until, columns].equals(spoilt.loc[~until, columns]), "the days altered do count later"
    assert (plain.groupby(["cutoff_date", "forecast_date"])["is_champion"].sum() == 1).all()


def test_scores_are_those_of_the_textbook():
    rows = pd.DataFrame({"forecast": [110.0, 90.0, 0.0], "actual": [100.0, 100.0, 50.0]})

    scores = score(rows)

    assert scores["rmse"] == pytest.approx(np.sqrt((100 + 100 + 2500) / 3))
    assert scores["mae"] == pytest.approx(70 / 3)
    assert scores["wape_rate"] == pytest.approx(70 / 250)
    assert (scores["bias"], scores["day_count"]) == (pytest.approx(-50 / 3), 3)


def test_what_was_published_is_scored_beside_the_models_on_the_same_days():
    predictions = judged({"combination": 10.0}, {"combination": 20.0})
    predictions["is_champion"] = predictions["model_name"] == predictions["cutoff_date"].map(
        {pd.Timestamp("2024-01-01"): "combination", pd.Timestamp("2024-01-31"): "weekday_mean"}
    )

    scores, by_lead = score_models(predictions), score_by_lead(predictions)

    assert scores.loc["published", "mae"] == pytest.approx((10 + 100) / 2)
    assert scores.loc["combination", "mae"] == pytest.approx(15)
    assert (scores["day_count"] == 60).all()
    assert list(by_lead.index.unique("lead_bucket")) == ["1-7", "8-28", "29-90"]
    assert by_lead.loc[("8-28", "published"), "day_count"] == 42
