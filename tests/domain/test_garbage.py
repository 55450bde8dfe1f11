from __future__ import annotations

import subprocess
import sys

_CALL = """
import gc
from domain.garbage import collect_seldom
before = gc.get_threshold()
collect_seldom()
assert gc.get_freeze_count() > 1_000
assert all(now > was for now, was in zip(gc.get_threshold(), before))
assert gc.isenabled()
"""


def test_what_exists_is_left_alone_and_the_rest_is_looked_at_seldom() -> None:
    """In a process of its own: the collector is the whole process's."""
    subprocess.run([sys.executable, "-c", _CALL], check=True)
