-- What each visit did with each product, whether a bot came, what was ordered
-- in it; and which audience told whom.
alter table mart.sessions add column if not exists is_bot boolean;

alter table mart.sessions add column if not exists count_orders number(38, 0);

create table if not exists mart.session_products (
    session_id varchar not null,
    user_id varchar,
    product_id varchar,
    category varchar,
    seen_at timestamp_ntz not null,
    last_at timestamp_ntz not null,
    count_events number(38, 0) not null,
    carted_at timestamp_ntz,
    carted_price float,
    bought_at timestamp_ntz,
    paid float
);

create table if not exists mart.messages (
    audience varchar not null,
    user_id varchar not null,
    planned_at timestamp_ntz not null,
    is_held_out boolean not null,
    probability float,
    expected_revenue float
);
