"""What guests say of themselves: name, birthday, language, e-mail and phone, as claims of their own record."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import strawberry

from domain.errors import EventRefused, InvalidInput, RegularsError
from identity.sender_rights import SenderRights
from ingest.parse import parse
from matching.normalise import normalise
from resolvers.access.caller import ME_WRITE
from resolvers.context import Info
from resolvers.customer import customer, find_customer
from resolvers.customer.customer import Customer
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import Date
from resolvers.kit.selection import selected
from resolvers.privacy.consent import RequestId
from resolvers.privacy.own_events import check_own, own_event, own_profiles, take

OWN_WORD = SenderRights(identity=False, own=True)
"""A guest's word on themselves is as good as their source's. But it proves nothing to others: whoever types another
guest's name, birthday or phone does not become that guest."""
_FIELDS = frozenset(("givenName", "familyName", "birthDate", "language", "email", "phone"))


@strawberry.input(description="What a guest changes; what is left out or null stays as it is.")
class MyProfileInput:
    given_name: str | None = strawberry.field(default=None, description="Given name.")
    family_name: str | None = strawberry.field(default=None, description="Family name.")
    birth_date: Date | None = strawberry.field(default=None, description="Birthday.")
    language: str | None = strawberry.field(default=None, description="Language, such as it or pt-BR.")
    email: str | None = strawberry.field(
        default=None, description="Where to write to. It links nobody: it is not proven to be the guest's."
    )
    phone: str | None = strawberry.field(
        default=None, description="Where to call. It links nobody: it is not proven to be the guest's."
    )


@strawberry.type(description="What became of a guest's words.")
class MyProfilePayload:
    me: Customer | None = strawberry.field(description="The guest as of now; null where nothing was done.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type
class OwnProfileMutations:
    @strawberry.mutation(
        description="The guest who is signed in changes their name, birthday, language, e-mail or phone: as claims of "
        "the record of the guest's own token. Another record of the person, or an agent, may still know it better.",
        metadata=requires(ME_WRITE, whole=False, cost=1_000),
    )
    async def my_profile_set(
        self,
        info: Info,
        profile: Annotated[MyProfileInput, strawberry.argument(description="What changes.")],
        request_id: RequestId = None,
    ) -> MyProfilePayload:
        context = info.context
        wanted = {part for field in selected(info).below("me") for part in customer.parts(field)}
        try:
            traits = _traits(profile, context.settings.default_region)
            sent = orjson.dumps(traits, option=orjson.OPT_SORT_KEYS).decode()
            raw = own_event(context, "identify", request_id, sent)
            raw["subject"]["traits"] = traits
            event = parse(raw)
            check_own(context, event)
            numbers = {str(profile.base["number"]) for profile in await own_profiles(context)}
            await take(context, event, numbers, OWN_WORD)
        except InvalidInput as error:
            return _refused(error)
        return MyProfilePayload(me=await find_customer.myself(context, wanted), user_errors=[])


def _traits(profile: MyProfileInput, region: str) -> dict[str, Any]:
    """The traits of an identify. Raises InvalidInput where nothing changes, or a contact cannot be one."""
    given = {
        "givenName": profile.given_name,
        "familyName": profile.family_name,
        "birthDate": profile.birth_date,
        "language": profile.language,
    }
    traits: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if empty := [name for name, value in traits.items() if not str(value).strip()]:
        raise EventRefused(f"/subject/traits/{empty[0]}", "is empty")
    contacts: dict[str, str] = {}
    for name, value in (("email", profile.email), ("phone", profile.phone)):
        if value is not None:
            try:
                contacts[name] = normalise(name, value, region=region)
            except ValueError as error:
                raise EventRefused(f"/subject/traits/{name}", str(error)) from None
    if contacts:
        traits["extra"] = contacts
    if not traits:
        raise InvalidInput("Nothing changes.", hint="Name what shall change.")
    return traits


def _refused(error: RegularsError) -> MyProfilePayload:
    shown = UserError(code=error.code, message=error.message, field=["profile"])
    if isinstance(error, EventRefused):
        name = error.pointer.rpartition("/")[2]
        field = ["profile", name] if name in _FIELDS else ["profile"]
        shown = UserError(code=InvalidInput.code, message=f"It {error.message}.", field=field)
    return MyProfilePayload(me=None, user_errors=[shown])
