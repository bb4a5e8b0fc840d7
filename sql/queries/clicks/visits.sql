-- The visits that began in a time, of one device or (null) of all.
select *
from mart.sessions
where
    started_at >= cast(:since as timestamp_ntz)
    and started_at < cast(:until as timestamp_ntz)
    and (
        cast(:device as varchar) is null
        or device_type = cast(:device as varchar)
    )
