{{ config(meta={'dagster': {'ref': {'name': 'rfm_segments'}}}) }}
-- 5 x 5 x 5 scores, each with one segment: rows are cells that are missing, doubled or unheard of.
with

scores as (

    {% for score in range(1, 6) %}
    select {{ score }} as score
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

cells as (

    select
        r.score as r_score,
        f.score as f_score,
        m.score as m_score

    from scores as r

    cross join scores as f

    cross join scores as m

)

select
    coalesce(cells.r_score, segments.r_score) as r_score,
    coalesce(cells.f_score, segments.f_score) as f_score,
    coalesce(cells.m_score, segments.m_score) as m_score

from cells

full outer join {{ ref('rfm_segments') }} as segments
    on
        cells.r_score = segments.r_score
        and cells.f_score = segments.f_score
        and cells.m_score = segments.m_score

group by
    coalesce(cells.r_score, segments.r_score),
    coalesce(cells.f_score, segments.f_score),
    coalesce(cells.m_score, segments.m_score)

having
    count(*) <> 1
    or count(cells.r_score) <> 1
    or count(segments.rfm_segment) <> 1
