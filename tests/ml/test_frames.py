"""Frames to learn from and to be judged on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.__main__ import main
from ml.forecasting.calendars import Calendar
from ml.forecasting.entrants import make_entrants
from ml.forecasting.frames import MARKS, features_of, train_and_test, write_frames

CALENDAR = Calendar("DE")


@pytest.fixture(scope="module")
def frames(history) -> tuple[pd.DataFrame, pd.DataFrame]:
    return train_and_test(history, CALENDAR, 90)


def test_the_test_frame_is_the_last_four_weeks_and_nothing_of_it_is_in_the_train_frame(frames, history):
    train, test = frames
    last_known = history.index[-29]

    assert test["forecast_date"].between(history.index[-28], history.index[-1]).all()
    assert test["forecast_date"].nunique() == 28
    assert test["origin_date"].max() <= last_known
    assert train[["origin_date", "forecast_date"]].max().max() <= last_known
    for rows in frames:
        lead = (rows["forecast_date"] - rows["origin_date"]).dt.days
        assert (lead == rows["lead_days"]).all()
        assert lead.between(1, 90).all()


def test_spoilt_held_out_days_change_no_train_row_and_no_feature(frames, history):
    spoilt = history.copy()
    spoilt.iloc[-28:] = 1e9

    train, test = train_and_test(spoilt, CALENDAR, 90)

    pd.testing.assert_frame_equal(train, frames[0])
    known = [name for name in test.columns if name not in ("target", "net_revenue")]
    pd.testing.assert_frame_equal(test[known], frames[1][known])


def test_the_train_frame_is_what_a_learner_learns_from(frames, history):
    train, _ = frames
    learner = make_entrants(CALENDAR, 90)["random_forest"].fit(history[:-28])

    again = learner._regressor().fit(train[features_of(train)], train["target"])

    assert features_of(train) == learner.features_
    rows = train[features_of(train)].iloc[:50]
    np.testing.assert_array_equal(again.predict(rows), learner.regressor_.predict(rows))


def test_on_an_ordinary_day_target_times_level_is_what_happened(frames):
    _, test = frames
    ordinary = test[test["holiday_rate"] == 0.0]

    np.testing.assert_allclose(ordinary["target"] * ordinary["level_amount"], ordinary["net_revenue"])


def test_parquet_and_csv_say_the_same(frames, tmp_path):
    write_frames(dict(zip(("train", "test"), frames, strict=True)), tmp_path / "harbour")

    for name, rows in zip(("train", "test"), frames, strict=True):
        parquet = pd.read_parquet(tmp_path / "harbour" / f"{name}.parquet")
        csv = pd.read_csv(tmp_path / "harbour" / f"{name}.csv", parse_dates=list(MARKS[:2]))
        pd.testing.assert_frame_equal(parquet, rows, check_dtype=False)
        pd.testing.assert_frame_equal(csv, rows, check_dtype=False)


def test_too_short_a_history_is_said(history):
    with pytest.raises(ValueError, match="56 days or more, got 55"):
        train_and_test(history[:55], CALENDAR, 90)


def test_the_command_writes_both_frames_of_each_store_and_forecasts_nothing(
    warehouse, deliver, history, capsys, tmp_path
):
    deliver(history[:70])
    deliver(history[:40], store_id="pier")

    assert main(["forecast", "--export", str(tmp_path), "--horizon", "14"]) == 0

    harbour, pier = capsys.readouterr().out.splitlines()
    assert pier == "pier: not enough history (40 days; 56 needed)"
    assert sorted(path.name for path in (tmp_path / "harbour").iterdir()) == [
        "test.csv",
        "test.parquet",
        "train.csv",
        "train.parquet",
    ]
    train, test = (pd.read_parquet(tmp_path / "harbour" / f"{name}.parquet") for name in ("train", "test"))
    assert harbour.startswith(f"harbour: {len(train):,} rows to train on, {len(test):,} to test on")
    assert train["forecast_date"].max() < test["forecast_date"].min()
    assert warehouse.read("select count(*) as n from ml.forecast_runs")["n"].tolist() == [0]
