"""Reading frames, replacing slices, locks, and one line for a database that does not let us in."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pandas as pd
import psycopg
import pytest

from warehouse import REPOSITORY, BusyError, DatabaseError, Warehouse

ROWS = """
values
    (1, 10.25::numeric(18, 4), date '2024-02-29', timestamptz '2024-03-31 01:30:00+00', true, 'a, "quoted"', 'x'),
    (2, -0.5, date '1999-12-31', timestamptz '2024-10-27 00:30:00+00', false, E'two\nlines', ''),
    (null, null, null, null, null, null, null)
"""


def test_a_frame_keeps_numbers_days_instants_and_texts(warehouse):
    frame = warehouse.read(f"select * from ({ROWS}) as r (number, money, day, instant, flag, text, empty)")

    assert frame["number"].tolist()[:2] == [1, 2]
    assert frame["money"].tolist()[:2] == [10.25, -0.5]
    assert frame["day"].tolist()[:2] == [pd.Timestamp("2024-02-29"), pd.Timestamp("1999-12-31")]
    assert frame["instant"].tolist()[0] == pd.Timestamp("2024-03-31 01:30", tz="UTC")
    assert frame["flag"].tolist()[:2] == [True, False]
    assert frame["text"].tolist()[:2] == ['a, "quoted"', "two\nlines"]
    assert frame["empty"].tolist()[1] == ""
    assert frame.iloc[2].isna().all()


def test_an_empty_result_has_its_columns_and_types(warehouse):
    frame = warehouse.read("select 1 as a, 'x'::text as b, date '2024-01-01' as c where false")

    assert list(frame.columns) == ["a", "b", "c"]
    assert frame["a"].dtype == "int64"
    assert frame["c"].dtype == "datetime64[us]"


@pytest.mark.parametrize("value", ["'a'::text", "1::bigint", "date '2024-02-29'"])
def test_a_column_alone_keeps_its_nulls(warehouse, value):
    frame = warehouse.read(f"select null as only union all select {value} union all select null")

    assert frame["only"].isna().tolist() == [True, False, True]


def test_parameters_are_bound_and_never_read_as_sql(warehouse):
    nasty = "'); drop schema ml cascade; --"

    assert warehouse.read("select %s::text as a", (nasty,))["a"].tolist() == [nasty]
    assert warehouse.read("select count(*) as n from ml.forecast_results")["n"].tolist() == [0]


@pytest.fixture
def slices(warehouse):
    with warehouse.connect() as connection:
        connection.execute("create table slices (store text, n integer check (n < 100), money numeric(18, 4))")
        connection.execute("insert into slices values ('a', 1, 1.5), ('b', 2, 2.5)")
    return warehouse


def test_a_slice_is_replaced_and_the_rest_stays(slices):
    frame = pd.DataFrame({"money": [7.25, None], "n": [7, 8], "store": ["a", "a"]})

    assert slices.replace("public.slices", frame, where={"store": "a"}) == 2

    found = slices.read("select * from slices order by store, n")
    assert found["n"].tolist() == [7, 8, 2]
    assert found["money"].tolist()[0] == 7.25
    assert pd.isna(found["money"].tolist()[1])


def test_a_slice_that_cannot_be_written_leaves_the_old_one(slices):
    with pytest.raises(psycopg.errors.CheckViolation):
        slices.replace("public.slices", pd.DataFrame({"store": ["a"], "n": [100]}), where={"store": "a"})

    assert slices.read("select n from slices where store = 'a'")["n"].tolist() == [1]


def test_a_reader_sees_the_old_slice_until_the_new_one_is_whole(slices):
    with slices.connect() as writer:
        writer.execute("delete from slices where store = 'a'")

        assert slices.read("select n from slices where store = 'a'")["n"].tolist() == [1]


def test_a_lock_is_for_one_at_a_time_and_freed_at_the_end(warehouse):
    with warehouse.lock("work"):
        with warehouse.lock("other work", wait=False):
            pass
        with pytest.raises(BusyError, match="holds the lock"), warehouse.lock("work", wait=False):
            pass

    with warehouse.lock("work", wait=False):
        pass


def test_rows_are_counted_for_tables_only(warehouse):
    with warehouse.connect() as connection:
        connection.execute('create table "of" as select 1; create view seen as select 1')

    assert warehouse.count_rows("public", "of") == 1
    assert warehouse.count_rows("public", "seen") is None
    assert warehouse.count_rows("public", "nowhere") is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "wrong"}, "password authentication failed"),
        ({"port": 1}, "refused"),
        ({"database": "no"}, "exist"),
    ],
)
def test_a_server_that_does_not_let_us_in_is_one_line_without_a_password(server, change, reason):
    settings = replace(server, **change)

    with pytest.raises(DatabaseError, match=reason) as refusal, Warehouse(settings).connect():
        pass

    assert "\n" not in str(refusal.value)
    assert settings.password not in str(refusal.value)


@pytest.mark.parametrize(
    ("environment", "exit_code", "words"),
    [
        ({"PGHOST": "127.0.0.1", "PGPORT": "1"}, 4, "cannot enter PostgreSQL at 127.0.0.1:1"),
        ({"PGHOST": "no-such-host.invalid"}, 4, "cannot enter PostgreSQL at no-such-host.invalid:5432"),
        ({"PGPORT": "99999"}, 2, "PGPORT is '99999'"),
    ],
)
def test_a_command_says_it_in_one_line_with_the_exit_code_of_its_kind(environment, exit_code, words):
    done = subprocess.run(
        [sys.executable, "-m", "warehouse", "url"],
        cwd=REPOSITORY, env={"PATH": "", **environment}, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == exit_code
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
