"""What if: plans beside the published forecast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml import forecasting
from ml.__main__ import main
from ml.forecasting.panels import Level
from ml.forecasting.plans import check_plans, read_plans
from ml.forecasting.scenarios import FORMULA_STARTS, ScenarioReport, StoreScenario, imagine
from ml.forecasting.store import Store
from ml.forecasting.training import Training, train
from warehouse import DataError, UsageError

HEADER = "store_id,event_name,event_kind,starts_on,ends_on,category,product_id,discount_pct"
LIFT = 2.0
CUTOFF = pd.Timestamp("2022-06-28")
DAYS_AHEAD = 21
STORES = ("harbour", "pier")


@pytest.fixture
def plans_of(tmp_path) -> Callable[..., pd.DataFrame]:
    """``plans_of(line, ...)``: the plans of a file with these lines under the usual heads."""

    def read(*lines: str, header: str = HEADER, only: str | None = None) -> pd.DataFrame:
        path = tmp_path / "promo.csv"
        path.write_text("\n".join([header, *lines]) + "\n")
        return read_plans(path, STORES, only)

    return read


def new_store(new_history: Callable[..., pd.Series], days: int, with_promotions: bool) -> Store:
    """Two categories; three sales of four days at a discount of 20 % doubled what was sold."""
    first_day = CUTOFF - pd.Timedelta(days=days - 1)
    history = new_history(days, season=0.0, noise=0.05, first_day=first_day)
    events = pd.DataFrame()
    if with_promotions:
        starts = history.index[[20, 45, 70]]
        rows = [("Sale", "promotion", day, day + pd.Timedelta(days=3), "", "", 20.0) for day in starts]
        columns = ["event_name", "event_kind", "starts_on", "ends_on", "category", "product_id", "discount_pct"]
        events = pd.DataFrame(rows, columns=columns)
        for event in events.itertuples():
            history[event.starts_on : event.ends_on] *= LIFT
    panel = pd.DataFrame({"Garden": 0.2 * history, "Living": 0.8 * history})
    parents = pd.Series("total", index=panel.columns)
    return Store("harbour", "Harbour", "EUR", "DE", history, {"category": Level("category", panel, parents)}, events)


@pytest.fixture(scope="module")
def promoted(new_history) -> tuple[Store, Training]:
    store = new_store(new_history, 90, with_promotions=True)
    return store, train(store, CUTOFF, DAYS_AHEAD)[0]


@pytest.fixture(scope="module")
def unpromoted(new_history) -> tuple[Store, Training]:
    store = new_store(new_history, 45, with_promotions=False)
    return store, train(store, CUTOFF, DAYS_AHEAD)[0]


def total_of(scenario: StoreScenario) -> pd.DataFrame:
    return scenario.rows[scenario.rows["series_level"] == "total"].set_index("forecast_date")


def test_a_planned_promotion_lifts_its_days_as_earlier_ones_did_and_no_other_day(promoted, plans_of):
    scenario = imagine(*promoted, CUTOFF, plans_of("harbour,Sale,promotion,2022-07-05,2022-07-08,,,20"))

    total = total_of(scenario)
    planned = total[total["is_planned"]]
    assert list(planned.index) == list(pd.date_range("2022-07-05", "2022-07-08"))
    assert (planned["scenario"] / planned["base"]).between(0.85 * LIFT, 1.15 * LIFT).all()
    assert (total.loc[~total["is_planned"], "difference"] == 0.0).all()
    assert list(scenario.notes) == []


def test_categories_add_up_to_the_total_with_the_plans_and_without(promoted, plans_of):
    scenario = imagine(*promoted, CUTOFF, plans_of("harbour,Spades,promotion,2022-07-05,2022-07-08,Garden,,20"))

    categories = scenario.rows[scenario.rows["series_level"] == "category"]
    sums = categories.groupby("forecast_date")[["base", "scenario"]].sum().round(4)
    pd.testing.assert_frame_equal(sums, total_of(scenario)[["base", "scenario"]], check_exact=False, atol=1e-6)
    planned = categories[categories["is_planned"]].groupby("series_key")["difference"].sum()
    assert planned["Garden"] > 0.5 * planned.abs().sum(), "most of it where the promotion is"


def test_a_closure_sells_nothing_and_a_price_counts_by_its_percent(promoted, plans_of):
    lines = ("harbour,Shut,closure,2022-07-05,2022-07-06,,,", "harbour,Cheaper,price,2022-07-11,,,,10")

    scenario = imagine(*promoted, CUTOFF, plans_of(*lines))

    total = total_of(scenario)
    assert (total.loc["2022-07-05":"2022-07-06", "scenario"] == 0.0).all()
    assert (total.loc["2022-07-07":"2022-07-10", "difference"] == 0.0).all()
    assert (total.loc["2022-07-11":, "scenario"] > 1.02 * total.loc["2022-07-11":, "base"]).all()
    assert total.loc["2022-07-11":, "is_planned"].all(), "a price without a last day stays"
    assert list(scenario.notes) == ["a price change is taken to work as a percent of discount did in promotions"]


def test_a_store_that_never_had_a_promotion_is_told_so(unpromoted, plans_of):
    lines = ("harbour,Sale,promotion,2022-07-05,2022-07-08,,,20", "harbour,Dearer,price,2022-07-11,,,,-5")

    scenario = imagine(*unpromoted, CUTOFF, plans_of(*lines))

    text = ScenarioReport([scenario]).text()
    assert (scenario.rows["difference"] == 0.0).all()
    assert "no promotion to learn from: assumed without effect" in text
    assert "no discount to learn a price change from: assumed without effect" in text


def test_the_table_says_base_scenario_and_difference_over_all_days_and_over_those_of_the_plans(promoted, plans_of):
    scenario = imagine(*promoted, CUTOFF, plans_of("harbour,Sale,promotion,2022-07-05,2022-07-08,,,20"))

    lines = ScenarioReport([scenario]).text().splitlines()

    assert lines[0] == "harbour: net revenue after 2022-06-28, in EUR"
    assert lines[1].split() == ["series", "days", "base", "scenario", "difference", "%"]
    assert [line.split()[:3] for line in lines[2:4]] == [["total", "all", "21"], ["total", "4", "planned"]]
    total = total_of(scenario)
    assert lines[2].split()[3:6] == [
        f"{total['base'].sum():,.0f}",
        f"{total['scenario'].sum():,.0f}",
        f"{total['scenario'].sum() - total['base'].sum():+,.0f}",
    ]
    assert [line.split()[0] for line in lines[4:]] == ["Garden", "Garden", "Living", "Living"]


def test_text_that_looks_like_a_formula_is_inert_in_the_csv(tmp_path):
    rows = pd.DataFrame({"series_level": "category", "series_key": ["=cmd|x", "Garden"], "base": [1.0, -2.0]})
    ScenarioReport([StoreScenario("@s", "S", "EUR", CUTOFF, rows, [])]).write(tmp_path / "scenario.csv")

    written = pd.read_csv(tmp_path / "scenario.csv")

    assert not written[["store_id", "series_key"]].stack().str.startswith(FORMULA_STARTS).any()
    assert list(written["base"]) == [1.0, -2.0]


def test_the_command_prints_writes_both_forecasts_and_stores_nothing(
    warehouse, deliver, history, capsys, tmp_path: Path
):
    deliver(history[:60])
    forecasting.run(warehouse, horizon_days=14)
    before = warehouse.read("select * from ml.forecast_results order by 1, 2, 3, 4, 5, 6, 7, 8, 9")
    runs = warehouse.read("select * from ml.forecast_runs")
    first = history.index[62].date()
    path = tmp_path / "promo.csv"
    path.write_text(f"{HEADER.removeprefix('store_id,')}\nShut,closure,{first},{first},,,\n")
    options = ["--scenario", str(path), "--store", "harbour", "--horizon", "14", "--pictures", str(tmp_path / "out")]

    assert main(["forecast", *options]) == 0

    assert capsys.readouterr().out.startswith("harbour: net revenue after 2022-04-29, in EUR\n")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["harbour_scenario.html", "scenario.csv"]
    written = pd.read_csv(tmp_path / "out" / "scenario.csv", parse_dates=["forecast_date"])
    total = written[written["series_level"] == "total"].set_index("forecast_date")
    published = before.query("kind == 'live' and series_level == 'total' and period_days == 1 and is_champion")
    np.testing.assert_allclose(total["base"], published.set_index("forecast_date")["forecast"].reindex(total.index))
    assert total.loc[str(first), "scenario"] == 0.0
    pd.testing.assert_frame_equal(
        warehouse.read("select * from ml.forecast_results order by 1, 2, 3, 4, 5, 6, 7, 8, 9"), before
    )
    pd.testing.assert_frame_equal(warehouse.read("select * from ml.forecast_runs"), runs)


def test_without_kept_models_the_command_that_makes_them_is_named(warehouse, deliver, history, tmp_path):
    deliver(history[:60])
    path = tmp_path / "promo.csv"
    path.write_text(f"{HEADER}\nharbour,Shut,closure,2022-05-02,2022-05-02,,,\n")

    with pytest.raises(
        DataError, match=r"no kept models.*python -m ml forecast --retrain --store harbour --horizon 90"
    ):
        main(["forecast", "--scenario", str(path)])


PROMOTION = "harbour,Sale,promotion,2022-07-05,2022-07-08,,,20"
WRONG_LINES = [
    ("harbor,Sale,promotion,2022-07-05,2022-07-08,,,20", "there is no store 'harbor'; did you mean harbour?"),
    ("harbour, ,promotion,2022-07-05,2022-07-08,,,20", "event_name is empty"),
    ("harbour,Sale,sale,2022-07-05,2022-07-08,,,20", "event_kind 'sale' is none of promotion, closure, price"),
    (
        "harbour,Sale,promotion,5/7/2022,2022-07-08,,,20",
        "starts_on '5/7/2022' is not a day of the calendar; write it as",
    ),
    ("harbour,Sale,promotion,2022-06-31,2022-07-08,,,20", "starts_on '2022-06-31' is not a day of the calendar"),
    ("harbour,Sale,promotion,,2022-07-08,,,20", "starts_on is empty"),
    ("harbour,Sale,promotion,2022-07-05,,,,20", "ends_on is empty; a promotion has a last day"),
    ("harbour,Sale,promotion,2022-07-05,2022-07-04,,,20", "ends_on 2022-07-04 lies before starts_on 2022-07-05"),
    (
        "harbour,Sale,promotion,2022-07-05,2022-07-08,,,120",
        "discount_pct '120' of a promotion is no number from 0 to 100",
    ),
    ("harbour,Sale,promotion,2022-07-05,2022-07-08,,,nan", "discount_pct 'nan'"),
    ("harbour,Sale,promotion,2022-07-05,2022-07-08,,,", "discount_pct ''"),
    ("harbour,Shut,closure,2022-07-05,2022-07-08,,,5", "a closure has no discount_pct"),
    ("harbour,Shut,closure,2022-07-05,2022-07-08,Garden,,", "a closure is of the whole store"),
    ("harbour,Sale,promotion,2022-07-05,2022-07-08,20", "6 fields, but 8 columns"),
    (PROMOTION, "'Sale' is listed twice"),
]


@pytest.mark.parametrize(("line", "message"), WRONG_LINES)
def test_a_wrong_line_is_named_with_its_number_and_what_to_do(plans_of, line, message):
    with pytest.raises(DataError) as error:
        plans_of(PROMOTION, "", line)

    assert str(error.value).startswith("promo.csv, line 4: ")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("harbour,Sale,promotion,2022-06-28,2022-07-08,,,20", "is over; choose a day after 2022-06-28"),
        ("harbour,Sale,promotion,2022-07-20,2022-07-28,,,20", "after the last day forecast, 2022-07-19"),
        ("harbour,Sale,promotion,2022-07-05,2022-07-08,Gardn,,20", "nothing of category 'Gardn'; did you mean Garden?"),
        ("harbour,Sale,promotion,2022-07-05,2022-07-08,,P1,20", "nothing of product_id 'P1'"),
    ],
)
def test_a_plan_that_the_store_cannot_have_is_named(promoted, plans_of, line, message):
    with pytest.raises(DataError) as error:
        check_plans(promoted[0], plans_of(line), CUTOFF, DAYS_AHEAD, "promo.csv")

    assert str(error.value).startswith("promo.csv, line 2: ")
    assert message in str(error.value)


def test_what_is_planned_already_is_not_planned_twice(promoted, plans_of):
    plans = plans_of(PROMOTION)
    store = promoted[0].with_events(plans.drop(columns=["line", "store_id"]))

    with pytest.raises(DataError, match="planned already"):
        check_plans(store, plans, CUTOFF, DAYS_AHEAD, "promo.csv")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER.replace("starts_on", "start_on"), "unknown column 'start_on'; did you mean starts_on?"),
        (HEADER.replace("ends_on", "starts_on"), "column 'starts_on' is there twice"),
        (HEADER.removesuffix(",discount_pct"), "column 'discount_pct' is missing"),
        (HEADER.removeprefix("store_id,"), "column 'store_id' is missing; add it, or name one store by --store"),
    ],
)
def test_a_wrong_head_is_named(plans_of, header, message):
    with pytest.raises(DataError, match=r"promo\.csv, line 1: ") as error:
        plans_of(PROMOTION, header=header)

    assert message in str(error.value)


def test_files_that_hold_no_plans_are_said(tmp_path, plans_of):
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"\nharbour,Caf\xe9,closure,2022-07-05,2022-07-05,,,\n")

    with pytest.raises(DataError, match="the file is empty"):
        read_plans(tmp_path / "empty.csv", STORES)
    with pytest.raises(DataError, match="no UTF-8"):
        read_plans(tmp_path / "latin.csv", STORES)
    with pytest.raises(DataError, match="there is no plan in it"):
        plans_of()
    with pytest.raises(UsageError, match="there is no file"):
        read_plans(tmp_path / "nothing.csv", STORES)
