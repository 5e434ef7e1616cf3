"""Another address of one's own: asked for here, confirmed by a link that is mailed there."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latchkey.password_links.model import links
from latchkey.people.model.person import Person
from latchkey.people.model.unconfirmed import WAITS
from latchkey.schools.model.school import Settings
from latchkey.sign_in.stamps import confirmation_stamp
from tests.support.portal import PASSWORD, Portal

NEW = "new@home.example"


def signed_in(portal: Portal, **facts: Any) -> tuple[Person, dict[str, str]]:
    ann = portal.add("ann", **{"email": "ann@home.example", **facts})
    return ann, {"Authorization": f"Bearer {portal.sign_in('ann').json_body['token']}"}


def ask(portal: Portal, headers: dict[str, str], email: Any = NEW, current: str = PASSWORD) -> Any:
    return portal.post("/account/email", {"email": email, "current": current}, **headers)


def mailed(portal: Portal, person: Person, address: str, life: int = WAITS) -> str:
    """The token that a mail to this address would hold now."""
    person = portal.person(person)
    stamp = confirmation_stamp(person, address, portal.wiring.lookup_key("northbridge"))
    return portal.token(person, purpose="confirm", stamp=stamp, life=life)


def confirm(portal: Portal, token: str) -> Any:
    return portal.post("/confirmations/use", {"token": token})


def test_it_is_asked_for_and_confirmed_and_both_addresses_are_told(portal: Portal) -> None:
    ann, headers = signed_in(portal)
    answer = ask(portal, headers, " New@Home.example ")
    assert answer.status_code == 202, answer.body
    assert portal.person(ann).email == "ann@home.example", "nothing has changed yet"
    (message,) = portal.requests()
    assert (message["kind"], message["person"]) == ("confirm_address", ann.id)
    assert "home.example" not in str(message)
    seen = portal.get("/account/email", **headers).json_body
    assert seen == {"email": "ann@home.example", "is_confirmed": True, "ends_at": None, "new_email": NEW}
    token = mailed(portal, ann, NEW)
    assert portal.post("/confirmations/check", {"token": token}).json_body["kind"] == "change"
    assert confirm(portal, token).json_body["outcome"] == "changed"
    now = portal.person(ann)
    assert (now.email, now.new_email, now.former_email and now.former_email.email) == (NEW, None, "ann@home.example")
    assert portal.get("/account", **headers).status_code == 401, "every session ends"
    assert portal.sign_in(NEW).status_code == 201
    assert portal.sign_in("ann@home.example").status_code == 401
    assert confirm(portal, token).json_body["code"] == "used"


@pytest.mark.parametrize("address", ["ben@home.example", "nobody@home.example", "boss@home.example"])
def test_the_answer_is_the_same_whoever_has_the_address(portal: Portal, address: str) -> None:
    portal.add("ben", email="ben@home.example")
    portal.add("boss", role="staff", email="boss@home.example", is_admin=True)
    _, headers = signed_in(portal)
    answer = ask(portal, headers, address)
    assert answer.status_code == 202
    assert answer.body == ask(portal, headers).body
    assert len(portal.requests()) == 2


@pytest.mark.parametrize(
    ("email", "current", "fields"),
    [
        ("", "", ["email", "current"]),
        ("no address", PASSWORD, ["email"]),
        ("ann@home.example", PASSWORD, ["email"]),
        (NEW, "wrong-password-here", ["current"]),
        (NEW, "", ["current"]),
        ("x" * 400, PASSWORD, ["email"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once(portal: Portal, email: str, current: str, fields: list[str]) -> None:
    ann, headers = signed_in(portal)
    answer = ask(portal, headers, email, current)
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, fields)
    assert portal.person(ann).new_email is None
    assert portal.requests() == []


@pytest.mark.parametrize(
    ("rules", "role", "email", "status"),
    [
        (Settings(student_email="none"), "student", NEW, 422),
        (Settings(student_email="none"), "parent", NEW, 202),
        (Settings(student_domains="school.example"), "student", NEW, 422),
        (Settings(student_domains="school.example"), "student", "ann@school.example", 202),
        (Settings(staff_domains="school.example"), "parent", NEW, 202),
    ],
)
def test_the_schools_rules_hold(portal: Portal, rules: Settings, role: str, email: str, status: int) -> None:
    _, headers = signed_in(portal, role=role)
    portal.system.wiring("console").schools.change(replace(portal.schools["northbridge"], settings=rules))
    assert ask(portal, headers, email).status_code == status


def test_it_is_taken_back_and_dies_with_a_new_password_and_with_time(portal: Portal) -> None:
    ann, headers = signed_in(portal)
    ask(portal, headers)
    token = mailed(portal, ann, NEW)
    assert portal.post("/account/email/cancel", {}, **headers).status_code == 204
    assert portal.post("/account/email/cancel", {}, **headers).status_code == 204
    assert confirm(portal, token).json_body["code"] == "replaced"
    ask(portal, headers)
    token = mailed(portal, ann, NEW, life=WAITS + 99)
    portal.system.clock.now += WAITS
    assert confirm(portal, token).json_body["code"] == "replaced"
    assert portal.sign_in("ann").status_code == 201
    assert portal.person(ann).new_email is None, "it is forgotten at the next sign-in"
    headers = {"Authorization": f"Bearer {portal.sign_in('ann').json_body['token']}"}
    ask(portal, headers)
    token = mailed(portal, ann, NEW)
    changed = portal.post("/account/password", {"current": PASSWORD, "password": "violet-kettle-77-north"}, **headers)
    assert changed.status_code == 204
    assert confirm(portal, token).json_body["code"] == "replaced"
    assert portal.person(ann).email == "ann@home.example"


def test_an_admins_address_is_nobody_elses(portal: Portal) -> None:
    portal.add("boss", role="staff", email="boss@home.example", is_admin=True)
    ann, headers = signed_in(portal)
    ask(portal, headers, "boss@home.example")
    answer = confirm(portal, mailed(portal, ann, "boss@home.example"))
    assert (answer.status_code, answer.json_body["code"]) == (409, "admins_address")
    assert portal.person(ann).email == "ann@home.example"


def test_an_unconfirmed_address_is_corrected_and_hears_nothing(portal: Portal) -> None:
    ann, headers = signed_in(portal)
    typed = {"email_typed": portal.person(ann).email_key}
    portal.system.wiring("read_roster").directory("northbridge").change(ann.id, typed)
    ask(portal, headers)
    assert confirm(portal, mailed(portal, ann, NEW)).json_body["outcome"] == "changed"
    now = portal.person(ann)
    assert not now.address_is_unconfirmed
    assert now.former_email is not None
    assert now.former_email.email == ""


def test_the_mail_is_sent_again_while_something_waits(portal: Portal) -> None:
    _, headers = signed_in(portal)
    assert portal.post("/account/confirmation", {}, **headers).status_code == 202
    assert portal.requests() == []
    ask(portal, headers)
    portal.requests()
    assert portal.post("/account/confirmation", {}, **headers).status_code == 202
    (message,) = portal.requests()
    assert message["kind"] == "confirm_address"


def test_the_page_asks_and_says_what_was_done(portal: Portal) -> None:
    _, headers = signed_in(portal)
    cookie = {"Cookie": f"__Host-latchkey={headers['Authorization'][7:]}"}
    wrong = portal.submit("/account/email", {"email": "x", "current": ""}, **cookie)
    assert wrong.status_code == 422
    assert 'href="#email"' in wrong.body.decode()
    done = portal.submit("/account/email", {"email": NEW, "current": PASSWORD}, **cookie)
    assert (done.status_code, done.headers["Location"]) == (303, "/account?done=email")
    page = portal.page("/account?done=email", **cookie).body.decode()
    assert "You asked for" in page
    assert NEW.replace("@", "@") in page.replace("<wbr>", "")


def test_nobody_who_is_not_signed_in_asks(portal: Portal) -> None:
    for path in ("/account/email", "/account/email/cancel", "/account/confirmation"):
        assert portal.post(path, {"email": NEW, "current": PASSWORD}).status_code == 401


STEPS = st.lists(st.sampled_from(["own", "victim", "confirm own", "confirm victim", "cancel"]), min_size=2, max_size=9)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_address_is_always_the_one_that_the_confirmed_token_was_mailed_to(portal: Portal, steps: list[str]) -> None:
    """Whoever asks for their own address and for a victim's by turns only ever gets the one whose mailbox they read."""
    ann = portal.person(portal.add("ann", email="ann@home.example"))
    own, victim = "own@home.example", "victim@home.example"
    tokens = dict[str, str]()
    for step in steps:
        headers = {"Authorization": f"Bearer {portal.sign_in('ann').json_body['token']}"}
        if step in {"own", "victim"}:
            address = own if step == "own" else victim
            if ask(portal, headers, address).status_code == 202:
                tokens[step] = mailed(portal, ann, address)
        elif step == "cancel":
            portal.post("/account/email/cancel", {}, **headers)
        elif (token := tokens.get(step.removeprefix("confirm "))) is not None:
            done = confirm(portal, token)
            if done.status_code == 200:
                assert portal.person(ann).email == (own if step == "confirm own" else victim)
    portal.requests()


def test_five_hundred_interleavings_of_two_wishes_and_a_confirmation(portal: Portal) -> None:
    """Threads: while the wish changes to and fro, the token of one's own mailbox is used; the victim's address never gets in."""
    ann, headers = signed_in(portal)
    own, victim = "own@home.example", "victim@home.example"
    directory = portal.wiring.directory("northbridge")
    found = set[str | None]()
    for _ in range(100):
        ann = portal.person(ann)
        stamp = confirmation_stamp(ann, own, portal.wiring.lookup_key("northbridge"))
        token = links.token(
            links.Link("confirm", "northbridge", ann.id, portal.wiring.now() + 99, ann.version, stamp),
            portal.wiring.link_key("northbridge"),
        )

        def wish(ann: Person = ann) -> None:
            for address in (own, victim, own, victim, own):
                value = {"email": address, "at": portal.wiring.now(), "version": ann.version}
                directory.change(ann.id, {"new_email": value})

        threads = [threading.Thread(target=wish), threading.Thread(target=confirm, args=(portal, token))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found.add(portal.person(ann).email)
        directory.change(ann.id, {"email": "ann@home.example", "email_key": ann.email_key, "new_email": None, "used_link": None})
    assert found <= {"ann@home.example", own}
    assert headers
