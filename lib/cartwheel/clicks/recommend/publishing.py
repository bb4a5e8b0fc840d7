"""Recommendations handed to the API: as they were built last."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from cartwheel.aws import recommendations
from cartwheel.environment import Environment
from cartwheel.errors import CartwheelError


def publish(environment: Environment) -> int:
    """
    Put the lists of the warehouse where the API answers them; return how many there are.

    Raises
    ------
    CartwheelError
        If none was built; what was published before stays.
    """
    rows = environment.warehouse.query_file("clicks/recommend/published")
    if rows.empty:
        raise CartwheelError(
            "There are no recommendations to publish: the notebook 53_recommendations builds them "
            "('cartwheel report 53_recommendations')."
        )
    return recommendations.publish(environment, _items(rows), datetime.now(UTC).isoformat())


def _items(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give an item for each product and person."""
    for (kind, subject), those in rows.groupby(["kind", "subject_id"], sort=False):
        yield {
            "Subject": f"{kind} {subject}",
            "made_at": _utc(those["made_at"].iloc[0]),
            "valid_until": _utc(those["valid_until"].iloc[0]),
            "items": [
                {
                    "product_id": row.recommended_id,
                    "product_name": _said(row.product_name),
                    "because_of": _said(row.because_id),
                    "reason": row.reason,
                }
                for row in those.itertuples()
            ],
        }


def _said(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _utc(moment: pd.Timestamp) -> str:
    return f"{moment.isoformat()}Z"
