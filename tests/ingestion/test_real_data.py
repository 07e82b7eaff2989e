"""Exports of real shops, whose sums are known."""

from __future__ import annotations

import csv
import gzip
from decimal import Decimal

from ingestion import load


def test_online_retail_lands_to_the_last_line_and_penny(warehouse, real_file, select):
    (report,) = load(warehouse, "online_retail", [real_file("online_retail/online_retail.csv.gz")])

    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (541_909, 541_909, 0)
    sums = "round(sum(amount), 2), round(sum(amount) filter (where amount > 0), 2), count(*)"
    lines = "(select quantity * unitprice as amount from raw_online_retail.online_retail) as lines"
    assert select(f"{sums} from {lines}") == [(Decimal("9747747.93"), Decimal("10666684.54"), 541_909)]


def test_newlines_in_the_texts_of_olist_stay_in_their_texts(warehouse, real_file, select):
    path = real_file("olist_sample/olist_order_reviews_dataset.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        messages = [row["review_comment_message"] or None for row in csv.DictReader(file)]
    assert any(message and "\n" in message for message in messages)

    (report,) = load(warehouse, "olist", [path])

    assert (report.rows_loaded, report.rows_rejected) == (len(messages), 0)
    stored = select("review_comment_message from raw_olist.order_reviews order by _line")
    assert [message for (message,) in stored] == messages
