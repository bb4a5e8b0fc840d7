-- What ran in this warehouse. Run before every migration, so it repeats well.
create schema if not exists ops;

create table if not exists ops.migrations (
    file_name varchar not null,
    checksum varchar not null,
    applied_at timestamp_ltz not null
);

-- Whose warehouse this is: one row.
create table if not exists ops.deployment (
    environment varchar not null,
    account varchar not null,
    region varchar not null,
    lake_bucket varchar not null,
    recorded_at timestamp_ltz not null
);

-- The topic that each pipe listens to, and when it first looked for what had
-- landed before.
create table if not exists ops.pipes (
    pipe_name varchar not null,
    topic_arn varchar not null,
    refreshed_at timestamp_ltz not null
);
