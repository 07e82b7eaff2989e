"""A store of sixty days whose sales are a rule, and forecasts of it whose errors are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from warehouse import Warehouse
from warehouse.frames import append_rows

STORE = {"store_id": "harbour"}
FIRST_DAY, DAY_COUNT = date(2025, 1, 1), 60
AS_OF_DATE = date(2025, 2, 28)
HORIZON_DAYS = 42
CUTOFFS = [date(2025, 1, 31), date(2025, 2, 9), date(2025, 2, 16)]
PAST_CUTOFF = date(2025, 1, 20)  # of the backtest
PROMOTED_DAY = date(2025, 3, 10)  # known to the last cutoff only; doubles what is expected
# product: category, country of its customer
PRODUCTS = {"a": ("toys", "Germany"), "b": ("toys", "Germany"), "c": ("lamps", "France")}
REST = "(other products of lamps)"
# what is published of a day, which adds up
PUBLISHED = {
    "total": {"total": 18},
    "category": {"toys": 14, "lamps": 4},
    "country": {"DE": 14, "FR": 4},
    "product": {"a": 11, "b": 3, REST: 4},
}
MARKS = {"run_id": "run", "created_at": "2025-03-01 12:00:00+00"}
FILES = {
    "customers": "store_id,customer_id,email,registration_date,country,region,city,age_group,customer_segment",
    "products": "store_id,product_id,product_name,category,brand,price,cost,stock_quantity",
    "orders": "store_id,order_id,customer_id,ordered_at,status,payment_method,total_amount,currency",
    "order_items": "store_id,item_id,order_id,product_id,quantity,unit_price,total_price",
    "order_adjustments": "store_id,adjustment_id,order_id,item_id,kind,amount,adjusted_at,is_date_inferred",
}


def sold(product: str, day: date) -> int:
    """What a product brings on a day: a always, b on every other, c on each fifth."""
    number = (day - FIRST_DAY).days
    return {"a": 10, "b": 6 * (number % 2 == 0), "c": 20 * (number % 5 == 0)}[product]


def sales(level: str, key: str, day: date) -> int:
    """What a series brings on a day."""
    products = {
        "total": "abc",
        "category": {"toys": "ab", "lamps": "c"}.get(key),
        "country": {"DE": "ab", "FR": "c"}.get(key),
        "product": key,
    }
    return sum(sold(product, day) for product in products[level])


def files(folder: Path) -> list[Path]:
    """The files of the store: an order per day and product."""
    rows = {name: [columns] for name, columns in FILES.items()}
    for product, (category, country) in PRODUCTS.items():
        rows["products"].append(f"harbour,{product},{product},{category},,,,")
        rows["customers"].append(f"harbour,{product},,,{country},,,,")
    for day in days_after(FIRST_DAY - timedelta(days=1), DAY_COUNT):
        for product in PRODUCTS:
            amount, order = sold(product, day), f"{day}{product}"
            if amount:
                rows["orders"].append(f"harbour,{order},{product},{day} 12:00:00+01,completed,,{amount},EUR")
                rows["order_items"].append(f"harbour,{order},{order},{product},1,{amount},{amount}")
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return [folder / f"{name}.csv" for name in rows]


def days_after(cutoff: date, count: int) -> list[date]:
    return [cutoff + timedelta(days=lead) for lead in range(1, count + 1)]


def days_of(forecast_date: date, period_days: int) -> list[date]:
    """The days of a period, which is known by its last."""
    return days_after(forecast_date - timedelta(days=period_days), period_days)


def write_forecasts(warehouse: Warehouse) -> None:
    """Fill all tables that the forecasts write."""
    effects = [
        {"cutoff_date": cutoff, "forecast_date": day, "promotion_factor": _promotion(cutoff, day)}
        for cutoff in CUTOFFS
        for day in days_after(cutoff, HORIZON_DAYS)
    ]
    series = [
        ("total", "total", None, "regular", "combination"),
        ("category", "toys", "total", "regular", "share of its parent"),
        ("category", "lamps", "total", "regular", "share of its parent"),
        ("country", "DE", "total", "regular", "share of its parent"),
        ("country", "FR", "total", "regular", "share of its parent"),
        ("product", "a", "toys", "regular", "share of its parent"),
        ("product", "b", "toys", "intermittent", "mean share of its parent"),
        ("product", "c", "lamps", "small", "not among the 2 products that sold most"),
        ("product", REST, "lamps", "rest", "what is left of its parent"),
    ]
    columns = ["series_level", "series_key", "parent_key", "status", "method"]
    words = [pd.DataFrame(series, columns=columns).assign(cutoff_date=cutoff) for cutoff in CUTOFFS]
    run = {
        "kind": "predict", "cutoff_date": CUTOFFS[-1], "horizon_days": HORIZON_DAYS, "training_run_id": "run",
        "trained_on_date": CUTOFFS[1], "data_fingerprint": "f", "code_version": "v",
        "parameters": '{"champions": {"total": "combination"}}', "metrics": "{}", "elapsed_seconds": 1.5,
    }  # fmt: skip
    score = {
        "target": "net_revenue", "series_level": "product", "period_days": 1, "lead_days_bucket": "all",
        "cutoff_count": 1, "forecast_count": 84, "mae": 2.0, "wape_rate": 0.25, "mase": 0.5, "bias": 0.5,
        "bias_rate": 0.0625, "covered_80_rate": 0.8, "width_80": 4.0, "covered_95_rate": 0.95, "width_95": 8.0,
    }  # fmt: skip
    scores = [score | {"model_name": "published", "rmse": 2.5}, score | {"model_name": "weekday_mean", "rmse": 3.5}]
    importance = [
        {"model_name": model, "feature": "weekday", "importance": rise, "importance_rank": 1}
        for model, rise in (("random_forest", 0.25), ("linear_regression", 0.75))
    ]
    tables = {
        "forecast_results": pd.DataFrame(_predictions()).assign(target="net_revenue", data_fingerprint="f"),
        "forecast_effects": pd.DataFrame(effects).assign(holiday_factor=1.0, season_factor=1.0, is_shut=False),
        "forecast_series": pd.concat(words),
        "forecast_runs": pd.DataFrame([run]),
        "forecast_scores": pd.DataFrame(scores),
        "forecast_importance": pd.DataFrame(importance),
    }
    with warehouse.connect() as connection:
        for table, rows in tables.items():
            append_rows(connection, f"ml.{table}", rows.assign(**STORE, **MARKS))


def _predictions() -> Iterator[dict]:
    """Two models per series and cutoff, of which one is published; days and whole weeks."""
    for kind, cutoffs in (("live", CUTOFFS), ("backtest", [PAST_CUTOFF])):
        for cutoff in cutoffs:
            for level, published in PUBLISHED.items():
                if kind == "backtest" and level == "product":
                    continue
                # the total's model changes with the last cutoff; before, it said two more than what was published
                champion = "theta" if level == "total" and cutoff < CUTOFFS[-1] else "combination"
                others = {"weekday_mean": 1, "seasonal_naive": 4} | ({"combination": 2} if champion == "theta" else {})
                for key, amount in published.items():
                    for model, error in {champion: 0, **others}.items():
                        yield from _rows(kind, cutoff, level, key, model, amount + error, model == champion)


def _rows(kind: str, cutoff: date, level: str, key: str, model: str, amount: int, is_champion: bool) -> Iterator[dict]:
    days = days_after(cutoff, HORIZON_DAYS)
    for last in days:
        for period_days in (1, 7):
            period = days_of(last, period_days)
            if period[0] <= cutoff or (period_days == 7 and last.isoweekday() != 7):
                continue
            forecast = sum(amount * _promotion(cutoff, day) for day in period)
            # four of five days of the total are within the narrower band, all within the wider
            reach = (10 * period_days, 30 * period_days) if is_champion and level == "total" else (None, None)
            yield {
                "kind": kind, "cutoff_date": cutoff, "forecast_date": last, "period_days": period_days,
                "horizon_days": (last - cutoff).days, "series_level": level, "series_key": key, "model_name": model,
                "forecast": forecast, "is_champion": is_champion,
                **{
                    f"{end}_{share}": None if half is None else forecast + sign * half
                    for share, half in zip((80, 95), reach, strict=True)
                    for end, sign in (("lower", -1), ("upper", 1))
                },
            }  # fmt: skip


def _promotion(cutoff: date, day: date) -> int:
    return 2 if cutoff == CUTOFFS[-1] and day == PROMOTED_DAY else 1
