"""How the parts of a store are forecast: their share of what the store is expected to sell.

The store's own forecast knows seasons, holidays and growth, and the parts are noisy. So a part is forecast as its share
of the store, week by week, times the store's forecast; then the parts are spread to add up, see ``panels.spread``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import PoissonRegressor

from ml.forecasting.features import PROFILE_WEEKS, same_weekday_mean

WEEK_DAYS = 7
SHARE_DAYS = 28
LONG_DAYS = 91
YEAR_DAYS = 364
ORIGIN_SPACING_DAYS = 28
ORIGIN_LIMIT = 13
MAX_ROWS = 30_000
FEWEST_ROWS = 200
LARGEST_RATIO = 5.0
WEEKDAY_PRIOR_DAYS = 60.0  # days with a sale that the belief weighs that a series has the weekdays of all
SHARE_PRIOR_DAYS = 14.0  # days that the belief weighs that the share of four weeks is that of thirteen
LIFT_PRIOR = 1e-4
LIFT_PRIOR_DAYS = 14
LIFT_RANGE = (0.2, 10.0)
SEED = 42
SHARE_MODELS = ("recent_share", "boosted_share", "combination", "weekday_mean_scaled")
PANEL_BASELINES = ("seasonal_naive", "weekday_mean", "level_profile")


@dataclass(frozen=True)
class Lift:
    """What a promotion does to the series in it: the logarithm of the factor, of being shown and per percent."""

    shown: float = 0.0
    per_pct: float = 0.0

    def factor(self, promoted: np.ndarray, discounted: np.ndarray) -> np.ndarray:
        """The factor on demand, by the share of the series in promotions (0-1) and its discount in percent."""
        return np.clip(np.exp(self.shown * promoted + self.per_pct * discounted), *LIFT_RANGE)


def learn_lift(values: np.ndarray, promoted: np.ndarray, discounted: np.ndarray) -> Lift:
    """The lift that promotions had, over all series, against the days around them.

    A Poisson regression of sales on promotion days, with what was usual as exposure; no lift while there were none.

    Parameters
    ----------
    values, promoted, discounted : ndarray of shape (n_days, n_series)
        Revenue or units; share of the series in promotions (0-1); discount in percent.
    """
    is_on = promoted > 0.0
    if not is_on.any():
        return Lift()
    sold = values > 0.0
    is_listed = np.maximum.accumulate(sold) & np.maximum.accumulate(sold[::-1])[::-1]
    ordinary = pd.DataFrame(np.where(is_on | ~is_listed, np.nan, np.maximum(values, 0.0)))
    # what sells rarely sold nothing in many a window, or by chance a lot: its own mean has a say as well
    own_mean = ordinary.mean().fillna(0.0)
    around = ordinary.rolling(2 * SHARE_DAYS + 1, center=True, min_periods=0)
    usual = ((around.sum() + LIFT_PRIOR_DAYS * own_mean) / (around.count() + LIFT_PRIOR_DAYS)).to_numpy()
    day = np.nansum(ordinary.to_numpy(), axis=1)
    expected_day = np.where(ordinary.notna(), usual, 0.0).sum(axis=1)
    # a strong day of the store is no promotion's doing
    strength = np.where(expected_day > 0.0, day / np.where(expected_day > 0.0, expected_day, 1.0), 1.0)
    exposure = usual * strength[:, None]
    counts = is_on & is_listed & (exposure > 0.0)
    if not counts.any():
        return Lift()
    inputs = np.column_stack([promoted[counts], discounted[counts] / 10.0])
    model = PoissonRegressor(alpha=LIFT_PRIOR, fit_intercept=False, max_iter=300)
    model.fit(inputs, np.maximum(values[counts], 0.0) / exposure[counts], sample_weight=exposure[counts])
    return Lift(float(model.coef_[0]), float(model.coef_[1]) / 10.0)


class ShareModel:
    """What moves the shares of a level's series: one boosting for all of them.

    Parameters
    ----------
    regressor : HistGradientBoostingRegressor or None
        A fitted one, to go on with.

    Attributes
    ----------
    regressor_ : HistGradientBoostingRegressor or None
        Ratio of the share of a week ahead to the share of the last 28 days; None while too little is known.
    """

    def __init__(self, regressor: HistGradientBoostingRegressor | None = None) -> None:
        self.regressor_ = regressor

    def fit(self, panel: np.ndarray, horizon_days: int) -> ShareModel:
        """Learn from a plain panel (days by series), by origins every four weeks of up to a year."""
        weeks = -(-horizon_days // WEEK_DAYS)
        last = len(panel) - 1 - WEEK_DAYS
        origins = np.arange(last, 2 * SHARE_DAYS, -ORIGIN_SPACING_DAYS)[:ORIGIN_LIMIT]
        rows, targets, weights = [], [], []
        for origin in origins:
            known_weeks = min(weeks, (len(panel) - 1 - origin) // WEEK_DAYS)
            inputs, share, counts = share_features(panel[: origin + 1], known_weeks)
            for week in range(known_weeks):
                ahead = panel[origin + 1 + WEEK_DAYS * week : origin + 1 + WEEK_DAYS * (week + 1)]
                total = ahead.sum()
                if total <= 0.0:
                    continue
                ratio = ahead.sum(axis=0) / total / np.where(share > 0.0, share, 1.0)
                rows.append(inputs[week][counts])
                targets.append(np.clip(ratio[counts], 0.0, LARGEST_RATIO))
                weights.append(np.sqrt(share[counts]))
        if not rows or sum(map(len, rows)) < FEWEST_ROWS:
            return self
        inputs, target, weight = np.concatenate(rows), np.concatenate(targets), np.concatenate(weights)
        # rows are drawn by their weight, since weighing them costs the regressor four times as long
        row_count = min(len(inputs), MAX_ROWS)
        drawn = np.random.default_rng(SEED).choice(len(inputs), row_count, p=weight / weight.sum())
        self.regressor_ = HistGradientBoostingRegressor(
            loss="poisson",
            max_iter=80,
            learning_rate=0.06,
            max_leaf_nodes=12,
            min_samples_leaf=40,
            l2_regularization=5.0,
            early_stopping=False,
            random_state=SEED,
        ).fit(inputs[drawn], target[drawn])
        return self

    def predict(self, panel: np.ndarray, horizon_days: int) -> np.ndarray:
        """The share of each series in each week ahead; shape (n_weeks, n_series)."""
        weeks = -(-horizon_days // WEEK_DAYS)
        inputs, share, counts = share_features(panel, weeks)
        if self.regressor_ is None:
            return np.repeat(share[None, :], weeks, axis=0)
        ratios = np.ones((weeks, panel.shape[1]))
        ratios[:, counts] = self.regressor_.predict(inputs[:, counts].reshape(-1, inputs.shape[2])).reshape(weeks, -1)
        return share * ratios


def recent_share(panel: np.ndarray) -> np.ndarray:
    """The share of each series in the last 28 days, drawn towards that of 91 days; shape (n_series,)."""
    short, long = _share(panel, SHARE_DAYS), _share(panel, LONG_DAYS)
    trust = SHARE_DAYS / (SHARE_DAYS + SHARE_PRIOR_DAYS)
    return trust * short + (1.0 - trust) * long


def share_features(panel: np.ndarray, weeks: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is known of each series at the end of a panel, for each week ahead.

    Returns
    -------
    features : ndarray of shape (n_weeks, n_series, 10)
        Week ahead; share of 7, 91 and 364 days against the recent share; its logarithm; share of days without a sale in
        28 and 91 days; days since the last sale; days since the first, as a logarithm; how the share moved at this time
        a year before (1 unknown).
    share : ndarray of shape (n_series,)
        See ``recent_share``.
    counts : ndarray of shape (n_series,)
        Whether there is a share that can move.
    """
    share = recent_share(panel)
    counts = share > 0.0
    safe = np.where(counts, share, 1.0)
    sold = panel > 0.0
    day_count, series_count = panel.shape
    since_last = np.where(sold.any(axis=0), sold[::-1].argmax(axis=0), day_count)
    since_first = np.where(sold.any(axis=0), day_count - sold.argmax(axis=0), 0)
    steady = [
        _share(panel, WEEK_DAYS) / safe,
        _share(panel, LONG_DAYS) / safe,
        _share(panel, YEAR_DAYS) / safe,
        np.log(safe),
        1.0 - sold[-SHARE_DAYS:].mean(axis=0),
        1.0 - sold[-LONG_DAYS:].mean(axis=0),
        np.minimum(since_last, LONG_DAYS),
        np.log1p(since_first),
    ]
    features = np.empty((weeks, series_count, len(steady) + 2))
    features[:, :, 1:-1] = np.stack(steady, axis=1)
    for week in range(weeks):
        features[week, :, 0] = week + 1
        features[week, :, -1] = _moved_a_year_before(panel, week)
    return features, share, counts


def _moved_a_year_before(panel: np.ndarray, week: int) -> np.ndarray:
    """The share of three weeks around the week ahead, a year before, against that of the 28 days before them then."""
    then = len(panel) - YEAR_DAYS
    middle = then + WEEK_DAYS * week + WEEK_DAYS // 2
    if then < SHARE_DAYS:
        return np.ones(panel.shape[1])
    ahead = panel[max(middle - 10, 0) : min(middle + 11, len(panel))]
    before = _share(panel[:then], SHARE_DAYS)
    total = np.maximum(ahead, 0.0).sum()
    share = np.maximum(ahead, 0.0).sum(axis=0) / total if total > 0.0 else before
    return np.where(before > 0.0, np.clip(share / np.where(before > 0.0, before, 1.0), 0.0, LARGEST_RATIO), 1.0)


def _share(panel: np.ndarray, days: int) -> np.ndarray:
    amounts = np.maximum(panel[-days:].sum(axis=0), 0.0)
    total = amounts.sum()
    return amounts / total if total > 0.0 else np.zeros(panel.shape[1])


def weekday_pattern(panel: np.ndarray) -> np.ndarray:
    """Per place in the week after the panel and series, its sales against those of all series; shape (7, n_series).

    Over 13 weeks; drawn towards 1 while a series has sold on few days.
    """
    recent = np.maximum(panel[-LONG_DAYS:], 0.0)
    place = (np.arange(len(recent)) - len(recent)) % WEEK_DAYS
    own, all_ = np.zeros((WEEK_DAYS, panel.shape[1])), np.zeros(WEEK_DAYS)
    for day in range(WEEK_DAYS):
        own[day], all_[day] = recent[place == day].sum(axis=0), recent[place == day].sum()
    own_share = own / np.where(own.sum(axis=0) > 0.0, own.sum(axis=0), 1.0)
    all_share = (all_ / all_.sum() if all_.sum() > 0.0 else np.full(WEEK_DAYS, 1.0 / WEEK_DAYS))[:, None]
    days_sold = (recent > 0.0).sum(axis=0)
    trust = days_sold / (days_sold + WEEKDAY_PRIOR_DAYS)
    return 1.0 + trust * (own_share / np.where(all_share > 0.0, all_share, 1.0) - 1.0)


def baseline_forecasts(panel: np.ndarray, horizon_days: int) -> dict[str, np.ndarray]:
    """What anybody could say of each series; arrays of shape (horizon_days, n_series), zero or more.

    The last week again; the mean of eight same weekdays; the mean of 28 days times the weekdays of all series.
    """
    week = same_weekday_mean(panel, PROFILE_WEEKS)[-WEEK_DAYS:]
    recent = np.maximum(panel[-LONG_DAYS:], 0.0).sum(axis=1)
    place = (np.arange(len(recent)) - len(recent)) % WEEK_DAYS
    profile = np.array([recent[place == day].mean() if (place == day).any() else 0.0 for day in range(WEEK_DAYS)])
    profile = profile / profile.mean() if profile.sum() > 0.0 else np.ones(WEEK_DAYS)
    ahead = np.arange(horizon_days) % WEEK_DAYS
    said = {
        "seasonal_naive": panel[-WEEK_DAYS:][ahead],
        "weekday_mean": week[ahead],
        "level_profile": profile[ahead][:, None] * panel[-SHARE_DAYS:].mean(axis=0),
    }
    return {name: np.maximum(amounts, 0.0) for name, amounts in said.items()}


def promotions_of(
    events: pd.DataFrame, level: str, keys: pd.Index, categories: pd.Series, days: pd.DatetimeIndex
) -> tuple[np.ndarray, np.ndarray]:
    """Per day and series, the share of it in promotions (0-1) and its discount in percent.

    ``events`` as in ``Store``; ``categories`` per product. A series is in an event that names it, its
    category, or the whole store; what happens to a product says nothing here of its category.
    """
    promoted, discounted = np.zeros((len(days), len(keys))), np.zeros((len(days), len(keys)))
    category = pd.Index({"category": keys, "product": categories.reindex(keys)}.get(level, [None] * len(keys)))
    place = {key: [number] for number, key in enumerate(keys)} if level == "product" else {}
    for event in events[events["event_kind"] != "closure"].itertuples():
        if event.product_id:
            covered = place.get(event.product_id, [])
        else:
            covered = np.flatnonzero(category == event.category) if event.category else np.arange(len(keys))
        first = days.searchsorted(pd.Timestamp(event.starts_on))
        end = len(days) if pd.isna(event.ends_on) else days.searchsorted(pd.Timestamp(event.ends_on), side="right")
        if len(covered) and first < end:
            where = np.ix_(np.arange(first, end), covered)
            promoted[where] += event.event_kind == "promotion"
            discounted[where] += event.discount_pct
    return np.minimum(promoted, 1.0), discounted
