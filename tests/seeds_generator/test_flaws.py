"""With flaws on, the loader says of every bad row what the truth says, and of nothing else."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

import ingestion
from seeds_generator import TABLES, Flaws, Parameters, write
from warehouse import UsageError

RATE = 0.01


@pytest.fixture(scope="module")
def shop(harbour) -> Parameters:
    return Parameters(store=harbour, customers=600, products=120, orders=6_000, years=1)


def truth_of(folder) -> pd.DataFrame:
    return pd.read_csv(folder / "truth" / "flaws.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def flawed(shop, tmp_path_factory):
    folder = tmp_path_factory.mktemp("flawed")
    write(shop, folder, flaws=Flaws.all_at(RATE))
    return folder


def test_the_loader_says_what_the_truth_says_reason_by_reason(warehouse, flawed):
    reports = ingestion.load(warehouse, "shop", [flawed])
    truth = truth_of(flawed)
    rejected = warehouse.read(
        "select file_name as file, line_number as line, coalesce(column_name, '') as column, reason "
        "from raw_ingestion.rejected_rows order by 1, 2"
    )

    bad = truth[truth["verdict"] == "rejected"].sort_values(["file", "line"], ignore_index=True)
    said = rejected.sort_values(["file", "line"], ignore_index=True)
    # the loader's bounds on days end with today, which the truth cannot know
    said["reason"] = said["reason"].str.replace(r" from \d{4}-\d\d-\d\d to .*", "", regex=True)
    pd.testing.assert_frame_equal(said, bad[["file", "line", "column", "reason"]], check_dtype=False)
    duplicates = truth[truth["verdict"] == "duplicate"].groupby("file").size().to_dict()
    assert {report.path.name: report.duplicate_rows for report in reports if report.duplicate_rows} == duplicates
    assert sum(report.rows_rejected for report in reports) == len(bad)
    assert set(truth["flaw"]) == {rate.removesuffix("_rate") for rate in Flaws.rates()}


def test_each_flaw_is_as_frequent_as_asked(flawed):
    truth = truth_of(flawed)
    counts = truth.groupby("flaw").size()

    assert counts["late"] / 6_000 == pytest.approx(RATE, rel=0.35)
    assert counts["unknown_product"] / 15_000 == pytest.approx(RATE, rel=0.35)
    assert counts["missing_customer"] / 6_000 == pytest.approx(RATE, rel=0.35)


def test_what_is_loaded_in_spite_of_its_flaw_is_there(warehouse, flawed):
    ingestion.load(warehouse, "shop", [flawed])
    counts = truth_of(flawed).groupby("flaw").size()
    found = warehouse.read(
        "select (select count(*) from raw_shop.orders where customer_id = 'C-UNKNOWN') as missing_customer, "
        "(select count(*) from raw_shop.order_items where product_id = 'P-UNKNOWN') as unknown_product, "
        "(select count(*) from raw_shop.order_items where product_id like 'p%%') as case_, "
        "(select count(*) from raw_shop.orders where status <> trim(status)) "
        "+ (select count(*) from raw_shop.products where category <> trim(category)) "
        "+ (select count(*) from raw_shop.order_adjustments where kind <> trim(kind)) as blank"
    ).iloc[0]

    assert found["missing_customer"] == counts["missing_customer"]
    assert found["unknown_product"] == counts["unknown_product"]
    assert found["case_"] == counts["case"]
    assert found["blank"] == counts["blank"]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_another_encoding_is_read_when_it_is_told_and_refused_when_not(warehouse, shop, tmp_path, encoding):
    write(shop, tmp_path, flaws=Flaws(encoding=encoding))
    with pytest.raises(ingestion.FilesRefusedError, match=r"customers\.csv: byte \d+"):
        ingestion.load(warehouse, "shop", [tmp_path / "customers.csv"])
    (report,) = ingestion.load(warehouse, "shop", [tmp_path / "customers.csv"], encoding=encoding)

    assert report.rows_loaded == 600
    assert warehouse.read("select count(*) as n from raw_shop.customers where city = 'München'")["n"].iloc[0] > 5


def test_changed_columns_are_found_by_name_and_the_new_one_is_left_out(warehouse, shop, tmp_path):
    write(shop, tmp_path / "changed", flaws=Flaws(changed_columns=True))
    write(shop, tmp_path / "plain")
    changed = ingestion.load(warehouse, "shop", [tmp_path / "changed"])
    again = ingestion.load(warehouse, "shop", [tmp_path / "plain"])

    assert {report.ignored_columns for report in changed} == {("comment",)}
    assert [report.rows_rejected for report in changed] == [0] * len(TABLES)
    assert [report.rows_inserted + report.rows_updated for report in again] == [0] * len(TABLES)


def test_flaws_are_off_unless_asked_for_and_the_same_for_the_same_seed(shop, flawed, tmp_path):
    write(shop, tmp_path / "plain")
    write(shop, tmp_path / "again", flaws=Flaws.all_at(RATE))

    def hash_of(folder, name):
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()

    assert not (tmp_path / "plain" / "truth" / "flaws.csv").exists()
    for name in ("orders.csv", "orders_late.csv", "order_items.csv", "truth/flaws.csv"):
        assert hash_of(tmp_path / "again", name) == hash_of(flawed, name)


def test_a_rate_out_of_range_is_refused():
    with pytest.raises(UsageError, match=r"double_rate must be a share from 0 to 0\.1, not 0\.5"):
        Flaws(double_rate=0.5)
    with pytest.raises(UsageError, match="no encoding 'klingon'"):
        Flaws(encoding="klingon")
