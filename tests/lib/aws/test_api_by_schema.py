"""The HTTP API against its own OpenAPI document: whatever is sent, the answer is one it names."""

import os
from typing import Any

import schemathesis
from cartwheel.aws.api import Api, schema
from schemathesis.checks import CHECKS

from .calls import now, numbers

# Of each operation. The limits of each parameter are tried besides; those of each field of an
# event, 3,000 requests, where there is time.
PROVE = bool(os.environ.get("CARTWHEEL_PROVE"))
EXAMPLES = 200 if PROVE else 20
OFF = {"enabled": False}
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {
            "max-examples": EXAMPLES, "deterministic": True, "database": "none", "no-shrink": True,
        },
        # API Gateway answers 404, not 405, to a method that no route has.
        "phases": {"coverage": {"unexpected-methods": []}},
        "checks": {"unsupported_method": OFF},
        # The schemas say what to send; more is taken than that: ids that are numbers, other
        # shapes, and an event without a value that is not believed.
        "operations": [
            {
                "include-method": "POST",
                "checks": {"negative_data_rejection": OFF},
                "phases": {"coverage": {"enabled": PROVE}},
            }
        ],
    }
)  # fmt: skip
DOCUMENT = schemathesis.openapi.from_dict(schema.openapi(), config=CONFIG)
MADE = {
    "event_id": lambda: f"by-schema-{next(numbers)}", "timestamp": now,
    "promised_from": lambda: "2026-01-01T00:00:00Z",
    "promised_until": lambda: "2026-01-02T00:00:00Z", "InvoiceDate": lambda: "2026-01-01T00:00:00",
}  # fmt: skip
# Of these no schema says which are good: lines of text, tokens of pages, one time before another.
TEXTS, PLACES = {"application/x-ndjson", "text/csv"}, {"next", "since", "until"}
(ACCEPTED,) = CHECKS.get_by_names(["positive_data_acceptance"])


@DOCUMENT.parametrize()
def test_each_answer_is_one_that_the_document_names(
    case: schemathesis.Case, api: Api, tokens: dict[str, str]
) -> None:
    """No request meets a server's error, another status or shape; a good one is not refused."""
    case.body = _of_now(case.body)
    may_be_refused = case.media_type in TEXTS or PLACES.intersection(case.query)
    case.call_and_validate(
        base_url=api.url,
        headers={"Authorization": f"Bearer {tokens['engineer']}"},
        excluded_checks=[ACCEPTED] if may_be_refused else [],
    )


def _of_now(body: Any) -> Any:
    """Let an event be another one, of now: the schema says that ids and times are texts."""
    if isinstance(body, list):
        return [_of_now(each) for each in body]
    if not isinstance(body, dict):
        return body
    return body | {n: made() for n, made in MADE.items() if isinstance(body.get(n), str)}
