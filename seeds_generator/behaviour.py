"""What the shop is like: all numbers that shape demand, customers, baskets, prices and returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """The character of a shop. Rates are shares from 0 to 1, money is integer cents of the store's currency.

    The demand of a day is a product: weekday x season x holiday x Christmas x Black Friday x sale x growth x noise.
    People live in *demand time*, a clock that runs fast on strong days and slowly on weak ones, so each
    customer may be a simple stationary process and the shop still has seasons: the random time change of
    point processes (Daley and Vere-Jones, An Introduction to the Theory of Point Processes, vol. I, 7.4).

    A customer buys a first time, then at a rate of their own, gamma-distributed over customers (Ehrenberg, The
    Pattern of Consumer Purchases, Applied Statistics 8, 1959), and may leave for good after each repeat purchase
    with a probability of their own, beta-distributed (BG/NBD: Fader, Hardie and Lee, Counting Your Customers the
    Easy Way, Marketing Science 24, 2005). The scale of the rates makes the asked number of orders come out.

    What an order is worth follows the customer: its size is gamma-distributed around a mean of their own, whose
    inverse is gamma-distributed over customers (gamma-gamma: Fader, Hardie and Lee, RFM and CLV, Journal of Marketing
    Research 42, 2005). The number of lines is 1 + a Poisson variable with a mean proportional to that size.

    Products sell by a power law of their rank (Zipf-Mandelbrot; for shops on the web: Brynjolfsson, Hu and
    Smith, Consumer Surplus in the Digital Economy, Management Science 49, 2003); how much more is sold when a price
    falls is an elasticity of the category (Bijmolt, van Heerde and Pieters, New Empirical Generalizations on the
    Determinants of Price Elasticity, Journal of Marketing Research 42, 2005: mean -2.6).
    """

    assortment: str = "home"  # which vocabulary the products are made of

    # demand per day, each a factor on an ordinary day
    weekday_factors: tuple[float, ...] = (1.16, 1.08, 1.02, 0.98, 0.90, 0.78, 1.08)  # Monday first
    month_factors: tuple[float, ...] = (
        1.00,
        0.90,
        0.97,
        1.05,
        1.06,
        0.93,
        0.86,
        0.86,
        0.96,
        1.04,
        1.14,
        1.10,
    )
    holiday_factor: float = 0.50  # people are with their families, and nothing is shipped
    after_holiday_factor: float = 1.12
    # days until 24 December, and the factor then: gifts are ordered until they would come too late
    christmas_days: tuple[int, ...] = (35, 21, 8, 5, 3, 1, 0, -2, -6, -7, -8)
    christmas_factors: tuple[float, ...] = (1.00, 1.22, 1.55, 1.20, 0.80, 0.60, 0.42, 0.70, 0.85, 0.55, 1.00)
    # days from Black Friday (the day after the fourth Thursday of November), and the factor then
    black_friday_days: tuple[int, ...] = (-4, -3, -2, -1, 0, 1, 2, 3)
    black_friday_factors: tuple[float, ...] = (1.15, 1.15, 1.25, 1.35, 2.40, 1.60, 1.50, 1.90)
    # sales of the whole shop at irregular times
    sales_per_year: tuple[int, int] = (0, 0)  # from ... to, less those that would fall on Black Friday's days
    sale_length_days: tuple[int, int] = (3, 9)
    sale_pcts: tuple[int, ...] = (20, 30, 40, 50)  # one of them, all alike
    sale_lifts: tuple[float, ...] = (1.60, 2.30, 3.00, 3.50)  # factor on the demand of a day at each percentage
    demand_growth_rate: float = 0.03  # a year, of every customer's buying
    noise_deviation: float = 0.07  # of the logarithm of a day's demand: weather, press, luck
    noise_persistence: float = 0.50  # correlation of that noise with the day before
    hour_weights: tuple[float, ...] = (
        1.1, 0.6, 0.3, 0.2, 0.2, 0.4, 1.0, 2.0, 3.2, 4.4, 5.2, 5.4,
        5.2, 5.0, 5.0, 5.1, 5.3, 5.7, 6.2, 7.2, 8.4, 8.2, 5.6, 2.8,
    )  # fmt: skip

    # customers
    established_rate: float = 0.42  # registered before the first day of the history
    established_years: int = 3  # within so many years before it
    arrival_growth_rate: float = 0.06  # a year, of new registrations
    checkout_rate: float = 0.88  # of the new ones register while placing their first order
    checkout_order_rate: float = 0.60  # such first orders are at most this share of the customers' orders
    silent_rate: float = 0.35  # of all others never buy
    purchase_shape: float = 1.0  # r of the gamma distribution of rates: small = few buy very often
    dropout_shape: float = 1.4  # a of the beta distribution of dropout probabilities; b follows from its mean
    lifetime_orders_factor: float = 1.6  # 1 / mean dropout probability, in mean orders of a customer
    spend_shape: float = 3.0  # p: how alike the sizes of one customer's orders are
    spend_customer_shape: float = 4.0  # q: how alike customers are; above 1
    guest_rate: float = 0.04  # of orders have no customer
    missing_email_rate: float = 0.03
    missing_age_rate: float = 0.06
    age_groups: tuple[str, ...] = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
    age_weights: tuple[float, ...] = (0.08, 0.22, 0.25, 0.20, 0.16, 0.09)
    customer_segments: tuple[str, ...] = ("consumer", "business")
    segment_weights: tuple[float, ...] = (0.92, 0.08)
    payment_methods: tuple[str, ...] = ("paypal", "invoice", "credit_card", "direct_debit", "bank_transfer")
    payment_weights: tuple[float, ...] = (0.36, 0.26, 0.20, 0.12, 0.06)
    payment_habit_rate: float = 0.80  # of orders are paid as this customer mostly pays

    # products
    popularity_exponent: float = 1.05
    popularity_offset: float = 12.0  # flattens the head: the best seller is no monopoly
    popularity_price_weight: float = 0.7  # how much a product's rank is due to being cheap, beside a taste of 1
    price_deviation: float = 0.22  # of the logarithm of a price around what such a thing costs
    cost_deviation: float = 0.05  # of cost / price around the category's share
    inflation_rate: float = 0.02  # a year, of prices and costs
    price_revision_deviation: float = 0.05  # of the logarithm of a year's change; each product has its own day
    cost_revision_deviation: float = 0.03
    launched_rate: float = 0.25  # of the products were launched within the history
    launch_weight: float = 0.30  # share of its later demand with which a product begins
    launch_days: float = 60.0  # until all know it
    product_life_days: float = 2600.0  # mean, exponential
    evergreen_rate: float = 0.30  # of the products never end
    stock_cycle_days: tuple[int, int] = (20, 60)  # between deliveries of a product, from ... to
    late_supply_rate: float = 0.12  # of deliveries come late, and the shelf is empty until then
    late_supply_days: float = 5.0  # mean, geometric

    # campaigns: a category, some of its products cheaper and shown in front
    promotion_every_days: int = 24
    promotion_length_days: tuple[int, int] = (6, 14)
    promotion_product_rate: float = 0.40  # of the category's products take part
    promotion_pcts: tuple[int, ...] = (10, 15, 20, 25)
    promotion_lift: float = 1.5  # factor on demand from being shown, beside that of the lower price

    # baskets: mean number of lines, and shares of numbers of units of each
    basket_lines: float = 2.5
    quantities: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    quantity_weights: tuple[float, ...] = (0.79, 0.13, 0.04, 0.03, 0.005, 0.005)

    # what an order has beside its lines; prices include the tax, so there are no tax adjustments
    discount_rate: float = 0.14  # of orders on ordinary days bear a coupon, for what is not on promotion
    sale_discount_rate: float = 0.60  # of orders around Black Friday, and in a sale, of which they have the percentage
    discount_pcts: tuple[int, ...] = (5, 10, 15, 20)
    discount_weights: tuple[float, ...] = (0.25, 0.45, 0.15, 0.15)
    shipping_fee_cents: int = 495
    free_shipping_from_cents: int = 5900  # goods after discount
    express_rate: float = 0.04
    express_fee_cents: int = 995

    # what becomes of an order; goods may go back within 14 days of arrival (Directive 2011/83/EU, art. 9)
    cancellation_rate: float = 0.025
    cancellation_hours: float = 4.0  # mean, exponential
    refund_rate: float = 0.075  # of orders that were not cancelled
    whole_refund_rate: float = 0.35  # of refunds: everything came back; the others give back one line
    refund_minimum_days: int = 3
    refund_shape: float = 2.2  # gamma, days beyond the minimum
    refund_scale_days: float = 4.5
    refund_longest_days: int = 60
    refund_hours: tuple[int, int] = (8, 17)  # refunds are booked by the office, on working days
