"""How good what is published is, for every store in the warehouse: rolling origins beside AutoETS and all entrants.

    python -m benchmarks.forecast_accuracy [--store STORE ...] [--outlet]

From each of five origins 28 days apart and three 90 days apart, the whole of a training (backtest, weights, choice,
bands) is done with what was known on that day alone; then what it publishes is judged on the days that followed. The
first column is the geometric mean over the origins of a model's RMSE divided by that of AutoETS. ``--outlet`` adds a
synthetic store that lives by its sales, forecast with and without knowing them ahead.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks.synthetic_shops import make_shop
from ml.forecasting.evaluation import LEAD_BUCKETS, naive_error, score
from ml.forecasting.predicting import predict
from ml.forecasting.run import STORES, read_store
from ml.forecasting.store import Store
from ml.forecasting.training import train
from warehouse import Warehouse, run_command

DESIGNS = ((28, 5), (90, 3))  # days ahead, origins
RIVAL = "auto_ets"
SHOWN = {
    "rmse": "{:,.0f}",
    "mae": "{:,.0f}",
    "wape_rate": "{:.1%}",
    "mase": "{:.2f}",
    "bias_rate": "{:+.1%}",
    "covered_80_rate": "{:.1%}",
    "covered_95_rate": "{:.1%}",
    "width_80": "{:,.0f}",
    "width_95": "{:,.0f}",
}
HEADS = ("RMSE", "MAE", "WAPE", "MASE", "bias", "in 80 %", "in 95 %", "80 wide", "95 wide")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", nargs="+", help="store_id; default all")
    parser.add_argument("--outlet", action="store_true", help="also the synthetic store that lives by its sales")
    options = parser.parse_args()
    warehouse = Warehouse.open()
    for row in warehouse.read(STORES).to_dict("records"):
        if options.store and row["store_id"] not in options.store:
            continue
        store = replace(read_store(warehouse, row, None), levels={})
        if len(store.history) < DESIGNS[0][0] * 2:
            print(f"\n{store.name}: not enough history ({len(store.history)} days)")
            continue
        print_store(store, roll(store))
    if options.outlet:
        print_outlet()


def roll(store: Store) -> pd.DataFrame:
    """Predictions from all origins by all models and of what was published, with bands and actuals."""
    origins = [(days, step * days) for days, count in DESIGNS for step in range(1, count + 1)]
    parts = []
    for days, back in tqdm(origins, desc=store.store_id, unit="origin", disable=None):
        cutoff = store.history.index[-1 - back] if len(store.history) > back + DESIGNS[0][0] else None
        if cutoff is None:
            continue
        training, _ = train(store, cutoff, DESIGNS[-1][0])
        live = predict(store, training, cutoff).rows.query("period_days == 1 and horizon_days <= @days")
        published = live[live["is_champion"]].assign(model_name="published")
        rows = pd.concat([live, published]).assign(design=days, naive_error=naive_error(store.history[:cutoff]))
        parts.append(rows.assign(actual=store.history.reindex(rows["forecast_date"]).to_numpy()))
    return pd.concat(parts, ignore_index=True)


def ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Per model, the geometric mean and the highest of its RMSE divided by the rival's, over the origins."""
    error = (rows["forecast"] - rows["actual"]) ** 2
    by_origin = np.sqrt(error.groupby([rows["cutoff_date"], rows["model_name"]]).mean().unstack())
    ratio = by_origin.div(by_origin[RIVAL], axis="index")
    return pd.DataFrame({"ratio": np.exp(np.log(ratio).mean()), "highest": ratio.max()})


def print_store(store: Store, rows: pd.DataFrame) -> None:
    """The tables of a store: per design all models, then what was published by lead time."""
    print(
        f"\n{store.name}, {store.currency} per day, {len(store.history):,} days "
        f"until {store.history.index[-1]:%Y-%m-%d}"
    )
    print(f"{'':<10} {'model':<18} {'ratio':>6}{'highest':>9}" + "".join(f"{name:>10}" for name in HEADS))
    overall = []
    for days, own in rows.groupby("design"):
        table = ratios(own)
        overall.append(table.loc["published", "ratio"])
        label = f"{days} x {own['cutoff_date'].nunique()}"
        for model in table.sort_values("ratio").index:
            scores = score(own[own["model_name"] == model])
            print(
                f"{label:<10} {model:<18} {table.loc[model, 'ratio']:>6.3f}{table.loc[model, 'highest']:>9.3f}"
                f"{_figures(scores)}"
            )
            label = ""
        for first, last in LEAD_BUCKETS:
            slice_ = own[own["horizon_days"].between(first, last)]
            for model in ("published", RIVAL, "weekday_mean", "seasonal_naive"):
                scores = slice_[slice_["model_name"] == model]
                if len(scores):
                    name = f"{first}-{last}" if model == "published" else ""
                    print(f"{name:<10} {model:<18} {'':>15}{_figures(score(scores))}")
    print(f"published against AutoETS, geometric mean of both: {np.exp(np.mean(np.log(overall))):.3f}")


def _figures(scores: dict[str, float]) -> str:
    return "".join(f"{'-' if pd.isna(scores[key]) else form.format(scores[key]):>10}" for key, form in SHOWN.items())


def print_outlet() -> None:
    """A synthetic store that lives by its sales: the error with the known calendar against that without."""
    store = make_shop("outlet").store
    known, unknown = roll(store), roll(store.with_events(store.events.iloc[:0]))
    print_store(store, known)
    for days, own in known.groupby("design"):
        errors = [_published_error(rows) for rows in (own, unknown[unknown["design"] == days])]
        ratio = np.exp(errors[0] - errors[1])
        print(f"{days} days ahead, error with the known calendar against that without it: {ratio:.2f}")


def _published_error(rows: pd.DataFrame) -> float:
    """The mean over the origins of the logarithm of the RMSE of what was published."""
    rows = rows[rows["model_name"] == "published"]
    squares = (rows["forecast"] - rows["actual"]) ** 2
    return float(np.log(squares.groupby(rows["cutoff_date"]).mean()).mean() / 2.0)


if __name__ == "__main__":
    sys.exit(run_command(main))
