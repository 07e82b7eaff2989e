"""BG/NBD and Gamma-Gamma: the published fit, the published hold-out, and what they refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.customer_value.purchases import BetaGeometricNBD
from ml.customer_value.spend import GammaGamma

CALIBRATION_ENDS = pd.Timestamp("1997-09-30")


@pytest.fixture(scope="module")
def cdnow(real_file) -> pd.DataFrame:
    """Purchases of the CDNOW sample, one per customer and day."""
    columns = ["master_id", "customer_id", "date", "discs", "amount"]
    rows = pd.read_csv(real_file("cdnow/CDNOW_sample.txt"), sep=r"\s+", header=None, names=columns)
    rows["date"] = pd.to_datetime(rows["date"].astype(str))
    return rows.groupby(["customer_id", "date"], as_index=False)["amount"].sum()


@pytest.fixture(scope="module")
def customers(cdnow) -> pd.DataFrame:
    """History of each customer up to the end of the calibration, in weeks."""
    groups = cdnow[cdnow["date"] <= CALIBRATION_ENDS].groupby("customer_id")
    first, last = groups["date"].min(), groups["date"].max()
    x = groups.size() - 1
    return pd.DataFrame(
        {
            "x": x,
            "t_x": (last - first).dt.days / 7,
            "t": (CALIBRATION_ENDS - first).dt.days / 7,
            "mean_amount": ((groups["amount"].sum() - groups["amount"].first()) / x.where(x > 0)).fillna(0.0),
        }
    )


def test_the_published_fit_of_bg_nbd_comes_out(customers):
    model = BetaGeometricNBD().fit(customers["x"], customers["t_x"], customers["t"])

    found = [model.r_, model.alpha_, model.a_, model.b_]
    assert np.round(found, 3).tolist() == [0.243, 4.414, 0.793, 2.426]
    assert round(model.log_likelihood_, 1) == -9582.4


def test_the_published_hold_out_comes_out(cdnow, customers):
    history = (customers["x"], customers["t_x"], customers["t"])
    expected = BetaGeometricNBD().fit(*history).predict(*history, 39)
    later = cdnow[cdnow["date"] > CALIBRATION_ENDS].groupby("customer_id").size().reindex(customers.index).fillna(0)

    assert later.sum() == 1_882
    assert round(expected.sum()) == 1_653
    assert np.mean(np.abs(expected - later)) == pytest.approx(0.785, abs=0.0006)


def test_the_published_fit_of_gamma_gamma_comes_out(customers):
    model = GammaGamma().fit(customers["x"], customers["mean_amount"])

    assert (customers["x"] > 0).sum() == 946
    assert np.round([model.p_, model.q_, model.v_], 2).tolist() == [6.25, 3.74, 15.44]


def test_the_unit_of_time_changes_nothing_but_alpha(customers):
    weeks = BetaGeometricNBD().fit(customers["x"], customers["t_x"], customers["t"])
    days = BetaGeometricNBD().fit(customers["x"], 7 * customers["t_x"], 7 * customers["t"])

    assert [days.r_, days.alpha_ / 7, days.a_, days.b_] == pytest.approx(
        [weeks.r_, weeks.alpha_, weeks.a_, weeks.b_], rel=1e-3
    )


def test_the_longer_the_silence_the_less_likely_a_customer_is_alive(customers):
    model = BetaGeometricNBD().fit(customers["x"], customers["t_x"], customers["t"])

    alive = model.predict_alive([5, 5, 5], [30, 20, 10], [38, 38, 38])

    assert alive[0] > alive[1] > alive[2] > 0


def test_silence_is_certain_for_no_time_and_for_all_time_as_likely_as_having_dropped_out(customers):
    model = BetaGeometricNBD().fit(customers["x"], customers["t_x"], customers["t"])

    silence = [model.predict_silence([5], [30], [38], weeks)[0] for weeks in (0, 4, 39, 1e12)]

    assert silence[0] == 1.0
    assert silence[0] > silence[1] > silence[2] > silence[3]
    assert silence[3] == pytest.approx(1 - model.predict_alive([5], [30], [38])[0])


def test_histories_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="bought again"):
        BetaGeometricNBD().fit([0, 0], [0, 0], [5, 9])
    with pytest.raises(ValueError, match="recency <= age"):
        BetaGeometricNBD().fit([1, 0], [9, 0], [5, 9])
    with pytest.raises(ValueError, match="different amounts"):
        GammaGamma().fit([1, 0], [10, 0])
