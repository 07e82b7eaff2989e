"""How good the forecasts of every store in the warehouse are, by lead time, beside all baselines and entrants.

    python -m benchmarks.forecast_accuracy [--store STORE ...] [--horizon 90]

Published is what would have been published at each past cutoff, chosen by errors known by then; the others stand
beside it on the same days. Whole horizons are the cutoffs of which every day has come.
"""

from __future__ import annotations

import argparse
import sys

import pandas as pd

from ml import forecasting
from ml.forecasting.evaluation import score_models
from warehouse import Warehouse, run_command

COLUMNS = {
    "rmse": "{:,.0f}",
    "mae": "{:,.0f}",
    "wape_rate": "{:.1%}",
    "bias_rate": "{:+.1%}",
    "covered_80_rate": "{:.1%}",
    "covered_95_rate": "{:.1%}",
}
SHOWN = ("RMSE", "MAE", "WAPE", "bias", "in 80 %", "in 95 %")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", nargs="+", help="store_id; default all")
    parser.add_argument("--horizon", type=int, default=90, help="days ahead; default %(default)s")
    options = parser.parse_args()
    report = forecasting.run(Warehouse.open(), options.store, options.horizon, progress=True)
    for store in report.stores:
        print(f"\n{store.store_name}, {store.currency} per day, until {store.history.index.max():%Y-%m-%d}")
        print(store.reason or accuracy(store, options.horizon))


def accuracy(store: forecasting.StoreForecast, horizon_days: int) -> str:
    """The table of a store: a block per slice of its backtest, a line per model."""
    whole = store.backtest[store.backtest["cutoff_date"] <= store.cutoff - pd.Timedelta(days=horizon_days)]
    blocks = {"all": store.scores(), "whole horizons": score_models(whole)}
    by_lead = store.scores_by_lead()
    if len(by_lead):
        blocks |= {f"{bucket} days ahead": by_lead.loc[bucket] for bucket in by_lead.index.unique("lead_bucket")}
    lines = [f"{'':<16} {'model':<18} {'days':>6}" + "".join(f"{name:>9}" for name in SHOWN)]
    for name, scores in blocks.items():
        for model_name, row in scores.sort_values("rmse").iterrows():
            figures = "".join(
                f"{'-' if pd.isna(row[column]) else form.format(row[column]):>9}" for column, form in COLUMNS.items()
            )
            lines.append(f"{name:<16} {model_name.replace('_', ' '):<18} {row['day_count']:>6,.0f}{figures}")
            name = ""
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(run_command(main))
