-- Each order line once: of several records of one event the one that arrived
-- last. Two equal lines of an invoice are two events.
create or replace view core.order_lines as
select *
from raw.order_lines
qualify
    row_number() over (
        partition by event_id
        order by
            sequence_number desc,
            shard_id desc,
            file_name desc,
            file_row desc
    ) = 1;
