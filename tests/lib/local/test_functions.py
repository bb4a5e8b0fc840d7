"""The embedded Lambda: what a function logs is told, and nothing is waited for that it does not."""

import base64
import io
import json
import time
import zipfile
from collections.abc import Iterator

import pytest
from cartwheel.environment import Environment

CODE = """
import sys

def handle(event, context):
    if "says" in event:
        print(event["says"], file=sys.stderr)
"""
NAME = "Logs"


@pytest.fixture
def function(environment: Environment) -> Iterator[str]:
    """A function that logs what it is told to."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("logs.py", CODE)
    functions = environment.client("lambda")
    functions.create_function(
        FunctionName=NAME, Runtime="python3.11", Handler="logs.handle",
        Role="arn:aws:iam::000000000000:role/x", Code={"ZipFile": code.getvalue()},
    )  # fmt: skip
    yield NAME
    functions.delete_function(FunctionName=NAME)


def test_nothing_of_a_functions_log_is_lost(environment: Environment, function: str) -> None:
    """Each line is told once, in the answer of its request or of a later one."""

    def log_of(event: dict[str, str]) -> str:
        answer = environment.client("lambda").invoke(
            FunctionName=function, LogType="Tail", Payload=json.dumps(event)
        )
        return base64.b64decode(answer.get("LogResult", "")).decode()

    found = "".join(log_of({"says": f"line {number:02d}."}) for number in range(30))
    deadline = time.monotonic() + 60
    while found.count("line ") < 30 and time.monotonic() < deadline:
        found += log_of({})
    assert [found.count(f"line {number:02d}.") for number in range(30)] == [1] * 30
