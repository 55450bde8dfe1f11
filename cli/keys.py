"""`regulars keys`: service keys of tills, shops and integrations. A key is shown once, when it is created."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar

import orjson
import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Column, Table

from api.auth.key_ring import key_cache, make
from api.shared_state import open_redis
from cli.kit.shown_tables import show_table
from domain.errors import InvalidInput, NotFound
from domain.events import Slug
from domain.settings import settings
from graph.service_keys import ServiceKeys
from graph.store.migrations import migrate
from privacy.audit_log import AuditLog, Entry
from privacy.vault import open_vault
from resolvers.access.caller import EVENT_PAGE, EVENT_WRITE, GUEST_SCOPES, SCOPES, CallerKind
from resolvers.access.roles import ROLES, scopes_of
from runtime.service import open_database

app = typer.Typer(no_args_is_help=True, help="Service keys: create, list, rotate, revoke, confirm.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")]
T = TypeVar("T")
_SERVICE_ROLES = [name for name, role in ROLES.items() if role.kind is CallerKind.SERVICE]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, such as till-forno; logs show it.")],
    role: Annotated[
        list[str] | None, typer.Option(help=f"One of: {', '.join(_SERVICE_ROLES)}; may be repeated.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="One more scope than the roles have; may be repeated.")
    ] = None,
    brand: Annotated[list[str] | None, typer.Option(help="Only this brand; may be repeated.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only events of this source; may be repeated.")] = None,
    store: Annotated[list[str] | None, typer.Option(help="Only orders of this store; may be repeated.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="The key expires after this many days. Unset: never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, once.

    See docs/callers.md#service-keys.
    """
    scopes = _scopes(name, role or [], scope or [])
    if EVENT_PAGE in scopes:
        _check_public(scopes, brand, source)
    if (brand or store) and not source and EVENT_WRITE in scopes:
        raise InvalidInput(
            "A key with brands or stores needs sources to send events.",
            hint="Name them: --source.",
        )
    if store and not brand:
        raise InvalidInput("A key with stores needs their brands.", hint="Name them: --brand.")
    new = make()
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    _run(
        lambda keys: keys.create(
            new.id,
            name=name,
            hash_=new.hash,
            scopes=sorted(scopes),
            brands=brand,
            # A key without sources reads only what its brands know.
            sources=source if source or not brand else [],
            stores=store,
            expires_at=expires,
        ),
        note=f"key.create {new.id}",
    )
    _show(new.id, new.text, as_json)


@app.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """List all keys: what each may do and when it was last used, never its secret."""
    rows = _run(lambda keys: keys.all())
    if as_json:
        print(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    table = Table(Column("id", no_wrap=True), "name", "scopes", "limits", "expires", "last used", "state")
    for row in rows:
        limits = [f"{name} {', '.join(row[name])}" for name in ("brands", "sources", "stores") if row[name] is not None]
        waits = "waits: regulars keys confirm" if row["heldAt"] else ""
        state = f"revoked {row['revokedAt'][:16]}" if row["revokedAt"] else waits
        expires, used = ((row[at] or "")[:16] for at in ("expiresAt", "lastUsedAt"))
        table.add_row(row["id"], row["name"], ", ".join(row["scopes"]), "; ".join(limits), expires, used, state)
    show_table(table)


@app.command()
def rotate(
    key: Id,
    overlap_hours: Annotated[int, typer.Option(min=0, help="Hours for which the former secret works too.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret and print it, once."""
    made = make(key)
    _run(
        lambda keys: keys.rotate(key, made.hash, overlap_s=3600 * overlap_hours), note=f"key.rotate {key}", forget=[key]
    )
    _show(key, made.text, as_json)


@app.command()
def revoke(key: Id, as_json: AsJson = False) -> None:
    """End a key for good."""
    _run(lambda keys: keys.revoke(key), note=f"key.revoke {key}", forget=[key])
    if as_json:
        print(orjson.dumps({"id": key, "revoked": True}).decode())
    else:
        print(f"{key} is revoked; every process refuses it within {settings().key_cache_s} seconds.")


@app.command()
def confirm(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Keys, as `list` shows them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All keys that wait.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let keys work again that wait since a restore.

    Look at the list first: one that was revoked after the backup must not be confirmed, but revoked again.
    """
    if bool(keys) == every:
        raise InvalidInput("Name keys, or use --all.", hint="`regulars keys list` shows which ones wait.")
    done = _run(lambda store: store.confirm(keys or None), note=f"key.confirm {' '.join(keys or ['all'])}", forget=keys)
    if missing := sorted(set(keys or ()) - {row["id"] for row in done}):
        raise NotFound(f"These keys do not wait: {', '.join(missing)}.", hint="`regulars keys list` shows which do.")
    if as_json:
        print(orjson.dumps([row["id"] for row in done]).decode())
    else:
        print(f"{len(done)} keys work again: {', '.join(row['name'] for row in done) or 'none waited'}.")


def _scopes(name: str, roles: list[str], scopes: list[str]) -> frozenset[str]:
    try:
        TypeAdapter(Slug).validate_python(name)
    except ValidationError:
        raise InvalidInput("A key's name has the form [a-z0-9][a-z0-9_.-]* and at most 64 characters.") from None
    for role in roles:
        if role not in _SERVICE_ROLES:
            raise InvalidInput("There is no such role for a service key.", hint=f"One of: {', '.join(_SERVICE_ROLES)}.")
    for scope in scopes:
        if scope not in SCOPES.keys() - GUEST_SCOPES:
            raise InvalidInput("There is no such scope of a service.", hint="docs/reference/permissions.md lists them.")
    found = scopes_of(roles, CallerKind.SERVICE) | frozenset(scopes)
    if not found:
        raise InvalidInput("The key could do nothing.", hint="Give it a --role or a --scope.")
    return found


def _check_public(scopes: frozenset[str], brand: list[str] | None, source: list[str] | None) -> None:
    """A public key is for one thing alone, and only its brands' pages may send with it."""
    if len(scopes) > 1:
        raise InvalidInput(
            "A key of the role page can be read by anybody, so it has no other role or scope.",
            hint="Make another key for what a server does.",
        )
    if not brand or not source:
        raise InvalidInput("A key of the role page needs its brands and sources.", hint="Name them: --brand, --source.")


def _run(
    work: Callable[[ServiceKeys], Awaitable[T]], *, note: str | None = None, forget: Sequence[str] | None = None
) -> T:
    async def run() -> T:
        config = settings()
        async with open_database(config) as database:
            await migrate(database)
            if note is not None:  # first, so that every change is in the audit log
                at = datetime.now(UTC).isoformat(timespec="microseconds")
                entry = Entry(at, "command-line", "operator", "write", (note,))
                await AuditLog(database, open_vault(config)).add(entry)
            done = await work(ServiceKeys(database))
        async with open_redis(config) as redis:
            for key in forget or () if redis is not None else ():
                await key_cache(redis).delete(key)
        return done

    return asyncio.run(run())


def _show(id_: str, text: str, as_json: bool) -> None:
    content: dict[str, Any] = {"id": id_, "key": text}
    if as_json:
        print(orjson.dumps(content).decode())
        return
    print(text)
    Console(stderr=True).print("This is the only time that the key is shown.")
