"""The delivery of records: what was sent against what landed, and what did not validate."""
