"""
The stacks of earlier layouts, which hold no data: deleted before others take their names.

The streams keep what arrives meanwhile, and the new functions read them from the oldest
record on. What lands twice by that is recognised by its sequence number, and the live
counts by their checkpoint.
"""

import time
from collections.abc import Callable

from cartwheel.deploy import stacks
from cartwheel.environment import Environment

# In this order: who writes goes before what it writes to.
WRITERS = ("cartwheel-operations", "cartwheel-functions")
DELIVERY = "cartwheel-delivery"


def retire(environment: Environment, say: Callable[[str], None]) -> bool:
    """Delete what is left of earlier layouts; return whether there was anything."""
    deleted = [name for name in WRITERS if _delete(environment, name, say)]
    if (delivery := stacks.describe(environment, DELIVERY)) is None:
        return bool(deleted)
    values = {p["ParameterKey"]: p["ParameterValue"] for p in delivery.get("Parameters", [])}
    seconds = float(values.get("BufferSeconds", 60))
    if seconds:
        # Firehose drops what is in its buffers when it is deleted.
        say(f"   waiting {seconds:.0f} s until the old Firehose has written what it holds")
        time.sleep(seconds)
    return _delete(environment, DELIVERY, say)


def _delete(environment: Environment, name: str, say: Callable[[str], None]) -> bool:
    if not stacks.delete(environment, name):
        return False
    say(f"   deleted the stack {name} of an earlier layout")
    return True
