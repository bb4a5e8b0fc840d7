"""The embedded environment: AWS (MiniStack), Snowflake (fakesnow), the Snowpipe runner."""
