"""Pictures of a generated shop as small SVG files: does it look like a shop?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from warehouse import DataError

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 320, 72, 16, 40, 44
INK, GREY, COLOURS = "#1f2933", "#9aa5b1", ("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2")
FONT = 'font-family="sans-serif" font-size="12"'


@dataclass
class _Chart:
    """A chart with linear axes, made of what is drawn on it in turn."""

    title: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    shapes: list[str] = field(default_factory=list)

    def place(self, x: float, y: float) -> tuple[float, float]:
        (x_low, x_high), (y_low, y_high) = self.x_range, self.y_range
        across = LEFT + (x - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT)
        down = HEIGHT - BOTTOM - (y - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM)
        return round(across, 1), round(down, 1)

    def line(self, x: Sequence[float], y: Sequence[float], colour: str, width: float = 1.5) -> None:
        points = " ".join(f"{across},{down}" for across, down in map(self.place, x, y))
        self.shapes.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>')

    def band(self, x_from: float, x_to: float, colour: str) -> None:
        (left, low), (right, high) = self.place(x_from, self.y_range[0]), self.place(x_to, self.y_range[1])
        self.shapes.append(
            f'<rect x="{left}" y="{high}" width="{max(1.0, round(right - left, 1))}" height="{low - high:.1f}" '
            f'fill="{colour}" fill-opacity="0.18"/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        across, down = self.place(x, y)
        self.shapes.append(f'<circle cx="{across}" cy="{down}" r="3" fill="{colour}"/>')

    def x_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        for x, text in ticks:
            across, down = self.place(x, self.y_range[0])
            self._text(text, across, down + 16, "middle")

    def y_ticks(self, ticks: Sequence[tuple[float, str]]) -> None:
        for y, text in ticks:
            left, down = self.place(self.x_range[0], y)
            self.shapes.append(
                f'<line x1="{left}" x2="{WIDTH - RIGHT}" y1="{down}" y2="{down}" stroke="{GREY}" stroke-width="0.4"/>'
            )
            self._text(text, left - 6, down + 4, "end")

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        across = LEFT
        for text, colour in entries:
            self.shapes.append(f'<rect x="{across}" y="{HEIGHT - 14}" width="10" height="10" fill="{colour}"/>')
            self._text(text, across + 14, HEIGHT - 5, "start")
            across += 34 + 7 * len(text)

    def write(self, path: Path) -> None:
        self._text(self.title, LEFT, 22, "start", 'font-weight="bold"')
        body = "\n".join(self.shapes)
        path.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'role="img"><title>{escape(self.title)}</title>\n<rect width="100%" height="100%" fill="white"/>\n{body}\n'
            "</svg>\n",
            encoding="utf-8",
        )

    def _text(self, text: str, across: float, down: float, anchor: str, more: str = "") -> None:
        self.shapes.append(
            f'<text x="{across}" y="{down}" text-anchor="{anchor}" fill="{INK}" {FONT} {more}>{escape(text)}</text>'
        )


def draw(shop: Path | str, folder: Path | str) -> list[Path]:
    """Draw the shop that lies as CSV in a folder, from its files and its truth; return the pictures' paths.

    Raises DataError where the folder holds no shop with its truth.
    """
    shop, folder = Path(shop), Path(folder)
    try:
        orders = pd.read_csv(shop / "orders.csv", usecols=["order_id", "customer_id", "ordered_at", "status"])
        items = pd.read_csv(shop / "order_items.csv", usecols=["order_id", "product_id", "total_price"])
        categories = pd.read_csv(shop / "products.csv", usecols=["product_id", "category"])
        truth = {
            name: pd.read_csv(shop / "truth" / f"{name}.csv") for name in ("days", "promotions", "expected_revenue")
        }
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise DataError(f"{shop} holds no shop with its truth as CSV: {' '.join(str(error).split())}") from None
    orders["day"] = pd.to_datetime(orders["ordered_at"].str[:10])
    sold = items.merge(orders[orders["status"] != "cancelled"], on="order_id").merge(categories, on="product_id")
    pictures = {
        "shop_daily_revenue": _daily_revenue(sold, truth),
        "shop_last_year": _last_year(sold, truth),
        "shop_seasons": _seasons(sold),
        "shop_cohorts": _cohorts(orders),
        "shop_lorenz": _lorenz(sold),
    }
    for name, chart in pictures.items():
        chart.write(folder / f"{name}.svg")
    return [folder / f"{name}.svg" for name in pictures]


def _days(index: pd.DatetimeIndex) -> np.ndarray:
    return index.to_numpy().astype("datetime64[D]").astype(int)


def _money_ticks(highest: float) -> list[tuple[float, str]]:
    step = 10 ** np.floor(np.log10(highest)) / 2
    return [(value, f"{value:,.0f}") for value in np.arange(0, highest, step * max(1, round(highest / step / 5)))]


def _per_day(sold: pd.DataFrame) -> pd.Series:
    return sold.groupby("day")["total_price"].sum().asfreq("D", fill_value=0.0)


def _revenue_chart(title: str, revenue: pd.Series, expected: pd.Series) -> _Chart:
    days = _days(revenue.index)
    highest = max(revenue.max(), expected.max()) * 1.05
    chart = _Chart(title, (days[0], days[-1] + 1), (0, highest))
    chart.y_ticks(_money_ticks(highest))
    return chart


def _expected(truth: dict[str, pd.DataFrame], index: pd.DatetimeIndex) -> pd.Series:
    expected = truth["expected_revenue"].groupby("date")["expected_gross_revenue"].sum()
    expected.index = pd.to_datetime(expected.index)
    return expected.reindex(index)


def _daily_revenue(sold: pd.DataFrame, truth: dict[str, pd.DataFrame]) -> _Chart:
    """Revenue of each day as its weekly mean, beside what was expected."""
    revenue = _per_day(sold)
    expected = _expected(truth, revenue.index)
    weekly, expected_weekly = (series.rolling(7, center=True, min_periods=1).mean() for series in (revenue, expected))
    chart = _revenue_chart("Gross revenue a day, mean of seven days", weekly, expected_weekly)
    chart.line(_days(revenue.index), weekly, COLOURS[0], 1.2)
    chart.line(_days(revenue.index), expected_weekly, COLOURS[1], 1.2)
    quarters = revenue.index[(revenue.index.day == 1) & (revenue.index.month % 3 == 1)]
    chart.x_ticks([(day, f"{moment:%b %Y}") for day, moment in zip(_days(quarters), quarters, strict=True)])
    chart.legend([("from the files", COLOURS[0]), ("expected by the truth", COLOURS[1])])
    return chart


def _last_year(sold: pd.DataFrame, truth: dict[str, pd.DataFrame]) -> _Chart:
    """The last twelve months day by day, with promotions and holidays."""
    revenue = _per_day(sold).iloc[-365:]
    expected = _expected(truth, revenue.index)
    chart = _revenue_chart("Gross revenue of each day in the last year", revenue, expected)
    first, last = revenue.index[0], revenue.index[-1]
    for row in truth["promotions"].itertuples():
        begin, end = pd.Timestamp(row.first_date), pd.Timestamp(row.last_date)
        if begin >= first and end <= last:
            chart.band(*_days(pd.DatetimeIndex([begin, end + pd.Timedelta(days=1)])), COLOURS[2])
    chart.line(_days(revenue.index), revenue, COLOURS[0], 1.2)
    chart.line(_days(revenue.index), expected, COLOURS[1], 0.8)
    days = truth["days"].assign(date=pd.to_datetime(truth["days"]["date"])).set_index("date").loc[first:last]
    for day in days.index[days["holiday_factor"] < 1]:
        chart.dot(_days(pd.DatetimeIndex([day]))[0], revenue[day], COLOURS[3])
    months = revenue.index[revenue.index.day == 1]
    chart.x_ticks([(day, f"{moment:%b}") for day, moment in zip(_days(months), months, strict=True)])
    chart.legend(
        [("from the files", COLOURS[0]), ("expected", COLOURS[1]), ("promotion", COLOURS[2]), ("holiday", COLOURS[3])]
    )
    return chart


def _seasons(sold: pd.DataFrame) -> _Chart:
    """Revenue of each category by month of the year, beside its mean."""
    by_month = sold.groupby(["category", sold["day"].dt.month])["total_price"].sum().unstack().fillna(0.0)
    by_month = by_month.div(by_month.mean(axis=1), axis=0)
    widest = (by_month.max(axis=1) - by_month.min(axis=1)).nlargest(len(COLOURS)).index
    chart = _Chart("Revenue by month of the year, mean month = 1, categories with the widest swing", (1, 12), (0, 2.6))
    chart.y_ticks([(value, f"{value:.1f}") for value in (0, 0.5, 1, 1.5, 2, 2.5)])
    for category, colour in zip(widest, COLOURS, strict=False):
        chart.line(by_month.columns, by_month.loc[category], colour)
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    chart.x_ticks([(number + 1, name) for number, name in enumerate(names)])
    chart.legend(list(zip(widest, COLOURS, strict=False)))
    return chart


def _cohorts(orders: pd.DataFrame) -> _Chart:
    """Share of each quarter's new buyers who buy again in the months that follow."""
    orders = orders.dropna(subset="customer_id")
    first = orders.groupby("customer_id")["day"].transform("min")
    age_months = (orders["day"] - first).dt.days // 30
    cohort = first.dt.to_period("Q")
    sizes = orders.groupby(cohort)["customer_id"].nunique()
    active = orders.groupby([cohort, age_months])["customer_id"].nunique().unstack(fill_value=0)
    last_months = (orders["day"].max() - sizes.index.to_timestamp(how="end")).days // 30
    chart = _Chart("Share of a quarter's first buyers who order, by months since the first order", (1, 30), (0, 0.6))
    chart.y_ticks([(value, f"{value:.0%}") for value in (0, 0.2, 0.4, 0.6)])
    shown = list(zip(sizes.index, last_months, strict=True))[1::2]  # the first quarter's are not all new
    for (quarter, last_month), colour in zip(shown, COLOURS, strict=False):
        months = [month for month in active.columns if 1 <= month < min(last_month, 30)]
        if months:
            chart.line(months, (active.loc[quarter, months] / sizes[quarter]).clip(upper=0.6), colour)
    chart.x_ticks([(month, str(month)) for month in range(3, 31, 3)])
    chart.legend([(str(quarter), colour) for (quarter, _), colour in zip(shown, COLOURS, strict=False)])
    return chart


def _lorenz(sold: pd.DataFrame) -> _Chart:
    """Share of revenue that the better so many per cent of customers and of products bring."""
    chart = _Chart("Share of revenue of the best customers and products", (0, 1), (0, 1))
    chart.y_ticks([(value, f"{value:.0%}") for value in (0, 0.25, 0.5, 0.75, 1)])
    chart.line((0, 1), (0, 1), GREY, 0.8)
    for column, colour in (("customer_id", COLOURS[0]), ("product_id", COLOURS[1])):
        best = sold.groupby(column)["total_price"].sum().sort_values(ascending=False).to_numpy()
        share = np.linspace(0, 1, 101)
        held = np.concatenate(([0.0], np.cumsum(best) / best.sum()))
        chart.line(share, np.interp(share, np.linspace(0, 1, len(held)), held), colour)
    chart.x_ticks([(value, f"{value:.0%}") for value in (0, 0.2, 0.4, 0.6, 0.8, 1)])
    chart.legend([("customers", COLOURS[0]), ("products", COLOURS[1])])
    return chart
