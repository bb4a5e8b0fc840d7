-- What must hold of the trucks as they were last read: rows that break it, none
-- if it holds. Each truck is there once.
select
    'each truck is there once' as rule,
    truck_id as example,
    count(*) as found,
    1 as expected
from mart.trucks
group by truck_id
having count(*) <> 1
order by truck_id;
