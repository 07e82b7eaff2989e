"""dbt as Dagster starts it."""

from importlib.metadata import version

from orchestration import dbt_launcher


def test_the_version_is_said_without_starting_dbt_which_would_ask_the_registry(monkeypatch, capsys):
    started = []
    monkeypatch.setattr("sys.argv", ["tidemart-dbt", "--version"])
    monkeypatch.setattr("os.execv", lambda *arguments: started.append(arguments))

    dbt_launcher.main()

    assert capsys.readouterr().out == f"dbt-core {version('dbt-core')}\n"
    assert not started
