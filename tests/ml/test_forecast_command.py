"""``python -m ml forecast``: what it prints, and one clear line for what it cannot do."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from ml import forecasting
from ml.__main__ import main
from warehouse import REPOSITORY, DataError, UsageError

pytestmark = pytest.mark.usefixtures("few_cutoffs")


def test_the_table_names_the_champion_and_the_baselines(warehouse, deliver, history, capsys, tmp_path):
    deliver(history[:45])

    assert main(["forecast", "--store", "harbour", "--horizon", "30", "--pictures", str(tmp_path)]) == 0

    groups, heads, line, currencies, _ = capsys.readouterr().out.splitlines()
    assert groups.split() == ["published", "seasonal", "naive", "weekday", "mean"]
    assert heads.split()[3:6] == ["RMSE", "MAE", "WAPE"]
    assert line.split()[:3] == ["harbour", f"{history.index[44]:%Y-%m-%d}", "combination"]
    assert "harbour in EUR" in currencies
    assert sorted(path.stem for path in tmp_path.iterdir()) == [
        "harbour",
        "harbour_categories",
        "harbour_error_by_lead",
        "harbour_error_fan",
    ]


def test_a_reused_forecast_prints_the_same_errors(warehouse, deliver, history, capsys):
    deliver(history[:45])

    main(["forecast", "--horizon", "10"])
    first = capsys.readouterr().out.splitlines()[2].split()
    main(["forecast", "--horizon", "10"])
    second = capsys.readouterr().out.splitlines()[2].split()

    assert first[:-2] == second[:-2]
    assert second[-2] == "reused"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--horizon", "0"], "a horizon of 0 days is out of range: choose 1 to 365"),
        (["--horizon", "366"], "choose 1 to 365"),
        (["--horizon", "soon"], "a horizon is a whole number of days, 1 to 365, not 'soon'"),
        (["--store", "harbor"], "there is no store 'harbor'; did you mean harbour?"),
        (["--store", "xyz"], "there is no store 'xyz'; there are: harbour"),
        (["--as-of", "2022-02-30"], "'2022-02-30' is not a day of the calendar"),
        (["--as-of", "2031-01-01"], "choose 2022-03-01 to 2022-06-08"),
        (["--what"], "unrecognized arguments: --what; see python -m ml --help"),
    ],
)
def test_a_wrong_option_is_one_line_with_what_is_allowed(warehouse, deliver, history, arguments, message):
    deliver(history[:100])

    with pytest.raises(UsageError) as error:
        main(["forecast", *arguments])

    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 2


def test_the_program_ends_with_the_code_of_its_error(warehouse):
    done = subprocess.run(
        [sys.executable, "-m", "ml", "forecast", "--horizon", "0"], cwd=REPOSITORY, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert done.stderr == "error: a horizon of 0 days is out of range: choose 1 to 365\n"


def test_marts_that_are_not_there_are_said(warehouse):
    with pytest.raises(DataError, match="make build"):
        forecasting.run(warehouse)


def test_a_mart_with_a_gap_is_refused_with_store_and_day(warehouse, deliver, history):
    deliver(history[:100].drop(history.index[50]))

    with pytest.raises(DataError, match=r"store harbour.*the day after 2022-04-19"):
        forecasting.run(warehouse)


def test_as_of_before_a_store_began_is_said_of_that_store(warehouse, deliver, history):
    deliver(history[:100])
    deliver(history[60:100], store_id="pier")

    report = forecasting.run(warehouse, as_of=date(2022, 4, 10))

    assert [store.reason[:18] for store in report.stores] == ["", "not enough history"]


def test_a_warehouse_without_stores_is_no_error(warehouse, deliver):
    report = forecasting.run(warehouse)

    assert report.row_count == 0
    assert "no store" in report.text()
    assert "no store" in report.markdown()
