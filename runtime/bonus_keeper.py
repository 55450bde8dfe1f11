"""Keeps the bonuses of all guests up to date while a process runs: `loyalty.earning.bonus_booking`, again and again.

Every process does it. What is pending stands in the store, so it makes no difference which of them comes first, and a
process that dies leaves nothing undone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from domain.log import logger
from loyalty.earning.bonus_booking import BonusBooking

EVERY_S = 0.5
"""Seconds between two looks for customers whose bonuses are pending."""
REFRESHED_S = 5.0
"""Seconds between two looks for new versions of the programme."""
_AFTER_A_FAULT_S = 5.0
_log = logger(__name__)


@asynccontextmanager
async def bonuses_kept(booking: BonusBooking) -> AsyncGenerator[None]:
    """Keeps them meanwhile."""
    keeping = asyncio.create_task(_keep(booking))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(booking: BonusBooking) -> None:
    refreshed = float("-inf")
    while True:
        try:
            if time.monotonic() - refreshed >= REFRESHED_S:
                await booking.programmes.refresh(booking.database)
                await booking.start_versions()
                refreshed = time.monotonic()
            while (await booking.book_some()).chosen and time.monotonic() - refreshed < REFRESHED_S:
                pass
            await asyncio.sleep(EVERY_S)
        except Exception as error:  # whatever it is: without this task no bonus is ever booked here again
            _log.error("bonuses not kept", fault=type(error).__name__)
            await asyncio.sleep(_AFTER_A_FAULT_S)
