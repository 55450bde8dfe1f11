"""Raw events to rows of the spill file: what each says of which record, order, identifier and place.

Contact data is sealed before it leaves the process, as in the store: a copy of the spill file names nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from domain.errors import EventRefused
from domain.events import ProductUpserted, StoreUpserted
from identity.claims import Claims, SubjectClaim, identifier_rows
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SCHEMAS, SpillTable, table
from ingest.card_numbers import without_card_numbers
from ingest.delivery import Raw
from ingest.misdated import dated
from ingest.parse import parse
from ingest.reporters.event_receipts import event_row
from privacy.vault import Vault


def read(parts: BulkParts, start: int, raws: Sequence[Raw], source: str | None, *, keep: bool) -> dict[str, SpillTable]:
    """The rows of some raw events, by table. `start` is the first one's place among all; `keep` keeps them whole."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    subjects: list[tuple[Claims, SubjectClaim]] = []
    for seq, raw in enumerate(raws, start):
        value, _, has_card = without_card_numbers(raw.value)
        if source is not None and isinstance(value, dict) and "source" not in value:
            value["source"] = source
        try:
            if error := raw.error or has_card:
                raise error
            claims = dated(
                parts.reader.claims(parse(value, parts.settings.source_brands)), datetime.fromisoformat(parts.now)
            )
        except EventRefused as error:
            rows["refused"].append(_refused(seq, raw, value, error, parts.vault))
            continue
        _take(rows, seq, claims, parts.vault)
        subjects += [(claims, subject) for subject in claims.subjects]
        if keep:
            rows["kept"].append({"seq": seq, "sealed": parts.vault.seal(f"bulk|{seq}", value)})
    rows["identified"] = identifier_rows(subjects, parts.vault)
    return {name: table(name, found) for name, found in rows.items() if found}


def _take(rows: dict[str, list[dict[str, Any]]], seq: int, claims: Claims, vault: Vault) -> None:
    event = event_row(claims, vault)
    rows["happened"].append(
        {"seq": seq, "key": event["key"], "record": event["record"], "at": event["at"]}
        | event["props"]
        | {"warnings": len(claims.warnings)}
    )
    for subject in claims.subjects:
        said = {
            "at": claims.at.isoformat(),
            "clock": claims.clock,
            "subject_id": subject.subject_id,
            "known": subject.known,
            "identifiers": [[i.key, i.type, i.value, i.blocked, i.former] for i in subject.identifiers],
            "traits": subject.traits,
            "signature": subject.signature,
            "whole": sorted(subject.whole),
            "answers": claims.answers,
            "granted": claims.granted,
        }
        rows["said"].append({"seq": seq, "record": subject.record, "claim": vault.seal(subject.record, said)})
    if claims.transaction is not None:
        rows["sold"].append({"seq": seq, "transaction": claims.transaction, "claim": _sold(claims, vault)})
    match claims.reference:
        case StoreUpserted(store=store):
            place = store.model_dump(mode="json") | {"brand": store.brand.id}
            rows["referred"] += [
                _reference("Store", claims.clock, place),
                _reference("Brand", claims.clock, store.brand.model_dump(mode="json")),
            ]
        case ProductUpserted(product=product):
            rows["referred"].append(_reference("Product", claims.clock, product.model_dump(mode="json")))
        case None:
            pass


def _sold(claims: Claims, vault: Vault) -> bytes:
    refund = claims.refund
    return orjson.dumps(
        {
            "event": claims.event,
            "type": claims.type,
            "at": claims.at.isoformat(),
            "clock": claims.clock,
            "misdated": claims.misdated,
            "source": claims.source,
            "brand": claims.brand,
            "owner": claims.subjects[0].record if claims.subjects else None,
            "order": claims.order.model_dump(mode="json") if claims.order else None,
            "refund": refund.model_dump(mode="json") if refund else None,
            "refund_key": vault.keyed("refund", f"{claims.source}|{refund.id}") if refund else None,
        }
    )


def _reference(kind: str, clock: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "id": row["id"], "clock": clock, "row": orjson.dumps(row).decode()}


def _refused(seq: int, raw: Raw, value: Any, error: EventRefused, vault: Vault) -> dict[str, Any]:
    named = value.get("source") if isinstance(value, dict) else None
    return {
        "seq": seq,
        "row": raw.index,
        "pointer": error.pointer,
        "message": error.message,
        "hint": error.hint,
        "source": named if isinstance(named, str) and len(named) <= 200 else "unknown",
        "sealed": vault.seal(f"bulk|{seq}", value),
    }
