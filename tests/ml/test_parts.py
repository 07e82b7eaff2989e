"""Categories, countries and products: they add up, and each has a method that fits or a word on why not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.backtest import DECIMALS
from ml.forecasting.panels import Level, spread
from ml.forecasting.parts import choose_share, forecast_part
from ml.forecasting.shares import SHARE_MODELS, learn_lift, weekday_pattern
from ml.forecasting.store import Store
from ml.forecasting.weeks import whole_weeks

DAYS = pd.date_range("2024-01-01", periods=400)
CUTOFF = DAYS[299]
AHEAD = pd.date_range(CUTOFF + pd.Timedelta(days=1), periods=90, name="forecast_date")


def noisy_panel(amounts: dict[str, float], seed: int = 5) -> pd.DataFrame:
    noise = np.random.default_rng(seed).gamma(4.0, 0.25, (len(DAYS), len(amounts)))
    return pd.DataFrame(noise * np.array(list(amounts.values())), index=DAYS, columns=list(amounts)).round(2)


def level_of(panel: pd.DataFrame, name: str = "category", parents: dict[str, str] | None = None) -> Level:
    return Level(name, panel, pd.Series(parents or dict.fromkeys(panel.columns, "total"), dtype=object))


def store_of(*levels: Level, events: pd.DataFrame | None = None) -> Store:
    history = levels[0].panel.sum(axis=1)
    return Store("s", "S", "EUR", None, history, {level.name: level for level in levels}, events or pd.DataFrame())


def parents_of(**amounts: float) -> pd.DataFrame:
    return pd.DataFrame({name.replace("_", " "): amount for name, amount in amounts.items()}, index=AHEAD)


@pytest.mark.parametrize("parent", [100.0, 0.0, 0.0003, 1e9 / 7])
def test_parts_add_up_to_the_last_decimal_and_none_is_negative(parent):
    parts = np.random.default_rng(1).gamma(0.3, 1.0, (5, 997))
    parts[3] = 0.0
    whole = np.full(5, round(parent, DECIMALS))

    said = spread(whole, parts, DECIMALS)

    units = np.round(said * 10**DECIMALS).astype("int64")
    np.testing.assert_allclose(said * 10**DECIMALS, units, atol=1e-3)
    assert (units.sum(axis=1) == np.round(whole * 10**DECIMALS)).all()
    assert (said >= 0.0).all()


def test_every_model_that_claims_it_adds_up_to_what_is_published_of_the_parent():
    categories = noisy_panel({"Living": 80.0, "Garden": 20.0})
    products = pd.concat([categories[["Living"]] * 0.6, categories[["Living"]] * 0.4, categories[["Garden"]]], axis=1)
    products.columns = ["chair", "table", "spade"]
    parents = {"chair": "Living", "table": "Living", "spade": "Garden"}
    store = store_of(level_of(categories), level_of(products, "product", parents))
    total = pd.DataFrame({"total": np.linspace(50.0, 150.0, 90)}, index=AHEAD)

    above, _ = forecast_part(store, "category", CUTOFF, total)
    published = pd.DataFrame(above.forecasts["combination"], index=AHEAD, columns=above.keys)
    below, _ = forecast_part(store, "product", CUTOFF, published)

    for model in SHARE_MODELS:
        np.testing.assert_allclose(above.forecasts[model].sum(axis=1), total["total"].round(DECIMALS), atol=1e-7)
        living = below.forecasts[model][:, below.parents == "Living"].sum(axis=1)
        np.testing.assert_allclose(living, published["Living"], atol=1e-7)
        assert (below.forecasts[model] >= 0.0).all()


def test_new_ended_and_small_series_are_named_and_stay_in_the_sum():
    panel = noisy_panel({"old": 50.0, "rare": 5.0, "gone": 30.0, "new": 20.0, "small": 1.0})
    panel.loc[panel.index[150:], "gone"] = 0.0
    panel.loc[panel.index[:285], "new"] = 0.0
    panel.loc[np.arange(400) % 9 != 0, "rare"] = 0.0

    level, words = level_of(panel).until(CUTOFF, limit=2)

    status = words.set_index("series_key")["status"].to_dict()
    assert status == {
        "old": "regular",
        "rare": "small",
        "gone": "ended",
        "new": "new",
        "small": "regular",
        "(other categories)": "rest",
    } | ({"rare": "intermittent", "small": "small"} if status["rare"] == "intermittent" else {})
    method = words.set_index("series_key")["method"]
    assert method["new"] == "not enough history: first sold less than 28 days ago"
    assert "91 days" in method["gone"]
    np.testing.assert_allclose(level.panel.sum(axis=1), panel[:CUTOFF].sum(axis=1))


def test_a_share_that_grows_is_followed_and_one_that_stays_stays():
    panel = noisy_panel({"rising": 30.0, "steady": 70.0})
    panel["rising"] *= np.linspace(0.5, 3.0, 400)

    part, _ = forecast_part(store_of(level_of(panel)), "category", CUTOFF, parents_of(total=100.0))

    rising = part.forecasts["combination"][:, list(part.keys).index("rising")].mean()
    recent = panel["rising"][:CUTOFF][-28:].sum() / panel[:CUTOFF][-28:].sum().sum()
    assert rising / 100.0 == pytest.approx(recent, rel=0.15)


def test_what_comes_after_the_cutoff_changes_nothing_that_is_said():
    panel = noisy_panel({"a": 30.0, "b": 70.0, "later": 10.0})
    panel.loc[:CUTOFF, "later"] = 0.0
    altered = panel.copy()
    altered.loc[altered.index > CUTOFF] = np.nan

    plain, _ = forecast_part(store_of(level_of(panel)), "category", CUTOFF, parents_of(total=100.0))
    spoilt, _ = forecast_part(store_of(level_of(altered)), "category", CUTOFF, parents_of(total=100.0))

    assert list(plain.keys) == list(spoilt.keys)
    assert set(plain.forecasts) == {"seasonal_naive", "weekday_mean", "level_profile", *SHARE_MODELS}
    for model, said in plain.forecasts.items():
        np.testing.assert_array_equal(said, spoilt.forecasts[model])


def test_a_promotion_of_a_category_moves_its_share_on_its_days():
    planned = pd.DataFrame(
        [("promotion", f"2024-{m:02}-05", f"2024-{m:02}-14", "Garden", "", 20.0) for m in range(1, 12)],
        columns=["event_kind", "starts_on", "ends_on", "category", "product_id", "discount_pct"],
    ).astype({"starts_on": "datetime64[us]", "ends_on": "datetime64[us]"})
    panel = noisy_panel({"Living": 80.0, "Garden": 20.0})
    on = np.isin(panel.index.day, range(5, 15)) & (panel.index.month <= 11)
    panel.loc[on, "Garden"] *= 2.5

    store = Store("s", "S", "EUR", None, panel.sum(axis=1), {"category": level_of(panel)}, planned)
    part, _ = forecast_part(store, "category", CUTOFF, parents_of(total=100.0))

    garden = pd.Series(part.forecasts["combination"][:, list(part.keys).index("Garden")], index=AHEAD)
    lifted, usual = garden["2024-11-05":"2024-11-14"].mean(), garden["2024-11-15":"2024-12-31"].mean()
    assert lifted / (100 - lifted) / (usual / (100 - usual)) == pytest.approx(2.5, rel=0.2)


def test_lifts_of_products_are_found_within_a_fifth():
    generator = np.random.default_rng(4)
    expected = np.full((600, 60), 2.0)
    promoted = np.zeros_like(expected)
    for _ in range(40):
        start, chosen = generator.integers(30, 580), generator.choice(60, 6, replace=False)
        promoted[start : start + 9, chosen] = 1.0
    discount = 25.0 * promoted
    units = generator.poisson(expected * np.where(promoted > 0, 2.4, 1.0)).astype(float)

    lift = learn_lift(units, promoted, discount)

    assert lift.factor(np.array(1.0), np.array(25.0)) == pytest.approx(2.4, rel=0.2)
    assert learn_lift(units, 0 * promoted, 0 * discount).factor(np.array(1.0), np.array(25.0)) == 1.0


def test_a_series_with_weekdays_of_its_own_keeps_them():
    panel = np.full((140, 2), 10.0)
    panel[np.arange(140) % 7 == 6, 0] = 40.0  # the day before the one after the panel

    pattern = weekday_pattern(panel)

    assert pattern[6, 0] > 1.2 > 1.0 > pattern[6, 1]


def test_the_weekday_mean_is_published_where_it_was_better():
    panel = noisy_panel({"a": 30.0, "b": 70.0})
    store = store_of(level_of(panel))
    wrong_total = {
        DAYS[n]: forecast_part(store, "category", DAYS[n], parents_of(total=500.0))[0] for n in (200, 230, 260)
    }
    right_total = {
        DAYS[n]: forecast_part(store, "category", DAYS[n], parents_of(total=100.0))[0] for n in (200, 230, 260)
    }

    assert choose_share(wrong_total, DAYS[350]) == "weekday_mean_scaled"
    assert choose_share(right_total, DAYS[350]) == "combination"
    assert choose_share(wrong_total, DAYS[210]) == "combination", "nothing is known yet"


def test_weeks_are_those_of_which_every_day_is_there():
    days = pd.date_range("2024-01-02", periods=20)  # a Tuesday

    assert list(whole_weeks(days)) == [pd.Timestamp("2024-01-14"), pd.Timestamp("2024-01-21")]
