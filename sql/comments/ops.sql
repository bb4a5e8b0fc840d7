-- What the tables and views of OPS hold: docs/data.md is made of it.
comment on table ops.migrations is
'The SQL files that ran in this warehouse. Grain: a file. Example: select file_name, applied_at from ops.migrations order by applied_at';
comment on column ops.migrations.file_name is 'The SQL file';
comment on column ops.migrations.checksum is 'SHA-256 of the file';
comment on column ops.migrations.applied_at is 'When it ran';
