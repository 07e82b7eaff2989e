"""The metrics: each equals the marts per store and month, none is lost by a grouping, and ``mf`` answers."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from tests.dbt_project.conftest import STRICT
from warehouse import REPOSITORY

DAILY = "select store_id, date_trunc('month', revenue_date) as month, {} from marts.fct_daily_revenue group by 1, 2"
RUNNING = """
    select distinct on (1, 2) store_id, date_trunc('month', revenue_date), sum(net_revenue) over ({})
    from marts.fct_daily_revenue order by 1, 2, revenue_date desc
"""
ORDERS = """
    select store_id, date_trunc('month', order_date), {}
    from marts.fct_orders inner join marts.dim_stores using (store_id)
    where is_sale and order_date <= as_of_date group by 1, 2
"""
CUSTOMERS = """
    select store_id, date_trunc('month', customers.first_order_date), {}
    from marts.dim_customers as customers inner join marts.dim_stores as stores using (store_id)
    where customers.first_order_date <= stores.as_of_date group by 1, 2
"""
MARTS = {
    "gross_revenue": DAILY.format("sum(gross_revenue)"),
    "discounts": DAILY.format("sum(discount_amount)"),
    "returns": DAILY.format("sum(return_amount)"),
    "net_revenue": DAILY.format("sum(net_revenue)"),
    "fees": DAILY.format("sum(fee_amount)"),
    "units_sold": DAILY.format("sum(units_sold)"),
    "orders": DAILY.format("sum(order_count)"),
    "discount_rate": DAILY.format("sum(discount_amount) / nullif(sum(gross_revenue), 0)"),
    "return_rate": DAILY.format("sum(return_amount) / nullif(sum(gross_revenue), 0)"),
    "average_order_value": DAILY.format("(sum(gross_revenue) - sum(discount_amount)) / nullif(sum(order_count), 0)"),
    "units_per_order": DAILY.format("sum(units_sold) / nullif(sum(order_count), 0)"),
    "net_revenue_month_to_date": DAILY.format("sum(net_revenue)"),
    "net_revenue_year_to_date": RUNNING.format(
        "partition by store_id, date_trunc('year', revenue_date) order by revenue_date"
    ),
    "net_revenue_last_30_days": RUNNING.format(
        "partition by store_id order by revenue_date rows between 29 preceding and current row"
    ),
    "net_revenue_growth_yoy": f"""
        with months as ({DAILY.format("sum(net_revenue) as net")})
        select months.store_id, months.month, (months.net - before.net) / nullif(before.net, 0) from months
        inner join months as before using (store_id)
        -- of a month without an entry no growth is told
        where before.month = months.month - interval '1 year' and months.net <> 0
    """,
    "guest_orders": ORDERS.format("count(*) filter (where is_guest)"),
    "guest_order_rate": ORDERS.format("avg(case when is_guest then 1 else 0 end)"),
    "customers": ORDERS.format("count(distinct customer_id)"),
    "returning_customers": """
        with months as (select distinct store_id, customer_id, date_trunc('month', order_date) as month
                        from marts.fct_orders inner join marts.dim_stores using (store_id)
                        where is_sale and customer_id is not null and order_date <= as_of_date)
        select store_id, month, count(*) from months as this
        where exists (select from months as past where past.store_id = this.store_id
                      and past.customer_id = this.customer_id and past.month < this.month) group by 1, 2
    """,
    "net_revenue_per_customer": f"""
        with buyers as ({ORDERS.format("count(distinct customer_id)")}), money as ({DAILY.format("sum(net_revenue)")})
        select store_id, month, sum / nullif(count, 0) from money
        inner join buyers using (store_id) where buyers.date_trunc = money.month
    """,
    "new_customers": CUSTOMERS.format("count(*)"),
    "repeat_customers": CUSTOMERS.format("count(*) filter (where total_orders >= 2)"),
    "repeat_rate": CUSTOMERS.format("avg(case when total_orders >= 2 then 1 else 0 end)"),
}


@pytest.fixture(scope="module")
def root(built_stores, profiles_dir, tmp_path_factory) -> Path:
    """A folder as the repository's root is after ``dbt parse``, on the built stores."""
    folder = tmp_path_factory.mktemp("root")
    for path in (REPOSITORY / "dbt_project.yml", REPOSITORY / "dbt_project", profiles_dir / "profiles.yml"):
        (folder / path.name).symlink_to(path)
    _run(folder, built_stores, "dbt", *STRICT, "parse")
    return folder


def _run(root: Path, warehouse, *command: str) -> str:
    (root / "tmp").mkdir(exist_ok=True)
    done = subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]], cwd=root, capture_output=True, text=True,
        # a closed network: the proxy does not answer
        env={**os.environ, "DATABASE_URL": warehouse.settings.url, "TMPDIR": f"{root}/tmp",
             "HTTPS_PROXY": "http://127.0.0.1:9"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def engine(root) -> MetricFlowEngine:
    manifest = parse_manifest_from_dbt_generated_manifest((root / "target" / "semantic_manifest.json").read_text())
    postgres = SimpleNamespace(sql_engine_type=SqlEngine.POSTGRES, sql_plan_renderer=PostgresSQLSqlPlanRenderer())
    return MetricFlowEngine(SemanticManifestLookup(manifest), postgres)


@pytest.fixture(scope="module")
def ask(engine, built_stores) -> Callable[..., list[tuple]]:
    """``ask(metrics, group_by)``: the rows of a query, money as Decimal."""

    def query(metrics: list[str], group_by: list[str]) -> list[tuple]:
        request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=group_by)
        with built_stores.connect() as connection:
            return connection.execute(engine.explain(request).sql_statement.sql).fetchall()

    return query


def by_store_and_month(rows: list[tuple]) -> dict[tuple, Decimal]:
    """Rows as ``{(store, month): value}`` to the fourth decimal; where there was nothing, there is no entry."""
    values = {(store, f"{month:%Y-%m}"): round(Decimal(value), 4) for store, month, value in rows if value is not None}
    return {place: value for place, value in values.items() if value}


@pytest.mark.parametrize("metric", MARTS)
def test_a_metric_equals_the_marts_per_store_and_month(ask, built_stores, metric):
    with built_stores.connect() as connection:
        expected = by_store_and_month(connection.execute(MARTS[metric]).fetchall())
    columns = [(store, month, value) for month, store, value in ask([metric], ["metric_time__month", "store"])]

    assert by_store_and_month(columns) == expected
    assert expected


def test_every_metric_is_compared_and_says_what_it_is(engine):
    metrics = {metric.name: metric for metric in engine.list_metrics()}

    page = (REPOSITORY / "docs" / "metrics.md").read_text()

    assert set(metrics) == set(MARTS)
    for name, metric in metrics.items():
        assert metric.label, name
        assert metric.description, name
        assert f"`{name}`" in page, name


def test_every_query_of_the_page_is_answered(engine, root, built_stores):
    page = (REPOSITORY / "docs" / "metrics.md").read_text()
    queries = [shlex.split(line) for line in re.findall(r"^mf query (.*)$", page, re.M)]
    for words in queries:
        options = dict(zip(words[::2], words[1::2], strict=False))
        request = MetricFlowQueryRequest.create(
            saved_query_name=options.get("--saved-query"),
            metric_names=options["--metrics"].split(",") if "--metrics" in options else None,
            group_by_names=options["--group-by"].split(",") if "--group-by" in options else None,
            where_constraints=[options["--where"]] if "--where" in options else None,
            order_by_names=[options["--order"]] if "--order" in options else None,
        )
        with built_stores.connect() as connection:
            assert connection.execute(engine.explain(request).sql_statement.sql).fetchone(), words
    assert queries


def test_every_saved_query_has_a_description_and_rows(engine, built_stores):
    page = (REPOSITORY / "docs" / "metrics.md").read_text()
    queries = engine.list_saved_queries()

    assert {query.name for query in queries} == set(re.findall(r"^mf query --saved-query (\w+)", page, re.M))
    for query in queries:
        request = MetricFlowQueryRequest.create(saved_query_name=query.name)
        with built_stores.connect() as connection:
            assert connection.execute(engine.explain(request).sql_statement.sql).fetchone(), query.name
        assert query.label, query.name
        assert query.description, query.name


def test_mf_runs_a_saved_query(root, built_stores, ask):
    _run(root, built_stores, "mf", "query", "--saved-query", "net_revenue_by_month_and_store", "--csv", "saved.csv")
    with (root / "saved.csv").open() as file:
        rows = [(row["store"], row["metric_time__month"][:7], row["net_revenue"]) for row in csv.DictReader(file)]
    expected = ask(["net_revenue"], ["metric_time__month", "store"])

    assert {(store, month) for store, month, _ in rows} == {(store, f"{month:%Y-%m}") for month, store, _ in expected}


@pytest.mark.parametrize(
    "grouping",
    ["store__country_code", "store__currency", "product", "product__category", "product__brand", "customer",
     "customer__country", "customer__customer_segment", "customer__rfm_segment", "sales_order__order_status",
     "sales_order__payment_method", "revenue_entry__entry_kind", "metric_time__day", "metric_time__week"],
)  # fmt: skip
def test_no_grouping_loses_or_doubles_a_cent(ask, grouping):
    metrics = ["net_revenue", "gross_revenue", "discounts", "returns", "fees", "units_sold"]
    (totals,) = ask(metrics, [])
    groups = ask(metrics, [grouping])

    assert len(groups) > 1
    assert [round(sum(column), 4) for column in list(zip(*groups, strict=True))[1:]] == [
        round(total, 4) for total in totals
    ]


def test_a_category_has_the_revenue_of_its_products(ask, built_stores):
    with built_stores.connect() as connection:
        lines = connection.execute(
            """
            select category, sum(gross_amount) from marts.fct_order_lines
            inner join marts.dim_products using (store_id, product_id) inner join marts.dim_stores using (store_id)
            where order_date <= as_of_date and gross_amount <> 0 group by category
            """
        ).fetchall()

    revenue = {category: amount for category, amount in ask(["gross_revenue"], ["product__category"]) if amount}
    assert revenue == dict(lines)


def test_mf_answers_from_the_root_to_the_cent(root, built_stores):
    said = _run(root, built_stores, "mf", "query", "--metrics", "net_revenue", "--group-by",
                "metric_time__month,store", "--csv", "answer.csv")  # fmt: skip
    with built_stores.connect() as connection:
        expected = by_store_and_month(connection.execute(MARTS["net_revenue"]).fetchall())
    with (root / "answer.csv").open() as file:
        rows = [(row["store"], row["metric_time__month"][:7], row["net_revenue"]) for row in csv.DictReader(file)]

    assert {(store, month): round(Decimal(value), 4) for store, month, value in rows} == expected
    assert "answer.csv" in said
    assert "Warning" not in said


def test_every_dimension_and_measure_can_be_asked_of_the_warehouse(root, built_stores):
    said = _run(root, built_stores, "mf", "validate-configs")

    assert said.count("(ERRORS: 0, FUTURE_ERRORS: 0") == 6
