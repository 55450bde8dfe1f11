"""`/openapi.json`: the native intake as OpenAPI 3.1, made from the event contracts. It is public: no key is needed."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.errors import HTTP_STATUS
from domain.events import event_adapter

_VERSION = "1"
_REFUSALS = (
    ("INVALID_INPUT", "Nothing in the body can ever be accepted."),
    ("NOT_AUTHENTICATED", "No key, or an unknown key."),
    ("NOT_ALLOWED", "The key may not send events."),
    ("TOO_SLOW", "The body did not arrive in time."),
    ("TOO_LARGE", "A limit on size or number was exceeded."),
    ("OVERLOADED", "Too much is waiting; nothing was accepted. Send again after Retry-After seconds."),
    ("UNAVAILABLE", "The service has a fault. Send again."),
)


def routes() -> list[Route]:
    async def describe(request: Request) -> Response:
        return Response(_text(), media_type="application/json")

    return [Route("/openapi.json", describe)]


@cache
def _text() -> bytes:
    return orjson.dumps(document())


def document() -> dict[str, Any]:
    """The description, from the models that the intake itself reads events with."""
    event = event_adapter.json_schema(ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = event.pop("$defs")
    single = {"$ref": "#/components/schemas/Event"}
    array = {"type": "array", "items": single}
    wrapped = [{"type": "object", "properties": {name: array}, "required": [name]} for name in ("events", "batch")]
    body = {"application/json": {"schema": {"anyOf": [single, array, *wrapped]}}}
    refusals = {str(HTTP_STATUS[code]): {"description": text, "content": _json("Refusal")} for code, text in _REFUSALS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Regulars intake",
            "version": _VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"bearer": []}, {"key": []}],
        "paths": {
            "/v1/events": {
                "post": {
                    "operationId": "takeEvents",
                    "summary": "Send events; sending an event again changes nothing.",
                    "requestBody": {"required": True, "content": body},
                    "responses": {
                        "200": {"description": "Every event is accepted or in quarantine.", "content": _json("Receipt")}
                    }
                    | refusals,
                }
            }
        },
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
            "schemas": schemas | {"Event": event, "Receipt": _RECEIPT, "Refusal": _REFUSAL},
        },
    }


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _object(**fields: Any) -> dict[str, Any]:
    optional = {name for name, schema in fields.items() if schema.pop("optional", False)}
    return {"type": "object", "properties": fields, "required": [name for name in fields if name not in optional]}


_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_RECEIPT = _object(
    accepted=dict(_COUNT),
    duplicates=dict(_COUNT),
    refused={
        "type": "array",
        "items": _object(
            index=dict(_COUNT),
            messageId={**_TEXT, "optional": True},
            pointer=dict(_TEXT),
            message=dict(_TEXT),
            hint=dict(_MAYBE),
            quarantineId=dict(_MAYBE),
        ),
    },
    warnings={"type": "array", "items": _object(index=dict(_COUNT), message=dict(_TEXT))},
)
_REFUSAL = _object(error=_object(code=dict(_TEXT), message=dict(_TEXT), hint=dict(_MAYBE)))
