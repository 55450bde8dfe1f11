"""How often Python looks for garbage: seldom, in processes that make many objects and few circles of them."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """What exists by now is never looked at again, and what comes later is every 5,000 objects. Call it when a process
    has read all that it keeps. Python's own limits cost a tenth of a second again and again, and in bulk work most of
    the time of opening records."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 100)
