"""What a run has brought, in a few lines for the terminal."""

from __future__ import annotations

from orchestration.run import RunCounts
from warehouse import Warehouse

ACCURACY = """
select
    dim_stores.store_id,
    dim_stores.currency,
    dim_stores.as_of_date,
    champions.model_name,
    accuracy.cutoff_count,
    accuracy.rmse,
    100 * accuracy.wape_rate as wape_pct,
    accuracy.seasonal_naive_rmse,
    100 * accuracy.seasonal_naive_wape_rate as seasonal_naive_wape_pct,
    accuracy.weekday_mean_rmse,
    100 * accuracy.weekday_mean_wape_rate as weekday_mean_wape_pct
from marts.dim_stores
left join lateral (
    select forecasts.model_name
    from marts.fct_forecasts as forecasts
    where
        forecasts.store_id = dim_stores.store_id
        and forecasts.target = 'net_revenue'
        and forecasts.series_level = 'total'
        and forecasts.kind = 'live'
        and forecasts.is_champion
    order by forecasts.cutoff_date desc
    limit 1
) as champions on true
left join marts.fct_forecast_accuracy as accuracy
    on
        dim_stores.store_id = accuracy.store_id
        and accuracy.target = 'net_revenue'
        and accuracy.series_level = 'total'
        and accuracy.kind = 'backtest'
        and accuracy.period_days = 1
        and accuracy.model_name = 'published'
        and accuracy.lead_days_bucket = 'all'
where dim_stores.as_of_date is not null
order by dim_stores.store_id
"""

WHERE_TO_LOOK = """
Next:
  make psql     select * from marts.fct_daily_revenue; the marts are tables of schema marts
  make ui       the whole chain in Dagster, with this run in its history
  make docs     every model and column in words, with lineage
  make load SOURCE=... FILES=...   your own store (docs/bring-your-store.md)
  make stop     ends the embedded PostgreSQL; the data stay"""


def summary(warehouse: Warehouse, counts: RunCounts) -> str:
    """Rows, models and tests of a run, and per store what was published beside the naive forecasts."""
    return "\n".join(["", *_counts(counts), "", *_stores(warehouse), WHERE_TO_LOOK])


def _counts(counts: RunCounts) -> list[str]:
    rows = (
        f"{counts.rows_read:,} read, {counts.rows_loaded:,} loaded, {counts.rows_rejected:,} rejected, "
        f"{counts.duplicate_rows:,} duplicates"
    )
    warned = f", {len(counts.warnings)} warned" if counts.warnings else ""
    return [
        f"rows    {rows}" if counts.rows_read else "rows    nothing new: every file had been loaded before",
        f"gate    {counts.expectations_met} expectations met{warned}",
        *(f"        {warning}" for warning in counts.warnings),
        f"dbt     {counts.models_built} models and seeds built, {counts.tests_passed} tests passed"
        if counts.models_built
        else "dbt     nothing changed: every model stands as it was built and tested",
    ]


def _stores(warehouse: Warehouse) -> list[str]:
    head = ("store", "until", "published", "", "RMSE", "WAPE", "seasonal naive", "", "weekday mean", "")
    lines = [head]
    for row in warehouse.read(ACCURACY).to_dict("records"):
        if not isinstance(row["model_name"], str):
            lines.append((row["store_id"], f"{row['as_of_date']:%Y-%m-%d}", "not enough history", *[""] * 7))
            continue
        errors = [
            f"{row[f'{prefix}{name}']:,.{digits}f}{unit}"
            for prefix in ("", "seasonal_naive_", "weekday_mean_")
            for name, digits, unit in (("rmse", 0, ""), ("wape_pct", 1, " %"))
        ]
        lines.append((row["store_id"], f"{row['as_of_date']:%Y-%m-%d}", row["model_name"], row["currency"], *errors))
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    table = [
        "  ".join(
            cell.ljust(width) if place < 4 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return [*table, "(errors of daily net revenue up to 90 days ahead, over the past cutoffs of the backtest)"]
