"""Customers of the built stores: where they are, whether they come back, and what was known of them at a month end."""

from __future__ import annotations

import pytest

every_store = pytest.mark.parametrize("store_id", ["harbour", "online_retail"])


def test_every_country_of_the_real_store_is_understood_or_names_none(built_stores, exact):
    understood, several, not_given, unknown = exact(
        built_stores,
        """
        select
            count(country_code),
            count(*) filter (where country_unknown_reason = 'several_countries'),
            count(*) filter (where country_unknown_reason = 'not_given'),
            count(*) filter (where country_unknown_reason = 'unknown_name')
        from marts.dim_customers
        where store_id = 'online_retail'
        """,
    )

    assert several == 10  # Channel Islands and European Community
    assert not_given == 4  # Unspecified
    assert unknown == 0
    assert understood == 4_372 - 10 - 4


@pytest.mark.parametrize(("written", "code"), [("EIRE", "IE"), ("RSA", "ZA"), ("USA", "US"), ("Czech Republic", "CZ")])
def test_a_country_is_known_however_it_is_written(built_stores, exact, written, code):
    (codes,) = exact(
        built_stores,
        f"select string_agg(distinct country_code, ' ') from marts.dim_customers where country = '{written}'",
    )

    assert codes == code


def test_guests_bought_in_the_country_that_their_invoices_name(built_stores, exact):
    orders, by_guests = exact(
        built_stores,
        "select order_count, guest_order_count from marts.fct_revenue_by_region "
        "where store_id = 'online_retail' and country_code = 'HK'",
    )

    assert orders == by_guests > 0


@every_store
def test_retention_is_what_counting_customers_by_hand_gives(built_stores, exact, store_id):
    cells, differing = exact(
        built_stores,
        f"""
        with orders as (
            select
                customer_id,
                date_trunc('month', order_date)::date as month,
                date_trunc('month', min(order_date) over (partition by customer_id))::date as cohort
            from marts.fct_orders
            where store_id = '{store_id}' and is_sale and customer_id is not null
        ),
        by_hand as (select cohort, month, count(distinct customer_id) as customers from orders group by cohort, month)
        select count(*), count(*) filter (where active_customer_count <> coalesce(by_hand.customers, 0))
        from marts.fct_cohort_retention as cells
        left join by_hand on cells.cohort_month_date = by_hand.cohort and cells.month_start_date = by_hand.month
        where store_id = '{store_id}' and cohort_month_date is not null
        """,
    )

    assert cells > 60
    assert differing == 0


@every_store
@pytest.mark.parametrize("months_before_the_last", [0, 5])
def test_what_was_known_at_a_month_end_is_what_had_happened_by_then(
    built_stores, exact, store_id, months_before_the_last
):
    """Refunds made later, and orders placed later, are not in it."""
    customers, differing = exact(
        built_stores,
        f"""
        with known as (
            select *
            from marts.fct_customer_rfm_monthly
            where store_id = '{store_id}' and month_end_date = (
                select (date_trunc('month', as_of_date + 1) - interval '{months_before_the_last} month')::date - 1
                from marts.dim_stores
                where store_id = '{store_id}'
            )
        ),
        month_end as (select max(month_end_date) as day from known),
        later as (
            select order_id, sum(discount_amount + return_amount) as amount
            from marts.fct_order_adjustments, month_end
            where store_id = '{store_id}' and adjustment_date > month_end.day
            group by order_id
        ),
        by_hand as (
            select
                customer_id,
                count(*) filter (where is_sale) as orders,
                max(order_date) filter (where is_sale) as last_order_date,
                sum(net_amount + coalesce(later.amount, 0)) as amount
            from marts.fct_orders
            cross join month_end
            left join later using (order_id)
            where store_id = '{store_id}' and order_date <= month_end.day and customer_id is not null
            group by customer_id
        )
        select count(*), count(*) filter (
            where (known.frequency_count, known.monetary_amount, known.month_end_date - known.recency_days)
            is distinct from (by_hand.orders, by_hand.amount, by_hand.last_order_date)
        )
        from known
        full outer join (select * from by_hand where orders > 0) as by_hand using (customer_id)
        """,
    )

    assert customers > 100
    assert differing == 0


@every_store
def test_all_buyers_of_a_month_end_come_from_somewhere(built_stores, exact, store_id):
    (differing,) = exact(
        built_stores,
        f"""
        with buyers as (
            select month_end_date, count(*) as customers, sum(month_net_revenue) as revenue
            from marts.fct_customer_rfm_monthly
            where store_id = '{store_id}'
            group by month_end_date
        ),
        moves as (
            select month_end_date, sum(customer_count) as customers, sum(net_revenue) as revenue
            from marts.fct_segment_migration
            where store_id = '{store_id}'
            group by month_end_date
        )
        select count(*)
        from buyers
        full outer join moves using (month_end_date)
        where (buyers.customers, buyers.revenue) is distinct from (moves.customers, moves.revenue)
        """,
    )

    assert differing == 0
