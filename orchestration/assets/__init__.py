"""Assets by where they land: raw tables, dbt models, predictions."""
