"""Better settings for the learners, looked for offline: seeded random search, judged by rolling origins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import loguniform, randint, uniform
from sklearn.model_selection import ParameterSampler

from ml.forecasting.backtest import backtest_cutoffs, predict_from
from ml.forecasting.calendars import Calendar
from ml.forecasting.entrants import make_entrants
from ml.forecasting.evaluation import JUDGED_DAYS, log_errors
from ml.forecasting.store import Store

SEED = 42
ORIGIN_LIMIT = 4
NEEDED_DAYS = 112  # before the days that are only checked on
# numbers of trees and seeds are given; least squares has nothing to set
SPACES: dict[str, Mapping[str, object]] = {
    "gradient_boosting": {
        "learning_rate": loguniform(0.02, 0.2),
        "max_depth": randint(2, 7),
        "max_features": uniform(0.15, 0.85),
        "min_samples_leaf": randint(5, 61),
        "subsample": uniform(0.3, 0.7),
    },
    "random_forest": {
        "max_features": uniform(0.15, 0.85),
        "max_samples": uniform(0.3, 0.7),
        "min_samples_leaf": randint(3, 61),
    },
    "histogram_boosting": {
        "l2_regularization": loguniform(0.01, 10.0),
        "learning_rate": loguniform(0.02, 0.2),
        "max_iter": randint(50, 301),
        "max_leaf_nodes": randint(7, 32),
        "min_samples_leaf": randint(10, 81),
    },
}
HEADS = ("store", "learner", "", "RMSE", "checked", "settings")


@dataclass(frozen=True)
class Search:
    """What was tried for one store.

    Attributes
    ----------
    cutoffs : DatetimeIndex
        The origins that chose.
    checked_from : Timestamp or None
        The origin of the check: the days after it chose nothing.
    trials : DataFrame
        A row per learner and trial, today's settings first (trial 0): ``learner``, ``trial``, ``settings``, ``rmse``
        (geometric mean over the origins, in currency), ``checked_rmse`` (of today's and of the best; NaN of others) and
        ``is_best``.
    reason : str
        Why nothing was tried, where nothing was.
    """

    store_id: str
    currency: str
    cutoffs: pd.DatetimeIndex
    checked_from: pd.Timestamp | None
    trials: pd.DataFrame
    reason: str = ""

    def record(self) -> dict:
        """All of it, for a file in JSON."""
        rows = self.trials.astype(object).where(self.trials.notna(), None)
        return {
            "store_id": self.store_id,
            "currency": self.currency,
            "seed": SEED,
            "cutoff_dates": [f"{day:%Y-%m-%d}" for day in self.cutoffs],
            "checked_from_date": f"{self.checked_from:%Y-%m-%d}",
            "trials": rows.to_dict("records"),
        }


def step_count() -> int:
    """How many times ``search`` reports progress, at most."""
    return len(SPACES) * (ORIGIN_LIMIT + 1)


def search(
    store: Store, horizon_days: int, trial_count: int, on_progress: Callable[[], object] = lambda: None
) -> Search:
    """Try settings of the learners of a store's total, and check the best on days that chose nothing.

    Whole forecasts of up to four origins are judged by their RMSE, in logarithms; all days of these lie before the last
    ``horizon_days`` of the history, on which today's settings and the best are compared at last.

    References
    ----------
    Bergstra and Bengio (2012), Random search for hyper-parameter optimization, Journal of Machine Learning Research 13.
    """
    history = store.history
    known = history[:-horizon_days]
    if len(known) < NEEDED_DAYS:
        days = f"{len(history)} days; {NEEDED_DAYS + horizon_days} needed for a horizon of {horizon_days}"
        return Search(
            store.store_id, store.currency, history.index[:0], None, pd.DataFrame(), f"not enough history ({days})"
        )
    cutoffs = backtest_cutoffs(known.index)
    cutoffs = cutoffs[(known.index[-1] - cutoffs).days >= JUDGED_DAYS][-ORIGIN_LIMIT:]
    parts = []
    for learner in SPACES:
        settings = [today_settings(learner), *sample_settings(learner, trial_count)]

        def entrants_at(day: pd.Timestamp, learner: str = learner, settings: Sequence[dict] = settings) -> dict:
            return _entrants(store.calendar(day), horizon_days, learner, dict(enumerate(settings)))

        said = predict_from(known, cutoffs, entrants_at, horizon_days, on_progress)
        errors = log_errors(said.dropna(subset="actual"), min(horizon_days, JUDGED_DAYS)).mean()
        best = int(errors.sort_index().idxmin())
        compared = {number: settings[number] for number in {0, best}}

        def checked_at(day: pd.Timestamp, learner: str = learner, compared: dict = compared) -> dict:
            return _entrants(store.calendar(day), horizon_days, learner, compared)

        check = predict_from(history, known.index[-1:], checked_at, horizon_days, on_progress)
        square = ((check["forecast"] - check["actual"]) ** 2).groupby(check["model_name"]).mean()
        rows = pd.DataFrame({"learner": learner, "trial": range(len(settings)), "settings": settings})
        rows["rmse"] = np.exp(errors.reindex(rows["trial"]).to_numpy()).round(4)
        rows["checked_rmse"] = np.sqrt(square.reindex(rows["trial"]).to_numpy()).round(4)
        parts.append(rows.assign(is_best=rows["trial"] == best))
    return Search(store.store_id, store.currency, cutoffs, known.index[-1], pd.concat(parts, ignore_index=True))


def today_settings(learner: str) -> dict:
    """What a learner is set to in ``ml.forecasting.learners``, of all that is searched."""
    own = make_entrants(Calendar(), 1)[learner]._regressor().get_params()
    return {name: own[name] for name in SPACES[learner]}


def sample_settings(learner: str, count: int) -> list[dict]:
    """So many settings of a learner, drawn at random, the same ones each time; fractions have three digits."""
    drawn = ParameterSampler(SPACES[learner], count, random_state=SEED)
    return [
        {
            name: int(value) if isinstance(value, (int, np.integer)) else float(f"{value:.3g}")
            for name, value in one.items()
        }
        for one in drawn
    ]


def search_text(searches: Sequence[Search]) -> str:
    """A table for the terminal: today's settings of each learner and the best ones."""
    table = [HEADS]
    for found in searches:
        if found.reason:
            table.append((found.store_id, found.reason, "", "", "", ""))
            continue
        rows = found.trials[(found.trials["trial"] == 0) | found.trials["is_best"]]
        for row in rows.itertuples():
            what = ("today, best" if row.is_best else "today") if row.trial == 0 else "best"
            words = ", ".join(f"{name}={_short(value)}" for name, value in row.settings.items())
            table.append((found.store_id, row.learner, what, f"{row.rmse:,.0f}", f"{row.checked_rmse:,.0f}", words))
    full = [line for line in table if line[-1]]
    widths = [max(len(line[place]) for line in full) for place in range(len(HEADS))]
    lines = []
    for line in table:
        cells = [cell.ljust(width) for cell, width in zip(line[:3], widths, strict=False)]
        cells += [cell.rjust(width) for cell, width in zip(line[3:5], widths[3:], strict=False)]
        lines.append("  ".join([*cells, line[5]]).rstrip())
    currencies = ", ".join(f"{found.store_id} in {found.currency}" for found in searches)
    return "\n".join(
        [
            *lines,
            f"RMSE per day over the origins that chose; checked on the last days, which chose nothing: {currencies}.",
            "Nothing was changed; docs/forecasting.md says how to adopt settings.",
        ]
    )


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _entrants(calendar: Calendar, horizon_days: int, learner: str, settings: Mapping[int, dict]) -> dict:
    return {
        number: make_entrants(calendar, horizon_days)[learner].set_params(settings=own)
        for number, own in settings.items()
    }
