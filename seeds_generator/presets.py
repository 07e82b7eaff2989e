"""Shops of other kinds: each a character, an assortment and a store of its own."""

from __future__ import annotations

from dataclasses import dataclass

from seeds_generator.behaviour import Behaviour
from seeds_generator.stores import Store

NO_DAYS = {"christmas_days": (0,), "christmas_factors": (1.0,), "black_friday_days": (), "black_friday_factors": ()}


@dataclass(frozen=True)
class Preset:
    """A kind of shop: what it is, whose store it is and how it behaves; ``sizes`` are its usual ones."""

    words: str
    store_name: str
    store: Store
    behaviour: Behaviour
    sizes: dict[str, int]


PRESETS = {
    "boutique": Preset(
        "a small boutique in London: few products, gifts, much comes back",
        "Ondine Boutique",
        Store("boutique", "GBP", "Europe/London", "GB"),
        Behaviour(
            assortment="fashion",
            weekday_factors=(0.90, 0.85, 0.90, 1.00, 1.10, 1.25, 1.15),
            month_factors=(0.85, 0.80, 0.95, 1.05, 1.15, 1.10, 0.95, 0.85, 1.00, 1.05, 1.15, 1.20),
            basket_lines=1.6,
            quantities=(1, 2),
            quantity_weights=(0.95, 0.05),
            refund_rate=0.22,
            whole_refund_rate=0.50,
            lifetime_orders_factor=1.2,
            shipping_fee_cents=399,
            free_shipping_from_cents=15_000,
            payment_methods=("credit_card", "paypal", "invoice"),
            payment_weights=(0.62, 0.28, 0.10),
        ),
        {"customers": 1_500, "products": 120, "orders": 6_000, "years": 3},
    ),
    "grocer": Preset(
        "a grocer in the Netherlands: the week decides, baskets are large, customers come again and again",
        "Buurtmarkt",
        Store("grocer", "EUR", "Europe/Amsterdam", "NL"),
        Behaviour(
            assortment="food",
            weekday_factors=(0.85, 0.75, 0.80, 0.95, 1.45, 1.70, 0.50),
            month_factors=(0.98, 0.97, 0.99, 1.00, 1.02, 1.02, 0.97, 0.96, 1.00, 1.01, 1.02, 1.06),
            holiday_factor=0.30,
            after_holiday_factor=1.30,
            black_friday_days=(),
            black_friday_factors=(),
            christmas_days=(14, 5, 2, 1, 0, -1, -3),
            christmas_factors=(1.00, 1.20, 1.60, 1.50, 0.90, 0.40, 1.00),
            noise_deviation=0.05,
            purchase_shape=1.6,
            basket_lines=9.0,
            spend_shape=5.0,
            quantities=(1, 2, 3, 4, 6),
            quantity_weights=(0.62, 0.22, 0.08, 0.05, 0.03),
            refund_rate=0.01,
            cancellation_rate=0.01,
            price_deviation=0.15,
            popularity_exponent=0.95,
            stock_cycle_days=(7, 14),
            late_supply_days=2.0,
            promotion_every_days=7,
            promotion_length_days=(6, 7),
            shipping_fee_cents=295,
            free_shipping_from_cents=6_000,
            guest_rate=0.01,
            hour_weights=(
                0.1,
                0.1,
                0.1,
                0.1,
                0.2,
                0.8,
                2.5,
                4.5,
                6.0,
                7.0,
                7.5,
                7.0,
                6.0,
                5.5,
                5.5,
                6.0,
                7.5,
                8.5,
                8.0,
                6.5,
                5.0,
                3.5,
                1.5,
                0.4,
            ),
        ),
        {"customers": 2_000, "products": 600, "orders": 40_000, "years": 2},
    ),
    "wholesaler": Preset(
        "a B2B wholesaler in the United States: closed on weekends and holidays, large quantities, loyal buyers",
        "Boxwell Supply",
        Store("wholesaler", "USD", "America/New_York", "US"),
        Behaviour(
            assortment="supplies",
            weekday_factors=(1.10, 1.10, 1.05, 1.00, 0.75, 0.0, 0.0),
            month_factors=(1.05, 1.00, 1.05, 1.02, 1.00, 0.98, 0.88, 0.92, 1.06, 1.06, 1.02, 0.88),
            holiday_factor=0.0,
            after_holiday_factor=1.25,
            **NO_DAYS,
            checkout_rate=0.40,
            guest_rate=0.0,
            purchase_shape=2.0,
            dropout_shape=2.0,
            lifetime_orders_factor=3.0,
            customer_segments=("business",),
            segment_weights=(1.0,),
            missing_email_rate=0.0,
            missing_age_rate=1.0,
            basket_lines=7.0,
            quantities=(6, 12, 24, 48, 96),
            quantity_weights=(0.34, 0.33, 0.19, 0.10, 0.04),
            refund_rate=0.03,
            promotion_every_days=45,
            payment_methods=("invoice", "bank_transfer", "credit_card"),
            payment_weights=(0.70, 0.20, 0.10),
            shipping_fee_cents=4_900,
            free_shipping_from_cents=100_000,
            hour_weights=(0, 0, 0, 0, 0, 0, 0.5, 3, 8, 10, 10, 9, 6, 8, 9, 9, 8, 4, 1, 0, 0, 0, 0, 0),
        ),
        {"customers": 400, "products": 500, "orders": 15_000, "years": 3},
    ),
    "marketplace": Preset(
        "a marketplace in Brazil: almost everybody buys once, 3 % come again",
        "Praça Aberta",
        Store("marketplace", "BRL", "America/Sao_Paulo", "BR"),
        Behaviour(
            assortment="market",
            weekday_factors=(1.15, 1.15, 1.10, 1.05, 1.00, 0.75, 0.80),
            month_factors=(1.00, 0.95, 1.00, 1.00, 1.08, 0.98, 1.00, 1.02, 0.98, 1.02, 1.15, 0.95),
            arrival_growth_rate=0.25,
            established_rate=0.10,
            checkout_rate=0.99,
            checkout_order_rate=1.0,
            silent_rate=1.0,
            guest_rate=0.0,
            dropout_shape=1.0,
            basket_lines=1.15,
            quantities=(1, 2, 3),
            quantity_weights=(0.92, 0.06, 0.02),
            refund_rate=0.03,
            cancellation_rate=0.012,
            payment_methods=("credit_card", "boleto", "voucher", "debit_card"),
            payment_weights=(0.74, 0.19, 0.05, 0.02),
            payment_habit_rate=0.5,
            shipping_fee_cents=1_990,
            free_shipping_from_cents=20_000,
        ),
        {"customers": 33_000, "products": 3_000, "orders": 30_600, "years": 2},
    ),
    "outlet": Preset(
        "an outlet in Germany: every few weeks there is a sale, and on these days two fifths are sold",
        "Harbour Outlet",
        Store("outlet", "EUR", "Europe/Berlin", "DE"),
        # of few orders a day chance would hide what a sale does; large baskets and customers who are alike show it
        Behaviour(
            sales_per_year=(12, 15),
            sale_discount_rate=0.30,
            basket_lines=6.0,
            spend_shape=12.0,
            spend_customer_shape=20.0,
            refund_rate=0.04,
        ),
        {"customers": 5_000, "products": 1_000, "orders": 50_000, "years": 3},
    ),
}
