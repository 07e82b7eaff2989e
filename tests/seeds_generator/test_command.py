"""What the command answers: a summary, or one line that says what is wrong and what is allowed."""

from __future__ import annotations

import pytest

from seeds_generator.__main__ import main
from warehouse import DataError, UsageError, run_command


def answer(capsys, *options: str) -> tuple[int, str]:
    """Exit code and the only line on stderr."""
    code = run_command(lambda: main(options))
    output = capsys.readouterr().err
    assert output.count("\n") == 1
    return code, output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--customers", "-1"], "--customers must be a whole number from 0 to 10,000,000, not -1"),
        (["--products", "0"], "--products must be a whole number from 1 to 1,000,000, not 0"),
        (["--orders", "many"], "--orders must be a whole number from 0 to 100,000,000, not 'many'"),
        (["--years", "0"], "--years must be a whole number from 1 to 30, not 0"),
        (["--years", "2.5"], "--years must be a whole number from 1 to 30, not '2.5'"),
        (["--seed", "-4"], "--seed must be a whole number from 0 to"),
        (["--until", "foo"], "--until must be a day from 1998-01-01 to 2099-12-31, not 'foo'"),
        (["--until", "2023-02-29"], "--until must be a day from 1998-01-01 to 2099-12-31, not '2023-02-29'"),
        (["--until", "1997-12-31"], "--until must be a day from 1998-01-01 to 2099-12-31, not 1997-12-31"),
        (["--until", "1999-12-31"], "--years 3 until 1999-12-31 would start on 1997-01-01"),
        (["--store", "nowhere"], "no store 'nowhere' of source 'shop' in stores.csv; known: harbour"),
        (["--colour", "blue"], "unrecognized arguments: --colour blue; see python -m seeds_generator --help"),
        (["--seed"], "argument --seed: expected one argument"),
        (["--preset", "kiosk"], "--preset: there is no 'kiosk'; known: boutique, grocer, wholesaler, marketplace"),
        (["--format", "xml"], "--format must be one of csv, parquet, not 'xml'"),
        (["--flaws", "2"], "double_rate must be a share from 0 to 0.1, not 2.0"),
        (["--flaws", "many"], "--flaws must be a share from 0 to 0.1, not 'many'"),
        (["--flaws", "0.01", "--format", "parquet"], "--flaws are those of CSV files"),
        (["--through", "2020-01-01"], "--through must be a day from 2023-01-01 to 2036-01-01, not 2020-01-01"),
        (["--through", "soon"], "--through must be a day from 2023-01-01"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(capsys, tmp_path, options, message):
    code, line = answer(capsys, "--out", str(tmp_path / "shop"), *options)

    assert code == UsageError.exit_code
    assert line.startswith("error: ")
    assert message in line
    assert not (tmp_path / "shop").exists()


def test_a_folder_that_cannot_be_written_is_one_line_and_exit_code_3(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    code, line = answer(capsys, "--orders", "10", "--out", str(tmp_path / "file" / "shop"))

    assert code == DataError.exit_code
    assert f"cannot write into {tmp_path / 'file' / 'shop'}" in line
    assert "--out" in line


def test_the_summary_counts_what_was_written(capsys, tmp_path):
    options = (
        "--customers",
        "20",
        "--products",
        "9",
        "--orders",
        "1200",
        "--years",
        "1",
        "--until",
        "2024-02-29",
    )
    folder = str(tmp_path / "shop")

    assert run_command(lambda: main([*options, "--out", folder])) == 0
    first = capsys.readouterr().out
    assert first.startswith(f"{folder}: 20 customers, 9 products, 1,200 orders, ")
    assert "2023-03-01 to 2024-02-29; written in" in first
    assert run_command(lambda: main([*options, "--out", folder])) == 0
    assert capsys.readouterr().out.endswith("; unchanged\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["live", "--every", "soon"], "--every must be a time such as 500ms, 2s, 5m or 1h, not 'soon'"),
        (["live", "--for", "2 days"], "--for must be a time such as"),
        (["live", "--orders", "few"], "--orders must be a whole number, not 'few'"),
        (["live", "--late-rate", "3"], "--late-rate must be a share from 0 to 1, not '3'"),
        (["extend", "--through", "tomorrow"], "--through must be a day such as 2026-03-31, not 'tomorrow'"),
        (["extend"], "the following arguments are required: --through"),
    ],
)
def test_a_wrong_option_of_a_further_command_is_one_line_too(capsys, tmp_path, options, message):
    code, line = answer(capsys, *options, "--out", str(tmp_path))

    assert code == UsageError.exit_code
    assert message in line


def test_a_preset_s_store_that_is_not_in_the_list_is_said_with_the_line_to_add(capsys, tmp_path):
    assert main(["--preset", "boutique", "--orders", "50", "--customers", "20", "--out", str(tmp_path)]) == 0

    assert "add the line boutique,shop,Ondine Boutique,GBP,Europe/London,GB to" in capsys.readouterr().out
