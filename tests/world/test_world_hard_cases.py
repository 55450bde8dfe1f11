"""Each hard case of identity really occurs, near its rate, in the people and in what is sent of them."""

from __future__ import annotations

from collections import Counter, defaultdict

import phonenumbers
import pytest
from email_validator import validate_email

from tests.world.world_in_memory import Made
from world import WorldConfig
from world.group import make_group
from world.people import Person
from world.world import World


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit())[-10:]


def _homes(people: list[Person]) -> list[list[Person]]:
    homes: defaultdict[int, list[Person]] = defaultdict(list)
    for person in people:
        homes[person.home].append(person)
    return list(homes.values())


def _share(people: list[Person], tag: str) -> float:
    return sum(tag in person.tags for person in people) / len(people)


def _owners(made: Made, kind: str) -> dict[str, set[int]]:
    owners: defaultdict[str, set[int]] = defaultdict(set)
    for value, person in made.values(kind):
        owners[_digits(value) if kind == "phone" else value.lower()].add(person.index)
    return owners


def test_true_phones_are_valid_and_nobodys_by_chance(made: Made) -> None:
    owners: defaultdict[str, set[int]] = defaultdict(set)
    for person in made.people:
        for phone in person.phones:
            assert phonenumbers.is_valid_number(phonenumbers.parse(phone, "US"))
            owners[phone].add(person.index)
    for phone, indexes in owners.items():
        people = [made.people[index] for index in indexes]
        if len({person.home for person in people}) > 1:
            assert any("recycled_phone" in person.tags for person in people), phone


def test_every_sent_email_is_valid_even_with_typos(made: Made) -> None:
    for email in {email for email, _ in made.values("email")}:
        validate_email(email, check_deliverability=False)


def test_true_emails_are_shared_only_on_purpose(made: Made) -> None:
    owners: defaultdict[str, list[Person]] = defaultdict(list)
    for person in made.people:
        for email in person.emails:
            owners[email].append(person)
    shared = [people for people in owners.values() if len(people) > 1]
    assert shared
    for people in shared:
        assert len({person.home for person in people}) == 1
        assert all({"couple_email", "junior", "senior"} & set(person.tags) for person in people)


def test_phones_are_written_in_many_ways(made: Made) -> None:
    shapes = {"".join("9" if c.isdigit() else c for c in phone) for phone, _ in made.values("phone")}
    assert {"(999) 999-9999", "9999999999", "+99999999999", "+9 999 999 9999"} <= shapes


def test_a_family_shares_surname_and_address_and_sometimes_phone_and_tablet(made: Made) -> None:
    homes = [home for home in _homes(made.people) if len(home) >= 3]
    assert all(len({person.family for person in home}) == 1 and len(home) <= 5 for home in homes)
    assert all(len({str(person.addresses[0]) for person in home}) == 1 for home in homes)
    several = [home for home in _homes(made.people) if len(home) >= 2]
    config = made.world.config
    for tag, rate in (("shared_phone", config.shared_phone_homes), ("shared_device", config.shared_device_homes)):
        assert sum(tag in home[0].tags for home in several) / len(several) == pytest.approx(rate, rel=0.5)
    assert any(len(owners) >= 2 for owners in _owners(made, "device_id").values())


def test_couples_share_an_email(made: Made) -> None:
    several = [home for home in _homes(made.people) if len(home) >= 2]
    couples = [home for home in several if "couple_email" in home[0].tags]
    assert len(couples) / len(several) == pytest.approx(made.world.config.couple_emails, rel=0.5)
    assert all(home[0].emails == home[1].emails for home in couples)


def test_an_office_has_10_to_40_people_and_its_email_is_used_by_several(made: Made) -> None:
    staff = Counter(person.office.email for person in made.people if person.office)
    assert staff
    assert all(10 <= count <= 40 for count in staff.values())
    used = _owners(made, "email")
    assert max(len(used.get(email, ())) for email in staff) >= 3


def test_tills_type_several_dummies_for_many_people(made: Made) -> None:
    owners = _owners(made, "phone")
    for brand in made.world.group.brands:
        used = [dummy for dummy in brand.dummies if dummy in owners]
        assert len(used) >= 2, brand.id
    dummies = {dummy for brand in made.world.group.brands for dummy in brand.dummies if dummy in owners}
    assert max(len(owners[dummy]) for dummy in dummies) >= 10
    valid = {phonenumbers.is_valid_number(phonenumbers.parse(dummy, "US")) for dummy in dummies}
    assert valid == {True, False}
    assert not dummies & {phone for person in made.people for phone in person.phones}


def test_juniors_bear_the_parents_name_and_twins_the_birth_date(made: Made) -> None:
    juniors = twins = 0
    for home in _homes(made.people):
        for person in home:
            if "junior" in person.tags:
                parent = next(other for other in home if "senior" in other.tags)
                assert (parent.given, parent.family, parent.suffix) == (person.given, person.family, "Sr")
                assert person.suffix == "Jr"
                assert parent.birth_date < person.birth_date
                juniors += 1
        pair = [person for person in home if "twin" in person.tags]
        if pair:
            one, two = pair
            assert one.birth_date == two.birth_date
            assert one.phones == two.phones
            assert one.given != two.given
            twins += 1
    large = [home for home in _homes(made.people) if len(home) >= 3]
    assert juniors / len(large) == pytest.approx(made.world.config.juniors, rel=0.6)
    assert twins


def test_people_move_and_change_phones_near_the_rates(made: Made) -> None:
    config = made.world.config
    assert _share(made.people, "moved") == pytest.approx(config.moves, rel=0.3)
    # Those who share a phone do not change it.
    assert 0.5 * config.phone_changes < _share(made.people, "new_phone") <= 1.2 * config.phone_changes
    members = [person for person in made.people if "member" in person.tags]
    assert len(members) / len(made.people) == pytest.approx(config.loyalty_members, rel=0.2)
    assert _share(members, "lost_card") == pytest.approx(config.cards_lost, rel=0.5)
    assert _share(members, "several_cards") == pytest.approx(config.several_cards, rel=0.6)


def test_a_recycled_number_goes_to_a_stranger_after_it_was_given_up() -> None:
    people = list(World(WorldConfig(people=1_200, phone_changes=0.4, recycled_phones=1.0)).people())
    former = {p.phones[0]: p for p in people if "new_phone" in p.tags}
    heirs = [p for p in people if "recycled_phone" in p.tags]
    assert len(heirs) > 50
    for heir in heirs:
        owner = former[heir.phones[1]]
        assert owner.home != heir.home
        assert owner.phone_day is not None
        assert heir.phone_day is not None
        assert heir.phone_day - owner.phone_day >= 45
    assert len({heir.phones[1] for heir in heirs}) == len(heirs)


def test_nicknames_and_typos_are_sent(made: Made) -> None:
    nicknamed = mistyped = plain = 0
    for delivery in made.first_times:
        sent = delivery.event.get("subject", {}).get("traits", {}).get("givenName")
        if sent is None:
            continue
        person = made.people[int(delivery.person[1:])]
        if person.nickname and sent.lower() == person.nickname.lower():
            nicknamed += 1
        elif sent.lower() == person.given.lower():
            plain += 1
        else:
            mistyped += 1
    total = nicknamed + mistyped + plain
    assert nicknamed / total > 0.03
    assert mistyped / total == pytest.approx(made.world.config.name_typos, rel=0.6)


def test_typed_phones_and_emails_have_typos_near_the_rates(made: Made) -> None:
    config = made.world.config
    dummies = {dummy for brand in made.world.group.brands for dummy in brand.dummies}
    phones = [(_digits(v), p) for v, p in made.values("phone") if _digits(v) not in dummies]
    wrong = sum(phone not in person.phones for phone, person in phones)
    assert wrong / len(phones) == pytest.approx(config.phone_typos, rel=0.6)
    emails = [(v.lower(), p) for v, p in made.values("email") if p.office is None]
    wrong = sum(email not in person.emails for email, person in emails)
    assert wrong / len(emails) == pytest.approx(config.email_typos, rel=0.6)


def test_anonymous_sessions_are_later_told_to_be_an_account(made: Made) -> None:
    aliases = [e for e in made.events if e["type"] == "alias"]
    former = {kind for e in aliases for kind in e["previous"]["identifiers"]}
    assert former == {"anonymous_id", "device_id", "loyalty_card"}
    assert any({"anonymous_id", "account_id"} <= set(e["subject"]["identifiers"]) for e in made.events
               if e["type"] == "identify")  # fmt: skip
    seen = {value for value, _ in made.values("anonymous_id")}
    assert {e["previous"]["identifiers"].get("anonymous_id") for e in aliases} & seen


def test_account_ids_and_cards_are_one_persons(made: Made) -> None:
    for kind in ("account_id", "loyalty_card", "payment_token", "anonymous_id"):
        owners = _owners(made, kind)
        assert owners
        assert all(len(indexes) == 1 for indexes in owners.values()), kind
    held = Counter(index for _, index in {(card, person.index) for card, person in made.values("loyalty_card")})
    assert max(held.values()) == 2


def test_events_carry_the_offset_of_their_store_and_fall_in_opening_hours(made: Made) -> None:
    zones = {store.id: store.zone for store in make_group(made.world.config).stores}
    offsets: defaultdict[str, set[str]] = defaultdict(set)
    for event in made.events:
        if event["source"].startswith("pos-") and "order" in event:
            offsets[zones[event["order"]["store"]]].add(event["at"][-6:])
            assert 6 <= int(event["at"][11:13]) <= 22
    assert offsets["America/New_York"] == {"-05:00", "-04:00"}
    assert offsets["America/Los_Angeles"] == {"-08:00", "-07:00"}


def test_visits_are_unequal_and_cross_brands(made: Made) -> None:
    visits = Counter(d.person for d in made.first_times if d.event["type"] == "order.completed")
    brands: defaultdict[str, set[str]] = defaultdict(set)
    for delivery in made.first_times:
        if delivery.event["type"] == "order.completed":
            brands[delivery.person].add(delivery.event["brand"])
    mean = visits.total() / len(made.people)
    spread = sum((visits[p.id] - mean) ** 2 for p in made.people) / len(made.people)
    assert spread > 3 * mean  # a plain Poisson count would have a spread equal to its mean
    assert sum(len(several) > 1 for several in brands.values()) / len(made.people) > 0.5
