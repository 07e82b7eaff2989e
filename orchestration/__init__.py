"""The chain: every raw table, dbt model and prediction as an asset of one graph. The only code that knows Dagster."""
