-- Run once with ACCOUNTADMIN: the database, its warehouse and its roles, and
-- the integration by which Snowflake reads the lake.
use role accountadmin;

create database if not exists cartwheel;

create warehouse if not exists cartwheel
warehouse_size = 'xsmall'
auto_suspend = 60
auto_resume = true
initially_suspended = true;

create role if not exists cartwheel_engineer;

create role if not exists cartwheel_analyst;

grant role cartwheel_analyst to role cartwheel_engineer;

grant role cartwheel_engineer to role sysadmin;

grant usage, operate on warehouse cartwheel to role cartwheel_engineer;

grant usage on warehouse cartwheel to role cartwheel_analyst;

-- The histories are merged by tasks.
grant execute task on account to role cartwheel_engineer;

grant ownership on database cartwheel to role cartwheel_engineer
copy current grants;

grant usage on database cartwheel to role cartwheel_analyst;

create storage integration if not exists {{ storage_integration }}
type = external_stage
storage_provider = 'S3'
enabled = true
storage_aws_role_arn = '{{ snowflake_role_arn }}'
storage_allowed_locations = ('s3://{{ lake_bucket }}/');

grant usage on integration {{ storage_integration }}
to role cartwheel_engineer;

-- Analysts read whatever the engineer's migrations make.
grant usage on future schemas in database cartwheel to role cartwheel_analyst;

grant select on future tables in database cartwheel to role cartwheel_analyst;

grant select on future views in database cartwheel to role cartwheel_analyst;
