"""Which server is meant: DATABASE_URL before PG*, PG* before the embedded one, and one line for what is wrong."""

from __future__ import annotations

import pytest

from warehouse import UsageError
from warehouse.settings import from_environment


def test_nothing_set_means_the_embedded_server():
    assert from_environment({}) is None


def test_database_url_goes_before_the_pg_variables():
    settings = from_environment({"DATABASE_URL": "postgresql://ann:s%40fe@db:6000/shop", "PGHOST": "elsewhere"})

    assert (settings.host, settings.port, settings.user, settings.database) == ("db", 6000, "ann", "shop")
    assert settings.password == "s@fe"


def test_pg_variables_fill_what_is_missing_as_libpq_does():
    settings = from_environment({"PGHOST": "db", "PGUSER": "ann"})

    assert settings.place == "db:5432/ann"


def test_options_of_the_url_are_kept():
    settings = from_environment({"DATABASE_URL": "postgres://ann@db/shop?sslmode=require"})

    assert settings.connect_arguments["sslmode"] == "require"
    assert settings.url == "postgresql://ann@db:5432/shop?sslmode=require"


def test_a_url_says_what_it_was_read_from():
    url = "postgresql://ann:s%40f%2Fe@db:6000/shop"

    assert from_environment({"DATABASE_URL": url}).url == url


@pytest.mark.parametrize(
    "environment",
    [
        {"PGPORT": "99999"},
        {"PGPORT": "none", "PGHOST": "db"},
        {"DATABASE_URL": "postgresql://ann:secret@db:70000/shop"},
    ],
)
def test_a_port_that_is_none_is_named(environment):
    with pytest.raises(UsageError, match=r"(port|PGPORT).* from 1 to 65535"):
        from_environment(environment)


@pytest.mark.parametrize("url", ["mysql://ann@db/shop", "postgresql+psycopg2://ann@db/shop", "db:5432"])
def test_an_address_of_another_kind_is_refused(url):
    with pytest.raises(UsageError, match="postgresql://user:password@host"):
        from_environment({"DATABASE_URL": url})


@pytest.mark.parametrize("url", ["postgresql://ann:secret@db:5432/shop?nonsense=1", "postgresql://ann:secret@db:x/"])
def test_a_password_is_never_shown(url):
    with pytest.raises(UsageError) as refusal:
        from_environment({"DATABASE_URL": url})

    assert "secret" not in str(refusal.value)


def test_a_password_is_not_in_the_printed_settings():
    settings = from_environment({"DATABASE_URL": "postgresql://ann:secret@db/shop"})

    assert "secret" not in repr(settings)
    assert "secret" not in settings.place
