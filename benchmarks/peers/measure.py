"""
Snapshots by dbt and SCD2 by dlt, timed: ``measure.py KEYS VERSIONS RUNS``; prints JSON.

Runs in the environment of ``requirements.lock``, not in the project's. Each tool gets a
DuckDB of its own with a history of so many closed versions, and then batch after batch,
in order, of one new row per key: neither takes more than one row of a key at once.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ |= {"DO_NOT_TRACK": "1", "RUNTIME__DLTHUB_TELEMETRY": "false"}

import dlt
import duckdb
from dbt.cli.main import dbtRunner

THREADS = 2
NUMBERS = [f"c{number}" for number in range(19)]  # as many as the telemetry has, and two words
PROJECT = """
name: peers
profile: peers
flags:
  send_anonymous_usage_stats: false
"""
PROFILE = """
peers:
  target: it
  outputs:
    it: {type: duckdb, path: "PATH", schema: main, threads: 2, settings: {threads: 2}}
"""
SNAPSHOT = """
snapshots:
  - name: trucks
    relation: ref('batch')
    config: {unique_key: truck_id, strategy: timestamp, updated_at: event_timestamp}
"""


def batch(keys: int, number: int) -> str:
    """Return a query of the batch of a number: a changed row per key."""
    values = ", ".join(
        f"(k * 31 + {number} * {n + 7}) / 10.0 as {c}" for n, c in enumerate(NUMBERS)
    )
    return (
        f"select 'T' || k as truck_id, timestamp '2026-01-01' + interval (minutes) minute "
        f"as event_timestamp, {values}, 'good' as brake_status, 'normal' as transmission_status, "
        f"md5(k || '-' || {number}) as row_hash "
        f"from (select range as k, {number} as minutes from range({keys}))"
    )


def closed(keys: int, versions: int, valid_from: str, valid_to: str) -> str:
    """Return a query of closed versions of long ago, as a tool would have left them."""
    return (
        "select * exclude (n) "
        "replace (event_timestamp - interval (n + 1) day as event_timestamp), "
        f"event_timestamp - interval (n + 1) day as {valid_from}, "
        f"event_timestamp - interval (n) day as {valid_to} "
        f"from ({batch(keys, 0)}), range({versions // keys - 1}) as t(n)"
    )


def by_dbt(folder: Path, keys: int, versions: int, runs: int) -> list[float]:
    """Return the seconds that each snapshot took, by dbt's own clock."""
    path = folder / "dbt.duckdb"
    for name, text in (
        ("dbt_project.yml", PROJECT),
        ("profiles.yml", PROFILE.replace("PATH", str(path))),
        ("snapshots/trucks.yml", SNAPSHOT),
        ("models/batch.sql", "{{ config(materialized='table') }} " + "{{ var('batch') }}"),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)

    def run(number: int) -> float:
        words = ["--project-dir", str(folder), "--profiles-dir", str(folder), "--quiet"]
        variables = ["--vars", json.dumps({"batch": batch(keys, number)})]
        for command in ("run", "snapshot"):
            done = dbtRunner().invoke([command, *words, *variables])
            if not done.success:
                raise RuntimeError(str(done.exception or done.result))
        results = json.loads((folder / "target" / "run_results.json").read_text())
        return float(results["results"][0]["execution_time"])

    def prefill() -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "insert into trucks by name "
                "select *, md5(truck_id || dbt_valid_from) as dbt_scd_id, "
                "event_timestamp as dbt_updated_at "
                f"from ({closed(keys, versions, 'dbt_valid_from', 'dbt_valid_to')})"
            )

    return _timed(run, prefill, runs)


def by_dlt(folder: Path, keys: int, versions: int, runs: int) -> list[float]:
    """Return the seconds that each load and merge took, without extract and normalize."""
    path = folder / "dlt.duckdb"
    pipeline = dlt.pipeline(
        "peers",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(path)),
        dataset_name="main",
    )

    def run(number: int) -> float:
        with duckdb.connect() as connection:
            rows = connection.execute(batch(keys, number)).to_arrow_table()
        how = {"disposition": "merge", "strategy": "scd2", "row_version_column_name": "row_hash"}
        pipeline.run(rows, table_name="trucks", write_disposition=how).raise_on_failed_jobs()
        steps = {step.step: step for step in pipeline.last_trace.steps}
        return float((steps["load"].finished_at - steps["load"].started_at).total_seconds())

    def prefill() -> None:
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "insert into main.trucks by name "
                f"select * from ({closed(keys, versions, '_dlt_valid_from', '_dlt_valid_to')})"
            )

    return _timed(run, prefill, runs)


def _timed(run: Callable[[int], float], prefill: Callable[[], None], runs: int) -> list[float]:
    run(0)
    prefill()
    run(1)  # what is first paid for is paid for
    return [run(number) for number in range(2, 2 + runs)]


def main() -> None:
    """Measure both."""
    keys, versions, runs = (int(word) for word in sys.argv[1:4])
    measured = {}
    for name, tool in (("dbt", by_dbt), ("dlt", by_dlt)):
        with tempfile.TemporaryDirectory() as folder:
            measured[name] = tool(Path(folder), keys, versions, runs)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
