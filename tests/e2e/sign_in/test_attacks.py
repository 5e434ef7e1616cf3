"""Attacks on sign-in, played against the deployed stack at a school of one's own; clients come from addresses of their own."""

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from infra.local.waiting import wait_for
from infra.operator import invite_admin_event, make_school_event, operate
from tests.e2e.client import Product, links_in

pytestmark = pytest.mark.e2e
PASSWORD = "five calm otters swim"
SSO = {"roles": ["teacher"], "label": "Our own sign-in", "url": "https://sso.attacked.example/in"}


@dataclass
class Attacked:
    """A school with one admin and, for each test, a teacher, whose tries no other test has spent; all have a password."""

    product: Product
    slug: str
    head: Product
    teacher: str = ""

    def path(self, rest: str) -> str:
        return f"/admin/{self.slug}/{rest}"

    def sign_in(self, identifier: str, password: str) -> Any:
        """The answer to somebody who comes from a line of their own."""
        somebody = Product(self.product.stack)
        return somebody.http.post(f"/schools/{self.slug}/sessions", json={"identifier": identifier, "password": password})

    def gets_in(self, identifier: str) -> bool:
        """Whether the right password opens anything. Settings that are a minute old may still hand out a session, a dead one."""
        answer = self.sign_in(identifier, PASSWORD)
        bearer = {"Authorization": f"Bearer {answer.json().get('token')}"}
        return answer.status_code == 201 and self.product.http.get("/account", headers=bearer).status_code == 200

    def links(self, email: str) -> list[str]:
        """All links that were mailed there, the newest first; other mails, of failed sign-ins, may come at any time."""
        return [link for mail in self.product.mails(email) for link in links_in(mail)]

    def set_password(self, email: str, after: int = 0) -> None:
        """With the newest link that was mailed there, once there are more than ``after``."""
        links = wait_for(lambda: self.links(email), "a link", lambda found: len(found) > after)
        token = links[0].partition("#")[2]
        used = self.product.http.post("/password-links/use", json={"token": token, "password": PASSWORD})
        assert used.status_code == 204, used.text


@pytest.fixture(scope="module")
def school(stack: Any, product: Product) -> Attacked:
    aws, slug = stack["aws"], f"attacked-{secrets.token_hex(4)}"
    keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    session = boto3.Session(region_name=aws["region"], **keys)
    head = f"head@{slug}.example"
    for event in (
        make_school_event({"slug": slug, "name": "Attacked Academy", "town": "Ely", "postcode": "CB7 4AA"}),
        invite_admin_event(slug, email=head, given_name="Ada", family_name="Byrne"),
    ):
        operate(session, aws["stack"], event, aws["endpoint_url"])
    made = Attacked(product, slug, product)
    made.set_password(head)
    made.head = product.sign_in(head, PASSWORD, slug)
    return made


@pytest.fixture
def attacked(school: Attacked) -> Attacked:
    email = f"teacher-{secrets.token_hex(4)}@{school.slug}.example"
    added = {"role": "teacher", "given_name": "Tess", "family_name": "Teach", "email": email}
    made = school.head.http.post(school.path("people"), json=added)
    assert made.status_code == 201, made.text
    school.product.http.post(f"/schools/{school.slug}/forgot-password", json={"email": email})
    school.set_password(email)
    return replace(school, teacher=email)


def test_a_session_ends_when_the_school_takes_sign_in_into_its_own_hands(attacked: Attacked) -> None:
    teacher = attacked.product.sign_in(attacked.teacher, PASSWORD, attacked.slug)
    assert teacher.http.get("/account").status_code == 200
    switched = attacked.head.http.put(attacked.path("settings"), json={"sso": SSO})
    assert switched.status_code == 200, switched.text
    assert teacher.http.get("/account").status_code == 401
    assert not attacked.gets_in(attacked.teacher)
    back = attacked.head.http.put(attacked.path("settings"), json={"sso": {"roles": []}})
    assert back.status_code == 200, back.text
    assert teacher.http.get("/account").status_code == 401, "what has ended stays ended"


def test_one_password_for_many_names_finds_nobody_and_stops_nobody(attacked: Attacked) -> None:
    names = [f"nobody-{number}@{attacked.slug}.example" for number in range(8)]
    answers = [attacked.sign_in(name, "correct horse battery") for name in (*names, attacked.teacher)]
    assert Counter(answer.status_code for answer in answers) == {401: len(answers)}
    assert len({answer.content for answer in answers}) == 1, "a name that is somebody's looks like one that is nobody's"
    assert attacked.sign_in(attacked.teacher, PASSWORD).status_code == 201


def test_many_passwords_for_one_name_are_stopped_and_a_link_is_not(attacked: Attacked) -> None:
    answers = [attacked.sign_in(attacked.teacher, f"wrong guess {number}").status_code for number in range(12)]
    assert Counter(answers) == {401: 10, 429: 2}
    before = len(attacked.links(attacked.teacher))
    attacked.product.http.post(f"/schools/{attacked.slug}/forgot-password", json={"email": attacked.teacher})
    attacked.set_password(attacked.teacher, after=before)
    assert attacked.sign_in(attacked.teacher, PASSWORD).status_code == 201


def test_the_trail_has_the_doors_and_what_settings_were(attacked: Attacked) -> None:
    assert attacked.sign_in(attacked.teacher, PASSWORD).status_code == 201
    assert attacked.sign_in(attacked.teacher, "wrong once more").status_code == 401
    changed = attacked.head.http.put(attacked.path("settings"), json={"notice": secrets.token_hex(4)})
    assert changed.status_code == 200, changed.text
    events = attacked.head.all(attacked.path("audit"))
    found = {event["action"] for event in events}
    assert {"sign_in.done", "sign_in.refused", "password.set"} <= found, found
    assert all(event["visitor"] for event in events if event["action"] == "sign_in.done")
    assert attacked.teacher not in str(events)
