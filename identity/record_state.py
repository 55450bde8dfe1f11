"""The working copy of a source record: claims merge into it in any order, any number of times, with one outcome.

Identifiers, name signatures and seen days are sets and extremes; traits and consents are last-writer-wins registers by
the claim's clock. So the state is a function of the set of events, never of their arrival (a state-based CRDT).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

import orjson

from domain.stats import Stats
from identity.claims import COMPARED, CONTACTS, Claims, IdentifierClaim, SubjectClaim
from identity.contact_words import Said, days, hear, taken_back
from identity.field_overrides import FieldOverride
from identity.search_parts import account_part
from matching.address import one_spelling
from matching.namings import Naming, kept, several_people
from matching.records import About, Identifier, Record
from matching.rulings import Ruling, RulingRule
from privacy.vault import Vault

# A change of these may change who a person is; all other traits only change what is known of the person.
GUARD_TRAITS = ("given_name", "family_name", "suffix", "birth_date")
KNOWN, SEVERAL = "known", "several"
KNOWN_KINDS = (KNOWN, SEVERAL)
"""What a source record knows, as the store has it: a person, or several people. All others are anonymous."""
_MAX_SIGNATURES = 64
_MAX_CONTACTS = 4
_SECOND = len("2026-03-01T20:10:00")
_MOST_NAMES = 6
"""Different given names that one person may have in one source."""
_MOST_CONTACTS = 20
"""E-mails, or phones, that one person may have in one source: as many as one event may hold."""


@dataclass(slots=True)
class Carried:
    """An identifier on a record: what links, and the first and last day (ISO) it was seen there. `by_agent`: an agent
    blocked it. `unshared`: an agent said that it links, however many people use it."""

    type: str
    shared: bool
    blocked: bool
    first: str
    last: str
    by_agent: bool = False
    unshared: bool = False


@dataclass(slots=True)
class CustomerRef:
    """The customer a record resolves to at the moment, and why: a rule, and the identifier behind it (its key)."""

    number: str
    created_at: str
    stats: str | None
    rule: str | None = None
    via: str | None = None


class OwnNumber(NamedTuple):
    """The customer number that a record's person had before agents decided about it."""

    number: str
    created_at: str


@dataclass(slots=True)
class RecordState:
    """One source record as the store has it, then as it will be. The flags say what has to be written.

    `unproven`: traits of senders who may not claim who somebody is. They are what the record says, and make it like
    nobody. `own`: those of them that the guest said, which weigh as much as proven ones. `contacts`: e-mail addresses,
    phone numbers and government ids by identifier key, for comparison. `blocking_tokens`: keyed, with whether too many
    records carry each. `former`: identifiers that only an alias says it had. `said`: when its contacts were said, where
    the record has an id of its source; `dropped` are those that it does not have any more. `overrides`: by decision.
    """

    key: str
    source: str
    known: bool = False
    subject_id: str | None = None
    traits: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    unproven: set[str] = field(default_factory=set[str])
    own: set[str] = field(default_factory=set[str])
    identifiers: dict[str, Carried] = field(default_factory=dict[str, Carried])
    contacts: dict[str, str] = field(default_factory=dict[str, str])
    namings: set[Naming] = field(default_factory=set[Naming])
    former: set[str] = field(default_factory=set[str])
    said: Said = field(default_factory=dict[str, list[int]])
    blocking_tokens: dict[str, bool] = field(default_factory=dict[str, bool])
    signatures: set[str] = field(default_factory=set[str])
    first: str | None = None
    last: str | None = None
    stats: Stats = field(default_factory=Stats)
    stored_stats: str | None = None
    consents: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    component: str | None = None
    customer: CustomerRef | None = None
    rulings: set[Ruling] = field(default_factory=set[Ruling])
    overrides: dict[str, FieldOverride] = field(default_factory=dict[str, FieldOverride])
    own_number: OwnNumber | None = None
    own_number_changed: bool = False
    touched: bool = False
    evidence_changed: bool = False
    profile_changed: bool = False
    widened: set[str] = field(default_factory=set[str])
    dropped: set[str] = field(default_factory=set[str])

    @classmethod
    def sealed(cls, key: str, sealed: bytes | None, vault: Vault) -> RecordState:
        """A record of which nothing is known but what its source said."""
        nothing = dict.fromkeys(("kind", "signatures", "first", "last", "stats", "consents", "component", "customer"))
        return cls.from_row({"key": key, "sealed": sealed, "identifiers": (), "rulings": (), **nothing}, vault)

    @classmethod
    def from_row(cls, row: Mapping[str, Any], vault: Vault) -> RecordState:
        """The state of a row of `read_records` or `claim_records`."""
        key: str = row["key"]
        sealed: dict[str, Any] = {"id": None, "traits": {}}
        if row["sealed"] is not None:
            sealed = vault.open(key, row["sealed"])
        return cls(
            key=key,
            source=key.partition("|")[0],
            known=row["kind"] in KNOWN_KINDS,
            subject_id=sealed["id"],
            traits=sealed["traits"],
            unproven=set(sealed.get("unproven", ())),
            own=set(sealed.get("own", ())),
            identifiers={carried[0]: Carried(*carried[1:]) for carried in row["identifiers"]},
            contacts=sealed.get("contacts", {}),
            namings={
                Naming(given, family, born, tuple(contacts))
                for given, family, born, contacts in sealed.get("namings", ())
            },
            former=set(sealed.get("former", ())),
            said=sealed.get("said", {}),
            blocking_tokens=dict(row.get("blocking_tokens") or ()),
            signatures=set(row["signatures"] or ()),
            first=row["first"],
            last=row["last"],
            stats=Stats.from_json(row["stats"]),
            stored_stats=row["stats"],
            consents=orjson.loads(row["consents"] or "{}"),
            component=row["component"],
            customer=CustomerRef(*row["customer"]) if row["customer"] else None,
            rulings={Ruling(decision, RulingRule(rule), side) for decision, rule, side, _ in row["rulings"]},
            overrides={
                id_: FieldOverride.opened(id_, override, vault)
                for id_, _, _, override in row["rulings"]
                if override is not None
            },
            own_number=OwnNumber(*own) if (own := row.get("own_number")) else None,
        )

    def merge(self, claims: Claims, subject: SubjectClaim, stopped: Mapping[str, tuple[bool, bool]]) -> None:
        """Takes one event's claims in. `stopped` tells which of the identifiers are (shared, blocked) in the store."""
        day = claims.day
        self.touched = True
        self.profile_changed |= self.first is not None and day < self.first
        self.first = day if self.first is None else min(self.first, day)
        self.last = day if self.last is None else max(self.last, day)
        if self.subject_id is None and subject.subject_id is not None:
            self.subject_id, self.profile_changed = subject.subject_id, True
        if subject.known and not self.known:
            self.known = self.profile_changed = True
        gone = self._hear(claims, subject)
        for identifier in subject.identifiers:
            if identifier.key not in gone:
                self._carry(identifier, day, *stopped.get(identifier.key, (False, identifier.blocked)))
        if subject.signature and subject.signature not in self.signatures:
            # The smallest are kept: which ones must not depend on who came first.
            kept = set(sorted((*self.signatures, subject.signature))[:_MAX_SIGNATURES])
            self.evidence_changed |= kept != self.signatures
            self.signatures = kept
        for name, value in subject.traits.items():
            self._claim(name, value, claims)
        self._name(subject, proven=claims.rights.identity)
        answer = [claims.granted, claims.clock]
        for purpose in claims.answers:
            if purpose not in self.consents or _newer(self.consents[purpose], answer):
                self.consents[purpose] = answer
                self.profile_changed = True

    def _hear(self, claims: Claims, subject: SubjectClaim) -> set[str]:
        """Takes in which contacts the source says, drops those that it took back, and tells which these are."""
        gone = set[str]()
        if subject.subject_id is None:
            return gone
        for type_ in CONTACTS:
            keys = [i.key for i in subject.identifiers if i.type == type_ and not i.blocked and not i.former]
            if keys or type_ in subject.whole:
                hear(self.said, type_, keys, claims.at, whole=type_ in subject.whole)
                gone |= taken_back(self.said, type_)
        for key in gone & (self.contacts.keys() | self.identifiers.keys()):
            self.contacts.pop(key, None)
            self.identifiers.pop(key, None)
            self.former.discard(key)
            self.widened.discard(key)
            self.dropped.add(key)
            self.evidence_changed = self.profile_changed = True
        return gone

    def _carry(self, identifier: IdentifierClaim, day: str, shared: bool, blocked: bool) -> None:
        if identifier.type in COMPARED and not identifier.blocked:
            self.contacts[identifier.key] = identifier.value
        carried = self.identifiers.get(identifier.key)
        if identifier.key in self.former and not identifier.former:
            self.former.remove(identifier.key)
            self.evidence_changed = True
        if carried is None:
            if identifier.former:
                self.former.add(identifier.key)
            first, last = days(self.said, identifier.key) if identifier.key in self.said else (day, day)
            self.identifiers[identifier.key] = Carried(identifier.type, shared, blocked, first, last)
            self.dropped.discard(identifier.key)
            self.widened.add(identifier.key)
            self.evidence_changed = True
        elif not carried.first <= day <= carried.last:
            carried.first, carried.last = min(carried.first, day), max(carried.last, day)
            self.widened.add(identifier.key)

    def _name(self, subject: SubjectClaim, *, proven: bool) -> None:
        naming = naming_of(subject, proven=proven)
        if naming is None or naming in self.namings:
            return
        before, namings = self.names_several, kept({*self.namings, naming})
        if namings != self.namings:
            self.namings, self.profile_changed = namings, True
            self.evidence_changed |= self.names_several != before

    @property
    def names_several(self) -> bool:
        """Whether the source uses this record for several people: then it is nobody, and what it says is nobody's."""
        types: Mapping[str, int] = {}
        if len(self.contacts) + len(self.said) > _MOST_CONTACTS:
            types = Counter(key.partition(":")[0] for key in self.contacts.keys() | self.said.keys())
        return (
            (len(self.namings) > 1 and several_people(frozenset(self.namings)))
            or len(self.signatures) > _MOST_NAMES
            or any(count > _MOST_CONTACTS for count in types.values())
        )

    def _claim(self, name: str, value: Any, claims: Claims) -> None:
        clock, proven, own = claims.clock, claims.rights.identity, claims.rights.own
        present, was_proven = self.traits.get(name), name not in self.unproven
        weighs, weighed = proven or own, was_proven or name in self.own
        if present is not None and (weighed, present[1]) >= (weighs, clock):
            return
        # The same value said again may still win over what another record says: the golden record is computed anew.
        self.profile_changed = True
        if present is None or present[0] != value or was_proven != proven:
            self.evidence_changed |= name in GUARD_TRAITS
        self.traits[name] = [value, clock]
        for marked, marks in ((self.unproven, not proven), (self.own, own and not proven)):
            (marked.add if marks else marked.discard)(name)

    @property
    def rewritten(self) -> bool:
        """Whether more than counters and days has to be written."""
        return self.evidence_changed or self.profile_changed

    def trait(self, name: str) -> str:
        return str(self.traits[name][0]) if name in self.traits else ""

    def evidence(self) -> Record:
        """What `matching` may know of this record. Blocked identifiers say nothing about anybody."""
        identifiers = frozenset(
            Identifier(carried.type, key) for key, carried in self.identifiers.items() if not carried.blocked
        )
        former = frozenset(identifier for identifier in identifiers if identifier.value in self.former)
        if self.names_several:
            return Record(self.key, identifiers, former=former, rulings=frozenset(self.rulings), several=True)
        born = self.trait("birth_date")
        return Record(
            key=self.key,
            identifiers=identifiers,
            former=former,
            given=self.trait("given_name"),
            family=self.trait("family_name"),
            suffix=self.trait("suffix"),
            birth_date=date.fromisoformat(born) if born else None,
            about=self._about(),
            tokens=frozenset(key for key, hot in self.blocking_tokens.items() if not hot),
            rulings=frozenset(self.rulings),
            place=self.source if self.subject_id is None else "",
        )

    def likeness(self) -> Record:
        """What the record may be compared by with records that share no identifier: without unproven traits."""
        if not self.unproven:
            return self.evidence()
        return replace(self, traits={n: v for n, v in self.traits.items() if n not in self.unproven}).evidence()

    def _about(self) -> About:
        address: dict[str, str] = self.traits["address"][0] if "address" in self.traits else {}
        return About(
            sex=self.trait("sex"),
            street=address.get("line1", ""),
            postcode=address.get("postcode", ""),
            city=address.get("city", ""),
            **self._compared(),
            attributes=tuple(sorted((n[6:], str(v[0])) for n, v in self.traits.items() if n.startswith("extra."))),
        )

    def _compared(self) -> dict[str, Any]:
        """By field, the first few by key: which ones must not depend on who came first. Also what an agent blocked
        since: it is compared with others, and tokens do not change with a decision."""
        found: dict[str, list[str]] = {}
        for key in sorted(self.contacts):
            values = found.setdefault(f"{key.partition(':')[0]}s", [])
            if len(values) < _MAX_CONTACTS:
                values.append(self.contacts[key])
        return {name: frozenset(values) for name, values in found.items()}

    def _told(self) -> set[str]:
        """Fields that the source gave. An agent who blocks an identifier does not unsay it; a dummy contact is none."""
        types = {carried.type for carried in self.identifiers.values()}.difference(CONTACTS)
        return {*self.traits, *types, *(key.partition(":")[0] for key in self.contacts)}

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {"id": self.subject_id, "traits": self.traits, "contacts": self.contacts}
        if self.unproven:
            content["unproven"] = sorted(self.unproven)
        if self.own:
            content["own"] = sorted(self.own)
        if self.namings:
            content["namings"] = [list(naming) for naming in sorted(self.namings)]
        if self.former:
            content["former"] = sorted(self.former)
        if self.said:
            content["said"] = self.said
        return content

    def row(self, vault: Vault) -> dict[str, Any]:
        """The row that `write_records` takes. A sealed blob is made anew only where its content may have changed."""
        props: dict[str, Any] = {"stats": self.stats.to_json()}
        if self.touched:
            props |= {
                "source": self.source,
                "kind": SEVERAL if self.names_several else KNOWN if self.known else "anonymous",
                "component": self.component,
                "signatures": sorted(self.signatures),
                "consents": orjson.dumps(self.consents, option=orjson.OPT_SORT_KEYS).decode(),
                "sealed": vault.seal(self.key, self._content()),
                "fields": sorted(self._told()),
                "idPart": account_part(vault, self.subject_id) if self.subject_id else None,
                "home": home_key(vault, self.traits["address"][0]) if "address" in self.traits else None,
            }
        return {"key": self.key, "first": self.first, "last": self.last, "props": props}


def _newer(present: list[Any], answer: list[Any]) -> bool:
    """Whether an answer to a question of consent replaces the present one. In one second, a refusal holds."""
    (granted, clock), (was_granted, before) = answer, present
    return (clock[:_SECOND], not granted, clock) > (before[:_SECOND], not was_granted, before)


def naming_of(subject: SubjectClaim, *, proven: bool) -> Naming | None:
    """How the event names its person; None where it gives no name, or no e-mail and no phone. A proven birth date is
    enough beside the name: an id that its source uses again may come without a contact."""
    given, family, born = (str(subject.traits.get(name, "")) for name in ("given_name", "family_name", "birth_date"))
    contacts = sorted(one.key for one in subject.identifiers if one.type in CONTACTS and not one.blocked)
    return Naming(given, family, born, tuple(contacts)) if given and (contacts or (born and proven)) else None


def shared_identifiers(records: Iterable[RecordState]) -> set[Identifier]:
    """The identifiers of these records that too many people use: they stay visible and link nobody."""
    return {
        Identifier(carried.type, key)
        for record in records
        for key, carried in record.identifiers.items()
        if carried.shared
    }


def home_key(vault: Vault, address: Mapping[str, Any]) -> str | None:
    """A keyed hash of an address that names a home, however it is written; None of one that does not."""
    spelt = one_spelling(address)
    return None if spelt is None else vault.keyed("home", spelt)
