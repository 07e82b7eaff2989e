"""Issues of the loaded data are counted by kind, and each row with an issue is named."""

from __future__ import annotations


def test_rejected_and_duplicate_rows_are_counted_by_column_and_kind(built_stores):
    found = built_stores.read(
        "select table_name, column_name, issue_kind, outcome, row_count, first_key from marts.fct_data_quality "
        "where store_id = 'harbour' and outcome <> 'kept' and row_count > 0"
    )

    assert set(found.itertuples(index=False, name=None)) == {
        ("products", "(row)", "duplicate_row", "dropped", 1, "products_faulty.csv"),
        ("products", "price", "unreadable_value", "rejected", 1, "products_faulty.csv line 4"),
        ("products", "product_id", "missing_value", "rejected", 1, "products_faulty.csv line 5"),
        ("products", "(row)", "broken_row", "rejected", 1, "products_faulty.csv line 6"),
    }


def test_known_issues_of_the_real_stores_are_found(built_stores, exact):
    query = "select row_count from marts.fct_data_quality where store_id = '{}' and issue_kind = '{}'"

    assert exact(built_stores, query.format("online_retail", "zero_price")) == (2515,)
    assert exact(built_stores, query.format("olist", "without_lines")) == (775,)


def test_every_counted_issue_of_an_order_names_its_row(built_stores, exact):
    differing = """
        select count(*)
        from marts.fct_data_quality as counted
        where outcome = 'kept'
          and issue_kind not in ('unknown_customer', 'unknown_product', 'unknown_order', 'late_or_changed')
          and row_count <> (
            select count(*) from marts.fct_order_issues as issues
            where issues.store_id = counted.store_id
              and issues.table_name = counted.table_name
              and issues.issue_kind = counted.issue_kind
          )
    """

    assert exact(built_stores, differing) == (0,)


def test_an_issue_that_does_not_occur_is_listed_with_zero_rows(built_stores, exact):
    """The rows of the synthetic shop that were kept have no issue."""
    kept = "select sum(row_count), count(*) from marts.fct_data_quality where store_id = 'harbour' and outcome = 'kept'"

    assert exact(built_stores, kept) == (0, 14)
