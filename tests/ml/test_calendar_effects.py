"""What the calendar does to a day is learnt from the store, and known ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.forecasting.calendars import Calendar
from ml.forecasting.effects import CalendarEffects
from ml.forecasting.estimators import SeasonalProfile

DAYS = pd.date_range("2023-01-02", periods=730)


def noisy(factor: np.ndarray, days: pd.DatetimeIndex = DAYS) -> pd.Series:
    noise = np.random.default_rng(11).normal(0.0, 0.1, len(days))
    return pd.Series(1000.0 * factor * np.exp(noise), index=days)


def events(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["event_kind", "starts_on", "ends_on", "coverage_rate", "discount_pct"])
    return frame.astype({"starts_on": "datetime64[us]", "ends_on": "datetime64[us]"})


def test_a_holiday_is_drawn_towards_an_ordinary_day_while_few_were_seen():
    is_holiday = Calendar("DE").holiday_rates(DAYS) == 1.0
    history = noisy(np.where(is_holiday, 0.5, 1.0))

    few, many = CalendarEffects(history[:120], Calendar("DE")), CalendarEffects(history, Calendar("DE"))

    assert 0.45 < many.holiday_factor_ < few.holiday_factor_ < 0.8
    new_year = many.holiday(pd.DatetimeIndex(["2025-01-01", "2025-01-02"]))
    assert new_year == pytest.approx([many.holiday_factor_, 1.0], abs=0.1)


def test_the_lift_of_promotions_is_learnt_and_follows_the_discount():
    planned = events(
        *[("promotion", f"2023-{m:02}-05", f"2023-{m:02}-10", 1.0, 20.0 * (1 + m % 2)) for m in range(1, 13)]
    )
    calendar = Calendar(None, planned)
    promoted, pct = calendar.promotions(DAYS)
    history = noisy(np.exp(0.2 * promoted + 0.02 * pct))

    effects = CalendarEffects(history, calendar)

    assert np.exp(effects.lift_[0] + 20 * effects.lift_[1]) == pytest.approx(np.exp(0.6), rel=0.1)
    assert np.exp(effects.lift_[0] + 40 * effects.lift_[1]) == pytest.approx(np.exp(1.0), rel=0.1)
    assert effects.plain(history).mean() == pytest.approx(1000.0, rel=0.05)


def test_a_promotion_planned_ahead_reaches_the_forecast_on_its_days():
    past = [("promotion", f"2023-{month:02}-05", f"2023-{month:02}-10", 1.0, 30.0) for month in range(1, 13)]
    calendar = Calendar(None, events(*past, ("promotion", "2025-01-20", "2025-01-22", 1.0, 30.0)))
    promoted, _ = calendar.promotions(DAYS)

    forecast = SeasonalProfile(calendar).fit(noisy(np.where(promoted > 0, 2.0, 1.0))).predict(60)["forecast"]

    lifted = forecast["2025-01-20":"2025-01-22"].mean() / forecast["2025-01-06":"2025-01-19"].mean()
    assert lifted == pytest.approx(2.0, rel=0.1)


def test_a_closure_that_was_announced_is_a_zero_and_those_of_the_past_are_not_learnt_from():
    calendar = Calendar(
        None,
        events(("closure", "2024-06-01", "2024-06-14", 1.0, 0.0), ("closure", "2025-01-10", "2025-01-12", 1.0, 0.0)),
    )
    history = noisy(np.ones(len(DAYS)))
    history["2024-06-01":"2024-06-14"] = 0.0

    forecast = SeasonalProfile(calendar).fit(history).predict(30)["forecast"]

    assert (forecast["2025-01-10":"2025-01-12"] == 0.0).all()
    assert forecast.drop(pd.date_range("2025-01-10", "2025-01-12")).min() > 800.0


def test_a_store_that_shuts_over_christmas_does_so_again_and_not_on_a_holiday_that_moves():
    history = noisy(np.ones(len(DAYS)))
    history["2023-12-24":"2024-01-02"] = 0.0
    history["2023-05-29"] = history["2024-05-20"] = 0.0  # Whit Monday
    effects = CalendarEffects(history[:"2024-11-30"], Calendar("DE"))

    assert effects.is_shut(pd.DatetimeIndex(["2024-12-24", "2024-12-30", "2025-01-01"])).all()
    assert not effects.is_shut(pd.DatetimeIndex(["2024-12-23", "2025-05-20", "2025-05-29"])).any()


def test_a_store_that_sells_little_is_not_shut_on_days_without_a_sale():
    history = noisy(np.ones(len(DAYS)))
    history[np.random.default_rng(2).random(len(DAYS)) < 0.4] = 0.0

    effects = CalendarEffects(history, Calendar(None))

    assert not effects.is_shut(pd.date_range("2025-01-01", periods=90)).any()


def test_the_season_comes_back_and_growth_is_not_mistaken_for_it():
    days = pd.date_range("2022-01-01", periods=3 * 365)
    season = 1.0 + 0.4 * np.cos(2 * np.pi * (days.day_of_year - 340) / 365.25)
    growth = np.exp(0.3 * np.arange(len(days)) / 365)

    seasonal = CalendarEffects(noisy(season, days), Calendar(None)).season_
    growing = CalendarEffects(noisy(growth, days), Calendar(None)).season_

    assert np.corrcoef(seasonal, np.log(season[:365]))[0, 1] > 0.95
    assert np.ptp(growing) < 0.25 * np.ptp(seasonal)
    assert CalendarEffects(noisy(season, days)[:399], Calendar(None)).season_ is None


def test_what_is_planned_after_the_history_changes_nothing_that_is_learnt():
    history = noisy(np.ones(len(DAYS)))
    planned = Calendar("DE", events(("promotion", "2025-03-01", "2025-03-10", 1.0, 50.0)))

    assert (
        CalendarEffects(history, planned).plain(history).equals(CalendarEffects(history, Calendar("DE")).plain(history))
    )
