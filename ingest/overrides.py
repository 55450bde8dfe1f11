"""An agent's word on a field of a customer's golden record: it comes before all rules, until it is released.

It stands on one of the customer's source records and moves with it, so that a merge or an unmerge loses nothing; where
a merge brings several together the newest holds. Setting what is set, or releasing what is not, changes nothing. Each
record remembers the last words on a field, with who said them, when and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from domain.errors import InvalidInput, NotFound, TooLarge
from domain.events import Traits
from graph.database import Transaction
from ingest.commit import Committer
from ingest.golden import overrides
from ingest.locking import lock_and_read
from ingest.records import Override, RecordState

MAX_RECORDS = 5_000
MAX_REASON = 500
MOST_REMEMBERED = 20
_EXTRA = "extra."


@dataclass(frozen=True, slots=True)
class Word:
    """What an agent says: `field` of `value`, or, where it is to be released, `value` None."""

    field: str
    value: Any
    actor: str
    reason: str

    @classmethod
    def of(cls, field: str, value: Any, actor: str, reason: str) -> Word:
        """Raises InvalidInput where the field cannot have the value, or nobody says why."""
        reason = reason.strip()
        if not 1 <= len(reason) <= MAX_REASON:
            raise InvalidInput(f"A reason has 1 to {MAX_REASON} characters.", hint="Say why; others will read it.")
        return cls(field, None if value is None else _valid(field, value), actor, reason)


@dataclass(frozen=True, slots=True)
class GoldenFields:
    """The golden fields of one store's customers."""

    committer: Committer

    async def say(self, customer: str, word: Word) -> str:
        """Sets the field, or releases it. The customer's present number. Raises NotFound, TooLarge or Unavailable."""

        async def work(tx: Transaction) -> str:
            number, records = await self._records(tx, customer)
            changed = said(records, word, datetime.now(UTC))
            if changed:
                vault = self.committer.vault
                rows = [record.row(vault) for record in changed]
                people = [self.committer.read_model.customer(number, records)]
                batch = {"records": rows, "customers": people, "now": datetime.now(UTC).isoformat()}
                await tx.run("intake/write_records", "intake/write_customers", batch=batch)
            return number

        return await self.committer.database.write("golden", work)

    async def _records(self, tx: Transaction, customer: str) -> tuple[str, list[RecordState]]:
        """The customer's records behind the locks of their components: looked up again until they hold still."""
        found = await self._stands(tx, customer)
        while True:
            number, stands = found
            _, rows = await lock_and_read(tx, stands, records=sorted(stands), identifiers=[], wholly=())
            found = await self._stands(tx, customer)
            if found[0] == number and found[1].keys() == stands.keys():
                return number, [RecordState.from_row(row, self.committer.vault) for row in rows]

    async def _stands(self, tx: Transaction, customer: str) -> tuple[str, dict[str, str]]:
        rows = await tx.run("golden_records", number=customer, most=MAX_RECORDS + 1)
        if not rows:
            raise NotFound("There is no such customer.")
        if len(rows[0]["records"]) > MAX_RECORDS:
            raise TooLarge(f"A customer of more than {MAX_RECORDS} source records is no person.")
        return rows[0]["number"], dict(rows[0]["records"])


def said(records: Sequence[RecordState], word: Word, now: datetime) -> list[RecordState]:
    """The records that change when an agent says this of their person; none where it is so already."""
    holding = overrides(records).get(word.field)
    if word.value is None:
        changed = [r for r in records if word.field in r.overrides and not r.overrides[word.field][-1]["released"]]
    elif holding is not None and (holding[1]["value"], holding[1]["reason"]) == (word.value, word.reason):
        return []
    else:
        # The best-described of the records is the least likely to leave the person.
        changed = [min(records, key=lambda r: (not r.known, -len(r.identifiers), r.first or "", r.key))]
    latest = max((said["at"] for r in records for said in r.overrides.get(word.field, ())), default="")
    at = f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"
    if at <= latest:  # the newest word holds, though the clocks of two processes may differ
        at = f"{datetime.fromisoformat(latest) + timedelta(microseconds=1):%Y-%m-%dT%H:%M:%S.%fZ}"
    for record in changed:
        entry = Override(value=word.value, at=at, actor=word.actor, reason=word.reason, released=word.value is None)
        record.overrides[word.field] = [*record.overrides.get(word.field, ()), entry][-MOST_REMEMBERED:]
        record.touched = True
    return changed


def _valid(field: str, value: Any) -> Any:
    """The value as an event's trait would be read."""
    name, _, extra = field.partition(_EXTRA) if field.startswith(_EXTRA) else (field, "", "")
    told: dict[str, Any] = {"extra": {extra: value}} if extra else {name: value}
    if not extra and name not in Traits.model_fields.keys() - {"extra"}:
        known = ", ".join(sorted(Traits.model_fields.keys() - {"extra"}))
        raise InvalidInput(f"There is no golden field {field[:64]!r}.", hint=f"Fields: {known} and extra.<name>.")
    try:
        read = Traits.model_validate(told).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        raise InvalidInput(f"The {field[:64]} cannot be that: {error.errors()[0]['msg']}.") from None
    valid = read["extra"].get(extra) if extra else read.get(name)
    if valid in (None, "", {}):
        raise InvalidInput("An empty value says nothing.", hint="Use goldenFieldRelease to take a word back.")
    return valid
