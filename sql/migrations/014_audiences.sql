-- Clicks and purchases once, kept as tables for the pages; what each visit did
-- with each product, whether a bot came, what was ordered; and whom an audience
-- told.
alter table mart.sessions add column if not exists is_bot boolean;

alter table mart.sessions add column if not exists count_orders number(38, 0);

create table if not exists core.kept_clicks (
    event_id varchar not null,
    event_timestamp timestamp_ntz not null,
    event_type varchar,
    user_id varchar,
    session_id varchar,
    page varchar,
    product_id varchar,
    product_name varchar,
    category varchar,
    device_type varchar,
    referrer_url varchar,
    location varchar,
    browser varchar,
    user_agent varchar,
    user_type varchar,
    quantity number(38, 0),
    price number(18, 6),
    order_id varchar,
    order_total number(18, 6),
    campaign varchar,
    experiment varchar,
    shown_price number(18, 6),
    stock_band varchar,
    promised_at timestamp_ntz
);

create table if not exists core.kept_purchases (
    event_id varchar not null,
    event_timestamp timestamp_ntz not null,
    session_id varchar,
    user_id varchar,
    order_id varchar,
    product_id varchar,
    paid float,
    differs varchar
);

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
