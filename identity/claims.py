"""Turns one event into claims: what it says of which source record, with every identifier normalised and keyed.

Nothing here reads the store or a clock, so an event gives the same claims whenever and wherever it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from domain.enrolment import Enrolment, MemberEnrolled
from domain.errors import EventRefused, InvalidInput
from domain.events import (
    CROSS_BRAND,
    AccountOrder,
    Alias,
    CardChanged,
    ConsentChanged,
    Event,
    GuestsAnswer,
    Identify,
    Order,
    OrderCancelled,
    OrderCompleted,
    OrderPlaced,
    OrderRefunded,
    Page,
    PersonEvent,
    ProductUpserted,
    Refund,
    StoreUpserted,
    Subject,
    Track,
    Traits,
)
from domain.order_words import Channel, Payment
from domain.placeholders import means_none
from domain.source_ids import postcode, source_id
from identity.card_claim import CardClaim
from identity.clear_texts import is_word, order_in_clear, reference_in_clear
from identity.kept_events import content_of
from identity.search_parts import identifier_part
from identity.sender_rights import ALL_RIGHTS, SenderRights
from matching.names.differences import name_signature
from matching.normalise import mask, normalise
from matching.policy import Policies, Strength
from privacy.vault import Vault

CONTACTS = ("email", "phone")
"""Identifiers that have a form of their own, and that people change."""
COMPARED = (*CONTACTS, "government_id")
"""Identifiers whose value is compared letter by letter."""
_PLACEHOLDER = "is a placeholder that names nobody"
_NOTHING_TO_TAKE_BACK = "null takes back the e-mails or phones of an account, in an identify with its id"
EVERY_BRAND = "*"
"""In place of a brand: an answer to a request for consent that is given to the whole group."""


@dataclass(frozen=True, slots=True)
class IdentifierClaim:
    """A normalised value of one type; `key` is a keyed hash, `display` is masked. `former`: an alias says that it was
    this record's before, which the record itself never said."""

    key: str
    type: str
    value: str
    display: str
    blocked: bool
    former: bool = False


@dataclass(frozen=True, slots=True)
class SubjectClaim:
    """What one event says of one source record. `whole`: the types of contacts of which it names all."""

    record: str
    source: str
    subject_id: str | None
    known: bool
    identifiers: tuple[IdentifierClaim, ...]
    traits: dict[str, Any]
    signature: str | None
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Claims:
    """One event, ready to be merged. `content` is the event itself, as JSON that `content_of` made. `answers` are the
    names under which `granted` is kept. `misdated`: its time is that of its receipt, since its own cannot be."""

    event: str
    type: str
    at: datetime
    clock: str
    source: str
    brand: str | None
    subjects: tuple[SubjectClaim, ...] = ()
    channel: str | None = None
    name: str | None = None
    content: bytes = b""
    answers: tuple[str, ...] = ()
    granted: bool = False
    transaction: str | None = None
    order: Order | None = None
    refund: Refund | None = None
    card: CardClaim | None = None
    enrolment: Enrolment | None = None
    reference: StoreUpserted | ProductUpserted | None = None
    warnings: tuple[str, ...] = ()
    misdated: bool = False
    rights: SenderRights = ALL_RIGHTS

    @property
    def day(self) -> str:
        return self.clock[:10]

    @property
    def refuses(self) -> bool:
        """Whether it refuses consent."""
        return bool(self.answers) and not self.granted


@dataclass(frozen=True, slots=True)
class ClaimsReader:
    """Reads events into claims under one vault, one set of policies and one default region for phone numbers."""

    vault: Vault
    policies: Policies
    region: str

    def claims(self, event: Event, rights: SenderRights = ALL_RIGHTS) -> Claims:
        """The event's claims by a sender with these rights. Raises EventRefused where an identifier's type has no
        policy, and where the id of the event, of an order or of a refund is a placeholder: all that carry it would be
        one."""
        _refuse_placeholders(event)
        key = self.event_key(event.source, event.message_id)
        at = _plain_zone(event.at)
        common: dict[str, Any] = {
            "event": key,
            "type": event.type,
            "at": at,
            "clock": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}|{key}",
            "source": event.source,
            "content": content_of(event, rights),
            "rights": rights,
        }
        if not isinstance(event, PersonEvent):
            return Claims(**common, brand=None, reference=reference_in_clear(event, self.region))
        warnings: list[str] = []
        brand = event.brand
        common |= {
            "brand": brand,
            "subjects": tuple(self._subjects(event, brand, warnings, believed=rights.identity)),
        }
        match event:
            case OrderPlaced() | OrderCompleted():
                warnings += _unknown_words(event.order)
                common |= {
                    "transaction": self.transaction_key(event.source, event.order.id),
                    "order": order_in_clear(event.order, event.subject.region or self.region, warnings),
                    "channel": event.order.channel.value,
                }
            case OrderRefunded():
                common |= {
                    "transaction": self.transaction_key(event.source, event.refund.order),
                    "refund": event.refund,
                }
            case OrderCancelled():
                common["transaction"] = self.transaction_key(event.source, event.cancellation.order)
            case CardChanged():
                keys = self._identifiers(event.subject, event.source, brand, "/subject", [])
                common["card"] = CardClaim.of(event, list(keys))
            case MemberEnrolled(enrolment=said):
                common |= {"enrolment": said, "channel": said.channel, "answers": tuple(said.purposes), "granted": True}
            case ConsentChanged():
                common |= {"answers": _answers(event), "granted": event.consent.granted}
            case Track() | Page():
                common |= {
                    "channel": event.channel.value if event.channel else None,
                    # A track name is the integrator's own vocabulary; a page's name may quote what a guest typed.
                    "name": event.name if isinstance(event, Track) and is_word(event.name, self.region) else None,
                }
            case _:
                pass
        return Claims(**common, warnings=tuple(warnings))

    def event_key(self, source: str, message_id: str) -> str:
        return f"{source}|{self.vault.keyed('message', f'{source}|{message_id}')}"

    def transaction_key(self, source: str, order_id: str) -> str:
        return f"{source}|{self.vault.keyed('order', f'{source}|{_as_meant(order_id)}')}"

    def record_key(self, source: str, subject_id: str) -> str:
        return f"{source}|{self.vault.keyed('record', f'{source}|{_as_meant(subject_id)}')}"

    def exact_record_key(self, source: str, subject_id: str) -> str:
        """For who proves to be this subject: another spelling of an id, which events may have, is another subject."""
        return f"{source}|{self.vault.keyed('record', f'{source}|{subject_id}')}"

    def identifier_key(self, type: str, value: str) -> str:
        return f"{type}:{self.vault.keyed(type, value)}"

    def _subjects(
        self, event: PersonEvent, brand: str | None, warnings: list[str], *, believed: bool
    ) -> Iterator[SubjectClaim]:
        if isinstance(event, AccountOrder):
            yield _account(event.record, {})
            return
        if isinstance(event, CardChanged | MemberEnrolled) and event.record is not None:
            yield _account(event.record, self._identifiers(event.subject, event.source, brand, "/subject", warnings))
            return
        subject = _named(event.subject, "/subject", warnings)
        identifiers = self._identifiers(subject, event.source, brand, "/subject", warnings)
        previous, former = None, dict[str, IdentifierClaim]()
        if isinstance(event, Alias):
            previous = _named(event.previous, "/previous", warnings)
            former = self._identifiers(previous, event.source, brand, "/previous", warnings)
            if previous.id is not None:
                # Both records carry the former id as an identifier: an alias is evidence. It is not proof, as an
                # identifier of one's own is: a kiosk's id may have been everybody's.
                bond = self._bond(event.source, previous.id)
                former[bond.key] = bond
        before = {key: replace(identifier, former=True) for key, identifier in former.items()}
        whole = isinstance(event, Identify) and believed and subject.id is not None
        for type_, values in subject.identifiers.items():
            if values is None and not (whole and type_ in CONTACTS):
                warnings.append(f"/subject/identifiers/{type_}: {_NOTHING_TO_TAKE_BACK}; left out")
        mine = list(self._subject(subject, event.source, before | identifiers))
        if whole:
            mine = [replace(one, whole=_whole(subject, one)) for one in mine]
        if not mine and event.subject != Subject():
            warnings.append("/subject: holds no identifier that can be used, so the event belongs to nobody")
        yield from mine
        if previous is not None and previous.id is not None:
            yield from self._subject(previous, event.source, former)

    def _subject(
        self, subject: Subject, source: str, identifiers: dict[str, IdentifierClaim]
    ) -> Iterator[SubjectClaim]:
        traits = _traits(subject.traits)
        given, family = str(traits.get("given_name", "")), str(traits.get("family_name", ""))
        signature = name_signature(given, family)
        usable = [identifier for identifier in identifiers.values() if not identifier.blocked]
        if subject.id is not None:
            key = self.record_key(source, subject.id)
        elif usable:
            parts = sorted(identifier.key for identifier in usable)
            name = f"{given} {family}".strip().casefold()
            key = f"{source}|{self.vault.keyed('digest', '|'.join((source, *parts, name)))}"
        else:
            return
        known = bool(signature) or any(
            self.policies.of(identifier.type).strength in (Strength.STRONG, Strength.MEDIUM) for identifier in usable
        )
        yield SubjectClaim(
            record=key,
            source=source,
            subject_id=subject.id,
            known=known,
            identifiers=tuple(sorted(identifiers.values(), key=lambda identifier: identifier.key)),
            traits=traits,
            signature=self.vault.keyed("signature", signature) if signature else None,
        )

    def _identifiers(
        self, subject: Subject, source: str, brand: str | None, pointer: str, warnings: list[str]
    ) -> dict[str, IdentifierClaim]:
        found: dict[str, IdentifierClaim] = {}
        for type_, values in subject.identifiers.items():
            try:
                policy = self.policies.of(type_)
            except InvalidInput as error:
                raise EventRefused(f"{pointer}/identifiers/{type_}", error.message, hint=error.hint) from None
            for index, raw in enumerate(values or ()):
                try:
                    value = normalise(type_, raw, region=subject.region or self.region)
                    if type_ not in CONTACTS and means_none(value.removeprefix(f"{source}:")):
                        raise ValueError(_PLACEHOLDER)
                except ValueError as error:
                    # A mistyped phone number must not cost the shop its sale.
                    warnings.append(f"{pointer}/identifiers/{type_}/{index}: {error}; left out")
                    continue
                blocked = self.policies.is_blocked(type_, value)
                realm = {"group": "", "brand": f"{brand or source}/", "source": f"{source}/"}[policy.scope]
                key = self.identifier_key(type_, realm + value)
                found[key] = IdentifierClaim(key, type_, value, mask(type_, value), blocked)
        return found

    def _bond(self, source: str, subject_id: str) -> IdentifierClaim:
        value = f"{source}/{subject_id}"
        return IdentifierClaim(
            self.identifier_key("external_id", value), "external_id", value, mask("external_id", value), blocked=False
        )


def _account(record: str, cards: Mapping[str, IdentifierClaim]) -> SubjectClaim:
    """A record of which nothing is said but that the event is its own, and that it has these cards."""
    carried, source = tuple(cards[key] for key in sorted(cards)), record.partition("|")[0]
    return SubjectClaim(record, source, None, known=bool(carried), identifiers=carried, traits={}, signature=None)


def _whole(subject: Subject, claim: SubjectClaim) -> frozenset[str]:
    """The types of contacts that this word of an account's source is all about: it names them, or says that there are
    none. A value that cannot be used takes nothing back."""
    named = {identifier.type for identifier in claim.identifiers if not identifier.blocked and not identifier.former}
    return frozenset(type_ for type_ in CONTACTS if type_ in named or subject.identifiers.get(type_, ()) is None)


def _refuse_placeholders(event: Event) -> None:
    ids = {"/messageId": event.message_id}
    match event:
        case OrderPlaced() | OrderCompleted():
            ids["/order/id"] = event.order.id
        case OrderRefunded():
            ids |= {"/refund/id": event.refund.id, "/refund/order": event.refund.order}
        case _:
            pass
    for pointer, id_ in ids.items():
        try:
            if means_none(source_id(id_), namespaces=False):
                raise ValueError(_PLACEHOLDER)
        except ValueError as error:
            raise EventRefused(pointer, str(error), hint="Send the id that the source itself uses.") from None


def _named(subject: Subject, pointer: str, warnings: list[str]) -> Subject:
    """The subject with the id that its source means, or with none where that is nobody's or many people's."""
    if subject.id is None:
        return subject
    try:
        id_ = source_id(subject.id)
        if means_none(id_):
            raise ValueError(_PLACEHOLDER)
    except ValueError as error:
        warnings.append(f"{pointer}/id: {error}; left out")
        id_ = None
    return subject if id_ == subject.id else subject.model_copy(update={"id": id_})


def _as_meant(id_: str) -> str:
    try:
        return source_id(id_)
    except ValueError:
        return id_


def identifier_rows(subjects: Sequence[tuple[Claims, SubjectClaim]], vault: Vault) -> list[dict[str, Any]]:
    """The identifiers that a batch names, as `claim_identifiers` takes them: each once, sorted by key, with the first
    day it was seen."""
    rows: dict[str, dict[str, Any]] = {}
    for claims, subject in subjects:
        for claim in subject.identifiers:
            row = rows.get(claim.key)
            if row is None:
                rows[claim.key] = {
                    "key": claim.key,
                    "type": claim.type,
                    "display": claim.display,
                    "part": identifier_part(vault, claim.type, claim.value),
                    "sealed": vault.seal(claim.key, claim.value),
                    "blocked": claim.blocked,
                    "firstSeen": claims.day,
                }
            else:
                row["firstSeen"] = min(row["firstSeen"], claims.day)
    return [rows[key] for key in sorted(rows)]


def _answers(event: ConsentChanged) -> tuple[str, ...]:
    """The names under which a record keeps an answer: its purpose, and where it opens a brand's part of the profile to
    others, also the purpose at that brand."""
    purpose = event.consent.purpose
    if purpose != CROSS_BRAND:
        return (purpose,)
    brand = None if isinstance(event, GuestsAnswer) else event.brand
    return (purpose, f"{purpose}@{brand or EVERY_BRAND}")


def _traits(traits: Traits) -> dict[str, Any]:
    content = traits.model_dump(mode="json", exclude_none=True, exclude={"extra"})
    if address := content.get("address"):
        if code := address.get("postcode"):
            address["postcode"] = postcode(code, address.get("country"))
        content["address"] = {name: value for name, value in address.items() if value}
    content |= {f"extra.{name}": value for name, value in traits.extra.items()}
    return {name: value for name, value in content.items() if value not in ("", {})}


def _unknown_words(order: Order) -> Iterator[str]:
    if order.channel is Channel.OTHER:
        yield "/order/channel: is none of the known channels, so the order counts under `other`"
    if order.payment is Payment.OTHER:
        yield "/order/payment: is none of the known kinds of payment, so the order counts under `other`"


def _plain_zone(at: datetime) -> datetime:
    # The driver wants a zone of the standard library; the offset is kept, because a till's local hour is a habit.
    return at.replace(tzinfo=timezone(at.utcoffset() or timedelta(0)))
