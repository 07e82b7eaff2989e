"""What is wrong in what was delivered is counted: at the door, and in what was kept."""

from __future__ import annotations


def test_rows_refused_at_the_door_are_counted_by_column_and_kind(built_stores):
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


def test_the_real_stores_have_the_faults_that_are_known_of_them(built_stores, exact):
    query = "select row_count from marts.fct_data_quality where store_id = '{}' and issue_kind = '{}'"

    assert exact(built_stores, query.format("online_retail", "zero_price")) == (2515,)
    assert exact(built_stores, query.format("olist", "without_lines")) == (775,)


def test_what_was_sought_and_not_found_is_a_zero(built_stores, exact):
    """In the synthetic shop everything that was kept fits together."""
    kept = "select sum(row_count), count(*) from marts.fct_data_quality where store_id = 'harbour' and outcome = 'kept'"

    assert exact(built_stores, kept) == (0, 9)
