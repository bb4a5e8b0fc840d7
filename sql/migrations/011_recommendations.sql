-- What leads to what in the visits, and what is recommended by it; filled anew
-- by each build.
create table if not exists mart.visit_steps (
    session_id varchar not null,
    user_id varchar,
    started_at timestamp_ntz not null,
    stepped_at timestamp_ntz not null,
    product_id varchar not null,
    step_number integer not null
);

create table if not exists mart.next_products (
    product_id varchar not null,
    next_id varchar not null,
    weight float not null
);

create table if not exists mart.next_pairs (
    before_id varchar not null,
    product_id varchar not null,
    next_id varchar not null,
    weight float not null
);

create table if not exists mart.popular_products (
    product_id varchar not null,
    share float not null,
    place integer not null
);

create table if not exists mart.companions (
    product_id varchar not null,
    companion_id varchar not null,
    count_views integer not null,
    count_orders integer not null,
    surprise float not null
);

create table if not exists mart.product_recommendations (
    product_id varchar not null,
    place integer not null,
    recommended_id varchar not null,
    reason varchar not null,
    made_at timestamp_ntz not null,
    valid_until timestamp_ntz not null
);

create table if not exists mart.person_recommendations (
    user_id varchar not null,
    place integer not null,
    recommended_id varchar not null,
    because_id varchar,
    reason varchar not null,
    made_at timestamp_ntz not null,
    valid_until timestamp_ntz not null
);
