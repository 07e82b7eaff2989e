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

-- one row per run of the forecast of a store that brought something new
create table if not exists ml.forecast_runs (
    run_id text primary key,
    store_id text not null,
    kind text not null check (kind in ('retrain', 'predict')),
    cutoff_date date not null,
    horizon_days integer not null check (horizon_days > 0),
    training_run_id text not null,
    trained_on_date date not null check (trained_on_date <= cutoff_date),
    data_fingerprint text not null,
    code_version text not null,
    parameters jsonb not null,
    metrics jsonb not null,
    elapsed_seconds numeric(12, 3) not null,
    created_at timestamptz not null
);

-- how good the forecasts of the last training's backtest were, products included, of which no past rows are kept
create table if not exists ml.forecast_scores (
    store_id text not null,
    target text not null,
    series_level text not null,
    model_name text not null,
    period_days integer not null,
    lead_days_bucket text not null,
    cutoff_count integer not null,
    forecast_count integer not null,
    rmse double precision not null,
    mae double precision not null,
    wape_rate double precision,
    mase double precision,
    bias double precision not null,
    bias_rate double precision,
    covered_80_rate double precision,
    width_80 double precision,
    covered_95_rate double precision,
    width_95 double precision,
    run_id text not null,
    created_at timestamptz not null,
    primary key (store_id, target, series_level, model_name, period_days, lead_days_bucket)
);

-- every series of the latest forecast and of those before, and by what method it is forecast, or why it is not
create table if not exists ml.forecast_series (
    store_id text not null,
    series_level text not null,
    series_key text not null,
    parent_key text,
    cutoff_date date not null,
    status text not null check (status in ('regular', 'intermittent', 'new', 'ended', 'small', 'rest')),
    method text not null,
    run_id text not null,
    created_at timestamptz not null,
    primary key (store_id, series_level, series_key, cutoff_date)
);

-- what the learners of the total went by at the last training
create table if not exists ml.forecast_importance (
    store_id text not null,
    model_name text not null,
    feature text not null,
    importance double precision not null,
    importance_rank integer not null check (importance_rank > 0),
    run_id text not null,
    created_at timestamptz not null,
    primary key (store_id, model_name, feature)
);

-- what the calendar did to the total of each day ahead, as factors of an ordinary day
create table if not exists ml.forecast_effects (
    store_id text not null,
    cutoff_date date not null,
    forecast_date date not null,
    holiday_factor double precision not null,
    promotion_factor double precision not null,
    season_factor double precision not null,
    is_shut boolean not null,
    run_id text not null,
    created_at timestamptz not null,
    primary key (store_id, cutoff_date, forecast_date)
);
