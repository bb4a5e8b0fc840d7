-- Each click once: of several records of one event the one that arrived last,
-- as in the histories.
create or replace view core.clicks as
select *
from raw.click_events
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
