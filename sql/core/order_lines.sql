-- Each order line once: of several records of one event the first that arrived.
-- Two equal lines of an invoice are two events.
create or replace view core.order_lines as
select *
from raw.order_lines
qualify
    row_number() over (
        partition by event_id
        order by sequence_number, shard_id, file_name, file_row
    ) = 1;
