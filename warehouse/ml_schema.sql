-- What the models write. Owned by the package ml; dbt reads it through staging/ml.
create schema if not exists ml;

create table if not exists ml.forecast_results (
    store_id text not null,
    target text not null check (target in ('net_revenue', 'clv', 'churn')),
    series_level text not null check (series_level in ('total', 'category', 'country', 'product', 'customer')),
    series_key text not null,
    model_name text not null,
    kind text not null check (kind in ('live', 'backtest')),
    cutoff_date date not null,
    forecast_date date not null check (forecast_date > cutoff_date),
    period_days integer not null check (period_days > 0),
    horizon_days integer not null check (horizon_days > 0),
    forecast numeric(18, 4) not null,
    lower_80 numeric(18, 4),
    upper_80 numeric(18, 4),
    lower_95 numeric(18, 4),
    upper_95 numeric(18, 4),
    is_champion boolean not null,
    run_id text not null,
    data_fingerprint text not null,
    created_at timestamptz not null,
    primary key (
        store_id, target, series_level, series_key, model_name, kind, cutoff_date, forecast_date, period_days
    )
);

create table if not exists ml.customer_scores (
    store_id text not null,
    customer_id text not null,
    as_of_date date not null,
    churn_window_days integer,
    churn_risk text check (churn_risk in ('high', 'medium', 'low')),
    reason_1 text,
    reason_2 text,
    not_scored_reason text,
    segment_number integer,
    segment_name text,
    run_id text not null,
    data_fingerprint text not null,
    created_at timestamptz not null,
    primary key (store_id, as_of_date, customer_id)
);
