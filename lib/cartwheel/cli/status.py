"""cartwheel status."""

import json
import sys

import click

from cartwheel.local import stack


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """Show what is running; the exit status is 1 unless everything is."""
    found = stack.status()
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for name, service in found["services"].items():
            where = f"process {service['pid']}" if "pid" in service else ""
            port = f"127.0.0.1:{service['port']}" if service.get("port") else ""
            click.echo(f"{name:<10} {service['state']:<8} {where:<16} {port}".rstrip())
        if not found["ok"]:
            click.echo("Run 'cartwheel up' to start what is not running.")
    sys.exit(0 if found["ok"] else 1)
