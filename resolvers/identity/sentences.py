"""Explanations in sentences that an agent reads aloud: what ties two records, what parts them, what would join them."""

from __future__ import annotations

from collections.abc import Sequence

from matching.cluster_findings import Finding, FindingKind
from matching.explain import Common, Hop, Obstacle, Remedy, RemedyKind, Standing
from matching.records import Identifier
from resolvers.identity.evidence import Evidence


def kind(type_: str) -> str:
    """An identifier's type as a word."""
    return type_.replace("_", " ")


def of_common(one: Common, evidence: Evidence) -> str:
    what = f"Both carry the {kind(one.identifier.type)} {evidence.display(one.identifier)}"
    people = evidence.people(one.identifier)
    match one.standing:
        case Standing.LINKS:
            by = "one person" if people == 1 else f"{people} people"
            return f"{what}: {one.bits:g} bits of evidence. {one.records} records of {by} carry it."
        case Standing.SHARED:
            return f"{what}, which no longer counts: {people} different people use it."
        case Standing.BLOCKED:
            return f"{what}, which never counts: it is a value that means nobody."
        case Standing.ATTRIBUTE:
            return f"{what}, which never links: its type only describes a person."


def of_hop(hop: Hop, evidence: Evidence) -> str:
    ends = f"{evidence.label(hop.left)} and {evidence.label(hop.right)}"
    if hop.identifier is None:
        return _sentence(f"{ends}: {hop.rule}.")
    return _sentence(f"{ends} carry the same {kind(hop.identifier.type)} {evidence.display(hop.identifier)}.")


def of_path(path: Sequence[Hop], evidence: Evidence) -> str:
    """The whole path in one sentence."""
    first = path[0]
    if len(path) == 1 and first.identifier is not None:
        return f"Both carry the same {kind(first.identifier.type)} {evidence.display(first.identifier)}."
    if len(path) == 1:
        return _sentence(f"{first.rule}.")
    steps = ", then ".join(
        f"{hop.rule} {evidence.display(hop.identifier)}" if hop.identifier else hop.rule for hop in path
    )
    others = "another record ties" if len(path) == 2 else f"{len(path) - 1} other records tie"
    return f"They share no identifier themselves; {others} them: {steps}."


def of_obstacle(obstacle: Obstacle, evidence: Evidence) -> str:
    words = obstacle.detail
    if obstacle.identifier is not None:
        words += f": {kind(obstacle.identifier.type)} {evidence.display(obstacle.identifier)}"
        if obstacle.rule == "IDENTIFIER_SHARED":
            words += f", used by {evidence.people(obstacle.identifier)} people"
    elif obstacle.left is not None and obstacle.right is not None:
        one, other = (_claimed(obstacle.rule, key, evidence) for key in (obstacle.left, obstacle.right))
        words += f": {one} and {other}"
    return _sentence(f"{words}.")


def of_fits(fits: Sequence[tuple[str, float]], evidence: Evidence) -> str:
    """Whom an ambiguous person may be."""
    people = ", ".join(f"{evidence.number(key)} ({bits:g} bits)" for key, bits in fits[:5])
    return f"It fits {people}, and a guess needs a lead of 3 bits."


def of_remedy(remedy: Remedy, evidence: Evidence) -> str:
    match remedy.kind:
        case RemedyKind.AGREE_ON:
            return f"They become one person if both carry the same {kind(remedy.type or '')}."
        case RemedyKind.UNSHARE | RemedyKind.UNBLOCK:
            assert remedy.identifier is not None
            what = f"{kind(remedy.identifier.type)} {evidence.display(remedy.identifier)}"
            verb = "identifierUnshare" if remedy.kind is RemedyKind.UNSHARE else "identifierUnblock"
            return f"They become one person if the {what} counts again ({verb})."
        case RemedyKind.MEND_NAME:
            return "They become one person if the name of one of them is corrected to the other's, or taken away."
        case RemedyKind.MEND_BIRTH_DATE:
            return "They become one person if the birth date of one of them is corrected to the other's, or taken away."
        case RemedyKind.MEND_SUFFIX:
            return "They become one person if the suffix of one of them is corrected to the other's, or taken away."
        case RemedyKind.DECIDE:
            return "They become one person if an agent decides so."


def of_finding(finding: Finding, evidence: Evidence) -> str:
    what = ""
    if finding.identifier is not None:
        what = f"{kind(finding.identifier.type)} {evidence.display(finding.identifier)}"
    match finding.kind:
        case FindingKind.SEVERAL:
            named = ", ".join(evidence.label(key) for part in finding.parts for key in part)
            return f"{named} names several people, so its source's id is nobody's. Nothing joins it."
        case FindingKind.WEAK_BRIDGE:
            return (
                f"Only the {what} ({finding.bits:g} bits) holds {_sizes(finding)} records together that have "
                "different names."
            )
        case FindingKind.OVERUSED:
            people = evidence.people(finding.identifier) if finding.identifier else finding.people
            counts = "still counts" if finding.bits else "no longer counts"
            return f"The {what} is used by {people} people and {counts}."
        case FindingKind.COLLAPSE:
            why = "; ".join(obstacle.detail for obstacle in finding.against)
            cut = "; ".join(_letting_go(severed.record, severed.identifier, evidence) for severed in finding.cut[:5])
            mends = "makes two people of them" if finding.mends else "does not part them by itself: it takes an agent"
            return f"It may be two people ({why}). The smallest cut: {cut}. It {mends}."


def _letting_go(record: str, identifier: Identifier | None, evidence: Evidence) -> str:
    if identifier is None:
        return f"{evidence.label(record)} without what it claims or an agent decided"
    return f"{evidence.label(record)} without {kind(identifier.type)} {evidence.display(identifier)}"


def _sizes(finding: Finding) -> str:
    return " and ".join(str(len(part)) for part in finding.parts)


def _claimed(rule: str, key: str, evidence: Evidence) -> str:
    if rule == "BIRTH_DATES_DIFFER":
        return evidence.trait(key, "birth_date") or "a birth date that needs pii:read"
    return evidence.name(key) or evidence.label(key)


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
