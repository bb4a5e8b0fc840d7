"""Failures as answers: RFC 9457, Problem Details for HTTP APIs."""

import json
from typing import Any


class Problem(Exception):
    """
    A request that is not done, and why.

    Parameters
    ----------
    status
        Of the answer.
    title
        What kind of problem it is; the same for all of its kind.
    detail
        What is wrong with this request, and what to do.
    more
        Further members of the document.
    """

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.more = status, title, detail, more

    def answer(self) -> dict[str, Any]:
        """Return the problem as a Lambda proxy answers it."""
        headers = {"content-type": "application/problem+json", "cache-control": "no-store"}
        if self.status == 503:
            headers["retry-after"] = "1"
        document = {"title": self.title, "status": self.status, "detail": self.detail}
        return {
            "statusCode": self.status,
            "headers": headers,
            "body": json.dumps(document | self.more),
        }
