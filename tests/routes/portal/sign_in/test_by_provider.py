"""Who has come in by the school's own provider: what their account shows, what is asked of them again, and what opens nothing."""

from dataclasses import replace
from typing import Any

import pytest

import console.system
from console.app import app as console_app
from latchkey.people.model.person import Person
from latchkey.schools.model.school import PublicConnection, School, SingleSignOn
from latchkey.sign_in.steps import Asked, Opened, Visit
from latchkey.sso.enter import Refused, enter
from latchkey.sso.model.connection import GOOGLE, Connection
from latchkey.sso.model.proof import Proof
from tests.support.gateway import Gateway
from tests.support.portal import PASSWORD, Portal

MINE = Connection(
    name="google",
    kind="google",
    label="Sign in with Google",
    roles=("student", "teacher"),
    issuer=GOOGLE,
    tenant=("northbridge.example",),
    proves_second_factor=True,
)


def connect(portal: Portal, *connections: PublicConnection, **facts: Any) -> School:
    """Switch a school's connections on or off, as the console does."""
    wiring = portal.system.wiring("console")
    school = wiring.schools.get("northbridge")
    assert school is not None
    sso = replace(school.settings.sso, **facts).with_connections(connections)
    wiring.setting_changes.write(school, replace(school.settings, sso=sso), None, [], wiring.now())
    portal.system.clock.now += 61
    return school


def come_in(portal: Portal, name: str, *, strong: bool = False, **came: str) -> Opened | Asked | Refused:
    wiring = portal.system.wiring("federate")
    proof = Proof(
        school="northbridge",
        connection="google",
        kind="google",
        issuer=GOOGLE,
        tenant="northbridge.example",
        subject=f"sub-{name}",
        email=f"{name}@northbridge.example",
        email_verified=True,
        strong=strong,
        at=wiring.now(),
    )
    return enter(wiring, MINE, proof, Visit(**came))


def session(portal: Portal, name: str, *, strong: bool = False) -> str:
    found = come_in(portal, name, strong=strong)
    assert isinstance(found, Opened), found
    return found.token


def person(portal: Portal, name: str, **facts: Any) -> Person:
    return portal.add(name, email=f"{name}@northbridge.example", **facts)


def status(portal: Portal, token: str) -> int:
    code: int = portal.get("/account", Authorization=f"Bearer {token}").status_code
    return code


def test_the_account_says_with_what_they_sign_in_and_has_no_form_for_a_password(portal: Portal) -> None:
    person(portal, "ann")
    connect(portal, MINE.public)
    token = session(portal, "ann")
    text = portal.page("/account", Cookie=f"__Host-latchkey={token}").body.decode()
    assert "<dt>Signed in with</dt><dd><bdi>Sign in with Google</bdi></dd>" in text
    assert 'action="/account/password"' not in text
    refused = portal.post("/account/password", {"current": PASSWORD, "password": "x" * 20}, Authorization=f"Bearer {token}")
    assert refused.status_code == 409


def test_switching_on_ends_password_link_and_session_at_once_and_off_gives_the_password_back(portal: Portal) -> None:
    ann = person(portal, "ann")
    link, before = portal.token(ann), portal.sign_in("ann").json_body["token"]
    connect(portal, MINE.public)
    assert status(portal, before) == 401
    assert portal.sign_in("ann").status_code == 401
    assert portal.post("/password-links/use", {"token": link, "password": "x" * 20}).status_code == 410
    by_provider = session(portal, "ann")
    assert status(portal, by_provider) == 200
    connect(portal)
    assert (status(portal, before), status(portal, by_provider)) == (401, 401)
    assert portal.sign_in("ann").status_code == 201, "the way back: what they had set is theirs again"
    assert isinstance(come_in(portal, "ann"), Refused)


def test_the_public_page_has_a_button_for_each_provider_and_role(portal: Portal) -> None:
    unify = PublicConnection(name="unify", kind="saml", label="RM Unify", roles=("parent",), issuer="https://sts.example")
    connect(portal, MINE.public, unify)
    ways = portal.get("/schools/northbridge").json_body["ways"]
    assert [(each["kind"], each["roles"], each["url"]) for each in ways] == [
        ("single_sign_on", ["student", "teacher"], "/schools/northbridge/sso/google"),
        ("single_sign_on", ["parent"], "/schools/northbridge/sso/unify"),
        ("password", ["staff"], "/schools/northbridge/sessions"),
    ]
    for page in ("", "/sessions", "/forgot-password", "/redeem"):
        text = portal.page(f"/schools/northbridge{page}").body.decode()
        assert 'href="/schools/northbridge/sso/google"' in text
        assert 'href="/schools/northbridge/sso/unify"' in text


@pytest.fixture
def head(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Person:
    """An admin whom the school asks for a second factor: their second day, and a send was started."""
    monkeypatch.setattr(console.system, "wiring", portal.system.wiring)
    then = portal.wiring.now() - 10 * 86_400
    return person(portal, "head", role="teacher", is_admin=True, admin_since=then, first_send_at=then)


def admin(portal: Portal, token: str, path: str = "people", method: str = "get") -> tuple[int, str]:
    said = {"Accept": "application/json", "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = {"body": b"{}"} if method == "post" else {}
    answer = getattr(Gateway(console_app), method)(f"/admin/northbridge/{path}", headers=said, **body)
    return answer.status_code, answer.json_body.get("code", "") if answer.status_code >= 400 else ""


def test_our_second_factor_is_asked_all_the_same_unless_the_provider_proves_one(portal: Portal, head: Person) -> None:
    connect(portal, MINE.public)
    assert admin(portal, session(portal, "head")) == (403, "second_factor_needed")
    strong = session(portal, "head", strong=True)
    assert admin(portal, strong)[0] == 200
    portal.system.clock.now += 901
    assert admin(portal, strong, "codes/void", "post") == (403, "confirm_again")
    portal.system.clock.now += 1
    assert admin(portal, session(portal, "head", strong=True), "codes/void", "post")[0] == 422, "asked, and answered there"


def test_who_has_a_factor_of_ours_shows_it_after_the_provider(portal: Portal, head: Person) -> None:
    connect(portal, MINE.public)
    token = session(portal, "head")
    auth = {"Authorization": f"Bearer {token}"}
    begun = portal.post("/account/second-factors", {"way": "totp", "current": PASSWORD}, **auth)
    assert begun.status_code == 201, begun.body
    import pyotp

    code = pyotp.TOTP(begun.json_body["secret"]).at(int(portal.system.clock.now))
    done = portal.post(f"/account/second-factors/{begun.json_body['id']}/confirm", {"code": code}, **auth)
    assert done.status_code == 201, done.body
    assert isinstance(come_in(portal, "head"), Asked)
    assert isinstance(come_in(portal, "head", strong=True), Opened)


def test_a_first_factor_without_a_password_needs_a_fresh_sign_in_there(portal: Portal) -> None:
    portal.add("head", role="teacher", is_admin=True, password=None, email="head@northbridge.example")
    connect(portal, MINE.public)
    token = session(portal, "head")
    auth = {"Authorization": f"Bearer {token}"}
    assert portal.post("/account/second-factors", {"way": "totp"}, **auth).status_code == 201
    portal.system.clock.now += 901
    late = portal.post("/account/second-factors", {"way": "totp"}, **auth)
    assert (late.status_code, late.json_body["code"]) == (403, "confirm_again")
    page = portal.submit("/account/second-factors", {"way": "totp"}, Cookie=f"__Host-latchkey={token}").body.decode()
    assert 'href="/schools/northbridge/sso/google?again=1"' in page
    assert "Your password" not in page


def test_a_password_that_sleeps_confirms_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.system, "wiring", portal.system.wiring)
    person(portal, "head", role="teacher", is_admin=True)
    connect(portal, MINE.public, admins="must")
    token = session(portal, "head")
    said = portal.post("/account/confirm", {"password": PASSWORD}, Authorization=f"Bearer {token}")
    assert said.status_code == 422
    assert portal.sign_in("head").status_code == 401


def test_where_admins_must_those_alone_keep_a_password_whom_the_school_has_named(portal: Portal) -> None:
    head = person(portal, "head", role="teacher", is_admin=True)
    person(portal, "deputy", role="teacher", is_admin=True)
    tokens = [portal.sign_in(name).json_body["token"] for name in ("head", "deputy")]
    connect(portal, MINE.public, admins="must", local_admins=(head.id,))
    assert [status(portal, each) for each in tokens] == [200, 401]
    assert [portal.sign_in(name).status_code for name in ("head", "deputy")] == [201, 401]
    assert SingleSignOn().admins == "may"


def test_on_a_shared_computer_the_next_child_gets_nothing_of_the_last_one(portal: Portal) -> None:
    person(portal, "ann")
    person(portal, "ben")
    connect(portal, MINE.public)
    first = session(portal, "ann")
    found = come_in(portal, "ben", presented=(first,))
    assert isinstance(found, Opened)
    assert (status(portal, first), found.who.person.username) == (401, "ben")
    page = portal.page("/account", Cookie=f"__Host-latchkey={found.token}")
    assert page.headers["Cache-Control"] == "no-store"
    portal.system.clock.now += 3_601
    assert status(portal, found.token) == 401, "an hour without a click ends a pupil's session"
