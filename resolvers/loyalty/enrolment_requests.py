"""What a caller may say at an enrolment, and what it may learn by one."""

from __future__ import annotations

from domain.enrolment import MemberEnrolled
from domain.errors import NotAllowed
from identity.sender_rights import SenderRights
from ingest.commit import Committer
from ingest.enrolments import Enrolled, Enrolments
from resolvers.access.caller import IDENTITY_CLAIM, IDENTITY_WRITE, PROFILE_FIND, PROFILE_READ, Caller
from resolvers.context import Context


def believed(caller: Caller) -> SenderRights:
    """What is believed of the caller's enrolments: who may claim or decide who somebody is proves the name."""
    claims = caller.allows(IDENTITY_CLAIM) or caller.allows(IDENTITY_WRITE)
    return SenderRights(caller.brands, caller.stores, claims)


def check_names(caller: Caller, names: int) -> None:
    """Two identifiers claim that both are one person's. Raises NotAllowed where the caller may not claim that."""
    if names > 1 and not believed(caller).identity:
        raise NotAllowed(f"To name a guest in two ways a key needs the scope {IDENTITY_CLAIM}.", hint="Name one.")


def may_look_up(caller: Caller) -> bool:
    """Whether the caller may learn who has a contact."""
    return caller.allows(PROFILE_FIND) and caller.allows(PROFILE_READ)


async def enrolled(context: Context, event: MemberEnrolled, what: str) -> Enrolled:
    """Carries an enrolment out, and notes in the audit log whom `what` enrolled. One by a contact counts as a look-up
    for who learns by it whose that is. Raises Throttled where the caller has tried too many contacts of nobody, and
    what `Enrolments.carry_out` raises."""
    enrolments = Enrolments(Committer(context.parts), context.reader)
    counts = context.lookups if event.record is None and may_look_up(context.caller) else None
    if counts is not None:
        counts.check(context.caller)
    done = await enrolments.carry_out(event, believed(context.caller))
    if counts is not None:
        await counts.made(context.caller, context.meter, found=done.known)
    await context.trail.wrote(context.caller, what, done.record)
    return done
