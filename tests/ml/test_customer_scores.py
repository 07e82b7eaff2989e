"""What score_store promises of any store: no leak, equal rows, honest words where nothing can be said; and known
truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from ml.churn.risk import choose_thresholds
from ml.churn.window import churn_window_days
from ml.customers.score import NOBODY_COMES_BACK, TOO_FRESH, TOO_YOUNG, score_store
from tests.ml.customer_worlds import AS_OF, draw_world, look_at, month_ends

PERIOD = 90


@pytest.fixture(scope="module")
def world():
    return draw_world(1_200)


@pytest.fixture(scope="module")
def snapshots(world):
    return look_at(world.purchases, month_ends(AS_OF, 10), AS_OF)


def today_of(snapshots: pd.DataFrame) -> pd.DataFrame:
    return snapshots[snapshots["snapshot_date"] == snapshots["snapshot_date"].max()].reset_index(drop=True)


@pytest.fixture(scope="module")
def scores(snapshots):
    return score_store(snapshots, today_of(snapshots))


def published(scores, target: str, period_days: int) -> pd.Series:
    rows = scores.predictions.query(
        "kind == 'live' and is_champion and target == @target and period_days == @period_days"
    )
    return rows.set_index("series_key")["forecast"]


def test_the_future_changes_no_score_made_before_it(world, snapshots, scores):
    spoilt = world.purchases.assign(amount=world.purchases["amount"].where(world.purchases["date"] <= AS_OF, 1e6))
    gone = spoilt["customer_id"].str.endswith("7") & (spoilt["date"] > AS_OF)
    later = AS_OF + pd.Timedelta(days=184)
    seen_later = look_at(spoilt[~gone], [*month_ends(AS_OF, 10), later], later)

    again = score_store(seen_later, today_of(snapshots))

    pd.testing.assert_frame_equal(again.predictions, scores.predictions)
    pd.testing.assert_frame_equal(again.customers, scores.customers)


def test_the_truth_is_found_nearly_as_well_as_by_who_knows_each_rate(world, snapshots, scores):
    """The oracle knows rate, chance to drop out and mean amount of each customer, not whether they have dropped out."""
    today = today_of(snapshots).set_index("customer_id")
    truth = world.truth.reindex(today.index)
    silent_days = today["recency_days"]
    odds = truth["dropout"] / (1 - truth["dropout"]) * np.exp(np.minimum(truth["rate"] * silent_days, 50))
    alive = 1 / (1 + odds)
    expected = alive * (1 - np.exp(-truth["rate"] * truth["dropout"] * PERIOD)) / truth["dropout"]
    later = world.purchases[
        world.purchases["date"].between(AS_OF + pd.Timedelta(days=1), AS_OF + pd.Timedelta(days=PERIOD))
    ]
    spent = later.groupby("customer_id")["amount"].sum().reindex(today.index).fillna(0.0)

    value = published(scores, "clv", PERIOD).reindex(today.index)
    by_oracle = spearmanr(expected * truth["mean_amount"], spent).statistic
    assert spearmanr(value, spent).statistic > by_oracle - 0.12

    window = scores.window_days
    came = world.purchases[
        world.purchases["date"].between(AS_OF + pd.Timedelta(days=1), AS_OF + pd.Timedelta(days=window))
    ]
    chance = published(scores, "churn", window)
    stayed_away = ~chance.index.isin(came["customer_id"])
    silent = 1 - alive * (1 - np.exp(-truth["rate"] * window))
    assert roc_auc_score(stayed_away, chance) > roc_auc_score(stayed_away, silent.reindex(chance.index)) - 0.08


def test_what_is_published_beats_its_baselines_from_past_days(scores):
    for days, table in scores.value_scores.items():
        champion = table.loc[scores.champions["clv", days]]
        assert champion["mae"] < table.at["naive_rate", "mae"]
        assert champion["captured_rate"] > table.at["naive_rate", "captured_rate"]
    table = scores.churn_scores
    assert table.at[scores.champions["churn"], "brier"] < table.at["recency_alone", "brier"]
    assert table.at[scores.champions["churn"], "average_precision"] >= table.at["recency_alone", "average_precision"]


def test_bands_enclose_forecasts_and_risks_follow_from_chances(scores):
    rows = scores.predictions.query("target == 'clv' and kind == 'live' and is_champion").dropna(subset="lower_80")
    ordered = rows[["lower_95", "lower_80", "forecast", "upper_80", "upper_95"]].to_numpy()
    assert len(rows)
    assert (np.diff(ordered, axis=1) >= 0).all()
    chance = published(scores, "churn", scores.window_days)
    risk = scores.customers.set_index("customer_id")["churn_risk"].reindex(chance.index)
    assert chance[risk == "high"].min() >= chance[risk == "medium"].max() >= chance[risk == "low"].max()


def test_who_bought_once_this_week_has_a_value_but_no_chance(snapshots, scores):
    today = today_of(snapshots)
    is_fresh = (today["purchase_count"] == 1) & (today["tenure_days"] < 7)
    if not is_fresh.any():
        today.loc[0, ["purchase_count", "order_count", "tenure_days", "recency_days"]] = [1, 1, 1, 1]
        today.loc[0, ["mean_gap_days", "gap_variance", "last_gap_days", "gap_trend_rate", "mean_repeat_amount"]] = (
            np.nan
        )
    fresh_id = today.loc[(today["purchase_count"] == 1) & (today["tenure_days"] < 7), "customer_id"].iloc[0]

    again = score_store(snapshots, today)

    row = again.customers.set_index("customer_id").loc[fresh_id]
    assert row["not_scored_reason"] == TOO_FRESH
    assert pd.isna(row["churn_risk"])
    assert pd.isna(row["reason_1"])
    assert fresh_id not in published(again, "churn", again.window_days).index
    assert fresh_id in published(again, "clv", 365).index


def test_where_nobody_comes_back_the_models_say_so(world):
    once = world.purchases.groupby("customer_id", as_index=False).first()
    snapshots = look_at(once, month_ends(AS_OF, 8), AS_OF)

    scores = score_store(snapshots, today_of(snapshots))

    assert scores.unusable == NOBODY_COMES_BACK
    assert set(scores.predictions["target"]) == {"clv"}
    assert {scores.champions["clv", days] for days in (90, 180, 365)} == {"store_mean"}
    assert published(scores, "clv", 90).max() == 0.0
    assert set(scores.customers["not_scored_reason"]) == {NOBODY_COMES_BACK}


def test_a_store_too_young_to_know_who_stayed_away_says_so(snapshots):
    today = today_of(snapshots)

    scores = score_store(today, today)

    assert scores.churn_unusable == TOO_YOUNG
    assert scores.champions["clv", 90] == "bg_nbd_gamma_gamma"
    assert scores.customers["churn_risk"].isna().all()


def test_a_store_with_one_customer_is_scored_without_models(snapshots):
    today = today_of(snapshots).iloc[[0]]

    scores = score_store(today, today)

    assert len(scores.customers) == 1
    assert scores.segments is None
    assert scores.champions["clv", 90] == "naive_rate"


def test_negative_net_revenue_breaks_nothing(snapshots):
    altered = snapshots.copy()
    altered.loc[altered["customer_id"].str.endswith("1"), ["net_revenue", "recent_net_revenue"]] = -50.0
    altered.loc[altered["customer_id"].str.endswith("1"), "label_net_revenue_90_days"] *= -1

    scores = score_store(altered, today_of(altered))

    assert scores.predictions["forecast"].notna().all()


def test_the_window_is_what_four_of_five_repeat_buyers_needed():
    assert churn_window_days(pd.DataFrame({"last_gap_days": [10.0, 20, 30, 40, 500, np.nan]})) == 150
    assert churn_window_days(pd.DataFrame({"last_gap_days": [3.0, 4.0]})) == 30
    assert churn_window_days(pd.DataFrame({"last_gap_days": [np.nan]})) is None


def test_thresholds_are_where_costs_say_when_chances_hold_what_they_say():
    random = np.random.default_rng(0)
    chance = random.uniform(0, 1, 200_000)
    churned = (random.uniform(0, 1, len(chance)) < chance).astype(float)

    by_outcome, by_cost = choose_thresholds(chance, churned), choose_thresholds()

    assert by_cost.medium == pytest.approx(0.25)
    assert by_cost.high == pytest.approx(0.5625)
    assert by_outcome.medium == pytest.approx(by_cost.medium, abs=0.05)
    assert by_outcome.high == pytest.approx(by_cost.high, abs=0.05)


def test_segments_keep_their_numbers_from_run_to_run(snapshots, scores):
    today = today_of(snapshots)
    shuffled = scores.customers.set_index("customer_id")["segment_number"].map(lambda number: 10 - number)

    again = score_store(today, today, shuffled)

    numbers = again.customers.set_index("customer_id")["segment_number"]
    assert (numbers == shuffled.reindex(numbers.index)).mean() > 0.9
