"""Whose account a proof opens, with plain values."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.people.model.person import Person, Role, SsoLink
from latchkey.schools.model.school import School, Settings, SingleSignOn
from latchkey.sso.model.connection import ENTRA, GOOGLE, Connection
from latchkey.sso.model.keys import account_key
from latchkey.sso.model.matching import Sought, chosen, made_as, may_be, shut, sought, unfit
from latchkey.sso.model.proof import Proof

NOW = 1_795_000_000
TID = "11111111-2222-3333-4444-555555555555"
OTHER_TID = "99999999-2222-3333-4444-555555555555"


def connection(kind: Any = "google", **facts: Any) -> Connection:
    issuer = {"google": GOOGLE, "entra": ENTRA.format(tenant=TID)}.get(kind, "https://id.southgate.example")
    tenant = {"google": ("southgate.example",), "entra": (TID,)}.get(kind, ())
    made = {
        "name": kind,
        "kind": kind,
        "label": "Go",
        "roles": ("student", "teacher"),
        "on": True,
        "issuer": issuer,
        "tenant": tenant,
    }
    return Connection(**{**made, **facts})


def school(*connections: Connection, **facts: Any) -> School:
    sso = SingleSignOn(**facts.pop("sso", {})).with_connections(each.public for each in connections)
    return School(slug="southgate", name="Southgate", settings=Settings(sso=sso, **facts))


def proof(of: Connection, **facts: Any) -> Proof:
    tenant = of.tenant[0] if of.tenant else ""
    made = {
        "school": "southgate",
        "connection": of.name,
        "kind": of.kind,
        "issuer": of.issuer,
        "tenant": tenant,
        "subject": f"{tenant}.oid-1" if of.kind == "entra" else "sub-1",
        "email": "ann@southgate.example",
        "email_verified": of.kind != "entra",
        "at": NOW,
    }
    return Proof(**{**made, **facts})


def person(**facts: Any) -> Person:
    made = {"id": "p" * 20, "role": "student", "given_name": "Ann", "family_name": "Ash", "email": "ann@southgate.example"}
    return Person(**{**made, **facts})


@pytest.mark.parametrize("kind", ["google", "entra", "oidc", "saml"])
def test_a_proof_of_the_connection_in_force_fits(kind: Any) -> None:
    mine = connection(kind)
    assert unfit(school(mine), mine, proof(mine)) is None


@pytest.mark.parametrize("kind", ["google", "entra", "oidc", "saml"])
@pytest.mark.parametrize(
    "other",
    [
        {"school": "northbridge"},
        {"connection": "other"},
        {"kind": "oidc-no"},
        {"issuer": "https://evil.example"},
        {"issuer": ENTRA.format(tenant=OTHER_TID)},
        {"subject": ""},
    ],
)
def test_what_is_of_another_school_connection_or_issuer_never_fits(kind: Any, other: dict[str, Any]) -> None:
    mine = connection(kind)
    assert unfit(school(mine), mine, proof(mine, **other)) == "foreign"


def test_a_connection_that_is_off_or_has_another_version_lets_nobody_in() -> None:
    mine = connection()
    assert unfit(school(), mine, proof(mine)) == "off"
    assert unfit(school(replace(mine, version=2)), mine, proof(mine)) == "off"


@pytest.mark.parametrize(
    ("mine", "facts"),
    [
        (connection("google"), {"tenant": ""}),
        (connection("google"), {"tenant": "evil.example"}),
        (connection("google", tenant=()), {"tenant": ""}),
        (connection("entra"), {"tenant": OTHER_TID, "subject": f"{OTHER_TID}.oid-1"}),
        (connection("entra"), {"subject": f"{OTHER_TID}.oid-1"}),
        (connection("entra"), {"subject": "oid-1"}),
        (connection("entra", tenant=()), {"tenant": TID, "subject": f"{TID}.oid-1"}),
        (connection("saml", tenant=("southgate.example",)), {"tenant": ""}),
        (connection("oidc", issuer=GOOGLE), {}),
        (connection("oidc", issuer=ENTRA.format(tenant=TID)), {}),
    ],
)
def test_an_account_that_is_not_of_the_pinned_tenant_never_fits(mine: Connection, facts: dict[str, Any]) -> None:
    assert unfit(school(mine), mine, proof(mine, **facts)) == "foreign"


TEXTS = st.one_of(
    st.just(""),
    st.sampled_from(["southgate", "northbridge", GOOGLE, TID, OTHER_TID, "southgate.example", "google", "entra", f"{TID}.oid-1"]),
    st.sampled_from([ENTRA.format(tenant=TID), ENTRA.format(tenant=OTHER_TID), f"{GOOGLE}/", "accounts.google.com"]),
    st.text(max_size=12),
)


@given(
    kind=st.sampled_from(["google", "entra", "oidc", "saml"]),
    facts=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("school", "connection", "kind", "issuer", "tenant", "subject"), TEXTS),  # type: ignore[arg-type]
    ),
)
def test_whatever_fits_is_of_this_school_this_issuer_and_this_tenant(kind: Any, facts: dict[str, str]) -> None:
    mine = connection(kind)
    tried = proof(mine, **facts)
    if unfit(school(mine), mine, tried) is None:
        assert (tried.school, tried.connection, tried.kind, tried.issuer) == ("southgate", mine.name, mine.kind, mine.issuer)
        assert tried.subject
        assert not mine.tenant or tried.tenant.lower() in mine.tenant
        assert kind != "entra" or tried.subject.startswith(f"{tried.tenant}.")


def test_an_address_counts_only_where_the_provider_answers_for_it() -> None:
    google, entra, saml = connection("google"), connection("entra"), connection("saml")
    assert sought(school(google), google, proof(google)) == Sought("email", ("ann@southgate.example",))
    assert sought(school(google), google, proof(google, email_verified=False)) == "unproved"
    assert sought(school(google), google, proof(google, email=None)) == "unproved"
    assert sought(school(entra), entra, proof(entra)) == Sought("email", ("ann@southgate.example",))
    no_mail = proof(entra, email=None, username="Ann@Southgate.example")
    assert sought(school(entra), entra, no_mail) == Sought("email", ("ann@southgate.example",))
    assert sought(school(entra), entra, proof(entra, guest=True)) == "guest"
    assert sought(school(saml), saml, proof(saml, email_verified=False)) == Sought("email", ("ann@southgate.example",))


def test_a_username_may_stand_before_a_domain_of_the_school_and_before_no_other() -> None:
    mine = connection("google", match_on="username")
    at = school(mine, student_domains="pupils.southgate.example")
    found = [
        sought(at, mine, proof(mine, username=name))
        for name in ("a.ash", "a.ash@southgate.example", "a.ash@pupils.southgate.example", "a.ash@evil.example", None)
    ]
    assert found == [Sought("username", ("a.ash",))] * 3 + ["unproved"] * 2


def test_a_mis_id_counts_in_the_form_that_rosters_have() -> None:
    mine = connection("saml", match_on="mis_id")
    found = [sought(school(mine), mine, proof(mine, mis_id=each)) for each in (" S123 ", "", None, "x" * 65, "S 1")]
    assert found == [Sought("mis_id", ("S123",)), "unproved", "unproved", "unproved", "unproved"]


KEY = account_key(GOOGLE, "sub-1")


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ([], "unknown"),
        ([person(role="staff")], "role"),
        ([person(status="left")], "left"),
        ([person(status="disabled")], "disabled"),
        ([person(), person(id="q" * 20)], "several"),
        ([person(role="parent", email_typed="k", email_key="k")], "role"),
        ([person(email_typed="k", email_key="k")], "unconfirmed"),
        ([person(provisional_until=NOW - 1, email_typed="k", email_key="k")], "left"),
        ([person(sso=(SsoLink(connection="google", issuer=GOOGLE, key="other", linked_at=1),))], "other_account"),
    ],
)
def test_nobody_is_guessed(people: list[Person], reason: str) -> None:
    mine = connection()
    assert chosen(people, school(mine), mine, KEY, NOW) == reason


def test_of_those_who_share_an_address_the_one_who_uses_this_sign_in_is_meant() -> None:
    mine = connection(roles=("teacher",))
    teacher, parent = person(role="teacher"), person(id="q" * 20, role="parent")
    gone = person(id="r" * 20, role="teacher", status="left")
    assert chosen([parent, teacher, gone], school(mine), mine, KEY, NOW) is teacher


def test_a_link_at_another_issuer_is_in_nobodys_way_and_ones_own_neither() -> None:
    mine = connection()
    elsewhere = person(sso=(SsoLink(connection="entra", issuer=ENTRA.format(tenant=TID), key="x", linked_at=1),))
    own = person(sso=(SsoLink(connection="google", issuer=GOOGLE, key=KEY, linked_at=1),))
    assert chosen([elsewhere], school(mine), mine, KEY, NOW) is elsewhere
    assert chosen([own], school(mine), mine, KEY, NOW) is own


@pytest.mark.parametrize(("rule", "reason"), [("no", "admin"), ("may", None), ("must", None)])
def test_admins_come_in_where_the_school_lets_them(rule: str, reason: str | None) -> None:
    mine = connection()
    at = school(mine, sso={"admins": rule})
    assert shut(person(role="teacher", is_admin=True), at, mine, NOW) == reason


@pytest.mark.parametrize(
    ("creates", "email", "domains", "role"),
    [
        ((), "n@southgate.example", {}, None),
        (("student",), "n@southgate.example", {}, "student"),
        (("student",), "n@staff.example", {"student_domains": "southgate.example"}, None),
        (("teacher",), "n@southgate.example", {}, None),
        (("teacher",), "n@staff.example", {"staff_domains": "staff.example"}, "teacher"),
        (("teacher",), "n@one.example", {"staff_domains": "one.example", "student_domains": "one.example"}, None),
        (
            ("student", "teacher"),
            "n@staff.example",
            {"staff_domains": "staff.example", "student_domains": "p.example"},
            "teacher",
        ),
        (("student", "teacher"), "n@staff.example", {"staff_domains": "staff.example"}, None),
        (("parent",), "n@southgate.example", {}, None),  # no role of this connection
    ],
)
def test_somebody_is_made_only_as_what_the_school_and_their_address_say(
    creates: tuple[Role, ...], email: str, domains: dict[str, str], role: Role | None
) -> None:
    mine = connection(creates=creates)
    new = proof(mine, email=email, given_name="Nia", family_name="Ní Bhriain")
    assert made_as(school(mine, **domains), mine, new) == (role, "unknown")


@pytest.mark.parametrize(
    ("creates", "roles", "role"),
    [
        (("student", "teacher", "staff"), ("teacher",), "teacher"),
        (("student", "teacher", "staff"), ("student",), "student"),
        (("student",), ("teacher",), None),
        (("student", "staff"), ("teacher", "staff"), "staff"),
        (("teacher", "staff"), ("teacher", "staff"), None),
        (("student", "teacher"), (), None),
    ],
)
def test_where_the_provider_says_what_somebody_is_no_address_does(
    creates: tuple[Role, ...], roles: tuple[Role, ...], role: Role | None
) -> None:
    mine = connection("saml", creates=creates, roles=("student", "teacher", "staff"))
    new = proof(mine, email="n@students.example", given_name="Nia", family_name="Ash", roles=roles)
    assert made_as(school(mine, student_domains="students.example"), mine, new) == (role, "unknown")


@pytest.mark.parametrize(
    ("roles", "role", "found"),
    [
        (None, "student", True),
        ((), "student", True),
        (("student",), "student", True),
        (("student",), "staff", False),
        (("teacher",), "student", False),
        (("teacher",), "staff", True),
        (("parent",), "student", False),
    ],
)
def test_a_child_is_no_adult_whatever_id_they_share(roles: tuple[Role, ...] | None, role: Role, found: bool) -> None:
    assert may_be(person(role=role), proof(connection("saml"), roles=roles)) is found


@pytest.mark.parametrize("name", ["", "  ", "www.evil.example", "x" * 51, "<b>"])
def test_nobody_is_made_with_what_is_no_name(name: str) -> None:
    mine = connection(creates=("student",))
    assert made_as(school(mine), mine, proof(mine, given_name=name, family_name="Ash")) == (None, "unnamed")
