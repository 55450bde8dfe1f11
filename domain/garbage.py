"""How often Python looks for garbage: seldom, in processes that make many objects and few circles of them."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """What exists by now is never looked at again, and the rest when 5,000 more containers exist than before. Call it
    when a process has read all that it keeps. Python's own limits stop a service for a tenth of a second again and
    again, and took most of the time in which bulk work opens records."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 100)
