"""``python -m ingestion load SOURCE PATH...``, ``create [SOURCE...]`` and ``check [SOURCE...]``"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from ingestion.checks import FAILED
from ingestion.data_docs import DataDocs
from ingestion.ledger import LoadReport
from ingestion.load import FilesRefusedError, load
from ingestion.quality import check, has_rows
from ingestion.sources import enabled_sources, list_sources, read_source
from ingestion.tables import REJECTED_ROWS, create
from warehouse import DataError, QualityError, Warehouse, run_command


def main() -> int:
    arguments = _parser().parse_args()
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what ends the work is said once, by the error itself
    if arguments.command == "create":
        return _create(arguments.sources)
    if arguments.command == "check":
        return _check(arguments.sources, arguments.docs)
    read_source(arguments.source)  # a name written wrongly is said before a server is started
    return _load(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingestion", description="A store's files into the raw tables.")
    commands = parser.add_subparsers(dest="command", required=True)
    loading = commands.add_parser("load", help="load files, or folders of files, of a source")
    loading.add_argument("source", metavar="SOURCE", help=f"a kind of export: {', '.join(list_sources())}")
    loading.add_argument("paths", metavar="PATH", nargs="+", help=".csv, .csv.gz, .csv.zst or .parquet, or a folder")
    loading.add_argument("--encoding", default="utf-8", help="of the CSV files (default: utf-8)")
    creating = commands.add_parser("create", help="create the raw tables of sources, all enabled ones by default")
    creating.add_argument("sources", metavar="SOURCE", nargs="*")
    checking = commands.add_parser("check", help="check the current rows of sources, all enabled ones by default")
    checking.add_argument("sources", metavar="SOURCE", nargs="*")
    checking.add_argument("--docs", metavar="FOLDER", type=Path, help="write Data Docs there")
    return parser


def _create(names: Sequence[str]) -> int:
    sources = [read_source(name) for name in names or enabled_sources()]
    warehouse = Warehouse.open()
    for source in sources:
        create(warehouse, source)
        print(f"{source.schema}: {', '.join(table.name for table in source.tables)}")
    return 0


def _check(names: Sequence[str], folder: Path | None) -> int:
    sources = [read_source(name) for name in names or enabled_sources()]
    docs = DataDocs(folder) if folder else None
    warehouse = Warehouse.open()
    checked = {
        source.name: check(warehouse, source, on_validated=docs.add if docs else None)
        for source in sources
        if names or has_rows(warehouse, source)
    }
    for name, results in checked.items():
        head = (name, "expectation", "severity", "result", "observed")
        lines = [
            (result.table_name, result.expectation.name, result.expectation.severity, result.outcome, result.in_words)
            for result in results
        ]
        print(_aligned([head, *lines], left=5))
    if docs:
        print(f"open {docs.write_index(checked)}")
    elif not checked:
        print("there are no rows to check yet")
    failed = [f"{name}.{result}" for name, results in checked.items() for result in results if result.outcome == FAILED]
    if failed:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        raise QualityError(f"{failed[0]}{more}")
    return 0


def _load(arguments: argparse.Namespace) -> int:
    refusals: list[str] = []
    try:
        reports = load(Warehouse.open(), arguments.source, arguments.paths, arguments.encoding, progress=True)
    except FilesRefusedError as error:
        reports, refusals = error.reports, error.refusals
    if reports:
        print(summary(reports))
    for report in reports:
        _print_left_out(report)
        if report.rows_read and report.rows_rejected == report.rows_read:
            refusals.append(f"{report.path}: not one of its {report.rows_read:,} rows can be read as declared")
    if arguments.source not in enabled_sources():
        print(f"{arguments.source} has no marts yet: add it to `vars: sources` in dbt_project.yml to build them")
    for refusal in refusals:
        print(f"error: {refusal}", file=sys.stderr)
    return DataError.exit_code if refusals else 0


def summary(reports: Sequence[LoadReport]) -> str:
    """A small table of what became of each file."""
    head = ("file", "table", "read", "loaded", "rejected", "duplicates", "rows/s")
    lines = [head]
    for report in reports:
        counts = (report.rows_read, report.rows_loaded, report.rows_rejected, report.duplicate_rows)
        rate = "already loaded" if report.is_already_loaded else f"{report.rows_read / report.seconds:,.0f}"
        lines.append((report.path.name, report.table_name, *(f"{count:,}" for count in counts), rate))
    return _aligned(lines, left=2)


def _aligned(lines: Sequence[Sequence[str]], left: int) -> str:
    """Lines of cells as columns, the first ``left`` of them of words, the others of numbers."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _print_left_out(report: LoadReport) -> None:
    if report.ignored_columns:
        print(f"{report.path.name}: not declared and not loaded: {', '.join(report.ignored_columns)}")
    for rejection in report.first_rejections:
        column = f"{rejection.column}: " if rejection.column else ""
        print(f"{report.path.name}, line {rejection.line}: {column}{rejection.reason}")
    if report.rows_rejected:
        print(
            f"{report.path.name}: {report.rows_rejected:,} rejected rows: "
            f"select * from {REJECTED_ROWS} where load_id = {report.load_id}"
        )


if __name__ == "__main__":
    sys.exit(run_command(main))
