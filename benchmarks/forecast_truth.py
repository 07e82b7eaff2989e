"""Forecasts of synthetic shops against what their maker knows: the expected revenue of the days ahead, and the lifts.

    python -m benchmarks.forecast_truth [SHOP ...]

*Stated* is the error that the backtest reports of what is published, against days as they came, chance included;
*to the truth* that of the live forecast against the expected revenue of the same number of days ahead. Lifts are of
revenue, by percent of discount: of products in a campaign against the other products, and of sales of the whole store.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd

from benchmarks.synthetic_shops import SyntheticShop, make_shop
from ml.forecasting.effects import CalendarEffects
from ml.forecasting.predicting import predict
from ml.forecasting.shares import learn_lift
from ml.forecasting.training import train
from seeds_generator.presets import PRESETS
from warehouse import run_command

HORIZON_DAYS = 90


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shops", nargs="*", metavar="SHOP", help=f"default all: {', '.join(PRESETS)}")
    names = parser.parse_args().shops or list(PRESETS)
    shops = {name: make_shop(name) for name in names}
    print(
        f"{'':<14}{'RMSE':>10}{'':>8}{'WAPE':>10}{'':>8}{f'sum of {HORIZON_DAYS}':>12}{'within the band of':>22}\n"
        f"{'shop':<14}{'stated':>10}{'truth':>8}{'stated':>10}{'truth':>8}{'of truth':>12}{'80 %':>12}{'95 %':>10}"
    )
    for name, shop in shops.items():
        row = judge(shop)
        print(
            f"{name:<14}{row['stated_rmse']:>10,.0f}{row['rmse']:>8,.0f}{row['stated_wape_rate']:>10.1%}"
            f"{row['wape_rate']:>8.1%}{row['sum_ratio']:>12.1%}{row['in_80_rate']:>12.0%}{row['in_95_rate']:>10.0%}"
        )
    print(f"\n{'shop':<14}{'of':<12}{'discount':>10}{'lift':>8}{'found':>8}{'ratio':>8}")
    for name, shop in shops.items():
        for row in lifts(shop).itertuples():
            print(
                f"{name:<14}{row.of:<12}{row.discount_pct:>8.0f} %{row.lift:>8.2f}{row.found:>8.2f}"
                f"{row.found / row.lift:>8.2f}"
            )


def judge(shop: SyntheticShop) -> dict[str, float]:
    """The stated error of what is published of a shop, and its error against the truth, over the days ahead."""
    cutoff = shop.store.history.index[-1]
    training, backtest = train(shop.store, cutoff, HORIZON_DAYS)
    rows = predict(shop.store, training, cutoff).rows
    live = rows[(rows["period_days"] == 1) & rows["is_champion"]]
    truth = shop.expected.reindex(live["forecast_date"]).to_numpy()
    error = live["forecast"].to_numpy() - truth
    stated = backtest.scores.query(
        "series_level == 'total' and model_name == 'published' and period_days == 1 and lead_days_bucket == 'all'"
    ).iloc[0]
    return {
        "stated_rmse": stated["rmse"],
        "rmse": float(np.sqrt((error**2).mean())),
        "stated_wape_rate": stated["wape_rate"],
        "wape_rate": float(np.abs(error).sum() / truth.sum()),
        "sum_ratio": float(live["forecast"].sum() / truth.sum()),
        **{
            f"in_{pct}_rate": float(((truth >= live[f"lower_{pct}"]) & (truth <= live[f"upper_{pct}"])).mean())
            for pct in (80, 95)
        },
    }


def lifts(shop: SyntheticShop) -> pd.DataFrame:
    """The lifts of revenue that were found beside the true ones: ``of``, ``discount_pct``, ``lift``, ``found``."""
    rows = []
    if len(shop.campaigns):
        found = learn_lift(shop.product_revenue.to_numpy(), *shop.promoted())
        for pct, campaigns in shop.campaigns.groupby("discount_pct"):
            lift = np.average(campaigns["demand_factor"], weights=campaigns["expected_units"]) * (1.0 - pct / 100.0)
            rows.append(("products", pct, lift, float(found.factor(np.array(1.0), np.array(float(pct))))))
    if shop.sale_lifts:
        effects = CalendarEffects(shop.store.history, shop.store.calendar(shop.store.history.index[-1]))
        rows += [
            ("the store", pct, lift, float(np.exp(effects.lift_ @ (1.0, pct)))) for pct, lift in shop.sale_lifts.items()
        ]
    return pd.DataFrame(rows, columns=["of", "discount_pct", "lift", "found"])


if __name__ == "__main__":
    sys.exit(run_command(main))
