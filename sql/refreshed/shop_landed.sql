-- Which clicks RAW holds: how many, their places in their files, the newest.
select
    concat_ws(
        ' ',
        count(*),
        coalesce(sum(file_row), 0),
        coalesce(max(sequence_number), ''),
        coalesce(max(file_name), '')
    ) as landed
from raw.click_events
