-- What the tables and views of OPS hold: docs/data.md is made of it.
comment on table ops.migrations is
'The SQL files that ran in this warehouse. Grain: a file. Example: select file_name, applied_at from ops.migrations order by applied_at';
comment on column ops.migrations.file_name is 'The SQL file';
comment on column ops.migrations.checksum is 'SHA-256 of the file';
comment on column ops.migrations.applied_at is 'When it ran';
comment on table ops.deployment is
'Whose warehouse this is: a deployment from another account, region or lake is refused. Grain: one row. Example: select environment, lake_bucket from ops.deployment';
comment on column ops.deployment.environment is 'Name of the environment';
comment on column ops.deployment.account is 'Number of its AWS account';
comment on column ops.deployment.region is 'Its AWS region';
comment on column ops.deployment.lake_bucket is 'Bucket of its lake';
comment on column ops.deployment.recorded_at is 'When it was deployed first';
comment on table ops.pipes is
'The topic that each pipe listens to. Grain: a pipe. Example: select pipe_name, refreshed_at from ops.pipes';
comment on column ops.pipes.pipe_name is 'Schema and name of the pipe';
comment on column ops.pipes.topic_arn is 'ARN of the topic that it was made with';
comment on column ops.pipes.refreshed_at is 'When it looked for files that had landed before it';
