"""Bulk movement between tables and pandas frames, by COPY and Arrow."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg import sql

# PostgreSQL's type numbers. Money becomes float64 here: frames are for models and pictures, exact sums are SQL's work.
ARROW_TYPES = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    700: pa.float64(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
    1700: pa.float64(),
}


def read_frame(connection: psycopg.Connection, query: str, parameters: tuple | Mapping | None = None) -> pd.DataFrame:
    """The rows of a query as a frame.

    numeric -> float64, date -> datetime64 at midnight, timestamptz -> UTC, integer -> int64 (Int64 where some are
    null), boolean -> bool, all else -> text.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"select * from ({query}) as described limit 0", parameters)
        columns = {column.name: ARROW_TYPES.get(column.type_code, pa.string()) for column in cursor.description}
        body = io.BytesIO()
        with cursor.copy(f"copy ({query}) to stdout (format csv)", parameters) as copy:
            for block in copy:
                body.write(block)
    if body.tell() == 0:
        return _to_pandas(pa.schema(list(columns.items())).empty_table())
    body.seek(0)
    table = pa_csv.read_csv(
        body,
        read_options=pa_csv.ReadOptions(column_names=list(columns), block_size=8 << 20),
        # a null in a frame of one column is an empty line
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types=columns,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    return _to_pandas(table)


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    frame = table.to_pandas(date_as_object=False, types_mapper=lambda t: pd.Int64Dtype() if t == pa.int64() else None)
    for column in frame.select_dtypes("Int64"):
        if not frame[column].isna().any():
            frame[column] = frame[column].astype("int64")
    for column in frame.select_dtypes("datetime"):
        frame[column] = frame[column].astype("datetime64[us]")
    return frame


def replace_slice(
    connection: psycopg.Connection, table: str, frame: pd.DataFrame, where: Mapping[str, object] | None
) -> int:
    """Within the connection's transaction, delete the rows that equal ``where`` (all, when None) and copy in a frame.

    ``table`` is written "schema.table"; columns go by name. Returns the number of rows copied.
    """
    target = sql.Identifier(*table.split("."))
    condition = sql.SQL(" and ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in where or {})
    delete = sql.SQL("delete from {}").format(target)
    if where:
        delete += sql.SQL(" where ") + condition
    connection.execute(delete, tuple((where or {}).values()))
    return append_rows(connection, table, frame)


def append_rows(connection: psycopg.Connection, table: str, frame: pd.DataFrame) -> int:
    """Copy a frame into a table within the connection's transaction; returns the number of rows."""
    body = io.BytesIO()
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    pa_csv.write_csv(rows, body, pa_csv.WriteOptions(include_header=False))
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(body.getbuffer())
    return len(frame)
