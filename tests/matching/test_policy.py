from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import InvalidInput, SetupError
from matching import Strength, default, guards, parse
from matching.policy import UNLIMITED
from matching.records import REVIEW

POLICIES = default()


def test_the_defaults_are_sound() -> None:
    assert [p.priority for p in POLICIES.values()] == sorted(p.priority for p in POLICIES.values())
    strengths = {kind: policy.strength for kind, policy in POLICIES.items()}
    assert strengths["loyalty_card"] is Strength.STRONG
    assert strengths["email"] is strengths["phone"] is Strength.MEDIUM
    assert strengths["anonymous_id"] is Strength.WEAK
    assert POLICIES.of("government_id").max_per_person == 1
    assert POLICIES.of("device_id").max_per_person == UNLIMITED
    lowest = {s: min(p.weight for p in POLICIES.values() if p.strength is s) for s in set(strengths.values())}
    assert lowest[Strength.STRONG] > max(p.weight for p in POLICIES.values() if p.strength is Strength.MEDIUM)
    assert lowest[Strength.MEDIUM] > max(p.weight for p in POLICIES.values() if p.strength is Strength.WEAK)


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="'fax'") as caught:
        POLICIES.of("fax")
    assert caught.value.hint is not None
    assert all(kind in caught.value.hint for kind in POLICIES)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "the file"),
        ("identifiers: {}", "identifiers"),
        ("identifiers: {email: {strength: heavy, priority: 1}}", "identifiers.email.strength"),
        ("identifiers: {email: {strength: medium}}", "identifiers.email.priority"),
        ("identifiers: {email: {strength: medium, priority: 1, max_peeple: 3}}", "identifiers.email.max_peeple"),
        ("identifiers: {email: {strength: medium, priority: 1, blocked_patterns: ['(']}}", "blocked_patterns.0"),
        ("identifiers: {E mail: {strength: medium, priority: 1}}", "identifiers.E mail"),
        ("identifiers:\n  - [", "line 2"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(text: str, place: str) -> None:
    with pytest.raises(SetupError) as caught:
        parse(text)
    assert place in caught.value.message


def test_parse_fills_in_weights_and_sorts_by_priority() -> None:
    found = parse(
        "identifiers: {b: {strength: weak, priority: 2}, a: {strength: strong, priority: 1, blocked: [none]}}"
    )
    assert [(p.type, p.weight) for p in found.values()] == [("a", 20.0), ("b", 4.0)]
    assert found.is_blocked("a", "none")


def test_the_docs_tell_every_policy_and_every_refusal_code() -> None:
    text = (Path(__file__).parents[2] / "docs" / "matching.md").read_text("utf-8")
    for kind, policy in POLICIES.items():
        limit = "–" if policy.max_per_person == UNLIMITED else policy.max_per_person
        row = f"| `{kind}` | {policy.strength} | {limit} | {policy.max_people} | {policy.weight:g} |"
        assert row in text, row
    codes = {c.rule for c in vars(guards).values() if isinstance(c, guards.Contradiction)} | {"TOO_MANY_<TYPE>"}
    codes |= {reason.rule for reason in guards.FIELDS.values()} | {guards.TOO_LITTLE, REVIEW, "<FIELD>_DIFFERS"}
    assert len(codes) == 15
    assert not [code for code in codes if f"`{code}`" not in text]
