-- The visits are kept as a table too, with who came and whether it was a bot.
drop view if exists mart.sessions;

create table if not exists mart.sessions (
    session_id varchar not null,
    user_id varchar,
    started_at timestamp_ntz not null,
    ended_at timestamp_ntz not null,
    device_type varchar,
    referrer_url varchar,
    user_type varchar,
    location varchar,
    count_events number(38, 0) not null,
    count_products number(38, 0) not null,
    has_view boolean not null,
    has_click boolean not null,
    has_add_to_cart boolean not null,
    has_purchase boolean not null,
    revenue float,
    count_differing number(38, 0) not null,
    bot_probability float
);

-- One row: who has it refreshes; which rows of RAW the tables hold, by which
-- state of sql/refreshed.
create table if not exists core.shop_refresh (
    models varchar not null,
    landed varchar,
    refreshed_at timestamp_ntz
);

insert into core.shop_refresh (models)
select 'none' as models
where not exists (select models from core.shop_refresh);
