"""How good the scores of customers are on real stores, and how long a million customers take.

    python -m benchmarks.customers [--only cdnow retail million] [--customers 1000000]

cdnow: learnt up to 1997-09-30, judged on the 39 weeks after. retail: Online Retail, learnt up to 2011-05-31, nothing
learnt or fitted
after it, judged on later month ends. million: customers drawn by SQL straight into the marts' day table, scored and
written.
The real data are read from ../shared/data, and a part without its file is left out. Everything is made in a scratch
database.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import ingestion
from ml import customers
from ml.churn import evaluation as churn_evaluation
from ml.churn.window import churn_window_days, has_churned
from ml.customer_value.entrants import Combination, ForestOfRatios, NaiveRate, PurchasesAndSpend, predict_all
from ml.customer_value.evaluation import score_entrants
from ml.customers.score import fit_model, learn_churn, score_store
from ml.snapshots import as_known_on
from warehouse import REPOSITORY, Warehouse, run_command

DATA = REPOSITORY.parent / "shared" / "data"
SCRATCH = "benchmark_customers"
PARTS = ("cdnow", "retail", "million")
MARTS = ("build", "--quiet", "--exclude", "source:ml+", "resource_type:test", "resource_type:unit_test", "--select")
HOLD_OUT_DAYS = 273
CDNOW_ENDS, RETAIL_ENDS = pd.Timestamp("1997-09-30"), pd.Timestamp("2011-05-31")

# what a shop of two years has: customers come evenly, buy at rates of their own, and drop out after some purchases
MILLION = """
insert into intermediate.int_customer_days
select 'million', 'c' || lpad(customer::text, 8, '0'), day, 1, 2, round((10 + 60 * random())::numeric, 2), 0, 0, 1
from (
    select
        customer,
        date '2023-01-01' + (born + floor(sum(gap) over (partition by customer order by number)))::integer as day
    from (
        select
            customer,
            number,
            (customer::bigint * 7919) % 700 as born,
            case when number = 0 then 0 else 1 - ln(random() + 1e-9) * 45 end as gap
        from generate_series(1, {customers}) as customer
        cross join lateral
            generate_series(0, floor(((customer::bigint * 104729) % 1000) ^ 2 / 130000.0)::integer) as number
    ) as drawn
) as days
where day < date '2024-12-31'
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS[:2])
    parser.add_argument("--customers", type=int, default=1_000_000, help="of the made store; default %(default)s")
    options = parser.parse_args()
    with scratch() as warehouse:
        for name in options.only:
            {"cdnow": cdnow, "retail": retail, "million": lambda one: million(one, options.customers)}[name](warehouse)


@contextmanager
def scratch() -> Iterator[Warehouse]:
    """An empty database with the loader's tables; dropped afterwards."""
    home = Warehouse.open()
    made = Warehouse(replace(home.settings, database=SCRATCH))

    def administer(statement: str) -> None:
        with home.connect() as connection:
            connection.autocommit = True
            connection.execute(statement)

    administer(f"drop database if exists {SCRATCH} with (force)")
    administer(f"create database {SCRATCH}")
    try:
        made.create_ml_schema()
        for name in ingestion.list_sources():
            ingestion.create(made, ingestion.read_source(name))
        yield made
    finally:
        administer(f"drop database {SCRATCH} with (force)")


def dbt(warehouse: Warehouse, *arguments: str) -> None:
    subprocess.run(
        [Path(sys.executable).with_name("dbt"), *arguments],
        cwd=REPOSITORY, env={**os.environ, "DATABASE_URL": warehouse.settings.url}, check=True,
    )  # fmt: skip


def read(warehouse: Warehouse, store_id: str) -> pd.DataFrame:
    return warehouse.read(
        "select * from marts.fct_customer_snapshots where store_id = %s order by snapshot_date, customer_id",
        (store_id,),
    )


def cdnow(warehouse: Warehouse) -> None:
    """CDNOW through the warehouse: a store whose purchases go through raw tables, dbt and the models."""
    path = DATA / "cdnow" / "CDNOW_sample.txt"
    if not path.exists():
        print("cdnow: the data are not beside this checkout")
        return
    columns = ["master_id", "customer_id", "date", "discs", "amount"]
    rows = pd.read_csv(path, sep=r"\s+", header=None, names=columns)
    rows["date"] = pd.to_datetime(rows["date"].astype(str))
    # a gift is a purchase too, and the warehouse counts orders with a price
    rows["amount"] = rows["amount"].clip(lower=0.0001)
    rows["customer_id"] = rows["customer_id"].astype(str)
    numbers = rows.index.astype(str)
    at = rows["date"].dt.strftime("%Y-%m-%d 12:00:00+00")
    orders = pd.DataFrame(
        {"store_id": "cdnow", "order_id": "o" + numbers, "customer_id": rows["customer_id"], "ordered_at": at,
         "status": "completed", "payment_method": "", "total_amount": rows["amount"], "currency": "USD"}
    )  # fmt: skip
    last = orders.iloc[[0]].assign(order_id="o_last", customer_id="", ordered_at="1998-07-02 12:00:00+00")
    items = pd.DataFrame(
        {"store_id": "cdnow", "item_id": "i" + numbers, "order_id": "o" + numbers, "product_id": "cd", "quantity": 1,
         "unit_price": rows["amount"], "total_price": rows["amount"]}
    )  # fmt: skip
    folder = REPOSITORY / "target" / "benchmark_cdnow"
    folder.mkdir(parents=True, exist_ok=True)
    pd.concat([orders, last]).to_csv(folder / "orders.csv", index=False)
    items.to_csv(folder / "order_items.csv", index=False)
    ingestion.load(warehouse, "shop", [folder / "orders.csv", folder / "order_items.csv"])
    add_store(warehouse, "cdnow", "USD")
    dbt(warehouse, *MARTS, "+fct_customer_snapshots", "--exclude-resource-type", "seed")
    known = as_known_on(read(warehouse, "cdnow"), CDNOW_ENDS)
    today = known[known["snapshot_date"] == CDNOW_ENDS]
    later = rows[(rows["date"] > CDNOW_ENDS) & (rows["date"] <= CDNOW_ENDS + pd.Timedelta(days=HOLD_OUT_DAYS))]
    later = later.groupby(["customer_id", "date"], as_index=False)["amount"].sum().groupby("customer_id")["amount"]
    spent, bought = (one.reindex(today["customer_id"]).fillna(0).to_numpy() for one in (later.sum(), later.size()))

    model = PurchasesAndSpend().fit(known)
    forest = ForestOfRatios(PurchasesAndSpend(first_counts=True).fit(known)).fit(known)
    entrants = {
        "naive_rate": NaiveRate(),
        "bg_nbd_gamma_gamma": model,
        "random_forest": forest,
        "combination": Combination(model, forest),
    }
    champion = score_store(known, today.reset_index(drop=True)).champions["clv", 365]
    said = pd.DataFrame({name: one.predict(today, HOLD_OUT_DAYS) for name, one in entrants.items()})
    table = score_entrants(said, spent)
    table["purchase_mae"] = [
        np.mean(np.abs(one.predict_purchases(today, HOLD_OUT_DAYS) - bought)) for one in entrants.values()
    ]
    print(f"\nCDNOW: {len(today):,} customers, as of {CDNOW_ENDS:%Y-%m-%d}, the 39 weeks after; champion {champion}")
    print(table.to_string(float_format="{:.4f}".format))


def retail(warehouse: Warehouse) -> None:
    """Online Retail: learnt in the first half, judged in the second."""
    path = DATA / "online_retail" / "online_retail.csv.gz"
    if not path.exists():
        print("retail: the data are not beside this checkout")
        return
    ingestion.load(warehouse, "online_retail", [path])
    dbt(warehouse, "seed", "--quiet")
    dbt(warehouse, *MARTS, "+fct_customer_snapshots", "--exclude-resource-type", "seed")
    snapshots = read(warehouse, "online_retail")
    known, end = as_known_on(snapshots, RETAIL_ENDS), snapshots["snapshot_date"].max()
    today = known[known["snapshot_date"] == RETAIL_ENDS].reset_index(drop=True)
    champions = score_store(known, today).champions
    model, window = fit_model(known), churn_window_days(today)
    print(f"\nOnline Retail: learnt up to {RETAIL_ENDS:%Y-%m-%d} from {len(today):,} customers; champions {champions}")
    for days in (90, 180):
        judged = snapshots[
            (snapshots["snapshot_date"] >= RETAIL_ENDS) & snapshots[f"label_net_revenue_{days}_days"].notna()
        ]
        for day, rows in judged.groupby("snapshot_date"):
            said = predict_all(known, rows, (days,), model)[days]
            table = score_entrants(said, rows[f"label_net_revenue_{days}_days"].to_numpy(float))
            print(f"\nvalue of {days} days as of {day:%Y-%m-%d}, {len(rows):,} customers")
            print(table.drop(columns="customer_count").to_string(float_format="{:.4f}".format))
    later = snapshots[snapshots["snapshot_date"] >= RETAIL_ENDS]
    churned = has_churned(later, window, end).dropna()
    later = later.loc[churned.index]
    models = learn_churn(known, window, RETAIL_ENDS, model)
    table = churn_evaluation.score_entrants(models.predict(models.matrix(later)), churned.to_numpy())
    print(
        f"\nchurn, {window} days, as of {later['snapshot_date'].nunique()} month ends, {len(later):,} customers in all"
    )
    print(table.drop(columns="customer_count").to_string(float_format="{:.4f}".format))


def million(warehouse: Warehouse, customer_count: int) -> None:
    """Time and memory of features, scores and writing for a made store."""
    add_store(warehouse, "million", "EUR")
    dbt(warehouse, *MARTS, "+fct_customer_snapshots", "+fct_customer_rfm", "--exclude-resource-type", "seed")
    with warehouse.connect() as connection:
        connection.execute("select setseed(0.42)")
        connection.execute(MILLION.format(customers=customer_count))
        connection.execute("delete from marts.dim_stores")
        connection.execute(
            "insert into marts.dim_stores (store_id, store_name, source_name, currency, time_zone, country_code, "
            "first_order_date, last_order_date, as_of_date) values ('million', 'Million', 'shop', 'EUR', 'UTC', 'DE', "
            "'2023-01-01', '2024-12-31', '2024-12-30')"
        )
        connection.execute("truncate intermediate.int_stores_dated, intermediate.int_store_months_spined")
        connection.execute(
            "insert into intermediate.int_stores_dated (store_id, store_name, source_name, currency, time_zone, "
            "country_code, first_order_date, last_order_date, as_of_date) select store_id, store_name, source_name, "
            "currency, time_zone, country_code, first_order_date, last_order_date, as_of_date from marts.dim_stores"
        )
        connection.execute(
            "insert into intermediate.int_store_months_spined (store_id, month_start_date, month_end_date) "
            "select 'million', day::date, (day + interval '1 month')::date - 1 "
            "from generate_series(date '2023-01-01', date '2024-11-01', interval '1 month') as day"
        )
        connection.execute("analyze intermediate.int_customer_days")
        days = connection.execute("select count(*) from intermediate.int_customer_days").fetchone()[0]
    started = time.perf_counter()
    dbt(warehouse, "run", "--quiet", "--full-refresh", "--select", "fct_customer_days", "fct_customer_snapshots")
    features = time.perf_counter() - started
    report = customers.run(warehouse, ["million"], progress=True)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"\n{customer_count:,} customers, {days:,} days with a purchase: {seconds:.0f} s in all")
    print(f"features {features:.0f} s, scores and writing {seconds - features:.0f} s, {peak:.1f} GB at the peak")
    print(report.text())


def add_store(warehouse: Warehouse, store_id: str, currency: str) -> None:
    dbt(warehouse, "seed", "--quiet")
    with warehouse.connect() as connection:
        connection.execute(
            "insert into reference.stores (store_id, source_name, store_name, currency, time_zone, country_code) "
            "values (%s, 'shop', %s, %s, 'UTC', 'US')",
            (store_id, store_id.title(), currency),
        )


if __name__ == "__main__":
    sys.exit(run_command(main))
