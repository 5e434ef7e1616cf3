"""Coming in with a provider's proof, over whole tables: linked once, known by the subject from then on, and nobody else's."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from latchkey.doubles.merge_people import merge_people
from latchkey.doubles.undo_merge import undo_merge
from latchkey.errors import Changed, Conflict, NotSignedIn
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import with_keys
from latchkey.records.erase_person import erase_person
from latchkey.records.unlink_sso import unlink_sso
from latchkey.schools.model.school import School, Settings, SingleSignOn
from latchkey.shared.model.ids import person_id
from latchkey.sign_in.session import who
from latchkey.sign_in.steps import Asked, Opened, Visit
from latchkey.sso.enter import Refused, enter
from latchkey.sso.model.connection import ENTRA, GOOGLE, Connection
from latchkey.sso.model.keys import account_key
from latchkey.sso.model.proof import Proof
from latchkey.wiring import Wiring
from tests.support.system import TestSystem, on_moto, running_system

TID = "11111111-2222-3333-4444-555555555555"
MINE = Connection(
    name="google",
    kind="google",
    label="Google",
    roles=("student", "teacher"),
    on=True,
    issuer=GOOGLE,
    client_id="client",
    tenant=("southgate.example",),
)


@dataclass
class World:
    """A school with a connection to Google, and the function that comes in."""

    system: TestSystem
    federate: Wiring
    schools: dict[str, School] = field(default_factory=dict)

    @property
    def portal(self) -> Wiring:
        """The function that is asked with a session."""
        return self.system.wiring("portal")

    def school(self, slug: str = "southgate", *connections: Connection, **facts: Any) -> School:
        sso = SingleSignOn(**facts.pop("sso", {})).with_connections(each.public for each in connections or (MINE,))
        made = self.system.school(slug, settings=Settings(sso=sso, **facts))
        self.schools[slug] = made
        return made

    def add(self, name: str, school: str = "southgate", **facts: Any) -> Person:
        given = {"role": "student", "given_name": name.title(), "family_name": "Ash", "email": f"{name}@southgate.example"}
        made = Person(id=person_id(school, f"mis-{name}"), mis_id=f"mis-{name}", **{**given, **facts})
        made = with_keys(made, self.federate.lookup_key(school))
        if made.email_typed is not None:
            made = replace(made, email_typed=made.email_key)
        self.system.wiring("read_roster").directory(school).put_new([made])
        return made

    def person(self, person: Person | str, school: str = "southgate") -> Person:
        found = self.federate.directory(school).person(person if isinstance(person, str) else person.id)
        assert found is not None
        return found

    def enter(self, proof: Proof, connection: Connection = MINE, **came: str) -> Opened | Asked | Refused:
        return enter(self.federate, connection, proof, Visit(**came))

    def let_in(self, proof: Proof, connection: Connection = MINE) -> Person:
        found = self.enter(proof, connection)
        assert isinstance(found, Opened), found
        assert who(self.portal, found.token).person.id == found.who.person.id
        return found.who.person

    def refused(self, proof: Proof, connection: Connection = MINE) -> str:
        found = self.enter(proof, connection)
        assert isinstance(found, Refused), found
        return found.reason


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with running_system(moto=on_moto(request)) as system:
        made = World(system, system.wiring("federate"))
        yield made


def proof(sub: str = "sub-ann", name: str = "ann", **facts: Any) -> Proof:
    made = {
        "school": "southgate",
        "connection": "google",
        "kind": "google",
        "issuer": GOOGLE,
        "tenant": "southgate.example",
        "subject": sub,
        "email": f"{name}@southgate.example",
        "email_verified": True,
        "given_name": name.title(),
        "family_name": "Ash",
        "at": 1_795_000_000,
    }
    return Proof(**{**made, **facts})


def actions(world: World, school: str = "southgate") -> list[str]:
    return [event["action"] for event in world.system.wiring("console").audit(school).page()[0]]


def test_the_first_time_somebody_is_matched_and_then_the_subject_counts_alone(world: World) -> None:
    world.school()
    ann, ben = world.add("ann"), world.add("ben")
    assert world.let_in(proof()).id == ann.id
    (link,) = world.person(ann).sso
    assert (link.connection, link.issuer, link.made) == ("google", GOOGLE, False)
    # From now on whatever the provider says of the address leads to nobody else.
    assert world.let_in(proof(name="ben")).id == ann.id
    assert world.let_in(proof(email=None)).id == ann.id
    assert world.person(ben).sso == ()
    assert actions(world).count("sso.linked") == 1


def test_a_re_registered_domain_brings_the_address_and_not_the_account(world: World) -> None:
    world.school()
    ann = world.add("ann")
    world.let_in(proof())
    assert world.refused(proof("sub-somebody-else")) == "other_account"
    found = world.enter(proof("sub-somebody-else"))
    assert isinstance(found, Refused)
    assert (found.account, found.linked_at) == ("ann@southgate.example", world.system.clock.now)
    assert world.let_in(proof()).id == ann.id


def test_unlink_lets_an_account_that_was_made_anew_in_and_ends_what_the_old_one_had(world: World) -> None:
    school = world.school()
    ann, head = world.add("ann"), world.add("head", role="teacher", is_admin=True)
    old = world.enter(proof())
    assert isinstance(old, Opened)
    console = world.system.wiring("console")
    unlink_sso(console, school.slug, head, ann.id)
    with pytest.raises(NotSignedIn):
        who(world.portal, old.token)
    assert world.person(ann).sso == ()
    assert world.federate.sso_links("southgate").get(account_key(GOOGLE, "sub-ann")) is None
    assert world.let_in(proof("sub-new")).id == ann.id
    assert world.refused(proof("sub-ann")) == "other_account"
    with pytest.raises(Conflict):
        unlink_sso(console, school.slug, head, head.id)
    assert "sso.unlinked" in actions(world)


def test_another_schools_provider_never_opens_this_one(world: World) -> None:
    """The same issuer, tenant, subject and address: the school of the attempt decides, and its own connection."""
    world.school()
    world.school("northbridge")
    ann, other = world.add("ann"), world.add("ann", "northbridge")
    assert world.let_in(proof()).id == ann.id
    assert world.let_in(proof(school="northbridge")).id == other.id
    elsewhere = replace(MINE, tenant=("northbridge.example",))
    foreign = proof("sub-2", school="northbridge", tenant="northbridge.example")
    assert world.refused(foreign) == "foreign"
    assert world.refused(foreign, elsewhere) == "off", "the settings say which tenant is pinned, not the caller"


@pytest.mark.parametrize("status", ["left", "disabled"])
def test_who_has_left_or_is_switched_off_does_not_come_in_and_comes_back_linked(world: World, status: str) -> None:
    world.school()
    ann = world.add("ann")
    world.let_in(proof())
    directory = world.system.wiring("console").directory("southgate")
    directory.change(ann.id, {"status": status})
    assert world.refused(proof()) == status
    directory.change(ann.id, {"status": "active"})
    assert world.let_in(proof()).id == ann.id


def test_roles_of_the_connection_bind_also_after_a_change_of_role(world: World) -> None:
    world.school()
    tom = world.add("tom", role="teacher")
    world.let_in(proof("sub-tom", "tom"))
    world.system.wiring("console").directory("southgate").change(tom.id, {"role": "staff"})
    assert world.refused(proof("sub-tom", "tom")) == "role"
    assert world.refused(proof("sub-pa", "pa")) == "unknown"
    world.add("pa", role="parent")
    assert world.refused(proof("sub-pa", "pa")) == "role"


def test_several_people_with_one_address_are_not_guessed_at(world: World) -> None:
    world.school()
    for name in ("ann", "amy"):
        world.add(name, email="family@southgate.example")
    assert world.refused(proof(email="family@southgate.example")) == "several"
    assert all(not world.person(person_id("southgate", f"mis-{name}")).sso for name in ("ann", "amy"))


def test_an_address_that_somebody_typed_and_nobody_confirmed_proves_nothing(world: World) -> None:
    world.school("southgate", replace(MINE, roles=("parent",)))
    world.add("ann", role="parent", email_typed="itself")
    assert world.refused(proof(), replace(MINE, roles=("parent",))) == "unconfirmed"


def test_entra_is_matched_by_what_it_has_and_never_for_a_guest(world: World) -> None:
    issuer = ENTRA.format(tenant=TID)
    entra = replace(MINE, name="entra", kind="entra", issuer=issuer, tenant=(TID,))
    world.school("southgate", entra)
    ann = world.add("ann")
    said: dict[str, Any] = {"connection": "entra", "kind": "entra", "issuer": issuer, "tenant": TID, "email_verified": False}
    pupil = proof(f"{TID}.oid-1", email=None, username="Ann@southgate.example", pairwise="pair", **said)
    assert world.refused(replace(pupil, guest=True), entra) == "guest"
    assert world.let_in(pupil, entra).id == ann.id
    account = world.federate.sso_links("southgate").get(account_key(issuer, f"{TID}.oid-1"))
    assert account is not None
    assert (account.person, account.pairwise) == (ann.id, "pair")


def test_a_mis_id_finds_its_person_also_through_a_merge(world: World) -> None:
    saml = replace(MINE, name="unify", kind="saml", issuer="https://sts.unify.example", tenant=(), match_on="mis_id")
    school = world.school("southgate", saml)
    keep, other = world.add("ann", email=None), world.add("anne", email=None)
    head = world.add("head", role="teacher", is_admin=True)
    said: dict[str, Any] = {"connection": "unify", "kind": "saml", "issuer": saml.issuer, "tenant": ""}
    merge_people(world.system.wiring("console"), school, head, keep.id, other.id)
    assert world.let_in(proof("pair-1", mis_id="mis-anne", **said), saml).id == keep.id


def test_merging_takes_links_along_and_undoing_gives_them_back(world: World) -> None:
    school = world.school()
    keep, other = world.add("ann"), world.add("anne")
    head = world.add("head", role="teacher", is_admin=True)
    world.let_in(proof())
    world.let_in(proof("sub-anne", "anne"))
    console = world.system.wiring("console")
    merge = merge_people(console, school, head, keep.id, other.id)
    assert world.let_in(proof("sub-anne", "anne")).id == keep.id
    assert world.let_in(proof()).id == keep.id
    undo_merge(console, school, head, merge.id)
    assert world.let_in(proof("sub-anne", "anne")).id == other.id
    assert world.let_in(proof()).id == keep.id
    assert [len(world.person(each).sso) for each in (keep, other)] == [1, 1]


def test_a_parents_account_gives_its_link_to_no_teacher(world: World) -> None:
    both = replace(MINE, roles=("teacher", "parent"))
    school = world.school("southgate", both)
    teacher, parent = world.add("tom", role="teacher"), world.add("tompa", role="parent")
    head = world.add("head", role="teacher", is_admin=True)
    world.let_in(proof("sub-pa", "tompa"), both)
    merge_people(world.system.wiring("console"), school, head, teacher.id, parent.id)
    assert world.refused(proof("sub-pa", "tompa"), both) == "unknown"


def test_who_is_erased_leaves_nothing_at_the_provider(world: World) -> None:
    school = world.school()
    ann, head = world.add("ann"), world.add("head", role="teacher", is_admin=True)
    world.let_in(proof())
    erase_person(world.system.wiring("console"), school, head, ann.id)
    assert world.federate.sso_links("southgate").get(account_key(GOOGLE, "sub-ann")) is None
    assert world.refused(proof()) == "unknown"


def test_nobody_is_made_unless_the_school_says_so_for_the_role(world: World) -> None:
    world.school()
    assert world.refused(proof("sub-new", "new")) == "unknown"
    creating = replace(MINE, creates=("student",))
    made = world.let_in(proof("sub-new", "new"), creating)
    assert (made.role, made.name, made.email) == ("student", "New Ash", "new@southgate.example")
    assert made.number is not None
    assert [each.made for each in made.sso] == [True]
    assert world.let_in(proof("sub-new", "renamed"), creating).id == made.id
    assert world.refused(proof("sub-nameless", "nameless", given_name=""), creating) == "unnamed"
    assert "sso.person_made" in actions(world)


def test_nobody_is_made_beside_somebody_who_has_their_mis_id(world: World) -> None:
    world.school()
    world.add("ann", email="other@southgate.example")
    creating = replace(MINE, creates=("student",))
    assert world.refused(proof(mis_id="mis-ann"), creating) == "unknown"


def test_a_member_of_staff_does_not_get_the_pupils_account_whose_mis_id_is_theirs_too(world: World) -> None:
    """In RM Unify ids of the MIS overlap between pupils and staff."""
    by_id = replace(MINE, match_on="mis_id")
    world.school("southgate", by_id)
    ann = world.add("ann")
    assert world.refused(proof("staff-1", mis_id="mis-ann", roles=("teacher",)), by_id) == "unknown"
    assert world.let_in(proof("pupil-1", mis_id="mis-ann", roles=("student",)), by_id).id == ann.id


@pytest.mark.parametrize("also", ["link_of", "make"])
def test_a_crash_or_a_second_try_at_once_leaves_both_sides_right(
    world: World, monkeypatch: pytest.MonkeyPatch, also: str
) -> None:
    """Another container has linked the same account between our reading and our writing: we look again, and let them in."""
    world.school()
    creating = replace(MINE, creates=("student",)) if also == "make" else MINE
    if also == "link_of":
        world.add("ann")
    links = type(world.federate.sso_links("southgate"))
    original = getattr(links, also)
    raced: list[int] = []

    def first_somebody_else(self: Any, *arguments: Any, **named: Any) -> Any:
        if not raced:
            raced.append(1)
            the_others = original(self, *arguments, **named)
            if also == "link_of":
                the_others[1][0][0].transact_with(the_others[1])
        return original(self, *arguments, **named)

    monkeypatch.setattr(links, also, first_somebody_else)
    person = world.let_in(proof(), creating)
    assert len(world.person(person).sso) == 1
    assert actions(world).count("sso.linked" if also == "link_of" else "sso.person_made") == 1


def test_of_two_accounts_that_match_one_person_at_once_one_is_linked(world: World) -> None:
    world.school()
    ann = world.add("ann")
    links = world.federate.sso_links("southgate")
    stale = world.person(ann)
    world.let_in(proof("sub-1"))
    event = world.federate.audit("southgate").record_of(ann.id, "sso.linked", 1, {})
    _, writes = links.link_of(stale, replace(world.person(ann).sso[0], key=account_key(GOOGLE, "sub-2")), None, event)
    with pytest.raises(Changed):
        writes[0][0].transact_with(writes)
    assert links.get(account_key(GOOGLE, "sub-2")) is None
    assert world.refused(proof("sub-2")) == "other_account"


def test_an_account_that_its_person_does_not_name_leads_nowhere(world: World) -> None:
    """A crash between taking a link off a person and deleting what is left of it."""
    world.school()
    ann, ben = world.add("ann"), world.add("ben")
    world.let_in(proof())
    world.system.wiring("console").directory("southgate").change(ann.id, {"sso": None})
    assert world.let_in(proof(name="ben")).id == ben.id
    assert world.person(ann).sso == ()


def test_a_new_sign_in_ends_the_session_that_the_browser_had(world: World) -> None:
    world.school()
    world.add("ann")
    world.add("ben")
    before = world.enter(proof())
    assert isinstance(before, Opened)
    after = world.enter(proof("sub-ben", "ben"), presented=(before.token,))
    assert isinstance(after, Opened)
    assert after.who.session.by == "google"
    with pytest.raises(NotSignedIn):
        who(world.portal, before.token)


@pytest.mark.parametrize("rule", ["no", "may", "must"])
def test_admins_come_in_where_the_school_lets_them(world: World, rule: str) -> None:
    world.school("southgate", MINE, sso={"admins": rule})
    head = world.add("head", role="teacher", is_admin=True)
    if rule == "no":
        assert world.refused(proof("sub-head", "head")) == "admin"
    else:
        assert world.let_in(proof("sub-head", "head")).id == head.id


def test_a_session_ends_with_its_connection_and_does_not_come_back_with_it(world: World) -> None:
    school = world.school()
    ann = world.add("ann")
    found = world.enter(proof())
    assert isinstance(found, Opened)

    def switch(*connections: Connection) -> None:
        now = world.system.wiring("console").schools.get(school.slug)
        assert now is not None
        sso = now.settings.sso.with_connections(each.public for each in connections)
        console = world.system.wiring("console")
        console.setting_changes.write(now, replace(now.settings, sso=sso), None, [], console.now())
        world.system.clock.now += 1

    other = replace(MINE, name="second", tenant=("other.example",))
    switch(MINE, other)
    assert who(world.portal, found.token).person.id == ann.id, "one more way in takes nobody's away"
    switch(other)
    with pytest.raises(NotSignedIn):
        who(world.portal, found.token)
    switch(MINE)
    with pytest.raises(NotSignedIn):
        who(world.portal, found.token)
    assert world.let_in(proof()).id == ann.id
