"""`regulars tokens`: signs tokens of guests and staff for local development, without an identity provider."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from api.auth.local_tokens import guest_token, staff_token
from domain.errors import InvalidInput, SetupError
from domain.settings import settings
from resolvers.access.caller import CallerKind
from resolvers.access.roles import ROLES

app = typer.Typer(no_args_is_help=True, help="Tokens of guests and staff for local development.")
Hours = Annotated[int, typer.Option(min=1, max=24, help="The token expires after this many hours.")]
_STAFF = [name for name, role in ROLES.items() if role.kind is CallerKind.STAFF]


@app.command()
def guest(
    id: Annotated[str, typer.Argument(help="The id of the guest's record in the source, such as 20931.")],
    brand: Annotated[str, typer.Option(help="The brand whose app the guest signs in to.")],
    source: Annotated[str, typer.Option(help="The source of the guest's own record, such as app-forno.")],
    hours: Hours = 1,
) -> None:
    """Print a token of a guest."""
    _print(lambda folder: guest_token(folder, id, brand=brand, source=source, hours=hours))


@app.command()
def staff(
    name: Annotated[str, typer.Argument(help="Who it is; the audit log shows a keyed hash of it.")],
    role: Annotated[list[str], typer.Option(help=f"One of: {', '.join(_STAFF)}; may be repeated.")],
    brand: Annotated[list[str] | None, typer.Option(help="Sees only this brand; may be repeated.")] = None,
    hours: Hours = 1,
) -> None:
    """Print a token of somebody of the staff."""
    if unknown := [one for one in role if one not in _STAFF]:
        raise InvalidInput(f"There is no role {unknown[0]} of staff.", hint=f"One of: {', '.join(_STAFF)}.")
    _print(lambda folder: staff_token(folder, name, roles=role, brands=brand, hours=hours))


def _print(sign: Callable[[Path], str]) -> None:
    config = settings()
    if config.environment != "development":
        raise SetupError(
            "A service in production does not believe tokens of this machine.",
            hint="Use an identity provider: docs/callers.md#guests-and-staff.",
        )
    try:
        print(sign(config.state_dir))
    except ValidationError:
        raise InvalidInput("A brand or source has the form [a-z0-9][a-z0-9_.-]* and at most 64 characters.") from None
