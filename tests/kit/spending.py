"""Guests at random use, hold, give and give back points."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime

from domain.errors import Conflict, InvalidInput, NotFound
from graph.store.database import Database
from loyalty.commands.command import FIRST, Command, CommandKind, Recipient
from loyalty.commands.points_commands import PointsCommands


async def use_points(points: PointsCommands, store: Database, rng: random.Random, *, times: int) -> list[str]:
    """Carries out some commands about anybody; gives the redemptions. What makes no sense is refused."""
    redemptions: list[str] = []
    rows = await store.read("bench/people")
    numbers = sorted(row["number"] for row in rows if row["records"])
    for _ in range(times):
        kind = (
            rng.choice([kind for kind in CommandKind if kind is not CommandKind.RECEIVE])
            if redemptions
            else CommandKind.GRANT
        )
        first = kind in FIRST
        asked = Command(
            key=uuid.uuid4().hex,
            asked="asked",
            kind=kind,
            actor="test",
            points=rng.choice((1, 7, 40)) if first or rng.random() < 0.5 else None,
            number=rng.choice(numbers) if first else None,
            of=None if first else rng.choice(redemptions),
            brand="grill" if kind in (CommandKind.GRANT, CommandKind.PROPOSE, CommandKind.CARRY_OVER) else None,
            seconds=600 if kind is CommandKind.HOLD else 0,
            to=Recipient(number=rng.choice(numbers)) if kind is CommandKind.TRANSFER else None,
        )
        try:
            redemptions.append((await points.carry_out(asked, datetime.now(UTC))).redemption.key)
        except (Conflict, InvalidInput, NotFound):
            continue
    return redemptions
