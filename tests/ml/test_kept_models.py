"""What a training leaves on disk, when it is used again, and what a damaged file does."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from ml import forecasting
from ml.__main__ import main
from ml.forecasting import keeping

pytestmark = pytest.mark.usefixtures("few_cutoffs")

LIVE = """
select model_name, series_level, series_key, period_days, forecast_date, forecast, lower_80, upper_95, is_champion
from ml.forecast_results
where kind = 'live' and cutoff_date = %s
order by series_level, series_key, model_name, period_days, forecast_date
"""


def live(warehouse, day: pd.Timestamp) -> pd.DataFrame:
    return warehouse.read(LIVE, (day.date(),))


def kinds(warehouse) -> list[str]:
    return warehouse.read("select kind from ml.forecast_runs order by cutoff_date, created_at")["kind"].tolist()


def test_a_training_is_used_for_a_week_and_then_made_anew(warehouse, deliver, history, kept):
    for days in (60, 61, 66, 67):
        deliver(history[:days])
        report = forecasting.run(warehouse)
        assert report.stores[0].is_retrained == (days in (60, 67))

    assert kinds(warehouse) == ["retrain", "predict", "predict", "retrain"]
    assert (
        json.loads((kept / "harbour" / "manifest.json").read_text())["cutoff_date"] == f"{history.index[66]:%Y-%m-%d}"
    )
    trained_on = warehouse.read("select trained_on_date from ml.forecast_runs order by cutoff_date")["trained_on_date"]
    assert list(trained_on) == [history.index[59]] * 3 + [history.index[66]]


def test_kept_models_say_what_fresh_ones_say_to_the_last_digit(warehouse, deliver, history):
    deliver(history[:120])
    forecasting.run(warehouse)
    fresh = live(warehouse, history.index[119])
    with warehouse.connect() as connection:
        connection.execute("delete from ml.forecast_results where kind = 'live'")

    report = forecasting.run(warehouse, retrain=False)

    assert not report.stores[0].is_retrained
    pd.testing.assert_frame_equal(live(warehouse, history.index[119]), fresh, check_exact=True)


def test_asked_to_train_it_trains_and_asked_to_reuse_it_reuses_what_is_old(warehouse, deliver, history, capsys):
    deliver(history[:50])
    main(["forecast"])
    deliver(history[:51])
    main(["forecast", "--retrain"])
    deliver(history[:70])
    main(["forecast", "--reuse"])

    assert kinds(warehouse) == ["retrain", "retrain", "predict"]


@pytest.mark.parametrize("damage", ["cut", "empty", "other types", "other versions"])
def test_a_damaged_or_strange_file_is_not_used_and_the_run_ends_green(warehouse, deliver, history, kept, damage):
    deliver(history[:50])
    forecasting.run(warehouse)
    estimators, manifest = kept / "harbour" / keeping.ESTIMATORS, kept / "harbour" / keeping.MANIFEST
    if damage == "cut":
        estimators.write_bytes(estimators.read_bytes()[:1000])
    elif damage == "empty":
        manifest.write_text("")
    elif damage == "other types":
        import skops.io

        skops.io.dump({"random_forest": pytest.Item}, estimators)
    else:
        facts = json.loads(manifest.read_text())
        manifest.write_text(json.dumps(facts | {"libraries": {"numpy": "0.1"}}))
    deliver(history[:51])

    report = forecasting.run(warehouse)

    assert report.stores[0].is_retrained
    assert keeping.load(kept / "harbour") is not None


def test_a_training_of_another_warehouse_is_not_used(warehouse, deliver, history):
    deliver(history[:50])
    forecasting.run(warehouse)
    with warehouse.connect() as connection:
        connection.execute("truncate ml.forecast_runs, ml.forecast_results")
    deliver(history[:51])

    assert forecasting.run(warehouse).stores[0].is_retrained


def test_the_registry_says_what_each_run_rests_on(warehouse, deliver, history):
    deliver(history[:120])
    forecasting.run(warehouse)

    (run,) = warehouse.read("select * from ml.forecast_runs").to_dict("records")

    assert run["run_id"] == run["training_run_id"]
    assert json.loads(run["parameters"])["champions"]["total"] == "combination"
    assert json.loads(run["metrics"])["total_published_rmse"] > 0
    assert len(run["data_fingerprint"]) == 64
    rows = warehouse.read("select distinct run_id, data_fingerprint from ml.forecast_results")
    assert rows.to_dict("records") == [{"run_id": run["run_id"], "data_fingerprint": run["data_fingerprint"]}]
