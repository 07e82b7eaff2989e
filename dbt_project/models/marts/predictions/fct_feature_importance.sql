with

importances as (

    select results.*

    from {{ ref('stg_ml__forecast_importance') }} as results

    inner join {{ ref('dim_stores') }} as stores
        on results.store_id = stores.store_id

),

features as (

    select
        store_id,
        feature,
        {{ mean('importance_rate') }} as mean_importance_rate

    from importances

    group by store_id, feature

),

final as (

    select
        importances.store_id,
        importances.model_name,
        importances.feature,
        importances.importance_rate,
        importances.importance_rank,
        cast(features.mean_importance_rate as numeric(18, 6)) as mean_importance_rate,
        importances.run_id,
        importances.created_at

    from importances

    inner join features
        on
            importances.store_id = features.store_id
            and importances.feature = features.feature

)

select * from final
