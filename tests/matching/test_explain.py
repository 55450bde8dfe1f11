"""An explanation is the decision's own: what is told of two records agrees with what `resolve` does with them."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import About, Identifier, Record, components, default, resolve
from matching.explain import RemedyKind, ResolvedComponents, Standing
from matching.rulings import Ruling, RulingRule
from tests.matching.strategies import record_lists, scored_record_lists, shared
from tests.matching.test_rulings import ruled

PHONE, MAIL, CARD, DEVICE = (
    Identifier(kind, "1") for kind in ("phone", "email", "loyalty_card", "device_id")
)  # fmt: skip


def decided(
    records: list[Record], *out: Identifier, blocked: dict[str, frozenset[Identifier]] | None = None
) -> ResolvedComponents:
    return ResolvedComponents(records, out, default(), blocked)


def record(key: str, *identifiers: Identifier, given: str = "", **more: object) -> Record:
    return Record(key, frozenset(identifiers), given, **more)  # pyright: ignore[reportArgumentType]


@settings(max_examples=60, deadline=None)
@given(st.one_of(ruled(), scored_record_lists()), shared)
def test_it_tells_of_the_partition_that_resolve_gives(records: list[Record], out: frozenset[Identifier]) -> None:
    told = decided(records, *out)
    for part in components(records, out, default()):
        for cluster in resolve(part, out, default()).clusters:
            assert sorted(told.person(cluster.members[0]).members) == list(cluster.members)
            for link in cluster.links:
                if link.identifier_type in default():
                    common = told.common([link.left], [link.right])
                    assert max(c.bits for c in common) >= link.weight
    for one, other in combinations(sorted(told.records), 2):
        members = told.person(one).members
        path = told.path([one], [other], members)
        if told.one_person([one, other]):
            assert path, "records of one person are tied by something"
            assert (path[0].left, path[-1].right) == (one, other)
            for hop, onwards in pairwise(path):
                assert hop.right == onwards.left
            for hop in path:
                assert {hop.left, hop.right} <= set(members)
                if hop.identifier is not None:
                    both = told.records[hop.left].identifiers & told.records[hop.right].identifiers
                    assert hop.identifier in both - out
        else:
            assert not path
            assert told.obstacles(one, other), "two people are told what parts them"


@settings(max_examples=25, deadline=None)
@given(record_lists(max_size=6), shared)
def test_an_agent_can_always_join_and_every_remedy_was_tried(records: list[Record], out: frozenset[Identifier]) -> None:
    told = decided(records, *out)
    for one, other in list(combinations(sorted(told.records), 2))[:4]:
        if not told.one_person([one, other]):
            assert told.remedies(one, other)[-1].kind is RemedyKind.DECIDE


def test_two_without_a_name_that_are_nearly_alike_are_told_so() -> None:
    """An initial is no name: no finding was made of them."""
    born, tokens = date(1950, 3, 4), frozenset(("t1",))
    one = record("a", given="J", birth_date=born, tokens=tokens)
    other = record("b", given="J", family="Mifsud", birth_date=born, tokens=tokens)
    told = decided([one, other])
    assert not told.one_person(["a", "b"])
    assert [obstacle.rule for obstacle in told.obstacles("a", "b")] == ["BELOW_THRESHOLD"]


def test_a_path_goes_by_way_of_others() -> None:
    told = decided([record("till", PHONE), record("web", MAIL), record("app", PHONE, MAIL)])
    path = told.path(["till"], ["web"])
    assert [(hop.left, hop.right, hop.rule) for hop in path] == [
        ("till", "app", "same phone"),
        ("app", "web", "same email"),
    ]
    assert told.common(["till"], ["web"]) == ()


BOB = record("bob", PHONE, given="Robert")
MARY = record("mary", PHONE, given="Mary")


def test_names_that_differ_and_what_would_join_them() -> None:
    told = decided([BOB, MARY])
    [obstacle] = told.obstacles("bob", "mary")
    assert (obstacle.rule, obstacle.left, obstacle.right) == ("GIVEN_NAMES_DIFFER", "bob", "mary")
    kinds = [(r.kind, r.type) for r in told.remedies("bob", "mary")]
    assert (RemedyKind.MEND_NAME, None) in kinds
    assert (RemedyKind.AGREE_ON, "government_id") in kinds
    assert (RemedyKind.AGREE_ON, "email") not in kinds, "one more medium identifier overrides no guard"


def test_a_shared_and_a_blocked_identifier_would_join_if_they_linked() -> None:
    ann, anne = record("a", given="Ann"), record("b", given="Anne")
    told = decided(
        [record("a", PHONE, given="Ann"), record("b", PHONE, given="Anne")],
        PHONE,
        blocked={"a": frozenset((MAIL,)), "b": frozenset((MAIL,))},
    )
    assert [(c.identifier, c.standing, c.bits) for c in told.common(["a"], ["b"])] == [
        (MAIL, Standing.BLOCKED, 0.0),
        (PHONE, Standing.SHARED, 0.0),
    ]
    assert [o.rule for o in told.obstacles("a", "b")] == ["IDENTIFIER_BLOCKED", "IDENTIFIER_SHARED", "BELOW_THRESHOLD"]
    assert {r.kind for r in told.remedies("a", "b")} >= {RemedyKind.UNSHARE, RemedyKind.UNBLOCK}
    nothing = decided([ann, anne])
    assert [o.rule for o in nothing.obstacles("a", "b")] == ["NOTHING_IN_COMMON", "BELOW_THRESHOLD"]
    assert RemedyKind.AGREE_ON in {r.kind for r in nothing.remedies("a", "b")}


def test_an_ambiguous_record_is_told_whom_it_fits() -> None:
    told = decided([BOB, MARY, record("till", PHONE)])
    [obstacle] = told.obstacles("till", "mary")
    assert obstacle.rule == "AMBIGUOUS"
    assert sorted(first for first, _ in told.fits("till")) == ["bob", "mary"]
    assert told.fits("bob") == ()


def test_an_agents_ban_is_told_and_only_an_agent_lifts_it() -> None:
    ban = (Ruling("d1", RulingRule.APART, 0), Ruling("d1", RulingRule.APART, 1))
    ann = Record("a", frozenset((CARD,)), "Ann", rulings=frozenset(ban[:1]))
    other = Record("b", frozenset((CARD,)), "Ann", rulings=frozenset(ban[1:]))
    told = decided([ann, other])
    assert [obstacle.rule for obstacle in told.obstacles("a", "b")] == ["NEVER_MATCH"]
    assert [remedy.kind for remedy in told.remedies("a", "b")] == [RemedyKind.DECIDE]


def test_who_is_nearly_alike_is_told_what_is_missing() -> None:
    home = About(street="12 Main Street", postcode="02157", city="Boston")

    def alike(key: str, born: date | None) -> Record:
        about = home if born else About()
        return Record(key, frozenset(), "Robert", "Mifsud", "", born, about=about, tokens=frozenset({"t"}))

    one, other = alike("a", date(1984, 3, 9)), alike("b", date(1984, 3, 9))
    told = decided([one, other])
    assert told.one_person(["a", "b"])
    [hop] = told.path(["a"], ["b"])
    assert (hop.identifier, hop.rule) == (None, "alike in what they claim")
    assert hop.bits == told.compared(["a"], ["b"]).score.bits
    vague = decided([one, alike("b", None)])
    assert not vague.one_person(["a", "b"])
    assert vague.obstacles("a", "b")[0].rule == "REVIEW"
    assert RemedyKind.DECIDE in {remedy.kind for remedy in vague.remedies("a", "b")}


def test_a_path_leads_through_two_groups_that_are_more_alike_than_any_of_their_records() -> None:
    born = date(1984, 3, 9)
    records = [
        record("a1", CARD, given="John", family="Smith", tokens=frozenset({"t"})),
        record("a2", CARD, birth_date=born, tokens=frozenset({"u"})),
        record("b1", PHONE, given="John", family="Smith", tokens=frozenset({"t"})),
        record("b2", PHONE, birth_date=born, tokens=frozenset({"u"})),
    ]
    told = decided(records)
    assert told.one_person(["a1", "b1"])
    assert [(hop.left, hop.right) for hop in told.path(["a2"], ["b2"])][1:2] in ([("a1", "b1")], [("a2", "b2")])
