"""Twelve questions that analysts ask the marts all day, and how long each takes to answer."""

from __future__ import annotations

import statistics
import time

import psycopg
from psycopg.rows import dict_row

from warehouse import Warehouse

RUNS = 20

# The worst of each kind: the largest order, the most faithful customer, the best-selling product. Months are complete.
SUBJECTS = """
select
    stores.store_id,
    stores.as_of_date,
    months.month_start_date,
    cast(months.month_start_date - interval '2 months' as date) as quarter_start_date,
    (
        select order_id from marts.fct_orders as orders
        where orders.store_id = stores.store_id order by line_count desc, order_id limit 1
    ) as order_id,
    (
        select customer_id from marts.dim_customers as customers
        where customers.store_id = stores.store_id order by total_orders desc, customer_id limit 1
    ) as customer_id,
    (
        select product_id from marts.fct_product_performance as products
        where products.store_id = stores.store_id order by revenue_rank, product_id limit 1
    ) as product_id
from marts.dim_stores as stores
cross join lateral (
    select max(month_start_date) as month_start_date from marts.fct_monthly_revenue as revenue
    where revenue.store_id = stores.store_id and revenue.is_complete
) as months
where stores.store_id = %(store_id)s
"""

QUERIES = {
    "revenue by day, last 30 days": """
        select revenue_date, order_count, net_revenue, net_revenue_7_day_average, growth_year_over_year_pct
        from marts.fct_daily_revenue
        where store_id = %(store_id)s and revenue_date > %(as_of_date)s - 30
        order by revenue_date
    """,
    "a month by category against the year before": """
        select category, net_revenue, net_revenue_year_before, growth_year_over_year_pct
        from marts.fct_monthly_revenue_by_category
        where store_id = %(store_id)s and month_start_date = %(month_start_date)s
        order by net_revenue desc
    """,
    "an order with its lines": """
        select orders.*, lines.item_id, products.product_name, lines.quantity, lines.unit_price, lines.line_amount
        from marts.fct_orders as orders
        inner join marts.fct_order_lines as lines using (store_id, order_id)
        inner join marts.dim_products as products using (store_id, product_id)
        where orders.store_id = %(store_id)s and orders.order_id = %(order_id)s
        order by lines.item_id
    """,
    "a customer's orders": """
        select order_id, ordered_at, order_status, line_count, net_amount
        from marts.fct_orders
        where store_id = %(store_id)s and customer_id = %(customer_id)s
        order by ordered_at desc
    """,
    "top 20 products of a month": """
        select products.product_name, products.category, revenue.units_sold, revenue.net_revenue, revenue.growth_pct
        from marts.fct_monthly_revenue_by_product as revenue
        inner join marts.dim_products as products using (store_id, product_id)
        where revenue.store_id = %(store_id)s and revenue.month_start_date = %(month_start_date)s
        order by revenue.net_revenue desc
        limit 20
    """,
    "a product's weeks of a year": """
        select week_start_date, units_sold, net_revenue, net_revenue_year_before
        from marts.fct_weekly_revenue_by_product
        where store_id = %(store_id)s and product_id = %(product_id)s and week_start_date > %(as_of_date)s - 371
        order by week_start_date
    """,
    "share of the categories in a quarter": """
        select category, sum(net_revenue) as net_revenue, sum(net_revenue) / sum(sum(net_revenue)) over () as share
        from marts.fct_monthly_revenue_by_category
        where
            store_id = %(store_id)s
            and month_start_date between %(quarter_start_date)s and %(month_start_date)s
        group by category
        order by net_revenue desc
    """,
    "countries of a month": """
        select country_code, order_count, net_revenue, average_order_value, growth_year_over_year_pct
        from marts.fct_monthly_revenue_by_country
        where store_id = %(store_id)s and month_start_date = %(month_start_date)s
        order by net_revenue desc
    """,
    "sizes of the customer segments": """
        select rfm_segment, count(*) as customer_count
        from marts.fct_customer_rfm
        where store_id = %(store_id)s
        group by rfm_segment
    """,
    "retention of a year's cohorts": """
        select cohort_month_date, months_since_first_order, cohort_size, active_customer_count, retention_rate
        from marts.fct_cohort_retention
        where store_id = %(store_id)s and cohort_month_date > %(month_start_date)s - interval '1 year'
        order by cohort_month_date, months_since_first_order
    """,
    "best sellers whose stock runs out": """
        select product_name, category, revenue_rank, total_revenue, stock_quantity, stock_cover_days
        from marts.fct_product_performance
        where store_id = %(store_id)s and stock_cover_days < 14
        order by revenue_rank
        limit 50
    """,
    "days that were restated most": """
        select revenue_date, first_net_revenue, net_revenue, restated_amount, restatement_count
        from marts.fct_revenue_restatements
        where store_id = %(store_id)s and restatement_count > 0
        order by abs(restated_amount) desc
        limit 20
    """,
}


def query_milliseconds(warehouse: Warehouse, store_id: str) -> dict[str, tuple[float, float]]:
    """Of each question the median and the 95th percentile of 20 answers, read to the last row, the first included."""
    with psycopg.connect(**warehouse.settings.connect_arguments, autocommit=True) as connection:
        connection.prepare_threshold = None  # each is planned anew, as when it comes from a dashboard
        subjects = connection.cursor(row_factory=dict_row).execute(SUBJECTS, {"store_id": store_id}).fetchone()
        return {name: _percentiles(connection, query, subjects) for name, query in QUERIES.items()}


def _percentiles(connection: psycopg.Connection, query: str, subjects: dict) -> tuple[float, float]:
    milliseconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        rows = connection.execute(query, subjects).fetchall()
        milliseconds.append(1_000 * (time.perf_counter() - started))
    if not rows:
        raise AssertionError(f"a question without an answer says nothing about speed: {' '.join(query.split())}")
    return statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20, method="inclusive")[-1]
