"""The read model of one customer, computed from its source records alone: golden record, counters and consents.

Which claim of a field survives follows from the rules of `matching.survivorship`; provenance stays beside the value.
Consent: the strictest of the records' latest answers holds for the person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from domain.events import CROSS_BRAND
from domain.stats import Stats, Tally
from identity.claims import EVERY_BRAND
from identity.field_overrides import FieldOverride, standing
from identity.record_state import RecordState
from identity.search_parts import family_parts
from matching.names.scripts import words
from matching.normalise import mask_name
from matching.survivorship import MAX_REJECTED, Claim, Survivor, Survivorship, default, folded
from privacy.vault import Vault

AGENT = "agent"
"""Source and rule of a field that an agent set."""


class ProgrammeRules(Protocol):
    """What the loyalty programme says of a customer by the sums over all orders: the tier. None: these do not say it,
    and whoever looks at the orders writes it later."""

    def tier(self, currency: str, sums: Tally) -> str | None: ...

    def lowest_tier(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ReadModel:
    """Makes the rows that `write_customers` takes. `currency` is the group's main one."""

    vault: Vault
    currency: str
    programme: ProgrammeRules
    survivorship: Survivorship = field(default_factory=default)

    def counters(self, stats: Stats) -> dict[str, Any]:
        """The part that every order changes, as properties and times."""
        spend, tier = stats.spend.get(self.currency, 0), self.programme.tier(self.currency, stats)
        return {
            "lowestTier": self.programme.lowest_tier(),
            "props": ({} if tier is None else {"tier": tier})
            | {
                "visits": stats.visits,
                "currency": self.currency,
                "spendMinor": spend,
                "points": stats.unspent,
                "brands": sorted(brand for brand, tally in stats.brands.items() if tally.visits),
                "preferredChannel": stats.preferred_channel,
                "stats": stats.to_json(),
            },
            "joinedAt": None,
            "firstVisitAt": stats.first,
            "lastVisitAt": stats.last,
        }

    def customer(self, number: str, records: Sequence[RecordState]) -> dict[str, Any]:
        """The whole read model of a customer from all of its records, in any order."""
        golden = survivors(records, self.survivorship)
        given, family = (str(golden[name]["value"]) if name in golden else "" for name in ("given_name", "family_name"))
        row = self.counters(Stats.total(record.stats for record in records))
        row["props"] |= {
            "status": "active",
            "known": any(record.known and not record.names_several for record in records),
            "records": len(records),
            "nameDisplay": mask_name(given, family),
            "nameKey": name_key(self.vault, f"{given} {family}"),
            **family_parts(self.vault, family),
            "sealed": self.vault.seal(number, golden),
            "consents": orjson.dumps(strictest(records), option=orjson.OPT_SORT_KEYS).decode(),
            "openBrands": open_brands(records) or None,
        }
        return row | {"number": number, "joinedAt": min(record.first for record in records if record.first)}


def survivors(records: Iterable[RecordState], rules: Survivorship) -> dict[str, dict[str, Any]]:
    """Field → value with its source, record, time and rule, and, where others were claimed, the best of them.

    What an agent said of a field comes before all rules; the newest of several, as merges bring them together. What a
    record says that names several people is nobody's.
    """
    records = list(records)
    claims: dict[str, list[Claim]] = defaultdict(list)
    for record in records:
        if record.names_several:
            continue
        for name, (value, clock) in record.traits.items():
            claims[name].append(Claim(value, record.source, record.key, clock))
    found = rules.survivors(claims)
    overrides = standing((record.key, record.overrides) for record in records)
    golden: dict[str, dict[str, Any]] = {}
    for name in sorted(found.keys() | overrides.keys()):
        survivor = found.get(name)
        if name in overrides:
            golden[name] = _overridden(*overrides[name], survivor)
        elif survivor is not None:
            golden[name] = _shown(survivor.claim) | {"rule": survivor.rule}
            if survivor.others:
                rejected = [_shown(claim) for claim in survivor.rejected]
                golden[name] |= {"rejected": rejected, "others": survivor.others}
    return golden


def _overridden(record: str, override: FieldOverride, survivor: Survivor | None) -> dict[str, Any]:
    claimed = () if survivor is None else (survivor.claim, *survivor.rejected)
    rejected = [_shown(claim) for claim in claimed if folded(claim.value) != folded(override.value)]
    agreeing = len(claimed) - len(rejected)
    return {
        "value": override.value,
        "source": AGENT,
        "record": record,
        "at": override.at,
        "rule": AGENT,
        "actor": override.actor,
        "reason": override.reason,
    } | (
        {"rejected": rejected[:MAX_REJECTED], "others": survivor.others + 1 - agreeing} if rejected and survivor else {}
    )


def _shown(claim: Claim) -> dict[str, Any]:
    return {"value": claim.value, "source": claim.source, "record": claim.record, "at": claim.at}


def strictest(records: Iterable[RecordState]) -> dict[str, list[Any]]:
    """Purpose → [granted, clock]: one refusal among the records refuses for the person."""
    found: dict[str, list[Any]] = {}
    for record in records:
        for purpose, (granted, clock) in record.consents.items():
            if "@" in purpose:  # the same answer, kept by brand
                continue
            present = found.get(purpose)
            if present is None or (not granted, clock) > (not present[0], present[1]):
                found[purpose] = [granted, clock]
    return found


def open_brands(records: Sequence[RecordState]) -> list[str]:
    """The brands whose part of the profile the other brands may see, sorted; `EVERY_BRAND` where the guest opened all.

    A brand is open if it asked and got a grant. One refusal among the records closes all: it holds until the same
    record says otherwise to the same brand, or to the whole group.
    """
    if not strictest(records).get(CROSS_BRAND, [False])[0]:
        return []
    opened: set[str] = set()
    for record in records:
        given = {name.partition("@")[2]: answer for name, answer in record.consents.items() if "@" in name}
        _, since = given.get(EVERY_BRAND, (False, ""))
        for brand, (granted, clock) in given.items():
            if clock >= since:
                if not granted:
                    return []
                opened.add(brand)
    return sorted(opened)


def name_key(vault: Vault, name: str) -> str | None:
    """A keyed hash of the whole name, whatever its order, case, accents and punctuation; None without a name."""
    tokens = sorted(words(name)) or sorted(name.casefold().split())
    return vault.keyed("name", " ".join(tokens)) if tokens else None
