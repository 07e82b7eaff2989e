"""How good the scores of customers are on real and made stores, and how long a million customers take.

    python -m benchmarks.customers [--only cdnow retail synthetic million] [--customers 100000 300000 1000000]

cdnow: learnt up to 1997-09-30, judged on the 39 weeks after. retail: Online Retail, learnt up to 2011-05-31, nothing
learnt or fitted after it, judged on later month ends. synthetic: the generator's shop, judged by its truth, beside an
oracle that knows each customer's rate but not their dropout. million: customers drawn by SQL straight into the daily
table that the marts are built from, then features, scores and writing, with the most memory of the server and all
programs. The real data are read from ../shared/data, and a part without its file is left out. Everything is made in a
scratch database.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

import ingestion
import seeds_generator
from benchmarks.meters import MemoryWatch
from ml import customers
from ml.churn import evaluation as churn_evaluation
from ml.churn.window import churn_window_days, has_churned
from ml.customer_value.entrants import Combination, ForestOfRatios, NaiveRate, PurchasesAndSpend, predict_all
from ml.customer_value.evaluation import score_entrants
from ml.customers.score import fit_model, learn_churn, score_store
from ml.snapshots import PERIODS_DAYS, as_known_on
from warehouse import REPOSITORY, Warehouse, run_command

DATA = REPOSITORY.parent / "shared" / "data"
SCRATCH = "benchmark_customers"
PARTS = ("cdnow", "retail", "synthetic", "million")
MARTS = ("build", "--quiet", "--exclude", "source:ml+", "resource_type:test", "resource_type:unit_test", "--select")
HOLD_OUT_DAYS = 273
SIZES = (100_000, 300_000, 1_000_000)
CDNOW_ENDS, RETAIL_ENDS = pd.Timestamp("1997-09-30"), pd.Timestamp("2011-05-31")

# what a shop of two years has: customers come evenly, buy at rates of their own, and drop out after some purchases
MILLION = """
insert into marts.fct_customer_daily_revenue
select store_id, customer_id, day, 1, 2, amount, 0, 0, amount, 1
from (
    select
        'million' as store_id,
        'c' || lpad(customer::text, 8, '0') as customer_id,
        day,
        round((10 + 60 * random())::numeric, 2) as amount
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
) as amounts
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS[:3], help="default: all but million")
    parser.add_argument(
        "--customers",
        type=int,
        nargs="+",
        default=SIZES,
        help="of the made stores of the part million; default %(default)s",
    )
    options = parser.parse_args()
    with scratch() as warehouse:
        for name in options.only:
            act = {"cdnow": cdnow, "retail": retail, "synthetic": synthetic}.get(name)
            act(warehouse) if act else million(warehouse, sorted(options.customers))


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
        "select * from marts.fct_customer_features where store_id = %s order by snapshot_date, customer_id",
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
    dbt(warehouse, *MARTS, "+fct_customer_features", "--exclude-resource-type", "seed")
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
    dbt(warehouse, *MARTS, "+fct_customer_features", "--exclude-resource-type", "seed")
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


def synthetic(warehouse: Warehouse) -> None:
    """The shop of the demo: who has dropped out, and what they bring later, by the truth that the generator keeps."""
    store = seeds_generator.find_store("harbour")
    with tempfile.TemporaryDirectory() as folder:
        seeds_generator.write(seeds_generator.Parameters(store=store), Path(folder))
        ingestion.load(warehouse, "shop", sorted(Path(folder).glob("*.csv")))
        truth = pd.read_csv(Path(folder) / "truth" / "customers.csv", parse_dates=["dropout_date"])
    dbt(warehouse, "seed", "--quiet")
    dbt(warehouse, *MARTS, "+fct_customer_features", "--exclude-resource-type", "seed")
    snapshots = read(warehouse, store.store_id)
    day = snapshots["snapshot_date"].max()
    today = snapshots[snapshots["snapshot_date"] == day].reset_index(drop=True)
    scores = score_store(snapshots, today)
    truth = truth.set_index("customer_id").reindex(today["customer_id"])
    rate, dropout = truth["purchase_rate_per_day"], truth["dropout_rate"]
    silent_days = today.set_index("customer_id")["recency_days"]
    alive = 1.0 / (1.0 + dropout / (1.0 - dropout) * np.exp(np.minimum(rate * silent_days, 50.0)))
    rows = scores.predictions.query("kind == 'live' and is_champion")
    chance = rows[rows["target"] == "churn"].set_index("series_key")["forecast"]
    has_left = (truth["dropout_date"] <= day)[chance.index]
    table = {
        "who has dropped out, AUC": (
            roc_auc_score(has_left, chance),
            roc_auc_score(has_left, 1.0 - alive[chance.index]),
            roc_auc_score(has_left, silent_days[chance.index]),
        )
    }
    for days in PERIODS_DAYS:
        value = rows[(rows["target"] == "clv") & (rows["period_days"] == days)].set_index("series_key")["forecast"]
        oracle = alive * (1.0 - np.exp(-rate * dropout * days)) / dropout * truth["mean_order_value"]
        naive = NaiveRate().fit(today).predict(today, days)
        later = truth[f"value_{days}_days"]
        said = (value.reindex(truth.index), oracle, naive)
        table[f"value of {days} days, rank correlation"] = tuple(spearmanr(one, later).statistic for one in said)
    print(f"\nsynthetic shop, as of {day:%Y-%m-%d}, {len(today):,} customers; champions {scores.champions}")
    print(
        pd.DataFrame(table, index=["published", "oracle", "recency or naive rate"]).T.to_string(
            float_format="{:.3f}".format
        )
    )


def million(warehouse: Warehouse, sizes: list[int]) -> None:
    """Time and memory of features, scores and writing for made stores, and how they grow."""
    add_store(warehouse, "million", "EUR")
    dbt(warehouse, *MARTS, "+fct_customer_features", "--exclude-resource-type", "seed")
    rows = {}
    with MemoryWatch(warehouse.settings) as memory:
        for customer_count in sizes:
            make_store(warehouse, customer_count)
            memory.take_peak_gb()
            before = os.times()
            started = time.perf_counter()
            dbt(
                warehouse, "run", "--quiet", "--full-refresh", "--select", "fct_customer_days", "fct_customer_rfm",
                "fct_customer_features",
            )  # fmt: skip
            features = time.perf_counter() - started
            report = customers.run(warehouse, ["million"], progress=True)
            total = time.perf_counter() - started
            after = os.times()
            (store,) = report.stores
            rows[f"{customer_count:,}"] = {
                "features": features,
                **store.step_seconds,
                "all": total,
                "of it CPU of Python": sum(after[:4]) - sum(before[:4]),
                "rows written": store.rows_written,
                "GB at the peak": memory.take_peak_gb(),
            }
            print(f"\n{report.text()}", flush=True)
    print(
        f"\nmade stores, seconds (load of the machine at the end: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores)"
    )
    print(pd.DataFrame(rows).to_string(float_format="{:,.1f}".format))
    if len(sizes) > 1:
        first, last = (rows[f"{size:,}"]["all"] for size in (sizes[0], sizes[-1]))
        print(f"growth: customers to the power of {math.log(last / first) / math.log(sizes[-1] / sizes[0]):.2f}")


def make_store(warehouse: Warehouse, customer_count: int) -> None:
    """A store of two years, straight into the tables that the features are built from, which hold nothing else."""
    with warehouse.connect() as connection:
        connection.execute(
            "truncate ml.forecast_results, ml.customer_scores, intermediate.int_stores, "
            "intermediate.int_store_days_spined, marts.dim_stores, marts.dim_customers, "
            "marts.fct_customer_daily_revenue, marts.fct_customer_categories"
        )
        connection.execute("select setseed(0.42)")
        connection.execute(MILLION.format(customers=customer_count))
        connection.execute(
            "insert into marts.dim_customers (store_id, customer_id, country_code, total_orders, total_spent, "
            "recency_days) "
            "select store_id, customer_id, (array['DE', 'AT', 'FR', 'NL'])[1 + abs(hashtext(customer_id)) % 4], "
            "sum(order_count), sum(net_revenue), date '2024-12-30' - max(revenue_date) "
            "from marts.fct_customer_daily_revenue group by store_id, customer_id"
        )
        connection.execute(
            "insert into marts.fct_customer_categories "
            "(store_id, customer_id, category, first_purchase_date, category_count) "
            "select store_id, customer_id, 'Lamps', min(revenue_date), 1 + abs(hashtext(customer_id)) % 5 "
            "from marts.fct_customer_daily_revenue group by store_id, customer_id"
        )
        for table in ("marts.dim_stores", "intermediate.int_stores"):
            connection.execute(
                f"insert into {table} (store_id, store_name, source_name, currency, time_zone, country_code, "
                "first_order_date, last_order_date, as_of_date) values ('million', 'Million', 'shop', 'EUR', 'UTC', "
                "'DE', '2023-01-01', '2024-12-31', '2024-12-30')"
            )
        connection.execute(
            "insert into intermediate.int_store_days_spined "
            "select 'million', day, day - date '2023-01-01', date_trunc('month', day), is_month_end, "
            "day = '2024-12-30' or is_month_end from (select day::date, "
            "extract(day from day + interval '1 day') = 1 as is_month_end "
            "from generate_series(date '2023-01-01', date '2024-12-30', interval '1 day') as day) as days"
        )
        connection.execute("analyze")


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
