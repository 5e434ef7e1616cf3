"""What people see while a service does not answer: one clear sentence, on a page or as problem details, and nothing half done."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

import console.system
import portal.system
from console.app import app as console_app
from latchkey.errors import TryLater
from latchkey.people.model.person import Person
from latchkey.sign_in.session import open_session
from portal.app import app as portal_app
from tests.support.bad_days import World
from tests.support.gateway import Gateway
from tests.workers.test_bad_days import made_world
from web.who import COOKIE

SENTENCE = TryLater().detail
PAGE = {"Accept": "text/html", "Origin": "https://latchkey.test", "Content-Type": "application/x-www-form-urlencoded"}
ASKED: list[tuple[str, str, str, dict[str, str]]] = [
    ("dynamodb", "GET", "/schools/northbridge", {}),
    ("dynamodb", "POST", "/schools/northbridge/sessions", {"identifier": "user7", "password": "tulip-harbour-94-quartz"}),
    ("kms", "POST", "/schools/northbridge/sessions", {"identifier": "user7", "password": "tulip-harbour-94-quartz"}),
    ("dynamodb", "POST", "/schools/northbridge/forgot-password", {"identifier": "user7"}),
    ("kms", "POST", "/schools/northbridge/forgot-password", {"identifier": "user7"}),
    ("sqs", "POST", "/schools/northbridge/forgot-password", {"identifier": "user7"}),
    ("dynamodb", "POST", "/schools/northbridge/codes/check", {"code": "7K4F-2M9Q"}),
    ("dynamodb", "GET", "/admin/northbridge", {}),
    ("dynamodb", "POST", "/admin/northbridge/sends", {"kind": "password_link"}),
]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = made_world(monkeypatch)
    monkeypatch.setattr(portal.system, "wiring", lambda _: made.wiring("portal"))
    monkeypatch.setattr(console.system, "wiring", lambda _: made.wiring("console"))
    return made


def signed_in(world: World) -> str:
    """A session of an admin."""
    head = Person(id="a" * 20, role="teacher", given_name="Ada", family_name="Byrne", is_admin=True)
    assert world.wiring("operate").directory("northbridge").make(head)
    return open_session(world.wiring("portal"), "northbridge", head)[0]


@pytest.mark.parametrize(("service", "method", "path", "fields"), ASKED, ids=lambda each: each if isinstance(each, str) else "")
def test_a_page_says_one_clear_sentence(service: str, method: str, path: str, fields: dict[str, str], world: World) -> None:
    client = Gateway(console_app if path.startswith("/admin") else portal_app)
    cookie = {"Cookie": f"{COOKIE}={signed_in(world)}"} if path.startswith("/admin") else {}
    body = urlencode(fields).encode()
    world.fail(service, 1, 1e9)
    answer = client.request(method, path, headers={**PAGE, **cookie}, body=body)
    assert answer.status_code == 503
    assert answer.body.decode().count(SENTENCE) == 1
    assert not world.sqs.letters
    said = client.request(method, path, headers={**cookie, **_script(fields)}, body=json.dumps(fields).encode())
    assert (said.status_code, said.json_body["detail"]) == (503, SENTENCE)


def _script(_: Any) -> dict[str, str]:
    return {"Content-Type": "application/json", "Origin": "https://latchkey.test"}
