"""A refresh makes the shop's tables what their queries say."""

from cartwheel.clicks import refreshing
from cartwheel.warehouse import Warehouse

from tests.sql.rows import CLICKS, click, fill


def test_the_visits_are_made_anew_if_other_clicks_are_there(warehouse: Warehouse) -> None:
    """Nothing new is nothing to do; what is gone from RAW is gone from the visits."""
    fill(warehouse, {})
    assert refreshing.refresh(warehouse) == 0
    fill(warehouse, {CLICKS: [click("S1"), click("S2"), click("S2", minute=1)]})
    assert refreshing.refresh(warehouse) == 2
    assert refreshing.refresh(warehouse) == 0
    warehouse.execute(f"delete from {CLICKS} where session_id = 'S1'")
    assert refreshing.refresh(warehouse) == 1
    assert warehouse.execute("select session_id, count_events from mart.sessions") == [("S2", 2)]


def test_another_query_makes_the_visits_anew(warehouse: Warehouse) -> None:
    """What they hold by a query of before does not stay."""
    fill(warehouse, {CLICKS: [click("S1")]})
    refreshing.refresh(warehouse)
    warehouse.execute("update mart.sessions set session_id = 'old'")
    assert refreshing.refresh(warehouse) == 0
    warehouse.execute("update core.shop_refresh set models = 'old'")
    assert refreshing.refresh(warehouse) == 1
    assert warehouse.execute("select session_id from mart.sessions") == [("S1",)]
