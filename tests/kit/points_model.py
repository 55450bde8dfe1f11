"""What guests should have of points: a model in plain Python, beside which a real store is checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.errors import NotEnoughPoints
from loyalty.commands.redemption import Redemption
from loyalty.earning.bonuses import SoldOrder, bonuses
from loyalty.ledger.lots import Lot, PointsBalance, points_balance, split, take
from loyalty.programme.bonus_rules import Bonus, PointsCap
from loyalty.programme.programme_history import ProgrammeHistory
from loyalty.rewards.rewards import Rewards
from tests.kit.building import PROGRAMME, READER
from tests.kit.hard_cases import Raw, subject

PRICE, STOCK = 6, 2
MUG = {"id": "mug", "name": "Mug", "kind": "prize", "price": PRICE, "stock": STOCK}
RULES = PROGRAMME.model_copy(
    update={
        "bonuses": (
            Bonus.model_validate({"id": "welcome", "name": "Welcome", "points": 20, "first": "group"}),
            Bonus.model_validate({"id": "second", "name": "Each second order", "times": 3, "every": {"orders": 2}}),
        ),
        "at_most": PointsCap.model_validate({"points": 70, "every": "month"}),
        "rewards": Rewards.model_validate({"rewards": [MUG]}).rewards,
    }
)
GUESTS = ("ann", "ben", "cleo")
START = datetime(2010, 1, 6, tzinfo=UTC)  # so that no step leads past the real clock


def who(guest: str) -> Raw:
    return subject(guest, given=guest.title(), email=f"{guest}@history.example")


def record(guest: str) -> str:
    return READER.record_key("till", guest)


@dataclass
class Sold:
    """An order as the model knows it."""

    guest: str
    brand: str
    total: int
    at: datetime
    refunded: int = 0
    revision: int = 1

    @property
    def lot(self) -> Lot:
        return Lot(self.brand, RULES.last_day(self.at))

    @property
    def points(self) -> int:
        return RULES.points(self.brand, "USD", 100 * (self.total - self.refunded))

    def sold(self, number: int) -> SoldOrder:
        minor = 100 * (self.total - self.refunded)
        key = READER.transaction_key("till", f"O{number}")
        return SoldOrder(key, self.at, self.brand, None, "dine_in", "USD", minor, self.points)


@dataclass
class Model:
    """What there should be."""

    now: datetime = START
    people: list[list[str]] = field(default_factory=list[list[str]])
    orders: list[Sold] = field(default_factory=list[Sold])
    redemptions: dict[str, Redemption] = field(default_factory=dict[str, Redemption])
    given: dict[str, str] = field(default_factory=dict[str, str])
    """Who got the points of a transfer."""
    grants: list[tuple[str, Lot, int]] = field(default_factory=list[tuple[str, Lot, int]])
    """Records, and the points that an agent gave them, or took where negative."""

    def lots(self, key: str) -> Counter[Lot]:
        """What a record has, with what lasting holds do not give back."""
        sums, mine = Counter[Lot](), next(keys for keys in self.people if key in keys)
        of_guest = {
            order.key: (sold, order)
            for number, sold in enumerate(self.orders)
            if record(sold.guest) in mine and (order := sold.sold(number)).minor
        }
        own = [(sold, order.points) for sold, order in of_guest.values()]
        more = bonuses(ProgrammeHistory(RULES), (order for _, order in of_guest.values()), "USD")
        for sold, points in own + [(of_guest[bonus.order][0], bonus.points) for bonus in more]:
            if record(sold.guest) == key:
                sums[sold.lot] += points
        for to, lot, points in self.grants:
            if to == key:
                sums[lot] += points
        for one in self.redemptions.values():
            if one.record == key:
                sums.subtract(one.used)
                if one.holds(self.now):
                    sums.subtract(one.held)
            if self.given.get(one.key) == key:
                sums.update(one.used)
        return sums

    def comes_back(self, one: Redemption, points: int | None) -> bool:
        """Whether points that were given away are still with the guest who got them."""
        receiver = self.given.get(one.key)
        theirs = next((keys for keys in self.people if receiver in keys), [])
        if receiver is None or one.record in theirs:
            return True
        back = +one.used if points is None else split(+one.used, points)
        there = self.guest(theirs).in_hand
        return all(there.get(lot, 0) >= some for lot, some in back.items())

    def granted(self, records: list[str], key: str, lot: Lot, points: int) -> bool:
        """Notes what an agent gives the guest of these records, or takes; False where there is not so much to take."""
        taken = {lot: points}
        if points < 0:
            try:
                taken = {
                    one: -some for one, some in take(self.guest(records), -points, frozenset((lot.brand,))).items()
                }
            except NotEnoughPoints:
                return False
        self.grants += ((key, one, some) for one, some in taken.items())
        return True

    @property
    def gone(self) -> int:
        """How many of the reward are used or set aside."""
        rewards = [one.reward for one in self.redemptions.values() if one.reward is not None]
        return sum(reward.counts(self.now) for reward in rewards)

    def guest(self, records: list[str]) -> PointsBalance:
        sums = Counter[Lot]()
        for key in records:
            for lot, points in self.lots(key).items():
                sums[lot] += points
        return points_balance({lot.key: points for lot, points in sums.items()}, {}, self.now)
