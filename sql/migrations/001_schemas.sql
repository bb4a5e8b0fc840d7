-- RAW keeps what came, CORE counts once, MART answers questions.
create schema if not exists raw;
create schema if not exists core;
create schema if not exists mart;
