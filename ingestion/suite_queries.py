"""Checks of the landing gate that Great Expectations has no cheap form for, as SQL of PostgreSQL.

``{batch}`` stands for the current rows of the raw table and is put in by Great Expectations.
"""

from __future__ import annotations

from psycopg import sql

from ingestion.expectations import UniqueKey, UsualVolume
from ingestion.sources import Source, Table
from ingestion.tables import CURRENT, identifier, key_index

SHOWN_ROWS = 5
JUDGED_DAYS = 7
EARLIER_WEEKS = 8
FEWEST_WEEKS = 4  # with fewer behind it, a day is not judged
# Counts vary as their root: bounds are set there, around the median, this many spreads away. The spread is that of the
# earlier weeks (from their median absolute deviation), but at least that of pure chance (0.5), and a tenth of the
# median. So the narrowest bounds are about a third and twice of what is usual. Measured in docs/quality.md.
SPREADS = 4
LEAST_SPREAD = 0.5
LEAST_RELATIVE_SPREAD = 0.1

# With its unique index there is nothing to count: the condition is evaluated once, and the table is not read.
KEYS = """
select {keys}, count(*) as row_count, sum(count(*) - 1) over () as surplus_count
from {{batch}}
where not exists (select from pg_index where indexrelid = to_regclass({index}) and indisunique and indisvalid)
group by {columns}
having count(*) > 1
order by row_count desc, {columns}
limit {limit}
"""

VOLUME = """
with counted as (
    select coalesce({per}, '') as store, {day} as day, count(*) as row_count
    from {{batch}}
    where {column} is not null
    group by 1, 2
),
stores as (
    select store, min(day) as first_day, max(day) as last_day from counted group by store
),
judged as (
    select store, first_day, last_day - age as day from stores cross join generate_series(1, {days}) as age
),
earlier as (
    select judged.store, judged.day, sqrt(coalesce(counted.row_count, 0)) as root
    from judged
    cross join generate_series(1, {weeks}) as week
    left join counted on judged.store = counted.store and judged.day - 7 * week = counted.day
    where judged.day - 7 * week >= judged.first_day
),
medians as (
    select store, day, percentile_cont(0.5) within group (order by root) as middle
    from earlier group by store, day having count(*) >= {fewest_weeks}
),
spreads as (
    select
        store, day, middle,
        {spreads} * greatest(
            1.4826 * percentile_cont(0.5) within group (order by abs(root - middle)),
            {least_spread}, {least_relative_spread} * middle
        ) as reach
    from earlier inner join medians using (store, day)
    group by store, day, middle
),
bounds as (
    select
        store, day, coalesce(row_count, 0) as rows_came, round(power(middle, 2)) as rows_expected,
        ceil(power(greatest(middle - reach, 0), 2)) as rows_least, floor(power(middle + reach, 2)) as rows_most
    from spreads left join counted using (store, day)
),
outcomes as (
    select *, rows_came < rows_least or rows_came > rows_most as is_unusual from bounds
)
select
    *, count(*) over () as days_judged, count(*) filter (where is_unusual) over () as days_unusual
from outcomes
order by is_unusual desc, day desc, store
limit {limit}
"""


def keys_query(source: Source, table: Table, expectation: UniqueKey) -> str:
    """The keys that occur more than once, most often first, with the rows too many of all keys."""
    columns = [(name, f"trim({_name(name)})" if table.is_text(name) else _name(name)) for name in expectation.columns]
    return KEYS.format(
        keys=", ".join(f"{key} as {_name(name)}" for name, key in columns),
        columns=", ".join(key for _, key in columns),
        index=_text(identifier(source, key_index(table)).as_string()),
        limit=SHOWN_ROWS,
    )


def current_query(source: Source, table: Table) -> str:
    """The current rows of a raw table."""
    relation = identifier(source, table.name).as_string().replace(":", "\\:")  # no bind parameter of SQLAlchemy
    return f"select * from {relation} where {CURRENT.as_string()}"


def volume_query(expectation: UsualVolume) -> str:
    """The newest complete days of each store, unusual ones first, with rows, expected rows and their bounds."""
    column = _name(expectation.column)
    day = f"cast({column} at time zone {_text(expectation.time_zone)} as date)" if expectation.time_zone else column
    return VOLUME.format(
        column=column,
        day=day,
        per=f"cast({_name(expectation.per)} as text)" if expectation.per else "null",
        days=JUDGED_DAYS,
        limit=SHOWN_ROWS,
        weeks=EARLIER_WEEKS,
        fewest_weeks=FEWEST_WEEKS,
        spreads=SPREADS,
        least_spread=LEAST_SPREAD,
        least_relative_spread=LEAST_RELATIVE_SPREAD,
    )


def _name(name: str) -> str:
    return _verbatim(sql.Identifier(name).as_string())


def _text(text: str) -> str:
    return _verbatim(sql.Literal(text).as_string())


def _verbatim(piece: str) -> str:
    """What neither Great Expectations (braces) nor SQLAlchemy (colons) takes for a place to fill in."""
    return piece.replace("{", "{{").replace("}", "}}").replace(":", "\\:")
