-- The experiments, those with most persons first, and their arms by name.
with persons as (
    select distinct
        split_part(experiment, ':', 1) as experiment,
        experiment as arm,
        user_id
    from core.kept_clicks
    where position(':' in experiment) > 1 and user_id is not null
)

select
    experiment,
    arm,
    count(*) as count_persons
from persons
group by experiment, arm
order by
    sum(count(*)) over (partition by experiment) desc,
    arm asc;
