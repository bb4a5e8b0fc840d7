-- What landed, per stream.
select *
from mart.reconciliation
order by stream;
