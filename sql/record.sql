-- What ran in this warehouse. Run before every migration, so it repeats well.
create schema if not exists ops;

create table if not exists ops.migrations (
    file_name varchar not null,
    checksum varchar not null,
    applied_at timestamp_ltz not null
);
