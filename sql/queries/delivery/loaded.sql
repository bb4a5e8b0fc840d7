-- Records of clicks that were loaded past the stream: no live count has them.
select count(distinct shard_id || ':' || sequence_number) as count_loaded
from raw.click_events
where shard_id like 'load-%';
