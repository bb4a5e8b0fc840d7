-- Run with ACCOUNTADMIN by the first deployment, and again by each one with
-- --admin-connection: the environment's database, its warehouse and its
-- roles, and the integration by which Snowflake reads the lake.
use role accountadmin;

create database if not exists {{ database }};

create warehouse if not exists {{ warehouse }}
warehouse_size = 'xsmall'
auto_suspend = 60
auto_resume = true
initially_suspended = true;

create role if not exists {{ engineer }};

create role if not exists {{ analyst }};

grant role {{ analyst }} to role {{ engineer }};

grant role {{ engineer }} to role sysadmin;

-- Who deploys.
grant role {{ engineer }} to user "{{ deployer }}";

grant usage, operate on warehouse {{ warehouse }} to role {{ engineer }};

grant usage on warehouse {{ warehouse }} to role {{ analyst }};

-- The histories are merged by tasks.
grant execute task on account to role {{ engineer }};

grant ownership on database {{ database }} to role {{ engineer }}
copy current grants;

grant usage on database {{ database }} to role {{ analyst }};

create storage integration if not exists {{ storage_integration }}
type = external_stage
storage_provider = 'S3'
enabled = true
storage_aws_role_arn = '{{ snowflake_role_arn }}'
storage_allowed_locations = ('s3://{{ lake_bucket }}/');

-- A recreated AWS role may have another name; ALTER keeps the integration's
-- external id.
alter storage integration {{ storage_integration }} set
storage_aws_role_arn = '{{ snowflake_role_arn }}'
enabled = true
storage_allowed_locations = ('s3://{{ lake_bucket }}/');

grant usage on integration {{ storage_integration }}
to role {{ engineer }};

-- Analysts read whatever the engineer's migrations make.
grant usage on future schemas in database {{ database }}
to role {{ analyst }};

grant select on future tables in database {{ database }}
to role {{ analyst }};

grant select on future views in database {{ database }} to role {{ analyst }};
