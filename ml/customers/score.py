"""All scores of a store's customers as of a day, and how good such scores were from past days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from ml.churn import evaluation as churn_evaluation
from ml.churn.entrants import ChurnModels
from ml.churn.reasons import explain
from ml.churn.risk import RiskThresholds, choose_thresholds
from ml.churn.window import churn_window_days, has_churned
from ml.customer_value import evaluation as value_evaluation
from ml.customer_value.entrants import TRAINING_ROWS, PurchasesAndSpend, predict_all
from ml.customer_value.evaluation import BANDS
from ml.segments.segments import Segments, find_segments
from ml.snapshots import PERIODS_DAYS, as_known_on, rank_countries

DECIMALS = 4  # of the table of results: what is judged is what is stored
LEAST_REPEAT_BUYERS = 30
LEAST_REPEAT_RATE = 0.05
LEAST_LEARNT = 100  # past snapshots of customers with a known end, before churn is learnt
PAST_DAYS_PER_PERIOD = 2
PAST_DAYS_OF_CHURN = 3
FRESH_DAYS = 7
PAST_TRAINING_ROWS = 5_000
TRAINING_SNAPSHOTS = 6
SAMPLE_CUSTOMERS = 5_000  # of a large store: those of whom also the rivals' predictions are stored
ALL_UP_TO = 20_000
BLOCK_CUSTOMERS = 100_000
SEED = 42

NOBODY_COMES_BACK = "store_without_repeat_buyers"
TOO_YOUNG = "store_too_young"
TOO_FRESH = "bought_once_this_week"


@dataclass(frozen=True)
class StoreScores:
    """What a store's customers were given as of a day.

    Attributes
    ----------
    cutoff : Timestamp
        The day as of which they are looked at; nothing later is known.
    customer_count, repeat_count : int
        Who ever bought, and who more than once.
    window_days : int or None
        Days without a purchase that make a customer count as lost.
    unusable : str
        Why models of coming back are not usable for this store; empty where they are.
    churn_unusable : str
        Why churn is not scored; empty where it is.
    predictions : DataFrame
        Rows of the results: ``target``, ``series_key``, ``model_name``, ``kind``, ``cutoff_date``, ``period_days``,
        ``forecast``, bands, ``is_champion``.
    customers : DataFrame
        A row per customer: ``customer_id``, ``churn_window_days``, ``churn_risk``, ``reason_1``, ``reason_2``,
        ``not_scored_reason``, ``segment_number``, ``segment_name``.
    champions : dict
        Who is published, by "clv" and period, and "churn".
    value_scores : dict
        By period, the mean scores of the entrants over past days.
    churn_scores : DataFrame
        The mean scores of the entrants over past days.
    """

    cutoff: pd.Timestamp
    customer_count: int
    repeat_count: int
    window_days: int | None
    unusable: str
    churn_unusable: str
    predictions: pd.DataFrame
    customers: pd.DataFrame
    champions: dict[object, str]
    value_scores: dict[int, pd.DataFrame] = field(default_factory=dict)
    churn_scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    value_calibration: dict[int, pd.DataFrame] = field(default_factory=dict)
    churn_calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    precision_recall: pd.DataFrame = field(default_factory=pd.DataFrame)
    thresholds: RiskThresholds | None = None
    segments: Segments | None = None

    def crossing(self, rfm_segments: pd.Series) -> pd.DataFrame:
        """Customers by segment (rows) and RFM name (columns); ``rfm_segments`` by customer_id."""
        names = self.customers["customer_id"].map(rfm_segments)
        return pd.crosstab(self.customers["segment_name"], names, rownames=["segment"], colnames=["RFM name"])


@dataclass(frozen=True)
class _Past:
    """What would have been said on a past day, beside what happened."""

    day: pd.Timestamp
    customers: pd.DataFrame
    values: dict[int, pd.DataFrame]
    values_came: dict[int, np.ndarray]
    chances: pd.DataFrame | None
    churned: np.ndarray | None


def score_store(
    snapshots: pd.DataFrame,
    today: pd.DataFrame,
    previous_segments: pd.Series | None = None,
    on_progress: Callable[[str], object] = lambda step: None,
) -> StoreScores:
    """Score the customers of one day.

    Parameters
    ----------
    snapshots : DataFrame
        The same store's snapshots up to that day, to learn from and to judge by; of a large store a sample of
        customers.
    today : DataFrame
        The snapshots of that day, of all customers.
    previous_segments : Series, optional
        The number of the segment that each customer (customer_id) was in before.
    on_progress : callable
        Called with the name of each step that begins.
    """
    with threadpool_limits(1):  # on small tables a second thread mostly waits, and on a busy machine spins
        cutoff = today["snapshot_date"].iloc[0]
        known = as_known_on(snapshots, cutoff)
        repeat_count = int((today["purchase_count"] > 1).sum())
        is_usable = repeat_count >= LEAST_REPEAT_BUYERS and repeat_count >= LEAST_REPEAT_RATE * len(today)
        window_days = churn_window_days(today) if is_usable else None

        past = []
        value_days, churn_days = _past_days(known, cutoff, window_days)
        for day in sorted(value_days | churn_days):
            on_progress(f"as of {day:%Y-%m-%d}")
            past.append(_look_back(known, day, cutoff, window_days if day in churn_days else None))
        model = fit_model(known) if is_usable else None
        on_progress("values")
        rows, champions, value_scores, value_calibration = _value(known, today, past, model)
        on_progress("churn")
        churn = _churn(known, today, past, window_days, model) if window_days else _Churn(NOBODY_COMES_BACK)
        on_progress("segments")
        was = None if previous_segments is None else today["customer_id"].map(previous_segments)
        segments = find_segments(today.reset_index(drop=True), was)

    customers = pd.DataFrame({"customer_id": today["customer_id"].to_numpy()}).assign(
        churn_window_days=window_days, **churn.columns(len(today))
    )
    numbers = segments.numbers if segments else None
    customers["segment_number"] = pd.array(numbers if segments else [pd.NA] * len(today), dtype="Int64")
    customers["segment_name"] = pd.Series(numbers).map(segments.names).to_numpy() if segments else None
    predictions = pd.concat([*rows, *churn.rows], ignore_index=True)
    return StoreScores(
        cutoff=cutoff,
        customer_count=len(today),
        repeat_count=repeat_count,
        window_days=window_days,
        unusable="" if is_usable else NOBODY_COMES_BACK,
        churn_unusable=churn.unusable,
        predictions=predictions,
        customers=customers.assign(churn_window_days=customers["churn_window_days"].astype("Int64")),
        champions=champions | ({"churn": churn.champion} if churn.champion else {}),
        value_scores=value_scores,
        churn_scores=churn.scores,
        value_calibration=value_calibration,
        churn_calibration=churn.calibration,
        precision_recall=churn.precision_recall,
        thresholds=churn.thresholds,
        segments=segments,
    )


def fit_model(known: pd.DataFrame) -> PurchasesAndSpend | None:
    """BG/NBD with Gamma-Gamma on the latest of the snapshots; None where it cannot be fitted."""
    try:
        return PurchasesAndSpend().fit(known)
    except ValueError:
        return None


def learn_churn(
    known: pd.DataFrame, window_days: int, day: pd.Timestamp, model: PurchasesAndSpend, row_count: int = TRAINING_ROWS
) -> ChurnModels | None:
    """The churn models as of a day; None where too little has come to pass, or all became the same."""
    churned = has_churned(known, window_days, day).dropna()
    latest = np.sort(known.loc[churned.index, "snapshot_date"].unique())[-TRAINING_SNAPSHOTS:]
    churned = churned[known.loc[churned.index, "snapshot_date"].isin(latest)]
    if len(churned) > row_count:
        churned = churned.sample(row_count, random_state=SEED)
    if (
        len(churned) < LEAST_LEARNT
        or churned.value_counts().reindex([0.0, 1.0], fill_value=0).min() < LEAST_LEARNT // 10
    ):
        return None
    today = known[known["snapshot_date"] == day]
    return ChurnModels(window_days).fit(
        known.loc[churned.index], churned, today, model.purchases_, rank_countries(known)
    )


def _past_days(
    known: pd.DataFrame, cutoff: pd.Timestamp, window_days: int | None
) -> tuple[set[pd.Timestamp], set[pd.Timestamp]]:
    """The past days to score again: the latest of which each period has come; and for churn, the window."""
    days = [pd.Timestamp(day) for day in np.sort(known["snapshot_date"].unique()) if day < cutoff]

    def latest(period_days: int, count: int) -> list[pd.Timestamp]:
        return [day for day in days if day + pd.Timedelta(days=period_days) <= cutoff][-count:]

    values = {day for period_days in PERIODS_DAYS for day in latest(period_days, PAST_DAYS_PER_PERIOD)}
    return values, set(latest(window_days, PAST_DAYS_OF_CHURN)) if window_days else set()


def _look_back(known: pd.DataFrame, day: pd.Timestamp, cutoff: pd.Timestamp, window_days: int | None) -> _Past:
    """Score the customers of a past day by what was known then."""
    then = as_known_on(known, day)
    customers = known[known["snapshot_date"] == day].sort_values("customer_id")
    if len(customers) > ALL_UP_TO:
        customers = customers.sample(ALL_UP_TO, random_state=SEED).sort_values("customer_id")
    model = fit_model(then)
    periods = [days for days in PERIODS_DAYS if day + pd.Timedelta(days=days) <= cutoff]
    said = predict_all(then, customers, periods, model, PAST_TRAINING_ROWS)
    values = {days: table.round(DECIMALS) for days, table in said.items()}
    came = {days: customers[f"label_net_revenue_{days}_days"].to_numpy(float) for days in periods}
    chances = churned = None
    if window_days and model:
        models = learn_churn(then, window_days, day, model, PAST_TRAINING_ROWS)
        if models:
            chances = models.predict(models.matrix(customers)).round(DECIMALS)
            churned = has_churned(customers, window_days, cutoff).to_numpy(float)
    return _Past(day, customers, values, came, chances, churned)


def _value(
    known: pd.DataFrame, today: pd.DataFrame, past: list[_Past], model: PurchasesAndSpend | None
) -> tuple[list[pd.DataFrame], dict[object, str], dict[int, pd.DataFrame], dict[int, pd.DataFrame]]:
    """Rows of the results about values, champions, mean scores and calibration by period."""
    said = predict_all(known, today, PERIODS_DAYS, model)
    rows, champions, mean_scores, calibrations = [], {}, {}, {}
    bands = None
    for days in PERIODS_DAYS:
        judged = [one for one in past if days in one.values]
        scores = {one.day: value_evaluation.score_entrants(one.values[days], one.values_came[days]) for one in judged}
        now = said[days].round(DECIMALS)
        champion = value_evaluation.choose_champion(list(scores.values()), list(now))
        champions["clv", days] = champion
        with_champion = [one for one in judged if champion in one.values[days]]
        if with_champion:
            forecast = np.concatenate([one.values[days][champion].to_numpy() for one in with_champion])
            actual = np.concatenate([one.values_came[days] for one in with_champion])
            # what has not been judged yet takes the bands of the longest period that has
            bands = value_evaluation.learn_bands(forecast, actual)
            calibrations[days] = value_evaluation.calibration(forecast, actual)
            mean_scores[days] = pd.concat(scores.values()).groupby(level=0).mean()
        edges = value_evaluation.add_bands(now[champion].to_numpy(), bands)
        rows.append(_rows("clv", days, "live", today, now, champion, edges))
        for one in judged:
            earlier = [table for day, table in scores.items() if day + pd.Timedelta(days=days) <= one.day]
            published = value_evaluation.choose_champion(earlier, list(one.values[days]))
            rows.append(_rows("clv", days, "backtest", one.customers, one.values[days], published))
    return rows, champions, mean_scores, calibrations


@dataclass
class _Churn:
    unusable: str = ""
    champion: str = ""
    rows: list[pd.DataFrame] = field(default_factory=list)
    risk: np.ndarray | None = None
    reasons: pd.DataFrame | None = None
    not_scored: np.ndarray | None = None
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    precision_recall: pd.DataFrame = field(default_factory=pd.DataFrame)
    thresholds: RiskThresholds | None = None

    def columns(self, count: int) -> dict[str, object]:
        if self.unusable:
            return {"churn_risk": None, "reason_1": None, "reason_2": None, "not_scored_reason": self.unusable}
        return {
            "churn_risk": self.risk,
            "reason_1": self.reasons["reason_1"].to_numpy(),
            "reason_2": self.reasons["reason_2"].to_numpy(),
            "not_scored_reason": self.not_scored,
        }


def _churn(
    known: pd.DataFrame, today: pd.DataFrame, past: list[_Past], window_days: int, model: PurchasesAndSpend | None
) -> _Churn:
    cutoff = today["snapshot_date"].iloc[0]
    models = learn_churn(known, window_days, cutoff, model) if model else None
    if models is None:
        return _Churn(TOO_YOUNG)
    judged = [one for one in past if one.chances is not None]
    scores = {one.day: churn_evaluation.score_entrants(one.chances, one.churned) for one in judged}
    churn = _Churn(champion=churn_evaluation.choose_champion(list(scores.values())))
    chances = churned = None
    if judged:
        chances = np.concatenate([one.chances[churn.champion].to_numpy() for one in judged])
        churned = np.concatenate([one.churned for one in judged])
        churn.scores = pd.concat(scores.values()).groupby(level=0).mean()
        churn.calibration = churn_evaluation.calibration(chances, churned)
        churn.precision_recall = churn_evaluation.precision_recall(chances, churned)
    churn.thresholds = choose_thresholds(chances, churned)

    usual, said, reasons = None, [], []
    for start in range(0, len(today), BLOCK_CUSTOMERS):
        block = today.iloc[start : start + BLOCK_CUSTOMERS]
        matrix = models.matrix(block)
        usual = matrix.median() if usual is None else usual
        chance = models.predict(matrix).round(DECIMALS)
        said.append(chance)
        reasons.append(
            explain(matrix, chance[churn.champion].to_numpy(), usual, lambda rows: models.predict(rows, churn.champion))
        )
    now, churn.reasons = pd.concat(said), pd.concat(reasons)
    is_fresh = ((today["purchase_count"] == 1) & (today["tenure_days"] < FRESH_DAYS)).to_numpy()
    churn.not_scored = np.where(is_fresh, TOO_FRESH, None)
    churn.risk = np.where(is_fresh, None, churn.thresholds.classify(now[churn.champion].to_numpy()))
    churn.reasons.loc[is_fresh] = None
    churn.rows = [_rows("churn", window_days, "live", today[~is_fresh], now[~is_fresh], churn.champion)]
    for one in judged:
        earlier = [table for day, table in scores.items() if day + pd.Timedelta(days=window_days) <= one.day]
        published = churn_evaluation.choose_champion(earlier)
        churn.rows.append(_rows("churn", window_days, "backtest", one.customers, one.chances, published))
    return churn


def _rows(
    target: str,
    period_days: int,
    kind: str,
    customers: pd.DataFrame,
    said: pd.DataFrame,
    champion: str,
    edges: dict[str, np.ndarray] | None = None,
) -> pd.DataFrame:
    """Rows of the results: the champion of all customers; the others of all, or of a sample where these are many.

    Of past days only the sample is kept.
    """
    keys = customers["customer_id"].to_numpy()
    kept = np.arange(len(keys))
    if len(keys) > ALL_UP_TO or kind == "backtest":
        hashes = pd.util.hash_array(keys.astype(object))
        kept = np.sort(np.argsort(hashes, kind="stable")[:SAMPLE_CUSTOMERS])
    parts = []
    for name in said:
        is_published = name == champion
        places = np.arange(len(keys)) if is_published and kind == "live" else kept
        part = {"series_key": keys[places], "model_name": name, "forecast": said[name].to_numpy()[places]}
        for band in BANDS:
            part[band] = edges[band][places] if is_published and edges else np.nan
        parts.append(pd.DataFrame(part).assign(is_champion=is_published))
    rows = pd.concat(parts, ignore_index=True)
    rows.insert(0, "target", target)
    return rows.assign(kind=kind, cutoff_date=customers["snapshot_date"].iloc[0], period_days=period_days)
